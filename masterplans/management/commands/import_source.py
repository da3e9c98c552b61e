"""``import_source DIR``."""

from typing import Any

from django.core.management.base import CommandParser

from kernel.commands import MgeCommand
from masterplans.importers.folder_plan import SourceOptions
from masterplans.importers.notes import notes_of
from masterplans.selectors import team_named
from masterplans.services import import_source_tree, owner_named


class Command(MgeCommand):
    """Import a folder of code."""

    help = "Import a folder of Python, TypeScript and JavaScript as a plan. Prints the masterplan id last."

    def add_arguments(self, parser: CommandParser) -> None:
        """Folder, tests, package, and what the project needs to run."""
        parser.add_argument("directory", metavar="DIR")
        parser.add_argument("--tests", metavar="DIR", action="append", default=[], help="a folder of project tests")
        parser.add_argument("--root-package", metavar="NAME", help="import name of DIR, like networkx.algorithms")
        parser.add_argument(
            "--include",
            metavar="GLOB",
            action="append",
            default=[],
            help="only these files become tasks: '*.py' by name at any depth, '/*.py' at the top, 'src/**' below src",
        )
        parser.add_argument("--python", metavar="EXE", help="interpreter that has the project's packages")
        parser.add_argument("--node-modules", metavar="DIR", help="the project's npm packages (default: those in DIR)")
        parser.add_argument("--owner", metavar="USER", help="who owns the plan (default: MGE_DEFAULT_OWNER)")
        parser.add_argument("--team", metavar="NAME", help="whose members see the plan too")
        parser.add_argument("--name", help="name of the plan (default: that of the package or folder)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, say what was left out, print the id."""
        asked = SourceOptions(
            directory=options["directory"],
            tests=options["tests"],
            root_package=options["root_package"],
            include=options["include"],
            python=options["python"],
            node_modules=options["node_modules"],
            name=options["name"],
        )
        owner, team = owner_named(options["owner"]), team_named(options["team"])
        with self.progress("reading files") as report:
            plan, spec = import_source_tree(asked, owner=owner, report=report, team=team)
        for line in notes_of(spec):
            self.note(line)
        self.stdout.write(str(plan.pk))
