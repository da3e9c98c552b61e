"""The one door to the model: the ledger around the client. Never a network call inside a transaction."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from kernel import telemetry
from llm import desk, ledger
from llm.client import ModelClient, configured_client
from llm.errors import ModelError
from llm.ledger import OnBook, OnSettle
from llm.messages import ModelReply, ModelRequest
from llm.models import LlmCall
from llm.redact import redact_keys

_T = TypeVar("_T")
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds: as long as a database takes to come back


def call(
    request: ModelRequest,
    *,
    run_id: UUID | None,
    atom_id: UUID | None,
    attempt: int,
    purpose: str,
    on_book: OnBook = lambda: None,
    on_settle: OnSettle | None = None,
    stale_after: timedelta | None = None,
    booked: LlmCall | None = None,
) -> ModelReply:
    """Return the reply to a request: the stored one where this very call was answered before, else by asking once.

    ``on_book`` is run inside the transaction that books the call, and may refuse it; ``on_settle`` inside each one that
    books money (see :class:`llm.ledger.Settlement`). Raises NoModelConfigured before anything is booked, InFlight, or a
    ModelError after its booking. Must be called outside a transaction (RuntimeError), so that the booking is on disk
    before the call is made. ``booked``: this very call as it was just booked (see :mod:`llm.together`).
    """
    client = configured_client()
    if booked is None:
        booking = desk.write(
            lambda: ledger.book(
                request,
                run_id=run_id,
                atom_id=atom_id,
                attempt=attempt,
                purpose=purpose,
                stale_after=stale_after,
                on_book=on_book,
                on_settle=on_settle,
            )
        )
        if booking.reply is not None:
            return booking.reply
        booked = booking.call
    _free_connection()
    return _made(client, request, booked, on_settle)


def _made(client: ModelClient, request: ModelRequest, booked: LlmCall, on_settle: OnSettle | None) -> ModelReply:
    began = time.monotonic()
    try:
        reply = client.complete(request, idempotency_key=booked.key)
    except ModelError as error:
        _observe(booked.purpose, began, outcome=error.code, status=error.status)
        failure = error
        desk.write(lambda: _persist(lambda: ledger.fail(booked, failure, on_settle=on_settle)))
        raise
    _observe(booked.purpose, began, outcome="received", status=None)
    clean = _without_keys(reply)
    return desk.write(lambda: _persist(lambda: ledger.settle(booked, clean, on_settle=on_settle)))


def _persist(store: Callable[[], _T]) -> _T:
    """Store what was paid for, also while the database restarts: on a new connection, for the old one is broken."""
    for pause in _PAUSES:
        try:
            return store()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    return store()


def _observe(purpose: str, began: float, *, outcome: str, status: int | None) -> None:
    telemetry.CALL_SECONDS.labels(purpose=purpose, outcome=outcome).observe(time.monotonic() - began)
    if status in (429, 529):
        telemetry.CALLS_REFUSED.labels(status=str(status)).inc()


def _free_connection() -> None:
    """A hundred waiting calls must not hold a hundred connections of a server; an open SQLite file holds up nobody.

    Inside a transaction, which here is only a test case that is rolled back, the connection has to stay.
    """
    if connection.vendor != "sqlite" and not connection.in_atomic_block:
        connection.close()


def _without_keys(reply: ModelReply) -> ModelReply:
    """Redacted before the first use too, so that first use and reuse see the same code."""
    tool_input = None if reply.tool_input is None else _redacted(dict(reply.tool_input))
    return replace(reply, text=redact_keys(reply.text), tool_input=tool_input)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact_keys(value)
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {key: _redacted(item) for key, item in value.items()}
    return value
