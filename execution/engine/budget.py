"""The cap that stops: reserve the worst price before a call, settle with the real one after it.

Worst prices are many times the real ones, so that calls in flight may hold all that is left while most of it comes
back. Then the next call waits (BudgetHeld); a run stops only where the next call has no room beside what is spent.
"""

from collections.abc import Sequence
from itertools import accumulate

from django.db import transaction

from execution import events, money
from execution.models import ExecutionRun, RunAtom
from execution.transitions import move_atoms, move_run
from kernel.errors import Unavailable
from kernel.states import AtomStatus, RunStatus
from llm import ledger
from llm.ledger import Settlement
from llm.messages import ModelRequest
from llm.models import LlmCall


class BudgetSpent(Unavailable):
    """The next call could pierce the run's budget."""

    code = "budget_spent"


class BudgetHeld(BudgetSpent):
    """The next call may fit once calls in flight are settled, whose worst prices hold the rest of the budget now."""

    code = "budget_held"


def reserve(run: ExecutionRun, request: ModelRequest) -> int:
    """Reserve the worst price of a call in micro-USD, in the transaction that books it; BudgetSpent or BudgetHeld."""
    return _reserve(run, request.model, [ledger.worst_price(request)])


def reserve_together(run: ExecutionRun, calls: Sequence[LlmCall]) -> int:
    """The same for calls of one model that are booked together: all of them or none.

    BudgetHeld where they fit one after the other; BudgetSpent where one of them does not fit even alone.
    """
    return _reserve(run, calls[0].model, [call.reserved_micro for call in calls])


def _reserve(run: ExecutionRun, model: str, worst: Sequence[int | None]) -> int:
    known = [price for price in worst if price is not None]
    if len(known) < len(worst) and run.budget_micro is not None:
        raise BudgetSpent(
            f"The price of the model {model} is unknown, so a budget cannot be kept. "
            "Give its prices in MGE_MODEL_PROFILES, or run without a budget."
        )
    if known and not money.reserve(run.pk, sum(known)):
        left = money.left(run.pk) or 0
        if left >= max(known):
            raise BudgetHeld(
                "Calls in flight hold the rest of the run's budget. Try again when they are through, or add budget."
            )
        raise BudgetSpent(
            f"The run's budget has no room for another call: one may cost up to ${max(known) / 1e6:.4f}, and "
            f"${left / 1e6:.4f} is left. Add budget to go on."
        )
    return sum(known)


def room(run: ExecutionRun) -> int | None:
    """What the budget has room for now, in micro-USD; None without a budget. ``run``: as it was just read."""
    return None if run.budget_micro is None else run.budget_micro - run.spent_micro - run.reserved_micro


def fitting(run: ExecutionRun, worst: Sequence[int]) -> int:
    """How many calls of these worst prices, from the first on, the budget has room for now."""
    left = room(run)
    return len(worst) if left is None else sum(total <= left for total in accumulate(worst))


def settle(news: Settlement) -> None:
    """Book the ledger's news on the run that the call was made for, in the ledger's own transaction."""
    if news.call.run_id is not None:
        money.settle(news.call.run_id, spent=news.spent_micro, released=news.released_micro, priced=news.priced)


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
    share = run.spent_micro / run.budget_micro
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


def sweep() -> int:
    """Write off calls, of any run, that nobody can still be waiting for: what they hold is free again. How many."""
    return ledger.sweep_unknown(on_settle=settle)


def recount(run: ExecutionRun) -> None:
    """Bring the run's sums in line with the ledger; done when a driver takes a run over from one that may have died.

    The row is locked before the ledger is read: whoever books or settles meanwhile writes both in one transaction, and
    has either done so or waits.
    """
    with transaction.atomic():
        row = ExecutionRun.objects.select_for_update().filter(pk=run.pk)
        row.get()
        booked, in_flight = ledger.spend(run.pk), ledger.in_flight(run.pk)
        row.update(
            spent_micro=booked.micro,
            unpriced_calls=booked.unpriced_calls,
            reserved_micro=in_flight.reserved_micro,
        )
    run.refresh_from_db()
