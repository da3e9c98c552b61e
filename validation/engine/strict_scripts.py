"""Judges a workspace by some of its script tests in two sandboxes: the tests in one, the code in the other."""

import json
import time
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.layout import arrange
from validation.domain.scripttests import VITEST, imports_no_runner
from validation.domain.static import Family, family_of
from validation.domain.strictness import StrictRun, judged
from validation.domain.testfiles import script_test_files
from validation.engine.process import SuiteSettings, suite_limits
from validation.engine.script_suite import has_package, lacking, runner_for
from validation.sandbox.spec import Ending, SandboxOutcome
from validation.sandbox.strict.script_needs import script_needs, without_needy
from validation.sandbox.strict.script_pair import PHASES, Apart, judge_apart, phase_name
from validation.sandbox.strict.script_source import GRAMMARS, is_esm, read_tests
from validation.sandbox.strict.verdict import Phase, Reports

MEMORY_MIB = 1024
SECONDS_PER_FILE = 3.0


def judge_scripts_strictly(workspace: Workspace, tests: Collection[str], *, seconds: float) -> StrictRun:
    """Judge by these tests (plan ids), most important first, for at most ``seconds``.

    Each file of tests runs whole, as itself and twice as a control. What cannot be judged so is told, never guessed.
    """
    return judged(lambda: _Case(workspace, tests, seconds), seconds=seconds)


class _Case:
    """One judgement: the tests that allow it, their twins, and what lies in which sandbox."""

    def __init__(self, workspace: Workspace, tests: Collection[str], seconds: float) -> None:
        self._workspace = workspace
        self._placed = arrange(workspace)
        self.why_not: dict[str, str] = {}
        self.twins: dict[str, str] = {}  # place -> text, of the files that take part
        self._twin_ids: set[str] = set()
        self._targets: dict[str, tuple[str, str]] = {}  # plan id -> place of its file, full name
        self._vitest = self._globals = False
        self._most_files = max(1, int(seconds / SECONDS_PER_FILE))
        files = {file.path: file for file in script_test_files(workspace)}
        for path in dict.fromkeys(test.partition("::")[0] for test in tests):
            mine = [test for test in tests if test.partition("::")[0] == path]
            self._add(files.get(path), mine)

    def _add(self, file: WorkspaceFile | None, tests: list[str]) -> None:
        if file is None:
            self.why_not |= dict.fromkeys(tests, "not a test of a script")
            return
        foreign = runner_for(self._workspace, file)
        vitest = foreign == VITEST and has_package(self._workspace, VITEST)
        if foreign is not None and not vitest:
            self.why_not |= dict.fromkeys(tests, lacking(foreign))
            return
        if self.twins and vitest != self._vitest:
            self.why_not |= dict.fromkeys(tests, "they are for another runner than the tests nearest to the code")
            return
        self._vitest, self._globals = vitest, self._globals or imports_no_runner(file)
        if len(self.twins) >= self._most_files:
            self.why_not |= dict.fromkeys(tests, f"more than {self._most_files} files of tests at once")
            return
        source = file.content.decode("utf-8-sig", "replace")
        grammar = GRAMMARS[PurePosixPath(file.place).suffix]
        needs, source = script_needs(source, grammar), without_needy(source, grammar)
        read = read_tests(source, grammar)
        for test in tests:
            name = test.partition("::")[2].replace("::", " > ")
            written = _written(name, needs)
            why = read.error or "; ".join(needs.get(written, ["not found by parsing"]))
            if why:
                self.why_not[test] = why
                continue
            self._targets[test] = (file.place, name)
            self._placed[file.place], self.twins[file.place] = source.encode("utf-8", "replace"), read.twin
            if written in read.twin_ids | read.loose_twins:
                self._twin_ids.add(test)

    def judge(self, seconds: float, began: float) -> StrictRun:
        settings = SuiteSettings(timeout_seconds=seconds, memory_mib=MEMORY_MIB)
        inner, outer, reports = judge_apart(self._apart(seconds, settings))
        return self._read(inner, outer, reports, time.monotonic() - began)

    def _apart(self, seconds: float, settings: SuiteSettings) -> Apart:
        code = {f.place for f in self._workspace.of_role(FileRole.SOURCE) if family_of(f.place) is Family.SCRIPT}
        tests = {f.place for f in self._workspace.of_role(FileRole.TEST)}
        return Apart(
            code={place: self._placed[place] for place in code},
            esm={place: is_esm(place, self._text(place), typed_module=self._of_modules(place)) for place in code},
            tests={place: self._placed[place] for place in tests},
            twins=self.twins,
            shared={place: content for place, content in self._placed.items() if place not in code | tests},
            node_modules=self._workspace.node_modules,
            seconds=seconds / len(PHASES),
            limits=suite_limits(self._placed, settings, seconds + 3),
            controls_always=True,
            vitest=self._vitest,
            globals=self._globals,
        )

    def _text(self, place: str) -> str:
        return self._placed[place].decode("utf-8", "replace")

    def _of_modules(self, place: str) -> bool:
        """Whether the nearest ``package.json`` says that ``.js`` is a module of the standard."""
        for parent in PurePosixPath(place).parents:
            told = self._placed.get(str(parent / "package.json"))
            if told is not None:
                try:
                    return bool(json.loads(told).get("type") == "module")
                except (ValueError, AttributeError, RecursionError):
                    return False
        return False

    def _read(self, inner: SandboxOutcome, outer: SandboxOutcome, reports: Reports, seconds: float) -> StrictRun:
        refused = next((one.reason for one in (outer, inner) if one.ending is Ending.REFUSED), "")
        if refused or reports.foreign:
            why = refused or f"{reports.foreign} foreign lines in the report"
            whole = dict.fromkeys(self._targets, f"not apart from the code: {why}")
            return StrictRun(why_not=self.why_not | whole, seconds=seconds)
        proven: set[str] = set()
        failed: dict[str, str] = {}
        why_not = dict(self.why_not)
        for test, (place, name) in self._targets.items():
            main, twin, mutant = (reports.phase(phase_name(place, one)) for one in PHASES)
            why, message = _one(name, main, outer)
            why = why or ("" if message else _controls(name, twin if test in self._twin_ids else None, mutant))
            if message:
                failed[test] = message
            elif why:
                why_not[test] = why
            else:
                proven.add(test)
        return StrictRun(proven=frozenset(proven), failed=failed, why_not=why_not, seconds=seconds)


def _written(name: str, written: Iterable[str]) -> str:
    """The test as written that makes the one of this name: templates and tables make many of one ``?``."""
    parts = name.split(" > ")

    def makes(one: str) -> bool:
        words = one.split(" > ")
        return len(words) == len(parts) and all(w in ("?", p) for w, p in zip(words, parts, strict=True))

    return next((one for one in sorted(written, key=lambda one: one.count("?")) if makes(one)), name)


def _one(name: str, main: Phase, outer: SandboxOutcome) -> tuple[str, str]:
    """Of one test: why it proves nothing, and how it failed; neither is a pass."""
    if main.broken or main.errors or main.ended != 1:
        why = main.broken or "; ".join(main.errors)[:300] or outer.reason or "the tests did not end in time"
        return f"not apart from the code: {why}", ""
    status, notes = main.statuses.get(name), main.notes.get(name, {})
    needs = [str(need) for need in notes.get("needs", ())]
    if status == "failed":
        company = needs or (["an object of a library came back"] if notes.get("library_objects") else [])
        message = next((m for t, s, m in main.reports if t == name and s == "failed"), "")
        return (f"the code answers for itself: {company[0]}", "") if company else ("", message or "it failed")
    if status != "passed":
        return f"it ended as {status}" if status else "it was not found, or did not report", ""
    return (needs[0] if needs else ""), ""


def _controls(name: str, twin: Phase | None, mutant: Phase) -> str:
    """Why a pass proves nothing: the test passes with other expectations, or with code that does nothing."""
    if twin is not None and twin.ended != 1 and not twin.errors:
        return "the control with other expectations did not finish"
    if twin is not None and twin.statuses.get(name) == "passed":
        return "it passes whatever is expected"
    if mutant.ended != 1 and not mutant.errors:
        return "the control with hollow modules did not finish"
    return "it passes with modules that do nothing" if mutant.statuses.get(name) == "passed" else ""
