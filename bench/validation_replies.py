"""How validation judges what a model might have answered: defects, and the same said another way.

A reply is judged beside its draft: the type checker's findings, doctests, answers to inputs made of types, and answers
to the calls that the suite made of the draft, with variations. ``caught`` is a lower bound, for it counts defects that
change nothing as missed; only those of Python that compile to the same code are left out (trivial compiler
equivalence, Papadakis et al., 2015). Missed defects that a reader judged equivalent stand, with reasons, in
``data/validation_equivalents.json``; the share without them is told beside it.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.validation_mutants import Mutant, is_equivalent
from bench.validation_rewrites import Rewrite, rewrites
from bench.validation_script_rewrites import script_rewrites
from bench.validation_targets import spans_of
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.atomic import AtomicValidator
from validation.domain.blame import Span, blame, failed_tests, pattern_atoms
from validation.domain.model import Check, Status, SuiteResult, TestStatus
from validation.domain.static import Family, StaticReport, family_of
from validation.domain.strictness import Place
from validation.engine.replay_tool import with_replays
from validation.engine.static import static_findings
from validation.engine.suite import run_suite

NO_CACHE = Path("unused")
_EQUIVALENTS = Path(__file__).parent / "data" / "validation_equivalents.json"


@dataclass(frozen=True, slots=True)
class Base:
    """A target as it is: its code, atoms, and what validation says of it."""

    workspace: Workspace
    spans: dict[str, list[Span]]
    suite: SuiteResult
    static: StaticReport


@dataclass(slots=True)
class ReplyTally:
    """Counts of replies. ``before``: caught without recorded calls; ``alarms``: atoms of rewrites that fail."""

    seeded: int = 0
    before: int = 0
    caught: int = 0
    identical: int = 0
    missed: list[str] = field(default_factory=list)
    judged_equivalent: int = 0
    rewritten: int = 0
    atoms: int = 0
    compared: int = 0
    alarms: list[str] = field(default_factory=list)
    alarm_checks: Counter[str] = field(default_factory=Counter)

    def add(self, other: "ReplyTally") -> None:
        """Add the counts of another target."""
        for name in ("seeded", "before", "caught", "identical", "judged_equivalent", "rewritten", "atoms", "compared"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.missed += other.missed
        self.alarms += other.alarms
        self.alarm_checks.update(other.alarm_checks)

    def summary(self) -> dict[str, Any]:
        """Shares are 0..1; ``rewrites_alarm_pct`` is of the atoms of rewritten functions."""
        real = self.seeded - self.judged_equivalent
        return {
            "replies_seeded": self.seeded,
            "replies_caught_without_calls": _share(self.before, self.seeded),
            "replies_caught": _share(self.caught, self.seeded),
            "replies_equivalent": self.identical,
            "replies_judged_equivalent": self.judged_equivalent,
            "replies_caught_of_others": _share(self.caught, real),
            "replies_missed": self.missed[:40],
            "rewrites": self.rewritten,
            "rewrites_compared": self.compared,
            "rewrites_alarm_pct": round(100 * len(self.alarms) / self.atoms, 2) if self.atoms else None,
            "rewrites_alarms": self.alarms[:20],
        }


def count_reply(tally: ReplyTally, base: Base, path: str, mutant: Mutant, suite: SuiteResult) -> None:
    """Judge the mutated file as new code beside its draft."""
    source = base.workspace.files[path].content
    if family_of(path) is Family.PYTHON and is_equivalent(source, mutant.source):
        tally.identical += 1
        return
    tally.seeded += 1
    code = base.workspace.with_content(path, mutant.source)
    static = static_findings(code, cache=NO_CACHE, draft=base.workspace)
    spans = base.spans[path]
    if new_failures(base, suite) or any(_failing(base, base.static, static, suite, path, spans, base.spans)):
        tally.before += 1
        tally.caught += 1
        return
    mine = [span for span in spans if span[1] <= mutant.line <= span[2]]
    new, old = _replayed(base, code, static, path, mine)
    if any(_failing(base, old, new, suite, path, mine, base.spans)):
        tally.caught += 1
        return
    was, now = (text.split(b"\n")[mutant.line - 1].decode().strip() for text in (source, mutant.source))
    judged = (base.workspace.files[path].place, was, now) in _judged_equivalent()
    tally.judged_equivalent += judged
    if not judged:
        tally.missed.append(f"{path}:{mutant.line}: {mutant.operator}: {was} -> {now}")


def count_rewrites(tally: ReplyTally, base: Base, *, count: int, seed: int) -> None:
    """Judge ``count`` functions that tests execute, each said another way and the tests that reach it run again."""
    for path, one in _chosen(base, count, seed):
        code = base.workspace.with_content(path, one.source)
        first, last = one.before
        tests = sorted(
            test for test, paths in base.suite.coverage.items() if any(first <= n <= last for n in paths.get(path, ()))
        )
        ran = run_suite(code, cache=NO_CACHE, timeout_seconds=60, memory_mib=1024, tests=tests)
        fresh = {case.id: case for case in ran.cases}
        cases = tuple(fresh.get(case.id, case) for case in base.suite.cases)
        suite = replace(ran, cases=cases, coverage={**base.suite.coverage, **ran.coverage})
        if new_failures(base, suite):
            continue  # a rule that did not keep what this function does
        spans = spans_of(code)
        mine = [span for span in spans[path] if span[1] <= one.after[1] and one.after[0] <= span[2]]
        new, old = _replayed(base, code, static_findings(code, cache=NO_CACHE, draft=base.workspace), path, mine)
        before, after = (report.generated.get(path) for report in (old, new))
        tally.compared += bool(before and after and before.answers.get(one.name) and after.answers.get(one.name))
        tally.rewritten += 1
        tally.atoms += len(mine)
        for check in _failing(base, old, new, suite, path, mine, spans):
            tally.alarms.append(f"{path}: {one.name}: {check.name}: {check.reason[:300]}")
            tally.alarm_checks[check.name] += 1


def _chosen(base: Base, count: int, seed: int) -> Sequence[tuple[str, Rewrite]]:
    reached: dict[str, set[int]] = {}
    for paths in base.suite.coverage.values():
        for path, lines in paths.items():
            reached.setdefault(path, set()).update(lines)
    found = [
        (file.path, one)
        for file in base.workspace.of_role(FileRole.SOURCE)
        if reached.get(file.path)
        for one in _rewrites(file)
        if any(one.before[0] < line <= one.before[1] for line in reached[file.path])
    ]
    random.Random(seed).shuffle(found)
    return found[:count]


def _rewrites(file: WorkspaceFile) -> Iterator[Rewrite]:
    family = family_of(file.path)
    if family is Family.SCRIPT:
        yield from script_rewrites(file.path, file.content)
    elif file.path.endswith(".py"):
        yield from rewrites(file.content)


def _replayed(
    base: Base, code: Workspace, static: StaticReport, path: str, spans: Sequence[Span]
) -> tuple[StaticReport, StaticReport]:
    places = [Place(path=path, first=first, last=last) for _, first, last in spans]
    return with_replays(
        static, base.static, code=code, draft=base.workspace, accepted=base.workspace, suite=base.suite, places=places
    )


def _failing(  # noqa: PLR0917 - all of them describe one judgement
    base: Base, old: StaticReport, new: StaticReport, suite: SuiteResult, path: str, spans: Sequence[Span],
    all_spans: dict[str, list[Span]],
) -> Iterator[Check]:  # fmt: skip
    """For each atom that fails level 1 as new code, the check that fails first."""
    patterns = pattern_atoms(new, all_spans)
    found = blame(suite, all_spans, patterns=patterns, before=failed_tests(base.suite))
    validator = AtomicValidator(static=new, drafts=old, suite=suite, blame=found, draft_suite=base.suite)
    for atom, first, last in spans:
        result = validator.judge(
            atom_id=atom, path=path, start_line=first, end_line=last, loc=last - first + 1, original=False
        )
        if result.status is Status.FAILED:
            yield next(check for check in result.checks if check.status is Status.FAILED)


def new_failures(base: Base, suite: SuiteResult) -> bool:
    """Whether a test fails that passes on the code as it is."""
    good = {case.id for case in base.suite.cases if case.status is TestStatus.PASSED}
    bad = {TestStatus.FAILED, TestStatus.ERROR, TestStatus.MISSING}
    return any(case.id in good and case.status in bad for case in suite.cases)


@lru_cache(maxsize=1)
def _judged_equivalent() -> frozenset[tuple[str, str, str]]:
    rows = json.loads(_EQUIVALENTS.read_text())
    return frozenset((row["path"], row["before"], row["after"]) for row in rows)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
