"""The book of model calls: booked before the call, settled in one transaction with the answer.

What holds at any kill: a stored answer is never paid for again, and the book is never below the real spend. A row in
``sent`` whose process died is written off at its worst price; if its answer comes late after all, the real price
replaces the worst one.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from kernel.text import storable
from llm.errors import InFlight, ModelError
from llm.messages import ModelReply, ModelRequest, Usage
from llm.models import CallState, LlmCall
from llm.prices import cost_micro, worst_micro
from llm.profiles import profile_for
from llm.redact import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """News for whoever keeps a budget, told inside the transaction that books it.

    ``spent_micro`` is what to add to the spend: the price, or the difference (perhaps negative) when a late answer
    replaces a worst price. ``released_micro`` is the reservation that ends. ``priced`` is False where the price is not
    known; the amounts are then zero and must not be read as "free".
    """

    call: LlmCall
    spent_micro: int
    released_micro: int
    priced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A row for this call, and the stored reply where there already is one."""

    call: LlmCall
    reply: ModelReply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """Booked spend. ``unpriced_calls`` were charged at a price that is not known, and are not in ``micro``."""

    micro: int
    unpriced_calls: int


OnSettle = Callable[[Settlement], None]


def key_of(request: ModelRequest, *, run_id: UUID | None, atom_id: UUID | None, attempt: int, purpose: str) -> str:
    """The Idempotency-Key: sha256 over run, atom, attempt, purpose and the request's hash."""
    parts = [str(run_id), str(atom_id), str(attempt), purpose, request.digest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def book(
    request: ModelRequest,
    *,
    run_id: UUID | None,
    atom_id: UUID | None,
    attempt: int,
    purpose: str,
    stale_after: timedelta | None = None,
    on_settle: OnSettle | None = None,
) -> Booking:
    """Insert the call as ``sent`` and commit, or return the stored reply.

    Raises InFlight while the same call is awaited elsewhere; one that is older than ``stale_after`` (default: the
    longest that a live call can take) is written off, and the request booked once more.
    """
    key = key_of(request, run_id=run_id, atom_id=atom_id, attempt=attempt, purpose=purpose)
    call = _new(request, key=key, run_id=run_id, atom_id=atom_id, attempt=attempt, purpose=purpose)
    with transaction.atomic(durable=True):
        last = LlmCall.objects.select_for_update().filter(key=key).order_by("-resend").first()
        if last is None:
            return Booking(call=_insert(call))
        if last.state == CallState.RECEIVED:
            return Booking(call=last, reply=stored_reply(last))
        if last.state == CallState.ERROR:
            return Booking(call=_send_again(last))
        if last.state == CallState.SENT:
            if last.sent_at > timezone.now() - (longest_call() if stale_after is None else stale_after):
                raise InFlight(key)
            _write_off(last, "no answer was stored; its process is gone", on_settle)
        call.resend = last.resend + 1
        return Booking(call=_insert(call))


def settle(call: LlmCall, reply: ModelReply, *, on_settle: OnSettle | None = None) -> ModelReply:
    """Store answer, usage and price in one transaction, and return the reply as it is stored.

    A reply without usage is booked at the worst price. A second answer to a settled call changes nothing.
    """
    cost = cost_micro(reply.usage, profile_for(call.model)) if reply.usage else None
    estimated = reply.usage is None
    if estimated:
        cost = call.reserved_micro
    with transaction.atomic(durable=True):
        row = LlmCall.objects.select_for_update().get(pk=call.pk)
        if row.state == CallState.RECEIVED:
            return stored_reply(row)
        booked = row.cost_micro if row.state == CallState.UNKNOWN else 0
        released = row.reserved_micro if row.state == CallState.SENT else 0
        row.state, row.received_at = CallState.RECEIVED, timezone.now()
        row.response, row.usage = _response(reply), asdict(reply.usage) if reply.usage else None
        row.cost_micro, row.estimated, row.http_status, row.error = cost, estimated, 200, ""
        row.save()
        _tell(on_settle, row, spent=(cost or 0) - (booked or 0), released=released)
    return stored_reply(row, reused=False)


def fail(call: LlmCall, error: ModelError, *, on_settle: OnSettle | None = None) -> None:
    """Book a failed call: without a charge as ``error``, else as ``unknown`` at the worst price."""
    with transaction.atomic(durable=True):
        row = LlmCall.objects.select_for_update().get(pk=call.pk)
        if row.state != CallState.SENT:
            return  # swept meanwhile, and booked at the worst price
        row.http_status = error.status
        if error.may_have_charged:
            _write_off(row, error.message, on_settle)
            return
        row.state, row.error, row.cost_micro = CallState.ERROR, _text(error.message), 0
        row.save()
        _tell(on_settle, row, spent=0, released=row.reserved_micro)


def sweep_unknown(older_than: timedelta | None = None, *, on_settle: OnSettle | None = None) -> int:
    """Write off calls that nobody can still be waiting for; returns how many. Safe to run in parallel."""
    before = timezone.now() - (longest_call() if older_than is None else older_than)
    swept = 0
    for pk in LlmCall.objects.filter(state=CallState.SENT, sent_at__lt=before).values_list("pk", flat=True):
        with transaction.atomic(durable=True):
            row = LlmCall.objects.select_for_update().get(pk=pk)
            if row.state == CallState.SENT and row.sent_at < before:
                _write_off(row, "no answer was stored in time", on_settle)
                swept += 1
    return swept


def spend(run_id: UUID) -> Spend:
    """What a run has spent by the book."""
    rows = LlmCall.objects.filter(run_id=run_id)
    total = rows.aggregate(total=Sum("cost_micro"))["total"]
    unpriced = rows.filter(state__in=[CallState.RECEIVED, CallState.UNKNOWN], cost_micro__isnull=True).count()
    return Spend(micro=total or 0, unpriced_calls=unpriced)


def spent_micro(run_id: UUID) -> int | None:
    """The spend of a run, or None where the price of one of its calls is not known."""
    booked = spend(run_id)
    return None if booked.unpriced_calls else booked.micro


def stored_reply(call: LlmCall, *, reused: bool = True) -> ModelReply:
    """The reply of a received call."""
    stored: Mapping[str, Any] = call.response or {}
    return ModelReply(
        **stored,
        usage=Usage(**call.usage) if call.usage else None,
        cost_micro=call.cost_micro,
        estimated=call.estimated,
        reused=reused,
    )


def longest_call() -> timedelta:
    """No live call is older: a body may drip for one timeout after the first, and its answer has to be stored."""
    return timedelta(seconds=2 * settings.MGE_REQUEST_TIMEOUT_SECONDS + 30)


def _new(
    request: ModelRequest, *, key: str, run_id: UUID | None, atom_id: UUID | None, attempt: int, purpose: str
) -> LlmCall:
    return LlmCall(
        key=key,
        run_id=run_id,
        atom_id=atom_id,
        attempt=attempt,
        purpose=purpose,
        model=request.model,
        request_sha=request.digest(),
        request=_storable(json.loads(json.dumps(asdict(request)))),
        reserved_micro=worst_price(request),
    )


def worst_price(request: ModelRequest) -> int | None:
    """The most that a request can cost, in micro-USD; None where its model's price is not known."""
    profile = profile_for(request.model)
    return worst_micro(input_tokens=request.most_input_tokens(), max_tokens=request.max_tokens, profile=profile)


def _insert(call: LlmCall) -> LlmCall:
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        raise InFlight(call.key) from None  # another thread booked it between our read and our insert
    return call


def _send_again(row: LlmCall) -> LlmCall:
    row.state, row.cost_micro, row.error, row.http_status = CallState.SENT, None, "", None
    row.sent_at, row.tries = timezone.now(), row.tries + 1
    row.save()
    return row


def _write_off(row: LlmCall, why: str, on_settle: OnSettle | None) -> None:
    row.state, row.error = CallState.UNKNOWN, _text(why)
    row.cost_micro, row.estimated = row.reserved_micro, True
    row.save()
    _tell(on_settle, row, spent=row.cost_micro or 0, released=row.reserved_micro)


def _tell(on_settle: OnSettle | None, row: LlmCall, *, spent: int, released: int | None) -> None:
    if on_settle is not None:
        priced = row.cost_micro is not None
        on_settle(Settlement(call=row, spent_micro=spent, released_micro=released or 0, priced=priced))


def _response(reply: ModelReply) -> dict[str, Any]:
    return {
        "text": reply.text,
        "tool_input": None if reply.tool_input is None else dict(reply.tool_input),
        "stop_reason": reply.stop_reason,
        "model": reply.model,
        "message_id": reply.message_id,
    }


def _storable(value: Any) -> Any:
    """A JSON value whose texts are storable and hold no secrets."""
    if isinstance(value, str):
        return redact(storable(value))
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _storable(item) for key, item in value.items()}
    return value


def _text(message: str) -> str:
    return redact(storable(message, limit=2_000))
