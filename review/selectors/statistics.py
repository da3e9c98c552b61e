"""How reviewing goes: numbers and the decisions themselves."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from review.models import ReviewDecision
from review.selectors.access import VERDICTS, visible_reviews
from review.selectors.queue import Counts, Filters, counts, narrowed

_NEWEST = 1000  # decisions that the median looks at
_EXPORT = {
    "review_id": "review_id",
    "run_id": "review__run_id",
    "masterplan_id": "review__masterplan_id",
    "atom_id": "review__atom_id",
    "path": "review__atom__path",
    "symbol": "review__atom__symbol",
    "confidence": "review__confidence",
    "reasons": "review__reasons",
    "decision": "decision",
    "by": "by__username",
    "at": "at",
    "version_seen": "version_seen",
    "reason_code": "reason_code",
    "feedback": "feedback",
    "override_reason": "override_reason",
    "active_ms": "active_ms",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Numbers of the queue; ``median_seconds`` of active time a decision, None where none was measured."""

    pending: int
    in_review: int
    done: int
    mine_today: int
    median_seconds: float | None


def review_statistics(user: Any, *, filters: Filters, now: datetime) -> Statistics:
    """Numbers of what the user may see, within the filters."""
    numbers: Counts = counts(user, filters=filters, now=now)
    measured = _verdicts(user, filters).filter(active_ms__isnull=False).order_by("-at")
    times = list(measured.values_list("active_ms", flat=True)[:_NEWEST])
    return Statistics(
        pending=numbers.pending,
        in_review=numbers.in_review,
        done=numbers.done,
        mine_today=numbers.mine_today,
        median_seconds=statistics.median(t for t in times if t is not None) / 1000 if times else None,
    )


def decision_lines(user: Any, *, filters: Filters) -> Iterator[dict[str, Any]]:
    """Every decision on what the user may see, oldest first, one plain object each."""
    rows = _verdicts(user, filters).order_by("at", "id").values_list(*_EXPORT.values())
    for values in rows.iterator(chunk_size=500):
        yield dict(zip(_EXPORT, values, strict=True))


def _verdicts(user: Any, filters: Filters) -> QuerySet[ReviewDecision]:
    reviews = narrowed(visible_reviews(user), filters).order_by().values("pk")
    return ReviewDecision.objects.filter(review__in=reviews, decision__in=VERDICTS)
