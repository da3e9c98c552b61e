"""While a run goes on, a module is judged as soon as its last atom is done, and once."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from atoms.models import AtomicUnit
from execution import runs
from execution.assembly import Assembly
from execution.engine.evidence import Bench, Evidence
from execution.engine.levels import ProgressiveLevels
from execution.models import ExecutionRun, RunAtom
from execution.tests.test_dependents import chain, finish
from kernel.states import AtomStatus
from validation.domain.blame import Blame
from validation.domain.model import SuiteResult
from validation.domain.static import StaticReport
from validation.models import ValidationResult
from validation.tests.projects import project

pytestmark = pytest.mark.django_db(transaction=True)


def levels_of(run: ExecutionRun) -> ProgressiveLevels:
    workspace = project({"a.py": "x = 1\n"})
    evidence = Evidence(
        assembly=Assembly(workspace=workspace, spans={}, changed=frozenset()), static=StaticReport(digest=""),
        suite=SuiteResult(digest="", cases=(), coverage={}, ran=False, reason="no tests"),
        blame=Blame(suspiciousness={}, culprits={}, reaching={}),
    )  # fmt: skip
    return ProgressiveLevels(run, cast("Bench", SimpleNamespace(drafts=lambda: evidence)))


def rows(run: ExecutionRun) -> list[tuple[int, str, str]]:
    found = ValidationResult.objects.filter(run_id=run.pk).order_by("level")
    return list(found.values_list("level", "scope", "status"))


def test_a_module_waits_for_its_last_atom_and_is_judged_once() -> None:
    run, atoms = chain(2)
    levels = levels_of(run)
    assert levels.judge_ready() == 0
    finish(run, atoms[0], AtomStatus.PASSED)
    assert levels.judge_ready(force=True) == 0
    finish(run, atoms[1], AtomStatus.FAILED)
    assert levels.judge_ready() == 0  # not so soon after the last look
    assert levels.judge_ready(force=True) == 2
    assert rows(run) == [(2, "a.py", "not_run"), (3, ".", "passed")]
    assert levels.judge_ready(force=True) == 0


@pytest.mark.parametrize("field", ["code", "switches"])
def test_changed_modules_wait_for_the_end_and_a_phase_that_is_off_judges_none(field: str) -> None:
    run, atoms = chain(1)
    changes: dict[str, Any] = {"code": "x = 2\n"} if field == "code" else {}
    if field == "switches":
        run.mode, run.settings = "hybrid", {**run.settings, "switches": {"ENABLE_HIERARCHICAL_VALIDATION": False}}
    finish(run, atoms[0], AtomStatus.PASSED)
    RunAtom.objects.filter(pk=atoms[0].pk).update(**changes) if changes else None
    assert levels_of(run).judge_ready() == 0
    assert rows(run) == []


def test_the_columns_of_the_seed_mirror_the_run_of_a_plan_and_no_shadow() -> None:
    run, atoms = chain(2)
    for atom, fields in zip(atoms, ({"code": "new", "attempts": 2}, {}), strict=True):
        RunAtom.objects.filter(pk=atom.pk).update(status="passed", finished_at=run.created_at, **fields)
    runs.mirror_atoms(ExecutionRun(run_id=run.pk, masterplan_id=run.masterplan_id, parent_run=run))
    assert set(AtomicUnit.objects.values_list("status", flat=True)) == {"pending"}
    runs.mirror_atoms(run)
    rows = AtomicUnit.objects.order_by("atom_number").values_list("status", "code", "attempts", "generated_at")
    assert list(rows) == [("passed", "new", 2, run.created_at), ("passed", None, 0, None)]
    assert set(AtomicUnit.objects.values_list("validated_at", flat=True)) == {run.created_at}
