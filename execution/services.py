"""What people and programs do with runs (the seed's ExecutionService): start, pause, resume, cancel, add budget."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from execution import events
from execution.dispatchers import wake
from execution.logs import request_id
from execution.models import ExecutionRun, RunAtom
from execution.runs import follow
from execution.signals import atoms_overtaken
from execution.transitions import move_atoms, move_run
from flags.pins import FLAG
from flags.routing import mode_for, switches
from flags.services import version_of
from graphs.domain.model import Ordering
from kernel.errors import Conflict, InvalidInput
from kernel.states import AtomStatus, ExecutionMode, PlanStatus, Policy, RunStatus
from kernel.v2 import require_v2, v2_installed
from llm.client import configured
from masterplans.domain.plan_states import RUNNABLE
from masterplans.models import Masterplan

_STARTABLE = RUNNABLE | {PlanStatus.IN_PROGRESS, PlanStatus.PAUSED}  # those meet the one-live-run rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How to execute a plan. None means: the default, or for ``mode`` what the flags say for the plan's owner."""

    mode: str | None = None
    policy: str | None = None
    concurrency: int | None = None
    budget_usd: Decimal | None = None
    ordering: str | None = None
    barrier: bool = False
    suite_timeout: float | None = None
    write_tests: bool | None = None  # the model writes tests for files that came without any; None: MGE_WRITE_TESTS
    shadow: bool = False  # the MVP runs and ships; V2 runs on the same plan afterwards, to be compared


def _word(kind: type[Any], value: str, option: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(word) for word in kind)
        raise InvalidInput(f"Unknown {option} {value!r}: choose one of {known}.", option=option) from None


def start(plan: Masterplan, options: RunOptions, *, user: Any = None) -> ExecutionRun:
    """Create a run with its settings frozen and wake a driver after commit. One live run a plan: else Conflict."""
    if plan.status not in _STARTABLE:
        hint = "Approve it first." if plan.status == PlanStatus.DRAFT else "It was rejected or cancelled."
        raise Conflict(f"Masterplan {plan.pk} is {plan.status} and cannot run. {hint}", status=plan.status)
    run = _new_run(plan, replace(options, mode=options.mode or "mvp") if options.shadow else options, user)
    shadow = _shadow_of(run, options, user) if options.shadow else None
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            if shadow is not None:
                shadow.save(force_insert=True)  # woken when its parent is at its end
            events.run_changed(run.pk, status=run.status)
            transaction.on_commit(lambda: wake(run.pk))
    except IntegrityError as error:
        live = plan.runs.filter(parent_run=None).exclude(finished_at__isnull=False).first()
        raise Conflict(
            f"Masterplan {plan.pk} has a live run already ({live.pk if live else 'just started'}). "
            "Wait for it, or cancel it.",
            run_id=str(live.pk) if live else None,
        ) from error
    return run


def mode_of(plan: Masterplan, options: RunOptions) -> ExecutionMode:
    """The mode that is asked for, else what the flags say for the owner; the MVP where the V2 tables are gone."""
    if options.mode:
        return ExecutionMode(_word(ExecutionMode, options.mode, "mode"))
    return mode_for(plan.owner) if v2_installed() else ExecutionMode.MVP


def policy_of(options: RunOptions) -> Policy:
    """The policy that is asked for, else repair."""
    return Policy(_word(Policy, options.policy or Policy.REPAIR, "policy"))


def writes_tests(options: RunOptions) -> bool:
    """What is asked for, else what the settings say."""
    return bool(settings.MGE_WRITE_TESTS if options.write_tests is None else options.write_tests)


def _shadow_of(run: ExecutionRun, options: RunOptions, user: Any) -> ExecutionRun:
    """The V2 run beside an MVP run: a child with the same settings, of which nothing ships."""
    if run.mode is not ExecutionMode.MVP:
        raise InvalidInput(f"With a shadow the MVP ships, so --mode {run.mode} cannot be: leave it out.", option="mode")
    child = _new_run(run.masterplan, replace(options, mode=ExecutionMode.V2_ATOMS), user)
    child.parent_run = run
    return child


def _new_run(plan: Masterplan, options: RunOptions, user: Any) -> ExecutionRun:
    mode = mode_of(plan, options)
    if mode is not ExecutionMode.MVP:
        require_v2()
    budget = options.budget_usd if options.budget_usd is not None else plan.budget_usd
    if budget is not None and budget < 0:
        raise InvalidInput(f"A budget of {budget} USD is not possible: give 0 or more.", option="budget")
    if options.concurrency is not None and not 1 <= options.concurrency <= 1000:
        raise InvalidInput(f"A concurrency of {options.concurrency} is not possible: give 1 to 1000.")
    timeout = settings.MGE_SUITE_TIMEOUT_SECONDS if options.suite_timeout is None else options.suite_timeout
    if not 1 <= timeout <= 24 * 3600:
        raise InvalidInput(f"A suite timeout of {timeout} s is not possible: give 1 to 86400.")
    return ExecutionRun(
        masterplan=plan,
        created_by=user if getattr(user, "is_authenticated", False) else None,
        mode=mode,
        policy=policy_of(options),
        ordering_mode=_word(Ordering, options.ordering or Ordering.INTERFACE, "ordering"),
        barrier=options.barrier,
        max_inflight=options.concurrency or settings.MGE_CONCURRENCY,
        budget_micro=None if budget is None else int(budget * 1_000_000),
        settings={
            "model": settings.MGE_MODEL if configured() else None,
            "max_attempts": settings.MGE_MAX_ATTEMPTS,
            "suite_timeout": timeout,
            "stop_early": settings.MGE_STOP_EARLY,
            "write_tests": writes_tests(options),
            "suite_memory_mib": settings.MGE_SUITE_MEMORY_MIB,
            "review_share": settings.MGE_REVIEW_SHARE,
            "switches": switches(),
            "explicit_mode": options.mode is not None,
            "flags_version": version_of(FLAG),
            "version": settings.VERSION,
            "request_id": request_id(),
        },
    )


def pause(run: ExecutionRun) -> None:
    """Stop claiming; what is in flight finishes and is kept."""
    _move(run, after=RunStatus.PAUSED, possible=(RunStatus.RUNNING, RunStatus.PENDING), verb="paused")


def resume(run: ExecutionRun) -> None:
    """Go on where a paused, budget-stopped or broken run stopped."""
    possible = (RunStatus.PAUSED, RunStatus.BUDGET_STOPPED, RunStatus.FAILED)
    if run.mode != ExecutionMode.MVP:
        require_v2()
    with transaction.atomic():
        _move(run, after=RunStatus.RUNNING, possible=possible, verb="resumed", error="")
        unpark(run)
        transaction.on_commit(lambda: wake(run.pk))


def unpark(run: ExecutionRun) -> None:
    """Parked atoms may be claimed again."""
    parked = RunAtom.objects.filter(run=run)
    move_atoms(parked.filter(pending_deps=0), before=AtomStatus.PARKED, after=AtomStatus.READY)
    move_atoms(parked, before=AtomStatus.PARKED, after=AtomStatus.PENDING)


def cancel(run: ExecutionRun) -> None:
    """End a live run for good; accepted code is kept, the rest is cancelled. Atoms in flight settle by themselves."""
    possible = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.BUDGET_STOPPED)
    with transaction.atomic():
        _move(run, after=RunStatus.CANCELLED, possible=possible, verb="cancelled", finished_at=Now())
        open_atoms = RunAtom.objects.filter(run=run)
        for before in (AtomStatus.PENDING, AtomStatus.READY, AtomStatus.RETRY_WAIT, AtomStatus.PARKED):
            move_atoms(open_atoms, before=before, after=AtomStatus.CANCELLED)
        atoms_overtaken.send(sender=ExecutionRun, run_id=run.pk, atom_ids=None, why="run_cancelled")
        follow(run, PlanStatus.APPROVED)  # it may run again
        for child in run.shadows.filter(status__in=possible):
            cancel(child)


def add_budget(run: ExecutionRun, usd: Decimal) -> None:
    """Raise the cap of a run; a run that was stopped by its budget goes on."""
    if usd <= 0:
        raise InvalidInput(f"Adding {usd} USD is not possible: give more than 0.", option="add_usd")
    if run.budget_micro is None:
        raise Conflict("This run has no budget, so there is nothing to add to.")
    with transaction.atomic():
        ExecutionRun.objects.filter(pk=run.pk).update(
            budget_micro=F("budget_micro") + int(usd * 1_000_000), budget_warned=0.0
        )
        run.refresh_from_db()
        if run.status == RunStatus.BUDGET_STOPPED:
            resume(run)


def _move(run: ExecutionRun, *, after: RunStatus, possible: tuple[RunStatus, ...], verb: str, **fields: Any) -> None:
    with transaction.atomic():
        if not any(move_run(run.pk, before=before, after=after, **fields) for before in possible):
            run.refresh_from_db()
            raise Conflict(f"Run {run.pk} is {run.status} and cannot be {verb}.", status=run.status)
        run.refresh_from_db()
        events.run_changed(run.pk, status=after)
