"""From a brief to a plan in state ``draft``: discovery, then planning, each through the one door to the model.

Every call is booked in the ledger under the brief's id, within its budget. A reply that holds no valid plan is answered
once with what was wrong; a second one ends the brief, and no plan is stored. Replies that were paid for before a crash
are found in the ledger and not asked for again.
"""

import json
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from execution.briefs.dispatch import wake
from execution.briefs.models import BriefStatus, PlanBrief
from execution.briefs.replies import read_discovery, read_plan
from execution.domain.prompts.discovery import MAX_BRIEF, build_discovery, build_plan
from execution.domain.prompts.prompt import Prompt
from execution.domain.sampling import sampling_for
from execution.engine.calls import wait_seconds
from kernel.errors import InvalidInput, MgeError, Unavailable
from kernel.states import PlanStatus
from kernel.text import storable
from llm import gateway, ledger
from llm.client import configured
from llm.errors import InFlight, ModelError, NoModelConfigured, UnusableReply
from llm.messages import ModelReply, ModelRequest
from llm.profiles import profile_for
from llm.redact import redact, redact_keys
from masterplans.domain.importing.spec import PlanSpec
from masterplans.models import Masterplan, SourceKind
from masterplans.services import create_from_spec, default_owner

ATTEMPTS = 2  # the second is told what was wrong with the first
MAX_WAITS = 6  # how often a provider that is away is asked again
LONGEST_WAIT_SECONDS = 60.0
Read = TypeVar("Read")
log = structlog.get_logger(__name__)


class BriefBudgetSpent(Unavailable):
    """The next call could pierce what the brief may cost."""

    code = "budget_spent"


class NoUsablePlan(Unavailable):
    """The model answered, and twice there was no valid plan in it."""

    code = "no_usable_plan"
    http_status = 502


def submit(text: str, *, owner: User, name: str = "", budget_usd: Decimal | None = None) -> PlanBrief:
    """Store a brief and wake whoever works on it after commit. Raises NoModelConfigured before anything is stored."""
    brief = _checked(text, owner=owner, name=name, budget_usd=budget_usd)
    with transaction.atomic():
        brief.save(force_insert=True)
        transaction.on_commit(lambda: wake(brief.pk, work))
    return brief


def plan_now(
    text: str,
    *,
    owner: User | None,
    name: str = "",
    budget_usd: Decimal | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Masterplan:
    """The same in this thread, for commands: the plan, or the error that ended the brief."""
    brief = _checked(text, owner=owner, name=name, budget_usd=budget_usd)
    brief.save(force_insert=True)
    try:
        plan = _work(brief, report)
    except KeyboardInterrupt:
        _end(brief, BriefStatus.FAILED, error_code="interrupted", error="The command was interrupted.")
        raise
    if plan is None:
        raise InFlight(str(brief.pk))
    return plan


def _checked(text: str, *, owner: User | None, name: str, budget_usd: Decimal | None) -> PlanBrief:
    if not configured():
        raise NoModelConfigured
    if not text.strip():
        raise InvalidInput("The brief is empty: say in a few sentences what is to be built.")
    if len(text) > MAX_BRIEF:
        raise InvalidInput(f"The brief has {len(text)} characters; at most {MAX_BRIEF} are read.")
    if "\x00" in text:
        raise InvalidInput("The brief holds a NUL character; send plain text.")
    if budget_usd is not None and budget_usd < 0:
        raise InvalidInput(f"A budget of {budget_usd} USD is not possible: give 0 or more.", option="budget")
    if budget_usd is None and _priced(settings.MGE_MODEL):
        budget_usd = Decimal(str(settings.MGE_BRIEF_BUDGET_USD))
    return PlanBrief(
        owner=owner or default_owner(),  # made only now, so that a refused brief leaves nothing
        name=storable(name)[:300],
        text=redact_keys(storable(text)),
        model=settings.MGE_MODEL,
        budget_micro=None if budget_usd is None else int(budget_usd * 1_000_000),
    )


def _priced(model: str) -> bool:
    return profile_for(model).input_usd_per_mtok is not None


def work(brief_id: uuid.UUID) -> None:
    """Bring a brief to its end, unless somebody else is at it. What goes wrong stands on its row."""
    brief = PlanBrief.objects.filter(pk=brief_id).first()
    if brief is None:
        return
    try:
        _work(brief, lambda _: None)
    except MgeError:
        log.info("brief_failed", brief=str(brief_id), code=brief.error_code)


def _work(brief: PlanBrief, report: Callable[[str], None]) -> Masterplan | None:
    if not _take(brief, uuid.uuid4()):
        return None
    try:
        if brief.discovery is None:
            report("discovery: what the brief is about")
            _enter(brief, "discovery")
            found = _asked(brief, lambda said: build_discovery(brief.text, problem=said), read_discovery)
            _enter(brief, "planning", discovery=found)
        report("planning: the tasks")
        found = brief.discovery or {}
        spec = _asked(brief, lambda said: build_plan(brief.text, discovery=found, problem=said), read_plan)
        return _store(brief, replace(spec, name=brief.name or spec.name))
    except MgeError as error:
        _end(brief, BriefStatus.FAILED, error_code=error.code, error=storable(redact(error.message), limit=2000))
        raise
    except Exception:
        _end(brief, BriefStatus.FAILED, error_code="error", error="An unforeseen error ended it; the log has it.")
        raise


def _asked(brief: PlanBrief, build: Callable[[str], Prompt], read: Callable[[ModelReply], Read]) -> Read:
    """The answer to a prompt, read and checked; the second try is told what was wrong."""
    problem = ""
    for attempt in range(1, ATTEMPTS + 1):
        reply = _ask(brief, build(problem), attempt)
        try:
            return read(reply)
        except (UnusableReply, InvalidInput) as error:
            problem = storable(error.message, limit=2000)
    raise NoUsablePlan(f"The model gave no usable answer in {ATTEMPTS} tries. The last was refused: {problem}")


def _ask(brief: PlanBrief, prompt: Prompt, attempt: int) -> ModelReply:
    profile = profile_for(brief.model)
    sampling = sampling_for(attempt, takes_temperature=profile.takes_temperature, takes_effort=profile.takes_effort)
    request = prompt.request(model=brief.model, sampling=sampling)
    stored = ledger.reply_of_attempt(run_id=brief.pk, atom_id=brief.pk, attempt=attempt, purpose=brief.phase)
    if stored is not None:
        return stored
    for waited in range(MAX_WAITS + 1):
        _check_budget(brief, request)
        if not _take(brief, brief.lease_token or uuid.uuid4()):
            raise InFlight(str(brief.pk))
        try:
            return gateway.call(request, run_id=brief.pk, atom_id=brief.pk, attempt=attempt, purpose=brief.phase)
        except ModelError as error:
            if not error.retryable or waited == MAX_WAITS:
                raise
            pause = wait_seconds(error, waited, jitter=random.random())  # noqa: S311 - spreads retries, guards nothing
            time.sleep(min(pause, LONGEST_WAIT_SECONDS))
    raise AssertionError("unreachable")  # pragma: no cover


def _check_budget(brief: PlanBrief, request: ModelRequest) -> None:
    if brief.budget_micro is None:
        return
    worst = ledger.worst_price(request)
    if worst is None:
        raise BriefBudgetSpent(
            f"The price of the model {request.model} is unknown, so a budget cannot be kept. "
            "Give its prices in MGE_MODEL_PROFILES, or leave the budget out."
        )
    spent = ledger.spend(brief.pk).micro
    if spent + worst > brief.budget_micro:
        raise BriefBudgetSpent(
            f"The budget of ${brief.budget_micro / 1e6:.2f} has no room for the next call, which may cost up to "
            f"${worst / 1e6:.2f} (spent so far: ${spent / 1e6:.4f}). Give more."
        )


def _take(brief: PlanBrief, token: uuid.UUID) -> bool:
    """Hold the brief for as long as one call can take; False where another process holds it, or it has ended."""
    free = Q(lease_token=None) | Q(lease_token=token) | Q(lease_until__lt=Now())
    open_ones = PlanBrief.objects.filter(free, status__in=[BriefStatus.PENDING, BriefStatus.RUNNING], pk=brief.pk)
    until = Now() + ledger.longest_call()
    taken = open_ones.update(status=BriefStatus.RUNNING, lease_token=token, lease_until=until) == 1
    if taken:
        brief.refresh_from_db()
    return taken


def _enter(brief: PlanBrief, phase: str, *, discovery: Mapping[str, Any] | None = None) -> None:
    PlanBrief.objects.filter(pk=brief.pk, lease_token=brief.lease_token).update(
        phase=phase, **({} if discovery is None else {"discovery": json.loads(json.dumps(discovery))})
    )
    brief.refresh_from_db()


def _store(brief: PlanBrief, spec: PlanSpec) -> Masterplan:
    with transaction.atomic():
        plan = create_from_spec(spec, owner=brief.owner, source_kind=SourceKind.BRIEF, status=PlanStatus.DRAFT)
        Masterplan.objects.filter(pk=plan.pk).update(discovery=brief.discovery)
        plan.discovery = brief.discovery
        if not _end(brief, BriefStatus.COMPLETED, masterplan=plan):
            raise InFlight(str(brief.pk))  # another holder ended it: this plan is rolled back
    return plan


def _end(brief: PlanBrief, status: BriefStatus, **fields: Any) -> bool:
    held = PlanBrief.objects.filter(pk=brief.pk, status=BriefStatus.RUNNING, lease_token=brief.lease_token)
    ended = held.update(status=status, finished_at=Now(), lease_token=None, lease_until=None, **fields) == 1
    brief.refresh_from_db()
    return ended


def wake_stranded() -> int:
    """Wake every brief that nobody works on (a restart, a lost message). Returns how many."""
    free = Q(lease_token=None) | Q(lease_until__lt=Now())
    waiting = PlanBrief.objects.filter(free, status__in=[BriefStatus.PENDING, BriefStatus.RUNNING])
    ids = list(waiting.values_list("pk", flat=True))
    for brief_id in ids:
        wake(brief_id, work)
    return len(ids)
