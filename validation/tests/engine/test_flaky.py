"""A test that fails by chance accuses nobody and is no pass; a failure stays a failure."""

import math
from collections.abc import Sequence

from validation.domain.blame import blame
from validation.domain.model import Status, SuiteResult, TestCase, TestStatus
from validation.domain.system import suite_check
from validation.engine.flaky import MAX_FAILING, settle_flaky

FAILED, PASSED = TestStatus.FAILED, TestStatus.PASSED


def suite(**statuses: TestStatus) -> SuiteResult:
    cases = tuple(TestCase(id=name, status=status, seconds=0.1) for name, status in statuses.items())
    coverage: dict[str, dict[str, tuple[int, ...]]] = {name: {"a.py": (1,)} for name in statuses}
    return SuiteResult(digest="", cases=cases, coverage=coverage, ran=True)


def settled(result: SuiteResult, alone: dict[str, TestStatus], together: dict[str, TestStatus]) -> SuiteResult:
    def rerun(ids: Sequence[str], company: bool) -> list[TestCase]:
        return [TestCase(id=one, status=(together if company else alone)[one]) for one in ids]

    return settle_flaky(result, rerun, ends=math.inf)


def test_chance_is_told_from_failure_and_from_company() -> None:
    result = settled(
        suite(chance=FAILED, company=FAILED, wrong=FAILED, good=PASSED),
        {"chance": PASSED, "company": PASSED, "wrong": FAILED},
        {"chance": PASSED, "company": FAILED},
    )
    assert [case.status for case in result.cases] == [TestStatus.SKIPPED, FAILED, FAILED, PASSED]
    assert result.cases[0].message.startswith("flaky: ")
    assert {test for tests in blame(result, {"a.py": [("a", 1, 1)]}).culprits.values() for test in tests} == {
        "company", "wrong",
    }  # fmt: skip


def test_a_flaky_test_is_no_pass_and_the_suite_says_so() -> None:
    check = suite_check(settled(suite(chance=FAILED), {"chance": PASSED}, {"chance": PASSED}))
    assert check.status is Status.NOT_RUN
    assert (
        "chance"
        in suite_check(settled(suite(chance=FAILED, good=PASSED), {"chance": PASSED}, {"chance": PASSED})).reason
    )


def test_many_failures_are_no_chance() -> None:
    many = suite(**{f"t{n}": FAILED for n in range(MAX_FAILING + 1)})
    assert settled(many, {}, {}) is many
