"""Claims: who looks at what, until when. A claim is a guarded update; zero rows means that somebody else has it.

A claim changes nothing that a decision rests on, so it leaves ``version`` alone: a renewal never makes the holder's own
decision stale.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from execution import events
from kernel.states import REVIEW_OPEN, ReviewStatus
from review.errors import AlreadyDecided, ClaimedByAnother, QueueEmpty, Withdrawn
from review.models import WITHDRAWN, HumanReviewQueue, ReviewDecision
from review.selectors.access import free_at, get_review, open_to, skipped_by, visible_reviews
from review.selectors.narrowing import Filters, narrowed

_TRIES = 8  # other reviewers may take the row between our read and our update, where rows cannot be locked


def claim(*, user: Any, review_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Take a review, or renew one's own claim on it, for MGE_CLAIM_SECONDS from ``now``.

    The holder's renewal is tested before anything else, even when the claim has run out unnoticed. Raises
    AlreadyDecided, or ClaimedByAnother with who and until when.
    """
    review = get_review(user, review_id)
    with transaction.atomic():
        if _renew(review.pk, user, now):
            return review.pk
        if not _take(review.pk, user, now):
            raise refusal(get_review(user, review_id))
        _tell(review.pk)
    return review.pk


def claim_next(*, user: Any, filters: Filters, now: datetime) -> uuid.UUID:
    """Take the most urgent free review; what the user skipped comes last. Raises QueueEmpty."""
    for _ in range(_TRIES):
        with transaction.atomic():
            review_id = _most_urgent(user, filters, now)
            if review_id is None:
                raise QueueEmpty("Nothing is left here that you could take.")
            if _take(review_id, user, now):
                _tell(review_id)
                return review_id
    raise QueueEmpty("Other reviewers were faster each time. Try again.")


def release(*, user: Any, review_id: uuid.UUID) -> uuid.UUID:
    """Give up one's claim. Releasing what one does not hold changes nothing."""
    review = get_review(user, review_id)
    with transaction.atomic():
        if _free(review.pk, user):
            _tell(review.pk)
    return review.pk


def skip(*, user: Any, review_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Put a review off to the end of the user's own queue and give up the claim. Others see it as before."""
    review = get_review(user, review_id)
    with transaction.atomic():
        if not HumanReviewQueue.objects.filter(open_to(user, now), pk=review.pk).exists():
            raise refusal(get_review(user, review_id))
        if _free(review.pk, user):
            _tell(review.pk)
        ReviewDecision.objects.create(review=review, by_id=user.pk, decision="skip", version_seen=review.version)
    return review.pk


WITHDRAWN_WORDS = {
    "retried": "An operator asked for another attempt at this, so its review was withdrawn. Its result is queued.",
    "contract_changed": "What this was written against has another contract now, so its review was withdrawn. It is "
    "checked again, and queued again if it needs a person.",
    "run_cancelled": "The run was cancelled, so its reviews were withdrawn.",
}


def refusal(review: HumanReviewQueue) -> AlreadyDecided | ClaimedByAnother:
    """Why a review that is not open to the user is not."""
    if review.decision == WITHDRAWN:
        words = WITHDRAWN_WORDS.get(review.reason_code or "", "This review was withdrawn.")
        return Withdrawn(words, review_id=str(review.pk), why=review.reason_code)
    if review.status not in REVIEW_OPEN:
        return AlreadyDecided("This was decided in the meantime.", review_id=str(review.pk), decision=review.decision)
    until = review.claimed_until.isoformat() if review.claimed_until else None
    return ClaimedByAnother(f"{review.assigned_to} is looking at this.", by=review.assigned_to, until=until)


def _renew(review_id: uuid.UUID, user: Any, now: datetime) -> int:
    mine = HumanReviewQueue.objects.filter(pk=review_id, status=ReviewStatus.IN_REVIEW, claimed_by=user.pk)
    return mine.update(claimed_until=now + timedelta(seconds=settings.MGE_CLAIM_SECONDS))


def _take(review_id: uuid.UUID, user: Any, now: datetime) -> int:
    return HumanReviewQueue.objects.filter(free_at(now), pk=review_id).update(
        status=ReviewStatus.IN_REVIEW,
        claimed_by=user.pk,
        assigned_to=user.get_username()[:100],
        assigned_at=now,
        claimed_until=now + timedelta(seconds=settings.MGE_CLAIM_SECONDS),
    )


def _free(review_id: uuid.UUID, user: Any) -> int:
    mine = HumanReviewQueue.objects.filter(pk=review_id, status=ReviewStatus.IN_REVIEW, claimed_by=user.pk)
    return mine.update(status=ReviewStatus.PENDING, claimed_by=None, assigned_to=None, claimed_until=None)


def _most_urgent(user: Any, filters: Filters, now: datetime) -> uuid.UUID | None:
    rows = narrowed(visible_reviews(user), filters).filter(free_at(now))
    rows = rows.order_by("priority", "confidence", "review_id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    put_off = skipped_by(user)
    first = rows.exclude(pk__in=put_off).values_list("pk", flat=True).first()
    return first or rows.filter(pk__in=put_off).values_list("pk", flat=True).first()


def _tell(review_id: uuid.UUID) -> None:
    tell_changed(HumanReviewQueue.objects.get(pk=review_id))


def tell_changed(review: HumanReviewQueue) -> None:
    """Append ``review.changed`` to the event log; call it in the transaction of the change."""
    events.publish(
        topic="review",
        type="review.changed",
        data={
            "review_id": str(review.pk),
            "status": review.status,
            "version": review.version,
            "assigned_to": review.assigned_to,
            "claimed_until": review.claimed_until.isoformat() if review.claimed_until else None,
            "decision": review.decision,
        },
        run_id=review.run_id,
        masterplan_id=review.masterplan_id,
    )
