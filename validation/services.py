"""Writes of validation: results of the levels and runs of the suite. The seed's ValidationService."""

import json
import uuid
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from kernel import rows
from kernel.text import storable
from validation.domain.model import LEVEL_NUMBERS, Level, LevelResult, Status, SuiteResult
from validation.domain.recorded import packed
from validation.domain.wire import case_to_json, check_to_json, evidence_to_json, finding_to_json
from validation.models import SuiteRun, ValidationResult
from validation.selectors import suite_of_row

_BATCH = 400  # scopes named in one query; SQLite allows few parameters


def record(
    run_id: uuid.UUID | None,
    masterplan_id: uuid.UUID,
    results: Iterable[LevelResult],
    *,
    attempt_number: int | None = None,
) -> int:
    """Store results and mark older ones of the same run, level and scope as superseded; return how many were stored.

    One transaction. ``run_id`` None is for checks asked for outside any run. ``atom_id`` of level 1 results must be
    that of a stored atom.
    """
    stored = [_row(run_id, masterplan_id, result, attempt_number) for result in results]
    with transaction.atomic(savepoint=False):
        for level in sorted({row["level"] for row in stored}):
            column = "atom_id" if level == LEVEL_NUMBERS[Level.ATOMIC] else "scope"
            named = sorted({str(row[column]) for row in stored if row["level"] == level})
            for start in range(0, len(named), _BATCH):
                _supersede(run_id, masterplan_id, level, column, named[start : start + _BATCH])
        rows.insert_values(ValidationResult, stored)
    return len(stored)


def _supersede(
    run_id: uuid.UUID | None, masterplan_id: uuid.UUID, level: int, column: str, named: Sequence[str]
) -> None:  # fmt: skip
    """Mark what stands for these atoms or scopes. By hand: every atom that is settled asks for it.

    Atoms are found by the index on their own column, which the comparison of the run must not keep a planner from: by
    the run alone it would read the results of all other atoms.
    """
    run = "run_id IS NULL" if run_id is None else "(run_id = %s) = TRUE"
    chosen = [rows.written(ValidationResult, column, one) for one in named]
    chosen += [rows.written(ValidationResult, "masterplan_id", masterplan_id), level]
    chosen += [] if run_id is None else [rows.written(ValidationResult, "run_id", run_id)]
    where = f"{column} IN ({rows.marks(len(named))}) AND (masterplan_id = %s) = TRUE AND (level = %s) = TRUE AND {run}"
    rows.change(ValidationResult, {"superseded": True}, f"{where} AND superseded = FALSE", chosen)


def _row(
    run_id: uuid.UUID | None, masterplan_id: uuid.UUID, result: LevelResult, attempt_number: int | None
) -> dict[str, Any]:
    checks = [check_to_json(check) for check in result.checks]
    findings = [finding_to_json(f) for check in result.checks for f in check.findings[:50]]
    failed = [{"check": c["name"], "message": c["reason"]} for c in checks if c["status"] == Status.FAILED]
    return {
        "atom_id": result.atom_id,
        "masterplan_id": masterplan_id,
        "run_id": run_id,
        "level": LEVEL_NUMBERS[result.level],
        "level_name": result.level.value,
        "scope": storable(result.scope, limit=1000)[:1000],
        "attempt_number": attempt_number,
        "status": result.status.value,
        "passed": result.status is Status.PASSED,
        "errors": failed or None,
        "warnings": [f for f in findings if f["severity"] == "warning"][:50] or None,
        "checks_run": checks,
        "checks_passed": _count(checks, Status.PASSED),
        "checks_failed": _count(checks, Status.FAILED),
        "duration_seconds": Decimal(str(round(result.seconds, 2))),
    }


def _count(checks: Sequence[dict[str, object]], status: Status) -> int:
    return sum(check["status"] == status for check in checks)


def store_suite(*, run_id: uuid.UUID, masterplan_id: uuid.UUID, suite: SuiteResult, purpose: str) -> SuiteRun:
    """Store one run of the suite. ``purpose``: baseline, partial, final or review."""
    coverage = {storable(test, limit=1000): paths for test, paths in suite.coverage.items()}
    return SuiteRun.objects.create(
        masterplan_id=masterplan_id,
        run_id=run_id,
        digest=suite.digest,
        purpose=purpose,
        ran=suite.ran,
        reason=storable(suite.reason, limit=4000),
        cases=[case_to_json(case) for case in suite.cases],
        coverage=zlib.compress(json.dumps(coverage, separators=(",", ":")).encode(), level=6),
        calls=packed(suite.calls),
        evidence=evidence_to_json(suite.evidence),
        seconds=suite.seconds,
    )


def make_current(run_id: uuid.UUID, digest: str) -> None:
    """The run's code is these bytes again: the suite that ran on them is what is shown of its tests from now on."""
    rows = SuiteRun.objects.filter(run_id=run_id, digest=digest, ran=True).exclude(purpose="partial")
    newest = rows.order_by("-created_at", "-pk").values("pk")[:1]
    SuiteRun.objects.filter(pk__in=newest).update(current_at=Now())


def load_suite(run_id: uuid.UUID, purpose: str) -> SuiteResult | None:
    """The newest run of the suite for this purpose, or None."""
    row = SuiteRun.objects.filter(run_id=run_id, purpose=purpose).order_by("-created_at", "-pk").first()
    if row is None:
        return None
    return suite_of_row(row)


def reinstate(run_id: uuid.UUID, atom_id: uuid.UUID, *, as_of: datetime) -> None:
    """Let the level 1 result that stood at ``as_of`` stand again: what was judged since is not in the run any more."""
    rows = ValidationResult.objects.filter(run_id=run_id, level=LEVEL_NUMBERS[Level.ATOMIC], atom_id=atom_id)
    stood = rows.filter(created_at__lte=as_of).order_by("-created_at").values_list("pk", flat=True).first()
    with transaction.atomic():
        rows.filter(superseded=False).update(superseded=True)
        if stood is not None:
            rows.filter(pk=stood).update(superseded=False)
