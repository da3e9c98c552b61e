"""Measures of one cut, whoever made it: the same judge for our atoms and for a rival's chunks."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from atoms.domain.grammar import grammar_of
from atoms.domain.model import FileAtoms, Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.rows import Rows, newline_normal, rows_of
from atoms.domain.standing import Standing, standing

MAX_LOC = 10
MAX_COMPLEXITY = 3.0


@dataclass(slots=True)
class Tally:
    """Counts over many files."""

    files: int = 0
    lossless: int = 0
    at_line_bounds: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    locs: list[int] = field(default_factory=list)
    seconds: float = 0.0

    def add_file(self, source: bytes, chunks: Sequence[bytes], language: Language) -> None:
        """Judge the chunks of one file; LOC and complexity are counted on the rows that each chunk begins on."""
        self.files += 1
        lossless = b"".join(chunks) == source
        self.lossless += lossless
        normal = newline_normal(source)
        root = MultiLanguageParser().parse(normal, language).root_node
        rows = rows_of(normal, root, grammar_of(language), by_tree=True)
        offset = 0
        for chunk in chunks:
            if not lossless:
                found = source.find(chunk.strip(), offset)
                offset = found if found >= 0 else offset
            first = normal.count(b"\n", 0, offset)
            last = first + normal.count(b"\n", offset, offset + len(chunk.rstrip()))
            last = min(last, rows.count - 1)
            loc = rows.loc[last + 1] - rows.loc[min(first, last)]
            complexity = 1 + rows.decisions[last + 1] - rows.decisions[min(first, last)]
            self.at_line_bounds += offset == 0 or normal[offset - 1 : offset] == b"\n"
            self.locs.append(loc)
            self.counts["chunks"] += 1
            self.counts["loc_le_10"] += loc <= MAX_LOC
            self.counts["simple"] += complexity < MAX_COMPLEXITY
            self.counts["dense"] += complexity >= MAX_COMPLEXITY and _is_dense(rows, first, last)
            stands = standing(chunk.decode("utf-8", "replace"), language) if loc else Standing.ALONE
            self.counts["stands"] += stands >= Standing.FRAMED
            self.counts["stands_strictly"] += stands >= Standing.STUBBED
            self.counts["stands_with_heads"] += stands >= Standing.HEADED
            self.counts["stands_without_stub"] += stands is Standing.ALONE
            offset += len(chunk)

    def summary(self) -> dict[str, Any]:
        """Percentages; None where nothing was measured."""
        chunks = self.counts["chunks"]
        if not chunks:
            return {"files": self.files}
        return {
            "files": self.files,
            "chunks": chunks,
            "lossless_pct": percent(self.lossless, self.files),
            "at_line_bounds_pct": percent(self.at_line_bounds, chunks),
            "loc_le_10_pct": percent(self.counts["loc_le_10"], chunks),
            "loc_median": statistics.median(self.locs),
            "stand_alone_pct": percent(self.counts["stands"], chunks),
            "stand_alone_strictly_pct": percent(self.counts["stands_strictly"], chunks),
            "stand_alone_with_heads_pct": percent(self.counts["stands_with_heads"], chunks),
            "stand_alone_without_stub_pct": percent(self.counts["stands_without_stub"], chunks),
            "complexity_lt_3_pct": percent(self.counts["simple"], chunks),
            # Of all chunks: too complex on a single row, where no cut between rows makes them simpler.
            "complexity_bound_pct": percent(self.counts["dense"], chunks),
        }


def _is_dense(rows: Rows, first: int, last: int) -> bool:
    """Whether one of some rows alone is too complex."""
    decisions = rows.decisions
    return any(1 + decisions[row + 1] - decisions[row] >= MAX_COMPLEXITY for row in range(first, last + 1))


def tiny_that_could_join(file: FileAtoms) -> int:
    """Atoms under 3 LOC beside one of the same parent with which they would have at most 10 LOC."""
    apart = {"function", "method", "class", "class_header", "signature", "type"}
    atoms, count = file.atoms, 0
    for atom in atoms:
        near = [atoms[k] for k in (atom.number - 1, atom.number + 1) if 0 <= k < len(atoms)]
        count += (
            atom.loc < 3
            and not atom.is_hole
            and atom.kind not in apart
            and any(n.parent == atom.parent and n.kind not in apart and n.loc + atom.loc <= MAX_LOC for n in near)
        )
    return count


def percent(part: float, whole: float) -> float | None:
    """``part`` of ``whole`` in percent with two decimals, None of nothing."""
    return round(100.0 * part / whole, 2) if whole else None
