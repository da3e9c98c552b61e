"""Reads of validation."""

import json
import uuid
import zlib
from typing import Any

from django.db.models import Count, QuerySet

from validation.domain.model import Evidence, Status, SuiteResult
from validation.domain.recorded import unpacked
from validation.domain.wire import case_from_json
from validation.models import SuiteRun, ValidationResult

LEVELS = (1, 2, 3, 4)


def live_results(run_id: uuid.UUID, *, level: int | None = None) -> QuerySet[ValidationResult]:
    """Results of a run that no later one replaces."""
    found = ValidationResult.objects.filter(run_id=run_id, superseded=False)
    return found if level is None else found.filter(level=level)


def results_for_atom(atom_id: uuid.UUID, *, run_id: uuid.UUID | None = None) -> QuerySet[ValidationResult]:
    """Level 1 results of an atom, the newest first; of one run where it is given. Access is checked by the caller."""
    found = ValidationResult.objects.filter(atom_id=atom_id).order_by("-created_at")
    return found if run_id is None else found.filter(run_id=run_id)


def levels_summary(run_id: uuid.UUID) -> dict[int, dict[str, int]]:
    """How many live results of each level have each status: ``{1: {passed, failed, not_run, not_applicable}, ...}``."""
    summary = {level: {status.value: 0 for status in Status} for level in LEVELS}
    rows = live_results(run_id).order_by().values("level", "status").annotate(total=Count("pk"))
    for row in rows:
        summary[row["level"]][row["status"]] = row["total"]
    return summary


def results_by_atom(run_id: uuid.UUID) -> dict[str, dict[str, str]]:
    """The status of the live level 1 result of each atom of a run: ``{atom id: {"1": status}}``."""
    rows = live_results(run_id, level=1).filter(atom_id__isnull=False).order_by("created_at")
    return {str(atom_id): {"1": status} for atom_id, status in rows.values_list("atom_id", "status")}


def suite_of_row(row: SuiteRun) -> SuiteResult:
    """The result that a row holds."""
    coverage = json.loads(zlib.decompress(bytes(row.coverage)))
    return SuiteResult(
        digest=row.digest,
        cases=tuple(case_from_json(case) for case in row.cases),
        coverage={test: {path: tuple(lines) for path, lines in paths.items()} for test, paths in coverage.items()},
        ran=row.ran,
        reason=row.reason,
        evidence=Evidence(**row.evidence),
        seconds=row.seconds,
        calls=unpacked(bytes(row.calls)),
    )


def suite_on(masterplan_id: uuid.UUID, digest: str) -> SuiteResult | None:
    """The newest suite of a plan that really ran on a workspace with this digest, whole (not a selection of tests)."""
    rows = SuiteRun.objects.filter(masterplan_id=masterplan_id, digest=digest, ran=True).exclude(purpose="partial")
    row = rows.order_by("-created_at", "-pk").first()
    return None if row is None else suite_of_row(row)


def as_json(result: ValidationResult) -> dict[str, Any]:
    """One result as the API shows it."""
    return {
        "validation_id": str(result.validation_id),
        "level": result.level,
        "level_name": result.level_name,
        "scope": result.scope,
        "atom_id": str(result.atom_id) if result.atom_id else None,
        "status": result.status,
        "checks": [{name: value for name, value in check.items() if name != "value"} for check in result.checks_run],
        "duration_seconds": None if result.duration_seconds is None else float(result.duration_seconds),
        "created_at": result.created_at,
    }
