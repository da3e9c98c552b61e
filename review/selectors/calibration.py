"""Outcomes of reviewed and unreviewed atoms: verdicts of people, and tests that failed later."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from execution.models import ExecutionRun, RunAtom
from execution.selectors import visible_runs
from kernel.states import AtomStatus, ExecutionMode
from review.domain.calibration import Calibration, Outcome, calibrate
from review.models import HumanReviewQueue, ReviewDecision
from review.selectors.access import STANDING

MAX_RUNS = 200  # the newest; a page names them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Runs to look at: one plan, one run, or those created from ``since`` until before ``until``."""

    masterplan: uuid.UUID | None = None
    run: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCalibration:
    """Figures with where they come from."""

    run_ids: list[uuid.UUID]
    verdicts: int
    later_failures: int
    figures: Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    run_id: uuid.UUID
    atom_id: uuid.UUID
    outcome: Outcome


def calibration(user: Any, period: Period) -> RunCalibration:
    """How well confidence did in the runs that the user may see."""
    runs = _runs(user, period)
    judged = {(known.run_id, known.atom_id): known.outcome for known in _verdicts(runs)}
    failures = {(known.run_id, known.atom_id): known.outcome for known in _later_failures(runs)}
    return RunCalibration(
        run_ids=[run.pk for run in runs],
        verdicts=len(judged),
        later_failures=len(failures),
        figures=calibrate([*(judged | failures).values()]),
    )


def _runs(user: Any, period: Period) -> list[ExecutionRun]:
    runs = visible_runs(user).exclude(mode=ExecutionMode.MVP)
    wanted: dict[str, Any] = {"masterplan": period.masterplan, "pk": period.run}
    wanted |= {"created_at__gte": period.since, "created_at__lt": period.until}
    runs = runs.filter(**{name: value for name, value in wanted.items() if value is not None})
    return list(runs.only("run_id", "masterplan_id", "created_at").order_by("-created_at")[:MAX_RUNS])


def _verdicts(runs: Iterable[ExecutionRun]) -> Iterable[_Known]:
    """An approval says that the atom was right as it stood; every other verdict that something was wrong.

    The row of a closed review keeps the confidence that it was decided with. The first verdict counts: it judged what
    the engine had made.
    """
    rows = ReviewDecision.objects.filter(STANDING, review__run__in=[run.pk for run in runs]).order_by("at", "id")
    seen: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for run_id, atom_id, confidence, decision in rows.values_list(
        "review__run_id", "review__atom_id", "review__confidence", "decision"
    ).iterator():
        if (run_id, atom_id) not in seen:
            seen.add((run_id, atom_id))
            outcome = Outcome(confidence=confidence, wrong=decision != "approve", flagged=True)
            yield _Known(run_id=run_id, atom_id=atom_id, outcome=outcome)


def _later_failures(runs: Sequence[ExecutionRun]) -> Iterable[_Known]:
    """Atoms that passed in their run and that tests blamed later, with the same code, there or in a newer run."""
    ids = [run.pk for run in runs]
    blamed = _blamed({run.masterplan_id for run in runs})
    passed = RunAtom.objects.filter(run__in=ids, atom_id__in=blamed, status=AtomStatus.PASSED, confidence__isnull=False)
    queued = Exists(HumanReviewQueue.objects.filter(run_id=OuterRef("run_id"), atom_id=OuterRef("atom_id")))
    columns = ("run_id", "atom_id", "confidence", "code", "run__created_at", "queued")
    for run_id, atom_id, confidence, code, at, was_queued in passed.annotate(queued=queued).values_list(*columns):
        if any(later > at and same == code for later, same in blamed[atom_id]):
            outcome = Outcome(confidence=confidence or 0.0, wrong=True, flagged=was_queued)
            yield _Known(run_id=run_id, atom_id=atom_id, outcome=outcome)
    approved = ReviewDecision.objects.filter(
        STANDING, decision="approve", before__status=AtomStatus.PASSED, review__run__in=ids, review__atom__in=blamed
    )
    failed = set(_blamed_rows().filter(run__in=ids).values_list("run_id", "atom_id"))
    for run_id, atom_id, confidence in approved.values_list("review__run_id", "review__atom_id", "review__confidence"):
        if (run_id, atom_id) in failed:
            outcome = Outcome(confidence=confidence, wrong=True, flagged=True)
            yield _Known(run_id=run_id, atom_id=atom_id, outcome=outcome)


def _blamed(masterplan_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[tuple[datetime, str | None]]]:
    """Atoms that a failing test blamed in any run of the plans: when, and with which accepted code."""
    rows = _blamed_rows().filter(run__masterplan__in=masterplan_ids, run__parent_run=None)
    found: dict[uuid.UUID, list[tuple[datetime, str | None]]] = defaultdict(list)
    for atom_id, at, code in rows.values_list("atom_id", "run__created_at", "code"):
        found[atom_id].append((at, code))
    return found


def _blamed_rows() -> QuerySet[RunAtom]:
    return RunAtom.objects.filter(status=AtomStatus.FAILED, suspiciousness__gt=0, decided=False).order_by()
