"""``plan_from_brief FILE``."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from execution.briefs.services import plan_now
from execution.domain.prompts.discovery import MAX_BRIEF
from kernel.commands import BAD_INPUT, MgeCommand
from kernel.errors import InvalidInput
from llm.errors import NoModelConfigured
from masterplans.services import owner_named


class Command(MgeCommand):
    """Discovery and planning by the model; the plan waits for ``approve_plan``."""

    help = "Make a plan from a brief in prose. It stays a draft until approve_plan. Prints the masterplan id last."

    def add_arguments(self, parser: CommandParser) -> None:
        """The brief, and whose plan it will be."""
        parser.add_argument("file", metavar="FILE", help="a text file that says what is to be built")
        parser.add_argument("--owner", metavar="USER", help="who owns the plan (default: MGE_DEFAULT_OWNER)")
        parser.add_argument("--name", default="", help="name of the plan (default: the model names it)")
        parser.add_argument("--budget", metavar="USD", help="cap on what the model may cost")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, ask, store, say what was found."""
        text = _read(options["file"])
        owner = owner_named(options["owner"])
        budget = _usd(options["budget"])
        try:
            plan = plan_now(text, owner=owner, name=options["name"], budget_usd=budget, report=self.note)
        except NoModelConfigured as error:
            raise CommandError(error.message, returncode=BAD_INPUT) from error
        found = plan.discovery or {}
        self.note(f"{plan.name}: {plan.tasks.count()} tasks. {found.get('domain', '')}")
        for title in ("assumptions", "risks"):
            for line in found.get(title, ()):
                self.note(f"{title[:-1]}: {line}")
        self.note(f"It is a draft: approve_plan {plan.pk} or reject_plan {plan.pk}")
        self.stdout.write(str(plan.pk))


def _usd(text: str | None) -> Decimal | None:
    try:
        value = None if text is None else Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if value is not None and not value.is_finite():
        raise InvalidInput(f"--budget {text!r} is not an amount of USD, such as 5 or 2.50.")
    return value


def _read(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(4 * MAX_BRIEF + 4)  # no character takes more bytes
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path cannot be followed"
        raise InvalidInput(f"{path}: the brief cannot be read: {reason}.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"{path}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8.") from error
