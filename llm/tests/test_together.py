"""Calls that are booked together: all of them or none, and each made once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from bench.scripted_model.script import Reply
from llm import gateway, ledger
from llm.models import CallState, LlmCall
from llm.tests.conftest import REQUEST, Serve
from llm.together import Question, book_together

RUN = UUID(int=1)
QUESTIONS = [
    Question(request=replace(REQUEST, prompt=f"Write {n}."), run_id=RUN, atom_id=UUID(int=n), attempt=1, purpose="p")
    for n in (2, 3, 4)
]


def _words(one: Question) -> dict[str, Any]:
    return {"run_id": one.run_id, "atom_id": one.atom_id, "attempt": one.attempt, "purpose": one.purpose}


@pytest.mark.django_db(transaction=True)
def test_each_is_made_under_its_own_booking_and_paid_once(serve: Serve) -> None:
    model = serve(Reply(code="a = 1"))
    told: list[Sequence[LlmCall]] = []

    booked = book_together(QUESTIONS, on_book=told.append)

    assert told == [booked]
    assert [call.atom_id for call in booked] == [one.atom_id for one in QUESTIONS]
    assert LlmCall.objects.filter(state=CallState.SENT).count() == 3
    for one, call in zip(QUESTIONS, booked, strict=True):
        assert call.reserved_micro == ledger.worst_price(one.request)
        assert gateway.call(one.request, booked=call, **_words(one)).reused is False
        assert gateway.call(one.request, **_words(one)).reused is True
    assert model.book()["paid"] == 3
    assert sorted(model.book()["by_key"]) == sorted(call.key for call in booked)


@pytest.mark.django_db(transaction=True)
def test_where_one_is_known_none_is_booked(serve: Serve) -> None:
    serve(Reply(code="a = 1"))
    gateway.call(QUESTIONS[1].request, **_words(QUESTIONS[1]))

    assert book_together(QUESTIONS, on_book=lambda _: None) == []
    assert LlmCall.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_refusal_leaves_nothing_booked(serve: Serve) -> None:
    serve(Reply(code="a = 1"))

    with pytest.raises(ZeroDivisionError):
        book_together(QUESTIONS, on_book=lambda _: 1 / 0)
    assert LlmCall.objects.count() == 0
