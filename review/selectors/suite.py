"""Which tests of the newest suite run reach an atom, and how they ended."""

import functools
import json
import uuid
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from execution.models import RunAtom
from review.selectors.drafts import draft_texts
from validation.domain.model import TestStatus
from validation.models import SuiteRun

BAD = frozenset({TestStatus.FAILED, TestStatus.ERROR, TestStatus.MISSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachingTest:
    """A test that executes lines of the atom."""

    id: str
    status: str
    message: str


def tests_of(atom: RunAtom) -> list[ReachingTest]:
    """Tests that reach the atom in the newest suite run of its run: the failing ones first, then by id."""
    newest = SuiteRun.objects.filter(run_id=atom.run_id, ran=True).order_by("-created_at", "-pk")
    suite_id = newest.values_list("pk", flat=True).first()
    if suite_id is None:
        return []
    first, last = span_of(atom)
    suite = _indexed(suite_id)
    found = [suite.tests[n] for n, lines in suite.by_path.get(atom.path, ()) if _touches(lines, first, last)]
    return sorted(found, key=lambda test: (test.status not in BAD, test.id))


def span_of(atom: RunAtom) -> tuple[int, int]:
    """First and last line of the atom in its file as it stands in the run: accepted code above it moves it."""
    changed = RunAtom.objects.filter(
        run_id=atom.run_id, task_id=atom.task_id, position__lte=atom.position, code__isnull=False
    )
    codes: dict[uuid.UUID, str | None] = dict(changed.values_list("atom_id", "code"))
    drafts = draft_texts(list(codes))
    grown = {i: (code or "").count("\n") - drafts.get(i, "").count("\n") for i, code in codes.items()}
    own = grown.pop(atom.atom_id, 0)
    shift = sum(grown.values())
    first = atom.start_line + shift
    return first, max(first, atom.end_line + shift + own)


@dataclass(frozen=True, slots=True)
class _Suite:
    tests: tuple[ReachingTest, ...]
    by_path: Mapping[str, tuple[tuple[int, "array[int]"], ...]]  # path -> (number of the test, sorted lines)


@functools.lru_cache(maxsize=4)
def _indexed(suite_id: int) -> _Suite:
    """A stored suite run by path; rows are never changed, so the copy in memory cannot grow stale."""
    row = SuiteRun.objects.only("cases", "coverage").get(pk=suite_id)
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
