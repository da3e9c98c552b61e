"""The estimate of a run from what is stored: the plan's tasks and atoms, its last run, the ledger. Calls no model."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, FloatField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from execution.domain.estimate import Estimate, Work, both, estimate, without_model
from execution.domain.estimate import Range as _Range
from execution.engine.written_tests import untested
from execution.models import ExecutionRun, RunAtom
from execution.selectors import latest_run
from execution.services import RunOptions, mode_of, policy_of, writes_tests
from kernel.states import ExecutionMode, Policy
from llm.client import configured
from llm.models import CallState, LlmCall
from llm.profiles import profile_for
from masterplans.models import Masterplan
from masterplans.selectors import load_workspace

LINES_AN_ATOM = 7
LINES_A_SUBTASK = 25


def estimate_run(plan: Masterplan, options: RunOptions) -> dict[str, Any]:
    """What a run with these options may take, in the form of the API. Raises as ``start`` does for unknown words."""
    asked = replace(options, mode=options.mode or "mvp") if options.shadow else options
    mode, policy = mode_of(plan, asked), policy_of(options)
    model = settings.MGE_MODEL if configured() else None
    last = latest_run(plan.pk)
    budget = options.budget_usd if options.budget_usd is not None else plan.budget_usd
    found = [without_model()]
    if model is not None:
        modes = [mode, ExecutionMode.V2_ATOMS] if options.shadow else [mode]
        regenerate = policy == Policy.REGENERATE
        tested = len(untested(plan.pk, load_workspace(plan.pk))) if writes_tests(options) else 0
        found = [_estimate(plan, last, each, model=model, regenerate=regenerate, untested=tested) for each in modes]
    return _payload(plan, mode=mode, policy=policy, model=model, last=last, budget=budget, found=found)


def _estimate(
    plan: Masterplan, last: ExecutionRun | None, mode: ExecutionMode, *, model: str, regenerate: bool, untested: int
) -> Estimate:
    return estimate(
        replace(_work(plan, last, mode), untested_tasks=untested),
        profile=profile_for(model),
        regenerate=regenerate,
        atoms=mode != ExecutionMode.MVP,
        attempts=settings.MGE_MAX_ATTEMPTS,
        last_run=str(last.pk) if last else None,
    )


def estimate_words(found: dict[str, Any]) -> str:
    """An estimate in one line. An unknown price is said to be unknown."""
    if found["model"] is None:
        return str(found["assumptions"][0])
    calls, into, out = found["calls"], found["tokens_in"], found["tokens_out"]
    money = found["unpriced_reason"] or f"${found['usd_low']:.2f} to ${found['usd_high']:.2f}"
    return (
        f"{calls['low']} to {calls['high']} calls of {found['model']}, {into['low']:,} to {into['high']:,} tokens in, "
        f"{out['low']:,} to {out['high']:,} out: {money}"
    )


def _payload(
    plan: Masterplan,
    *,
    mode: ExecutionMode,
    policy: Policy,
    model: str | None,
    last: ExecutionRun | None,
    budget: Any,
    found: list[Estimate],
) -> dict[str, Any]:
    whole = both(*found) if len(found) > 1 else found[0]
    cap = None if budget is None else float(budget)  # of each run: a shadow has its own
    return {
        "masterplan_id": plan.pk,
        "mode": mode,
        "policy": policy,
        "model": model,
        "calls": _span(whole.calls),
        "tokens_in": _span(whole.tokens_in),
        "tokens_out": _span(whole.tokens_out),
        "usd_low": whole.usd_low,
        "usd_high": whole.usd_high,
        "unpriced_reason": whole.unpriced_reason,
        "assumptions": list(whole.assumptions),
        "based_on_run": last.pk if last else None,
        "budget_usd": cap,
        "budget_may_stop_it": cap is not None and any(e.usd_high is None or e.usd_high > cap for e in found),
    }


def _span(value: _Range) -> dict[str, int]:
    return {"low": value.low, "high": value.high}


def _work(plan: Masterplan, last: ExecutionRun | None, mode: ExecutionMode) -> Work:
    lines = undrafted = 0
    for draft in plan.tasks.values_list("draft", flat=True).iterator(chunk_size=200):
        if draft is None:
            undrafted += 1
        else:
            lines += sum(1 for line in bytes(draft).splitlines() if line.strip())
    drafted = -(-lines // (LINES_A_SUBTASK if mode == ExecutionMode.MVP else LINES_AN_ATOM))
    share = None
    if last is not None and last.finished_at is not None and last.policy == Policy.REPAIR:
        counts = RunAtom.objects.filter(run=last, is_hole=False).aggregate(
            all=Count("pk"), sent=Count("pk", filter=Q(attempts__gt=0) | Q(status="failed"))
        )
        if counts["all"]:
            share = counts["sent"] / counts["all"]
            drafted = counts["all"] if last.mode == mode else drafted
    return Work(drafted=drafted, undrafted_tasks=undrafted, failing_share=share, tokens=_tokens(last))


def _tokens(last: ExecutionRun | None) -> tuple[int, int] | None:
    if last is None:
        return None
    calls = LlmCall.objects.filter(run_id=last.pk, state=CallState.RECEIVED, usage__isnull=False)
    into, out = (Cast(KT(f"usage__{kind}_tokens"), FloatField()) for kind in ("input", "output"))
    mean = calls.aggregate(into=Avg(into), out=Avg(out))
    return (round(mean["into"]), round(mean["out"])) if mean["into"] else None
