"""Claims, settlements and what waits for what, in statements written by hand: building them anew cost more.

Where atoms are named, a status that most of a run may be in is compared as ``(status = ...) = TRUE``: SQLite would take
the index on run and status for it, and read all that wait for the few that are named.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection

from execution.models import ExecutionRun, RunAtom, Stage
from graphs.domain.model import Ordering
from kernel import rows
from kernel.rows import marks
from kernel.states import ATOM_DONE, AtomStatus, RunStatus

_AT_ONCE = 5_000  # keys in one statement
_WAITING = (AtomStatus.PENDING, AtomStatus.PARKED, AtomStatus.SKIPPED)  # whose count of open needs matters
_KEY = RunAtom._meta.get_field("atom_id")
_ROW = rows.names_of(RunAtom)
_written = partial(rows.written, RunAtom, "atom_id")
# As ``graphs.selectors.ordering_edges``. An atom is in one plan, so its edges are those of that plan's graph; joined
# with the graph, SQLite would read all of its edges for every atom.
_EDGES = "FROM atom_dependencies e WHERE e.unit IS NULL AND {ordering}"


def needing(ordering: str, done: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The atoms that wait for any of these by an ordering edge."""
    statement = f"SELECT DISTINCT e.from_atom_id {_edges(ordering)} AND e.to_atom_id IN ({marks(len(done))})"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*map(key, done)])
        return [_KEY.to_python(one) for (one,) in cursor.fetchall()]


def recount(run_id: uuid.UUID, ordering: str, atom_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Set ``pending_deps`` of those that wait to the number of their needs that are open; returns who needs nothing.

    They are locked by a statement of its own before: one that counts sees what was committed when it began.
    """
    waiting = f"run_id = %s AND atom_id IN ({marks(len(atom_ids))}) AND (status IN ({marks(len(_WAITING))})) = TRUE"
    chosen: list[Any] = [key(run_id), *map(key, atom_ids), *_WAITING]
    open_needs = f"""
        SELECT COUNT(*) FROM run_atoms n WHERE n.run_id = %s AND n.status NOT IN ({marks(len(ATOM_DONE))})
        AND n.atom_id IN (SELECT e.to_atom_id {_edges(ordering)} AND e.from_atom_id = run_atoms.atom_id)
    """  # noqa: S608 - marks and names of columns
    with connection.cursor() as cursor:
        if connection.features.has_select_for_update:
            cursor.execute(f"SELECT id FROM run_atoms WHERE {waiting} ORDER BY id FOR UPDATE", chosen)  # noqa: S608
        cursor.execute(
            f"UPDATE run_atoms SET pending_deps = ({open_needs}) WHERE {waiting} RETURNING atom_id, pending_deps",  # noqa: S608
            [key(run_id), *sorted(ATOM_DONE), *chosen],
        )
        return [_KEY.to_python(atom_id) for atom_id, left in cursor.fetchall() if not left]


def barrier_of_running(run_id: uuid.UUID) -> bool | None:
    """Whether a running run has a barrier; None where it does not run. It is locked until the commit."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    statement = f"SELECT barrier FROM execution_runs WHERE run_id = %s AND status = %s{lock}"  # noqa: S608
    found = rows.read(ExecutionRun, ("barrier",), statement, [key(run_id), RunStatus.RUNNING.value])
    return bool(found[0][0]) if found else None


def take(
    run_id: uuid.UUID, token: uuid.UUID, *, stage: Stage, limit: int, among: Collection[uuid.UUID] | None,
    wave: int | None,
) -> list[RunAtom]:  # fmt: skip
    """Lease ready atoms of a stage, the longest chains first; their rows as they were just before."""
    asking = int(stage is Stage.GENERATE)
    chosen = [key(run_id), AtomStatus.READY.value, stage.value]
    which = "run_id = %s AND status = %s AND stage = %s"
    if among is not None:
        which += f" AND atom_id IN ({marks(len(among))})" if among else " AND 1 = 0"
        chosen += map(key, among)
    if wave is not None:
        which += " AND wave_number = %s"
        chosen.append(wave)
    which = f"SELECT id FROM run_atoms WHERE {which} ORDER BY priority DESC, position LIMIT %s"  # noqa: S608
    some = f"IN ({which})"
    if connection.features.has_select_for_update_skip_locked:
        some = f"= ANY (ARRAY({which} FOR UPDATE SKIP LOCKED))"  # as an array it is looked up once
    statement = f"""
        UPDATE run_atoms SET status = %s, version = version + 1, claims = claims + {asking}, lease_token = %s,
            lease_until = {_in_seconds(settings.MGE_LEASE_SECONDS)}, started_at = {_now()}
        WHERE id {some} AND status = %s RETURNING {rows.columns(_ROW)}
    """  # noqa: S608 - marks, names of the model and numbers
    ready = AtomStatus.READY
    params = [AtomStatus.RUNNING.value, key(token), *chosen, limit, ready.value]
    taken = rows.instances(RunAtom, _ROW, statement, params)
    for atom in taken:
        atom.status, atom.version, atom.claims, atom.lease_token = ready, atom.version - 1, atom.claims - asking, None
    return sorted(taken, key=lambda atom: (-atom.priority, atom.position))


def running(run_id: uuid.UUID, atom_ids: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Which of these atoms are leased, and under which token; in one order of locks for everybody."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    statement = f"""
        SELECT atom_id, lease_token FROM run_atoms
        WHERE run_id = %s AND atom_id IN ({marks(len(atom_ids))}) AND status = %s ORDER BY id{lock}
    """  # noqa: S608 - marks
    params = [key(run_id), *map(key, atom_ids), AtomStatus.RUNNING.value]
    return [(atom_id, token) for atom_id, token in rows.read(RunAtom, ("atom_id", "lease_token"), statement, params)]


def move_held(
    run_id: uuid.UUID, after: AtomStatus, moves: Sequence[tuple[uuid.UUID, uuid.UUID, Mapping[str, Any]]]
) -> None:  # fmt: skip
    """Move atoms out of ``running``, each while the token given for it stands on it, and write its other fields.

    These are the same fields for all of them.
    """
    guard = "run_id = %s AND atom_id = %s AND lease_token = %s AND status = %s"
    ended = f", finished_at = {_now()}" if after in ATOM_DONE else ""
    news = {"status": after, "lease_token": None, "lease_until": None}
    running = AtomStatus.RUNNING.value
    some = [({**news, **fields}, [key(run_id), key(one), key(token), running]) for one, token, fields in moves]
    rows.change_each(RunAtom, some, guard, beside=f", version = version + 1{ended}")


def wake_due(run_id: uuid.UUID) -> int:
    """Move atoms whose wait is over to ready."""
    guard = f"run_id = %s AND status = %s AND not_before <= {_now()}"
    news = {"status": AtomStatus.READY, "lease_token": None, "lease_until": None, "not_before": None}
    params = [key(run_id), AtomStatus.RETRY_WAIT.value]
    return rows.change(RunAtom, news, guard, params, beside=", version = version + 1")


def by_status(run_id: uuid.UUID) -> dict[str, int]:
    """How many atoms of a run are in each state."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, COUNT(*) FROM run_atoms WHERE run_id = %s GROUP BY status", [key(run_id)])
        return dict(cursor.fetchall())


def to_validation(run_id: uuid.UUID, tokens: Mapping[uuid.UUID, uuid.UUID]) -> int:
    """Move those of these atoms that are still held under one of these tokens to ready, for validation.

    The tokens are those of one process, each of its own atoms, so that they need not be told apart.
    """
    held = set(tokens.values())
    guard = f"run_id = %s AND status = %s AND atom_id IN ({marks(len(tokens))}) AND lease_token IN ({marks(len(held))})"
    params = [key(run_id), AtomStatus.RUNNING.value, *map(key, tokens), *map(key, held)]
    news = {"status": AtomStatus.READY, "stage": Stage.VALIDATE, "lease_token": None, "lease_until": None}
    return rows.change(RunAtom, news, guard, params, beside=", version = version + 1")


def make_ready(run_id: uuid.UUID, atom_ids: Collection[uuid.UUID]) -> int:
    """Move those of these atoms that are pending to ready."""
    guard = f"run_id = %s AND atom_id IN ({marks(len(atom_ids))}) AND (status = %s) = TRUE"
    params = [key(run_id), *map(key, atom_ids), AtomStatus.PENDING.value]
    news = {"status": AtomStatus.READY, "lease_token": None, "lease_until": None}
    return rows.change(RunAtom, news, guard, params, beside=", version = version + 1")


def finished(run_id: uuid.UUID, since: datetime | None) -> tuple[set[tuple[Any, ...]], datetime | None]:
    """Atoms that ended since then, by their rows' key, version and end, and when the newest of them did.

    Without ``since`` those of all that ended whose draft does not stand.
    """
    which = "finished_at IS NOT NULL AND code IS NOT NULL" if since is None else "finished_at >= %s"
    params = [key(run_id), *([] if since is None else [rows.written(RunAtom, "finished_at", since)])]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, version, finished_at FROM run_atoms WHERE run_id = %s AND {which}", params)  # noqa: S608
        found = cursor.fetchall()
    newest = max((at for *_, at in found), default=None)
    return set(found), rows.as_read(RunAtom, "finished_at", newest)


def codes_of(keys: Sequence[int]) -> dict[uuid.UUID, str | None]:
    """The accepted code of atoms, given by their rows' keys; None where the draft stands."""
    found: dict[uuid.UUID, str | None] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        statement = f"SELECT atom_id, code FROM run_atoms WHERE id IN ({marks(len(some))})"  # noqa: S608 - marks
        found.update(rows.read(RunAtom, ("atom_id", "code"), statement, some))
    return found


def key(one: uuid.UUID) -> Any:
    """An id as this database keeps it."""
    return _written(one)


def _now() -> str:
    """The database's own clock, as ``Now()`` of its querysets."""
    if connection.vendor == "sqlite":
        return "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')"
    return "STATEMENT_TIMESTAMP()"


def _in_seconds(seconds: float) -> str:
    if connection.vendor == "sqlite":
        return f"STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW', '{seconds:+f} seconds')"
    return f"STATEMENT_TIMESTAMP() + INTERVAL '{seconds:f} seconds'"


def _edges(ordering: str) -> str:
    return _EDGES.format(ordering="e.broken IS NULL" if ordering == Ordering.STRICT else "e.weight >= 1")
