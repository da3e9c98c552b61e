"""The states of a run as the engine moves them: begin, phases, end. People's moves are in ``execution.services``."""

import uuid
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from execution import events, statements
from execution.dispatchers import wake
from execution.models import ExecutionRun, RunAtom, Units
from execution.signals import run_completed, run_revalidated
from execution.transitions import move_run
from graphs.models import ExecutionWave
from kernel import rows
from kernel.errors import Conflict
from kernel.states import ATOM_DONE, AtomStatus, PlanStatus, RunStatus
from kernel.text import storable
from kernel.v2 import v2_installed
from masterplans.services import move

_MIRROR = """
    UPDATE atomic_units SET status = r.status, code = r.code, attempts = r.attempts, validated_at = r.finished_at,
        generated_at = CASE WHEN r.attempts > 0 THEN r.finished_at END
    FROM run_atoms r WHERE r.run_id = %s AND r.atom_id = atomic_units.atom_id AND atomic_units.masterplan_id = %s
"""


def begin(run: ExecutionRun) -> bool:
    """Make a pending run running. False: it is paused, stopped or ended, and must not be worked on."""
    with transaction.atomic():
        if move_run(run.pk, before=RunStatus.PENDING, after=RunStatus.RUNNING, started_at=Now()):
            follow(run, PlanStatus.IN_PROGRESS)
            events.run_changed(run.pk, status=RunStatus.RUNNING)
    run.refresh_from_db()
    return run.status == RunStatus.RUNNING


def follow(run: ExecutionRun, status: PlanStatus) -> None:
    """Let the plan's state follow its run; where a person moved the plan meanwhile, theirs stands."""
    if run.parent_run_id is None:
        with suppress(Conflict):
            move(run.masterplan_id, status)


def set_phase(run: ExecutionRun, phase: str, detail: str = "", *, share: float | None = None) -> None:
    """Note which phase runs, and how far it is (0..1) where that is known."""
    detail = storable(detail, limit=280)
    with transaction.atomic():
        ExecutionRun.objects.filter(pk=run.pk).update(phase=phase, phase_detail=detail)
        events.publish(
            topic="run",
            type="run.phase",
            data={"phase": phase, "phase_detail": detail, "phase_progress": share},
            run_id=run.pk,
        )
    run.phase, run.phase_detail = phase, detail


def end(run: ExecutionRun, status: RunStatus, *, error: str = "", seen_changes: int | None = None) -> bool:
    """End a run that is running; tells the world after commit. A run that somebody ended before stays as it is.

    With ``seen_changes``, False (and nothing done) where a person changed something since.
    """
    first_end = run.finished_at is None
    with transaction.atomic():
        now = ExecutionRun.objects.select_for_update().get(pk=run.pk)
        if seen_changes is not None and now.changes != seen_changes:
            return False
        fields: dict[str, Any] = {"error": storable(error, limit=4000)}
        if first_end:
            fields["finished_at"] = Now()
        if status is RunStatus.COMPLETED:
            fields |= {"phase": "done", "phase_detail": ""}
        moved = move_run(run.pk, before=RunStatus.RUNNING, after=status, **fields) or (
            status is RunStatus.FAILED and move_run(run.pk, before=RunStatus.PENDING, after=status, **fields)
        )
        if not moved:
            return True
        run.refresh_from_db()
        close_waves(run)
        transaction.on_commit(lambda: wake_shadows(run.pk))
        follow(run, PlanStatus.COMPLETED if status is RunStatus.COMPLETED else PlanStatus.FAILED)
        if run.units == Units.ATOMS:
            mirror_atoms(run)
        events.publish(
            topic="run",
            type="run.finished",
            data={
                "status": status,
                "error": run.error,
                "precision": run.precision,
                "precision_reviewed": run.precision_reviewed,
                "tests_total": run.tests_total,
                "tests_passed": run.tests_passed,
            },
            run_id=run.pk,
        )
        if status is RunStatus.COMPLETED:
            news = run_completed if first_end else run_revalidated
            transaction.on_commit(lambda: news.send(sender=ExecutionRun, run_id=run.pk))
    return True


def wake_shadows(run_id: uuid.UUID) -> None:
    """The run is at its end: what runs in its shadow may begin. A lost call is found by the sweep."""
    for child_id in ExecutionRun.objects.filter(parent_run=run_id, status=RunStatus.PENDING).values_list(
        "pk", flat=True
    ):
        wake(child_id)


def is_running(run_id: uuid.UUID) -> bool:
    """Whether a run is running now, not when somebody read its row."""
    return ExecutionRun.objects.filter(pk=run_id, status=RunStatus.RUNNING).exists()


def by_status(run_id: uuid.UUID) -> dict[str, int]:
    """How many atoms of a run are in each state."""
    return statements.by_status(run_id)


def close_waves(run: ExecutionRun) -> None:
    """Bring the wave rows in line with their atoms."""
    if run.units == Units.SUBTASKS or not v2_installed():
        return
    open_numbers = set(
        RunAtom.objects.filter(run=run).exclude(status__in=ATOM_DONE).values_list("wave_number", flat=True)
    )
    begun = set(
        RunAtom.objects.filter(run=run).exclude(status=AtomStatus.PENDING).values_list("wave_number", flat=True)
    )
    waves = ExecutionWave.objects.filter(run_id=run.pk)
    waves.filter(wave_number__in=begun, started_at=None).update(started_at=Now(), status="running")
    over = waves.exclude(wave_number__in=open_numbers).filter(started_at__isnull=False).order_by()
    if over.filter(completed_at=None).update(status="completed", completed_at=Now()):
        closed = list(over.filter(duration_seconds=None).only("started_at", "completed_at"))
        for wave in closed:
            if wave.started_at and wave.completed_at:
                seconds = (wave.completed_at - wave.started_at).total_seconds()
                wave.duration_seconds = Decimal(f"{seconds:.2f}")
        rows.update(closed, ("duration_seconds",))


def mirror_atoms(run: ExecutionRun) -> None:
    """Copy the run's outcome into the seed's columns of ``atomic_units``, which show the latest parent run."""
    if run.parent_run_id is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_MIRROR, [statements.key(run.pk), statements.key(run.masterplan_id)])
