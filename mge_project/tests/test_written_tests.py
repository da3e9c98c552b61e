"""Files that came without tests get theirs from the model, where a run was asked for it: paid once, never believed."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench.scripted_model.script import Reply, Rule, Script
from execution.dispatchers import local
from execution.engine import written_tests
from execution.estimates import estimate_run
from execution.models import ExecutionRun, RunAtom
from execution.services import RunOptions, add_budget
from llm.models import LlmCall
from masterplans.models import Masterplan, MasterplanFile
from masterplans.selectors import load_workspace
from mge_project.tests.conftest import RunNow
from validation.models import ValidationResult

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "def double(x: int) -> int:\n    return 2 * x\n\n\ndef half(x: int) -> int:\n    return x // 2\n"
OTHER = "def constant() -> int:\n    return 1\n"
TESTS = (
    "from calc import double, half\n\n\ndef test_double() -> None:\n    assert double(2) == 4\n\n\n"
    "def test_half() -> None:\n    assert half(3) == 1.5\n"
)
FILE = "tests/generated/test_calc.py"
GOOD = Reply(tool={"tests": TESTS})
Import = Callable[..., Masterplan]


@pytest.fixture
def plan(tmp_path: Path, import_folder: Import) -> Masterplan:
    """One file without tests, one that a test imports through another."""
    (tmp_path / "calc.py").write_text(CODE)
    (tmp_path / "other.py").write_text(OTHER)
    (tmp_path / "middle.py").write_text("from other import constant\n\n__all__ = ['constant']\n")
    (tmp_path / "test_other.py").write_text(
        "from middle import constant\n\n\ndef test_it():\n    assert constant() == 1\n"
    )
    return import_folder(tmp_path)


def about(*replies: Reply) -> Script:
    rule = Rule(contains="The tests go to", replies=list(replies))
    return Script(rules=[rule], otherwise=Reply(status=400))


def calls_for_tests() -> int:
    return LlmCall.objects.filter(purpose="tests", state="received").count()


@pytest.mark.sandbox
def test_they_are_written_once_marked_and_condemn_nothing(plan: Masterplan, run_now: RunNow, scripted: Any) -> None:
    server = scripted(about(GOOD))

    run = run_now(plan, write_tests=True, budget_usd=Decimal(20))

    assert run.status == "completed"
    kept = MasterplanFile.objects.get(masterplan=plan, generated=True)
    assert (kept.path, bytes(kept.content).decode()) == (FILE, TESTS)
    assert server.book()["paid"] == calls_for_tests() == 1
    assert run.spent_micro > 0
    assert set(RunAtom.objects.filter(run=run, loc__gt=0).values_list("status")) == {("passed",)}
    assert (run.tests_passed, run.tests_total, run.precision) == (1, 1, 1.0), (
        "generated tests counted beside a person's"
    )
    half, double = (RunAtom.objects.get(run=run, path="calc.py", symbol=symbol) for symbol in ("half", "double"))
    row = ValidationResult.objects.get(run_id=run.pk, atom_id=half.atom_id, level_name="atomic", superseded=False)
    tests = next(check for check in row.checks_run if check["name"] == "tests")
    assert f"generated test disagrees: {FILE}::test_half" in tests["reason"]
    assert tests["status"] == "not_run"
    assert (half.confidence or 1) < (double.confidence or 0)

    again = run_now(plan, write_tests=True)

    assert again.status == "completed"
    assert server.book()["paid"] == 1, "tests that are there were paid for again"


def test_nobody_is_asked_who_did_not_ask(plan: Masterplan, scripted: Any, settings: Any) -> None:
    server = scripted(about(GOOD))
    run = new_run(plan, write_tests=False)
    written_tests.write_tests(run, lambda: True)
    settings.ANTHROPIC_BASE_URL = settings.ANTHROPIC_API_KEY = None
    written_tests.write_tests(new_run(plan, write_tests=True), lambda: True)

    assert server.book()["calls"] == 0
    assert estimate_run(plan, RunOptions(mode="v2_atoms", write_tests=True))["calls"] == {"low": 0, "high": 0}


def new_run(plan: Masterplan, **settings: Any) -> ExecutionRun:
    plan.runs.update(status="completed")
    return ExecutionRun.objects.create(
        masterplan=plan,
        mode="v2_atoms",
        status="running",
        settings={"model": "claude-opus-4-5", "max_attempts": 3, "write_tests": True} | settings,
    )


def test_a_reply_that_is_stored_is_not_paid_for_again(plan: Masterplan, scripted: Any) -> None:
    server = scripted(about(GOOD))
    run = new_run(plan)
    written_tests.write_tests(run, lambda: True)
    MasterplanFile.objects.filter(generated=True).delete()  # as after a kill between the reply and the file
    written_tests.write_tests(run, lambda: True)

    assert MasterplanFile.objects.get(generated=True).path == FILE
    assert server.book()["paid"] == calls_for_tests() == 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Reply(text="I would rather not."), "no tool call"),
        (Reply(tool={"tests": "def test_(:"}), "no test can be found"),
        (Reply(tool={"tests": "def helper():\n    return 1\n"}), "no test can be found"),
        (Reply(tool={"tests": "def test_x():\n    assert True\n"}), "do not import calc.py"),
    ],
    ids=["prose", "broken", "no test", "of nothing"],
)
def test_what_is_no_test_of_the_file_is_refused_and_asked_for_again(
    plan: Masterplan, scripted: Any, bad: Reply, said: str
) -> None:
    server = scripted(about(bad, Reply(fence=TESTS.rstrip("\n"))))
    written_tests.write_tests(new_run(plan), lambda: True)

    assert server.book()["calls"] == 2
    assert bytes(MasterplanFile.objects.get(generated=True).content).decode() == TESTS
    second = LlmCall.objects.filter(purpose="tests").latest("attempt")
    assert said in second.request["prompt"]


def test_at_the_cap_the_run_stops_and_goes_on_with_more(plan: Masterplan, run_now: RunNow, scripted: Any) -> None:
    server = scripted(about(GOOD))
    run = run_now(plan, write_tests=True, budget_usd=Decimal("0.000001"))

    assert (run.status, run.phase, server.book()["calls"]) == ("budget_stopped", "tests", 0)

    add_budget(run, Decimal(20))
    assert local.join(run.pk, timeout=60)
    run.refresh_from_db()
    assert (run.status, calls_for_tests()) == ("completed", 1)


def test_a_busy_provider_is_waited_for(plan: Masterplan, scripted: Any) -> None:
    scripted(about(Reply(status=429, retry_after=0.1), GOOD))
    written_tests.write_tests(new_run(plan), lambda: True)

    assert MasterplanFile.objects.filter(generated=True).exists()


def test_files_with_tests_and_files_without_functions_are_left_alone(plan: Masterplan) -> None:
    assert [task.target_path for task in written_tests.untested(plan.pk, load_workspace(plan.pk))] == ["calc.py"]
