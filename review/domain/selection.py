"""Which atoms a person should look at, and in which order: ``spec.md`` section 5, Review."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An atom as far as the queue needs it.

    ``flagged``: the forgery scan hit code that the model wrote. ``settled``: in this run a person already decided on it
    or removed it.
    """

    atom_id: str
    confidence: float
    failed: bool
    loc: int
    suspiciousness: float = 0.0
    tests_reaching: int = 0
    complexity: float = 1.0
    flagged: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """A place in the queue; priority 1 is the most urgent."""

    atom_id: str
    priority: int


class ReviewQueueManager:
    """Chooses and orders. ``share`` is the part of the atoms (0.15-0.20) that enters besides the failed ones."""

    def __init__(self, *, share: float) -> None:
        self.share = share

    def quota(self, candidates: Iterable[Candidate]) -> int:
        """How many of those that did not fail may enter: the share of all atoms that hold code."""
        return round(self.share * sum(candidate.loc > 0 for candidate in candidates))

    def select(self, candidates: Iterable[Candidate]) -> list[QueueEntry]:
        """Return the queue of a finished run, most urgent first.

        Failed and flagged atoms all enter; of the rest that hold code the least confident up to the quota. Settled
        atoms keep their place in the quota and are left out of the result, so that asking again adds nothing.
        """
        everyone = list(candidates)
        sure = [candidate for candidate in everyone if candidate.failed or candidate.flagged]
        rest = sorted((c for c in everyone if c.loc > 0 and not c.failed and not c.flagged), key=urgency)
        return self.order(c for c in [*sure, *rest[: self.quota(everyone)]] if not c.settled)

    def order(self, candidates: Iterable[Candidate]) -> list[QueueEntry]:
        """Number candidates from 1: failed first, then by urgency."""
        ranked = sorted(candidates, key=lambda candidate: (not candidate.failed, *urgency(candidate)))
        return [QueueEntry(atom_id=c.atom_id, priority=place) for place, c in enumerate(ranked, start=1)]


def urgency(candidate: Candidate) -> tuple[float, float, int, float, str]:
    """Sort key among equals of state: least confident, then suspicion, fewer tests, complexity, id."""
    return (
        candidate.confidence,
        -candidate.suspiciousness,
        candidate.tests_reaching,
        -candidate.complexity,
        candidate.atom_id,
    )
