"""How well validation catches seeded defects and names their atom, on packages with tests of their own.

A mutant is *killable* if a test that passes without it does not pass with it; *caught* if level 1 then fails at least
one atom. Blame is right first where the mutated atom leads the ranking, and among five where it is in its first five;
what failed without the mutant is no doing of it and follows in the ranking.
False alarms are atoms that fail level 1 in the code as it is. Everything is measured in one run, in the sandbox.

The first ``--replies`` defects of each target are also judged as what a model might have answered, and so are
``--rewrites`` functions that say the same another way, see :mod:`bench.validation_replies`.

``--strict`` atoms of each target are judged apart from their tests as well, see :mod:`bench.validation_strict`.

``annotation_alarms`` are functions of the code as it is whose answers to drawn inputs would be held against their
annotations, had a model written them where nothing was before. The ``start`` of a sandbox is measured once.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from bench.validation_mutants import Mutant, mutants
from bench.validation_replies import NO_CACHE, Base, ReplyTally, count_reply, count_rewrites, new_failures
from bench.validation_sandbox import start_cost
from bench.validation_script_mutants import script_mutants
from bench.validation_strict import StrictTally, judge_known_good
from bench.validation_targets import DEFAULTS, spans_of, workspace_of
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.atomic import AtomicValidator
from validation.domain.blame import Blame, blame, failed_tests, pattern_atoms, ranking
from validation.domain.drawn import new_breaches
from validation.domain.model import Status, SuiteResult
from validation.domain.static import Family, StaticCheck, StaticReport, family_of, locate
from validation.engine import ruff_tool
from validation.engine.static import static_findings
from validation.engine.suite import run_suite


@dataclass(slots=True)
class Tally:
    """Counts of one target."""

    seeded: int = 0
    killable: int = 0
    caught: int = 0
    top1: int = 0
    top5: int = 0
    atoms: int = 0
    alarms: int = 0
    seconds: float = 0.0
    drawn: int = 0
    annotations: list[str] = field(default_factory=list)
    operators: Counter[str] = field(default_factory=Counter)
    replies: ReplyTally = field(default_factory=ReplyTally)
    strict: StrictTally = field(default_factory=StrictTally)

    def summary(self) -> dict[str, Any]:
        """The figures under the names of the contract; shares are of the killable ones, 0..1."""
        return {
            "seeded": self.seeded,
            "killable": self.killable,
            "caught": _share(self.caught, self.killable),
            "culprit_top1": _share(self.top1, self.killable),
            "culprit_top5": _share(self.top5, self.killable),
            "false_alarm_pct": round(100 * self.alarms / self.atoms, 2) if self.atoms else None,
            "ms_per_atom": round(1000 * self.seconds / self.atoms, 1) if self.atoms else None,
            "drawn_functions": self.drawn,
            "annotation_alarm_pct": round(100 * len(self.annotations) / self.atoms, 2) if self.atoms else None,
            "annotation_alarms": self.annotations[:20],
            **self.replies.summary(),
            **self.strict.summary(),
        }

    def add(self, other: "Tally") -> None:
        """Add the counts of another target."""
        for name in (
            "seeded",
            "killable",
            "caught",
            "top1",
            "top5",
            "atoms",
            "alarms",
            "drawn",
            "annotations",
            "seconds",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.operators.update(other.operators)
        self.replies.add(other.replies)
        self.strict.add(other.strict)


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measure the ``--target`` packages (default: the example and parts of networkx), ``--mutants`` defects in each.

    ``--seed`` chooses them. Raises :class:`kernel.errors.InvalidInput` for a target that is not there.
    """
    parser = argparse.ArgumentParser(prog="bench validation")
    parser.add_argument("--target", nargs="+", default=list(DEFAULTS))
    parser.add_argument("--mutants", type=int, default=40, help="defects for each target")
    parser.add_argument("--replies", type=int, default=12, help="of these, how many are judged as replies of a model")
    parser.add_argument("--rewrites", type=int, default=8, help="functions of each target said another way")
    parser.add_argument("--strict", type=int, default=12, help="atoms of each target judged apart from their tests")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    whole, by_target = Tally(), {}
    for name in options.target:
        counts = {"count": options.mutants, "replies": options.replies, "rewrites": options.rewrites,
                  "strict": options.strict}  # fmt: skip
        tally = measure(workspace_of(name), seed=options.seed, **counts)
        by_target[name] = tally.summary()
        sys.stderr.write(f"{name}: {by_target[name]}\n")
        whole.add(tally)
    return {
        **whole.summary(),
        **start_cost(),
        "atoms": whole.atoms,
        "operators": dict(whole.operators),
        "by_target": by_target,
    }


def measure(
    workspace: Workspace, *, count: int, seed: int, replies: int = 0, rewrites: int = 0, strict: int = 0
) -> Tally:
    """Judge the code as it is, then with each of ``count`` defects by itself, ``replies`` of them as replies too.

    Of the code as it is, ``rewrites`` functions are said another way, ``strict`` atoms judged apart from their tests.
    """
    tally = Tally()
    spans = spans_of(workspace)
    begun = perf_counter()
    report = static_findings(workspace, cache=NO_CACHE)
    suite = run_suite(workspace, cache=NO_CACHE, timeout_seconds=300, memory_mib=2048, record=True)
    base = Base(workspace, spans, suite, report)
    found = blame(suite, spans, patterns=pattern_atoms(report, spans))
    failed = _failed_atoms(base, report, found)
    tally.seconds = perf_counter() - begun
    tally.atoms, tally.alarms = sum(map(len, spans.values())), len(failed)
    _count_drawn(tally, report)
    tally.strict = judge_known_good(workspace, spans, suite, found, count=strict, seed=seed)
    chosen = _choose(base, count, seed)
    with ThreadPoolExecutor(2) as pool:
        for path, mutant, outcome in pool.map(lambda one: (*one, try_mutant(base, *one)), chosen):
            _count(tally, base, path, mutant, outcome)
            if tally.seeded <= replies:
                count_reply(tally.replies, base, path, mutant, outcome[0])
    count_rewrites(tally.replies, base, count=rewrites, seed=seed)
    return tally


def _failed_atoms(base: Base, static: StaticReport, found: Blame) -> set[str]:
    validator = AtomicValidator(static=static, drafts=base.static, suite=base.suite, blame=found)
    return {
        atom
        for path, spans in base.spans.items()
        for atom, first, last in spans
        if validator.judge(
            atom_id=atom, path=path, start_line=first, end_line=last, loc=last - first + 1, original=True
        ).status
        is Status.FAILED
    }  # fmt: skip


def _count_drawn(tally: Tally, report: StaticReport) -> None:
    for path, file in report.generated.items():
        for name, drawn in file.drawn.items():
            tally.drawn += bool(drawn.answers)
            tally.annotations += [f"{path}: {name}{one.given} {one.said}" for one in new_breaches(None, drawn)[0]]


def _choose(base: Base, count: int, seed: int) -> list[tuple[str, Mutant]]:
    """A seeded choice among the mutants of lines that some test executes; operators share alike."""
    reached: dict[str, set[int]] = {}
    for paths in base.suite.coverage.values():
        for path, lines in paths.items():
            reached.setdefault(path, set()).update(lines)
    by_operator: dict[str, list[tuple[str, Mutant]]] = {}
    for file in base.workspace.of_role(FileRole.SOURCE):
        for mutant in _mutants(file) if reached.get(file.path) else ():
            if mutant.line in reached[file.path]:
                by_operator.setdefault(mutant.operator, []).append((file.path, mutant))
    chance = random.Random(seed)
    for found in by_operator.values():
        chance.shuffle(found)
    chosen: list[tuple[str, Mutant]] = []
    while len(chosen) < count and any(by_operator.values()):
        chosen += [found.pop() for _, found in sorted(by_operator.items()) if found]
    return chosen[:count]


def _mutants(file: WorkspaceFile) -> Iterator[Mutant]:
    if family_of(file.path) is Family.SCRIPT:
        yield from script_mutants(file.path, file.content)
    elif file.path.endswith(".py"):
        yield from mutants(file.content)


def try_mutant(base: Base, path: str, mutant: Mutant) -> tuple[SuiteResult, StaticReport]:
    """Run the tests that execute the mutated line on the code with this one defect; all of them where none does.

    A line that no test executes may still run when its module is loaded, and what the tests say of other code stays.
    """
    workspace = base.workspace.with_content(path, mutant.source)
    tests = sorted(test for test, paths in base.suite.coverage.items() if mutant.line in paths.get(path, ()))
    ran = run_suite(workspace, cache=NO_CACHE, timeout_seconds=60, memory_mib=1024, tests=tests or None)
    fresh = {case.id: case for case in ran.cases}
    cases = tuple(fresh.get(case.id, case) for case in base.suite.cases)
    suite = replace(ran, cases=cases, coverage={**base.suite.coverage, **ran.coverage})
    file = workspace.files[path]
    if family_of(path) is Family.SCRIPT:
        return suite, base.static
    names = ruff_tool.check(workspace, {path: file}, {file.place: file.content}).findings.get(StaticCheck.NAMES, [])
    static = replace(base.static, findings={**base.static.findings, StaticCheck.NAMES: locate(names, {path: file})})
    return suite, static


def _count(
    tally: Tally, base: Base, path: str, mutant: Mutant, outcome: tuple[SuiteResult, StaticReport]
) -> None:  # fmt: skip
    suite, static = outcome
    tally.seeded += 1
    if not new_failures(base, suite):
        return
    tally.killable += 1
    tally.operators[mutant.operator] += 1
    patterns = pattern_atoms(static, base.spans)
    found = blame(suite, base.spans, patterns=patterns, before=failed_tests(base.suite))
    mine = {atom for atom, first, last in base.spans[path] if first <= mutant.line <= last}
    order = ranking(found)
    tally.caught += bool(found.culprits) or bool(_failed_atoms(base, static, found))
    tally.top1 += bool(mine & set(order[:1]))
    tally.top5 += bool(mine & set(order[:5]))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
