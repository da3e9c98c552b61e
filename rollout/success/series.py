"""What the charts are drawn from: one row a run, one a mode, the cost by model, the reasons of rejections."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, Q, Sum
from django.db.models.fields import DurationField

from kernel.states import ExecutionMode, RunStatus
from llm.models import CallState, LlmCall
from review.models import ReviewDecision
from rollout.success.scope import Scope, ended_runs, v2_installed

NEWEST = 500  # runs; a chart holds no more


def run_rows(user: Any, scope: Scope) -> list[dict[str, Any]]:
    """The newest runs in scope, oldest first: what a chart over time shows, each point with its run."""
    runs = ended_runs(user, scope).select_related("masterplan")[:NEWEST]
    return [
        {
            "run_id": run.pk,
            "masterplan_id": run.masterplan_id,
            "name": run.masterplan.name,
            "mode": run.mode,
            "status": run.status,
            "finished_at": run.finished_at,
            "precision": run.precision,
            "precision_reviewed": run.precision_reviewed,
            "seconds": (run.finished_at - run.started_at).total_seconds()
            if run.finished_at and run.started_at
            else None,
            "cost_usd": None if run.unpriced_calls else run.spent_micro / 1e6,
            "atoms_total": run.atoms_total,
            "fell_back": run.fell_back_at is not None,
        }
        for run in reversed(runs)
    ]


def mode_rows(user: Any, scope: Scope) -> list[dict[str, Any]]:
    """The engines beside each other. Precision is tests passed of tests run; a mode without runs has no numbers."""
    taken = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    rows = (
        ended_runs(user, scope)
        .order_by()
        .values("mode")
        .annotate(
            runs=Count("pk"),
            failed=Count("pk", filter=Q(status=RunStatus.FAILED)),
            fell_back=Count("pk", filter=Q(fell_back_at__isnull=False)),
            passed=Sum("tests_passed", filter=Q(precision__isnull=False)),
            tests=Sum("tests_total", filter=Q(precision__isnull=False)),
            taken=Avg(taken),
            micro=Avg("spent_micro", filter=Q(unpriced_calls=0)),
        )
    )
    by_mode: dict[str, Mapping[str, Any]] = {row["mode"]: row for row in rows}
    return [_mode_row(mode, by_mode.get(mode, {})) for mode in ExecutionMode]


def _mode_row(mode: ExecutionMode, found: Mapping[str, Any]) -> dict[str, Any]:
    taken: timedelta | None = found.get("taken")
    runs = found.get("runs", 0)
    return {
        "mode": mode.value,
        "runs": runs,
        "precision": found["passed"] / found["tests"] if found.get("tests") else None,
        "tests": found.get("tests") or 0,
        "seconds_mean": taken.total_seconds() if taken else None,
        "cost_usd_mean": None if found.get("micro") is None else found["micro"] / 1e6,
        "error_rate": (found["failed"] + found["fell_back"]) / runs if runs else None,
    }


def cost_rows(user: Any, scope: Scope) -> list[dict[str, Any]]:
    """Booked cost by model and purpose; calls at unknown prices are counted beside it."""
    charged = LlmCall.objects.filter(
        run_id__in=ended_runs(user, scope).order_by().values("pk"), state__in=[CallState.RECEIVED, CallState.UNKNOWN]
    )
    counts = {"calls": Count("pk"), "unpriced": Count("pk", filter=Q(cost_micro=None)), "micro": Sum("cost_micro")}
    columns = ("model", "purpose", *counts)
    rows = charged.values("model", "purpose").annotate(**counts).order_by("model", "purpose").values_list(*columns)
    return [
        {"model": model, "purpose": purpose, "calls": calls, "unpriced": unpriced, "usd": (micro or 0) / 1e6}
        for model, purpose, calls, unpriced, micro in rows
    ]


def rejection_rows(user: Any, scope: Scope) -> list[dict[str, Any]]:
    """Why people rejected or sent back, the commonest reason first."""
    if not v2_installed():
        return []
    runs = ended_runs(user, scope).order_by().values("pk")
    decisions = ReviewDecision.objects.filter(review__run__in=runs, decision__in=["reject", "regenerate"])
    rows = decisions.values("reason_code").annotate(n=Count("pk")).order_by("-n", "reason_code")
    return [{"reason": row["reason_code"] or "other", "n": row["n"]} for row in rows]
