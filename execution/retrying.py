"""Another try at atoms that did not pass, because a person asks: one atom, a wave, or all that failed.

Who may be tried again: ``failed`` and ``skipped`` atoms, with one attempt more than they had. ``parked`` ones wait for
their run: ``resume`` and ``add_budget`` bring them back. A passed atom is the reviewer's to send back.
"""

import uuid

from django.db import transaction
from django.db.models import F

from execution.changes import NoModel, reopen
from execution.models import ExecutionRun, RunAtom, Units
from execution.signals import atoms_overtaken
from execution.transitions import move_atoms
from graphs.models import ExecutionWave
from kernel.errors import Conflict
from kernel.states import AtomStatus, RunStatus
from kernel.text import storable
from llm.client import configured

MAX_WORDS = 4_000
_AGAIN = (AtomStatus.FAILED, AtomStatus.SKIPPED)
_WAITING = (RunStatus.PAUSED, RunStatus.BUDGET_STOPPED)


class NothingToRetry(Conflict):
    """There is nothing that another attempt could change."""

    code = "nothing_to_retry"


def retry_atom(run: ExecutionRun, atom_id: uuid.UUID, *, words: str = "") -> None:
    """One atom again, with what the person says about it."""
    atom = RunAtom.objects.filter(run=run, atom_id=atom_id).first()
    if atom is None or atom.status not in _AGAIN:
        state = atom.status if atom else "not part of the run"
        hint = {
            AtomStatus.PASSED: "It passed: a reviewer may send it back.",
            AtomStatus.PARKED: "It waits for its run: resume it, or add budget.",
        }.get(AtomStatus(atom.status) if atom else AtomStatus.READY, "Only a failed or skipped atom is tried again.")
        raise NothingToRetry(f"Atom {atom_id} is {state} in run {run.pk}. {hint}", status=state)
    _retry(run, [atom_id], words)


def retry_failed(run: ExecutionRun) -> int:
    """All failed and skipped atoms of a run again. Returns how many."""
    return _all(run, RunAtom.objects.filter(run=run).values_list("atom_id", "status"), f"Run {run.pk}")


def execute_wave(run: ExecutionRun, wave: ExecutionWave) -> int:
    """The failed and skipped atoms of one wave again. Returns how many."""
    atoms = RunAtom.objects.filter(run=run, wave_number=wave.wave_number)
    return _all(run, atoms.values_list("atom_id", "status"), f"Wave {wave.wave_number} of run {run.pk}")


def _all(run: ExecutionRun, atoms: object, what: str) -> int:
    rows = [(atom_id, status) for atom_id, status in atoms]  # type: ignore[attr-defined]  # a queryset of pairs
    ids = [atom_id for atom_id, status in rows if status in _AGAIN]
    if not ids:
        parked = any(status == AtomStatus.PARKED for _, status in rows)
        hint = "Parked atoms wait for resume, or for more budget." if parked else "None of its atoms failed."
        raise NothingToRetry(f"{what} has nothing to be tried again. {hint}")
    _retry(run, ids, "")
    return len(ids)


def _retry(run: ExecutionRun, atom_ids: list[uuid.UUID], words: str) -> None:
    if run.units == Units.SUBTASKS:
        raise Conflict("Parts of the MVP are tried once more by themselves, and no more: start a new run.")
    if run.status in _WAITING:
        raise Conflict(f"Run {run.pk} is {run.status}: resume it first, or add budget.", status=run.status)
    if not configured() or run.settings.get("model") is None:
        raise NoModel("no model configured: set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL, and start a new run.")
    with transaction.atomic():
        ExecutionRun.objects.select_for_update().only("run_id").get(pk=run.pk)  # one order of locks for everybody
        mine = RunAtom.objects.filter(run=run, atom_id__in=atom_ids, status__in=_AGAIN)
        mine.update(
            allowed_attempts=F("attempts") + 1,
            human_words=storable(words)[:MAX_WORDS],
            stage="generate",
            decided=False,
        )
        moved = [move_atoms(mine, before=before, after=AtomStatus.READY) for before in _AGAIN]
        if not any(moved):
            raise NothingToRetry("Somebody else was first: these atoms are being tried again already.")
        atoms_overtaken.send(sender=ExecutionRun, run_id=run.pk, atom_ids=atom_ids, why="retried")
        reopen(run, phase="executing")
