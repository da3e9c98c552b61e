"""Write the result of a plan's newest run to a folder, a zip or a git patch."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from execution.export import collect, write
from execution.selectors import run_by_id
from kernel.commands import MgeCommand
from kernel.errors import InvalidInput
from masterplans.selectors import masterplan_by_id


class Command(MgeCommand):
    """``export_masterplan ID --to DIR|FILE.zip|FILE.patch [--run ID] [--approved-only]``."""

    help = "Write the result of a plan to a folder, a zip or a git patch against the drafts, with a report.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The plan, where to, and which run."""
        parser.add_argument("masterplan", metavar="ID")
        parser.add_argument("--to", required=True, metavar="DIR|FILE.zip|FILE.patch")
        parser.add_argument("--run", help="another run than the newest")
        parser.add_argument("--approved-only", action="store_true", help="only changes that a person approved")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export; the written path is the last line."""
        plan = masterplan_by_id(options["masterplan"])
        run = run_by_id(options["run"]) if options["run"] else None
        if run is not None and run.masterplan_id != plan.pk:
            raise InvalidInput(f"Run {run.pk} is not a run of masterplan {plan.pk}.")
        target = Path(options["to"]).absolute()
        write(collect(plan, run, approved_only=options["approved_only"]), target)
        self.stdout.write(str(target))
