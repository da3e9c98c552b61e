"""When the engine breaks, the MVP finishes what is open. It never fires because atoms failed validation."""

import structlog
from django.db import transaction
from django.db.models.functions import Now

from execution import events
from execution.models import ExecutionRun, RunAtom, Stage
from execution.runs import set_phase
from execution.transitions import move_atoms
from kernel.states import AtomStatus, ExecutionMode, RunStatus
from kernel.text import storable

log = structlog.get_logger(__name__)


def may_fall_back(run: ExecutionRun) -> bool:
    """Whether the MVP takes over: V2 or HYBRID, its first time through, and the switch was on at the start."""
    run.refresh_from_db()
    return (
        run.mode != ExecutionMode.MVP
        and run.fell_back_at is None
        and run.finished_at is None
        and run.status in (RunStatus.RUNNING, RunStatus.PENDING)
        and bool(run.settings.get("switches", {}).get("FALLBACK_TO_MVP_ON_ERROR", False))
    )


def fall_back(run: ExecutionRun, reason: str) -> None:
    """Hand what is open over to the MVP. Finished atoms stay as they are, and the mode stays what was asked for."""
    reason = storable(reason, limit=4000)
    with transaction.atomic():
        ExecutionRun.objects.filter(pk=run.pk).update(fell_back_at=Now(), fallback_reason=reason)
        atoms = RunAtom.objects.filter(run=run)
        for before in (AtomStatus.PENDING, AtomStatus.RETRY_WAIT, AtomStatus.PARKED):
            move_atoms(atoms, before=before, after=AtomStatus.READY, not_before=None)
        atoms.filter(status=AtomStatus.READY).update(stage=Stage.DRAFT, pending_deps=0)
        run.refresh_from_db()
        events.run_changed(run.pk, fell_back_at=run.fell_back_at, fallback_reason=reason)
        set_phase(run, "executing" if atoms.exists() else "atomizing", "the engine broke; the MVP goes on")
    log.error("fell_back_to_mvp", run=str(run.pk), reason=reason)
