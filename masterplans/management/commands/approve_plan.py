"""``approve_plan ID``."""

from typing import Any

from django.core.management.base import CommandParser

from kernel.commands import MgeCommand
from masterplans.selectors import masterplan_by_id
from masterplans.services import approve


class Command(MgeCommand):
    """Approve a plan."""

    help = "Say that a plan may run. Prints its id last."

    def add_arguments(self, parser: CommandParser) -> None:
        """The plan."""
        parser.add_argument("masterplan_id", metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        """Decide, print the id."""
        plan = approve(masterplan_by_id(options["masterplan_id"]), by="command line")
        self.note(f"{plan.name}: {plan.status}")
        self.stdout.write(str(plan.pk))
