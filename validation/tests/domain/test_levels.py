"""Levels from given evidence: what did not run is never a pass."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest

from masterplans.domain.workspace import WorkspaceFile
from validation.domain.atomic import AtomicValidator
from validation.domain.blame import blame
from validation.domain.hierarchical import HierarchicalValidator
from validation.domain.model import (
    Check,
    Finding,
    Level,
    LevelResult,
    Status,
    SuiteResult,
    TestCase,
    TestStatus,
)
from validation.domain.static import Family, StaticCheck, StaticReport, ToolRun, locate
from validation.domain.system import SystemValidator, suite_check
from validation.tests.projects import project

WORKSPACE = project({"a/m.py": "def f(x):\n    return x\n\n\ndef g(x):\n    return y\n", "a/test_m.py": ""})
RAN = {(check, Family.PYTHON): ToolRun(ran=True) for check in StaticCheck}


def report(*findings: tuple[StaticCheck, int, str]) -> StaticReport:
    grouped = {
        check: locate(
            [
                Finding(tool="t", code=code, message="no", path="a/m.py", line=n)
                for c, n, code in findings
                if c is check
            ],
            WORKSPACE.files,
        )
        for check in StaticCheck
    }
    return StaticReport(digest="", findings=grouped, runs=RAN)


def suite(*cases: tuple[str, TestStatus, tuple[int, ...]], ran: bool = True) -> SuiteResult:
    return SuiteResult(
        digest="",
        cases=tuple(TestCase(id=i, status=s, message=f"{i} says so") for i, s, _ in cases),
        coverage={i: {"a/m.py": lines} for i, _, lines in cases if lines},
        ran=ran,
        reason="" if ran else "no sandbox: none here",
    )


PASSED, FAILED = Status.PASSED, Status.FAILED
SPANS = {"a/m.py": [("f", 1, 4), ("g", 5, 6)]}
GREEN = suite(("t", TestStatus.PASSED, (2,)))


def level1(
    static: StaticReport, tests: SuiteResult | None = GREEN, *, atom: str = "f", loc: int = 2,
    drafts: StaticReport | None = None,
) -> dict[str, Check]:  # fmt: skip
    first, last = next((a, b) for i, a, b in SPANS["a/m.py"] if i == atom)
    found = blame(tests, SPANS) if tests else blame(suite(), SPANS)
    validator = AtomicValidator(static=static, drafts=drafts or static, suite=tests, blame=found)
    result = validator.judge(
        atom_id=atom, path="a/m.py", start_line=first, end_line=last, loc=loc, original=drafts is None
    )
    return {check.name: check for check in result.checks}


def test_findings_go_to_the_atom_that_holds_their_line() -> None:
    static = report((StaticCheck.NAMES, 6, "F821"))
    assert level1(static)["names"].status is Status.PASSED
    assert level1(static, atom="g")["names"].status is Status.FAILED


def test_old_type_findings_are_shown_and_not_held_against_an_atom() -> None:
    old = report((StaticCheck.TYPES, 2, "bad-return"))
    assert level1(old)["types"].status is Status.PASSED
    assert [f.severity for f in level1(old)["types"].findings] == ["warning"]
    assert level1(old, drafts=report())["types"].status is Status.FAILED
    assert level1(old, drafts=report((StaticCheck.TYPES, 2, "bad-return")))["types"].status is Status.PASSED


def test_an_old_type_finding_on_a_line_said_another_way_is_no_new_one_and_a_second_is() -> None:
    said = WORKSPACE.with_content("a/m.py", b"def f(x):\n    return (x)\n\n\ndef g(x):\n    return y\n")
    found = [Finding(tool="t", code="c", message="no", path="a/m.py", line=line) for line in (2, 6)]
    now = replace(report(), findings={StaticCheck.TYPES: locate(found, said.files)})
    assert (
        level1(now, drafts=report((StaticCheck.TYPES, 2, "c"), (StaticCheck.TYPES, 6, "c")))["types"].status is PASSED
    )
    assert (
        level1(now, drafts=report((StaticCheck.TYPES, 2, "d"), (StaticCheck.TYPES, 6, "c")))["types"].status is FAILED
    )
    assert level1(now, drafts=report((StaticCheck.TYPES, 6, "c")))["types"].status is FAILED


def test_an_old_type_finding_about_a_variable_that_is_called_otherwise_now_is_no_new_one() -> None:
    said = WORKSPACE.with_content("a/m.py", b"def f(x):\n    z = x\n\n\ndef g(x):\n    return y\n")

    def told(name: str, kind: str, files: Mapping[str, WorkspaceFile]) -> StaticReport:
        message = f"`{kind}` is not assignable to variable `{name}` with type `bytes`"
        found = [Finding(tool="t", code="c", message=message, path="a/m.py", line=2)]
        return replace(report(), findings={StaticCheck.TYPES: locate(found, files)})

    drafts = told("x", "bytearray", WORKSPACE.files)
    assert level1(told("z", "bytearray", said.files), drafts=drafts)["types"].status is PASSED
    assert level1(told("z", "str", said.files), drafts=drafts)["types"].status is FAILED


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("bad-argument-type", "`tuple[Unknown, int]` is not assignable to `tuple[Unknown]`", PASSED),
        ("bad-argument-type", "`int` is not assignable to `str`", FAILED),
        ("unsupported-operation", "`+` is not supported between `Coroutine[Unknown, Unknown, int]` and `int`", FAILED),
    ],
)
def test_what_the_checker_half_guesses_is_shown_and_not_held(code: str, message: str, status: Status) -> None:
    found = Finding(tool="t", code=code, message=message, path="a/m.py", line=2)
    static = replace(report(), findings={StaticCheck.TYPES: locate([found], WORKSPACE.files)})
    check = level1(static, drafts=report())["types"]
    assert (check.status, [f.severity for f in check.findings]) == (
        status, ["error" if status is FAILED else "warning"]
    )  # fmt: skip


def test_a_file_that_does_not_parse_fails_one_atom_and_leaves_the_others_open() -> None:
    broken = report((StaticCheck.SYNTAX, 6, "syntax-error"))
    assert level1(broken, atom="g")["syntax"].status is Status.FAILED
    assert {level1(broken)[name].status for name in ("syntax", "names", "types")} == {Status.NOT_RUN}


PARTLY = """import os

LIMIT = 3


def f(x):
    if x:
        return 1
    return 2


def never(x):
    return x
"""


@pytest.mark.parametrize(
    ("lines", "status", "value", "reason"),
    [
        ((1, 1), Status.NOT_APPLICABLE, None, "nothing in it runs after its module is loaded"),
        ((3, 3), Status.NOT_RUN, None, "no test reaches it"),
        ((6, 6), Status.NOT_APPLICABLE, None, "a head: tests judge it with its body"),
        ((7, 9), Status.PASSED, 5 / 6, "passed: t; 2 of 3 statements executed"),
        ((12, 12), Status.NOT_APPLICABLE, None, "a head: tests judge it with its body"),
        ((13, 13), Status.NOT_RUN, None, "no test reaches it"),
    ],
)
def test_of_what_tests_did_not_execute_they_say_nothing(
    lines: tuple[int, int], status: Status, value: float | None, reason: str
) -> None:
    spans = {"a/m.py": [("it", *lines)]}
    tests = suite(("t", TestStatus.PASSED, (7, 8)))
    validator = AtomicValidator(static=report(), drafts=report(), suite=tests, blame=blame(tests, spans))
    whole = project({"a/m.py": PARTLY})
    judged = validator.judge(
        atom_id="it", path="a/m.py", start_line=lines[0], end_line=lines[1], loc=1, original=True, whole=whole
    )
    check = next(check for check in judged.checks if check.name == "tests")
    assert (check.status, check.reason) == (status, reason)
    assert check.value == (None if value is None else pytest.approx(value))


def test_only_the_blamed_atom_fails_the_tests_check() -> None:
    tests = suite(("bad", TestStatus.FAILED, (2, 6)), ("good", TestStatus.PASSED, (2,)))
    guilty, near = level1(report(), tests, atom="g")["tests"], level1(report(), tests)["tests"]
    assert (guilty.status, guilty.value) == (Status.FAILED, 0.0)
    assert "bad says so" in guilty.evidence.output
    assert near.status is Status.PASSED
    assert near.value == pytest.approx(1 - 1 / 2**0.5)
    assert level1(report(), GREEN, atom="g")["tests"].reason == "no test reaches it"


def test_an_atom_that_only_generated_tests_reach_is_marked() -> None:
    made = replace(WORKSPACE.files["a/test_m.py"], generated=True)
    whole = replace(WORKSPACE, files={**WORKSPACE.files, "a/test_m.py": made})
    tests = suite(("a/test_m.py::t", TestStatus.PASSED, (2,)), ("other.py::t", TestStatus.PASSED, (6,)))
    validator = AtomicValidator(static=report(), drafts=report(), suite=tests, blame=blame(tests, SPANS))

    def marked(atom: str, first: int, last: int) -> bool:
        result = validator.judge(
            atom_id=atom, path="a/m.py", start_line=first, end_line=last, loc=2, original=True, whole=whole
        )
        return next(check.generated for check in result.checks if check.name == "tests")

    assert (marked("f", 1, 4), marked("g", 5, 6)) == (True, False)


def test_nothing_applies_to_an_atom_without_code() -> None:
    found = level1(report(), loc=0)
    assert {n for n, check in found.items() if check.status is Status.NOT_APPLICABLE} == {
        "names", "types", "tests", "generated_tests", "atomicity",
    }  # fmt: skip


@pytest.mark.parametrize("tool", list(StaticCheck))
def test_a_missing_tool_leaves_the_level_not_run(tool: StaticCheck) -> None:
    runs = {**RAN, (tool, Family.PYTHON): ToolRun(ran=False, reason="not installed")}
    static = replace(report(), runs=runs)
    checks = level1(static)
    assert (checks[tool].status, checks[tool].reason) == (Status.NOT_RUN, "not installed")
    result = LevelResult(level=Level.ATOMIC, scope="f", atom_id="f", checks=tuple(checks.values()))
    assert result.status is Status.NOT_RUN


def test_no_path_turns_not_run_into_a_pass() -> None:
    """Every mix of statuses of the checks of a level, and evidence of nothing at all."""
    for level, names in ((Level.ATOMIC, ("syntax", "names", "types", "tests")), (Level.SYSTEM, ("suite", "build"))):
        for mix in product(Status, repeat=len(names)):
            checks = tuple(Check(name=n, status=s) for n, s in zip(names, mix, strict=True))
            status = LevelResult(level=level, scope=".", atom_id=None, checks=checks).status
            if status is Status.PASSED:
                mandatory = mix[:3] if level is Level.ATOMIC else mix[:1]
                assert Status.NOT_RUN not in mandatory
                assert Status.FAILED not in mix
                assert Status.PASSED in mix
    nothing = StaticReport(digest="")
    unrun = suite(ran=False)
    for tests in (None, unrun):
        upper = HierarchicalValidator(workspace=WORKSPACE, suite=tests, static=nothing).upper_levels()
        suites = [c for r in upper for c in r.checks if c.name in ("suite", "integration_tests", "component_tests")]
        assert {check.status for check in suites} == {Status.NOT_RUN}
        assert all(check.reason for r in upper for check in r.checks if check.status is Status.NOT_RUN)
        atom = level1(nothing, tests)
        assert {atom[name].status for name in ("syntax", "names", "types", "tests")} == {Status.NOT_RUN}
        assert upper[-1].status is not Status.PASSED


def test_the_suite_passes_only_if_every_test_that_counts_did() -> None:
    def status(*statuses: TestStatus) -> Status:
        return suite_check(suite(*((f"t{n}", s, ()) for n, s in enumerate(statuses)))).status

    assert status(TestStatus.PASSED, TestStatus.SKIPPED) is Status.PASSED
    assert status(TestStatus.PASSED, TestStatus.MISSING) is Status.NOT_RUN
    assert status(TestStatus.PASSED, TestStatus.ERROR) is Status.FAILED
    assert status(TestStatus.SKIPPED, TestStatus.XFAILED) is Status.NOT_RUN
    assert status() is Status.NOT_RUN


def test_a_plan_with_unwritten_files_does_not_build() -> None:
    result = SystemValidator().judge(GREEN, WORKSPACE, {}, static=report(), missing=["b.py"])
    assert next(c for c in result.checks if c.name == "build").status is Status.FAILED
