"""What is counted on the rows of Python that parses, read from its text: a look at every node takes longer.

Strings are masked and comments taken out first; what is left is code, in which each keyword stands for itself. Where
that is not certain - a soft keyword, a name beyond ASCII, code inside a string that a mask cannot show - nothing is
told, and the syntax tree is to be asked.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from operator import not_, or_
from typing import Final, NamedTuple

_TOKENS: Final = re.compile(
    rb"""(\#[^\n]*|\"\"\"[^"\\]*(?:(?:\\.|"(?!\"\"))[^"\\]*)*\"\"\"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''|"""
    rb""""[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*')""",
    re.DOTALL,
).split
_STRING: Final = b"!"
_ON: Final = b"~"  # stands on each further row of a string
_PREFIXES: Final = (b"f", b"F", b"fr", b"fR", b"Fr", b"FR")
_FORMATTED: Final = re.compile(rb"(?<!\w)(?:[fF][rR]?|[rR][fF])\Z").search
_BRACES: Final = re.compile(rb"[{}]").finditer
_HIDDEN: Final = re.compile(rb"\b(?:if|and|or)\b").search
_UNCLEAR: Final = re.compile(rb"[\"':!{\n]").search
# A number may stand right before: "1if a else 2".
_WORDS: Final = re.compile(rb"\b\d*(if|elif|while|and|or|for|except|def|class|case)\b").finditer
_DECIDE: Final = frozenset({b"if", b"elif", b"while", b"and", b"or"})
_DEFINE: Final = frozenset({b"def", b"class"})
_ROW_BEGINS: Final = frozenset({b"", b"async"})
_SURE_OF_BODY: Final = re.compile(rb":(?:[ \t\r]*\n\s*(?=[rRuU]?!)|[ \t]*[rRuU]?!\s*~)").finditer
_TEXT: Final = re.compile(rb"[rRuU]?!(?:\s*~)*(?:(?:[ \t]|\\\r?\n)*[a-zA-Z]{0,2}!(?:\s*~)*)*").match
_HEAD: Final = re.compile(rb"[ \t\f]*(?:async[ \t]+)?(?:def|class)\b").match
_SPACE: Final = re.compile(rb"\s*").match
_BOM: Final = b"\xef\xbb\xbf"


class Counted(NamedTuple):
    """What stands on the rows of a file: whether each holds code, and the rows of all decisions and definitions."""

    code: list[bool]
    decisions: list[int]
    definitions: list[int]


def count_python(source: bytes, blank: list[bool]) -> Counted | None:
    """Count the rows of a file (newline-normal) that parses; None where only its tree can tell."""
    masked = masked_python(source)
    if masked is None:
        return None
    # A last row that held nothing but a comment is gone.
    empty = chain(map(bytes.isspace, masked.splitlines(keepends=True)), repeat(True))
    code = list(map(not_, map(or_, blank, empty)))
    words = _count_words(masked)
    if words is None or not _uncount_docstrings(masked, code):
        return None
    return Counted(code, *words)


def masked_python(source: bytes) -> bytes | None:
    """Return what is code, with all its rows: ``!`` for each string, nothing for a comment. None: it is not certain."""
    parts = _TOKENS(source)
    masks = [
        b"" if text[0] == 35 else _STRING if b"\n" not in text else _STRING + b"\n~" * text.count(b"\n")
        for text in parts[1::2]
    ]
    formatted = [k for k, before in enumerate(parts[::2]) if before.endswith(_PREFIXES)]
    if formatted and not _show_formatted(parts, masks, formatted):
        return None
    parts[1::2] = masks
    masked = b"".join(parts)
    if masked.startswith(_BOM):
        masked = b"   " + masked[3:]
    return masked if masked.isascii() and b'"' not in masked and b"'" not in masked else None


def _show_formatted(parts: list[bytes], masks: list[bytes], found: list[int]) -> bool:
    """Put the decisions inside formatted strings into their masks; False where they cannot be told from text."""
    for k in found:
        if k == len(masks) or not _FORMATTED(parts[2 * k][-3:]):
            continue
        mask, shown = masks[k], [_STRING]
        for code in _formatted(parts[2 * k + 1]):
            if code is None:
                return False
            if _HIDDEN(code):
                bare = b"".join(_TOKENS(code)[::2])
                if _UNCLEAR(bare) or mask != _STRING:
                    return False
                shown.append(bare)
        if len(shown) > 1:
            masks[k] = b"(".join(shown) + b")" * (len(shown) - 1)
    return True


def _formatted(text: bytes) -> Iterator[bytes | None]:
    """The code between the braces of a string; at last None where one stays open, for its quote ends elsewhere."""
    depth = begin = 0
    doubled = -1
    for found in _BRACES(text):
        at = found.start()
        if at == doubled:
            continue
        if found[0] == b"{":
            if not depth:
                if text.startswith(b"{", at + 1):
                    doubled = at + 1
                    continue
                begin = at + 1
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield text[begin:at]
    if depth:
        yield None


def _count_words(masked: bytes) -> tuple[list[int], list[int]] | None:
    """The rows of decisions and of definitions, or None where a soft keyword may stand."""
    decisions: list[int] = []
    definitions: list[int] = []
    count = masked.count
    row = before = depth = measured = 0
    for found in _WORDS(masked):
        word, at = found[1], found.start(1)
        row += count(b"\n", before, at)
        before = at
        if word in _DECIDE:
            decisions.append(row)
        elif word in _DEFINE:
            definitions.append(row)
        elif word == b"for":
            # As a statement it begins a row, outside of all brackets.
            if masked[masked.rfind(b"\n", 0, at) + 1 : at].strip() in _ROW_BEGINS:
                depth += _balance(count, measured, at)
                measured = at
                if not depth:
                    decisions.append(row)
        elif word == b"except":
            if not masked[at + 6 : at + 12].lstrip().startswith(b"*"):
                decisions.append(row)
        else:
            return None
    return decisions, definitions


def _balance(count: Callable[[bytes, int, int], int], first: int, last: int) -> int:
    """Brackets opened less those closed between two places."""
    opened = count(b"(", first, last) + count(b"[", first, last) + count(b"{", first, last)
    return opened - count(b")", first, last) - count(b"]", first, last) - count(b"}", first, last)


def _uncount_docstrings(masked: bytes, code: list[bool]) -> bool:
    """Take the rows of docstrings out of the count, unless code stands behind them; False where that is unclear."""
    row = before = 0
    for begin in _docstrings(masked):
        if begin is None:
            return False
        text = _TEXT(masked, begin)
        if text is None:
            continue
        end = text.end()
        stop = masked.find(b"\n", end)
        rest = masked[end : stop if stop >= 0 else len(masked)].strip()
        if rest == b"\\":
            return False
        if rest and not rest.startswith(b";"):
            continue
        row += masked.count(b"\n", before, begin)
        before = begin
        last = row + masked.count(b"\n", begin, end)
        code[row : last + (not rest)] = repeat(False, last + (not rest) - row)
    return True


def _docstrings(masked: bytes) -> Iterator[int | None]:
    """Where docstrings would begin; None for one of several rows that begins on the row of its head."""
    space = _SPACE(masked)
    yield space.end() if space else 0
    for found in _SURE_OF_BODY(masked):
        if _is_head(masked, found.start()):
            yield None if found[0].endswith(_ON) else found.end()


def _is_head(masked: bytes, colon: int) -> bool:
    """Whether a colon ends the head of a function or class, which may stand on several rows."""
    end, balance = colon, 0
    while True:
        start = masked.rfind(b"\n", 0, end) + 1
        balance += _balance(masked.count, start, end)
        if balance >= 0 or not start:
            return _HEAD(masked, start) is not None
        end = start - 1
