"""How many calls a provider bears at once, learnt from its answers: additive increase, multiplicative decrease.

As TCP does it (Jacobson 1988): a busy answer halves what is in flight, at most once a second; from there the limit
doubles with each round of answers up to half of what was in flight before trouble began, then grows by a quarter a
round. With replies of two seconds a hundred calls in flight are reached again about 20 seconds after a storm.
"""

from dataclasses import dataclass, replace

CUT = 0.5
GROWTH = 0.25  # a round, above the threshold
CUTS_APART = 1.0  # seconds: one storm answers many calls at once, and is one event


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceState:
    """``limit`` None: none is known. ``threshold``: up to here growth is fast. Times are in seconds of one clock."""

    limit: float | None = None
    threshold: float = 2.0
    answered_since_cut: bool = True
    cut_at: float = 0.0
    blocked_until: float = 0.0

    def after_busy(self, *, in_flight: int, now: float, retry_after: float | None) -> "PaceState":
        """The state after a 429 or 529 with ``in_flight`` calls under way."""
        blocked = max(self.blocked_until, now + (retry_after or 0.0))
        if now - self.cut_at < CUTS_APART:
            return replace(self, blocked_until=blocked)
        level = min(self.limit if self.limit is not None else float(in_flight), float(max(in_flight, 1)))
        limit = max(1.0, level * CUT)
        threshold = max(2.0, limit) if self.answered_since_cut else self.threshold
        return PaceState(limit=limit, threshold=threshold, answered_since_cut=False, cut_at=now, blocked_until=blocked)

    def after_answers(self, answers: int, *, ceiling: int) -> "PaceState":
        """The state after so many good replies; at ``ceiling`` the limit is forgotten."""
        if self.limit is None or answers <= 0:
            return self
        limit = self.limit
        fast = min(float(answers), max(0.0, self.threshold - limit))
        limit += fast + (answers - fast) * GROWTH
        if limit >= ceiling:
            return PaceState()
        return replace(self, limit=limit, answered_since_cut=True)
