"""What is counted on the rows of Python that parses, read from its text: a look at every node takes longer.

Strings are masked and comments taken out first; what is left is code, in which each keyword stands for itself. Where
that is not certain - a soft keyword, a name beyond ASCII, code inside a string that a mask cannot show - nothing is
told, and the syntax tree is to be asked.
"""

import re
from collections.abc import Iterator
from itertools import accumulate, chain, count, repeat
from operator import add, not_, or_
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
# Words that begin a row, as most do; the three that stand within rows as well are found by the space before them.
_BEGINNINGS: Final = re.compile(
    rb"\n(?:[ \t\f]*+(?:async[ \t]+)?+(?=[ewfdc])|(?=[iao]))(elif|while|for|except|def|class|case|if|and|or)\b"
).split
_WITHIN: Final = re.compile(rb" [0-9]*+(?:if|and|or)\b").split
_SPACED: Final = bytes.maketrans(b"\t\f()[]{}!~,:", b" " * 12)
_DECIDE: Final = frozenset({b"if", b"elif", b"while", b"except", b"and", b"or"})
_DEFINE: Final = frozenset({b"def", b"class"})
_STRING_AHEAD: Final = re.compile(rb"\s*(?=[rRuU]?!)").match
_BESIDE: Final = re.compile(rb":[ \t]*[rRuU]?!\s*~").match
_TEXT: Final = re.compile(rb"[rRuU]?!(?:\s*~)*(?:(?:[ \t]|\\\r?\n)*[a-zA-Z]{0,2}!(?:\s*~)*)*").match
_SPACE: Final = re.compile(rb"\s*").match
_NO_BRACKETS: Final = bytes(sign for sign in range(256) if sign not in b"()[]{}")
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
    parts = _BEGINNINGS(b"\n" + masked)
    words = parts[1::2]
    found = set(words)
    if b"case" in found:
        return None
    # The row end before each word is no part.
    rows = list(map(add, accumulate([part.count(b"\n") for part in parts[:-1:2]]), count()))
    if not _uncount_docstrings(parts, rows, code):
        return None
    decisions = [row for row, word in zip(rows, words, strict=True) if word in _DECIDE]
    decisions += accumulate([part.count(b"\n") for part in _WITHIN(masked.translate(_SPACED))[:-1]])
    if b"for" in found:
        decisions += _loops(parts, rows)
    return Counted(code, decisions, [row for row, word in zip(rows, words, strict=True) if word in _DEFINE])


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


def _loops(parts: list[bytes], rows: list[int]) -> Iterator[int]:
    """The rows of ``for`` as a statement: it begins a row, outside of all brackets."""
    depth = measured = 0
    for k, row in enumerate(rows):
        if parts[2 * k + 1] != b"for":
            continue
        head = _first_row(parts[2 * k + 2])
        if head[-1:] != b":" or b"lambda" in head or _balance(head):
            depth += sum(map(_balance, parts[measured : 2 * k + 1 : 2]))
            measured = 2 * k + 2
            if depth:
                continue
        yield row


def _first_row(text: bytes) -> bytes:
    end = text.find(b"\n")
    return text[: end if end >= 0 else len(text)].rstrip()


def _balance(text: bytes) -> int:
    """Brackets opened less those closed."""
    kept = text.translate(None, _NO_BRACKETS)
    if not kept:
        return 0
    opened = kept.count(b"(") + kept.count(b"[") + kept.count(b"{")
    return 2 * opened - len(kept)


def _uncount_docstrings(parts: list[bytes], rows: list[int], code: list[bool]) -> bool:
    """Take the rows of docstrings out of the count, unless code stands behind them; False where that is unclear."""
    space = _SPACE(parts[0])
    clear = _uncount(parts[0], space.end() if space else 0, -1, code)
    for k, row in enumerate(rows):
        if parts[2 * k + 1] not in _DEFINE or not clear:
            continue
        text = parts[2 * k + 2]
        head = _first_row(text)
        if head[-1:] != b":" or _balance(head):
            end = _head_end(text)
            if _BESIDE(text, end - 1) is not None:
                return False
            head = text[:end]
        body = _STRING_AHEAD(text, len(head))
        if body is not None and head[-1:] == b":" and b"\n" in body[0]:
            clear = _uncount(text, body.end(), row, code)
    return clear


def _uncount(text: bytes, begin: int, row: int, code: list[bool]) -> bool:
    """Take the docstring that would begin at a place of a text, whose first row is given, out of the count."""
    found = _TEXT(text, begin)
    if found is None:
        return True
    end = found.end()
    stop = text.find(b"\n", end)
    rest = text[end : stop if stop >= 0 else len(text)].strip()
    if rest and not rest.startswith(b";"):
        return rest != b"\\"
    first = row + text.count(b"\n", 0, begin)
    last = first + text.count(b"\n", begin, end) + (not rest)
    code[first:last] = repeat(False, last - first)
    return True


def _head_end(text: bytes) -> int:
    """The place behind the colon that ends the first row outside of brackets, or 0 where none does."""
    begin = depth = 0
    while True:
        end = text.find(b"\n", begin)
        row = text[begin : end if end >= 0 else len(text)]
        depth += _balance(row)
        if depth <= 0 or end < 0:
            return begin + row.rfind(b":") + 1 if b":" in row else 0
        begin = end + 1
