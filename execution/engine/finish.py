"""The last phases of a V2 run: levels 2 to 4 on the assembled output, precision, and who is to blame for what fails."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from time import monotonic

from execution.assembly import assemble
from execution.contracts import approved
from execution.domain.verdict import of_checks
from execution.engine.comparisons import with_comparisons
from execution.engine.confirm import confirmed_blame
from execution.engine.drafts import judge
from execution.engine.evidence import Bench, Evidence, Progress, measure, suite_of
from execution.engine.strictness import judged_strictly_at_the_end
from execution.models import ExecutionRun, RunAtom, Units
from execution.phases import phases_of
from execution.transitions import move_atoms
from graphs.selectors import needing
from kernel.states import AtomStatus
from llm.client import configured
from masterplans.models import Masterplan, MasterplanFile, MasterplanTask
from masterplans.selectors import criteria_of
from validation.domain.disagreement import counted_again
from validation.domain.hierarchical import HierarchicalValidator
from validation.domain.model import LevelResult, Status, SuiteResult, TestStatus
from validation.domain.scopes import Members
from validation.members import members_of
from validation.services import make_current
from validation.services import record as record_levels


def judge_whole(run: ExecutionRun, bench: Bench, *, purpose: str, progress: Progress | None = None) -> Evidence:
    """Measure the assembled output and store levels 2 to 4. The suite is not run twice on the same bytes."""
    evidence = measure(run, purpose=purpose, progress=progress, reuse=("final", "baseline"))
    make_current(run.run_id, evidence.suite.digest)
    evidence = replace(evidence, blame=confirmed_blame(run, bench, evidence))
    results = _upper_levels(run, evidence, bench.drafts())
    record_levels(run_id=run.run_id, masterplan_id=run.masterplan_id, results=results)
    if purpose == "review" or evidence.assembly.workspace.digest() != bench.drafts().assembly.workspace.digest():
        _judge_again(run, bench.drafts(), evidence)
    return evidence


def _upper_levels(run: ExecutionRun, evidence: Evidence, drafts: Evidence) -> list[LevelResult]:
    plan = Masterplan.objects.get(pk=run.masterplan_id)
    missing = list(
        MasterplanTask.objects.filter(masterplan=plan)
        .exclude(target_path__in=evidence.assembly.workspace.files)
        .values_list("target_path", flat=True)
    )
    return HierarchicalValidator(
        workspace=evidence.assembly.workspace,
        suite=evidence.suite,
        static=evidence.static,
        drafts=drafts.static,
        drafts_code=drafts.assembly.workspace,
        rules=plan.rules,
        acceptance=criteria_of(plan),
        missing=missing,
        members=members_of(run.masterplan_id) if run.units == Units.ATOMS else Members(),
        spans=evidence.assembly.spans,
        stop_early=bool(run.settings.get("stop_early")),
        clock=monotonic,
    ).upper_levels()


def _judge_again(run: ExecutionRun, drafts: Evidence, evidence: Evidence) -> None:
    """Level 1 again for changed code and what needs people's, for what failed or was suspected, or is suspected now."""
    by_people = RunAtom.objects.filter(run=run, decided=True).values_list("atom_id", flat=True)
    touched = needing(run.masterplan_id, list(by_people))
    suspected = {a for a, value in evidence.blame.suspiciousness.items() if value > 0} | set(evidence.blame.culprits)
    atoms = list(RunAtom.objects.filter(run=run).order_by("position"))
    changed = [
        atom
        for atom in atoms
        if atom.code is not None
        or atom.status == AtomStatus.FAILED
        or atom.suspiciousness > 0
        or str(atom.atom_id) in suspected
        or str(atom.atom_id) in touched
    ]
    judged = with_comparisons(run.run_id, changed, judge(changed, evidence, drafts))
    results = judged_strictly_at_the_end(changed, judged, evidence)
    record_levels(run_id=run.run_id, masterplan_id=run.masterplan_id, results=results)
    for atom in atoms:
        atom.suspiciousness = evidence.blame.suspiciousness.get(str(atom.atom_id), 0.0)
        atom.tests_reaching = len(evidence.blame.reaching.get(str(atom.atom_id), ()))
    RunAtom.objects.bulk_update(atoms, ["suspiciousness", "tests_reaching"], batch_size=500)
    red = {case.id for case in evidence.suite.cases if case.status in (TestStatus.FAILED, TestStatus.ERROR)}
    _settle_again(run, changed, results, red)


def _settle_again(
    run: ExecutionRun, atoms: Sequence[RunAtom], results: Sequence[LevelResult], red: Collection[str]
) -> None:
    """Let the newest result decide: what failed and is green now has passed; what is blamed now has failed.

    What a change of contract broke stays failed while one of its tests is ``red``, though blame names the change.
    """
    for atom, result in zip(atoms, results, strict=True):
        if atom.decided or any(test in red for test in (atom.last_error or {}).get("broken", ())):
            continue
        mine = RunAtom.objects.filter(run=run, atom_id=atom.atom_id)
        if atom.status == AtomStatus.FAILED and result.status is Status.PASSED and _has_code(atom):
            move_atoms(mine, before=AtomStatus.FAILED, after=AtomStatus.PASSED, last_error=None)
        elif atom.status == AtomStatus.PASSED and result.status is Status.FAILED:
            error = dict(of_checks(result).error or {})
            move_atoms(mine, before=AtomStatus.PASSED, after=AtomStatus.FAILED, last_error=error)


def _has_code(atom: RunAtom) -> bool:
    return atom.code is not None or not atom.is_hole


def reopen_culprits(run: ExecutionRun, evidence: Evidence) -> int:
    """Send atoms that the whole suite blames back for another attempt, where a model and attempts are left."""
    if not configured() or not phases_of(run).feedback:
        return 0
    culprits = [uuid.UUID(atom_id) for atom_id in evidence.blame.culprits]
    reopened = 0
    guilty = RunAtom.objects.filter(run=run, atom_id__in=culprits, status=AtomStatus.FAILED, decided=False)
    for atom in guilty.exclude(atom_id__in=approved(run.pk)):
        if atom.attempts >= atom.allowed_attempts:
            continue
        mine = RunAtom.objects.filter(pk=atom.pk)
        reopened += move_atoms(mine, before=AtomStatus.FAILED, after=AtomStatus.READY, stage="generate")
    return reopened


def score_alone(run: ExecutionRun, *, reviewed: bool) -> None:
    """Run the whole suite for the score, as the MVP does, where validation is switched off: no rows of any level."""
    write_suite(run, suite_of(run, assemble(run)), reviewed=reviewed)


def write_score(run: ExecutionRun, evidence: Evidence, *, reviewed: bool) -> None:
    """Store what the suite measured: ``precision`` at the first end, ``precision_reviewed`` at later ones."""
    write_suite(run, evidence.suite, reviewed=reviewed)


def _by_people(suite: SuiteResult, masterplan_id: uuid.UUID) -> SuiteResult:
    """The suite without generated tests, where others are left that count."""
    files = MasterplanFile.objects.filter(masterplan_id=masterplan_id, generated=True)
    generated = set(files.values_list("path", flat=True))
    kept = replace(suite, cases=tuple(c for c in suite.cases if c.id.partition("::")[0] not in generated))
    return kept if kept.counted else counted_again(suite)


def write_suite(run: ExecutionRun, suite: SuiteResult, *, reviewed: bool) -> None:
    """Store what a run of the whole suite measured. Generated tests count only where nobody wrote any."""
    suite = _by_people(suite, run.masterplan_id)
    counted = suite.counted if suite.ran else ()
    fields = {
        "tests_total": len(counted) if suite.ran else None,
        "tests_passed": sum(c.status is TestStatus.PASSED for c in counted) if suite.ran else None,
        "precision_reviewed" if reviewed else "precision": suite.precision,
    }
    ExecutionRun.objects.filter(pk=run.pk).update(**fields)
    run.refresh_from_db()
