"""The cap that stops: reserve the worst price before a call, settle with the real one after it."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Sum

from execution import events, money
from execution.models import ExecutionRun, RunAtom
from execution.transitions import move_atoms, move_run
from kernel.errors import Unavailable
from kernel.states import AtomStatus, RunStatus
from llm import ledger
from llm.ledger import Settlement
from llm.messages import ModelRequest
from llm.models import CallState, LlmCall


class BudgetSpent(Unavailable):
    """The next call could pierce the run's budget."""

    code = "budget_spent"


def reserve(run: ExecutionRun, request: ModelRequest) -> int:
    """Reserve the worst price of a call in micro-USD, in the transaction that books it; BudgetSpent without room."""
    return _reserve(run, request.model, [ledger.worst_price(request)])


def reserve_together(run: ExecutionRun, calls: Sequence[LlmCall]) -> int:
    """The same for calls of one model that are booked together: all of them, or BudgetSpent."""
    return _reserve(run, calls[0].model, [call.reserved_micro for call in calls])


def _reserve(run: ExecutionRun, model: str, worst: Sequence[int | None]) -> int:
    known = [price for price in worst if price is not None]
    if len(known) < len(worst) and run.budget_micro is not None:
        raise BudgetSpent(
            f"The price of the model {model} is unknown, so a budget cannot be kept. "
            "Give its prices in MGE_MODEL_PROFILES, or run without a budget."
        )
    if known and not money.reserve(run.pk, sum(known)):
        raise BudgetSpent("The run's budget has no room for another call. Add budget to go on.")
    return sum(known)


def on_settle(run: ExecutionRun) -> ledger.OnSettle:
    """The ledger's news for this run, booked in the ledger's own transaction."""

    def book(news: Settlement) -> None:
        money.settle(run.pk, spent=news.spent_micro, released=news.released_micro, priced=news.priced)

    return book


def stop(run: ExecutionRun, reason: str) -> None:
    """Park what still needs the model; the run waits for more budget."""
    with transaction.atomic():
        if not move_run(run.pk, before=RunStatus.RUNNING, after=RunStatus.BUDGET_STOPPED, error=reason):
            return
        waiting = RunAtom.objects.filter(run=run)
        for before in (AtomStatus.READY, AtomStatus.RETRY_WAIT, AtomStatus.PENDING):
            move_atoms(waiting, before=before, after=AtomStatus.PARKED)
        events.run_changed(run.pk, status=RunStatus.BUDGET_STOPPED, error=reason)


WARN_AT = (0.75, 0.90)  # of the budget


def warn(run: ExecutionRun) -> None:
    """Tell once when spending passes three quarters and nine tenths of the budget."""
    if not run.budget_micro:
        return
    share = (run.spent_micro + run.reserved_micro) / run.budget_micro
    passed = max((mark for mark in WARN_AT if share >= mark), default=0.0)
    if passed <= run.budget_warned:
        return
    with transaction.atomic():
        if ExecutionRun.objects.filter(pk=run.pk, budget_warned__lt=passed).update(budget_warned=passed):
            events.run_changed(
                run.pk,
                budget_warning=passed,
                cost_usd=run.spent_micro / 1_000_000,
                budget_usd=run.budget_micro / 1_000_000,
            )
    run.budget_warned = passed


def recount(run: ExecutionRun) -> None:
    """Bring the run's sums in line with the ledger; done when a driver takes a run over from one that may have died."""
    booked = ledger.spend(run.pk)
    ExecutionRun.objects.filter(pk=run.pk).update(
        spent_micro=booked.micro,
        unpriced_calls=booked.unpriced_calls,
        reserved_micro=_in_flight(run),
    )
    run.refresh_from_db()


def _in_flight(run: ExecutionRun) -> int:
    sent = LlmCall.objects.filter(run_id=run.pk, state=CallState.SENT)
    return sent.aggregate(total=Sum("reserved_micro"))["total"] or 0
