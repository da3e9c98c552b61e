"""Criteria are proven by tests that passed; words alone wait for a person."""

from masterplans.domain.plan_rules import Criterion, criteria
from validation.domain.acceptance import acceptance_check
from validation.domain.model import Check, Status, SuiteResult, TestCase, TestStatus

PASSED, FAILED, MISSING = TestStatus.PASSED, TestStatus.FAILED, TestStatus.MISSING


def judged(*wanted: Criterion, **cases: TestStatus) -> Check:
    names = {"a": "tests/test_a.py::test_a", "b": "tests/sub/test_b.py::TestB::test_b[1]"}
    made = tuple(TestCase(id=names[name], status=status) for name, status in cases.items())
    return acceptance_check(SuiteResult(digest="", cases=made, coverage={}, ran=True), list(wanted))


def named(*tests: str) -> Criterion:
    return Criterion(text="works", tests=tests)


def test_a_criterion_names_tests_by_id_file_class_or_glob() -> None:
    for test in (
        "tests/test_a.py::test_a", "tests/test_a.py", "tests", "tests/*.py", "**/test_a.py", "tests/test_a.py::*a",
    ):  # fmt: skip
        assert judged(named(test), a=PASSED).status is Status.PASSED, test
        assert judged(named(test), a=FAILED).status is Status.FAILED, test
    assert judged(named("tests/sub/test_b.py::TestB"), b=PASSED).status is Status.PASSED
    assert judged(named("tests/*.py"), b=PASSED).status is Status.NOT_RUN  # one folder is not the one below
    assert judged(named("tests/test"), a=PASSED).status is Status.NOT_RUN


def test_what_is_not_proven_is_not_met() -> None:
    assert judged().status is Status.NOT_APPLICABLE
    assert judged(named("tests/test_a.py", "gone.py"), a=PASSED).status is Status.NOT_RUN
    assert judged(named("tests"), a=PASSED, b=MISSING).status is Status.NOT_RUN
    check = judged(named("tests/test_a.py"), Criterion(text="is fast"), a=PASSED)
    assert (check.status, "1 in words need a person" in check.reason) == (Status.NOT_RUN, True)
    assert [f.code for f in check.findings] == ["not_run", "passed"]
    assert acceptance_check(None, [named("t")]).status is Status.NOT_RUN
    unrun = SuiteResult(digest="", cases=(), coverage={}, ran=False, reason="no sandbox")
    assert acceptance_check(unrun, [named("t")]).findings[0].message == "works: no sandbox"


def test_criteria_come_from_the_plan_and_from_its_tasks() -> None:
    rules = {"acceptance": ["is fast", {"text": "adds", "tests": ["t.py"]}, {"text": ""}, 3]}
    tasks: list[list[dict[str, object]]] = [
        [{"description": "sums", "test": "u.py::t"}, {"description": "is fast", "test": None}],
        [],
    ]
    assert criteria(rules, tasks) == (
        Criterion(text="is fast"), Criterion(text="adds", tests=("t.py",)), Criterion(text="sums", tests=("u.py::t",)),
    )  # fmt: skip
