"""Bring the V2 data of a plan back from a file."""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kernel.commands import MgeCommand
from rollout.preserving import restore


class Command(MgeCommand):
    """``import_v2 FILE [--replace]``; all of it or nothing."""

    help = "Read a file of export_v2 back into the database that it came from."
    has_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, and whether it may take the place of what is there."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="delete the V2 data that the plan has now first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, say how much."""
        read = restore(options["file"], replace=options["replace"])
        if options["json"]:
            self.emit(asdict(read))
        else:
            self.stdout.write(f"{read.rows} rows of {len(read.tables)} tables for masterplan {read.masterplan_id}")
