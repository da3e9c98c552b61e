"""A test that fails by chance accuses nobody and is no pass; a failure stays a failure."""

import math
from collections.abc import Sequence
from dataclasses import replace

from validation.domain.blame import blame
from validation.domain.model import Status, SuiteResult, TestCase, TestStatus
from validation.domain.system import suite_check
from validation.engine.flaky import MAX_FAILING, Way, settle_flaky

FAILED, PASSED = TestStatus.FAILED, TestStatus.PASSED


def suite(**statuses: TestStatus) -> SuiteResult:
    cases = tuple(TestCase(id=name, status=status, seconds=0.1) for name, status in statuses.items())
    coverage: dict[str, dict[str, tuple[int, ...]]] = {name: {"a.py": (1,)} for name in statuses}
    return SuiteResult(digest="", cases=cases, coverage=coverage, ran=True)


def settled(
    result: SuiteResult,
    alone: dict[str, TestStatus],
    together: dict[str, TestStatus],
    watched: dict[str, TestStatus] | None = None,
) -> SuiteResult:
    found = {Way.ALONE: alone, Way.COMPANY: together, Way.WATCHED: watched or {}}

    def rerun(ids: Sequence[str], way: Way) -> list[TestCase]:
        return [TestCase(id=one, status=found[way][one]) for one in ids]

    return settle_flaky(result, rerun, ends=math.inf, watched=watched is not None)


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


def test_what_fails_only_while_it_is_watched_has_passed() -> None:
    first = suite(slow=FAILED, endless=FAILED, counts_references=FAILED, chance=FAILED)
    stopped = "E   TestTimeout: the test took longer than 15 s"
    cases = tuple(
        replace(case, message=stopped, seconds=90.0) if case.id in ("slow", "endless") else case for case in first.cases
    )
    result = settled(
        replace(first, cases=cases),
        {"slow": PASSED, "endless": FAILED, "counts_references": PASSED, "chance": PASSED},
        {"counts_references": PASSED, "chance": PASSED},
        {"counts_references": FAILED, "chance": PASSED},
    )
    assert {case.id: case.status for case in result.cases} == {
        "slow": PASSED, "endless": FAILED, "counts_references": PASSED, "chance": TestStatus.SKIPPED,
    }  # fmt: skip
    assert "watch" in result.cases[0].message
