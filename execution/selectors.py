"""Reads of runs: who may see which, and what is shown of one."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from execution.events import latest
from execution.models import ExecutionRun, RunAtom, Units
from execution.phases import is_reviewed
from execution.progress import progress_payload
from graphs.models import ExecutionWave
from kernel.errors import NotFound
from kernel.states import ATOM_DONE, REVIEW_OPEN
from kernel.v2 import v2_installed
from masterplans.selectors import visible_masterplans
from validation.selectors import levels_summary


def visible_runs(user: Any) -> QuerySet[ExecutionRun]:
    """Runs of plans that the user may see."""
    return ExecutionRun.objects.filter(masterplan__in=visible_masterplans(user)).select_related("masterplan")


def get_run(user: Any, run_id: object) -> ExecutionRun:
    """The run, where the user may see it; malformed, unknown and hidden ids are the same ``NotFound``."""
    return _one(visible_runs(user), run_id)


def run_by_id(run_id: object) -> ExecutionRun:
    """The run, for commands."""
    return _one(ExecutionRun.objects.select_related("masterplan"), run_id)


def _one(runs: QuerySet[ExecutionRun], run_id: object) -> ExecutionRun:
    try:
        run = runs.filter(pk=uuid.UUID(str(run_id))).first()
    except ValueError:
        run = None
    if run is None:
        raise NotFound(f"There is no run {str(run_id)[:60]!r}, or you may not see it.")
    return run


def latest_run(masterplan_id: uuid.UUID) -> ExecutionRun | None:
    """The newest run of a plan that is not a shadow."""
    runs = ExecutionRun.objects.filter(masterplan_id=masterplan_id, parent_run=None).select_related("masterplan")
    return runs.order_by("-created_at").first()


def is_driven(run: ExecutionRun) -> bool:
    """Whether a driver holds the run now."""
    return run.driver_token is not None and run.driver_until is not None and run.driver_until > timezone.now()


def is_scored(run: ExecutionRun) -> bool:
    """Whether every atom of a run has its confidence, and so the queue its rows."""
    return not is_reviewed(run) or not RunAtom.objects.filter(run=run, confidence=None).exists()


def latest_runs(masterplan_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ExecutionRun]:
    """The newest run of each plan, with one query."""
    runs = ExecutionRun.objects.filter(masterplan_id__in=list(masterplan_ids), parent_run=None)
    rows = runs.select_related("masterplan").order_by("masterplan_id", "created_at")
    return {run.masterplan_id: run for run in rows}


def run_payload(run: ExecutionRun) -> dict[str, Any]:
    """One run in the form of the API."""
    return run_payloads([run])[0]


def run_payloads(runs: Iterable[ExecutionRun]) -> list[dict[str, Any]]:
    """Runs in the form of the API, with three queries for all of them."""
    rows = list(runs)
    ids = [run.pk for run in rows]
    counts: dict[uuid.UUID, dict[str, int]] = {}
    grouped = RunAtom.objects.filter(run_id__in=ids).order_by().values_list("run_id", "status").annotate(n=Count("id"))
    for run_id, status, n in grouped:
        counts.setdefault(run_id, {})[status] = n
    reviews = _review_counts(ids)
    undone = RunAtom.objects.filter(run_id__in=ids).exclude(status__in=ATOM_DONE).order_by()
    waves = dict(undone.values_list("run_id").annotate(first=Min("wave_number")))
    return [
        {**_payload(run, counts.get(run.pk, {}), reviews.get(run.pk, (0, 0))), "wave_now": waves.get(run.pk)}
        for run in rows
    ]


def _review_counts(run_ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Open and all review rows by run. The review room stands above this one, so its table is asked by name."""
    if not v2_installed():
        return {}
    model = apps.get_model("review", "HumanReviewQueue")
    result: dict[uuid.UUID, tuple[int, int]] = {}
    rows = model.objects.filter(run_id__in=run_ids).order_by().values_list("run_id", "status").annotate(n=Count("pk"))
    for run_id, status, n in rows:
        pending, total = result.get(run_id, (0, 0))
        result[run_id] = (pending + (n if status in REVIEW_OPEN else 0), total + n)
    return result


def _payload(run: ExecutionRun, counts: dict[str, int], reviews: tuple[int, int]) -> dict[str, Any]:
    done = sum(n for status, n in counts.items() if status in ATOM_DONE)
    return {
        "run_id": run.pk,
        "masterplan_id": run.masterplan_id,
        "masterplan_name": run.masterplan.name,
        "parent_run_id": run.parent_run_id,
        "mode": run.mode,
        "policy": run.policy,
        "status": run.status,
        "phase": run.phase,
        "phase_detail": run.phase_detail,
        "progress": 1.0 if run.phase == "done" else done / max(1, run.atoms_total),
        "atoms_total": run.atoms_total,
        "waves_total": run.waves_total,
        "by_status": counts,
        "precision": run.precision,
        "precision_reviewed": run.precision_reviewed,
        "tests_total": run.tests_total,
        "tests_passed": run.tests_passed,
        "cost_usd": cost_usd(run),
        "budget_usd": None if run.budget_micro is None else run.budget_micro / 1_000_000,
        "calls": run.calls,
        "unpriced_calls": run.unpriced_calls,
        "review_pending": reviews[0],
        "review_total": reviews[1],
        "seconds": seconds_of(run),
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "error": run.error or None,
        "model": run.settings.get("model"),
    }


def cost_usd(run: ExecutionRun) -> float | None:
    """What the run has spent; None where the price of one of its calls is not known."""
    return None if run.unpriced_calls else run.spent_micro / 1_000_000


def seconds_of(run: ExecutionRun, now: datetime | None = None) -> float | None:
    """How long the run took, or takes by now."""
    if run.started_at is None:
        return None
    return ((run.finished_at or now or timezone.now()) - run.started_at).total_seconds()


def wave_rows(run: ExecutionRun) -> list[dict[str, Any]]:
    """The run's waves with what their atoms are doing."""
    if run.units == Units.SUBTASKS or not v2_installed():
        return []
    counts: dict[int, dict[str, int]] = {}
    grouped = RunAtom.objects.filter(run=run).order_by().values_list("wave_number", "status").annotate(n=Count("id"))
    for number, status, n in grouped:
        counts.setdefault(number, {})[status] = n
    waves = ExecutionWave.objects.filter(run_id=run.pk).order_by("wave_number")
    return [
        {
            "wave_id": wave.pk,
            "wave_number": wave.wave_number,
            "status": wave.status,
            "atom_count": wave.atom_count,
            "by_status": counts.get(wave.wave_number, {}),
        }
        for wave in waves
    ]


def failures(run: ExecutionRun, limit: int = 100) -> list[dict[str, Any]]:
    """Atoms with which something went wrong, the newest first; nothing did with those that a budget parked."""
    wrong = Q(status__in=["failed", "skipped"]) | Q(status="parked", last_error__isnull=False)
    rows = RunAtom.objects.filter(wrong, run=run)
    newest = rows.order_by(F("finished_at").desc(nulls_last=True), "position")[:limit]
    return [
        {
            "atom_id": row.atom_id,
            "path": row.path,
            "symbol": row.symbol,
            "status": row.status,
            "category": (row.last_error or {}).get("category", ""),
            "message": str((row.last_error or {}).get("message", ""))[:500],
            "at": row.finished_at,
        }
        for row in newest
    ]


def levels(run: ExecutionRun) -> dict[str, dict[str, int]]:
    """Counts of rows by level and status; the MVP has none, nor has anything without the V2 tables."""
    if run.units == Units.SUBTASKS or not v2_installed():
        return {}
    return {str(level): dict(counts) for level, counts in levels_summary(run.pk).items()}


def detail_payload(run: ExecutionRun) -> dict[str, Any]:
    """Everything that the page of a run shows at first."""
    last = latest()  # before the reads: what comes later is replayed
    return {
        **run_payload(run),
        "levels": levels(run),
        "waves": wave_rows(run),
        "failures": failures(run),
        **progress_payload(run),
        "settings": run.settings,
        "shadow_run_ids": list(run.shadows.values_list("pk", flat=True)),
        "as_of_id": last,
    }
