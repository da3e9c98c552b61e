"""The ten criteria of a good atom, each measured, none assumed."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from atoms.domain.model import Atom, AtomKind, Criterion
from atoms.domain.pieces import MAX_LOC
from atoms.domain.standing import Standing

_MAX_COMPLEXITY: Final = 3.0
_FREE_NAMES: Final = 5  # live-in and live-out names that cost nothing
_DECLARATIVE: Final = frozenset(
    {AtomKind.IMPORTS, AtomKind.CONSTANT, AtomKind.ATTRIBUTE, AtomKind.CLASS_HEADER, AtomKind.TYPE, AtomKind.COMMENT}
)
_BREACH: Final = 0.5  # what is left at once beyond the most lines that an atom may have
_SHORT: Final = 5  # lines; fewer count a little less where the atom is but a piece of something
_MIDDLE: Final = 7  # lines; a piece of so many leaves the pieces beside it the most room
_PIECES: Final = frozenset(
    {AtomKind.IMPORTS, AtomKind.CONSTANT, AtomKind.ATTRIBUTE, AtomKind.BLOCK, AtomKind.STATEMENT}
)
# By Standing: broken, headed, framed, stubbed, alone.
_STANDING_VALUE: Final[tuple[float, ...]] = (0.1, 0.1, 0.8, 0.88, 1.0)
_CLASS_HEADER: Final = AtomKind.CLASS_HEADER  # looking a member up in its enum takes long
_CALLABLE: Final = frozenset({AtomKind.FUNCTION, AtomKind.METHOD})


@dataclass(slots=True, kw_only=True)  # not frozen: a frozen one takes five times as long to make
class Evidence:
    """What is measured about an atom besides its facts."""

    standing: Standing
    joins_neighbour: bool  # under 3 LOC, and a neighbour of the same parent would take it in
    edges: float  # how clean the cuts at both ends are: 1.0 at joints, less inside paragraphs and before closing rows
    threads: int  # groups of statements that share no name
    definitions: int  # complete definitions side by side
    hidden: int  # changes of what is neither its own, nor a parameter, nor self; and input or output
    chance: int  # calls of random numbers, clocks, the environment
    calls: int
    implicit: int  # module variables read that are bound more than once
    inputs: int  # live-in names, parameters and implicit ones
    flowing_in: int  # live-in names
    flowing_out: int  # live-out names; what a function returns ties it to no sibling
    tested: bool  # a test or an example is known
    complete: float  # share of its needs that are resolved


class AtomicityValidator:
    """Scores atoms against the ten criteria of the specification; the score is the mean of those that apply."""

    def criteria(self, atom: Atom, evidence: Evidence) -> tuple[Criterion, ...]:
        """Return all ten, in the order of the specification. ``value`` is None where a criterion has no meaning."""
        code = atom.loc > 0
        runs = code and atom.kind not in _DECLARATIVE
        defines = atom.kind is _CLASS_HEADER
        shared = evidence.flowing_in + evidence.flowing_out
        boundaries = _boundaries(evidence)  # a comment has some too: it may be cut from what it belongs to
        return (
            _criterion("size", _size(atom, evidence) if code else None),
            _criterion("complexity", min(1.0, 2.0 / atom.complexity) if code else None),
            _criterion("single_responsibility", _single(evidence) if runs or defines else None),
            _criterion("clear_boundaries", boundaries if code or boundaries < 1.0 else None),
            _criterion("independence", _falling(shared, free=_FREE_NAMES, step=0.035) if code else None),
            _criterion("context_completeness", evidence.complete if code else None),
            _criterion("testability", _testability(atom, evidence) if runs else None),
            _criterion("determinism", 1.0 - evidence.chance / max(evidence.calls, 1) if runs else None),
            _criterion("no_hidden_side_effects", _falling(evidence.hidden, free=0, step=0.25) if runs else None),
            _criterion("explicit_inputs_outputs", _explicit(evidence) if runs else None),
        )

    def score(self, criteria: tuple[Criterion, ...]) -> float:
        """Mean of the values that apply; 1.0 where none does (a comment)."""
        values = [criterion.value for criterion in criteria if criterion.value is not None]
        return sum(values) / len(values) if values else 1.0


_TEXTS: Final = {
    "size": (
        "Lines of code: at most 10 (0.5 and less beyond); for a piece 5 or more, best 7; too few beside one with room.",
        "Cut at a joint inside, or join the neighbour.",
    ),
    "complexity": ("McCabe complexity: 1.0 below 3, falling as 2 / complexity.", "Cut before a branch or loop."),
    "single_responsibility": (
        "Groups of statements that share no name with each other, and definitions side by side; one is best.",
        "Cut between the groups.",
    ),
    "clear_boundaries": (
        "Whether it stands alone (1.0), with a stub head, body or bracket (0.8 up) or not (0.1); less at untidy ends.",
        "Move the cut to the end of a statement or to a blank line.",
    ),
    "independence": (
        "Names that flow in from and out to its siblings; up to five are free.",
        "Cut where fewer local names are alive.",
    ),
    "context_completeness": ("Share of the names it needs that are resolved.", "Define or import what is unresolved."),
    "testability": (
        "Whether something can call it: a whole function, a known test, or a block with few inputs.",
        "Make it a function, or add a test that names it.",
    ),
    "determinism": ("Share of its calls that do not ask chance, clock or environment.", "Pass the value in."),
    "no_hidden_side_effects": (
        "Changes of things that are neither its own, nor its parameters, nor self; input and output.",
        "Return the value instead of changing what lies outside.",
    ),
    "explicit_inputs_outputs": (
        "Share of its inputs that are parameters, live-in names or constants rather than changing module variables.",
        "Pass the module variable as a parameter.",
    ),
}


@lru_cache(maxsize=4096)  # few values, many atoms
def _criterion(name: str, value: float | None) -> Criterion:
    measures, raise_by = _TEXTS[name]
    return Criterion(name=name, value=value, measures=measures, raise_by=raise_by)


def _size(atom: Atom, evidence: Evidence) -> float:
    if atom.loc > MAX_LOC:
        return _BREACH * MAX_LOC / atom.loc
    if evidence.joins_neighbour:
        return 0.5
    if atom.kind not in _PIECES:
        return 1.0
    return 1.0 - 0.06 * max(0, _SHORT - atom.loc) - 0.0014 * (atom.loc - _MIDDLE) ** 2


def _single(evidence: Evidence) -> float:
    return _falling(max(evidence.threads, evidence.definitions), free=1, step=0.05)


def _boundaries(evidence: Evidence) -> float:
    return _STANDING_VALUE[evidence.standing] * evidence.edges


def _testability(atom: Atom, evidence: Evidence) -> float:
    if evidence.tested or atom.kind in _CALLABLE:
        return 1.0
    return _falling(evidence.flowing_in, free=_FREE_NAMES, step=0.04)


def _explicit(evidence: Evidence) -> float:
    return 1.0 - evidence.implicit / evidence.inputs if evidence.inputs else 1.0


def _falling(count: int, *, free: int, step: float) -> float:
    return max(0.0, 1.0 - step * max(0, count - free))
