"""A task that came without code or tests gets both from the model; its tests are kept as generated ones."""

from types import SimpleNamespace
from typing import Any

import pytest

from execution.engine import calls, finish, skeletons
from execution.models import ExecutionRun
from execution.tests.test_leases import make_run
from llm.messages import ModelReply
from masterplans.models import MasterplanFile, MasterplanTask
from masterplans.selectors import load_workspace
from validation.domain.model import SuiteResult, TestCase, TestStatus

pytestmark = pytest.mark.django_db
SKELETON = 'def f(x: int) -> int:\n    """Double it."""\n    raise NotImplementedError("hole: f")\n'
TESTS = "from a.m import f\n\n\ndef test_f() -> None:\n    assert f(1) == 2\n"
GENERATED = "tests/generated/test_a_m.py"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Prompts that were sent; the model answers with a skeleton and tests."""
    prompts: list[Any] = []

    def ask(_run: object, prompt: Any, **_: object) -> Any:
        prompts.append(prompt)
        tool = {"code": SKELETON, "tests": TESTS}
        return SimpleNamespace(reply=ModelReply(text="", tool_input=tool, model="m", stop_reason="tool_use"))

    monkeypatch.setattr(calls, "ask", ask)
    monkeypatch.setattr(skeletons, "configured", lambda: True)
    return prompts


def run_with(**fields: Any) -> ExecutionRun:
    run = make_run(0)
    run.settings = {"model": "m", "max_attempts": 2}
    MasterplanTask.objects.create(
        masterplan=run.masterplan,
        task_number=1,
        name="m",
        target_path="a/m.py",
        place="a/m.py",
        language="python",
        **fields,
    )
    return run


def kept_tests(run: ExecutionRun) -> list[tuple[str, bool]]:
    return list(MasterplanFile.objects.filter(masterplan=run.masterplan).values_list("path", "generated"))


def test_tests_of_a_skeleton_are_kept_and_marked(asked: list[Any]) -> None:
    run = run_with()
    skeletons.write_skeletons(run)
    assert kept_tests(run) == [(GENERATED, True)]
    assert f"The tests go to {GENERATED}" in asked[0].user
    file = load_workspace(run.masterplan_id).files[GENERATED]
    assert (file.content.decode(), file.generated) == (TESTS, True)
    MasterplanTask.objects.update(skeleton=None)
    skeletons.write_skeletons(run)
    assert len(kept_tests(run)) == 1


def test_a_task_that_has_tests_gets_no_others(asked: list[Any]) -> None:
    named = run_with(acceptance_tests=[{"description": "", "test": "tests/test_m.py"}])
    skeletons.write_skeletons(named)
    assert kept_tests(named) == []
    imported = run_with()
    MasterplanFile.objects.create(
        masterplan=imported.masterplan, role="test", path="test_x.py", place="test_x.py", content=b"import a.m\n"
    )
    skeletons.write_skeletons(imported)
    assert kept_tests(imported) == [("test_x.py", False)]
    assert all("The tests go to" not in prompt.user for prompt in asked)


def test_what_is_no_test_file_is_dropped(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for broken in ("", "def helper(): ...", "def test_(:"):
        monkeypatch.setattr(f"{__name__}.TESTS", broken)
        run = run_with()
        skeletons.write_skeletons(run)
        assert kept_tests(run) == []


def test_generated_tests_count_only_where_nobody_wrote_any(asked: list[Any]) -> None:
    run = run_with()
    skeletons.write_skeletons(run)
    own = TestCase(id="test_x.py::test_x", status=TestStatus.FAILED)
    made = TestCase(id=f"{GENERATED}::test_f", status=TestStatus.PASSED)
    for cases, precision in (((own, made), 0.0), ((made,), 1.0)):
        finish.write_suite(run, SuiteResult(digest="", cases=cases, coverage={}, ran=True), reviewed=False)
        assert run.precision == precision
