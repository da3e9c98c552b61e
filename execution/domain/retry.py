"""What follows an attempt: accept, try again in which way, or give up with the best that there was."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from execution.domain.feedback import Approach, Category, Feedback, approach


class Decision(StrEnum):
    """What becomes of an atom after an attempt."""

    ACCEPT = "accept"
    AGAIN = "again"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try as it is remembered; number 0 is the draft. ``score`` is 0..1."""

    number: int
    score: float
    code: str | None
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryOrchestrator:
    """The rules of retrying one atom. ``allowed`` counts attempts that are paid for; ``blind``: nothing is fed back."""

    allowed: int
    blind: bool = False

    def decide(self, number: int, *, accepted: bool) -> Decision:
        """After attempt ``number``, 1-based. The count comes from the database, so a restart gives nobody more."""
        if accepted:
            return Decision.ACCEPT
        return Decision.AGAIN if number < self.allowed else Decision.GIVE_UP

    def way(self, history: Sequence[Feedback]) -> Approach:
        """How the next attempt is made: the same error again and again changes the approach."""
        return Approach.REPAIR if self.blind else approach(history)

    def evidence(self, history: Sequence[Feedback]) -> Feedback | None:
        """What the next prompt is told: the newest failure."""
        return None if self.blind or not history else history[-1]

    def best(self, tries: Sequence[Attempt]) -> Attempt | None:
        """The best try, not the last: one that scored above the draft, or any for a hole. None: the draft stands.

        Code that does not parse is never kept: it would break its whole file.
        """
        draft = max((one.score for one in tries if one.number == 0), default=None)
        paid = [one for one in tries if one.number > 0 and one.code is not None]
        best = max(paid, key=lambda one: (one.score, -one.number), default=None)
        if best is None or best.score <= 0.0 or best.category == Category.SYNTAX:
            return None
        return None if draft is not None and best.score <= draft else best
