"""Who may work on an atom: claims with a lease and a fencing token, settled by guarded updates.

A claim is good while its token stands on the row. A late result of a lost claim changes nothing.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from execution import statements
from execution.models import ExecutionRun, RunAtom, Stage
from execution.transitions import allowed, move_atoms
from graphs.selectors import ordering_edges
from kernel import telemetry
from kernel.states import ATOM_DONE, AtomStatus
from kernel.v2 import v2_installed

_AT_ONCE = 5_000  # ids in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Atoms of one run that this token may settle; ``atoms`` are their rows as they were just before."""

    run_id: uuid.UUID
    token: uuid.UUID
    atom_ids: tuple[uuid.UUID, ...]
    atoms: tuple[RunAtom, ...] = ()


def _until() -> Any:
    return Now() + timedelta(seconds=settings.MGE_LEASE_SECONDS)


def claim(
    run_id: uuid.UUID, *, stage: str, limit: int, among: Collection[uuid.UUID] | None = None, wake: bool = True
) -> Claim:
    """Lease up to ``limit`` ready atoms of a stage, the longest chains first; with a barrier, of the first open wave.

    ``wake``: atoms whose wait is over become ready first. An empty claim means: nothing to do now.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        barrier = statements.barrier_of_running(run_id)
        if barrier is None:
            return Claim(run_id=run_id, token=token, atom_ids=())
        if wake:
            allowed(AtomStatus.RETRY_WAIT, AtomStatus.READY)
            statements.wake_due(run_id)
        wave = None
        if barrier:
            due = RunAtom.objects.filter(run_id=run_id).exclude(status__in=ATOM_DONE)
            wave = due.aggregate(first=Min("wave_number"))["first"]
        atoms = tuple(statements.take(run_id, token, stage=Stage(stage), limit=limit, among=among, wave=wave))
    return Claim(run_id=run_id, token=token, atom_ids=tuple(atom.atom_id for atom in atoms), atoms=atoms)


def renew(tokens: Collection[uuid.UUID]) -> None:
    """Heartbeat: push the end of every lease held under these tokens."""
    if tokens:
        RunAtom.objects.filter(lease_token__in=tokens).update(lease_until=_until())


def held(claimed: Claim, atom_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Which of these atoms the claim still holds (inside a transaction they stay held)."""
    rows = RunAtom.objects.select_for_update().filter(
        run_id=claimed.run_id, atom_id__in=atom_ids, lease_token=claimed.token, status=AtomStatus.RUNNING
    )
    return list(rows.values_list("atom_id", flat=True))


def held_of(run_id: uuid.UUID, tokens: Mapping[uuid.UUID, uuid.UUID]) -> set[uuid.UUID]:
    """Which atoms are still held under the token given for each (inside a transaction they stay held)."""
    return {atom_id for atom_id, token in statements.running(run_id, tokens) if tokens[atom_id] == token}


def settle(claimed: Claim, atom_ids: Sequence[uuid.UUID], *, after: AtomStatus, **fields: Any) -> int:
    """Move claimed atoms out of ``running`` and free what waited for them. Returns how many moved.

    Atoms whose lease was lost are left alone.
    """
    mine = RunAtom.objects.filter(run_id=claimed.run_id, atom_id__in=atom_ids, lease_token=claimed.token)
    with transaction.atomic():
        moved = move_atoms(mine, before=AtomStatus.RUNNING, after=after, **fields)
        if moved and after in ATOM_DONE:
            release_dependents(claimed.run_id, atom_ids)
    return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One atom out of ``running``."""

    claimed: Claim
    atom_id: uuid.UUID
    after: AtomStatus
    fields: Mapping[str, Any]


def settle_each(run_id: uuid.UUID, moves: Sequence[Move]) -> None:
    """Make moves of atoms that are held (see held_of) in this transaction. Nothing is released: the caller does it."""
    alike: dict[tuple[AtomStatus, frozenset[str]], list[tuple[uuid.UUID, uuid.UUID, Mapping[str, Any]]]] = {}
    for move in moves:
        if any(isinstance(value, Combinable) for value in move.fields.values()):
            mine = RunAtom.objects.filter(run_id=run_id, atom_id=move.atom_id, lease_token=move.claimed.token)
            move_atoms(mine, before=AtomStatus.RUNNING, after=move.after, **move.fields)
        else:
            allowed(AtomStatus.RUNNING, move.after)
            kind = (move.after, frozenset(move.fields))
            alike.setdefault(kind, []).append((move.atom_id, move.claimed.token, move.fields))
    for (after, _), some in alike.items():
        statements.move_held(run_id, after, some)


def hand_over(run_id: uuid.UUID, tokens: Mapping[uuid.UUID, uuid.UUID]) -> int:
    """Give atoms, each held under the token given for it, back to the queue, to be validated. Returns how many."""
    allowed(AtomStatus.RUNNING, AtomStatus.READY)
    return statements.to_validation(run_id, tokens)


def release_dependents(run_id: uuid.UUID, done: Collection[uuid.UUID], *, all_passed: bool = False) -> None:
    """Count anew what those that wait for these atoms still wait for; who waits for nothing more becomes ready.

    Nothing is counted down, so the same news twice frees nobody, also where an atom was sent back and ends again.
    Dependents of a hole that stayed without code are skipped, and theirs with them (``all_passed``: there is none).
    """
    if not done or not v2_installed():
        return
    needing = statements.needing(_graph_of(run_id)[1], done)
    if not needing:
        return  # nobody waits; subtasks never do
    with transaction.atomic(savepoint=False):
        if not all_passed:
            _skip_after_holes(run_id, done)
        _recount(run_id, needing)


def free_stranded(run_id: uuid.UUID) -> int:
    """Count anew for all that wait, where nothing else is left to do. Returns how many became ready."""
    if not v2_installed():
        return 0
    with transaction.atomic():
        waiting = RunAtom.objects.filter(run_id=run_id, status=AtomStatus.PENDING).order_by("pk")
        ids = list(waiting.values_list("atom_id", flat=True))
        return sum(_recount(run_id, ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE))


def _skip_after_holes(run_id: uuid.UUID, done: Collection[uuid.UUID]) -> None:
    atoms = RunAtom.objects.filter(run_id=run_id)
    empty = atoms.filter(
        atom_id__in=list(done), is_hole=True, code=None, status__in=[AtomStatus.FAILED, AtomStatus.SKIPPED]
    ).values_list("atom_id", flat=True)
    edges = ordering_edges(*_graph_of(run_id)).filter(to_atom_id__in=list(empty))
    barren = set(edges.values_list("from_atom_id", flat=True))
    if barren and move_atoms(atoms.filter(atom_id__in=barren), before=AtomStatus.PENDING, after=AtomStatus.SKIPPED):
        release_dependents(run_id, barren)


def _recount(run_id: uuid.UUID, atom_ids: Collection[uuid.UUID]) -> int:
    """Bring ``pending_deps`` of waiting atoms in line with the edges. Returns how many became ready.

    They are locked first: two settlements that each end one of two needs must not both find the other one open.
    """
    free = statements.recount(run_id, _graph_of(run_id)[1], atom_ids) if atom_ids else []
    if not free:
        return 0
    allowed(AtomStatus.PENDING, AtomStatus.READY)
    return statements.make_ready(run_id, free)


@lru_cache(maxsize=256)
def _graph_of(run_id: uuid.UUID) -> tuple[uuid.UUID, str]:
    """Plan and ordering of a run; neither ever changes."""
    plan_id, ordering = ExecutionRun.objects.values_list("masterplan_id", "ordering_mode").get(pk=run_id)
    return plan_id, ordering


def sweep(run_id: uuid.UUID) -> int:
    """Give atoms of dead claims back to the queue. Returns how many."""
    dead = RunAtom.objects.filter(run_id=run_id, lease_until__lt=Now())
    expired = move_atoms(dead, before=AtomStatus.RUNNING, after=AtomStatus.READY)
    if expired:
        telemetry.LEASES_EXPIRED.inc(expired)
    return expired


def take_run(run_id: uuid.UUID, token: uuid.UUID) -> bool:
    """Become the driver of a run, or stay it: True while the lease is ours."""
    free = ExecutionRun.objects.filter(pk=run_id)
    mine = free.filter(driver_token=token) | free.filter(driver_token=None) | free.filter(driver_until__lt=Now())
    return bool(mine.update(driver_token=token, driver_until=_until()))


def leave_run(run_id: uuid.UUID, token: uuid.UUID) -> None:
    """Stop being the driver."""
    ExecutionRun.objects.filter(pk=run_id, driver_token=token).update(driver_token=None, driver_until=None)
