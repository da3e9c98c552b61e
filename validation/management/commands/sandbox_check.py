"""``manage.py sandbox_check``: what the sandbox can do here, and what to mend."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from validation.sandbox import selftest


class Command(BaseCommand):
    """Runs the self-test now and prints each wall. Exit status 0 whatever it found; the words tell."""

    help = "Show what the sandbox can do on this machine, and what to mend."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--json``."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the result of a fresh self-test."""
        test = selftest.check(fresh=True)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": test.ok, **asdict(test)}))
            return
        self.stdout.write(test.backend)
        for item in test.items:
            self.stdout.write(f"{'ok    ' if item.ok else 'FAILED'}  {item.name}: {item.detail}")
        self.stdout.write(test.reason or "the sandbox is ready")
