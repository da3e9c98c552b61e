"""The strict way in a run: new code is judged apart from its tests, so that it cannot forge their results."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from execution.engine.evidence import Evidence
from execution.models import RunAtom
from masterplans.domain.workspace import Workspace
from validation.domain.model import LevelResult, Status
from validation.domain.static import Family, family_of
from validation.domain.strictness import MOST_TESTS, Place, StrictRun, closest, with_scan, with_strictness
from validation.engine.forgery_scan import scan
from validation.engine.strict_scripts import judge_scripts_strictly
from validation.engine.strict_suite import judge_strictly

SECONDS = 9.0  # for one candidate with its controls; most take half a second
MOST_AT_THE_END = 200  # test functions, when all that was accepted is judged once more
SECONDS_AT_THE_END = 90.0


def judged_strictly(atom: RunAtom, result: LevelResult, evidence: Evidence, drafts: Evidence) -> LevelResult:
    """Level 1 of a candidate that passed beside its tests, with what they say apart from it, and the scan."""
    place = _place(atom, evidence)
    if place is None:
        return result
    result = with_scan(result, scan(evidence.assembly.workspace, place))
    tests = next((check for check in result.checks if check.name == "tests"), None)
    if tests is None or tests.status is not Status.PASSED or result.status is Status.FAILED:
        return result
    reaching = evidence.blame.reaching.get(str(atom.atom_id), ())
    strict = _run(atom.path, closest(evidence.suite, reaching)[:MOST_TESTS], evidence.assembly.workspace, SECONDS)
    if strict.failed:
        strict = _fair(atom.path, strict, drafts)
    return with_strictness(result, strict, evidence.suite, reaching=reaching, place=place)


def judged_strictly_at_the_end(
    atoms: Sequence[RunAtom], results: Sequence[LevelResult], evidence: Evidence
) -> list[LevelResult]:
    """The same for all that was accepted, by one run of each language. What fails apart is marked there, not failed.

    Each of these atoms was judged alone before; here nothing would tell which of them it was.
    """
    changed = [atom for atom in atoms if atom.code is not None]
    strict = {
        family: _all_of([atom for atom in changed if family_of(atom.path) is family], evidence) for family in Family
    }
    return [_at_the_end(a, r, strict, evidence) for a, r in zip(atoms, results, strict=True)]


def _all_of(changed: Sequence[RunAtom], evidence: Evidence) -> StrictRun:
    """What the tests say that are closest to these atoms, which are of one language."""
    wanted = dict.fromkeys(
        test
        for atom in changed
        for test in closest(evidence.suite, evidence.blame.reaching.get(str(atom.atom_id), ()))[:MOST_TESTS]
    )
    if not wanted:
        return StrictRun()
    strict = _run(changed[0].path, list(wanted)[:MOST_AT_THE_END], evidence.assembly.workspace, SECONDS_AT_THE_END)
    over = dict.fromkeys(list(wanted)[MOST_AT_THE_END:], f"more than {MOST_AT_THE_END} tests at once")
    failed = dict.fromkeys(strict.failed, "it fails apart from the code")
    return replace(strict, failed={}, why_not={**strict.why_not, **over, **failed}, seconds=0.0)


def _at_the_end(
    atom: RunAtom, result: LevelResult, strict: Mapping[Family, StrictRun], evidence: Evidence
) -> LevelResult:
    place = _place(atom, evidence) if atom.code is not None else None
    family = family_of(atom.path)
    if place is None or family is None:
        return result
    reaching = evidence.blame.reaching.get(str(atom.atom_id), ())
    result = with_scan(result, scan(evidence.assembly.workspace, place))
    return with_strictness(result, strict[family], evidence.suite, reaching=reaching, place=place)


def _place(atom: RunAtom, evidence: Evidence) -> Place | None:
    spans = evidence.assembly.spans.get(atom.path, ())
    found = next(((first, last) for key, first, last in spans if key == str(atom.atom_id)), None)
    return None if found is None else Place(path=atom.path, first=found[0], last=found[1])


def _run(path: str, tests: Sequence[str], workspace: Workspace, seconds: float) -> StrictRun:
    judge = judge_scripts_strictly if family_of(path) is Family.SCRIPT else judge_strictly
    return judge(workspace, tests, seconds=seconds)


def _fair(path: str, strict: StrictRun, drafts: Evidence) -> StrictRun:
    """Where a draft passes a test beside it and fails it apart from it, the strict way does not suit the test."""
    known = set(closest(drafts.suite, [case.id for case in drafts.suite.cases])) & strict.failed.keys()
    if not known:
        return strict
    before = _run(path, sorted(known), drafts.assembly.workspace, SECONDS)
    unsuited = known - before.proven
    failed = {test: message for test, message in strict.failed.items() if test not in unsuited}
    why_not = {**strict.why_not, **dict.fromkeys(unsuited, "it fails apart from the draft too")}
    return replace(strict, failed=failed, why_not=why_not, seconds=strict.seconds + before.seconds)
