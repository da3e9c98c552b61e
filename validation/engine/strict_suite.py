"""Judges a workspace by some of its Python tests in two sandboxes: the tests in one, the code in the other."""

import json
import secrets
import time
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.layout import arrange, surroundings
from validation.domain.strictness import StrictRun, judged
from validation.domain.testfiles import python_modules, python_test_files
from validation.engine.process import SuiteSettings, search_path, suite_limits
from validation.engine.python_suite import arguments_of, fallback_of, loaded_ahead
from validation.sandbox.spec import Ending, Mount, SandboxOutcome, SandboxRequest
from validation.sandbox.strict.needs import needs_by_test
from validation.sandbox.strict.pair import run_pair
from validation.sandbox.strict.python_judge import JUDGE, oracle_files, subject_files
from validation.sandbox.strict.tests_source import UnreadableError, hint_of, twin
from validation.sandbox.strict.verdict import Phase, Reports, read_reports
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, ToolRoot, python_root

MEMORY_MIB = 1024
_RESULT_BYTES = 16 * 1024 * 1024
_STAND_IN = "not type 'Handle'"  # as C code says it, which looks at types and not at what they do


def judge_strictly(workspace: Workspace, tests: Collection[str], *, seconds: float) -> StrictRun:
    """Judge by these test functions (plan ids without parameters), most important first, for at most ``seconds``.

    The tests have half of the time, then two controls the rest. What cannot be judged so is told, never guessed.
    """
    if workspace.root_package is not None:
        return StrictRun(reason="the code is a part of an installed package, which the tests need whole")
    return judged(lambda: _Case(workspace, tests), seconds=seconds)


class _Case:
    """One judgement: the tests that allow it, their twins, and the two requests."""

    def __init__(self, workspace: Workspace, tests: Collection[str]) -> None:
        self._workspace = workspace
        self._placed = arrange(workspace, surroundings(workspace))
        self._modules = _modules_of(workspace)
        self.why_not: dict[str, str] = {}
        self.twins: dict[str, str] = {}  # place -> text, of the files that take part
        self._twin_ids: set[str] = set()
        self._hints: dict[str, list[str]] = {}  # test -> why it may fail only for being apart
        self._targets: dict[str, str] = {}  # node id -> plan id
        files = {file.path: file for file in python_test_files(workspace)}
        helpers = _helpers_of(workspace)
        for path in dict.fromkeys(test.partition("::")[0] for test in tests):
            mine = [test for test in tests if test.partition("::")[0] == path]
            if path not in files:
                self.why_not |= dict.fromkeys(mine, "not a test of pytest or unittest")
                continue
            try:
                self._add(files[path], mine, helpers)
            except UnreadableError as error:
                self.why_not |= dict.fromkeys(mine, str(error))

    def _add(self, file: WorkspaceFile, tests: list[str], helpers: Mapping[str, str]) -> None:
        source = file.content.decode("utf-8-sig", "replace")
        folders = {str(parent) for parent in PurePosixPath(file.place).parents}
        conftests = [
            one.content.decode("utf-8-sig", "replace")
            for one in self._workspace.files.values()
            if one.place.rpartition("/")[2] == "conftest.py" and (one.place.rpartition("/")[0] or ".") in folders
        ]
        read = partial(needs_by_test, source, modules=self._modules, conftests=conftests, helpers=helpers)
        needs, hints = read(), read(ask=hint_of)
        text, twin_ids = twin(source, "tests")
        for test in tests:
            name = test.partition("::")[2]
            if name not in needs or needs[name]:
                self.why_not[test] = "; ".join(needs.get(name, ["not found by parsing"]))
                continue
            self._targets[f"{file.place}::{name}"] = test
            self._hints[test] = hints[name]
            if name in twin_ids:
                self._twin_ids.add(test)
            self.twins[file.place] = text

    def judge(self, seconds: float, began: float) -> StrictRun:
        nonce = secrets.token_hex(16)
        settings = SuiteSettings(timeout_seconds=seconds, memory_mib=MEMORY_MIB)
        root = python_root(self._workspace.python)
        subject = self._subject(root, settings)
        inner, outer = run_pair(subject=subject, oracle=self._oracle(root, settings, nonce, seconds / 3))
        return self._read(inner, outer, read_reports(outer.result, nonce), time.monotonic() - began)

    def _subject(self, root: ToolRoot, settings: SuiteSettings) -> SandboxRequest:
        """The code and its data, and not one test."""
        tests = {f.place for f in self._workspace.of_role(FileRole.TEST)}
        files = {p: c for p, c in self._placed.items() if p not in tests and not p.endswith("conftest.py")}
        told = {"modules": sorted(self._modules), "sys_path": search_path(self._placed)[1:]}
        return SandboxRequest(
            argv=(*root.argv, "-I", f"{JUDGE}/subject.py"),
            mounts=root.mounts,
            files={**{f"/work/{place}": content for place, content in files.items()}, **subject_files()},
            stdin=json.dumps(told).encode(),
            limits=suite_limits(files, settings, settings.timeout_seconds + 5),
        )

    def _oracle(self, root: ToolRoot, settings: SuiteSettings, nonce: str, seconds: float) -> SandboxRequest:
        """The tests and their data, and none of the code: of its packages the empty folders."""
        mounts, late = fallback_of(self._workspace)
        sources = {f.place for f in self._workspace.of_role(FileRole.SOURCE)}
        files = {p: b"" if p.endswith("/__init__.py") else c for p, c in self._placed.items()
                 if p not in sources or p.endswith("/__init__.py")}  # fmt: skip
        flags = [word for word in arguments_of(list(self.twins), self._workspace) if not word.startswith("/work/")]
        main = {"name": "main", "module": "remote", "targets": [f"/work/{one}" for one in self._targets]}
        twins = {f"/work/{place}": text for place, text in self.twins.items()}
        originals = {f"/work/{place}": self._placed[place].decode("utf-8-sig", "replace") for place in self.twins}
        plan: dict[str, Any] = {
            "nonce": nonce,
            "strict": True,
            "seconds": seconds,
            "arguments": flags,
            "modules": self._modules,
            "sys_path": search_path(self._placed),
            "whole_ids": True,
            "controls_always": True,
            "phases": [
                main,
                {**main, "name": "twin", "files": twins},
                {**main, "name": "mutant", "module": "mutant", "files": originals},
            ],
        }
        return SandboxRequest(
            argv=(*root.argv, "-I", f"{JUDGE}/oracle.py", *late),
            mounts=(
                *root.mounts,
                Mount(host=INSIDE_FOLDER, inside=INSIDE),
                *mounts,
            ),  # as a suite's
            preload=loaded_ahead(self._workspace),
            env={"HOME": "/tmp", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "" if self._workspace.python else "1"},  # noqa: S108
            files={**{f"/work/{place}": content for place, content in files.items()}, **oracle_files()},
            stdin=json.dumps(plan).encode(),
            limits=suite_limits(files, settings, settings.timeout_seconds + 2),
            result_channel=True,
            result_bytes=_RESULT_BYTES,
        )

    def _read(self, inner: SandboxOutcome, outer: SandboxOutcome, reports: Reports, seconds: float) -> StrictRun:
        main = reports.phase("main")
        refused = next((one.reason for one in (outer, inner) if one.ending is Ending.REFUSED), "")
        broken = str(reports.notes.get("broken", ""))
        if refused or reports.foreign or not main.collected or main.ended != 1 or broken:
            why = refused or (f"{reports.foreign} foreign lines in the report" if reports.foreign else "")
            why = why or broken or outer.reason or "; ".join(main.errors)[-300:] or _unended(main, outer)
            whole = dict.fromkeys(self._targets.values(), f"not apart from the code: {why}")
            return StrictRun(why_not=self.why_not | whole, seconds=seconds)
        proven: set[str] = set()
        failed: dict[str, str] = {}
        why_not = dict(self.why_not)
        for node, test in self._targets.items():
            why, message = _one(node, reports, main, twin=test in self._twin_ids, hints=self._hints.get(test, []))
            if message:
                failed[test] = message
            elif why:
                why_not[test] = why
            else:
                proven.add(test)
        return StrictRun(proven=frozenset(proven), failed=failed, why_not=why_not, seconds=seconds)


def _unended(main: Phase, outer: SandboxOutcome) -> str:
    """Why nothing was reported: no time, or pytest itself gave up, a ``conftest.py`` for instance."""
    last = outer.output.strip().rpartition("\n")[2][-200:]
    return f"pytest found no tests: {last}" if main.ended else "the tests did not end in time"


def _one(node: str, reports: Reports, main: Phase, *, twin: bool, hints: list[str]) -> tuple[str, str]:
    """Of one test function: why it proves nothing, and how it failed; neither is a proof."""
    mine = [one for one in main.collected if one.partition("[")[0] == node]
    statuses = main.statuses
    if not mine or any(one not in statuses for one in mine):
        return "it was not found, or did not report", ""
    notes = [main.notes.get(one, {}) for one in mine]
    doubts = [str(word) for note in notes for key in ("needs", "decided") for word in note.get(key, ())]
    if any(statuses[one] == "failed" for one in mine):
        apart = [str(word) for note in notes for word in note.get("apart", ())] + hints
        if doubts or apart:
            return (
                f"the code answers for itself: {doubts[0]}" if doubts else f"it may fail for being apart: {apart[0]}",
                "",
            )
        message = next((m for t, s, m in main.reports if t in mine and s == "failed"), "") or "it failed"
        if _STAND_IN in message:
            return "a library in the tests needs the object itself, not what stands for it", ""
        return "", message
    other = next((statuses[one] for one in mine if statuses[one] != "passed"), "")
    if other or doubts:
        return doubts[0] if doubts else f"it ended as {other}", ""
    return _controls(mine, reports, twin=twin), ""


def _controls(mine: list[str], reports: Reports, *, twin: bool) -> str:
    """Why a pass proves nothing: the test passes with other expectations, or with code that does nothing."""
    twins, mutants = reports.phase("twin"), reports.phase("mutant")
    if twin and twins.ended != 1:
        return "the control with other expectations did not finish"
    if twin and all(twins.statuses.get(one) == "passed" for one in mine):
        return "it passes whatever is expected"
    if not mutants.errors and mutants.ended != 1:
        return "the control with hollow modules did not finish"
    if all(mutants.statuses.get(one) == "passed" for one in mine):
        return "it passes with modules that do nothing"
    return ""


def _modules_of(workspace: Workspace) -> dict[str, bool]:
    """Dotted names of the code under test, and whether each is a package; folders without ``__init__`` are too."""
    files = python_modules(workspace)
    found = {name: path.endswith("__init__.py") for name, path in files.items() if name}
    for name in files:
        parts = name.split(".")
        for count in range(1, len(parts)):
            found[".".join(parts[:count])] = True
    return found


def _helpers_of(workspace: Workspace) -> dict[str, str]:
    """Modules that belong to the tests and hold none, by dotted name."""
    tests = {file.path for file in python_test_files(workspace)}
    return {
        f.place[:-3].removesuffix("/__init__").replace("/", "."): f.content.decode("utf-8-sig", "replace")
        for f in workspace.files.values()
        if f.role is not FileRole.SOURCE and f.place.endswith(".py") and f.path not in tests
        and not f.place.endswith("conftest.py") and f.content.strip()
    }  # fmt: skip
