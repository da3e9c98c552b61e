"""Which tests judge new code the strict way, and what their answers mean for its check. Pure.

Strict: the tests in one sandbox, the code in another. Such a pass cannot be forged; any other is marked.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from kernel.errors import MgeError
from validation.domain.model import Check, Finding, LevelResult, Status, SuiteResult, TestStatus

MOST_TESTS = 24  # functions for one candidate, those that say most about it first
FORGERY = "forgery"  # name of the scan's check; its findings alone send an atom to review
SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StrictRun:
    """What the strict way said. Tests are named without parameters.

    ``proven`` passed, and their controls failed as they must. ``failed`` did not, with messages. ``why_not``: tests
    that could not be judged so. ``reason``: why none was.
    """

    proven: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)
    why_not: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0


class Case(Protocol):
    """One judgement about to be made: the test files that take part by place, and why other tests do not."""

    twins: dict[str, str]
    why_not: dict[str, str]

    def judge(self, seconds: float, began: float) -> StrictRun: ...


def judged(prepare: Callable[[], Case], *, seconds: float) -> StrictRun:
    """Prepare a case and judge it for at most ``seconds``. What cannot be judged so is told, never guessed."""
    began = time.monotonic()
    try:
        case = prepare()
        if not case.twins:
            return StrictRun(why_not=case.why_not, reason="" if case.why_not else "no tests that can be parsed")
        return case.judge(seconds, began)
    except MgeError as error:
        return StrictRun(reason=error.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an atom lies: a file by its plan path, first and last line, 1-based."""

    path: str
    first: int
    last: int


def function_of(test: str) -> str:
    """The id of a test without its parameters."""
    return test.partition("[")[0]


def closest(suite: SuiteResult, reaching: Collection[str]) -> list[str]:
    """The passing tests among ``reaching``, as functions, those that execute least beside the atom first."""
    passed = {case.id for case in suite.cases if case.status is TestStatus.PASSED}
    sizes: dict[str, int] = {}
    for test in reaching:
        size = sum(len(lines) for lines in suite.coverage.get(test, {}).values())
        if test in passed:
            sizes[function_of(test)] = min(size, sizes.get(function_of(test), size))
    return sorted(sizes, key=lambda name: (sizes[name], name))


def reached(suite: SuiteResult, reaching: Collection[str], place: Place, only: Collection[str] | None) -> set[int]:
    """The lines of an atom that tests execute; with ``only``, those of these functions."""
    return {
        line
        for test in reaching
        if only is None or function_of(test) in only
        for line in suite.coverage.get(test, {}).get(place.path, ())
        if place.first <= line <= place.last
    }


def with_strictness(
    result: LevelResult, strict: StrictRun, suite: SuiteResult, *, reaching: Collection[str], place: Place
) -> LevelResult:
    """Level 1 of new code with what the strict way says of its tests: which way was used, and why not the other."""
    return replace(
        result,
        checks=tuple(_judged(c, strict, suite, reaching, place) if c.name == "tests" else c for c in result.checks),
        seconds=result.seconds + strict.seconds,
    )


def _judged(check: Check, strict: StrictRun, suite: SuiteResult, reaching: Collection[str], place: Place) -> Check:
    if check.status is not Status.PASSED:
        return check
    mine = {function_of(test) for test in reaching}
    failed = {test: strict.failed[test] for test in sorted(mine & strict.failed.keys())}
    if failed:
        first, message = next(iter(failed.items()))
        reason = f"passes beside its tests, and fails apart from them, where it cannot see them: {', '.join(failed)}"
        evidence = replace(check.evidence, output=f"{first}: judged the strict way\n{message}"[:4000])
        return replace(check, status=Status.FAILED, value=0.0, reason=reason, evidence=evidence, forgeable=False)
    proven = mine & strict.proven
    if proven and reached(suite, reaching, place, proven) == reached(suite, reaching, place, None):
        way = f"judged the strict way by {len(proven)} of {len(mine)} tests, with controls: nothing to forge"
        return replace(check, forgeable=False, reason=f"{check.reason}; {way}")
    return replace(check, forgeable=True, reason=f"{check.reason}; {_why(strict, mine, len(proven))}")


def _why(strict: StrictRun, mine: Collection[str], proven: int) -> str:
    whys = sorted({strict.why_not[test] for test in mine if test in strict.why_not})
    why = strict.reason or "; ".join(whys[:SHOWN]) or "its other tests reach lines that these do not"
    way = f"{proven} of {len(mine)} tests judged the strict way, the rest" if proven else "tests"
    return f"{way} hardened in one process with the code: {why}"


def with_scan(result: LevelResult, findings: Collection[Finding]) -> LevelResult:
    """Level 1 of new code with what the scan for forgery found. A signal for review: it fails nothing."""
    shown = tuple(findings)[:20]
    reason = f"for a person to look at: {shown[0].message}" if shown else ""
    check = Check(name=FORGERY, status=Status.PASSED, reason=reason, findings=shown, value=0.0 if shown else None)
    return replace(result, checks=(*(c for c in result.checks if c.name != FORGERY), check))
