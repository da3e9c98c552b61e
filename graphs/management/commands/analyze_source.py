"""Show what a source tree is cut into, without a database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from graphs.source import analyze
from kernel.commands import MgeCommand


class Command(MgeCommand):
    """``analyze_source PATH --json [--callgraph]``."""

    help = "Cut a file or folder into atoms and build their graph; stores nothing."
    has_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The path, and whether to add the call graph."""
        parser.add_argument("path", metavar="PATH")
        parser.add_argument("--callgraph", action="store_true", help="add who calls whom, by dotted name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Analyse; without --json a short summary."""
        with self.progress("cutting") as report:
            result = analyze(Path(options["path"]), callgraph=options["callgraph"], report=report)
        if options["json"]:
            self.emit(result)
            return
        broken = [row["path"] for row in result["files"] if not row["parse_ok"]]
        self.stdout.write(
            f"{len(result['files'])} files, {len(result['atoms'])} atoms, {len(result['edges'])} edges, "
            f"{len(result['waves'])} waves; {len(broken)} files do not parse"
        )
