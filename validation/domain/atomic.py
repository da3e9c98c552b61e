"""Level 1: one atom. Syntax, names, types, the project's tests that reach it, generated tests, atomicity."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from masterplans.domain.workspace import Workspace
from validation.domain.blame import Blame
from validation.domain.disagreement import DISAGREES, DOUBTED, disagreeing
from validation.domain.generated_check import AtomView, generated_check
from validation.domain.interfaces import is_call
from validation.domain.model import Check, Finding, Level, LevelResult, Status, SuiteResult, TestCase, TestStatus
from validation.domain.reach import Reach, reach_of
from validation.domain.static import (
    Family,
    Located,
    StaticCheck,
    StaticReport,
    family_of,
    keys_of,
    moved_complaints,
    new_findings,
)

EMPTY_BLAME = Blame(suspiciousness={}, culprits={}, reaching={})
CHECKS = ("syntax", "names", "types", "tests", "generated_tests", "atomicity")
UNKNOWN = 0.5  # what did not run counts as unknown (spec of the confidence)
SHOWN = 20  # findings and test ids kept with a check
MESSAGE = 4000


@dataclass(frozen=True, kw_only=True)
class AtomicValidator:
    """Judges the atoms of one state of a workspace.

    ``static`` is the report on that state, ``drafts`` the one on the drafts: type findings that the draft had on the
    same line text are shown and not held against an atom. Undefined names and syntax errors always are.
    ``suite`` is None where no suite was run for this state. With ``draft_suite``, that of the drafts, new code must
    answer as the draft did wherever tests vouched for the draft; without it differences are shown and never held.
    """

    static: StaticReport
    drafts: StaticReport
    suite: SuiteResult | None = None
    blame: Blame = EMPTY_BLAME
    draft_suite: SuiteResult | None = None
    _cases: dict[str, TestCase] = field(init=False, repr=False, compare=False, default_factory=dict)
    _disagreeing: set[str] = field(init=False, repr=False, compare=False, default_factory=set)
    _executed: dict[str, set[int]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _reach: dict[str, Reach | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the suite's cases once for all atoms."""
        self._cases.update({case.id: case for case in self.suite.cases} if self.suite else {})
        self._disagreeing.update(disagreeing(self.suite) if self.suite else ())

    def judge(
        self, *, atom_id: str, path: str, start_line: int, end_line: int, loc: int, original: bool,
        whole: Workspace | None = None, atomicity: float | None = None, is_hole: bool = False,
    ) -> LevelResult:  # fmt: skip
        """Return level 1 of an atom.

        ``original``: its code is the draft's own, not one that a model or an edit brought in. ``whole`` is the judged
        workspace, for a file that is not in it any more. ``atomicity`` is the atom's score, 0..1.
        """
        atom = AtomView(id=atom_id, path=path, start_line=start_line, end_line=end_line, loc=loc)
        if is_hole or (whole is not None and path not in whole.files):
            reason = "a hole: no code yet" if is_hole else "the file is not there: nothing was written"
            checks = tuple(Check(name=name, status=Status.NOT_RUN, reason=reason) for name in CHECKS)
        else:
            checks = (
                self._syntax(atom),
                self._names(atom),
                self._types(atom),
                self._tests(atom, forgeable=not original, whole=whole),
                generated_check(
                    atom,
                    self.static,
                    self.drafts,
                    draft_suite=self.draft_suite,
                    original=original,
                    tested=bool(self.blame.reaching.get(atom.id)),
                ),
                _atomicity(atom, atomicity),
            )
        return LevelResult(level=Level.ATOMIC, scope=atom_id, atom_id=atom_id, checks=checks)

    def _broken(self, atom: AtomView) -> Located | None:
        """The first syntax error of the atom's file."""
        found = self.static.findings.get(StaticCheck.SYNTAX, {}).get(atom.path, ())
        return found[0] if found else None

    def _syntax(self, atom: AtomView) -> Check:
        run = self.static.run_of(StaticCheck.SYNTAX, atom.path)
        if not run.ran:
            return Check(name="syntax", status=Status.NOT_RUN, reason=run.reason, evidence=run.evidence)
        here = self.static.at(StaticCheck.SYNTAX, atom.path, atom.start_line, atom.end_line)
        if here:
            return _found("syntax", Status.FAILED, here, here[0].finding.message)
        broken = self._broken(atom)
        if broken is not None:
            return Check(name="syntax", status=Status.NOT_RUN, reason=_does_not_parse(broken))
        return Check(name="syntax", status=Status.PASSED, evidence=run.evidence)

    def _unready(self, atom: AtomView, check: StaticCheck) -> Check | None:
        """The check where a tool has nothing to say: no code, a broken file, no tool."""
        if atom.loc == 0:
            return Check(name=check, status=Status.NOT_APPLICABLE, reason="no code")
        broken = self._broken(atom)
        if broken is not None:
            return Check(name=check, status=Status.NOT_RUN, reason=_does_not_parse(broken))
        run = self.static.run_of(check, atom.path)
        if not run.ran:
            return Check(name=check, status=Status.NOT_RUN, reason=run.reason, evidence=run.evidence)
        return None

    def _names(self, atom: AtomView) -> Check:
        unready = self._unready(atom, StaticCheck.NAMES)
        if unready is not None:
            return unready
        here = self.static.at(StaticCheck.NAMES, atom.path, atom.start_line, atom.end_line)
        errors = [one for one in here if one.finding.severity == "error"]
        status = Status.FAILED if errors else Status.PASSED
        check = _found("names", status, here, errors[0].finding.message if errors else "")
        return replace(check, evidence=self.static.run_of(StaticCheck.NAMES, atom.path).evidence)

    def _types(self, atom: AtomView) -> Check:
        unready = self._unready(atom, StaticCheck.TYPES)
        if unready is not None:
            return unready
        here = self.static.at(StaticCheck.TYPES, atom.path, atom.start_line, atom.end_line)
        known = keys_of(self.drafts, StaticCheck.TYPES, atom.path)
        moved = moved_complaints(self.drafts, self.static, StaticCheck.TYPES, atom.path)
        errors = [one for one in new_findings(here, known, moved) if _is_certain(one.finding)]
        old = [one if one in errors else _as_warning(one) for one in here]
        status = Status.FAILED if errors else Status.PASSED
        check = _found("types", status, old, errors[0].finding.message if errors else "")
        return replace(check, evidence=self.static.run_of(StaticCheck.TYPES, atom.path).evidence)

    def _tests(self, atom: AtomView, *, forgeable: bool, whole: Workspace | None) -> Check:
        if atom.loc == 0:
            return Check(name="tests", status=Status.NOT_APPLICABLE, reason="no code")
        if self.suite is None or not self.suite.ran:
            reason = self.suite.reason if self.suite else "the suite was not run"
            return Check(name="tests", status=Status.NOT_RUN, reason=reason)
        check = self._as_far_as_executed(atom, self._judged_by_tests(atom, self.suite), self.suite, whole)
        doubting = self._doubting(atom, self.suite)
        # the suite's own output stands once, in the level 4 row; here stands what failed
        told = (*self.blame.culprits.get(atom.id, ()), *doubting)
        evidence = replace(self.suite.evidence, output=self._failures(told))
        reaching = self.blame.reaching.get(atom.id, ())
        if doubting:
            check = _doubted(check, doubting)
        generated = bool(reaching or doubting) and all(_is_generated(test, whole) for test in (*reaching, *doubting))
        reason = f"{check.reason}; all of them generated" if generated else check.reason
        return replace(check, forgeable=forgeable, generated=generated, reason=reason, evidence=evidence)

    def _as_far_as_executed(self, atom: AtomView, check: Check, suite: SuiteResult, whole: Workspace | None) -> Check:
        """The verdict of the tests, cut to the part of the atom that they executed: the rest is unknown, not passed."""
        reach = self._reach_of(atom.path, whole)
        if reach is None or check.status is Status.FAILED:
            return check
        executed = self._executed_in(atom.path, suite)
        if check.status is Status.NOT_RUN:
            return _at_loading(atom, check, reach, executed)
        ran, of = reach.share(atom.start_line, atom.end_line, executed)
        if ran == of or check.value is None:
            return check
        known = (ran + (of - ran) * UNKNOWN) / of
        reason = f"{check.reason}; {ran} of {of} statements executed"
        return replace(check, value=min(check.value, known), reason=reason)

    def _reach_of(self, path: str, whole: Workspace | None) -> Reach | None:
        file = whole.files.get(path) if whole else None
        if file is None or family_of(path) is not Family.PYTHON:
            return None
        if path not in self._reach:
            self._reach[path] = reach_of(file.content)
        return self._reach[path]

    def _executed_in(self, path: str, suite: SuiteResult) -> set[int]:
        if path not in self._executed:
            lines = (paths.get(path, ()) for paths in suite.coverage.values())
            self._executed[path] = {line for some in lines for line in some}
        return self._executed[path]

    def _doubting(self, atom: AtomView, suite: SuiteResult) -> list[str]:
        """Generated tests that went through the atom and do not agree with the code as it came in."""
        lines = range(atom.start_line, atom.end_line + 1)
        return sorted(
            test
            for test in self._disagreeing
            if any(line in lines for line in suite.coverage.get(test, {}).get(atom.path, ()))
        )

    def _failures(self, tests: Sequence[str]) -> str:
        cases = [self._cases[test] for test in tests[:3] if test in self._cases]
        return "\n\n".join(f"{case.id}: {case.status}\n{case.message}" for case in cases)[:MESSAGE]

    def _judged_by_tests(self, atom: AtomView, suite: SuiteResult) -> Check:
        accused = self.blame.culprits.get(atom.id, ())
        reaching = self.blame.reaching.get(atom.id, ())
        suspicion = self.blame.suspiciousness.get(atom.id, 0.0)
        if accused:
            reason = f"blamed for {_some(accused)}: suspiciousness {suspicion:.2f}"
            return Check(name="tests", status=Status.FAILED, reason=reason, value=1 - suspicion)
        if not reaching:
            missing = sum(case.status is TestStatus.MISSING for case in suite.cases)
            more = f" ({missing} tests did not report: {suite.reason})" if missing else ""
            more += f" ({blind} tests ran without coverage of each)" if (blind := _unmeasured(suite)) else ""
            return Check(name="tests", status=Status.NOT_RUN, reason=f"no test reaches it{more}")
        failing = [
            t for t in reaching if t in self._cases and self._cases[t].status in (TestStatus.FAILED, TestStatus.ERROR)
        ]
        if failing:
            reason = f"reached by failing tests, not the most suspicious: {_some(failing)}"
            return Check(name="tests", status=Status.PASSED, reason=reason, value=1 - suspicion)
        return Check(name="tests", status=Status.PASSED, reason=f"passed: {_some(reaching)}", value=1.0)


def _at_loading(atom: AtomView, check: Check, reach: Reach, executed: set[int]) -> Check:
    """What no test reaches, because it runs when its module is loaded or with the first line of a function."""
    if reach.is_silent(atom.start_line, atom.end_line):
        return replace(check, status=Status.NOT_APPLICABLE, reason="nothing in it runs after its module is loaded")
    judged = reach.judged_with_body(atom.start_line, atom.end_line, executed)
    heads_only = not reach.share(atom.start_line, atom.end_line, executed)[1]
    valued = any(first <= atom.end_line and atom.start_line <= last for first, last in reach.values)
    if judged and all(judged) and heads_only and not valued:
        return replace(check, status=Status.NOT_APPLICABLE, reason="a head: tests judge it with its body")
    return check


def _doubted(check: Check, doubting: Sequence[str]) -> Check:
    """The same check with what generated tests say against it: it is worth less, and fails by nothing of theirs."""
    if check.status is Status.NOT_RUN:
        return replace(check, reason=f"{DISAGREES}{_some(doubting)}; {check.reason}")
    if check.status is not Status.PASSED:
        return check
    value = min(DOUBTED, 1.0 if check.value is None else check.value)
    return replace(check, value=value, reason=f"{check.reason}; {DISAGREES}{_some(doubting)}")


def _unmeasured(suite: SuiteResult) -> int:
    """Tests that ran, but whose lines nobody knows: what they reach cannot be said."""
    executed = (TestStatus.PASSED, TestStatus.FAILED)
    return sum(case.status in executed and case.id not in suite.coverage for case in suite.cases)


def _is_generated(test: str, whole: Workspace | None) -> bool:
    file = whole.files.get(test.partition("::")[0]) if whole else None
    return file is not None and file.generated


def _atomicity(atom: AtomView, score: float | None) -> Check:
    if atom.loc == 0:
        return Check(name="atomicity", status=Status.NOT_APPLICABLE, reason="no code")
    if score is None:
        return Check(name="atomicity", status=Status.NOT_RUN, reason="no atomicity score for this code")
    return Check(name="atomicity", status=Status.PASSED, reason=f"score {score:.2f}", value=min(max(score, 0.0), 1.0))


def _found(name: str, status: Status, here: Sequence[Located], reason: str) -> Check:
    return Check(name=name, status=status, reason=reason, findings=tuple(one.finding for one in here[:SHOWN]))


def _is_certain(finding: Finding) -> bool:
    """An error that does not rest on half-guessed types of code without annotations: these change with its wording."""
    return finding.severity == "error" and ("Unknown" not in finding.message or is_call(finding))


def _as_warning(one: Located) -> Located:
    return replace(one, finding=replace(one.finding, severity="warning"))


def _does_not_parse(broken: Located) -> str:
    return f"the file does not parse: line {broken.finding.line}: {broken.finding.message}"


def _some(tests: Sequence[str]) -> str:
    shown = ", ".join(tests[:3])
    return f"{shown} and {len(tests) - 3} more" if len(tests) > 3 else shown
