"""The report of a run: what ``run_masterplan --json`` prints and what the export carries as ``report.json``."""

from typing import Any

from django.apps import apps

from execution.models import ExecutionRun, RunAtom
from execution.runs import by_status
from execution.selectors import cost_usd, levels, seconds_of
from kernel.states import REVIEW_OPEN
from kernel.v2 import v2_installed


def report(run: ExecutionRun) -> dict[str, Any]:
    """One object, every number of which comes from rows of this run."""
    atoms = RunAtom.objects.filter(run=run).order_by("position")
    return {
        "run_id": str(run.pk),
        "masterplan_id": str(run.masterplan_id),
        "parent_run_id": str(run.parent_run_id) if run.parent_run_id else None,
        "shadow_run_ids": [str(pk) for pk in run.shadows.values_list("pk", flat=True)],
        "mode": run.mode,
        "policy": run.policy,
        "status": run.status,
        "error": run.error or None,
        "fell_back_at": run.fell_back_at.isoformat() if run.fell_back_at else None,
        "fallback_reason": run.fallback_reason or None,
        "atoms_total": run.atoms_total,
        "waves": run.waves_total,
        "precision": run.precision,
        "precision_reviewed": run.precision_reviewed,
        "tests_total": run.tests_total,
        "tests_passed": run.tests_passed,
        "cost_usd": cost_usd(run),
        "seconds": seconds_of(run),
        "calls": run.calls,
        "by_status": by_status(run.pk),
        "levels": levels(run),
        "review_queue": review_queue(run),
        "atoms": [atom_row(atom) for atom in atoms],
    }


def review_queue(run: ExecutionRun) -> list[str]:
    """Ids of atoms that wait for a person, the most urgent first."""
    if not v2_installed():
        return []
    queue = apps.get_model("review", "HumanReviewQueue")
    rows = queue.objects.filter(run=run, status__in=REVIEW_OPEN).order_by("priority", "confidence", "review_id")
    return [str(atom_id) for atom_id in rows.values_list("atom_id", flat=True)]


def atom_row(atom: RunAtom) -> dict[str, Any]:
    """One atom of the report."""
    return {
        "id": str(atom.atom_id),
        "path": atom.path,
        "start_line": atom.start_line,
        "end_line": atom.end_line,
        "symbol": atom.symbol,
        "status": atom.status,
        "confidence": atom.confidence,
        "suspiciousness": atom.suspiciousness,
        "attempts": atom.attempts,
    }
