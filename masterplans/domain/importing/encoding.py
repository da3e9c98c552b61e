"""Whether a draft can be read as text at all; its bytes are kept either way."""

import io
import re
import tokenize
from typing import Final

from masterplans.domain.importing.spec import Problem

# Character sets. Python's registry also holds transformations (punycode, rot13), some of them slow on hostile input.
_CHARACTER_SET: Final = re.compile(
    r"(?i)(utf|us-|ascii|iso|latin|cp|windows|koi|euc|gb|big5|shift|sjis|mac|hz|johab|kz|ptcp|tis)"
)


def encoding_problem(draft: bytes, *, language: str) -> Problem | None:
    """Where the bytes are not in the encoding they must have: UTF-8, or what a Python file declares (PEP 263)."""
    undeclared = None
    encoding = "utf-8"
    if language == "python":
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(draft).readline)
        except SyntaxError as error:
            undeclared = Problem(line=1, column=1, message=str(error.msg)[:300])
    if not _CHARACTER_SET.match(encoding):
        return Problem(line=1, column=1, message=f"the encoding {encoding[:50]} is not a character set")
    try:
        draft.decode(encoding)
    except UnicodeDecodeError as error:
        return _located(draft, error)
    except (UnicodeError, LookupError) as error:
        return Problem(line=1, column=1, message=f"it cannot be decoded as {encoding[:50]}: {error}"[:300])
    return undeclared


def _located(draft: bytes, error: UnicodeDecodeError) -> Problem:
    before = draft[: error.start]
    return Problem(
        line=before.count(b"\n") + 1,
        column=error.start - (before.rfind(b"\n") + 1) + 1,
        message=f"byte 0x{draft[error.start]:02x} is not {error.encoding}",
    )
