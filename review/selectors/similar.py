"""Other open reviews that ask for the same decision."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from execution.models import RunAtom
from kernel.states import REVIEW_OPEN
from review.domain.likeness import Likeness, likeness
from review.models import HumanReviewQueue
from review.selectors.access import get_review, visible_reviews
from review.selectors.drafts import draft_texts
from review.selectors.queue import ReviewRow, rows_of

MAX_LOOKED_AT = 500  # open reviews of the run, the most urgent first


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Open reviews alike, the most urgent first. ``kind``: change, finding, or None where nothing can be compared."""

    kind: str | None
    reasons: Sequence[str]
    results: Sequence[ReviewRow]


def similar_to(user: Any, review_id: uuid.UUID, *, now: datetime) -> Similar:
    """Open reviews of the same run with the same change and the same reasons."""
    review = get_review(user, review_id)
    others = visible_reviews(user).filter(run=review.run_id, status__in=REVIEW_OPEN, reasons=review.reasons)
    rows = [review, *others.exclude(pk=review.pk).order_by("priority", "confidence", "review_id")[:MAX_LOOKED_AT]]
    keys = _likenesses(rows)
    mine = keys[0]
    alike = [row.pk for row, key in zip(rows[1:], keys[1:], strict=True) if mine is not None and key == mine]
    return Similar(kind=mine.kind if mine else None, reasons=review.reasons, results=rows_of(alike, now=now))


def _likenesses(rows: Sequence[HumanReviewQueue]) -> list[Likeness | None]:
    ids = [row.atom_id for row in rows]
    codes = dict(RunAtom.objects.filter(run=rows[0].run_id, atom_id__in=ids).values_list("atom_id", "code"))
    drafts = draft_texts([atom_id for atom_id in ids if codes.get(atom_id) is not None])
    return [
        likeness(
            original=drafts.get(row.atom_id), proposal=codes.get(row.atom_id), reasons=row.reasons,
            issue=row.issue_detected,
        )
        for row in rows
    ]  # fmt: skip
