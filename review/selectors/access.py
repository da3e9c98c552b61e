"""The access-checked way from a user to reviews: owner of the plan, its team, or admin."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kernel.states import REVIEW_OPEN, ReviewStatus
from masterplans.selectors import visible_masterplans
from review.errors import ReviewNotFound
from review.models import WITHDRAWN, HumanReviewQueue, ReviewDecision

VERDICTS = ("approve", "edit", "reject", "regenerate")
STANDING = Q(decision__in=VERDICTS, undone_at=None)  # of decisions: those that close a review and were not taken back


def visible_reviews(user: Any) -> QuerySet[HumanReviewQueue]:
    """Reviews of the plans that the user may see."""
    return HumanReviewQueue.objects.filter(masterplan__in=visible_masterplans(user).order_by().values("pk"))


def get_review(user: Any, review_id: uuid.UUID) -> HumanReviewQueue:
    """One review with its atom and plan; raises ReviewNotFound for one that the user may not see."""
    review = visible_reviews(user).filter(pk=review_id).select_related("atom", "masterplan", "run").first()
    if review is None:
        raise ReviewNotFound("There is no such review, or you may not see it.", review_id=str(review_id))
    return review


DECIDED = ~Q(status__in=REVIEW_OPEN) & ~Q(decision=WITHDRAWN)  # of reviews: a person closed it


def free_at(now: datetime) -> Q:
    """Open and held by nobody: pending, or its claim has expired."""
    return Q(status=ReviewStatus.PENDING) | Q(status=ReviewStatus.IN_REVIEW, claimed_until__lte=now)


def open_to(user: Any, now: datetime) -> Q:
    """Open, and free or held by the user."""
    return free_at(now) | Q(status=ReviewStatus.IN_REVIEW, claimed_by=user.pk)


def skipped_by(user: Any) -> list[uuid.UUID]:
    """Open reviews that the user has put off; they come last for this user alone."""
    skips = ReviewDecision.objects.filter(by=user.pk, decision="skip", review__status__in=REVIEW_OPEN)
    return list(skips.order_by().values_list("review_id", flat=True).distinct())
