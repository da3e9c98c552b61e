"""Readers of environment variables that fail loudly, naming the variable and what it should hold."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str) -> str:
    """The variable as it stands, or ``default`` where it is unset or empty."""
    return os.environ.get(name) or default


def optional(name: str) -> str | None:
    """The variable, or None where it is unset or empty."""
    return os.environ.get(name) or None


def secret(name: str) -> str | None:
    """The variable, else the content of the file that ``NAME_FILE`` names (as container secrets come), else None."""
    if value := optional(name):
        return value
    file = optional(f"{name}_FILE")
    if file is None:
        return None
    try:
        return Path(file).read_text().strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE={file!r} is not valid: expected a readable text file") from error


def _read(name: str, default: T, parse: Callable[[str], T], expected: str) -> T:
    raw = os.environ.get(name)
    if raw is None or not raw.strip():
        return default
    try:
        return parse(raw.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not valid: expected {expected}") from error


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable."""

    def parse(raw: str) -> bool:
        word = raw.lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise ValueError(raw)

    return _read(name, default, parse, "true or false")


def integer(name: str, *, default: int, minimum: int = 0) -> int:
    """A whole number of at least ``minimum``."""

    def parse(raw: str) -> int:
        number = int(raw)
        if number < minimum:
            raise ValueError(raw)
        return number

    return _read(name, default, parse, f"a whole number of at least {minimum}")


def number(name: str, *, default: float, minimum: float = 0.0, maximum: float = float("inf")) -> float:
    """A number between ``minimum`` and ``maximum``."""

    def parse(raw: str) -> float:
        value = float(raw)
        if not minimum <= value <= maximum:
            raise ValueError(raw)
        return value

    return _read(name, default, parse, f"a number between {minimum} and {maximum}")


def listing(name: str, default: list[str]) -> list[str]:
    """Comma-separated words."""
    return _read(
        name, default, lambda raw: [word.strip() for word in raw.split(",") if word.strip()], "words, by comma"
    )
