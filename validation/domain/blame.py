"""Which atoms a failing suite accuses.

Suspiciousness is Ochiai's coefficient over per-test coverage (Abreu, Zoeteweij, van Gemund, 2007), of each line:
``failed(l) / sqrt(failed * (failed(l) + passed(l)))``, 0..1; an atom is as suspicious as its worst line, for passing
tests often go through another branch of it. Lines that run when a module is imported belong to no test and accuse
nobody. A failing test names only the most suspicious of the atoms that it reaches, at most ``MAX_TIES``.

Other evidence corrects the score, which ties often. Atoms on the stack trace of an exception count more, the
raiser most: most bugs are mended in a function of the trace (Schroeter, Bettenburg, Premraj, 2010). What every failure
goes through counts more: where there is but one bug, its place is there (Naish, Lee, Ramamohanarao, 2011). Of equals
the one with more lines as suspicious as its worst leads, then the one with more executed lines: it has more places to
be wrong. A reached atom with a likely-bug pattern is named beside the top. The weights are those that ranked best in
``bench validation``.

There may be more bugs than one. So the second of the ranking is the first of those failures that the leader does not
explain, because it is not reached by them, and so on (Jones, Bowring, Harrold, 2007); who explains nothing new follows.

Ochiai ranks, and its height says little: where many tests pass through it, the worst line of a failure may have 0.2.
What others see is therefore the part that an atom has of the highest score among all that the same failure reaches.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from validation.domain.model import SuiteResult, TestCase, TestStatus
from validation.domain.static import BUG_PATTERNS, StaticCheck, StaticReport

MAX_TIES = 5
RAISER = 0.05  # added to the score of the atom that raised, in the share of failures in which it did
CALLER = 0.2  # the callers above it get the powers 2, 3, ... of this
EVERY = 0.2  # added to the score of what every failure reaches
LEADERS = 4  # how many bugs are looked for one after the other
Span = tuple[str, int, int]  # atom id, first and last line


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """By atom id. ``culprits`` and ``reaching`` hold test ids; ``suspiciousness`` only what a failure reaches.

    ``order``: what a failure reaches, from the most to the least accused.
    """

    suspiciousness: dict[str, float]
    culprits: dict[str, tuple[str, ...]]
    reaching: dict[str, tuple[str, ...]]
    order: tuple[str, ...] = ()


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
    before: frozenset[str] = frozenset(),
) -> Blame:
    """Accuse atoms of the failures in ``suite``.

    ``changed`` atoms, where given, win ties over unchanged ones. ``patterns`` are atoms with a likely-bug pattern.
    ``before``: tests that failed before the code changed. They have causes of their own and accuse apart from the
    others; whom they accuse follows in the order.
    """
    places = {path: sorted(found, key=lambda s: (s[1], s[2])) for path, found in spans.items()}
    reached = {case.id: _reached(suite.coverage.get(case.id, {}), places) for case in suite.cases}
    failed_cases = [c for c in suite.cases if c.status in (TestStatus.FAILED, TestStatus.ERROR)]
    failures = [one for case in failed_cases if (one := _failure(case, reached[case.id], places)).atoms]
    passed = _passed_lines(suite, failures)
    culprits: dict[str, list[str]] = defaultdict(list)
    suspiciousness: dict[str, float] = {}
    order: dict[str, None] = {}
    for group in ([f for f in failures if (f.case.id in before) is old] for old in (False, True)):
        standing = _standing(suite, group, passed, places)
        named = _name(group, standing, changed or frozenset(), patterns, culprits)
        for atom, part in {**_beside_the_worst(group, standing), **dict.fromkeys(named, 1.0)}.items():
            suspiciousness[atom] = max(part, suspiciousness.get(atom, 0.0))
        ordered = _in_order(group, standing, culprits, lambda left: _standing(suite, left, passed, places))
        order.update(dict.fromkeys(ordered))
    reaching: dict[str, list[str]] = defaultdict(list)
    executed = (TestStatus.PASSED, TestStatus.FAILED, TestStatus.ERROR)
    for case in suite.cases:
        for atom in reached[case.id] if case.status in executed else ():
            reaching[atom].append(case.id)
    return Blame(
        suspiciousness=suspiciousness,
        culprits={atom: tuple(ids) for atom, ids in culprits.items()},
        reaching={atom: tuple(ids) for atom, ids in reaching.items()},
        order=tuple(order),
    )


def _name(
    failures: Sequence[_Failure], standing: "_Standing", changed: frozenset[str], patterns: frozenset[str],
    culprits: dict[str, list[str]],
) -> set[str]:  # fmt: skip
    """Add to ``culprits`` whom each failure names; return who leads one of them."""
    leaders: set[str] = set()
    for failure in failures:
        named = _accused(failure, standing, changed)
        leaders.update(named[:1])
        beside = [atom for atom in failure.atoms if atom in patterns and atom not in named]
        for atom in (*named, *beside)[:MAX_TIES]:
            culprits[atom].append(failure.case.id)
    return leaders


def failed_tests(suite: SuiteResult) -> frozenset[str]:
    """The tests of a suite that failed, as :func:`blame` takes them of the code before."""
    return frozenset(case.id for case in suite.cases if case.status in (TestStatus.FAILED, TestStatus.ERROR))


def pattern_atoms(static: StaticReport, spans: Mapping[str, Sequence[Span]]) -> frozenset[str]:
    """Atoms in which the linter found a pattern that is seldom meant."""
    lines: dict[str, list[int]] = defaultdict(list)
    for kind in (StaticCheck.NAMES, StaticCheck.TYPES):
        for path, here in static.findings.get(kind, {}).items():
            lines[path] += [one.finding.line for one in here if one.finding.code in BUG_PATTERNS]
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


@dataclass(frozen=True, slots=True)
class _Standing:
    """How each atom that a failure reaches stands: its worst line, its part in stack traces, lines executed by it.

    ``worst``: how many lines are as suspicious as its worst. ``every``: atoms that all failures reach.
    """

    ochiai: dict[str, float]
    trace: dict[str, float]
    lines: dict[str, int]
    worst: dict[str, int]
    every: frozenset[str]

    def score(self, atom: str) -> float:
        return round(self.ochiai[atom] + self.trace.get(atom, 0.0) + EVERY * (atom in self.every), 9)

    def rank(self, atom: str) -> tuple[float, int, int, str]:
        return (-self.score(atom), -self.worst.get(atom, 0), -self.lines.get(atom, 0), atom)


def _passed_lines(suite: SuiteResult, failures: Sequence[_Failure]) -> dict[tuple[str, int], int]:
    """How many passing tests execute each line of the files that failures touch."""
    touched = {path for failure in failures for path in suite.coverage.get(failure.case.id, ())}
    passed: dict[tuple[str, int], int] = defaultdict(int)
    for case in suite.cases if touched else ():
        if case.status is TestStatus.PASSED:
            for path, lines in suite.coverage.get(case.id, {}).items():
                for line in lines if path in touched else ():
                    passed[path, line] += 1
    return passed


def _standing(
    suite: SuiteResult, failures: Sequence[_Failure], passed: Mapping[tuple[str, int], int],
    places: Mapping[str, Sequence[Span]],
) -> _Standing:  # fmt: skip
    failed: dict[tuple[str, int], int] = defaultdict(int)
    for failure in failures:
        for path, lines in suite.coverage.get(failure.case.id, {}).items():
            for line in lines:
                failed[path, line] += 1
    every = frozenset[str].intersection(*(frozenset(one.atoms) for one in failures)) if failures else frozenset[str]()
    standing = _Standing({}, _traces(failures), defaultdict(int), defaultdict(int), every)
    for failure in failures:  # what has no coverage, because it failed to load, is certain
        standing.ochiai.update(dict.fromkeys(failure.atoms, 0.0))
    uncovered = [f for f in failures if f.case.id not in suite.coverage]
    for atom in (atom for failure in uncovered for atom in failure.atoms):
        standing.ochiai[atom] += 1 / len(failures)
    for (path, line), hit in failed.items():
        value = hit / math.sqrt(len(failures) * (hit + passed.get((path, line), 0)))
        for atom in _at(places.get(path, ()), line):
            standing.lines[atom] += 1
            if math.isclose(value, standing.ochiai[atom]):
                standing.worst[atom] += 1
            elif value > standing.ochiai[atom]:
                standing.ochiai[atom], standing.worst[atom] = value, 1
    return standing


def _in_order(
    failures: Sequence[_Failure], standing: _Standing, culprits: Collection[str],
    again: Callable[[Sequence[_Failure]], _Standing],
) -> tuple[str, ...]:  # fmt: skip
    """The accused before the others: first who leads each group of failures that those before do not explain."""
    leaders: list[str] = []
    left, now = list(failures), standing
    while left and len(leaders) < LEADERS:
        leader = min(now.ochiai, key=lambda atom: (atom not in culprits, *now.rank(atom)))
        leaders.append(leader)
        left = [failure for failure in left if leader not in failure.atoms]
        now = again(left)
    rest = (atom for atom in standing.ochiai if atom not in leaders)
    return (*leaders, *sorted(rest, key=lambda atom: (atom not in culprits, *standing.rank(atom))))


def _beside_the_worst(failures: Sequence[_Failure], standing: _Standing) -> dict[str, float]:
    """Suspiciousness by atom: its part of the worst score that a failure reaching both has, the highest such part."""
    found = dict.fromkeys(standing.ochiai, 0.0)
    for failure in failures:
        worst = max(standing.ochiai[atom] for atom in failure.atoms)
        for atom in failure.atoms if worst > 0 else ():
            found[atom] = max(found[atom], standing.ochiai[atom] / worst)
    return found


def _at(spans: Sequence[Span], line: int) -> list[str]:
    """Atoms that hold a line; ``spans`` is sorted by first lines, and only neighbours share one."""
    end = bisect_right(spans, line, key=lambda span: span[1])
    return [atom for atom, _, last in spans[max(0, end - 8) : end] if line <= last]


def _traces(failures: Sequence[_Failure]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for failure in failures:
        for depth, atom in enumerate(failure.frames):
            found[atom] += (CALLER ** (depth + 1) if depth else RAISER) / len(failures)
    return found


def _accused(failure: _Failure, standing: _Standing, changed: frozenset[str]) -> tuple[str, ...]:
    """The top of those that the test reached, at most MAX_TIES; changed atoms win ties of suspiciousness."""
    worst = max(standing.ochiai[atom] for atom in failure.atoms)
    suspects = changed & {atom for atom in failure.atoms if math.isclose(standing.ochiai[atom], worst)}
    atoms = sorted(suspects or failure.atoms, key=standing.rank)
    worst = max(standing.ochiai[atom] for atom in atoms)
    top = [atom for atom in atoms if atom == atoms[0] or math.isclose(standing.ochiai[atom], worst)]
    return tuple(top[:MAX_TIES])


def confirmed(found: Blame, named: Mapping[str, Sequence[str]]) -> Blame:
    """Put whom bisection found for some failing tests (test -> atoms) in place of whom suspicion names for them.

    A test for which bisection found nobody keeps those whom suspicion names. Found ones are certain: suspiciousness 1.
    """
    sure = {test: tuple(atoms) for test, atoms in named.items() if atoms}
    culprits: dict[str, list[str]] = defaultdict(list)
    for atom, tests in found.culprits.items():
        culprits[atom] += [test for test in tests if test not in sure]
    for test, atoms in sure.items():
        for atom in atoms:
            culprits[atom].append(test)
    kept = {atom: tuple(tests) for atom, tests in culprits.items() if tests}
    certain = {atom for atoms in sure.values() for atom in atoms}
    suspicion = {**found.suspiciousness, **dict.fromkeys(certain, 1.0)}
    places = {atom: at for at, atom in enumerate(found.order)}
    order = sorted(suspicion, key=lambda a: (a not in certain, a not in kept, places.get(a, len(places)), a))
    return Blame(suspiciousness=suspicion, culprits=kept, reaching=found.reaching, order=tuple(order))


def ranking(found: Blame) -> tuple[str, ...]:
    """Atoms from the most to the least accused."""
    return found.order
