"""Reviews of atoms that are settled otherwise: closed with what happened, nothing that a person wrote is touched."""

import uuid
from collections.abc import Collection
from enum import StrEnum

from django.db.models import F
from django.db.models.functions import Now

from kernel.states import REVIEW_OPEN, ReviewStatus
from review.models import WITHDRAWN, HumanReviewQueue
from review.services.claims import tell_changed


class Why(StrEnum):
    """What happened instead of a decision; kept as the row's ``reason_code``."""

    RETRIED = "retried"
    CONTRACT_CHANGED = "contract_changed"
    RUN_CANCELLED = "run_cancelled"


def withdraw(run_id: uuid.UUID, atom_ids: Collection[uuid.UUID] | None, why: Why) -> int:
    """Close the open reviews of atoms (None: of the whole run). Returns how many.

    Call it in the transaction of what happened, with the run locked. Nobody decided, so the atoms may be queued again.
    """
    rows = HumanReviewQueue.objects.filter(run=run_id, status__in=REVIEW_OPEN)
    if atom_ids is not None:
        rows = rows.filter(atom_id__in=list(atom_ids))
    ids = list(rows.select_for_update().values_list("pk", flat=True))
    HumanReviewQueue.objects.filter(pk__in=ids).update(
        status=ReviewStatus.REGENERATED,
        decision=WITHDRAWN,
        reason_code=why,
        assigned_to=None,
        claimed_by=None,
        claimed_until=None,
        reviewed_at=Now(),
        version=F("version") + 1,
    )
    for review in HumanReviewQueue.objects.filter(pk__in=ids):
        tell_changed(review)
    return len(ids)
