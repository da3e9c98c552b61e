"""The state machine of an atom in a run, and of a run. Nothing else writes ``status``.

Atoms::

    pending --deps done--> ready --claim--> running --+--> passed
       |                     ^  ^             |       +--> failed
       |                     |  '-not_before--+-- retry_wait
       |                     '---lease expired / stage done--'
       |               (a wish for another attempt that nobody took up yet can be taken back: to what it was before)
       +--> skipped (a hole it needs stays a hole)          passed | failed | skipped --reopened--> ready
       '--> cancelled | parked (budget, sandbox or provider away) --resumed--> ready

Runs::

    pending -> running -> completed | failed | cancelled        completed -> running (a person changed an atom)
                  |^
                  v'  paused | budget_stopped

Every change is one UPDATE guarded by the old status; zero rows mean that somebody else was first. The moves that every
atom makes are written by hand in ``execution.statements``, with the same guards, by the same table.
"""

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from execution.models import ExecutionRun, RunAtom
from kernel.states import ATOM_DONE, AtomStatus, RunStatus

_TAKEN_BACK = (AtomStatus.PASSED, AtomStatus.FAILED, AtomStatus.SKIPPED)
ATOM_MOVES: dict[AtomStatus, frozenset[AtomStatus]] = {
    AtomStatus.PENDING: frozenset(
        {AtomStatus.READY, AtomStatus.SKIPPED, AtomStatus.PARKED, AtomStatus.CANCELLED}
    ),
    AtomStatus.READY: frozenset(
        {AtomStatus.RUNNING, AtomStatus.SKIPPED, AtomStatus.PARKED, AtomStatus.CANCELLED, *_TAKEN_BACK}
    ),
    AtomStatus.RUNNING: frozenset(
        {AtomStatus.PASSED, AtomStatus.FAILED, AtomStatus.RETRY_WAIT, AtomStatus.READY, AtomStatus.PARKED,
         AtomStatus.CANCELLED}
    ),
    AtomStatus.RETRY_WAIT: frozenset({AtomStatus.READY, AtomStatus.PARKED, AtomStatus.CANCELLED, *_TAKEN_BACK}),
    AtomStatus.PARKED: frozenset({AtomStatus.READY, AtomStatus.PENDING, AtomStatus.CANCELLED, *_TAKEN_BACK}),
    AtomStatus.PASSED: frozenset({AtomStatus.READY, AtomStatus.FAILED, AtomStatus.SKIPPED}),
    AtomStatus.FAILED: frozenset({AtomStatus.READY, AtomStatus.PASSED}),
    AtomStatus.SKIPPED: frozenset({AtomStatus.PENDING, AtomStatus.READY, AtomStatus.PASSED}),
    AtomStatus.CANCELLED: frozenset(),
}  # fmt: skip
RUN_MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset({RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.FAILED, RunStatus.CANCELLED}),
    RunStatus.RUNNING: frozenset(
        {RunStatus.PAUSED, RunStatus.BUDGET_STOPPED, RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED}
    ),
    RunStatus.PAUSED: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED}),
    RunStatus.BUDGET_STOPPED: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED}),
    RunStatus.COMPLETED: frozenset({RunStatus.RUNNING}),
    RunStatus.FAILED: frozenset({RunStatus.RUNNING}),
    RunStatus.CANCELLED: frozenset(),
}


def allowed(before: AtomStatus, after: AtomStatus) -> None:
    """An illegal move of an atom is a bug: ValueError."""
    if after not in ATOM_MOVES[before]:
        raise ValueError(f"An atom cannot go from {before} to {after}")


def move_atoms(atoms: QuerySet[RunAtom], *, before: AtomStatus, after: AtomStatus, **fields: Any) -> int:
    """Move all atoms of the query that are in ``before``; return how many. An illegal move is a bug: ValueError."""
    allowed(before, after)
    if after is not AtomStatus.RUNNING:
        fields = {"lease_token": None, "lease_until": None, **fields}
    if after in ATOM_DONE:
        fields["finished_at"] = Now()
    return atoms.filter(status=before).update(status=after, version=F("version") + 1, **fields)


def move_run(run_id: Any, *, before: RunStatus, after: RunStatus, **fields: Any) -> bool:
    """Move one run; False when it is not in ``before`` any more. An illegal move is a bug: ValueError."""
    if after not in RUN_MOVES[before]:
        raise ValueError(f"A run cannot go from {before} to {after}")
    return bool(ExecutionRun.objects.filter(pk=run_id, status=before).update(status=after, **fields))
