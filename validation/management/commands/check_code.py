"""``manage.py check_code``: code against tests in the sandbox, the strict way."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kernel.commands import MgeCommand
from validation.sandbox.strict.judge import judge_files


class Command(MgeCommand):
    """Exit status 0 when it judged, whatever it found; bad input is one line on stderr and status 2. No database."""

    help = "Judge code (module atom) against tests in the sandbox."
    has_json = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments of the contract."""
        parser.add_argument("--code", type=Path, required=True, help="file with the code; tests import it as atom")
        parser.add_argument("--tests", type=Path, required=True, help="file with the tests")
        parser.add_argument("--language", help="python, javascript or typescript; else by the file's extension")
        parser.add_argument("--python", help="interpreter whose packages the code may use")
        parser.add_argument("--node-modules", help="folder of packages that the code may use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge and print."""
        judgement = judge_files(
            code=options["code"],
            tests=options["tests"],
            language=options["language"],
            python=options["python"],
            node_modules=options["node_modules"],
        )
        if options["json"]:
            self.emit(asdict(judgement))
            return
        sys.stdout.write(judgement.output)
        mark = " (forgeable)" if judgement.forgeable else ""
        self.stdout.write(f"{judgement.verdict}{mark}")
        for reason in judgement.detail.get("reasons", []):
            self.stdout.write(f"  {reason}")
        for signal in judgement.detail.get("signals", []):
            self.stdout.write(f"  line {signal['line']}: {signal['what']}")
