"""``manage.py check_code``: code against tests in the sandbox, the strict way."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import MgeError
from validation.sandbox.strict.judge import judge_files


class Command(BaseCommand):
    """Exit status 0 when it judged, whatever it found; bad input is one line on stderr and status 2. No database."""

    help = "Judge code (module atom) against tests in the sandbox."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments of the contract."""
        parser.add_argument("--code", type=Path, help="file with the code; tests import it as atom")
        parser.add_argument("--tests", type=Path, help="file with the tests")
        parser.add_argument("--language", help="python, javascript or typescript; else by the file's extension")
        parser.add_argument("--python", help="interpreter whose packages the code may use")
        parser.add_argument("--node-modules", help="folder of packages that the code may use")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge and print."""
        for option in ("code", "tests"):
            if options[option] is None:
                raise CommandError(f"--{option}: missing, name a file", returncode=2)
        try:
            judgement = judge_files(
                code=options["code"],
                tests=options["tests"],
                language=options["language"],
                python=options["python"],
                node_modules=options["node_modules"],
            )
        except MgeError as error:
            raise CommandError(" ".join(error.message.split()), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(asdict(judgement)))
            return
        sys.stdout.write(judgement.output)
        mark = " (forgeable)" if judgement.forgeable else ""
        self.stdout.write(f"{judgement.verdict}{mark}")
        for reason in judgement.detail.get("reasons", []):
            self.stdout.write(f"  {reason}")
        for signal in judgement.detail.get("signals", []):
            self.stdout.write(f"  line {signal['line']}: {signal['what']}")
