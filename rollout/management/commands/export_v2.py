"""Save the V2 data of a plan to a file."""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kernel.commands import MgeCommand
from masterplans.selectors import masterplan_by_id
from rollout.preserving import export


class Command(MgeCommand):
    """``export_v2 ID --to FILE``; gzip where FILE ends in ``.gz``."""

    help = "Write atoms, graph, waves, validations, attempts and reviews of a masterplan to a file."
    has_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which plan, and where to."""
        parser.add_argument("masterplan", metavar="ID")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, say how much."""
        written = export(masterplan_by_id(options["masterplan"]), options["to"])
        if options["json"]:
            self.emit({**asdict(written), "file": str(options["to"])})
        else:
            self.stdout.write(f"{written.rows} rows of {len(written.tables)} tables in {options['to']}")
