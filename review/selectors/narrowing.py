"""What the queue can be narrowed to beyond plan and run, and the views that follow an atom through the model."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from execution.models import RunAtom
from kernel.states import ATOM_DONE, ReviewStatus
from review.models import WITHDRAWN, HumanReviewQueue

Rows = QuerySet[HumanReviewQueue]

NOBODY = "nobody"


class Band(StrEnum):
    """Bands of the confidence, as the console draws them."""

    LOW = "low"  # below 0.5
    MIDDLE = "middle"
    HIGH = "high"  # 0.8 and above


_BANDS = {
    Band.LOW: Q(confidence__lt=0.5),
    Band.MIDDLE: Q(confidence__gte=0.5, confidence__lt=0.8),
    Band.HIGH: Q(confidence__gte=0.8),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the queue is narrowed to. ``q`` is looked for in path and symbol, ``reason`` in the words of the reasons."""

    masterplan: uuid.UUID | None = None
    run: uuid.UUID | None = None
    q: str = ""
    wave: int | None = None
    language: str = ""
    reason: str = ""
    band: str = ""
    assignee: str = ""


def narrowed(rows: Rows, filters: Filters, *, now: datetime | None = None) -> Rows:
    """Rows within the filters. ``now`` tells claims that have run out from those that hold."""
    wanted = Q()
    if filters.masterplan:
        wanted &= Q(masterplan=filters.masterplan)
    if filters.run:
        wanted &= Q(run=filters.run)
    if filters.q:
        wanted &= Q(atom__path__icontains=filters.q) | Q(atom__symbol__icontains=filters.q)
    if filters.language:
        wanted &= Q(atom__language=filters.language)
    if filters.reason:
        wanted &= Q(reasons__icontains=filters.reason)
    if filters.band:
        wanted &= _BANDS[Band(filters.band)]
    if filters.wave is not None:
        wanted &= Q(Exists(_its_atom().filter(wave_number=filters.wave)))
    if filters.assignee:
        held = Q(status=ReviewStatus.IN_REVIEW, claimed_until__gt=now)
        wanted &= ~held if filters.assignee == NOBODY else held & Q(assigned_to=filters.assignee)
    return rows.filter(wanted)


def sent_back(rows: Rows) -> Rows:
    """Those whose atom a person sent back to the model before, in the same run: its new attempt."""
    earlier = HumanReviewQueue.objects.filter(
        run=OuterRef("run_id"), atom=OuterRef("atom_id"), status=ReviewStatus.REGENERATED
    )
    return rows.filter(Exists(earlier.exclude(pk=OuterRef("pk")).exclude(decision=WITHDRAWN)))


def regenerating(rows: Rows) -> Rows:
    """Those sent back whose atom the run still works on."""
    return rows.filter(Exists(_its_atom().exclude(status__in=ATOM_DONE)), status=ReviewStatus.REGENERATED)


def _its_atom() -> QuerySet[RunAtom]:
    return RunAtom.objects.filter(run_id=OuterRef("run_id"), atom_id=OuterRef("atom_id"))
