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
    again: float  # share of that, and of sinking, where it leans on a stub anyway
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


# Found by random search on code of some sixty packages: as few complex atoms as possible where half of all atoms have
# at least five lines, few are tiny, few lean on others, and the score prefers these cuts to shifted ones.
PYTHON: Final = Weights(
    atom=0.197, sizes=[2.01, 2.23, 3.4, 3.57, 3.76, 0.0986, 0.0331, 0.0928, 0.0307, 0.11, 0.836], complex=9.85,
    decision=1.5, bare_head=2.66, again=0.41, open_try=0.964, sinks=4.63, leans=1.17, begins=4.02, inside=6.67,
    element=0.0293, mixed=3.2, mid_paragraph=0.25, paragraph_inside=0.652, alike=0.2, beside_definition=0.117,
    resumes=0.394,
)  # fmt: skip
JAVASCRIPT: Final = Weights(
    atom=0.0726, sizes=[24.6, 6.01, 5.72, 2.07, 1.5, 0.0695, 0.16, 0.167, 0.2, 0.5, 1.0], complex=38.6,
    decision=2.61, bare_head=1.37, again=0.206, open_try=5.37, sinks=0.818, leans=70.1, begins=72.9, inside=0.313,
    element=0.118, mixed=6.91, mid_paragraph=0.6, paragraph_inside=1.23, alike=0.5, beside_definition=5.17,
    resumes=0.127,
)  # fmt: skip
TYPESCRIPT: Final = Weights(
    atom=0.176, sizes=[24.5, 2.69, 5.54, 1.8, 0.168, 0.0, 0.0622, 0.603, 0.2, 0.5, 1.0], complex=35.2,
    decision=4.54, bare_head=1.08, again=0.6, open_try=0.381, sinks=0.294, leans=41.6, begins=10.2, inside=0.674,
    element=0.195, mixed=7.07, mid_paragraph=0.6, paragraph_inside=2.31, alike=0.5, beside_definition=20.3,
    resumes=0.725,
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
    mid_paragraph = weights.mid_paragraph
    if small and rows.decisions[last] - rows.decisions[first] <= MAX_DECISIONS:
        # It stays whole, unless a definition or a paragraph begins here, or a part leans on its head.
        depth = stretch.depth[low]
        firm = min(stretch.depth[low:high]) >= depth and min(stretch.low[low:high]) >= depth
        nests = stretch.scope is Scope.FUNCTION and any(m & Mark.DEFINITION for m in stretch.marks[low + 1 : high])
        if firm and not nests:
            if not any(m & Mark.PARAGRAPH for m in stretch.marks[low + 1 : high]):
                return [low]
            mid_paragraph = _FAR  # what needs no cut is cut where a blank row invites it, or not at all
    return _cheapest(stretch, low, high, bounds, rows, weights, mid_paragraph)


def _cheapest(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one hot loop; a call per pair of cuts would double its time
    stretch: Stretch, low: int, high: int, bounds: list[int], rows: Rows, weights: Weights, mid_paragraph: float
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
    sinks_again, bare_again = weights.sinks * weights.again, weights.bare_head * weights.again
    bare = [bare_again if price else weights.bare_head for price in own]  # for an atom that begins at a piece
    sizes = weights.sizes
    too_complex, too_many = weights.complex, weights.decision
    origin = [0] * (count + 1)
    best, first, tried, defined, barred = 0.0, 0, -1, -1, -1
    before: list[float] = []  # cheapest cut of all that stands before a piece, a cut there, and its own price
    level: list[int] = []  # pieces behind which no shallower one has come yet, ever deeper
    upright = [True] * count  # no atom that begins here has met a part yet that leans on a head before it
    for end in range(1, count + 1):
        last = end - 1
        joint = _joint_cost(marks, last, weights, mid_paragraph, rows.lines, bounds[low + last])
        before.append(best + (joint - blanks[end] if last else -blanks[1]) + own[last])
        least, most = loc[end], decisions[end] - MAX_DECISIONS
        while first < last and least - loc[first] > MAX_LOC:
            first += 1
        if defines and marks[last] & Mark.DEFINITION:
            barred, defined = defined, last  # no atom holds two definitions
            first = max(first, barred + 1)
        # From the end on at which it holds what is dear, what begins at a piece pays, so it pays once and for all.
        depth = depths[last]
        while level and depths[level[-1]] > depth:
            start = level.pop()
            before[start] += sinks_again if own[start] else sinks
            bare[start] = bare_again
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
        is_head = marks[last] & Mark.HEAD
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
            if is_head:
                price += bare[start]
            if price <= best:
                best, at = price, start
        best += blanks[end] + weights.atom
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


def _joint_cost(  # noqa: PLR0917 - called for every piece
    marks: list[int], k: int, weights: Weights, mid_paragraph: float, lines: list[bytes], row: int
) -> float:
    """What a cut before piece ``k``, which begins at ``row``, costs, whatever the atoms beside it."""
    if k == 0:
        return 0.0
    mark = marks[k]
    if not mark & _JOINTS:
        if marks[k - 1] & Mark.OPENED:
            return 0.2
        return mid_paragraph + weights.alike * likeness(lines[row - 1].lstrip(), lines[row].lstrip())
    if mark & Mark.RESUME:
        return weights.resumes
    if mark & Mark.INSIDE:
        return weights.inside
    if mark & Mark.ELEMENT:
        return weights.element + weights.alike * likeness(lines[row - 1].lstrip(), lines[row].lstrip())
    if mark & (Mark.PARAGRAPH | Mark.CONTINUED):
        return 0.0
    return 0.2
