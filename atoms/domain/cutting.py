"""Where to cut a stretch: the cheapest partition of its pieces, by dynamic programming.

Costs say in numbers what a person would weigh: an atom has its price, so have atoms of one or two lines, too many
decisions, atoms that lean on a head that stands elsewhere, and cuts in the middle of a paragraph. Every atom holds at
most ``MAX_LOC`` lines, so each piece has at most that many predecessors to try: linear in the number of pieces.
"""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from atoms.domain.pieces import INNER, MAX_DECISIONS, MAX_LOC, Mark, Scope, Stretch
from atoms.domain.rows import Rows, likeness

_MIDDLE: Final = 7  # lines; parts near it leave the parts beside them the most room
_FAR: Final = float("inf")
_DEEP: Final = 1 << 30
_CONTINUATION: Final = Mark.CONTINUED | Mark.BRANCH
_JOINTS: Final = Mark.INSIDE | Mark.ELEMENT | Mark.PARAGRAPH | Mark.CONTINUED | Mark.OPENED | Mark.RESUME


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a person would weigh, in numbers; they differ where blocks are shown by indentation or by brackets."""

    atom: float  # every atom has its price
    sizes: list[float]  # by LOC, up to the most that an atom may have
    complex: float  # too many decisions
    decision: float  # for each decision too many
    bare_head: float  # ends with a head whose body is elsewhere
    open_try: float  # holds a "try" without the except, catch or finally that it needs
    sinks: float  # falls below the depth at which it began
    leans: float  # holds an else or except below the depth at which it began
    begins: float  # begins with an else, except, case
    inside: float  # begins inside an expression
    element: float  # begins at an element of a bracketed sequence
    resumes: float  # begins with the end of a callback or of an object
    mixed: float  # holds a part of a statement that is cut inside, and other statements
    mid_paragraph: float  # cut where no blank row and no compound invites it
    paragraph_inside: float  # blank row inside the atom
    alike: float  # cut between two rows that begin with the same signs
    beside_definition: float  # a nested definition shares with statements


def _sizes(tiny: tuple[float, ...], *, uneven: float) -> list[float]:
    """Prices by LOC: those of atoms of 0, 1 .. lines, and ``uneven`` for the square of the way to the middle."""
    return [
        (tiny[loc] if loc < len(tiny) else 0.0) + uneven * float((loc - _MIDDLE) * (loc - _MIDDLE))
        for loc in range(MAX_LOC + 1)
    ]


INDENTED: Final = Weights(
    atom=0.85, sizes=_sizes((3.5, 1.9, 2.7, 0.95, 1.1), uneven=0.0), complex=9.5, decision=1.4, bare_head=3.82,
    open_try=1.75, sinks=3.84, leans=2.43, begins=3.69, inside=2.54, element=7.88, mixed=2.22, mid_paragraph=0.96,
    paragraph_inside=1.4, alike=0.5, beside_definition=0.3, resumes=0.2,
)  # fmt: skip
BRACKETED: Final = Weights(
    atom=0.4, sizes=_sizes((3.5, 4.2, 3.2, 1.6, 1.4), uneven=0.004), complex=12.0, decision=3.2, bare_head=1.5,
    open_try=0.95, sinks=0.4, leans=20.0, begins=16.0, inside=4.18, element=1.06, mixed=2.29, mid_paragraph=0.6,
    paragraph_inside=1.3, alike=0.5, beside_definition=3.9, resumes=2.0,
)  # fmt: skip


def cut(stretch: Stretch, end_row: int, rows: Rows, weights: Weights) -> list[int]:
    """Return the indexes of the pieces at which atoms begin; ``end_row`` is the row after the stretch."""
    marks = stretch.marks
    begins: list[int] = []
    low = 0
    bounds = [*stretch.starts, end_row]
    for high in range(1, len(marks) + 1):
        if high == len(marks) or (marks[high] | marks[high - 1]) & Mark.SOLO:
            begins.extend(_run(stretch, low, high, bounds, rows, weights))
            low = high
    return begins


def _run(  # noqa: PLR0917 - called for every run
    stretch: Stretch, low: int, high: int, bounds: list[int], rows: Rows, weights: Weights
) -> list[int]:
    if high - low == 1:
        return [low]
    first, last = bounds[low], bounds[high]
    small = rows.loc[last] - rows.loc[first] <= MAX_LOC
    if small and rows.decisions[last] - rows.decisions[first] <= MAX_DECISIONS:
        # No cut is cheaper than none, unless a definition or a paragraph begins here, or a part leans on its head.
        depth = stretch.depth[low]
        firm = min(stretch.depth[low:high]) >= depth and min(stretch.low[low:high]) >= depth
        nests = stretch.scope is Scope.FUNCTION and any(m & Mark.DEFINITION for m in stretch.marks[low + 1 : high])
        if firm and not nests and not any(m & Mark.PARAGRAPH for m in stretch.marks[low + 1 : high]):
            return [low]
    return _cheapest(stretch, low, high, bounds, rows, weights)


def _cheapest(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one hot loop; a call per pair of cuts would double its time
    stretch: Stretch, low: int, high: int, bounds: list[int], rows: Rows, weights: Weights
) -> list[int]:
    """Source: the classical optimal line-breaking recurrence (Knuth and Plass 1981), over pieces instead of words."""
    count = high - low
    marks, depths, lows = stretch.marks[low:high], stretch.depth[low:high], stretch.low[low:high]
    loc = [rows.loc[bound] for bound in bounds[low : high + 1]]
    decisions = [rows.decisions[bound] for bound in bounds[low : high + 1]]
    union = 0
    for mark in marks:
        union |= mark
    blanks = [0.0, *accumulate(weights.paragraph_inside if mark & Mark.PARAGRAPH else 0.0 for mark in marks)]
    tries = _open_tries(marks, depths) if union & Mark.TRY else None
    inner, defines = union & INNER, union & Mark.DEFINITION
    wholes = [0, *accumulate(not mark & INNER for mark in marks)] if inner else []  # statements begun before each piece
    mixed = [weights.mixed if mark & INNER else 0.0 for mark in (*marks, 0)] if inner else []
    own = [weights.begins if mark & _CONTINUATION == Mark.CONTINUED else 0.0 for mark in marks]
    sinks, leans, open_try, beside = weights.sinks, weights.leans, weights.open_try, weights.beside_definition
    alone, bare = weights.atom, weights.atom + weights.bare_head
    sizes = weights.sizes
    too_complex, too_many = weights.complex, weights.decision
    origin = [0] * (count + 1)
    best, first, tried, defined, barred = 0.0, 0, -1, -1, -1
    before: list[float] = []  # cheapest cut of all that stands before a piece, a cut there, and its own price
    level: list[int] = []  # pieces behind which no shallower one has come yet, ever deeper
    upright = [True] * count  # no atom that begins here has met a part yet that leans on a head before it
    for end in range(1, count + 1):
        last = end - 1
        before.append(
            best
            + (_joint_cost(marks, last, weights, rows.lines, bounds[low + last]) - blanks[end] if last else -blanks[1])
            + own[last]
        )
        least, most = loc[end], decisions[end] - MAX_DECISIONS
        while first < last and least - loc[first] > MAX_LOC:
            first += 1
        if defines and marks[last] & Mark.DEFINITION:
            barred, defined = defined, last  # no atom holds two definitions
            first = max(first, barred + 1)
        # From the end on at which it holds what is dear, what begins at a piece pays, so it pays once and for all.
        depth = depths[last]
        while level and depths[level[-1]] > depth:
            before[level.pop()] += sinks
        level.append(last)
        if lows[last] < _DEEP:
            depth = lows[last]
            for start in range(last, first - 1, -1):
                if depths[start] > depth and upright[start]:
                    upright[start] = False
                    before[start] += leans
        if tries:
            tried = tries[end]
        best, at = _FAR, last
        for start in range(first, end):
            price = before[start]
            if price > best:
                continue
            size = least - loc[start]
            if size <= MAX_LOC:
                price += sizes[size]
            if most > decisions[start]:
                price += too_complex + (most - decisions[start]) * too_many
            if start <= tried:
                price += open_try
            if inner and wholes[end] != wholes[start + 1]:
                price += mixed[start] + mixed[end]
            if start <= defined and start < last and depths[start]:
                price += beside
            if price <= best:
                best, at = price, start
        best += blanks[end] + (bare if marks[last] & Mark.HEAD else alone)
        origin[end] = at
    begins: list[int] = []
    end = count
    while end > 0:
        end = origin[end]
        begins.append(low + end)
    begins.reverse()
    return begins


def _open_tries(marks: list[int], depths: list[int]) -> list[int]:
    """For each end of an atom the last piece with a "try" that is still open there, -1 for none."""
    found = [-1] * (len(marks) + 1)
    for k, mark in enumerate(marks):
        if mark & Mark.TRY:
            for end in range(k + 1, len(marks) + 1):
                found[end] = k
                if end < len(marks) and depths[end] <= depths[k]:
                    break
    return found


def _joint_cost(marks: list[int], k: int, weights: Weights, lines: list[bytes], row: int) -> float:
    """What a cut before piece ``k``, which begins at ``row``, costs, whatever the atoms beside it."""
    if k == 0:
        return 0.0
    mark = marks[k]
    if not mark & _JOINTS:
        if marks[k - 1] & Mark.OPENED:
            return 0.2
        return weights.mid_paragraph + weights.alike * likeness(lines[row - 1].lstrip(), lines[row].lstrip())
    if mark & Mark.RESUME:
        return weights.resumes
    if mark & Mark.INSIDE:
        return weights.inside
    if mark & Mark.ELEMENT:
        return weights.element + weights.alike * likeness(lines[row - 1].lstrip(), lines[row].lstrip())
    if mark & (Mark.PARAGRAPH | Mark.CONTINUED):
        return 0.0
    return 0.2
