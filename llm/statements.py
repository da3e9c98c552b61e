"""Rows of the ledger written in fixed statements: every call makes three, and building each anew cost more than it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import rows
from llm.models import CallState, LlmCall

_ALL = rows.names_of(LlmCall)


def insert(call: LlmCall) -> None:
    """Insert a new row and give ``call`` its key. Raises IntegrityError where the call is known."""
    rows.insert_one(call)


def received(run_id: UUID, atom_ids: Collection[UUID], purposes: Collection[str]) -> list[LlmCall]:
    """The answered calls of these atoms for these purposes, in the order in which the answers came."""
    if not atom_ids:
        return []
    statement = f"""
        SELECT {rows.columns(_ALL)} FROM llm_calls
        WHERE atom_id IN ({rows.marks(len(atom_ids))}) AND run_id = %s AND state = %s
            AND purpose IN ({rows.marks(len(purposes))}) ORDER BY received_at
    """  # noqa: S608 - names of the model
    keys = [rows.written(LlmCall, "atom_id", one) for one in (*atom_ids, run_id)]
    return rows.instances(LlmCall, _ALL, statement, [*keys, CallState.RECEIVED.value, *purposes])


def in_flight(run_id: UUID) -> tuple[int, int]:
    """How many calls of a run are awaited, and the sum of what they may cost, in micro-USD.

    The state stands in the statement, for the index of awaited calls is found by it.
    """
    statement = "SELECT COUNT(*), SUM(reserved_micro) FROM llm_calls WHERE state = 'sent' AND run_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [rows.written(LlmCall, "run_id", run_id)])
        calls, reserved = cursor.fetchone()
    return int(calls), int(reserved or 0)


def awaited_since(before: datetime) -> list[int]:
    """The keys of calls that have been awaited since before a moment."""
    statement = "SELECT id FROM llm_calls WHERE state = 'sent' AND sent_at < %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [rows.written(LlmCall, "sent_at", before)])
        return [pk for (pk,) in cursor.fetchall()]


def update(pk: int, news: dict[str, Any], guards: dict[str, Any]) -> bool:
    """Write ``news`` on a row that still is as ``guards`` say; False where it is not."""
    where = " AND ".join(f"{name} = %s" for name in ("id", *guards))
    values = [rows.written(LlmCall, name, value) for name, value in guards.items()]
    return rows.change(LlmCall, news, where, [pk, *values]) == 1
