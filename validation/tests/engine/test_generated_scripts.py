"""Generated tests of scripts really run, and hold new code to what a good draft did."""

import pytest

from validation.domain.atomic import AtomicValidator
from validation.domain.layout import arrange
from validation.domain.model import Check, Status, SuiteResult, TestCase, TestStatus
from validation.domain.static import StaticReport
from validation.engine import generated_script_tool
from validation.tests.projects import project

pytestmark = pytest.mark.sandbox

DRAFT = """\
const LIMIT: number = 50;

/**
 * @example
 * off(60) // => 0.1
 */
export function off(quantity: number): number {
  return quantity >= LIMIT ? 0.1 : 0;
}

/**
 * @example
 * wrong(1) // => 2
 */
export function wrong(x: any) {
  return x;
}

let calls = 0;
export function counts(n: number): number {
  return n + (calls += 1);
}
"""
SPINS = """\
export function spins(n: number): number {
  while (n === 7) {}
  return n;
}
"""
LINES = {"off": (3, 9), "wrong": (11, 17), "spins": (1, 4), "counts": (19, 22)}
VOUCHED = SuiteResult(
    digest="", cases=(TestCase(id="t", status=TestStatus.PASSED),), coverage={"t": {"p.ts": (8,)}}, ran=True
)


def report(code: str) -> StaticReport:
    workspace = project({"p.ts": code})
    files = dict(workspace.files)
    return StaticReport(digest="", generated=generated_script_tool.check(workspace, files, arrange(workspace)))


def judged(name: str, code: str = DRAFT, suite: SuiteResult | None = VOUCHED) -> Check:
    first, last = LINES[name]
    validator = AtomicValidator(static=report(code), drafts=report(DRAFT), draft_suite=suite)
    result = validator.judge(
        atom_id=name, path="p.ts", start_line=first, end_line=last, loc=2, original=code is DRAFT
    )  # fmt: skip
    return next(check for check in result.checks if check.name == "generated_tests")


def test_scripts_are_held_to_their_examples_and_to_a_good_draft() -> None:
    assert (judged("off").status, judged("off").forgeable) == (Status.PASSED, True)
    assert "own doctest of wrong does not hold" in judged("wrong").reason
    assert judged("spins", SPINS).status is not Status.PASSED
    moved = DRAFT.replace("quantity >= LIMIT", "quantity > LIMIT")
    check = judged("off", moved)
    assert (check.status, "off(50)" in check.reason) == (Status.FAILED, True)
    assert judged("off", moved, None).status is Status.PASSED  # its example holds
    assert "held for the draft" in judged("off", DRAFT.replace("0.1 : 0", "0.2 : 0"), None).reason
    fresh = judged("off", DRAFT + "// new\n")
    assert "inputs answered as the draft did" in fresh.reason
    assert judged("counts", DRAFT + "// new\n").status is not Status.PASSED
