"""``manage.py sandbox_check``: what the sandbox can do here, and what to mend."""

from dataclasses import asdict
from typing import Any

from kernel.commands import MgeCommand
from validation.sandbox import selftest


class Command(MgeCommand):
    """Runs the self-test now and prints each wall. Exit status 0 whatever it found; the words tell."""

    help = "Show what the sandbox can do on this machine, and what to mend."
    has_json = True

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the result of a fresh self-test."""
        test = selftest.check(fresh=True)
        if options["json"]:
            self.emit({"ok": test.ok, **asdict(test)})
            return
        self.stdout.write(test.backend)
        for item in test.items:
            self.stdout.write(f"{'ok    ' if item.ok else 'FAILED'}  {item.name}: {item.detail}")
        self.stdout.write(test.reason or "the sandbox is ready")
