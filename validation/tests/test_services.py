"""Results are stored once, replaced and never lost, and read back as they were."""

import uuid

import pytest
from django.contrib.auth import get_user_model

from masterplans.models import Masterplan
from validation.domain.model import (
    Check,
    Evidence,
    Finding,
    Level,
    LevelResult,
    Status,
    SuiteResult,
    TestCase,
    TestStatus,
)
from validation.models import ValidationResult
from validation.selectors import as_json, levels_summary, live_results
from validation.services import load_suite, record, store_suite

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Masterplan:
    owner = get_user_model().objects.create_user("alice")
    return Masterplan.objects.create(name="p", owner=owner, source_kind="plan_file")


def module(status: Status, scope: str = "a.py") -> LevelResult:
    finding = Finding(tool="t", code="c", message="nul \x00 and \ud800", path="a.py", line=1, severity="warning")
    check = Check(name="calls", status=status, reason="why", findings=(finding,), evidence=Evidence(output="x" * 9000))
    return LevelResult(level=Level.MODULE, scope=scope, atom_id=None, checks=(check,), seconds=1.5)


def test_a_later_result_supersedes_and_the_older_stays(plan: Masterplan) -> None:
    run_id = uuid.uuid4()
    record(run_id, plan.pk, [module(Status.FAILED), module(Status.PASSED, "b.py")])
    record(run_id, plan.pk, [module(Status.PASSED)], attempt_number=1)
    record(uuid.uuid4(), plan.pk, [module(Status.FAILED)])
    assert levels_summary(run_id)[2] == {"passed": 2, "failed": 0, "not_run": 0, "not_applicable": 0}
    assert ValidationResult.objects.filter(run_id=run_id).count() == 3
    row = live_results(run_id, level=2).get(scope="a.py")
    assert (row.passed, row.checks_passed, row.attempt_number) == (True, 1, 1)
    shown = as_json(row)["checks"][0]
    assert "\x00" not in shown["findings"][0]["message"]
    assert len(shown["evidence"]["output"]) < 5000


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.PASSED])
def test_only_passed_is_stored_as_passed(plan: Masterplan, status: Status) -> None:
    record(None, plan.pk, [module(status)])
    assert ValidationResult.objects.get().passed is False


def test_a_suite_comes_back_as_it_was(plan: Masterplan) -> None:
    run_id = uuid.uuid4()
    suite = SuiteResult(
        digest="d" * 64,
        cases=(TestCase(id="t", status=TestStatus.FAILED, seconds=0.5, message="m", frames=(("a.py", 3),)),),
        coverage={"t": {"a.py": (1, 2)}},
        calls={"a.py": {"f": ("{}",)}},
        ran=True,
        evidence=Evidence(command="pytest", exit_code=1),
        seconds=2.0,
    )
    store_suite(run_id=run_id, masterplan_id=plan.pk, suite=suite, purpose="baseline")
    assert load_suite(run_id, "baseline") == suite
    assert load_suite(run_id, "final") is None
