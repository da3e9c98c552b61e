"""What the strict way says of a check: a mark is lifted only where it covers all that tests reach."""

from validation.domain.model import Check, Finding, Level, LevelResult, Status, SuiteResult, TestCase, TestStatus
from validation.domain.strictness import Place, StrictRun, closest, with_scan, with_strictness

NEAR, FAR, BAD = "t.py::near", "t.py::far[1]", "t.py::bad"
SUITE = SuiteResult(
    digest="d", ran=True,
    cases=tuple(TestCase(id=i, status=s) for i, s in
                ((NEAR, TestStatus.PASSED), (FAR, TestStatus.PASSED), (BAD, TestStatus.FAILED))),
    coverage={NEAR: {"a.py": (3, 4)}, FAR: {"a.py": (3, 4), "b.py": tuple(range(50))}, BAD: {"a.py": (3,)}},
)  # fmt: skip
PLACE = Place(path="a.py", first=3, last=6)


def judged(strict: StrictRun, status: Status = Status.PASSED, suite: SuiteResult = SUITE) -> Check:
    tests = Check(name="tests", status=status, reason="passed", forgeable=True)
    result = LevelResult(level=Level.ATOMIC, scope="x", atom_id="x", checks=(tests,))
    return with_strictness(result, strict, suite, reaching=(NEAR, FAR), place=PLACE).checks[0]


def test_the_tests_that_say_most_of_the_atom_come_first_and_failing_ones_not_at_all() -> None:
    assert closest(SUITE, (FAR, BAD, NEAR)) == [NEAR, "t.py::far"]


def test_a_proof_of_all_reached_lines_lifts_the_mark() -> None:
    check = judged(StrictRun(proven=frozenset({NEAR}), why_not={"t.py::far": "fixture capsys"}))
    assert (check.status, check.forgeable) == (Status.PASSED, False)
    assert "1 of 2 tests" in check.reason


def test_lines_that_only_other_tests_reach_keep_the_mark_with_the_reason() -> None:
    wider = SuiteResult(digest="d", ran=True, cases=SUITE.cases, coverage={NEAR: {"a.py": (3,)}, FAR: {"a.py": (3, 4)}})
    check = judged(StrictRun(proven=frozenset({NEAR}), why_not={"t.py::far": "fixture capsys"}), suite=wider)
    assert check.forgeable
    assert "fixture capsys" in check.reason


def test_nothing_proven_is_marked_with_the_reason() -> None:
    check = judged(StrictRun(reason="no sandbox"))
    assert check.forgeable
    assert check.reason.endswith("hardened in one process with the code: no sandbox")


def test_what_fails_apart_from_its_tests_fails() -> None:
    check = judged(StrictRun(proven=frozenset({NEAR}), failed={"t.py::far": "assert 0 == 15"}))
    assert check.status is Status.FAILED
    assert "assert 0 == 15" in check.evidence.output


def test_a_check_that_did_not_pass_stays_as_it_is() -> None:
    assert judged(StrictRun(proven=frozenset({NEAR})), Status.NOT_RUN).status is Status.NOT_RUN


def test_the_scan_fails_nothing_and_shows_where_to_look() -> None:
    result = LevelResult(level=Level.ATOMIC, scope="x", atom_id="x", checks=())
    finding = Finding(tool="scan", code="forgery-signal", message="uses ._exit", path="a.py", line=3)
    [hit] = with_scan(with_scan(result, ()), [finding]).checks
    assert (hit.name, hit.status, hit.value, len(hit.findings)) == ("forgery", Status.PASSED, 0.0, 1)
