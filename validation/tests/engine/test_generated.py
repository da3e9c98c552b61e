"""Doctests and fixed inputs really run, and hold new code to what a good draft did."""

from pathlib import Path

import pytest

from validation.domain.atomic import AtomicValidator
from validation.domain.model import Check, Status, SuiteResult, TestCase, TestStatus
from validation.domain.static import StaticReport
from validation.engine.static import static_findings
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

DRAFT = '''"""Prices."""
import random

LIMIT = 50


def off(quantity: int, name: str = "x") -> float:
    """Return the share.

    >>> off(60)
    0.1
    """
    if quantity >= LIMIT:
        return 0.1
    return 0.0


def wrong(number):
    """
    >>> wrong(1)
    2
    """
    return number


def rolls(sides: int) -> int:
    return random.randint(1, sides) if sides > 1 else 0


def leaves(sides: int) -> int:
    raise SystemExit(0)


def bare(a):
    return a


def order(count: int) -> list[str]:
    return list({str(n) for n in range(count % 7 + 20)})
'''
LINES = {"off": (7, 15), "wrong": (18, 23), "rolls": (26, 27), "leaves": (30, 31), "bare": (34, 35), "order": (38, 39)}
VOUCHED = SuiteResult(
    digest="", cases=(TestCase(id="t", status=TestStatus.PASSED),), coverage={"t": {"p.py": (13, 14, 39)}}, ran=True
)


def report(code: str) -> StaticReport:
    return static_findings(project({"p.py": code}), cache=Path("unused"))


def judged(name: str, code: str = DRAFT, suite: SuiteResult | None = VOUCHED) -> Check:
    first, last = LINES[name]
    validator = AtomicValidator(static=report(code), drafts=report(DRAFT), draft_suite=suite)
    result = validator.judge(
        atom_id=name, path="p.py", start_line=first, end_line=last, loc=2, original=code is DRAFT
    )  # fmt: skip
    return next(check for check in result.checks if check.name == "generated_tests")


def test_a_draft_passes_by_its_doctests_and_is_not_held_to_those_that_never_held() -> None:
    assert (judged("off").status, judged("off").forgeable) == (Status.PASSED, True)
    assert judged("wrong").status is Status.NOT_RUN
    assert "own doctest of wrong does not hold" in judged("wrong").reason
    assert judged("bare").status is Status.NOT_APPLICABLE


def test_new_code_that_answers_otherwise_than_a_good_draft_fails() -> None:
    moved = DRAFT.replace("quantity >= LIMIT", "quantity > LIMIT")
    check = judged("off", moved)
    assert check.status is Status.FAILED
    assert "off(50, " in check.reason
    unvouched = judged("off", moved, None)
    assert unvouched.status is Status.PASSED  # its doctest holds
    assert {finding.severity for finding in unvouched.findings} == {"warning"}


def test_a_doctest_that_held_and_does_not_any_more_fails() -> None:
    check = judged("off", DRAFT.replace("return 0.1", "return 0.2"), None)
    assert check.status is Status.FAILED
    assert "held for the draft" in check.reason


def test_what_answers_by_chance_or_ends_the_process_is_no_measure() -> None:
    fresh = DRAFT + "# new\n"
    assert judged("rolls", fresh).status is Status.NOT_APPLICABLE
    assert judged("leaves", fresh).status is not Status.PASSED
    assert judged("off", fresh).status is Status.PASSED
    assert "inputs answered as the draft did" in judged("off", fresh).reason


def test_the_order_of_a_set_is_the_same_for_both_states() -> None:
    check = judged("order", DRAFT + "# other bytes\n")
    assert check.status is Status.PASSED, check
