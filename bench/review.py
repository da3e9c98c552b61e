"""Does the queue hold what is really wrong, and does the assistant mend it? Defects planted one at a time.

Each defect is one operator in code whose own tests pass. The product's own parts judge the whole package with it:
suite, blame, level 1, levels 2 to 4, score, queue. Defects that a test kills and such that none kills are told apart.
Repairs are searched for in the atoms that then failed, as the console does, without a model.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Atom, Language
from atoms.domain.parser import MultiLanguageParser
from bench.review_targets import official
from bench.validation import try_mutant
from bench.validation_mutants import Mutant, mutants
from bench.validation_replies import Base
from bench.validation_targets import spans_of, workspace_of
from masterplans.domain.workspace import FileRole, Workspace
from review.domain.calibration import auroc, auroc_interval
from review.domain.confidence import AtomEvidence, CheckOutcome, ConfidenceScorer
from review.domain.repairs.edits import repairs
from review.domain.repairs.ranking import line_suspicion, ranked
from review.domain.selection import Candidate, ReviewQueueManager
from validation.domain.atomic import AtomicValidator
from validation.domain.blame import Blame, blame, pattern_atoms
from validation.domain.hierarchical import HierarchicalValidator
from validation.domain.model import Check, Status, SuiteResult, TestStatus
from validation.domain.static import StaticReport
from validation.engine.candidates import survivors
from validation.engine.static import static_findings
from validation.engine.suite import run_suite

DEFAULTS = ("networkx.utils", "networkx.algorithms.tree", "networkx.algorithms.coloring")
SHARE = 0.18
PLANTED = 0.02  # the share of the queue is told of targets in which one defect is at most this part of the atoms
BATCH, LIMIT, SECONDS = 24, 90, 30.0
_NO_CACHE = Path("unused")
_BAD = (TestStatus.FAILED, TestStatus.ERROR, TestStatus.MISSING)


@dataclass(slots=True)
class Tally:
    """Counts over planted defects; confidences of broken and of sound atoms beside a killed defect."""

    planted: Counter[str] = field(default_factory=Counter)  # killed | unkilled
    queued: Counter[str] = field(default_factory=Counter)
    shares: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)  # by operator
    mended: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    missed: list[dict[str, Any]] = field(default_factory=list)  # killed defects outside the queue, with the reason
    left_out: list[str] = field(default_factory=list)  # targets whose tests fail before anything is planted

    def summary(self) -> dict[str, Any]:
        """The figures under the names of the contract."""
        measured = bool(self.wrong and self.right)
        value = auroc(self.wrong, self.right) if measured else None
        low, high = auroc_interval(value, len(self.wrong), len(self.right)) if value is not None else (None, None)
        return {
            "planted": sum(self.planted.values()),
            "planted_killed": self.planted["killed"],
            "planted_unkilled": self.planted["unkilled"],
            "in_queue_pct": _percent(self.queued["killed"], self.planted["killed"]),
            "unkilled_in_queue_pct": _percent(self.queued["unkilled"], self.planted["unkilled"]),
            "queue_share_pct": round(100 * sum(self.shares) / len(self.shares), 1) if self.shares else None,
            "queue_share_max_pct": round(100 * max(self.shares), 1) if self.shares else None,
            "missed": self.missed,
            "left_out": self.left_out,
            "auroc_n": [len(self.wrong), len(self.right)],
            "repairs_n": sum(self.killed.values()),
            "auroc": None if value is None else round(value, 4),
            "auroc_interval": None if low is None or high is None else [round(low, 4), round(high, 4)],
            "repairs_verified_pct": _percent(sum(self.mended.values()), sum(self.killed.values())),
            "repairs_by_operator": {name: [self.mended[name], n] for name, n in sorted(self.killed.items())},
            "repair_seconds_mean": round(self.seconds / sum(self.killed.values()), 1) if self.killed else None,
        }


@dataclass(frozen=True, slots=True)
class _Scored:
    """One state of the package, scored: confidence by atom, the queue, and who failed."""

    confidence: Mapping[str, float]
    queue: frozenset[str]
    failed: frozenset[str]


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measure the ``--target`` packages with ``--defects`` in each, chosen by ``--seed``; mend ``--repairs`` of them.

    ``--official FOLDER`` measures the packages of :mod:`bench.review_targets` instead, and keeps them there.
    Raises :class:`kernel.errors.InvalidInput` for a target that is not there.
    """
    parser = argparse.ArgumentParser(prog="bench review")
    parser.add_argument("--target", nargs="+", default=list(DEFAULTS))
    parser.add_argument("--official", type=Path, metavar="FOLDER", help="measure the official packages, kept there")
    parser.add_argument("--defects", type=int, default=40, help="defects for each target")
    parser.add_argument("--repairs", type=int, default=14, help="killed defects of each target that are to be mended")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    tally = Tally()
    targets = official(options.official) if options.official else options.target
    for name in targets:
        if not measure(workspace_of(name), tally, options):
            tally.left_out.append(name)
        sys.stderr.write(f"up to {name}: {tally.summary()}\n")
    return {**tally.summary(), "share": SHARE, "seed": options.seed, "targets": targets}


def measure(workspace: Workspace, tally: Tally, options: argparse.Namespace) -> bool:
    """Plant defects in one package and add to the tally; false where its tests fail as it is.

    There a planted defect is not alone: the failures that were there before have culprits of their own in the queue.
    """
    static = static_findings(workspace, cache=_NO_CACHE)
    suite = run_suite(workspace, cache=_NO_CACHE, timeout_seconds=300, memory_mib=2048)
    if not suite.ran or any(case.status in _BAD for case in suite.cases):
        return False
    base = Base(workspace, spans_of(workspace), suite, static)
    with ThreadPoolExecutor(2) as pool:
        chosen = _choose(base, options.defects, options.seed)
        outcomes = list(pool.map(lambda one: (*one, *try_mutant(base, *one)), chosen))
    mended, atoms = 0, _atoms(base.workspace)
    for path, mutant, after, findings in outcomes:
        killed_by = _killers(base.suite, after)
        scored = _score(base, atoms, path, mutant, after, findings)
        mine = [atom for atom, first, last in base.spans[path] if first <= mutant.line <= last]
        kind = "killed" if killed_by else "unkilled"
        tally.planted[kind] += 1
        tally.queued[kind] += bool(scored.queue & set(mine))
        if len(scored.confidence) * PLANTED >= 1:
            tally.shares.append(len(scored.queue) / len(scored.confidence))
        if killed_by and not scored.queue & set(mine):
            place = {"path": path, "line": mutant.line, "operator": mutant.operator}
            confidence = min((scored.confidence[atom] for atom in mine if atom in scored.confidence), default=None)
            tally.missed.append({**place, "confidence": confidence, "blamed": len(scored.failed)})
        if killed_by:
            tally.wrong += [min(scored.confidence[atom] for atom in mine)]
            tally.right += [value for atom, value in scored.confidence.items() if atom not in mine]
            if mended < options.repairs:
                mended += 1
                begun = perf_counter()
                tally.killed[mutant.operator] += 1
                tally.mended[mutant.operator] += _mends(base, path, mutant, after, killed_by, scored)
                tally.seconds += perf_counter() - begun
    return True


def _choose(base: Base, count: int, seed: int) -> list[tuple[str, Mutant]]:
    """A seeded choice: half of it on lines that a test executes, half on any line; operators share alike in both."""
    reached: dict[str, set[int]] = {}
    for paths in base.suite.coverage.values():
        for path, lines in paths.items():
            reached.setdefault(path, set()).update(lines)
    every = [(f.path, mutant) for f in base.workspace.of_role(FileRole.SOURCE) for mutant in mutants(f.content)]
    tested = [(path, mutant) for path, mutant in every if mutant.line in reached.get(path, ())]
    half = _evenly(tested, count - count // 2, seed)
    rest = [one for one in every if one not in half]
    return [*half, *_evenly(rest, count // 2, seed)]


def _evenly(known: Sequence[tuple[str, Mutant]], count: int, seed: int) -> list[tuple[str, Mutant]]:
    by_operator: dict[str, list[tuple[str, Mutant]]] = {}
    for path, mutant in known:
        by_operator.setdefault(mutant.operator, []).append((path, mutant))
    chance = random.Random(seed)
    for found in by_operator.values():
        chance.shuffle(found)
    chosen: list[tuple[str, Mutant]] = []
    while len(chosen) < count and any(by_operator.values()):
        chosen += [found.pop() for _, found in sorted(by_operator.items()) if found]
    return chosen[:count]


def _killers(before: SuiteResult, after: SuiteResult) -> list[str]:
    good = {case.id for case in before.cases if case.status is TestStatus.PASSED}
    return [case.id for case in after.cases if case.id in good and case.status in _BAD]


def _atoms(workspace: Workspace) -> list[tuple[Atom, float]]:
    """The atoms of the Python code of a target with their atomicity scores; their ids are those of its spans."""
    files = [
        RecursiveDecomposer().split(file.content, path=file.path, language=Language.PYTHON)
        for file in workspace.of_role(FileRole.SOURCE)
        if MultiLanguageParser.language_of(file.path) is Language.PYTHON
    ]
    tests = {file.path: file.content for file in workspace.of_role(FileRole.TEST)}
    facts = ContextInjector().describe(files, root_package=workspace.root_package, tests=tests)
    return [(atom, facts[atom.id].atomicity_score) for file in files for atom in file.atoms]


def _score(  # noqa: PLR0917 - one defect with all that is known of it
    base: Base, atoms: Sequence[tuple[Atom, float]], path: str, mutant: Mutant, suite: SuiteResult, static: StaticReport
) -> _Scored:
    """The package with the defect as a draft, judged and scored as a run does it. Atoms keep the ids they had."""
    workspace = base.workspace.with_content(path, mutant.source)
    found = blame(suite, base.spans, patterns=pattern_atoms(static, base.spans))
    level1 = AtomicValidator(static=static, drafts=static, suite=suite, blame=found)
    upper = HierarchicalValidator(workspace=workspace, suite=suite, static=static, drafts=static).upper_levels()
    candidates = []
    for atom, atomicity in atoms:
        key = str(atom.id)
        result = level1.judge(
            atom_id=key, path=atom.path, start_line=atom.start_line, end_line=atom.end_line, loc=atom.loc,
            original=True, whole=workspace, atomicity=atomicity,
        )  # fmt: skip
        wider = [check for one in upper if _holds(one.scope, atom.path) for check in one.checks]
        failed = result.status is Status.FAILED
        confidence = _confidence(atom, found, key, result.checks, wider, accepted=not failed)
        candidates.append(
            Candidate(
                atom_id=key,
                confidence=confidence,
                failed=failed,
                loc=atom.loc,
                suspiciousness=found.suspiciousness.get(key, 0.0),
                tests_reaching=len(found.reaching.get(key, ())),
                complexity=atom.complexity,
            )
        )
    queue = ReviewQueueManager(share=SHARE).select(candidates)
    return _Scored(
        confidence={c.atom_id: c.confidence for c in candidates if c.loc > 0 or c.failed},
        queue=frozenset(entry.atom_id for entry in queue),
        failed=frozenset(c.atom_id for c in candidates if c.failed),
    )


def _holds(scope: str, path: str) -> bool:
    return scope in (".", path) or path.startswith(f"{scope}/")


def _confidence(
    atom: Atom, found: Blame, key: str, own: Sequence[Check], wider: Sequence[Check], *, accepted: bool
) -> float:  # fmt: skip
    evidence = AtomEvidence(
        accepted=accepted, attempts=0, complexity=atom.complexity, suspiciousness=found.suspiciousness.get(key, 0.0),
        atomic=[_outcome(check) for check in own], integration=[_outcome(check) for check in wider],
    )  # fmt: skip
    return ConfidenceScorer().score(evidence).value


def _outcome(check: Check) -> CheckOutcome:
    return CheckOutcome(name=check.name, status=check.status, forgeable=check.forgeable, value=check.value)


def _mends(  # noqa: PLR0917 - one defect with all that is known of it
    base: Base, path: str, mutant: Mutant, after: SuiteResult, killed_by: Sequence[str], scored: _Scored
) -> bool:
    """Whether the assistant's search mends the broken atom: green in the filter, then in all tests that reach it."""
    span = next((s for s in base.spans[path] if s[1] <= mutant.line <= s[2] and s[0] in scored.failed), None)
    if span is None:
        return False  # nobody would search there
    workspace = base.workspace.with_content(path, mutant.source)
    rows = mutant.source.split(b"\n")
    start = sum(len(row) + 1 for row in rows[: span[1] - 1])
    end = min(len(mutant.source), sum(len(row) + 1 for row in rows[: span[2]]))
    root = MultiLanguageParser().parse(mutant.source, Language.PYTHON).root_node
    found = repairs(root, mutant.source, start=start, end=end, language=Language.PYTHON)
    order = ranked(found, line_suspicion(after, path, killed_by), limit=LIMIT)
    ends = perf_counter() + SECONDS
    for first in range(0, len(order), BATCH):
        versions = [
            mutant.source[: r.start] + r.text.encode() + mutant.source[r.end :] for r in order[first : first + BATCH]
        ]
        left = ends - perf_counter()
        green = survivors(workspace, path, versions, tests=killed_by[:6], seconds=left) if left > 0 else []
        if any(_all_pass(base, path, mutant, versions[number]) for number in (green or [])[:3]):
            return True
    return False


def _all_pass(base: Base, path: str, mutant: Mutant, version: bytes) -> bool:
    suite, _ = try_mutant(base, path, replace(mutant, source=version))
    return not _killers(base.suite, suite)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
