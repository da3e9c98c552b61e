"""What is known of a candidate's tests: what ran again, in place of what had run before."""

from execution.engine.evidence import merged, regressions
from validation.domain.model import SuiteResult, TestCase, TestStatus

LINES: dict[str, tuple[int, ...]] = {"a.py": (1, 2)}


def case(test: str, status: TestStatus, message: str = "") -> TestCase:
    return TestCase(id=test, status=status, seconds=0.0, message=message, frames=())


def suite(*cases: TestCase) -> SuiteResult:
    return SuiteResult(digest="d", cases=cases, coverage={one.id: LINES for one in cases}, ran=True, reason="")


BEFORE = suite(
    case("t.py::f[1]", TestStatus.PASSED),
    case("t.py::f[2]", TestStatus.FAILED, "2 is not 3"),
    case("t.py::g", TestStatus.PASSED),
    case("u.py::h", TestStatus.PASSED),
)
ASKED = {"t.py::f[1]", "t.py::f[2]", "t.py::g"}


def told(result: SuiteResult) -> dict[str, TestStatus]:
    return {one.id: one.status for one in result.cases}


def test_what_ran_again_stands_in_the_place_of_what_had_run() -> None:
    again = suite(
        case("t.py::f[1]", TestStatus.FAILED), case("t.py::f[2]", TestStatus.PASSED), case("t.py::g", TestStatus.PASSED)
    )
    after = merged(BEFORE, again, ASKED)
    assert told(after) == {**told(BEFORE), **told(again)}
    assert [one.id for one in regressions(BEFORE, after)] == ["t.py::f[1]"]


def test_a_file_that_cannot_be_collected_leaves_no_case_its_old_result() -> None:
    broken = SuiteResult(
        digest="d", coverage={}, ran=True, reason="",
        cases=(case("t.py::f", TestStatus.ERROR, "SyntaxError"), case("t.py::g", TestStatus.ERROR, "SyntaxError")),
    )  # fmt: skip
    after = merged(BEFORE, broken, ASKED)
    assert told(after) == {
        "t.py::f[1]": TestStatus.ERROR,
        "t.py::f[2]": TestStatus.ERROR,
        "t.py::g": TestStatus.ERROR,
        "u.py::h": TestStatus.PASSED,
    }
    assert {one.message for one in after.cases if one.status is TestStatus.ERROR} == {"SyntaxError"}
    assert [one.id for one in regressions(BEFORE, after)] == ["t.py::f[1]", "t.py::g"]
    assert [one.id for one in regressions(BEFORE, broken)] == ["t.py::f[1]", "t.py::g"]  # run for these tests alone
    assert after.coverage == BEFORE.coverage  # whom the failure concerns is known from the time when it ran


def test_a_case_that_is_not_there_any_more_is_gone_with_what_it_reached() -> None:
    again = suite(case("t.py::f[1]", TestStatus.PASSED), case("t.py::f[9]", TestStatus.PASSED))
    after = merged(BEFORE, again, {"t.py::f[1]", "t.py::f[2]"})
    assert set(told(after)) == {"t.py::f[1]", "t.py::f[9]", "t.py::g", "u.py::h"}
    assert "t.py::f[2]" not in after.coverage
    assert set(told(merged(BEFORE, again, {"t.py::f[1]"}))) == {*told(BEFORE), "t.py::f[9]"}  # nobody asked for it
