"""The rows of a file and what stands on them, as prefix sums, so that any range is measured in constant time.

Rows are 0-based; a row ends at ``\\n``, ``\\r\\n`` or a lone ``\\r``.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import tree_sitter

from atoms.domain.grammar import Grammar

_BLANK: Final = b" \t\f\v\xef\xbb\xbf"  # a byte order mark is no code
_COMPARED: Final = 16  # signs
_LONE_CR: Final = re.compile(rb"\r(?!\n)")
_NO_DOCSTRING_PREFIXES: Final = frozenset(b"bBfF")


def newline_normal(source: bytes) -> bytes:
    """Return bytes of the same length in which every line end holds ``\\n``, the only one the parsers know."""
    return _LONE_CR.sub(b"\n", source) if b"\r" in source else source


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """``loc``, ``decisions`` and ``definitions`` are prefix sums: their value for rows a..b is ``x[b + 1] - x[a]``."""

    lines: list[bytes]
    starts: list[int]  # first byte of each row, and the end of the file
    blank: list[bool]
    loc: list[int]
    decisions: list[int]
    definitions: list[int]

    @property
    def count(self) -> int:
        """Number of rows; a final newline opens no further row."""
        return len(self.starts) - 1


def rows_of(source: bytes, root: tree_sitter.Node, grammar: Grammar) -> Rows:
    """Measure the rows of ``source`` (newline-normal). Linear in its size."""
    lines = source.splitlines(keepends=True)
    blank = list(map(bytes.isspace, lines))
    found = tree_sitter.QueryCursor(grammar.query).captures(root)
    code = [not empty for empty in blank]
    remark = b"#" if grammar.indented else b"//"
    _uncount(code, lines, found.get("comment", ()), remark)
    _uncount(code, lines, [node for node in found.get("docstring", ()) if _is_docstring(source, node)], remark)
    return Rows(
        lines=lines,
        starts=[0, *accumulate(map(len, lines))],
        blank=blank,
        loc=[0, *accumulate(code)],
        decisions=_count(found.get("decision", ()), len(lines)),
        definitions=_count(found.get("definition", ()), len(lines)),
    )


def likeness(one: bytes, other: bytes) -> float:
    """Share of the first signs of two rows (without indentation) that are the same, from 0 to 1."""
    if one[:1] != other[:1]:
        return 0.0  # most
    same, step = 0, _COMPARED
    while step:
        if one[same : same + step] == other[same : same + step]:
            same += step
        step >>= 1
    return min(same, len(one), len(other), _COMPARED) / _COMPARED


def _is_docstring(source: bytes, node: tree_sitter.Node) -> bool:
    start = node.start_byte
    return not _NO_DOCSTRING_PREFIXES.intersection(source[start : start + 2].split(b'"')[0].split(b"'")[0])


def _count(nodes: "list[tree_sitter.Node] | tuple[()]", size: int) -> list[int]:
    per_row = [0] * (size + 1)
    for node in nodes:
        per_row[node.start_point[0] + 1] += 1
    return list(accumulate(per_row))


def _uncount(code: list[bool], lines: list[bytes], nodes: "list[tree_sitter.Node] | tuple[()]", remark: bytes) -> None:
    """Take the rows of comments and docstrings out of the count, unless code stands beside them."""
    shared: dict[int, list[tuple[int, int]]] = {}  # rows where something stands beside a comment, to its columns there
    for node in nodes:
        first, column = node.start_point
        last, end = node.end_point
        line = lines[first] if first < len(lines) else b""
        if first == last and line.startswith(remark, column) and (not column or line[:column].isspace()):
            code[first] = False  # nearly every comment
            continue
        if column and line[:column].strip(_BLANK):
            shared.setdefault(first, []).append((column, end if first == last else len(line)))
            first += 1
        if last >= first and last < len(lines) and (rest := lines[last][end:].strip()) and not rest.startswith(remark):
            shared.setdefault(last, []).append((column if node.start_point[0] == last else 0, end))
            last -= 1
        for row in range(first, min(last + 1, len(code))):
            code[row] = False
    for row, spans in shared.items():
        if len(spans) > 1 and not _beside(lines[row], spans):
            code[row] = False


def _beside(line: bytes, spans: list[tuple[int, int]]) -> bytes:
    """What stands on a row besides some comments."""
    kept, at = b"", 0
    for begin, end in sorted(spans):
        kept += line[at:begin]
        at = max(at, end)
    return (kept + line[at:]).strip(_BLANK + b"\r\n")
