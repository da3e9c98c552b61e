"""Several calls booked by one transaction, where they begin together: a booking each cost as much as its request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import rows
from llm import ledger
from llm.messages import ModelRequest
from llm.models import LlmCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request with what it is asked for."""

    request: ModelRequest
    run_id: UUID
    atom_id: UUID
    attempt: int
    purpose: str


def book_together(
    questions: Sequence[Question], *, on_book: Callable[[Sequence[LlmCall]], object]
) -> Sequence[LlmCall]:
    """Book calls that nobody made before as ``sent`` and commit: one for each question, in order, or none at all.

    None where one of them is known: then each is to be booked alone (:func:`llm.ledger.book`). What ``on_book`` raises
    inside the transaction leaves nothing booked. Whoever books them makes the calls at once; one that is never made is
    swept as if it had been.
    """
    calls = [
        ledger.new_call(
            one.request, run_id=one.run_id, atom_id=one.atom_id, attempt=one.attempt, purpose=one.purpose
        )
        for one in questions
    ]  # fmt: skip
    try:
        with transaction.atomic(durable=True):
            rows.insert_all(calls, by="key")
            on_book(calls)
    except IntegrityError:
        return []
    return calls
