"""One model call of a run: reserved, made, settled; and what to do when it gives no reply."""

import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings

from execution.domain.prompts.prompt import Prompt
from execution.domain.sampling import sampling_for
from execution.engine import budget
from execution.models import ExecutionRun
from llm import desk, gateway, ledger, together
from llm.errors import InFlight, ModelError
from llm.messages import ModelReply, ModelRequest
from llm.models import LlmCall
from llm.profiles import profile_for
from llm.together import Question

MAX_BUSY_WAITS = 10_000  # 429 and 529 cost nothing, and the pace keeps them few
LONGEST_BUSY_SECONDS = 8.0
MAX_WAITS = 40  # how often an atom waits for a provider that is away before it fails
MAX_CHARGED_WAITS = 3  # the same, where each lost reply may have been paid for
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
PATIENCE = 8  # waits of one call that no queue holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request with the reply to it."""

    request: ModelRequest
    reply: ModelReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A request whose call is booked, and not yet made."""

    request: ModelRequest
    call: LlmCall


def request_of(run: ExecutionRun, prompt: Prompt, attempt: int) -> ModelRequest:
    """A prompt as it is sent at an attempt."""
    model = run.settings["model"]
    profile = profile_for(model)
    sampling = sampling_for(attempt, takes_temperature=profile.takes_temperature, takes_effort=profile.takes_effort)
    return prompt.request(model=model, sampling=sampling)


def book_together(run: ExecutionRun, questions: Sequence[Question]) -> dict[uuid.UUID, Booked]:
    """Book calls that begin now and that nobody can have made before, by atom; none where one of them is known.

    Raises BudgetSpent or BudgetHeld, with nothing booked, where the budget has no room for all of them.
    """
    if not questions:
        return {}
    booked = together.book_together(questions, on_book=partial(budget.reserve_together, run))
    return {q.atom_id: Booked(request=q.request, call=c) for q, c in zip(questions, booked, strict=bool(booked))}


def ask(
    run: ExecutionRun,
    prompt: Prompt,
    *,
    unit_id: uuid.UUID,
    attempt: int,
    purpose: str,
    search: bool = True,
    booked: Booked | None = None,
) -> Asked:
    """Make one call within the run's budget, or find the reply that this attempt was paid for before a crash.

    Without ``search`` the caller knows that this attempt was never made before. ``booked``: it is booked already.
    Raises BudgetSpent, BudgetHeld or InFlight with nothing spent, or a ModelError after its booking.
    """
    request = booked.request if booked else request_of(run, prompt, attempt)
    if search and booked is None:
        stored = desk.write(
            lambda: ledger.reply_of_attempt(run_id=run.pk, atom_id=unit_id, attempt=attempt, purpose=purpose)
        )
        if stored is not None:
            return Asked(request=request, reply=stored)
    reply = gateway.call(
        request,
        run_id=run.pk,
        atom_id=unit_id,
        attempt=attempt,
        purpose=purpose,
        on_book=lambda: budget.reserve(run, request),
        on_settle=budget.settle,
        stale_after=timedelta(seconds=settings.MGE_LEASE_SECONDS),
        booked=booked.call if booked else None,
    )
    return Asked(request=request, reply=reply)


def ask_patiently(
    run: ExecutionRun, prompt: Prompt, *, unit_id: uuid.UUID, attempt: int, purpose: str, going_on: Callable[[], bool]
) -> Asked:
    """As ``ask``, for what no queue waits for: waits here while the provider is busy or away, or the budget is held.

    A call that a dead driver left in flight is waited for until its lease is over: only then may it be sent again.
    """
    waited, ends = 0, time.monotonic() + settings.MGE_LEASE_SECONDS + 1
    while True:
        try:
            return ask(run, prompt, unit_id=unit_id, attempt=attempt, purpose=purpose)
        except InFlight:
            if time.monotonic() > ends or not going_on():
                raise
            time.sleep(FIRST_WAIT_SECONDS)
        except budget.BudgetHeld:
            if not going_on():
                raise
            budget.sweep()
            time.sleep(FIRST_WAIT_SECONDS)
        except ModelError as error:
            if error.may_have_charged or not error.retryable or waited >= PATIENCE or not going_on():
                raise
            jitter = random.random()  # noqa: S311 - spreads retries, guards nothing
            time.sleep(wait_seconds(error, waited, jitter=jitter, longest=LONGEST_BUSY_SECONDS))
            waited += 1


def wait_seconds(
    error: ModelError | InFlight, waited: int, *, jitter: float, longest: float = LONGEST_WAIT_SECONDS
) -> float:
    """How long to wait before the same call may be made again; ``jitter`` is 0..1.

    Retry-After where the server gave one, else exponential backoff with full jitter.
    """
    given = getattr(error, "retry_after", None)
    backoff = min(longest, FIRST_WAIT_SECONDS * 2.0 ** min(waited, 20))
    spread = backoff * jitter
    return float(given) + min(spread, 2.0) if given is not None else max(0.1, spread)
