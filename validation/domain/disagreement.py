"""A test that the model wrote for code that was there already, and that this code does not pass.

Either of the two may be wrong, and nobody has said which. So the test condemns nothing by itself: it counts as not run,
says so, and lowers what other tests are worth for the code that it reached, which brings that nearer to a person.
Passing tests by the model do count, and new code that breaks one of them has changed what the code did.
"""

from collections.abc import Collection
from dataclasses import replace

from validation.domain.model import SuiteResult, TestCase, TestStatus

DISAGREES = "generated test disagrees: "
DOUBTED = 0.75  # what a passed check of tests is still worth where a generated one disagrees: half way to unknown
_BAD = frozenset({TestStatus.FAILED, TestStatus.ERROR})


def disagrees(case: TestCase) -> bool:
    """Whether a case was set aside by :func:`set_aside`."""
    return case.status is TestStatus.SKIPPED and case.message.startswith(DISAGREES)


def disagreeing(suite: SuiteResult) -> frozenset[str]:
    """Ids of the cases that were set aside."""
    return frozenset(case.id for case in suite.cases if disagrees(case))


def of_files(suite: SuiteResult, paths: Collection[str]) -> frozenset[str]:
    """Ids of the failing cases of these test files."""
    return frozenset(c.id for c in suite.cases if c.status in _BAD and c.id.partition("::")[0] in paths)


def set_aside(suite: SuiteResult, ids: Collection[str]) -> SuiteResult:
    """The suite with those of these tests that fail as not run; one that passes by now counts."""
    if not ids:
        return suite
    cases = tuple(
        replace(c, status=TestStatus.SKIPPED, message=DISAGREES + c.message) if c.id in ids and c.status in _BAD else c
        for c in suite.cases
    )
    return replace(suite, cases=cases)


def counted_again(suite: SuiteResult) -> SuiteResult:
    """The suite with what was set aside as failed: where nothing else is measured, leaving it out would flatter."""
    cases = tuple(
        replace(c, status=TestStatus.FAILED, message=c.message.removeprefix(DISAGREES)) if disagrees(c) else c
        for c in suite.cases
    )
    return replace(suite, cases=cases)
