"""``import_plan FILE``."""

from typing import Any

from django.core.management.base import CommandParser

from kernel.commands import MgeCommand
from masterplans.importers.notes import notes_of
from masterplans.selectors import team_named
from masterplans.services import import_plan_file, owner_named


class Command(MgeCommand):
    """Import a plan file."""

    help = "Import a plan file (JSON or YAML, see masterplans/plan.schema.json). Prints the masterplan id last."

    def add_arguments(self, parser: CommandParser) -> None:
        """File, owner, name."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--owner", metavar="USER", help="who owns the plan (default: MGE_DEFAULT_OWNER)")
        parser.add_argument("--team", metavar="NAME", help="whose members see the plan too")
        parser.add_argument("--name", help="instead of the name in the file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, say what was found, print the id."""
        owner, team = owner_named(options["owner"]), team_named(options["team"])
        plan, spec = import_plan_file(options["file"], owner=owner, name=options["name"], team=team)
        for line in notes_of(spec):
            self.note(line)
        self.stdout.write(str(plan.pk))
