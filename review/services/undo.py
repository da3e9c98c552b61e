"""Taking one's own last decision back, as long as nothing was built on it.

Order of locks and gates as in ``review.services.decisions``: run, then review; the same request again is answered as
the first time. The review comes back claimed by whoever undid it, so that nobody else decides on it in between.
"""

import dataclasses
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from execution import changes
from execution.models import ExecutionRun
from kernel.states import REVIEW_OPEN, ReviewStatus
from review.errors import NothingToUndo, TooLate
from review.models import HumanReviewQueue, ReviewDecision
from review.selectors.access import VERDICTS, get_review
from review.services.claims import tell_changed
from review.services.decisions import Asked, Outcome, Verdict, key_reused, outcome_of, repeat_of

MAX_NAMED = 20  # attempts that the refusal lists


def undo(request: Asked) -> Outcome:
    """Take back the user's last decision on a review; what it changed is run again inside the same run.

    NothingToUndo where the last decision is not the user's; TooLate where an attempt used what it led to.
    """
    seen = get_review(request.user, request.review_id)
    try:
        with transaction.atomic():
            ExecutionRun.objects.select_for_update().only("run_id").get(pk=seen.run_id)
            review = HumanReviewQueue.objects.select_for_update().get(pk=seen.pk)
            if (repeat := repeat_of(request, Verdict.UNDO)) is not None:
                return repeat
            last = _mine(review, request)
            _require_unused(review, last)
            _take_back(review, last, request)
            changed = _restore(review, last)
            tell_changed(review)
            return dataclasses.replace(outcome_of(review, Verdict.UNDO), revalidating=changed)
    except IntegrityError as error:
        if request.idempotency_key and ReviewDecision.objects.filter(idempotency_key=request.idempotency_key).exists():
            raise key_reused() from error
        raise


def _restore(review: HumanReviewQueue, last: ReviewDecision) -> bool:
    """Put the atom back as it was, where the decision changed it; an approval, or leaving a draft, changed nothing."""
    before = last.before or {}
    kept = last.decision == Verdict.APPROVE or (last.decision == Verdict.REJECT and before["code"] is None)
    return not kept and changes.restore(review.run_id, review.atom_id, before, as_of=last.at)


def _mine(review: HumanReviewQueue, request: Asked) -> ReviewDecision:
    verdicts = ReviewDecision.objects.filter(review=review, decision__in=VERDICTS, undone_at=None)
    last = verdicts.select_related("by").order_by("at", "id").last()
    if last is None or review.status in REVIEW_OPEN:
        raise NothingToUndo("Nobody has decided on this review, so there is nothing to undo.")
    if last.by_id != request.user.pk:
        who = last.by.get_username() if last.by else "somebody who is gone"
        raise NothingToUndo(f"The last decision on this review was made by {who}: only they can undo it.", by=who)
    if last.before is None:
        raise NothingToUndo("This decision was made before decisions could be undone: it kept no copy of the atom.")
    return last


def _require_unused(review: HumanReviewQueue, last: ReviewDecision) -> None:
    used = changes.used_since(review.run_id, review.atom_id, last.at)
    if used:
        first = used[0]
        raise TooLate(
            f"Attempt {first.attempt} at {first.symbol} in {first.path} was made on this decision already.",
            used_by=[{**dataclasses.asdict(use), "atom_id": str(use.atom_id)} for use in used[:MAX_NAMED]],
        )
    newer = HumanReviewQueue.objects.filter(run=review.run_id, atom=review.atom_id).exclude(pk=review.pk)
    if (other := newer.filter(status__in=REVIEW_OPEN).first()) is not None:
        raise TooLate("Another review of the same atom is open: decide there.", used_by=[], review_id=str(other.pk))


def _take_back(review: HumanReviewQueue, last: ReviewDecision, request: Asked) -> None:
    HumanReviewQueue.objects.filter(pk=review.pk).update(
        status=ReviewStatus.IN_REVIEW,
        claimed_by=request.user.pk,
        assigned_to=request.user.get_username()[:100],
        assigned_at=request.now,
        claimed_until=request.now + timedelta(seconds=settings.MGE_CLAIM_SECONDS),
        decision=None,
        reason_code=None,
        human_feedback=None,
        modified_code=None,
        reviewed_at=None,
        version=F("version") + 1,
    )
    ReviewDecision.objects.filter(pk=last.pk).update(undone_at=request.now)
    ReviewDecision.objects.create(
        review=review,
        by_id=request.user.pk,
        decision=Verdict.UNDO,
        version_seen=review.version,
        feedback=f"undoes {last.decision}",
        idempotency_key=request.idempotency_key,
    )
    review.refresh_from_db()
