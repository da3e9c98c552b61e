"""Which repairs to try, and in which order."""

import math
from collections.abc import Collection, Mapping, Sequence

from review.domain.repairs.edits import Repair
from validation.domain.model import SuiteResult, TestStatus

_BAD = (TestStatus.FAILED, TestStatus.ERROR)


def line_suspicion(suite: SuiteResult, path: str, failing: Collection[str]) -> dict[int, float]:
    """Ochiai of each line of a file that one of the named failing tests ran, 0..1, against all tests that pass."""
    failed: dict[int, int] = {}
    passed: dict[int, int] = {}
    status = {case.id: case.status for case in suite.cases}
    for test, files in suite.coverage.items():
        lines = files.get(path, ())
        if test in failing:
            for line in lines:
                failed[line] = failed.get(line, 0) + 1
        elif status.get(test) is TestStatus.PASSED:
            for line in lines:
                passed[line] = passed.get(line, 0) + 1
    total = max(1, len(failing))
    return {line: hit / math.sqrt(total * (hit + passed.get(line, 0))) for line, hit in failed.items()}


def ranked(found: Sequence[Repair], suspicion: Mapping[int, float], *, limit: int) -> list[Repair]:
    """The repairs of lines that a failing test executes, the most likely first, at most ``limit``.

    A statement of several lines is as suspicious as its worst line. Where no line is known (a test that failed to load
    its code), every line counts alike.
    """

    def weight(repair: Repair) -> float:
        lines = range(repair.statement, repair.line + 1)
        return max((suspicion.get(line, 0.0) for line in lines), default=0.0) if suspicion else 1.0

    weighed = [(weight(repair) * repair.prior, repair) for repair in found]
    likely = sorted((pair for pair in weighed if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].start, pair[1].text))
    return [repair for _, repair in likely[:limit]]
