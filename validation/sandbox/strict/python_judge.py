"""Judges Python code against pytest or unittest tests: the strict way where the tests allow it, else hardened."""

import ast
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from validation.sandbox.runner import run
from validation.sandbox.spec import Ending, Limits, SandboxOutcome, SandboxRequest
from validation.sandbox.strict.pair import run_pair
from validation.sandbox.strict.scan import Signal, scan_python
from validation.sandbox.strict.tests_source import (
    UnreadableError,
    apart_hints,
    in_process_needs,
    parse,
    twin,
    written_tests,
)
from validation.sandbox.strict.verdict import Judgement, Phase, Reports, Verdict, by_ending, by_phase, read_reports
from validation.sandbox.toolroots import PYTEST_LOADED, ToolRoot, python_root

_HERE = Path(__file__).parent
JUDGE = "/tmp/.judge"  # noqa: S108 - inside the sandbox
_CODE = "/work/atom.py"
_TESTS = {"main": "/work/test_atom.py", "twin": "/work/test_atom_twin.py", "mutant": "/work/test_atom_mutant.py"}
_PHASES = 3
_ARGUMENTS = ("-q", "--no-header", "--noconftest", "-p", "no:cacheprovider", "--import-mode=importlib", "--tb=short",
              "-c", "/dev/null", "--rootdir=/work")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Case:
    """One judgement at work."""

    code: str
    tests: str
    tree: ast.Module
    expected: dict[str, int | None]
    twin_source: str
    twin_ids: frozenset[str]
    signals: list[Signal]
    root: ToolRoot
    limits: Limits


def judge_python(*, code: str, tests: str, limits: Limits | None = None, python: str | None = None) -> Judgement:
    """Judge ``code``, importable as ``atom``, against ``tests``. ``limits`` hold for one run of the tests."""
    try:
        tree = parse(tests, "tests")
        expected = {test.id: test.cases for test in written_tests(tree)}
        twin_source, twin_ids = twin(tests, "tests")
        signals = scan_python(parse(code, "code"))
    except UnreadableError as error:
        return Judgement(verdict=Verdict.ERROR, forgeable=False, output="", detail={"reasons": [str(error)]})
    case = _Case(code, tests, tree, expected, twin_source, twin_ids, signals, python_root(python), limits or Limits())
    if not expected:
        return Judgement(verdict=Verdict.SUSPECT, forgeable=False, output="", detail=_detail(case, ["no tests"]))
    needs = in_process_needs(tree)
    if needs:
        return _judge_in_process(case, needs)
    return _judge_strict(case)


def _detail(case: _Case, reasons: Iterable[str], mode: str = "none", phase: Phase | None = None) -> dict[str, object]:
    tests = [{"id": t, "status": s, "message": m} for t, s, m in phase.reports] if phase else []
    return {
        "mode": mode,
        "reasons": list(reasons),
        "signals": [asdict(signal) for signal in case.signals],
        "tests": tests,
        "expected": sorted(case.expected),
    }


def _judge_strict(case: _Case) -> Judgement:
    nonce = secrets.token_hex(16)
    phases = [("main", "remote"), ("twin", "remote"), ("mutant", "mutant")]
    subject = _subject(case)
    oracle = _oracle(case, nonce, phases, strict=True)
    inner, outer = run_pair(subject=subject, oracle=oracle)
    reports = read_reports(outer.result, nonce)
    main, notes = reports.phase("main"), reports.notes
    if outer.ending is Ending.REFUSED or inner.ending is Ending.REFUSED:
        reason = outer.reason or inner.reason
        return Judgement(verdict=Verdict.REFUSED, forgeable=False, output="", detail=_detail(case, [reason]))
    ended = _ended_early(inner, outer, main)
    needs = [str(need) for need in notes.get("needs", [])]
    decided = [str(what) for what in notes.get("decided", [])]
    failed = by_phase(main)
    doubts = [f"the code answers for itself: {what}" for what in decided]
    doubts += [*map(str, notes.get("apart", [])), *apart_hints(case.tree)]
    if ended is None and (needs or (failed and doubts)) and not notes.get("broken"):
        return _judge_in_process(case, needs or doubts)
    reasons = [r for r in (inner.reason if ended else "", outer.reason, str(notes.get("broken", ""))) if r]
    output = outer.output + (f"\n--- code ---\n{inner.output}" if inner.output else "")
    verdict = ended or failed
    if verdict is None and notes.get("broken"):
        verdict = Verdict.FAILED
    if verdict is None:
        reasons += _strict_doubts(case, reports)
        verdict = Verdict.SUSPECT if reasons else Verdict.PASSED
    detail = _detail(case, [*reasons, *main.errors], "strict", main)
    detail["decided_by_code"] = decided
    return Judgement(verdict=verdict, forgeable=bool(decided), output=output, detail=detail)


def _ended_early(inner: SandboxOutcome, outer: SandboxOutcome, main: Phase) -> Verdict | None:
    """A limit that stopped the tests themselves; the subject's own limits show as failing tests otherwise."""
    if main.ended == 1 and by_phase(main) is None:
        return None
    if inner.ending in (Ending.TIMEOUT, Ending.KILLED):
        return by_ending(inner)
    return by_ending(outer)


def _strict_doubts(case: _Case, reports: Reports) -> list[str]:
    doubts = reports.phase("main").doubts(case.expected)
    if reports.foreign:
        doubts.append(f"{reports.foreign} foreign lines in the report")
    return doubts or [*_twin_doubts(case, reports.phase("twin")), *_mutant_doubts(reports.phase("mutant"))]


def _twin_doubts(case: _Case, phase: Phase) -> list[str]:
    if not case.twin_ids:
        return []
    if phase.ended != 1:
        return ["the control with other expectations did not finish"]
    failing = {test.split("[", 1)[0] for test, status in phase.statuses.items() if status != "passed"}
    return [f"{name}: passes whatever is expected" for name in sorted(case.twin_ids - failing)]


def _mutant_doubts(phase: Phase) -> list[str]:
    if phase.errors:
        return []  # not even loading survives it
    if phase.ended != 1:
        return ["the control with a hollow module did not finish"]
    if phase.statuses and all(status == "passed" for status in phase.statuses.values()):
        return ["all tests pass with a module that does nothing"]
    return []


def _judge_in_process(case: _Case, needs: list[str]) -> Judgement:
    """Code and tests share a process: forgeable, so any signal of the scan makes a pass suspect."""
    nonce = secrets.token_hex(16)
    outcome = run(_with_code(case, _oracle(case, nonce, [("main", "real")], strict=False)))
    reports = read_reports(outcome.result, nonce)
    main = reports.phase("main")
    reasons = [f"in-process: {need}" for need in needs]
    verdict = by_ending(outcome) or by_phase(main)
    if outcome.reason:
        reasons.append(outcome.reason)
    if verdict is None:
        doubts = main.doubts(case.expected)
        if reports.foreign:
            doubts.append(f"{reports.foreign} foreign lines in the report")
        doubts = doubts or _in_process_controls(case)
        if any(signal.grave for signal in case.signals):
            doubts.append("the code does what code that forges results does: see signals")
        verdict = Verdict.SUSPECT if doubts else Verdict.PASSED
        reasons += doubts
    detail = _detail(case, [*reasons, *main.errors], "in-process", main)
    return Judgement(verdict=verdict, forgeable=True, output=outcome.output, detail=detail)


def _in_process_controls(case: _Case) -> list[str]:
    """The hollow module first, while the code has not been loaded; then the twin."""
    nonce = secrets.token_hex(16)
    request = _oracle(case, nonce, [("mutant", "mutant"), ("twin", "real")], strict=False)
    reports = read_reports(run(_with_code(case, request)).result, nonce)
    return [*_twin_doubts(case, reports.phase("twin")), *_mutant_doubts(reports.phase("mutant"))]


def _with_code(case: _Case, request: SandboxRequest) -> SandboxRequest:
    return replace(request, files={**request.files, _CODE: case.code.encode("utf-8", "replace")})


def oracle_files() -> dict[str, bytes]:
    """What runs the tests, and what it imports."""
    scripts = {"oracle": "oracle.py", "mge_remote": "remote.py", "mge_wire": "wire.py", "mge_imports": "imports.py"}
    return {f"{JUDGE}/{name}.py": (_HERE / source).read_bytes() for name, source in scripts.items()}


def subject_files() -> dict[str, bytes]:
    """What answers for the code, and what it imports."""
    scripts = {"subject": "subject.py", "mge_wire": "wire.py"}
    return {f"{JUDGE}/{name}.py": (_HERE / source).read_bytes() for name, source in scripts.items()}


def _subject(case: _Case) -> SandboxRequest:
    limits = replace(case.limits, wall_seconds=case.limits.wall_seconds * (_PHASES + 1))
    return SandboxRequest(
        argv=(*case.root.argv, "-I", f"{JUDGE}/subject.py"),
        mounts=case.root.mounts,
        files={_CODE: case.code.encode("utf-8", "replace"), **subject_files()},
        limits=limits,
    )


def _oracle(case: _Case, nonce: str, phases: list[tuple[str, str]], *, strict: bool) -> SandboxRequest:
    """The tests, and what runs them. Without ``strict`` the caller adds the code."""
    plan = {
        "nonce": nonce,
        "strict": strict,
        "seconds": case.limits.wall_seconds,
        "arguments": [*_ARGUMENTS, *_plugins(case.tree)],
        "modules": {"atom": False},
        "sys_path": [],
        "whole_ids": False,
        "controls_always": False,
        "phases": [{"name": name, "targets": [_TESTS[name]], "module": module} for name, module in phases],
    }
    files = oracle_files()
    for name, _ in phases:
        text = case.twin_source if name == "twin" else case.tests
        files[_TESTS[name]] = text.encode("utf-8", "replace")
    return SandboxRequest(
        argv=(*case.root.argv, "-I", f"{JUDGE}/oracle.py"),
        mounts=case.root.mounts,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        files=files,
        stdin=json.dumps(plan).encode(),
        limits=replace(case.limits, wall_seconds=case.limits.wall_seconds * len(phases) + 2),
        preload=PYTEST_LOADED if case.root == python_root() else (),
        result_channel=True,
    )


def _plugins(tree: ast.Module) -> list[str]:
    """Plugins are loaded only where the tests need them: what loads by itself may be anything."""
    coroutines = any(isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test") for node in ast.walk(tree))
    return ["-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto"] if coroutines else []
