"""Tells tests that fail by chance, or because they are watched, from tests that fail.

Failing tests run once more, alone and with nothing watching them. One that was only too slow while it was watched, and
passes now, has passed. Of the others, one that passes now runs a third time in the company it had: failing there again,
it hangs on the tests before it, which is a defect and stays a failure. Passing there too, it runs alone once more as it
ran at first: failing again, it cannot bear to be watched (some count references, some compare frames), which says
nothing against the code, and it has passed; passing, it is flaky: it counts as not run, says so, and accuses nobody.
"""

import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from enum import StrEnum

from validation.domain.model import SuiteResult, TestCase, TestStatus

MAX_FAILING = 10  # more failures at once are no chance
MAX_SECONDS = 20.0  # of a first run whose tests are tried again; those that were stopped for their time apart
FLAKY = "flaky: "
RED = (TestStatus.FAILED, TestStatus.ERROR)
_STOPPED = re.compile(r"TestTimeout: the test took longer than|test timed out after \d+ ?ms")


class Way(StrEnum):
    """How tests run again."""

    ALONE = "alone"  # nothing watches them
    COMPANY = "company"  # with all that shared their process, nothing watches them
    WATCHED = "watched"  # alone, as they ran at first


Rerun = Callable[[Sequence[str], Way], Sequence[TestCase]]


def settle_flaky(result: SuiteResult, rerun: Rerun, *, ends: float, watched: bool = True) -> SuiteResult:
    """Return the result with flaky tests as skipped ones, and as passed what failed only for being watched.

    ``watched``: the first run measured coverage or recorded calls. Nothing is tried where too much failed, where it
    took too long, or where less than half of the time is left by ``ends`` (monotonic).
    """
    red = {case.id: case for case in result.cases if case.status in RED and case.seconds > 0}  # 0: it never loaded
    stopped = {case.id for case in red.values() if _STOPPED.search(case.message)}
    spent = sum(case.seconds for case in red.values() if case.id not in stopped)
    if not red or len(red) > MAX_FAILING or spent > MAX_SECONDS or ends - time.monotonic() < 2 * result.seconds + 1:
        return result

    def passes(ids: Collection[str], way: Way) -> set[str]:
        found = rerun(sorted(ids), way) if ids else ()
        return {case.id for case in found if case.status is TestStatus.PASSED} & set(ids)

    alone = passes(red.keys(), Way.ALONE)
    again = passes(alone - stopped, Way.COMPANY)
    chance = passes(again, Way.WATCHED) if watched else again
    notes = {
        **dict.fromkeys(alone & stopped, "it passes when nothing watches it: watched, it was stopped for its time"),
        **dict.fromkeys(again - chance, "it passes when nothing watches it, and fails each time while it is watched"),
    }
    hangs = alone - stopped - again
    return replace(result, cases=tuple(_judged(case, notes, chance, hangs) for case in result.cases))


def _judged(case: TestCase, notes: dict[str, str], chance: set[str], hangs: set[str]) -> TestCase:
    if case.id in notes:
        return replace(case, status=TestStatus.PASSED, message=notes[case.id], frames=())
    if case.id in chance:
        told = f"{FLAKY}failed once and passed when it ran again\n{case.message}"
        return replace(case, status=TestStatus.SKIPPED, message=told)
    if case.id in hangs:
        return replace(case, message=f"{case.message}\nit passes alone: it hangs on the tests that run before it")
    return case
