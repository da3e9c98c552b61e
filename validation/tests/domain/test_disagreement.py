"""A generated test that the draft does not pass condemns nothing, is shown, and makes other tests worth less."""

from dataclasses import replace

import pytest

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.atomic import AtomicValidator
from validation.domain.blame import blame
from validation.domain.disagreement import counted_again, disagreeing, of_files, set_aside
from validation.domain.model import Check, Status, SuiteResult, TestCase, TestStatus
from validation.domain.static import StaticReport
from validation.domain.system import suite_check

GENERATED = "tests/generated/test_m.py"
OWN = TestCase(id="test_own.py::test_a", status=TestStatus.PASSED)
WRONG = TestCase(id=f"{GENERATED}::test_b", status=TestStatus.FAILED, message="assert 1 == 2")
CODE = b"def a():\n    x = 1\n    return x\n\n\ndef b():\n    return 2\n"
SPANS = {"m.py": [("a", 1, 5), ("b", 6, 9)]}


def suite(*cases: TestCase) -> SuiteResult:
    lines: dict[str, dict[str, tuple[int, ...]]] = {OWN.id: {"m.py": (2, 3)}, WRONG.id: {"m.py": (3, 7)}}
    coverage = {case.id: lines[case.id] for case in cases}
    return SuiteResult(digest="", cases=cases, coverage=coverage, ran=True)


def aside(*cases: TestCase) -> SuiteResult:
    before = suite(*cases)
    return set_aside(before, of_files(before, {GENERATED}))


def check_of(result: SuiteResult, atom: str) -> Check:
    first, last = next((first, last) for name, first, last in SPANS["m.py"] if name == atom)
    files = {
        "m.py": WorkspaceFile(path="m.py", place="m.py", role=FileRole.SOURCE, content=CODE),
        GENERATED: WorkspaceFile(path=GENERATED, place=GENERATED, role=FileRole.TEST, content=b"", generated=True),
    }
    nothing = StaticReport(digest="", findings={}, runs={})
    judge = AtomicValidator(static=nothing, drafts=nothing, suite=result, blame=blame(result, SPANS))
    level = judge.judge(
        atom_id=atom, path="m.py", start_line=first, end_line=last, loc=3, original=True, whole=Workspace(files=files)
    )
    return next(check for check in level.checks if check.name == "tests")


def test_it_blames_nobody_and_is_shown() -> None:
    result = aside(OWN, WRONG)

    assert blame(result, SPANS).culprits == {}
    assert disagreeing(result) == {WRONG.id}
    said = suite_check(result)
    assert said.status is Status.PASSED
    assert f"1 generated tests disagree with the draft: {WRONG.id}" in said.reason


def test_what_it_went_through_is_worth_less_and_says_why() -> None:
    both, alone = check_of(aside(OWN, WRONG), "a"), check_of(aside(OWN, WRONG), "b")

    assert (both.status, both.generated) == (Status.PASSED, False)
    assert (alone.status, alone.generated) == (Status.NOT_RUN, True)
    for check in (both, alone):
        assert f"generated test disagrees: {WRONG.id}" in check.reason
        assert "assert 1 == 2" in check.evidence.output
    assert (check_of(suite(OWN), "a").value, both.value) == (1.0, 0.75)


@pytest.mark.parametrize("status", [TestStatus.PASSED, TestStatus.FAILED])
def test_only_what_fails_is_set_aside(status: TestStatus) -> None:
    before = suite(OWN, WRONG)
    later = suite(replace(OWN, status=TestStatus.FAILED), replace(WRONG, status=status))

    found = set_aside(later, disagreeing(set_aside(before, of_files(before, {GENERATED}))))

    assert found.cases[0].status is TestStatus.FAILED, "a test that a person wrote was set aside"
    assert found.cases[1].status is (TestStatus.PASSED if status is TestStatus.PASSED else TestStatus.SKIPPED)


def test_where_nothing_else_is_measured_it_counts_as_failed() -> None:
    assert aside(WRONG).precision is None
    assert counted_again(aside(WRONG)) == suite(WRONG)
