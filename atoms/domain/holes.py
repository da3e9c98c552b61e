"""Holes: bodies that are still to be written, as skeletons mark them in the source.

A hole is the one statement of a body: ``raise NotImplementedError("hole: <symbol>")`` in Python,
``throw new Error("hole: <symbol>");`` in JavaScript and TypeScript, in whatever
quotes. It is cut into an atom of its own; on the row of its head or of the end of its head, it is one atom with it.
A bare ``...`` is none: it is the whole body that protocols, overloads and abstract methods are meant to have.
"""

import json
import re
from typing import Final

from atoms.domain.model import Language

_MARK: Final = b"hole: "
_STATEMENTS: Final = {
    Language.PYTHON: re.compile(
        rb"^(?:[^#\n]*:)?[ \t]*raise NotImplementedError\((['\"])hole: ([^'\"\r\n]*)\1\)[ \t]*(?:#.*)?\r?$",
        re.MULTILINE,
    ),
    Language.JAVASCRIPT: re.compile(
        rb"^(?:[^\n]*\{)?[ \t]*throw new Error\((['\"`])hole: ([^'\"`\r\n]*)\1\);?[ \t]*(?:\}[ \t});,]*)?(?://.*)?\r?$",
        re.MULTILINE,
    ),
}


def make_hole(symbol: str, *, language: Language) -> str:
    """Return the statement that stands for a body, without indentation or line end."""
    quoted = json.dumps(f"hole: {symbol}", ensure_ascii=False)
    if language is Language.PYTHON:
        return f"raise NotImplementedError({quoted})"
    return f"throw new Error({quoted});"


def find_holes(source: bytes, *, language: Language) -> dict[int, str]:
    """Return the symbols of all holes by 0-based row; empty for nearly every file, at the price of one search."""
    if _MARK not in source:
        return {}
    pattern = _STATEMENTS[Language.PYTHON if language is Language.PYTHON else Language.JAVASCRIPT]
    found: dict[int, str] = {}
    row = position = 0
    for match in pattern.finditer(source):
        row += source.count(b"\n", position, match.start())
        position = match.start()
        found[row] = match[2].decode("utf-8", "replace")
    return found
