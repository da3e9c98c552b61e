"""How atoms get into the queue (the seed's ReviewService): news from the engine comes in here.

All four entry points may be called again for the same news: what is in the queue stays, what a person has settled in
this run is never added again. They lock the run first, so that two of them do not number the same rows.
"""

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from execution import events
from execution.models import ExecutionRun, RunAtom
from execution.phases import is_reviewed
from kernel.states import REVIEW_OPEN, AtomStatus, ReviewStatus
from review.domain.reasons import reasons
from review.domain.selection import ReviewQueueManager
from review.models import WITHDRAWN, HumanReviewQueue
from review.selectors.evidence import AtomFacts, candidate, facts_of
from review.selectors.help import issue_of, suggestions_for
from review.services import scoring
from review.services.claims import tell_changed

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """Facts of atoms with their fresh confidence, and those whose score or its terms are new."""

    facts: Mapping[uuid.UUID, AtomFacts]
    confidence: Mapping[uuid.UUID, float]
    changed: frozenset[uuid.UUID]


def on_atoms_failed(run_id: uuid.UUID, atom_ids: Collection[uuid.UUID]) -> None:
    """Atoms failed for good while the run goes on: they enter at once, on top."""
    with transaction.atomic():
        if (run := _lock(run_id)) is None:
            return
        scored = _score(run, atom_ids)
        if run.parent_run_id is not None:
            return  # nothing of a shadow ships, so nobody need look at it
        failed = [i for i, item in scored.facts.items() if item.atom.status == AtomStatus.FAILED]
        _add(run, scored, _never_queued(run, failed))


def on_run_completed(run_id: uuid.UUID) -> None:
    """The run ended: score everything; the failed and the least confident enter up to the share."""
    with transaction.atomic():
        if (run := _lock(run_id)) is None:
            return
        scored = _score(run)
        if run.parent_run_id is not None:
            return  # scored, for the comparison; nothing of a shadow ships, so nobody need look at it
        chosen = _chosen(run, scored)
        _refresh(run, scored)
        _add(run, scored, _never_queued(run, chosen))


def on_atom_regenerated(run_id: uuid.UUID, atom_id: uuid.UUID) -> None:
    """The attempt that a reviewer asked for is done, passed or not: a new row shows it."""
    with transaction.atomic():
        if (run := _lock(run_id)) is None:
            return
        scored = _score(run, [atom_id])
        if not HumanReviewQueue.objects.filter(run=run, atom_id=atom_id, status__in=REVIEW_OPEN).exists():
            _add(run, scored, list(scored.facts))


def on_run_revalidated(run_id: uuid.UUID) -> None:
    """A person's change was checked: scores and reasons follow; atoms that now fail enter, unless settled.

    What was withdrawn for it comes back where it would be chosen today.
    """
    with transaction.atomic():
        if (run := _lock(run_id)) is None:
            return
        scored = _score(run)
        _refresh(run, scored)
        _tell_settled(run, scored)
        failed = [i for i, item in scored.facts.items() if item.atom.status == AtomStatus.FAILED]
        withdrawn = HumanReviewQueue.objects.filter(run=run, decision=WITHDRAWN).order_by()
        back = set(withdrawn.values_list("atom_id", flat=True)).difference(failed)
        returning = [i for i in (_chosen(run, scored) if back else ()) if i in back]
        _add(run, scored, _never_queued(run, [*failed, *returning]))


def _chosen(run: ExecutionRun, scored: _Scored) -> list[uuid.UUID]:
    settled = _closed(run)
    share = float(run.settings.get("review_share", settings.MGE_REVIEW_SHARE))
    entries = ReviewQueueManager(share=share).select(
        candidate(item.atom, confidence=scored.confidence[i], flagged=item.flagged, settled=i in settled)
        for i, item in scored.facts.items()
    )
    return [uuid.UUID(entry.atom_id) for entry in entries]


def _tell_settled(run: ExecutionRun, scored: _Scored) -> None:
    """What people vouched for is not queued again; where it fails now, its row says so, and when it is mended too."""
    rows = HumanReviewQueue.objects.filter(run=run, status=ReviewStatus.APPROVED, atom_id__in=scored.facts)
    for row in rows:
        issue = issue_of(scored.facts[row.atom_id])
        if row.issue_detected != issue:
            row.issue_detected, row.reasons = issue, _reasons(run, scored.facts[row.atom_id])
            row.version += 1
            row.save(update_fields=["issue_detected", "reasons", "version"])
            tell_changed(row)


def _lock(run_id: uuid.UUID) -> ExecutionRun | None:
    """The run, locked; None where its review phase goes the MVP way (no rows)."""
    run = ExecutionRun.objects.select_for_update().get(pk=run_id)
    return run if is_reviewed(run) else None


def _score(run: ExecutionRun, atom_ids: Collection[uuid.UUID] | None = None) -> _Scored:
    facts = facts_of(run.pk, atom_ids)
    scores = scoring.score(run, facts)
    by_atom = {item.atom.atom_id: item for item in facts}
    return _Scored(facts=by_atom, confidence=scores.confidence, changed=scores.changed)


def _closed(run: ExecutionRun) -> set[uuid.UUID]:
    """Atoms that a person has decided on in this run."""
    rows = _not_withdrawn(run).exclude(status__in=REVIEW_OPEN)
    return set(rows.order_by().values_list("atom_id", flat=True))


def _not_withdrawn(run: ExecutionRun) -> QuerySet[HumanReviewQueue]:
    """Reviews that are open or were decided. What was withdrawn nobody has seen to, so it may come back."""
    return HumanReviewQueue.objects.filter(~Q(decision=WITHDRAWN) | Q(decision=None), run=run)


def _never_queued(run: ExecutionRun, atom_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    known = set(_not_withdrawn(run).order_by().values_list("atom_id", flat=True))
    return [atom_id for atom_id in atom_ids if atom_id not in known]


def _add(run: ExecutionRun, scored: _Scored, atom_ids: Sequence[uuid.UUID]) -> None:
    if not atom_ids:
        return
    help_for = suggestions_for(run, [scored.facts[atom_id] for atom_id in atom_ids])
    rows = [
        HumanReviewQueue(
            atom_id=atom_id,
            masterplan_id=run.masterplan_id,
            run=run,
            confidence=scored.confidence[atom_id],
            confidence_score=scoring.two_places(scored.confidence[atom_id]),
            priority=1,  # numbered below, together with what is open already
            reasons=_reasons(run, scored.facts[atom_id]),
            issue_detected=issue_of(scored.facts[atom_id]),
            ai_suggestions=help_for[atom_id],
        )
        for atom_id in atom_ids
    ]
    HumanReviewQueue.objects.bulk_create(rows, batch_size=_BATCH)
    _renumber(run)
    events.publish(
        topic="review",
        type="review.added",
        data={
            "review_id": str(rows[0].pk),
            "run_id": str(run.pk),
            "masterplan_id": str(run.masterplan_id),
            "count": len(rows),
        },
        run_id=run.pk,
        masterplan_id=run.masterplan_id,
    )


def _reasons(run: ExecutionRun, facts: AtomFacts) -> list[str]:
    """Words; a failed atom of a run without a model says that nothing could repair it."""
    without_model = facts.atom.status == AtomStatus.FAILED and run.settings.get("model") is None
    situation = facts.situation
    if without_model:
        situation = dataclasses.replace(situation, no_model=True)
    return reasons(facts.evidence, situation)


def _refresh(run: ExecutionRun, scored: _Scored) -> None:
    """Bring open rows in line with fresh facts. Changed reasons make another version, which must be read again.

    The text of the issue alone does not: it names figures that move with every fix elsewhere. Whatever is new is told,
    since somebody may be looking at the item; of a decided one only the atom's terms are new, its row stays.
    """
    rows = list(HumanReviewQueue.objects.filter(run=run, status__in=REVIEW_OPEN, atom_id__in=scored.facts))
    help_for = suggestions_for(run, [scored.facts[row.atom_id] for row in rows])
    changed, anew = [], []
    for row in rows:
        facts = scored.facts[row.atom_id]
        before, words = _evidence(row), _reasons(run, facts)
        if row.reasons != words:
            anew.append(row.pk)
        row.confidence = scored.confidence[row.atom_id]
        row.confidence_score = scoring.two_places(row.confidence)
        row.reasons, row.issue_detected, row.ai_suggestions = words, issue_of(facts), help_for[row.atom_id]
        if row.atom_id in scored.changed or _evidence(row) != before:
            changed.append(row)
    fields = ["confidence", "confidence_score", "reasons", "issue_detected", "ai_suggestions"]
    HumanReviewQueue.objects.bulk_update(changed, fields, batch_size=_BATCH)
    HumanReviewQueue.objects.filter(pk__in=anew).update(version=F("version") + 1)
    _renumber(run)
    closed = HumanReviewQueue.objects.filter(run=run).exclude(status__in=REVIEW_OPEN).order_by()
    decided = [pk for pk, atom_id in closed.values_list("pk", "atom_id") if atom_id in scored.changed]
    _tell_rescored(run, [*(row.pk for row in changed), *decided])


def _evidence(row: HumanReviewQueue) -> tuple[object, ...]:
    """What a row says that comes from facts."""
    return row.confidence, row.reasons, row.issue_detected, row.ai_suggestions


def _tell_rescored(run: ExecutionRun, review_ids: Sequence[uuid.UUID]) -> None:
    """Append ``review.rescored``: the rows with their fields as they are now, :data:`_BATCH` of them an event.

    Where the version is the one on screen, only what the confidence rests on is new, and it may be shown at once.
    """
    for start in range(0, len(review_ids), _BATCH):
        rows = HumanReviewQueue.objects.filter(pk__in=review_ids[start : start + _BATCH]).order_by("priority")
        told = [
            {**row, "review_id": str(row["review_id"])}
            for row in rows.values("review_id", "version", "confidence", "priority", "reasons")
        ]
        events.publish(
            topic="review",
            type="review.rescored",
            data={"run_id": str(run.pk), "reviews": told},
            run_id=run.pk,
            masterplan_id=run.masterplan_id,
        )


def _renumber(run: ExecutionRun) -> None:
    """Priorities 1..n over all open rows of the run, from what the run says about their atoms."""
    rows = list(HumanReviewQueue.objects.filter(run=run, status__in=REVIEW_OPEN).only("pk", "atom_id", "priority"))
    queued = HumanReviewQueue.objects.filter(run=run, status__in=REVIEW_OPEN).order_by().values("atom_id")
    atoms = RunAtom.objects.filter(run=run, atom_id__in=queued).defer("code", "confidence_terms", "last_error")
    order = ReviewQueueManager(share=0).order(candidate(atom, confidence=atom.confidence or 0.0) for atom in atoms)
    places = {uuid.UUID(entry.atom_id): entry.priority for entry in order}
    moved = [row for row in rows if row.priority != places[row.atom_id]]
    for row in moved:
        row.priority = places[row.atom_id]
    HumanReviewQueue.objects.bulk_update(moved, ["priority"], batch_size=_BATCH)
