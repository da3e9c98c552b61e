"""The rows of a file and what stands on them, as prefix sums, so that any range is measured in constant time.

Rows are 0-based; a row ends at ``\\n``, ``\\r\\n`` or a lone ``\\r``.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import tree_sitter

from atoms.domain import script_rows
from atoms.domain.grammar import Grammar
from atoms.domain.python_rows import count_python
from atoms.domain.tree_rows import count_in_tree

_COMPARED: Final = 16  # signs
_LONE_CR: Final = re.compile(rb"\r(?!\n)")


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


def rows_of(source: bytes, root: tree_sitter.Node, grammar: Grammar, *, by_tree: bool = False) -> Rows:
    """Measure the rows of ``source`` (newline-normal). Linear in its size.

    What is counted is read from the text where that is certain, and asked of the tree where not, or always ``by_tree``.
    """
    lines = source.splitlines(keepends=True)
    blank = list(map(bytes.isspace, lines))
    counted = None
    if not by_tree and not root.has_error:
        if grammar.indented:
            counted = count_python(source, blank)
        elif script_rows.COMPILED:
            counted = script_rows.count_script(source, blank, root, grammar)
    code, decisions, definitions = counted or count_in_tree(source, lines, blank, root, grammar)
    return Rows(
        lines=lines,
        starts=[0, *accumulate(map(len, lines))],
        blank=blank,
        loc=[0, *accumulate(code)],
        decisions=_sums(decisions, len(lines)),
        definitions=_sums(definitions, len(lines)),
    )


def _sums(found: list[int], size: int) -> list[int]:
    per_row = [0] * (size + 1)
    for row in found:
        per_row[row + 1] += 1
    return list(accumulate(per_row))


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
