"""How reviewing goes: numbers and the decisions themselves."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, When

from execution.models import RunAtom
from kernel.states import AtomStatus
from review.models import ReviewDecision
from review.selectors.access import STANDING, VERDICTS, visible_reviews
from review.selectors.narrowing import Filters, narrowed
from review.selectors.queue import Counts, counts

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
    "undone_at": "undone_at",
    "status_before": "before__status",
    "status_now": "status_now",
    "tests_failed_later": "tests_failed_later",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Numbers of the queue; ``median_seconds`` of active time a decision, None where none was measured.

    ``newest_at`` is when the last item came.
    """

    pending: int
    in_review: int
    done: int
    mine_today: int
    median_seconds: float | None
    newest_at: datetime | None


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
        newest_at=narrowed(visible_reviews(user), filters).order_by().aggregate(at=Max("created_at"))["at"],
    )


def decision_lines(user: Any, *, filters: Filters) -> Iterator[dict[str, Any]]:
    """Every decision on what the user may see with what came of it, oldest first, one plain object each.

    Decisions that were undone are there too, with ``undone_at``.
    """
    atom = RunAtom.objects.filter(run_id=OuterRef("review__run_id"), atom_id=OuterRef("review__atom_id"))
    blamed = atom.filter(status=AtomStatus.FAILED, suspiciousness__gt=0, decided=False)
    rows = _decisions(user, filters).annotate(
        status_now=Subquery(atom.values("status")[:1]),
        tests_failed_later=Case(When(Q(before__status=AtomStatus.PASSED) & Exists(blamed), then=True), default=False),
    )
    for values in rows.order_by("at", "id").values_list(*_EXPORT.values()).iterator(chunk_size=500):
        yield dict(zip(_EXPORT, values, strict=True))


def _decisions(user: Any, filters: Filters) -> QuerySet[ReviewDecision]:
    reviews = narrowed(visible_reviews(user), filters).order_by().values("pk")
    return ReviewDecision.objects.filter(review__in=reviews, decision__in=VERDICTS)


def _verdicts(user: Any, filters: Filters) -> QuerySet[ReviewDecision]:
    return _decisions(user, filters).filter(STANDING)
