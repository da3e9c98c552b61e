"""From what the processes of a suite reported to the result of the suite: no expected test is lost, none invented."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from validation.domain.model import TestCase, TestStatus
from validation.domain.records import Case, Records

OUTSIDE = "outside workspace"
WAITS_FOR = "waits for "
_PLACE_IN_OUTPUT = re.compile(
    r'^(?:E\s+)?(?:File "/work/(?P<file>[^"]+)", line (?P<at>\d+)|(?P<place>[\w./ -]+):(?P<line>\d+): )', re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process of the suite: what it was to run, what it reported, and how it ended."""

    expected: Mapping[str, tuple[str, ...]]  # place of a test file -> ids below it, by place
    records: tuple[Records, ...]  # more than one where the process died and was started again
    died: tuple[Case, ...] = ()  # tests in which it died
    reason: str = ""  # why tests are missing, where they are
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Cases and coverage by plan path."""

    cases: tuple[TestCase, ...]
    coverage: dict[str, dict[str, tuple[int, ...]]]


def assemble(parts: Sequence[Part], *, paths: Mapping[str, str]) -> Outcome:
    """Join the parts. ``paths`` is place -> plan path, used for ids and frames."""
    found: dict[str, TestCase] = {}
    coverage: dict[str, dict[str, tuple[int, ...]]] = {}
    for part in parts:
        for case in _reported(part):
            one = _test_case(case, paths)
            if one.id in found:
                one = _worse(found[one.id], one)
            found[one.id] = one
            if case.lines:
                coverage.setdefault(one.id, {}).update(case.lines)
        for case in _unreported(part, frozenset(c.id.partition("[")[0] for c in _reported(part))):
            one = _test_case(case, paths)
            found.setdefault(one.id, one)
    return Outcome(cases=tuple(found[key] for key in sorted(found)), coverage=coverage)


def _reported(part: Part) -> Iterable[Case]:
    for records in part.records:
        yield from records.cases
    yield from part.died


def _unreported(part: Part, reported: frozenset[str]) -> Iterable[Case]:
    """Cases for expected ids that nobody reported: as their file's collection said, or missing."""
    last = part.records[-1] if part.records else Records()
    collect = {case.id: case for case in last.collect}
    broken = _broken_run(part, last)
    for place, ids in part.expected.items():
        if place in collect and not ids:
            yield collect[place]
        for one in ids:
            if one in reported:
                continue
            parents = (one.rsplit("::", n)[0] for n in range(1, one.count("::") + 1))
            said = next((collect[p] for p in parents if p in collect), None) or broken
            yield _like(said, one) if said else _missing(one, part.reason or "it was expected and did not report")


def _broken_run(part: Part, last: Records) -> Case | None:
    """A run that ended before it collected anything: a ``conftest.py`` that fails, a usage error, an internal error."""
    if last.cases or last.collect or last.code in (None, 0, 1, 5):
        return None
    places = [(m["file"] or m["place"], int(m["at"] or m["line"])) for m in _PLACE_IN_OUTPUT.finditer(part.output)]
    text = "\n".join(part.output.splitlines()[-30:])[-4000:]
    return Case("", "error", 0.0, text or f"pytest ended with code {last.code}", None, tuple(places[-20:]), {})


def _like(said: Case, test_id: str) -> Case:
    return Case(test_id, said.status, 0.0, said.message, said.hole, said.frames, {})


def _missing(test_id: str, reason: str) -> Case:
    return Case(test_id, "missing", 0.0, reason, None, (), {})


def _test_case(case: Case, paths: Mapping[str, str]) -> TestCase:
    place, colons, rest = case.id.partition("::")
    status = TestStatus(case.status) if case.status in set(TestStatus) else TestStatus.ERROR
    message = case.message
    if case.hole and status in (TestStatus.FAILED, TestStatus.ERROR):
        status, message = TestStatus.SKIPPED, WAITS_FOR + case.hole
    frames = tuple((paths.get(frame, frame), line) for frame, line in case.frames)
    test_id = paths.get(place, place) + colons + rest
    return TestCase(id=test_id, status=status, seconds=case.seconds, message=message, frames=frames)


_RANK = [
    TestStatus.PASSED,
    TestStatus.XFAILED,
    TestStatus.SKIPPED,
    TestStatus.MISSING,
    TestStatus.ERROR,
    TestStatus.FAILED,
]


def _worse(one: TestCase, other: TestCase) -> TestCase:
    return max(one, other, key=lambda case: _RANK.index(case.status))


def mark_outside(outcome: Outcome, inside_files: frozenset[str]) -> Outcome:
    """Turn executed tests that touch nothing of the workspace into skipped ones: they prove nothing about it.

    ``inside_files`` are test files that import a source file of the workspace by name; their tests count as inside even
    where they execute no line of a function, for they may look at its constants.
    """

    def judged(case: TestCase) -> TestCase:
        executed = case.status in (TestStatus.PASSED, TestStatus.FAILED, TestStatus.XFAILED)
        touches = case.id in outcome.coverage or case.id.partition("::")[0] in inside_files
        if not executed or touches:
            return case
        return replace(case, status=TestStatus.SKIPPED, message=OUTSIDE)

    return replace(outcome, cases=tuple(judged(case) for case in outcome.cases))
