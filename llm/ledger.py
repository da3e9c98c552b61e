"""The book of model calls: booked before the call, settled in one transaction with the answer.

What holds at any kill: a stored answer is never paid for again, and the book is never below the real spend. A row in
``sent`` whose process died is written off at its worst price; if its answer comes late after all, the real price
replaces the worst one.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from llm import statements
from llm.errors import InFlight, ModelError
from llm.messages import ModelReply, ModelRequest
from llm.models import CallState, LlmCall
from llm.prices import cost_micro, worst_micro
from llm.profiles import profile_for
from llm.statements import insert, update
from llm.stored import request_of, response_of, stored_reply, text_of


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


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlightCalls:
    """Calls that are awaited, and the most that they can cost; those whose price is not known count as nothing."""

    calls: int
    reserved_micro: int


OnBook = Callable[[], object]
OnSettle = Callable[[Settlement], None]


def book(
    request: ModelRequest,
    *,
    run_id: UUID | None,
    atom_id: UUID | None,
    attempt: int,
    purpose: str,
    stale_after: timedelta | None = None,
    on_book: OnBook = lambda: None,
    on_settle: OnSettle | None = None,
) -> Booking:
    """Insert the call as ``sent`` and commit, or return the stored reply.

    ``on_book`` is run in the transaction that books the call; what it raises leaves nothing booked.
    Raises InFlight while the same call is awaited elsewhere; one that is older than ``stale_after`` (default: the
    longest that a live call can take) is written off, and the request booked once more.
    """
    call = new_call(request, run_id=run_id, atom_id=atom_id, attempt=attempt, purpose=purpose)
    patience = longest_call() if stale_after is None else stale_after
    try:
        with transaction.atomic(durable=True):
            insert(call)  # the usual case: nobody made this call before
            on_book()
        return Booking(call=call)
    except IntegrityError:
        return _book_again(call, stale_after=patience, on_book=on_book, on_settle=on_settle)


def _book_again(call: LlmCall, *, stale_after: timedelta, on_book: OnBook, on_settle: OnSettle | None) -> Booking:
    """Book a call whose key is known already.

    A stale one is written off first, by a transaction of its own: it is gone also where the booking is refused.
    """
    with transaction.atomic(durable=True):
        last = _last_of(call.key)
        if last.state == CallState.SENT and last.sent_at <= timezone.now() - stale_after:
            _write_off(last, "no answer was stored; its process is gone", on_settle)
    with transaction.atomic(durable=True):
        last = _last_of(call.key)
        if last.state == CallState.RECEIVED:
            return Booking(call=last, reply=stored_reply(last))
        if last.state == CallState.ERROR:
            now = timezone.now()
            _change(last, state=CallState.SENT, cost_micro=None, error="", sent_at=now, tries=last.tries + 1)
            on_book()
            return Booking(call=last)
        if last.state == CallState.SENT:
            raise InFlight(call.key)
        call.resend = last.resend + 1
        try:
            with transaction.atomic():
                insert(call)
        except IntegrityError:
            raise InFlight(call.key) from None  # another thread was faster
        on_book()
        return Booking(call=call)


def reply_of_attempt(*, run_id: UUID, atom_id: UUID, attempt: int, purpose: str) -> ModelReply | None:
    """The stored reply of an attempt, whatever its prompt was; None if there is none.

    For whoever takes an attempt over after a crash: what the prompt is built from may have changed since, and under
    another prompt the reply that was paid for would not be found.
    """
    call = call_of_attempt(run_id=run_id, atom_id=atom_id, attempt=attempt, purpose=purpose)
    return None if call is None else stored_reply(call)


def call_of_attempt(*, run_id: UUID, atom_id: UUID, attempt: int, purpose: str | Collection[str]) -> LlmCall | None:
    """The answered call of an attempt for one of these purposes, with its request; None if there is none."""
    purposes = [purpose] if isinstance(purpose, str) else list(purpose)
    calls = LlmCall.objects.filter(run_id=run_id, atom_id=atom_id, attempt=attempt, purpose__in=purposes)
    return calls.filter(state=CallState.RECEIVED).order_by("received_at").last()


def calls_of_attempts(
    *, run_id: UUID, attempts: Mapping[UUID, int], purposes: Collection[str]
) -> dict[UUID, LlmCall]:  # fmt: skip
    """The answered call of the attempt given for each atom, for one of these purposes; absent where there is none."""
    found = {}
    for call in statements.received(run_id, attempts, purposes):
        if call.atom_id is not None and call.attempt == attempts[call.atom_id]:
            found[call.atom_id] = call  # the last that came
    return found


def reply_of(call: LlmCall) -> ModelReply:
    """The stored reply of an answered call."""
    return stored_reply(call)


def settle(call: LlmCall, reply: ModelReply, *, on_settle: OnSettle | None = None) -> ModelReply:
    """Store answer, usage and price in one transaction, and return the reply as it is stored.

    A reply without usage is booked at the worst price. A second answer to a settled call changes nothing.
    """
    cost = cost_micro(reply.usage, profile_for(call.model)) if reply.usage else call.reserved_micro
    news: dict[str, Any] = {
        "state": CallState.RECEIVED,
        "received_at": timezone.now(),
        "response": response_of(reply),
        "usage": reply.usage.plain() if reply.usage else None,
        "cost_micro": cost,
        "estimated": reply.usage is None,
        "http_status": 200,
        "error": "",
    }
    with transaction.atomic(durable=True):
        if _change(call, only_if=CallState.SENT, **news):
            _tell(on_settle, call, spent=cost or 0, released=call.reserved_micro)
            return stored_reply(call, reused=False)
        row = _rows().select_for_update().get(pk=call.pk)
        if row.state == CallState.RECEIVED:
            return stored_reply(row)
        booked = row.cost_micro or 0  # it was written off meanwhile, at the worst price
        _change(row, **news)
        _tell(on_settle, row, spent=(cost or 0) - booked, released=0)
    return stored_reply(row, reused=False)


def fail(call: LlmCall, error: ModelError, *, on_settle: OnSettle | None = None) -> None:
    """Book a failed call: without a charge as ``error``, else as ``unknown`` at the worst price.

    A call that was swept meanwhile stays as it is, booked at the worst price.
    """
    with transaction.atomic(durable=True):
        if error.may_have_charged:
            _write_off(call, error.message, on_settle, http_status=error.status)
        elif _change(
            call,
            only_if=CallState.SENT,
            state=CallState.ERROR,
            error=text_of(error.message),
            http_status=error.status,
            cost_micro=0,
        ):
            _tell(on_settle, call, spent=0, released=call.reserved_micro)


def sweep_unknown(older_than: timedelta | None = None, *, on_settle: OnSettle | None = None) -> int:
    """Write off calls that nobody can still be waiting for; returns how many. Safe to run in parallel."""
    before = timezone.now() - (longest_call() if older_than is None else older_than)
    swept = 0
    for row in _rows().filter(pk__in=statements.awaited_since(before), state=CallState.SENT):
        with transaction.atomic(durable=True):
            swept += _write_off(row, "no answer was stored in time", on_settle, sent_at=row.sent_at)
    return swept


def spend(run_id: UUID) -> Spend:
    """What a run has spent by the book."""
    rows = LlmCall.objects.filter(run_id=run_id)
    total = rows.aggregate(total=Sum("cost_micro"))["total"]
    unpriced = rows.filter(state__in=[CallState.RECEIVED, CallState.UNKNOWN], cost_micro__isnull=True).count()
    return Spend(micro=total or 0, unpriced_calls=unpriced)


def in_flight(run_id: UUID) -> InFlightCalls:
    """What a run is waiting for now, calls whose process died included until they are written off."""
    calls, reserved = statements.in_flight(run_id)
    return InFlightCalls(calls=calls, reserved_micro=reserved)


def spent_micro(run_id: UUID) -> int | None:
    """The spend of a run, or None where the price of one of its calls is not known."""
    booked = spend(run_id)
    return None if booked.unpriced_calls else booked.micro


def longest_call() -> timedelta:
    """No live call is older: a body may drip for one timeout after the first, and its answer has to be stored."""
    return timedelta(seconds=2 * settings.MGE_REQUEST_TIMEOUT_SECONDS + 30)


def _key(digest: str, *, run_id: UUID | None, atom_id: UUID | None, attempt: int, purpose: str) -> str:
    """The Idempotency-Key: sha256 over run, atom, attempt, purpose and the request's hash."""
    parts = [str(run_id), str(atom_id), str(attempt), purpose, digest]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def new_call(
    request: ModelRequest, *, run_id: UUID | None, atom_id: UUID | None, attempt: int, purpose: str
) -> LlmCall:
    """A row that is not stored yet, with its key and its worst price."""
    digest = request.digest()
    return LlmCall(
        key=_key(digest, run_id=run_id, atom_id=atom_id, attempt=attempt, purpose=purpose),
        run_id=run_id,
        atom_id=atom_id,
        attempt=attempt,
        purpose=purpose,
        model=request.model,
        request_sha=digest,
        request=request_of(request),
        reserved_micro=worst_price(request),
    )


def worst_price(request: ModelRequest) -> int | None:
    """The most that a request can cost, in micro-USD; None where its model's price is not known."""
    profile = profile_for(request.model)
    return worst_micro(input_tokens=request.most_input_tokens(), max_tokens=request.max_tokens, profile=profile)


def _last_of(key: str) -> LlmCall:
    """The newest row of a key, locked."""
    return _rows().select_for_update().filter(key=key).latest("resend")


def _rows() -> QuerySet[LlmCall]:
    """Rows without the request, which is long and only read by people."""
    return LlmCall.objects.defer("request")


def _change(row: LlmCall, *, only_if: CallState | None = None, if_sent_at: datetime | None = None, **news: Any) -> bool:
    """One guarded update, mirrored on ``row``; False where the row is in another state by now.

    ``if_sent_at`` guards the sending too: a row that was sent again since is another call.
    """
    guards: dict[str, Any] = {} if only_if is None else {"state": only_if}
    if if_sent_at is not None:
        guards["sent_at"] = if_sent_at
    changed = update(row.pk, news, guards)
    if changed:
        for field, value in news.items():
            setattr(row, field, value)
    return changed


def _write_off(
    row: LlmCall,
    why: str,
    on_settle: OnSettle | None,
    *,
    http_status: int | None = None,
    sent_at: datetime | None = None,
) -> bool:
    written = _change(
        row,
        only_if=CallState.SENT,
        if_sent_at=sent_at,
        state=CallState.UNKNOWN,
        error=text_of(why),
        http_status=http_status,
        cost_micro=row.reserved_micro,
        estimated=True,
    )
    if written:
        _tell(on_settle, row, spent=row.reserved_micro or 0, released=row.reserved_micro)
    return written


def _tell(on_settle: OnSettle | None, row: LlmCall, *, spent: int, released: int | None) -> None:
    if on_settle is not None:
        priced = row.cost_micro is not None
        on_settle(Settlement(call=row, spent_micro=spent, released_micro=released or 0, priced=priced))
