"""A try is accepted by what ran; a broken test outranks every static score."""

from hypothesis import given
from hypothesis import strategies as st

from execution.domain.subtasks import cut_parts
from execution.domain.tasks import levels
from execution.domain.verdict import affected_tests, of_checks
from validation.domain.model import Check, Level, LevelResult, Status, SuiteResult, TestCase, TestStatus


def result(**statuses: Status) -> LevelResult:
    checks = tuple(Check(name=name, status=status, reason=f"{name} said so") for name, status in statuses.items())
    return LevelResult(level=Level.ATOMIC, scope="a", atom_id="a", checks=checks)


def test_what_did_not_run_is_no_failure_and_scores_nothing() -> None:
    green = of_checks(result(syntax=Status.PASSED, tests=Status.PASSED))
    unknown = of_checks(result(syntax=Status.PASSED, tests=Status.NOT_RUN))
    assert (green.accepted, unknown.accepted) == (True, True)
    assert unknown.score < green.score == 1.0


def test_the_error_that_leads_is_the_first_cause() -> None:
    verdict = of_checks(result(types=Status.FAILED, tests=Status.FAILED, names=Status.FAILED))
    assert not verdict.accepted
    assert verdict.error is not None
    assert verdict.error["category"] == "name"


def test_a_broken_test_refuses_a_try_with_perfect_static_scores() -> None:
    """Race bug 11: a static score of 100 % suppresses the repair of failing tests."""
    broken = (TestCase(id="t.py::test_a", status=TestStatus.FAILED, message="boom"),)
    verdict = of_checks(result(syntax=Status.PASSED, tests=Status.PASSED), regressions=broken)
    assert not verdict.accepted
    assert verdict.error is not None
    assert "t.py::test_a" in verdict.error["message"]


def test_a_candidate_is_judged_by_what_reaches_it_waits_for_it_or_never_got_to_run() -> None:
    suite = SuiteResult(
        digest="d",
        cases=(
            TestCase(id="t::reaches", status=TestStatus.PASSED),
            TestCase(id="t::waits", status=TestStatus.SKIPPED, message="waits for f"),
            TestCase(id="t::waits_for_another", status=TestStatus.SKIPPED, message="waits for g"),
            TestCase(id="t::stuck", status=TestStatus.ERROR),
            TestCase(id="t::fails_elsewhere", status=TestStatus.FAILED),
        ),
        coverage={"t::fails_elsewhere": {"other.py": (1,)}},
        ran=True,
    )
    chosen = affected_tests(
        suite, reaching=frozenset({"t::reaches"}), waits_for=frozenset({"f"}), paths=frozenset({"a.py"})
    )
    assert chosen == {"t::reaches", "t::waits", "t::stuck"}


@given(st.binary(max_size=3000))
def test_parts_of_the_mvp_are_exactly_the_file(text: bytes) -> None:
    parts = cut_parts(text)
    assert b"".join(text[part.start : part.end] for part in parts) == text
    assert all(part.loc <= 25 for part in parts)


@given(st.integers(1, 8).flatmap(lambda n: st.lists(st.tuples(st.integers(0, n), st.integers(0, n)), max_size=20)))
def test_every_task_comes_after_what_it_depends_on(pairs: list[tuple[int, int]]) -> None:
    needs: dict[int, list[int]] = {node: [] for pair in pairs for node in pair}
    for low, high in pairs:
        if low < high:
            needs[high].append(low)
    place = {task: number for number, level in enumerate(levels(needs)) for task in level}
    assert set(place) == set(needs)
    assert all(place[need] < place[task] for task, wanted in needs.items() for need in wanted)
