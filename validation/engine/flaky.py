"""Tells tests that fail by chance from tests that fail.

Failing tests run once more alone. One that passes then runs a third time in the company it had: failing there again,
it hangs on the tests before it, which is a defect and stays a failure; passing, it is flaky: it counts as not run, says
so, and accuses nobody.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from validation.domain.model import SuiteResult, TestCase, TestStatus

MAX_FAILING = 10  # more failures at once are no chance
MAX_SECONDS = 20.0  # of a first run whose tests are tried again
FLAKY = "flaky: "
RED = (TestStatus.FAILED, TestStatus.ERROR)
Rerun = Callable[[Sequence[str], bool], Sequence[TestCase]]


def settle_flaky(result: SuiteResult, rerun: Rerun, *, ends: float) -> SuiteResult:
    """Return the result with flaky tests as skipped ones.

    ``rerun`` runs tests by id again: alone, or (True) with all those that shared their process. Nothing is tried where
    too much failed, where it took too long, or where less than half of the time is left by ``ends`` (monotonic).
    """
    red = {case.id: case for case in result.cases if case.status in RED and case.seconds > 0}  # 0: it never loaded
    spent = sum(case.seconds for case in red.values())
    if not red or len(red) > MAX_FAILING or spent > MAX_SECONDS or ends - time.monotonic() < 2 * result.seconds + 1:
        return result
    alone = {case.id for case in rerun(sorted(red), False) if case.status is TestStatus.PASSED} & red.keys()
    if not alone:
        return result
    again = {case.id for case in rerun(sorted(alone), True) if case.status is TestStatus.PASSED} & alone
    return replace(result, cases=tuple(_judged(case, alone, again) for case in result.cases))


def _judged(case: TestCase, alone: set[str], again: set[str]) -> TestCase:
    if case.id in again:
        told = f"{FLAKY}failed once and passed twice when it ran again\n{case.message}"
        return replace(case, status=TestStatus.SKIPPED, message=told)
    if case.id in alone:
        return replace(case, message=f"{case.message}\nit passes alone: it hangs on the tests that run before it")
    return case
