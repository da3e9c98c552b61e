"""A run's money in statements written by hand: every call makes them, so that they must cost next to nothing."""

import uuid

from django.db import connection

from execution.models import ExecutionRun

_KEY = ExecutionRun._meta.pk
_RESERVE = """
UPDATE execution_runs SET reserved_micro = reserved_micro + %s
WHERE run_id = %s AND (budget_micro IS NULL OR budget_micro >= spent_micro + reserved_micro + %s)
"""
_SETTLE = """
UPDATE execution_runs SET spent_micro = spent_micro + %s, reserved_micro = reserved_micro - %s,
    unpriced_calls = unpriced_calls + %s, calls = calls + 1
WHERE run_id = %s
"""


def reserve(run_id: uuid.UUID, micro: int) -> bool:
    """Reserve so many micro-USD where the budget has room for them; False where it has none."""
    return _update(_RESERVE, micro, _key(run_id), micro)


def left(run_id: uuid.UUID) -> int | None:
    """What the budget leaves once every call in flight is settled for nothing, in micro-USD; None without a budget."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT budget_micro - spent_micro FROM execution_runs WHERE run_id = %s", [_key(run_id)])
        [found] = cursor.fetchone()
        return None if found is None else int(found)


def settle(run_id: uuid.UUID, *, spent: int, released: int, priced: bool) -> None:
    """Book the outcome of one model call on its run; called inside the ledger's transaction."""
    _update(_SETTLE, spent, released, 0 if priced else 1, _key(run_id))


def _update(statement: str, *values: int | str | uuid.UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


def _key(run_id: uuid.UUID) -> str | uuid.UUID:
    """The id as this database keeps it."""
    key: str | uuid.UUID = _KEY.get_db_prep_value(run_id, connection)
    return key
