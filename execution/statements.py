"""What waits for what, in statements written by hand: every settlement asks, and building them anew cost more."""

import uuid
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db import connection

from execution.models import RunAtom
from graphs.domain.model import Ordering
from kernel.states import ATOM_DONE, AtomStatus

_WAITING = (AtomStatus.PENDING, AtomStatus.PARKED, AtomStatus.SKIPPED)  # whose count of open needs matters
_KEY = RunAtom._meta.get_field("atom_id")
# As ``graphs.selectors.ordering_edges``. An atom is in one plan, so its edges are those of that plan's graph; joined
# with the graph, SQLite would read all of its edges for every atom.
_EDGES = "FROM atom_dependencies e WHERE e.unit IS NULL AND {ordering}"


def needing(ordering: str, done: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The atoms that wait for any of these by an ordering edge."""
    statement = f"SELECT DISTINCT e.from_atom_id {_edges(ordering)} AND e.to_atom_id IN ({_marks(len(done))})"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*map(key, done)])
        return [_KEY.to_python(one) for (one,) in cursor.fetchall()]


def recount(run_id: uuid.UUID, ordering: str, atom_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Set ``pending_deps`` of those that wait to the number of their needs that are open; returns who needs nothing.

    They are locked by a statement of its own before: one that counts sees what was committed when it began.
    """
    waiting = f"run_id = %s AND atom_id IN ({_marks(len(atom_ids))}) AND status IN ({_marks(len(_WAITING))})"
    chosen: list[Any] = [key(run_id), *map(key, atom_ids), *_WAITING]
    open_needs = f"""
        SELECT COUNT(*) FROM run_atoms n WHERE n.run_id = %s AND n.status NOT IN ({_marks(len(ATOM_DONE))})
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


def key(one: uuid.UUID) -> Any:
    """An id as this database keeps it."""
    return _KEY.get_db_prep_value(one, connection)


def _edges(ordering: str) -> str:
    return _EDGES.format(ordering="e.broken IS NULL" if ordering == Ordering.STRICT else "e.weight >= 1")


@lru_cache(maxsize=256)
def _marks(count: int) -> str:
    return ", ".join(["%s"] * count)
