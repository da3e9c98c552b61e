"""Which atoms a failing suite accuses.

Suspiciousness is Ochiai's coefficient over per-test coverage (Abreu, Zoeteweij, van Gemund, 2007):
``failed(a) / sqrt(failed * (failed(a) + passed(a)))``, 0..1. Lines that run when a module is imported belong to no test
and accuse nobody. A failing test names only the most suspicious of the atoms that it reaches, at most ``MAX_TIES``.

Two kinds of evidence correct the score, which alone prefers code that runs in failing tests only. An exception that
came up through the workspace names the atom that raised it: most bugs are mended in a function of the stack trace
(Schroeter, Bettenburg, Premraj, 2010). A reached atom with a likely-bug pattern of the linter is named beside the top.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validation.domain.model import SuiteResult, TestCase, TestStatus
from validation.domain.static import BUG_PATTERNS, StaticCheck, StaticReport

MAX_TIES = 5
RAISER_SHARE = 0.4  # a raiser that is this suspicious, against the top score, is named alone
Span = tuple[str, int, int]  # atom id, first and last line


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """By atom id. ``culprits`` and ``reaching`` hold test ids; ``suspiciousness`` only what a failure reaches."""

    suspiciousness: dict[str, float]
    culprits: dict[str, tuple[str, ...]]
    reaching: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Failure:
    case: TestCase
    atoms: tuple[str, ...]  # reached, or where the error itself lies
    frames: tuple[str, ...]  # atoms on the traceback, deepest first


def blame(
    suite: SuiteResult,
    spans: Mapping[str, Sequence[Span]],
    changed: frozenset[str] | None = None,
    patterns: frozenset[str] = frozenset(),
) -> Blame:
    """Accuse atoms of the failures in ``suite``.

    ``changed`` atoms, where given, win ties over unchanged ones. ``patterns`` are atoms with a likely-bug pattern.
    """
    places = {path: sorted(found, key=lambda s: (s[1], s[2])) for path, found in spans.items()}
    reached = {case.id: _reached(suite.coverage.get(case.id, {}), places) for case in suite.cases}
    failed_cases = [c for c in suite.cases if c.status in (TestStatus.FAILED, TestStatus.ERROR)]
    failures = [_failure(case, reached[case.id], places) for case in failed_cases]
    passed: dict[str, int] = defaultdict(int)
    for case in suite.cases:
        if case.status is TestStatus.PASSED:
            for atom in reached[case.id]:
                passed[atom] += 1
    scores = _ochiai(failures, passed)
    culprits: dict[str, list[str]] = defaultdict(list)
    for failure in failures:
        named = _accused(failure, scores, passed, changed or frozenset())
        beside = [atom for atom in failure.atoms if atom in patterns and atom not in named]
        for atom in (*named, *beside)[:MAX_TIES]:
            culprits[atom].append(failure.case.id)
    reaching: dict[str, list[str]] = defaultdict(list)
    executed = (TestStatus.PASSED, TestStatus.FAILED, TestStatus.ERROR)
    for case in suite.cases:
        for atom in reached[case.id] if case.status in executed else ():
            reaching[atom].append(case.id)
    return Blame(
        suspiciousness=scores,
        culprits={atom: tuple(ids) for atom, ids in culprits.items()},
        reaching={atom: tuple(ids) for atom, ids in reaching.items()},
    )


def pattern_atoms(static: StaticReport, spans: Mapping[str, Sequence[Span]]) -> frozenset[str]:
    """Atoms in which the linter found a pattern that is seldom meant."""
    found = static.findings.get(StaticCheck.NAMES, {})
    lines = {path: [o.finding.line for o in here if o.finding.code in BUG_PATTERNS] for path, here in found.items()}
    return frozenset(
        atom
        for path, numbers in lines.items()
        for atom, first, last in spans.get(path, ())
        if any(first <= number <= last for number in numbers)
    )


def _reached(coverage: Mapping[str, Sequence[int]], places: Mapping[str, Sequence[Span]]) -> frozenset[str]:
    found: set[str] = set()
    for path, lines in coverage.items():
        for atom, first, last in places.get(path, ()):
            index = bisect_left(lines, first)
            if index < len(lines) and lines[index] <= last:
                found.add(atom)
    return frozenset(found)


def _failure(case: TestCase, reached: frozenset[str], places: Mapping[str, Sequence[Span]]) -> _Failure:
    """What a failing test can accuse: what it reached; without coverage (collection, import), the error's own place."""
    frames: list[str] = []
    for path, line in reversed(case.frames):
        known = places.get(path, ())
        at = min(line, max((last for _, _, last in known), default=line))  # an error at the end lies behind the end
        frames += [atom for atom, first, last in known if first <= at <= last]
    ordered = tuple(dict.fromkeys(frames))
    atoms = tuple(sorted(reached)) if reached else ordered[:1]
    return _Failure(case, atoms, ordered)


def _ochiai(failures: Sequence[_Failure], passed: Mapping[str, int]) -> dict[str, float]:
    hits: dict[str, int] = defaultdict(int)
    for failure in failures:
        for atom in failure.atoms:
            hits[atom] += 1
    return {atom: hit / math.sqrt(len(failures) * (hit + passed.get(atom, 0))) for atom, hit in hits.items()}


def _accused(
    failure: _Failure, scores: Mapping[str, float], passed: Mapping[str, int], changed: frozenset[str]
) -> tuple[str, ...]:
    """The top of those that the test reached. More than MAX_TIES equals are told apart, then cut.

    Told apart by: changed since a green run; nearness to the end of the traceback; fewer passing tests; id.
    """
    if not failure.atoms:
        return ()
    best = max(scores[atom] for atom in failure.atoms)
    top = [atom for atom in failure.atoms if math.isclose(scores[atom], best)]
    if changed & set(top):
        top = [atom for atom in top if atom in changed]
    raiser = next((atom for atom in failure.frames if atom in scores), None)
    if raiser is not None and raiser not in top and not set(top) & set(failure.frames):
        return (raiser,) if scores[raiser] >= best * RAISER_SHARE else (*top[: MAX_TIES - 1], raiser)
    if len(top) <= MAX_TIES:
        return tuple(top)
    near = {atom: place for place, atom in enumerate(failure.frames)}
    top.sort(key=lambda atom: (near.get(atom, len(near)), passed.get(atom, 0), atom))
    return tuple(top[:MAX_TIES])


def ranking(found: Blame) -> tuple[str, ...]:
    """Atoms from the most to the least accused: culprits by the failures that name them, then suspiciousness."""
    named = {atom: len(tests) for atom, tests in found.culprits.items()}
    atoms = {*named, *found.suspiciousness}
    return tuple(sorted(atoms, key=lambda a: (a not in named, -found.suspiciousness.get(a, 0.0), -named.get(a, 0), a)))
