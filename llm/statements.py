"""Rows of the ledger written in fixed statements: every call makes three, and building each anew cost more than it."""

from typing import Any

from kernel import rows
from llm.models import LlmCall


def insert(call: LlmCall) -> None:
    """Insert a new row and give ``call`` its key. Raises IntegrityError where the call is known."""
    rows.insert_one(call)


def update(pk: int, news: dict[str, Any], guards: dict[str, Any]) -> bool:
    """Write ``news`` on a row that still is as ``guards`` say; False where it is not."""
    where = " AND ".join(f"{name} = %s" for name in ("id", *guards))
    values = [rows.written(LlmCall, name, value) for name, value in guards.items()]
    return rows.change(LlmCall, news, where, [pk, *values]) == 1
