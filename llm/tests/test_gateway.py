"""Ledger and client together: what is booked, what is paid, what is paid only once."""

from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from bench.scripted_model.script import Latency, Reply
from llm import gateway, ledger
from llm.errors import ConnectionLost, InFlight, ModelError, NoModelConfigured, Overloaded, RateLimited
from llm.ledger import Settlement
from llm.messages import ModelReply, Usage
from llm.models import CallState, LlmCall
from llm.prices import cost_micro
from llm.profiles import profile_for
from llm.tests.conftest import REQUEST, Serve

RUN, ATOM = UUID(int=1), UUID(int=2)
WORST = ledger.worst_price


class Purse:
    """What a run's budget would see."""

    def __init__(self) -> None:
        self.spent = self.released = 0

    def __call__(self, news: Settlement) -> None:
        assert connection.in_atomic_block
        self.spent += news.spent_micro
        self.released += news.released_micro


def _call(purse: Purse | None = None, **changes: Any) -> ModelReply:
    given: dict[str, Any] = {"run_id": RUN, "atom_id": ATOM, "attempt": 1, "purpose": "generate", **changes}
    return gateway.call(given.pop("request", REQUEST), on_settle=purse, **given)


@pytest.mark.django_db
def test_a_stored_reply_is_never_paid_for_again(serve: Serve) -> None:
    model, purse = serve(Reply(code="a = 1")), Purse()

    first = _call(purse)
    again = _call(purse)
    other = _call(purse, attempt=2)

    assert (first.reused, again.reused, other.reused) == (False, True, False)
    assert again.tool_input == first.tool_input == {"code": "a = 1"}
    assert model.book()["paid"] == 2
    row = LlmCall.objects.get(attempt=1)
    assert model.book()["by_key"][row.key]["paid"] == 1
    assert first.usage is not None
    assert row.cost_micro == cost_micro(first.usage, profile_for("scripted"))
    assert ledger.spent_micro(RUN) == purse.spent == (first.cost_micro or 0) + (other.cost_micro or 0)
    assert purse.released == 2 * (WORST(REQUEST) or 0)


@pytest.mark.django_db
def test_the_reply_of_an_attempt_is_found_under_a_changed_prompt(serve: Serve) -> None:
    serve(Reply(status=529), Reply(code="a = 1"))
    attempt: dict[str, Any] = {"run_id": RUN, "atom_id": ATOM, "attempt": 1, "purpose": "generate"}

    with pytest.raises(Overloaded):
        _call()
    assert ledger.reply_of_attempt(**attempt) is None
    paid = _call()

    found = ledger.reply_of_attempt(**attempt)
    assert found is not None
    assert (found.tool_input, found.cost_micro, found.reused) == ({"code": "a = 1"}, paid.cost_micro, True)
    assert ledger.reply_of_attempt(**{**attempt, "attempt": 2}) is None


@pytest.mark.django_db
def test_a_rate_limit_costs_nothing_and_the_same_row_is_sent_again(serve: Serve) -> None:
    serve(Reply(status=429, retry_after=3), Reply(code="a = 1"))
    purse = Purse()

    with pytest.raises(RateLimited) as caught:
        _call(purse)
    row = LlmCall.objects.get()
    assert (row.state, row.cost_micro, row.http_status, caught.value.retry_after) == (CallState.ERROR, 0, 429, 3)
    assert (purse.spent, purse.released) == (0, WORST(REQUEST))

    assert not _call(purse).reused
    row.refresh_from_db()
    assert (row.state, row.tries, row.error) == (CallState.RECEIVED, 2, "")


@pytest.mark.django_db
def test_a_cut_connection_is_booked_at_the_worst_price_and_again_when_resent(serve: Serve) -> None:
    model, purse = serve(Reply(code="a = 1", cut_after=60), Reply(code="a = 1")), Purse()

    with pytest.raises(ConnectionLost):
        _call(purse)
    lost = LlmCall.objects.get()
    assert (lost.state, lost.cost_micro, lost.estimated) == (CallState.UNKNOWN, WORST(REQUEST), True)
    assert purse.spent == WORST(REQUEST)

    reply = _call(purse)
    assert model.book()["paid"] == LlmCall.objects.count() == 2
    assert set(model.book()["by_key"]) == {lost.key}
    assert ledger.spent_micro(RUN) == purse.spent == (WORST(REQUEST) or 0) + (reply.cost_micro or 0)


@pytest.mark.django_db
def test_the_book_is_never_below_the_bill_of_the_server(serve: Serve) -> None:
    model = serve(
        Reply(code="a"), Reply(code="b", cut_after=9), Reply(body="{"), Reply(status=529), Reply(text="c", huge=3000)
    )
    for attempt in range(5):
        try:
            _call(attempt=attempt)
        except ModelError:
            assert LlmCall.objects.get(attempt=attempt).error

    bill = model.book()
    usage = Usage(**{name: bill[name] for name in Usage.__slots__})
    assert bill["paid"] == 4
    assert (ledger.spent_micro(RUN) or 0) >= (cost_micro(usage, profile_for("scripted")) or 0) > 0


@pytest.mark.django_db
def test_the_same_call_waits_while_it_is_under_way_and_is_written_off_when_stale(serve: Serve) -> None:
    serve(Reply(code="a = 1"))
    purse = Purse()
    booked = {"run_id": RUN, "atom_id": ATOM, "attempt": 1, "purpose": "generate"}
    call = ledger.book(REQUEST, **booked).call  # type: ignore[arg-type]

    with pytest.raises(InFlight, match="under way"):
        _call(purse)
    assert ledger.sweep_unknown(on_settle=purse) == 0
    LlmCall.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    fresh = _call(purse)

    call.refresh_from_db()
    assert (call.state, call.cost_micro) == (CallState.UNKNOWN, WORST(REQUEST))
    assert purse.spent == (WORST(REQUEST) or 0) + (fresh.cost_micro or 0)


@pytest.mark.django_db
def test_a_stale_call_is_written_off_also_where_there_is_no_room_to_send_it_again(serve: Serve) -> None:
    model, purse = serve(Reply(code="a = 1")), Purse()
    stale = ledger.book(REQUEST, run_id=RUN, atom_id=ATOM, attempt=1, purpose="generate").call
    LlmCall.objects.update(sent_at=timezone.now() - timedelta(hours=1))

    with pytest.raises(ZeroDivisionError):
        _call(purse, on_book=lambda: 1 / 0)

    stale.refresh_from_db()
    assert (stale.state, purse.spent, purse.released) == (CallState.UNKNOWN, WORST(REQUEST), WORST(REQUEST))
    assert (LlmCall.objects.count(), model.book()["calls"]) == (1, 0)
    _call(purse)
    assert (LlmCall.objects.count(), model.book()["paid"]) == (2, 1)


@pytest.mark.django_db
def test_a_late_reply_replaces_the_worst_price(serve: Serve) -> None:
    serve(Reply(text="unused"))
    purse = Purse()
    call = ledger.book(REQUEST, run_id=RUN, atom_id=ATOM, attempt=1, purpose="generate").call
    assert ledger.sweep_unknown(timedelta(0), on_settle=purse) == 1
    assert ledger.sweep_unknown(timedelta(0), on_settle=purse) == 0

    late = ModelReply(text="late", usage=Usage(input_tokens=10, output_tokens=1))
    ledger.settle(call, late, on_settle=purse)
    ledger.settle(call, late, on_settle=purse)

    assert purse.spent == ledger.spent_micro(RUN) == 10 * 3 + 15
    assert purse.released == WORST(REQUEST)


@pytest.mark.django_db
def test_an_unknown_price_is_unknown(serve: Serve, settings: Any) -> None:
    serve(Reply(code="a = 1"))
    settings.MGE_MODEL_PROFILES = {}

    reply = _call()

    assert reply.cost_micro is None
    assert ledger.spent_micro(RUN) is None
    assert ledger.spend(RUN) == ledger.Spend(micro=0, unpriced_calls=1)


@pytest.mark.django_db
def test_no_secret_reaches_a_row(serve: Serve, settings: Any) -> None:
    leak = "sk-ant-test-000000000000000000000"
    serve(Reply(code=f"KEY = '{leak}'"), Reply(status=400))
    settings.ANTHROPIC_API_KEY = leak

    reply = _call(request=REQUEST.__class__(model="scripted", system=(), prompt=f"Bearer {leak} \x00 ghp_{'a' * 36}"))

    row = LlmCall.objects.get()
    assert leak not in f"{row.request} {row.response} {reply}"
    assert "ghp_" not in str(row.request)
    assert reply.tool_input == row.response["tool_input"] == {"code": "KEY = '[redacted]'"}  # type: ignore[index]


@pytest.mark.django_db
def test_without_a_model_nothing_is_booked(settings: Any) -> None:
    settings.ANTHROPIC_API_KEY = settings.ANTHROPIC_BASE_URL = None

    with pytest.raises(NoModelConfigured):
        _call()

    assert not LlmCall.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_call_is_made_inside_a_transaction(serve: Serve) -> None:
    model = serve(Reply(code="a = 1"))

    with pytest.raises(RuntimeError), transaction.atomic():
        _call()

    assert model.book()["calls"] == 0


@pytest.mark.django_db(transaction=True)
def test_many_threads_asking_the_same_pay_once(serve: Serve) -> None:
    model = serve(Reply(code="a = 1", latency=Latency(seconds=0.3)))
    outcomes: list[str] = []

    def ask(atom: UUID) -> None:
        try:
            outcomes.append("reused" if _call(atom_id=atom).reused else "paid")
        except (InFlight, Overloaded) as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(atom,)) for atom in [uuid4() for _ in range(10)] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("paid") == model.book()["paid"] == 10
    assert set(outcomes) <= {"paid", "reused", "call_in_flight"}
    assert ledger.spent_micro(RUN) == sum(row.cost_micro or 0 for row in LlmCall.objects.all())
