"""From the checks of level 1 to one verdict on a try: accepted or not, how good, and the error that leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from validation.domain.model import Check, LevelResult, Status, SuiteResult, TestCase, TestStatus

_CATEGORY = {
    "syntax": "syntax",
    "names": "name",
    "types": "type",
    "tests": "test_failure",
    "generated_tests": "test_failure",
}
_ORDER = ("syntax", "names", "tests", "generated_tests", "types")
_BAD = frozenset({TestStatus.FAILED, TestStatus.ERROR, TestStatus.MISSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``score`` is 0..1, for keeping the best try: the share of applicable checks passed, tests twice."""

    accepted: bool
    score: float
    error: Mapping[str, Any] | None


def of_checks(result: LevelResult, *, regressions: tuple[TestCase, ...] = ()) -> Verdict:
    """Judge one try by its level-1 result and by the tests that it broke.

    A static score never outranks a failed execution: a broken test refuses a try whatever the other checks say.
    """
    failed = [check for check in result.checks if check.status is Status.FAILED]
    score = _score(result, broken=bool(regressions))
    if regressions:
        return Verdict(accepted=False, score=score, error=_test_error(regressions[0], len(regressions)))
    if not failed:
        return Verdict(accepted=True, score=score, error=None)
    return Verdict(accepted=False, score=score, error=error_of(min(failed, key=_rank)))


def _rank(check: Check) -> int:
    return _ORDER.index(check.name) if check.name in _ORDER else len(_ORDER)


def _score(result: LevelResult, *, broken: bool) -> float:
    applicable = [check for check in result.checks if check.status is not Status.NOT_APPLICABLE]
    weights = [2.0 if check.name == "tests" else 1.0 for check in applicable]
    gained = sum(w for check, w in zip(applicable, weights, strict=True) if check.status is Status.PASSED)
    return (gained / sum(weights) if weights else 1.0) * (0.5 if broken else 1.0)


def error_of(check: Check) -> dict[str, Any]:
    """The error of a failed check in the form that feedback and people get."""
    first = check.findings[0] if check.findings else None
    return {
        "category": _CATEGORY.get(check.name, check.name),
        "check": check.name,
        "message": (first.message if first else "") or check.reason or f"the check {check.name} failed",
        "path": first.path if first else None,
        "line": first.line if first else None,
        "code": first.code if first else None,
        "output": check.evidence.output[:4000],
    }


def error_of_test(case: TestCase) -> dict[str, Any]:
    """The error of a test that passed with the drafts, in the form that feedback and people get."""
    return _test_error(case, 1)


def _test_error(case: TestCase, more: int) -> dict[str, Any]:
    others = f" (and {more - 1} more that passed before)" if more > 1 else ""
    return {
        "category": "test_error" if case.status is TestStatus.ERROR else "test_failure",
        "check": "tests",
        "message": f"{case.id} passed with the code before and fails now{others}: {case.message[:2000]}",
        "path": None,
        "line": None,
        "code": None,
        "output": case.message[:4000],
    }


def affected_tests(
    suite: SuiteResult, *, reaching: frozenset[str], waits_for: frozenset[str], paths: frozenset[str]
) -> frozenset[str]:
    """The tests that judge a candidate.

    Those that reach the atom, those that wait for one of its symbols, and failing tests that never got as far as any
    code of the workspace (their file could not be collected), for the candidate may be what they lack.
    """
    waiting = {
        case.id
        for case in suite.cases
        if case.message.startswith("waits for ") and case.message.removeprefix("waits for ").strip() in waits_for
    }
    stuck = {c.id for c in suite.cases if c.status in _BAD and not set(suite.coverage.get(c.id, {})) - paths}
    return reaching | waiting | frozenset(stuck)
