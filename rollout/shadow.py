"""Shadow pairs: what the MVP shipped beside what V2 would have, stored when both are at their end."""

import uuid
from typing import Any

from django.db import transaction

from execution.models import ExecutionRun
from execution.runs import by_status
from execution.selectors import cost_usd, failures, levels, seconds_of
from kernel.states import RUN_LIVE
from rollout.models import ShadowComparison


def compare_finished(child_id: uuid.UUID | None = None) -> int:
    """Compare every pair (or that of one child) that is at its end and was not compared; returns how many."""
    children = ExecutionRun.objects.filter(parent_run__isnull=False, compared_as_child=None)
    if child_id is not None:
        children = children.filter(pk=child_id)
    children = children.exclude(status__in=RUN_LIVE).exclude(parent_run__status__in=RUN_LIVE)
    pairs = list(children.select_related("parent_run")[:100])
    for child in pairs:
        parent = child.parent_run
        if parent is not None:
            _store(parent, child)
    return len(pairs)


def _store(parent: ExecutionRun, child: ExecutionRun) -> None:
    mvp, v2 = side(parent), side(child)
    with transaction.atomic():
        ShadowComparison.objects.get_or_create(
            parent=parent,
            defaults={
                "child": child,
                "mvp": mvp,
                "v2": v2,
                "precision_gain": _difference(v2["precision"], mvp["precision"]),
                "cost_usd_saved": _difference(mvp["cost_usd"], v2["cost_usd"]),
                "seconds_saved": _difference(mvp["seconds"], v2["seconds"]),
            },
        )


def side(run: ExecutionRun) -> dict[str, Any]:
    """One run of a pair, with the numbers of its own rows."""
    found = failures(run, limit=50)
    return {
        "run_id": str(run.pk),
        "mode": run.mode,
        "status": run.status,
        "error": run.error or None,
        "fell_back": run.fell_back_at is not None,
        "precision": run.precision,
        "tests_total": run.tests_total,
        "tests_passed": run.tests_passed,
        "cost_usd": cost_usd(run),
        "calls": run.calls,
        "seconds": seconds_of(run) if run.finished_at else None,
        "units_total": run.atoms_total,
        "by_status": by_status(run.pk),
        "levels": levels(run),
        "findings": [
            {**{key: row[key] for key in ("path", "symbol", "status", "category", "message")}} for row in found
        ],
    }


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
