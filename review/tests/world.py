"""Builds plans, runs and atoms for the tests of this room."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings

from atoms.models import AtomicUnit
from execution.models import ExecutionRun, RunAtom
from kernel.states import AtomStatus, ExecutionMode, RunStatus
from masterplans.models import Masterplan, MasterplanTask
from review.models import HumanReviewQueue
from validation.models import SuiteRun, ValidationResult

# Real transactions, for threads. Naming the apps makes Django empty tables with CASCADE, which PostgreSQL needs for
# those of waffle's own flag model: they exist beside ours.
real_transactions = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))

BODY = "def f{n}(x):\n    return x + {n}\n\n"
LINES = BODY.count("\n")


def make_plan(owner: Any, name: str = "Plan") -> Masterplan:
    """An approved plan."""
    return Masterplan.objects.create(name=name, owner=owner, source_kind="plan_file")


def make_run(plan: Masterplan, *, mode: ExecutionMode = ExecutionMode.V2_ATOMS, **settings: Any) -> ExecutionRun:
    """A completed run with a model configured, unless told otherwise."""
    frozen = {"model": "scripted", "review_share": 0.18, **settings}
    return ExecutionRun.objects.create(masterplan=plan, mode=mode, status=RunStatus.COMPLETED, settings=frozen)


def make_atoms(run: ExecutionRun, count: int, path: str = "pkg/code.py", **fields: Any) -> list[RunAtom]:
    """``count`` functions of one file, all passed as drafts; ``fields`` overwrite columns of ``run_atoms``."""
    parts = [BODY.format(n=n).encode() for n in range(count)]
    number = MasterplanTask.objects.filter(masterplan=run.masterplan).count() + 1
    task = MasterplanTask.objects.create(
        masterplan=run.masterplan,
        task_number=number,
        name=path,
        target_path=path,
        place=path,
        language="python",
        draft=b"".join(parts),
    )
    units, atoms, start = [], [], 0
    for n, part in enumerate(parts):
        place: dict[str, Any] = {"path": path, "kind": "function", "symbol": f"f{n}"}
        place |= {"start_line": n * LINES + 1, "end_line": (n + 1) * LINES}
        unit = AtomicUnit(
            task=task,
            masterplan=run.masterplan,
            atom_number=n,
            name=f"f{n}",
            description="",
            language="python",
            estimated_loc=2,
            complexity=1,
            start_byte=start,
            end_byte=start + len(part),
            content_sha="",
            **place,
        )
        start += len(part)
        row = {"status": AtomStatus.PASSED, "loc": 2, "wave_number": 1, "position": number * 100_000 + n, **fields}
        units.append(unit)
        atoms.append(RunAtom(run=run, atom_id=unit.atom_id, task_id=task.task_id, **place, **row))
    AtomicUnit.objects.bulk_create(units)
    RunAtom.objects.bulk_create(atoms)
    return atoms


def check(name: str, status: str = "passed", *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A check as it is stored."""
    evidence = {"command": "tool", "exit_code": 0, "output": ""}
    return {"name": name, "status": status, "reason": "", "findings": list(findings), "evidence": evidence,
            "seconds": 0.01, "forgeable": False, "value": None, **more}  # fmt: skip


def finding(message: str, **more: Any) -> dict[str, Any]:
    """A finding as it is stored."""
    return {"tool": "ruff", "code": "F821", "message": message, "path": "pkg/code.py", "line": 2, "column": 1,
            "end_line": None, "severity": "error", **more}  # fmt: skip


def validate(atom: RunAtom, *checks: dict[str, Any]) -> ValidationResult:
    """Store level 1 of an atom."""
    return _level(atom.run, 1, str(atom.atom_id), checks, atom_id=atom.atom_id)


def validate_scope(run: ExecutionRun, level: int, scope: str, *checks: dict[str, Any]) -> ValidationResult:
    """Store a level above the first."""
    return _level(run, level, scope, checks)


def _level(
    run: ExecutionRun, level: int, scope: str, checks: Sequence[dict[str, Any]], **more: Any
) -> ValidationResult:
    statuses = {item["status"] for item in checks}
    status = "failed" if "failed" in statuses else "not_run" if statuses == {"not_run"} else "passed"
    return ValidationResult.objects.create(
        masterplan=run.masterplan,
        run_id=run.pk,
        level=level,
        level_name=["atomic", "module", "component", "system"][level - 1],
        scope=scope,
        status=status,
        passed=status == "passed",
        checks_run=list(checks),
        checks_passed=sum(item["status"] == "passed" for item in checks),
        checks_failed=sum(item["status"] == "failed" for item in checks),
        **more,
    )


def make_suite(run: ExecutionRun, cases: list[dict[str, Any]], coverage: dict[str, dict[str, list[int]]]) -> SuiteRun:
    """Store a run of the project's tests."""
    return SuiteRun.objects.create(
        masterplan=run.masterplan,
        run_id=run.pk,
        digest="0" * 64,
        purpose="baseline",
        ran=True,
        cases=cases,
        coverage=zlib.compress(json.dumps(coverage).encode()),
        seconds=1,
    )


def make_review(atom: RunAtom, *, priority: int = 1, confidence: float = 0.5, **fields: Any) -> HumanReviewQueue:
    """A row of the queue."""
    return HumanReviewQueue.objects.create(
        atom_id=atom.atom_id,
        masterplan=atom.run.masterplan,
        run=atom.run,
        priority=priority,
        confidence=confidence,
        confidence_score=round(confidence, 2),
        **fields,
    )


def open_rows(run: ExecutionRun) -> list[HumanReviewQueue]:
    """Open rows of a run, most urgent first."""
    return list(HumanReviewQueue.objects.filter(run=run, status__in=["pending", "in_review"]))
