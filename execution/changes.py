"""A person changed an atom of a run: try it, put it in, take it out, ask for another attempt, or undo one of these.

All but ``check_edit`` are called inside the caller's transaction; the run goes ``completed -> running -> completed``.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from execution import events, leases
from execution.attempts.models import AtomRetryHistory
from execution.contracts import breaks_contract, ended_as_draft, reopen_dependents
from execution.dispatchers import wake
from execution.engine.evidence import Bench
from execution.engine.judgement import judge_code
from execution.models import ExecutionRun, RunAtom
from execution.transitions import ATOM_MOVES, move_atoms, move_run
from graphs.models import AtomDependency
from kernel.errors import Conflict, NotFound, Unavailable
from kernel.states import RUN_LIVE, AtomStatus, RunStatus
from llm.client import configured
from validation.domain.model import LevelResult
from validation.services import record as record_levels
from validation.services import reinstate


class NoModel(Unavailable):
    """Another attempt needs a model, and none is configured."""

    code = "no_model"


def _find(run_id: uuid.UUID, atom_id: uuid.UUID) -> tuple[ExecutionRun, RunAtom]:
    atom = RunAtom.objects.select_related("run").filter(run_id=run_id, atom_id=atom_id).first()
    if atom is None:
        raise NotFound(f"Run {run_id} has no atom {atom_id}.")
    return atom.run, atom


def check_edit(run_id: uuid.UUID, atom_id: uuid.UUID, code: str) -> LevelResult:
    """Level 1 of an edited atom, really run on the run's workspace with the edit put in. Stores nothing."""
    run, atom = _find(run_id, atom_id)
    _, result, _ = judge_code(atom, ended_as_draft(atom, code), Bench(run))
    return result


def apply_edit(run_id: uuid.UUID, atom_id: uuid.UUID, code: str, result: LevelResult | None = None) -> None:
    """Put a person's code in: it counts as passed, whatever the tools say, and everything affected is run again.

    Another body re-validates those that need the atom, another contract opens them again.
    """
    run, atom = _find(run_id, atom_id)
    opened = _change(run, atom, code=ended_as_draft(atom, code), after=AtomStatus.PASSED)
    if result is not None:
        record_levels(run_id=run_id, masterplan_id=run.masterplan_id, results=[result])
    reopen(run, phase="executing" if opened else "system")


def apply_reject(run_id: uuid.UUID, atom_id: uuid.UUID) -> None:
    """Take the proposal out: the draft stands (a hole stays a hole)."""
    run, atom = _find(run_id, atom_id)
    if atom.code is None:
        reviewed(run_id)  # the draft stands already, so nothing has to be run again
        return
    opened = _change(run, atom, code=None, after=AtomStatus.FAILED)
    reopen(run, phase="executing" if opened else "system")


def regenerate(run_id: uuid.UUID, atom_id: uuid.UUID, feedback: str) -> None:
    """Ask the model once more, with the person's words."""
    run, atom = _find(run_id, atom_id)
    if not configured() or run.settings.get("model") is None:
        raise NoModel("no model configured: set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL, and start a new run.")
    mine = RunAtom.objects.filter(pk=atom.pk)
    mine.update(
        allowed_attempts=F("attempts") + 1, human_words=feedback or "Try again.", stage="generate", decided=False
    )
    for before in (AtomStatus.PASSED, AtomStatus.FAILED, AtomStatus.SKIPPED):
        move_atoms(mine, before=before, after=AtomStatus.READY)
    reopen(run, phase="executing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An attempt that was made, or is being made, on what an atom became."""

    atom_id: uuid.UUID
    path: str
    symbol: str
    attempt: int


_KEPT = ("code", "decided", "best_attempt", "last_error", "allowed_attempts", "human_words", "stage")


def snapshot(run_id: uuid.UUID, atom_id: uuid.UUID) -> dict[str, Any]:
    """What a decision may change of an atom, as JSON: what ``restore`` takes back."""
    return dict(RunAtom.objects.values("status", *_KEPT).get(run_id=run_id, atom_id=atom_id))


def used_since(run_id: uuid.UUID, atom_id: uuid.UUID, moment: datetime) -> list[Use]:
    """Attempts since ``moment`` that saw what the atom became: its own, and those of atoms that need it."""
    needing = AtomDependency.objects.filter(to_atom=atom_id).values_list("from_atom", flat=True)
    atoms = {a.atom_id: a for a in RunAtom.objects.filter(run_id=run_id, atom_id__in=[atom_id, *needing])}
    made = AtomRetryHistory.objects.filter(run_id=run_id, atom_id__in=atoms, attempt_number__gt=0)
    uses = dict(made.filter(created_at__gt=moment).values_list("atom_id", "attempt_number"))
    for atom in atoms.values():
        if atom.status == AtomStatus.RUNNING and atom.stage == "generate":
            uses[atom.atom_id] = atom.attempts + 1
    return [Use(atom_id=a.atom_id, path=a.path, symbol=a.symbol, attempt=uses[a.atom_id])
            for a in sorted(atoms.values(), key=lambda a: a.position) if a.atom_id in uses]  # fmt: skip


def restore(run_id: uuid.UUID, atom_id: uuid.UUID, before: Mapping[str, Any], *, as_of: datetime) -> bool:
    """Bring an atom back to its ``snapshot`` of ``as_of`` and run again what that changes; False where nothing does.

    Conflict where a driver took the atom up meanwhile.
    """
    run, atom = _find(run_id, atom_id)
    now = snapshot(run_id, atom_id)
    if now == dict(before):
        return False
    broken = now["code"] != before["code"] and breaks_contract(atom, before["code"])
    was = AtomStatus(before["status"])
    mine = RunAtom.objects.filter(pk=atom.pk, status=atom.status)
    if not mine.update(version=F("version") + 1, finished_at=Now(), **{name: before[name] for name in _KEPT}):
        raise _busy(atom)
    if was != atom.status and not move_atoms(mine, before=AtomStatus(atom.status), after=was):
        raise _busy(atom)
    leases.release_dependents(run.pk, [atom_id])
    reinstate(run_id, atom_id, as_of=as_of)
    _tell(run, atom, was)
    opened = reopen_dependents(run, atom) if broken else 0
    waited = now["stage"] == "generate" and atom.status == AtomStatus.READY
    reopen(run, phase="executing" if opened or waited else "system")
    return True


def _change(run: ExecutionRun, atom: RunAtom, *, code: str | None, after: AtomStatus) -> int:
    """Put other code in place; returns how many dependents its contract opened again."""
    broken = breaks_contract(atom, code)
    mine = RunAtom.objects.filter(pk=atom.pk, status=atom.status)
    changed = mine.update(code=code, decided=True, version=F("version") + 1, finished_at=Now())
    if changed and atom.status != after:
        before = AtomStatus(atom.status)
        changed = move_atoms(mine, before=before, after=after) if after in ATOM_MOVES[before] else 0
    if not changed:
        raise _busy(atom)
    leases.release_dependents(run.pk, [atom.atom_id])
    _tell(run, atom, after)
    return reopen_dependents(run, atom) if broken else 0


def _busy(atom: RunAtom) -> Conflict:
    return Conflict(f"{atom.symbol} is {atom.status} in its run: decide when that has ended.", status=atom.status)


def _tell(run: ExecutionRun, atom: RunAtom, status: AtomStatus) -> None:
    row = {"atom_id": str(atom.atom_id), "status": status, "attempts": atom.attempts}
    events.publish(topic="run", type="atoms.status", data={"atoms": [row]}, run_id=run.pk)


def reviewed(run_id: uuid.UUID) -> None:
    """A decision that changed no code: what was measured before it still holds after it."""
    ExecutionRun.objects.filter(pk=run_id, precision_reviewed=None).update(precision_reviewed=F("precision"))


def reopen(run: ExecutionRun, phase: str = "system") -> None:
    """Let a completed run go on from ``phase``; a live one takes the change up by itself. Call in a transaction."""
    live = ExecutionRun.objects.filter(masterplan_id=run.masterplan_id, parent_run=None, status__in=RUN_LIVE)
    if run.status == RunStatus.COMPLETED and (other := live.exclude(pk=run.pk).first()):
        raise Conflict(
            f"Run {other.pk} of the same plan is {other.status}: decide on this run's atoms when it has ended, "
            "or decide on those of the newer run.",
            run_id=str(other.pk),
        )
    ExecutionRun.objects.filter(pk=run.pk).update(changes=F("changes") + 1)
    moved = move_run(run.pk, before=RunStatus.COMPLETED, after=RunStatus.RUNNING, phase=phase)
    run.refresh_from_db()
    if not moved and run.status not in (RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.BUDGET_STOPPED):
        raise Conflict(f"Run {run.pk} is {run.status}: its atoms cannot be changed any more.", status=run.status)
    if moved:
        events.run_changed(run.pk, status=RunStatus.RUNNING, phase=phase)
    transaction.on_commit(lambda: wake(run.pk))
