"""What was measured about a run's code: static findings, the suite with its coverage, and whom failures blame."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from execution.assembler import Assembler
from execution.assembly import Assembly, assemble
from execution.domain.tests_path import generated_path
from execution.models import ExecutionRun
from execution.phases import OFF, phases_of
from masterplans.domain.workspace import FileRole
from masterplans.models import MasterplanTask
from validation.domain.atomic import EMPTY_BLAME
from validation.domain.blame import Blame, blame, failed_tests, pattern_atoms
from validation.domain.disagreement import disagreeing, of_files, set_aside
from validation.domain.model import SuiteResult, TestCase, TestStatus
from validation.domain.static import StaticReport
from validation.domain.strictness import Place, function_of
from validation.engine.replay_tool import with_replays
from validation.engine.smallest_tool import with_smallest
from validation.engine.static import static_findings, syntax_findings
from validation.engine.suite import run_suite
from validation.services import load_suite, store_suite

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One state of a run's code with everything measured on it."""

    assembly: Assembly
    static: StaticReport
    suite: SuiteResult
    blame: Blame


def cache_dir() -> Path:
    """Where workspaces are laid out; it can be deleted at any time."""
    return Path(settings.DATA_DIR) / "workspaces"


class _Recent:
    """The last few measurements, so that a reviewer who tries an edit does not wait for what is known."""

    SIZE = 3

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[uuid.UUID, str], Evidence] = OrderedDict()

    def find(self, key: tuple[uuid.UUID, str]) -> Evidence | None:
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: tuple[uuid.UUID, str], evidence: Evidence) -> None:
        with self._lock:
            self._kept[key] = evidence
            self._kept.move_to_end(key)
            while len(self._kept) > self.SIZE:
                self._kept.popitem(last=False)


_recent = _Recent()


def measure(
    run: ExecutionRun,
    *,
    purpose: str,
    progress: Progress | None = None,
    reuse: Collection[str] = (),
    drafts: bool = False,
) -> Evidence:
    """Measure a run's code as it stands, or its ``drafts``. A stored suite of the same bytes is not run again.

    ``reuse`` names the purposes whose stored results may serve, newest first.
    """
    assembly = assemble(run, drafts=drafts)
    if not phases_of(run).validation:
        return _syntax_alone(assembly)
    digest = assembly.workspace.digest()
    if (known := _recent.find((run.pk, digest))) is not None:
        return known
    static = static_findings(assembly.workspace, cache=cache_dir())
    suite = _stored(run.run_id, digest, (purpose, *reuse))
    if suite is None:
        suite = suite_of(run, assembly, progress=progress, record=drafts)
        suite = set_aside(suite, _disputed(run, assembly, suite if drafts else load_suite(run.run_id, "baseline")))
        store_suite(run_id=run.run_id, masterplan_id=run.masterplan_id, purpose=purpose, suite=suite)
    evidence = Evidence(assembly=assembly, static=static, suite=suite, blame=_blame(suite, assembly, static))
    if suite.ran:
        _recent.keep((run.pk, digest), evidence)
    return evidence


def _disputed(run: ExecutionRun, assembly: Assembly, base: SuiteResult | None) -> frozenset[str]:
    """Tests that the model wrote for drafts and that these drafts, on which ``base`` ran, do not pass."""
    generated = {file.path for file in assembly.workspace.of_role(FileRole.TEST) if file.generated}
    if not generated or base is None:
        return frozenset()
    drafted = MasterplanTask.objects.filter(masterplan_id=run.masterplan_id, draft__isnull=False)
    paths = {generated_path(path) for path in drafted.values_list("target_path", flat=True)}
    return disagreeing(base) | of_files(base, paths & generated)


def _syntax_alone(assembly: Assembly, paths: Collection[str] | None = None) -> Evidence:
    """What a run without hierarchical validation knows of its code: whether it (or some files of it) parses."""
    suite = SuiteResult(digest="", cases=(), coverage={}, ran=False, reason=OFF)
    static = syntax_findings(assembly.workspace, paths=paths, reason=OFF)
    return Evidence(assembly=assembly, static=static, suite=suite, blame=EMPTY_BLAME)


def _blame(
    suite: SuiteResult, assembly: Assembly, static: StaticReport, changed: frozenset[str] | None = None,
    before: frozenset[str] = frozenset(),
) -> Blame:  # fmt: skip
    patterns = pattern_atoms(static, assembly.spans)
    return blame(suite, assembly.spans, changed=changed, patterns=patterns, before=before)


def _stored(run_id: uuid.UUID, digest: str, purposes: Collection[str]) -> SuiteResult | None:
    for purpose in purposes:
        suite = load_suite(run_id, purpose)
        if suite is not None and suite.digest == digest and suite.ran:
            return suite
    return None


def suite_of(
    run: ExecutionRun,
    assembly: Assembly,
    *,
    tests: Collection[str] | None = None,
    progress: Progress | None = None,
    record: bool = False,
) -> SuiteResult:
    """Run the project's tests (all, or the named ones) on an assembly, within the run's frozen limits.

    ``record``: keep with what arguments they call its functions, for comparing new code with the drafts.
    """
    return run_suite(
        assembly.workspace,
        cache=cache_dir(),
        timeout_seconds=run.settings["suite_timeout"],
        memory_mib=run.settings["suite_memory_mib"],
        tests=None if tests is None else sorted(tests),
        progress=progress,
        record=record,
    )


def merged(old: SuiteResult, new: SuiteResult, asked: Collection[str]) -> SuiteResult:
    """``old`` with what ``new`` says of the tests that were asked for put in its place.

    Where a test file could not be collected, its tests are known by function alone, without their parameters: that
    stands for each case of the function that ran before. A case that was asked for and is not there any more is gone.
    So none keeps a result that it does not have any more.
    """
    fresh = {case.id: case for case in new.cases}
    told = {function_of(test) for test in fresh}
    kept: dict[str, TestCase] = {}
    for case in old.cases:
        function = function_of(case.id)
        if (said := fresh.get(case.id) or fresh.get(function)) is not None:
            kept[case.id] = replace(said, id=case.id)
        elif function not in told or case.id not in asked:
            kept[case.id] = case
    spoken = {function_of(test) for test in kept}
    added = {test: case for test, case in fresh.items() if test not in kept and test not in spoken}
    gone = {case.id for case in old.cases} - kept.keys()
    coverage = {test: lines for test, lines in old.coverage.items() if test not in gone} | new.coverage
    return replace(old, cases=(*kept.values(), *added.values()), coverage=coverage, digest=new.digest)


def regressions(before: SuiteResult, after: SuiteResult) -> tuple[TestCase, ...]:
    """Tests that passed before and fail now, by their ids of before (see :func:`merged`)."""
    passed: dict[str, list[str]] = {}
    for case in before.cases:
        if case.status is TestStatus.PASSED:
            for known_as in {case.id, function_of(case.id)}:
                passed.setdefault(known_as, []).append(case.id)
    bad = {TestStatus.FAILED, TestStatus.ERROR, TestStatus.MISSING}
    failed = (case for case in after.cases if case.status in bad)
    return tuple(replace(case, id=test) for case in failed for test in passed.get(case.id, ()))


def _fair(found: Blame, base: Evidence, changed: frozenset[str]) -> Blame:
    """Do not hold against a candidate what failed before it for another reason.

    It answers for tests that its atom was named for before, and for those that had not failed before.
    """
    failed_before = {case.id for case in base.suite.cases if case.status is TestStatus.FAILED}
    culprits = dict(found.culprits)
    for atom in changed & culprits.keys():
        own = set(base.blame.culprits.get(atom, ()))
        kept = tuple(test for test in culprits.pop(atom) if test in own or test not in failed_before)
        if kept:
            culprits[atom] = kept
    return replace(found, culprits=culprits)


class Bench:
    """The evidence of one driven run, kept in memory between atoms. Thread-safe; rebuilt from the database."""

    def __init__(self, run: ExecutionRun, progress: Progress | None = None) -> None:
        self._run = run
        self._progress = progress
        self._lock = threading.Lock()
        self._drafts: Evidence | None = None
        self.validates = phases_of(run).validation
        self.assembler = Assembler(run)

    def drafts(self) -> Evidence:
        """The evidence of the code as it came in, which everything accepted later is compared with."""
        with self._lock:
            if self._drafts is None:
                self._drafts = measure(self._run, purpose="baseline", progress=self._progress, drafts=True)
            return self._drafts

    def candidate(self, codes: Mapping[uuid.UUID, str], tests: Collection[str]) -> Evidence:
        """Measure candidates put over what is accepted now; only the given tests are run again."""
        base = self.drafts()
        assembly = self.assembler.assembly(codes)
        if not self.validates:
            return _syntax_alone(assembly, self.assembler.paths(codes))
        static = static_findings(assembly.workspace, cache=cache_dir(), draft=base.assembly.workspace)
        suite = base.suite
        if tests and base.suite.ran:
            again = set_aside(suite_of(self._run, assembly, tests=tests), disagreeing(base.suite))
            suite = merged(base.suite, again, tests)
        changed = frozenset(str(atom_id) for atom_id in codes)
        found = _blame(suite, assembly, static, changed=changed, before=failed_tests(base.suite))
        found = _fair(found, base, changed)
        return Evidence(assembly=assembly, static=static, suite=suite, blame=found)

    def replayed(self, candidate: Evidence, atom_ids: Collection[uuid.UUID]) -> tuple[Evidence, Evidence]:
        """A candidate and the drafts, with the answers of both to what the suite called the changed functions with, and
        the smallest input for what they answer otherwise.
        """
        base = self.drafts()
        if not self.validates:
            return candidate, base
        mine = {str(atom_id) for atom_id in atom_ids}
        spans, paths = candidate.assembly.spans, sorted(self.assembler.paths(atom_ids))
        places = [Place(path=p, first=a, last=b) for p in paths for i, a, b in spans.get(p, ()) if i in mine]
        if not places:
            return candidate, base
        new, old, code, draft = candidate.static, base.static, candidate.assembly.workspace, base.assembly.workspace
        if base.suite.calls:
            new, old = with_replays(
                new, old, code=code, draft=draft, accepted=self.assembler.assembly({}).workspace, suite=base.suite,
                places=places,
            )  # fmt: skip
        new, old = with_smallest(new, old, code=code, draft=draft, suite=base.suite, places=places)
        return replace(candidate, static=new), replace(base, static=old)
