"""Which tests of the current suite run reach an atom, and how they ended."""

import functools
import json
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from execution.models import RunAtom
from review.selectors.place import Place
from validation.domain.model import TestStatus
from validation.models import SuiteRun

BAD = frozenset({TestStatus.FAILED, TestStatus.ERROR, TestStatus.MISSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachingTest:
    """A test that executes lines of the atom."""

    id: str
    status: str
    message: str


def tests_of(atom: RunAtom, place: Place) -> list[ReachingTest]:
    """Tests that reach the atom in the suite run that holds for its run now: the failing ones first, then by id."""
    newest = SuiteRun.objects.filter(run_id=atom.run_id, ran=True).order_by("-current_at", "-pk")
    known = newest.values_list("pk", "created_at").first()
    if known is None:
        return []
    suite = _indexed(*known)
    found = [
        suite.tests[n] for n, lines in suite.by_path.get(atom.path, ()) if _touches(lines, place.first, place.last)
    ]
    return sorted(found, key=lambda test: (test.status not in BAD, test.id))


@dataclass(frozen=True, slots=True)
class _Suite:
    tests: tuple[ReachingTest, ...]
    by_path: Mapping[str, tuple[tuple[int, "array[int]"], ...]]  # path -> (number of the test, sorted lines)


@functools.lru_cache(maxsize=4)
def _indexed(suite_id: int, created_at: datetime) -> _Suite:
    """A stored suite run by path. Rows never change; the moment guards against an id that is given out again."""
    row = SuiteRun.objects.only("cases", "coverage").get(pk=suite_id, created_at=created_at)
    tests = tuple(
        ReachingTest(id=case["id"], status=case["status"], message=case.get("message", "")) for case in row.cases
    )
    number = {test.id: n for n, test in enumerate(tests)}
    by_path: dict[str, list[tuple[int, array[int]]]] = {}
    for test_id, files in json.loads(zlib.decompress(row.coverage)).items():
        if test_id in number:
            for path, lines in files.items():
                by_path.setdefault(path, []).append((number[test_id], array("I", sorted(lines))))
    return _Suite(tests=tests, by_path={path: tuple(found) for path, found in by_path.items()})


def _touches(lines: "array[int]", first: int, last: int) -> bool:
    place = bisect_left(lines, first)
    return place < len(lines) and lines[place] <= last
