"""Stage ``generate``: one attempt at one atom, from prompt to verdict. Errors of the provider use up no attempt."""

import os
import random
import threading
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from atoms.models import AtomicUnit
from execution import events, leases
from execution.attempts.models import AtomRetryHistory
from execution.domain.feedback import Category
from execution.domain.fitting import fit
from execution.domain.verdict import Verdict, affected_tests, of_checks
from execution.engine import budget, calls
from execution.engine.briefs import prompt_for
from execution.engine.drafts import NO_MODEL, judge
from execution.engine.evidence import Bench, Evidence, regressions
from execution.engine.history import Try, record
from execution.leases import Claim
from execution.models import ExecutionRun, RunAtom
from execution.signals import atom_regenerated, atoms_failed
from kernel.errors import MgeError
from kernel.states import AtomStatus
from llm.client import configured
from llm.errors import BadReply, InFlight, ModelError, UnusableReply
from llm.replies import read_code
from validation.domain.model import LevelResult
from validation.services import record as record_levels

_judging = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))  # validation is bound by processors, not by waiting


def attempt(run: ExecutionRun, claimed: Claim, atom_id: uuid.UUID, bench: Bench) -> None:
    """Make one attempt at a claimed atom and settle it. Errors of the engine itself are raised."""
    unit = AtomicUnit.objects.select_related("task", "masterplan").get(pk=atom_id)
    atom = RunAtom.objects.get(run=run, atom_id=atom_id)
    if run.settings["model"] is None or not configured():
        _fail(run, claimed, atom, NO_MODEL, bench)
    elif atom.attempts >= atom.allowed_attempts:
        _fail(run, claimed, atom, atom.last_error or {"category": "attempts", "message": "no attempts are left"}, bench)
    else:
        _try(run, claimed, atom, unit, bench)


def _try(run: ExecutionRun, claimed: Claim, atom: RunAtom, unit: AtomicUnit, bench: Bench) -> None:
    number = atom.attempts + 1
    prompt = prompt_for(run, atom, unit, bench.drafts())
    try:
        asked = calls.ask(run, prompt, unit_id=atom.atom_id, attempt=number, purpose="generate")
    except budget.BudgetSpent as stop:
        leases.settle(claimed, [atom.atom_id], after=AtomStatus.PARKED)
        budget.stop(run, stop.message)
        return
    except BadReply as error:
        told = _told(number, prompt.user, run.settings["model"])
        _settle(run, claimed, atom, _unusable(error), code=None, told=told, result=None, evidence=None)
        return
    except (InFlight, ModelError) as error:
        _wait_or_fail(run, claimed, atom, error, bench)
        return
    told = {
        **_told(number, prompt.user, asked.request.model),
        "cost_micro": asked.reply.cost_micro,
        "tokens_in": asked.reply.usage.prompt_tokens if asked.reply.usage else None,
        "tokens_out": asked.reply.usage.output_tokens if asked.reply.usage else None,
        "temperature": asked.request.sampling.temperature,
        "effort": asked.request.sampling.effort,
    }
    try:
        code = fit(read_code(asked.reply, language=unit.language), original=_range_text(unit))
    except UnusableReply as error:
        _settle(run, claimed, atom, _unusable(error), code=None, told=told, result=None, evidence=None)
        return
    with _judging:
        stays = not atom.human_words
        evidence, result, verdict = judge_code(run, atom, code, bench, behaviour_stays=stays)
    _settle(run, claimed, atom, verdict, code=code, told=told, result=result, evidence=evidence)


def _told(number: int, feedback: str, model: str) -> dict[str, Any]:
    return {"number": number, "feedback": feedback, "model": model}


def _unusable(error: MgeError) -> Verdict:
    return Verdict(accepted=False, score=0.0, error={"category": Category.EMPTY_REPLY.value, "message": error.message})


def _range_text(unit: AtomicUnit) -> str:
    return unit.task.text[unit.start_byte : unit.end_byte].decode("utf-8", "surrogateescape")


def judge_code(
    run: ExecutionRun, atom: RunAtom, code: str, bench: Bench, *, behaviour_stays: bool = False
) -> tuple[Evidence, LevelResult, Verdict]:
    """Level 1 of a candidate, really run: static checks of the workspace with it, and the tests that it concerns.

    ``behaviour_stays``: nobody asked for other behaviour, so that differences from a draft that tests vouch for count.
    """
    drafts = bench.drafts()
    reaching = frozenset(drafts.blame.reaching.get(str(atom.atom_id), ()))
    waits = frozenset({atom.symbol, atom.symbol.rsplit(".", 1)[-1]}) if atom.is_hole else frozenset()
    tests = affected_tests(drafts.suite, reaching=reaching, waits_for=waits, paths=frozenset({atom.path}))
    evidence = bench.candidate({atom.atom_id: code}, tests)
    [result] = judge([atom], evidence, drafts, behaviour_stays=behaviour_stays)
    return evidence, result, of_checks(result, regressions=regressions(drafts.suite, evidence.suite))


def _settle(
    run: ExecutionRun,
    claimed: Claim,
    atom: RunAtom,
    verdict: Verdict,
    *,
    code: str | None,
    told: Mapping[str, Any],
    result: LevelResult | None,
    evidence: Evidence | None,
) -> None:
    number = told["number"]
    with transaction.atomic():
        if not leases.held(claimed, [atom.atom_id]):
            return  # somebody else has it now; the stored reply stays in the ledger for them
        if result is not None:
            record_levels(run_id=run.pk, masterplan_id=run.masterplan_id, results=[result], attempt_number=number)
        record(
            run.pk,
            [Try(atom_id=atom.atom_id, error=verdict.error, score=verdict.score, code=code, **told)],
        )
        fields: dict[str, Any] = {"attempts": number, "last_error": dict(verdict.error) if verdict.error else None}
        if evidence is not None:
            key = str(atom.atom_id)
            fields["suspiciousness"] = evidence.blame.suspiciousness.get(key, 0.0)
            fields["tests_reaching"] = len(evidence.blame.reaching.get(key, ()))
        if verdict.accepted:
            after = AtomStatus.PASSED
            fields |= {"code": code, "best_attempt": number, "human_words": ""}
        elif number < atom.allowed_attempts:
            after = AtomStatus.READY
        else:
            after = AtomStatus.FAILED
            fields |= _best(run, atom) | {"human_words": ""}
        leases.settle(claimed, [atom.atom_id], after=after, **fields)
        _tell(run, atom, after, attempts=number)


def _best(run: ExecutionRun, atom: RunAtom) -> dict[str, Any]:
    """The best try is kept, not the last: an attempt only where it scored above the draft. A hole takes any."""
    rows = AtomRetryHistory.objects.filter(run=run, atom_id=atom.atom_id, score__isnull=False)
    draft = rows.filter(attempt_number=0).values_list("score", flat=True).first()
    best = rows.filter(attempt_number__gt=0, code_generated__isnull=False).order_by("-score", "attempt_number").first()
    if best is None or (draft is not None and (best.score or 0.0) <= draft) or (best.score or 0.0) <= 0.0:
        return {"code": None, "best_attempt": None if draft is None else 0}
    if (best.error or {}).get("category") == Category.SYNTAX.value:
        return {"code": None, "best_attempt": None if draft is None else 0}
    return {"code": best.code_generated, "best_attempt": best.attempt_number}


def _tell(run: ExecutionRun, atom: RunAtom, after: AtomStatus, *, attempts: int) -> None:
    row = {"atom_id": str(atom.atom_id), "status": after, "attempts": attempts}
    events.publish(topic="run", type="atoms.status", data={"atoms": [row]}, run_id=run.pk)
    if after is AtomStatus.FAILED:
        transaction.on_commit(lambda: atoms_failed.send(sender=ExecutionRun, run_id=run.pk, atom_ids=[atom.atom_id]))
    if atom.human_words and after in (AtomStatus.PASSED, AtomStatus.FAILED):
        transaction.on_commit(lambda: atom_regenerated.send(sender=ExecutionRun, run_id=run.pk, atom_id=atom.atom_id))


def _fail(run: ExecutionRun, claimed: Claim, atom: RunAtom, error: Mapping[str, Any], bench: Bench) -> None:
    unjudged = judge([atom], bench.drafts()) if atom.is_hole and atom.code is None else []
    with transaction.atomic():
        record_levels(run_id=run.pk, masterplan_id=run.masterplan_id, results=unjudged)
        if leases.settle(claimed, [atom.atom_id], after=AtomStatus.FAILED, last_error=dict(error)):
            _tell(run, atom, AtomStatus.FAILED, attempts=atom.attempts)


def _wait_or_fail(run: ExecutionRun, claimed: Claim, atom: RunAtom, error: MgeError, bench: Bench) -> None:
    """The provider is away or busy: wait without using up an attempt; give up where waiting cannot help."""
    told = {"category": "provider", "check": "generation", "message": error.message}
    waited = (atom.last_error or {}).get("waited", 0)
    charged = isinstance(error, ModelError) and error.may_have_charged
    patience = calls.MAX_CHARGED_WAITS if charged else calls.MAX_WAITS
    if (isinstance(error, ModelError) and not error.retryable) or waited >= patience:
        _fail(run, claimed, atom, told, bench)
        return
    seconds = calls.wait_seconds(
        error if isinstance(error, ModelError | InFlight) else InFlight(""),
        waited,
        jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )
    leases.settle(
        claimed,
        [atom.atom_id],
        after=AtomStatus.RETRY_WAIT,
        not_before=Now() + timedelta(seconds=seconds),
        last_error={**told, "waited": waited + 1},
    )
