"""Judges JavaScript and TypeScript with node's test runner: the strict way where the tests allow it, else hardened.

What is judged hardened in one process is always marked forgeable.
"""

import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kernel.errors import Unavailable
from validation.sandbox.runner import run
from validation.sandbox.spec import Ending, Limits, SandboxOutcome, SandboxRequest
from validation.sandbox.strict.scan import scan_script
from validation.sandbox.strict.script_needs import script_needs
from validation.sandbox.strict.script_pair import PHASES, Apart, judge_apart, phase_name
from validation.sandbox.strict.script_source import GRAMMARS, ScriptTests, hollow_module, is_esm, names_in, read_tests
from validation.sandbox.strict.verdict import Judgement, Phase, Reports, Verdict, by_ending, by_phase, read_reports
from validation.sandbox.toolroots import TOOLCHAIN, node_root

_HERE = Path(__file__).parent
_ESBUILD = f"{TOOLCHAIN}/node_modules/@esbuild/linux-x64/bin/esbuild"
_OLD = (".cjs", ".cts")
_BUILD_FAILED = 90
_BANNER = "import{createRequire as __mge}from'node:module';const require=__mge('/work/tests.mjs');"
_SCRIPT = f"""
{_ESBUILD} "$1" --bundle --platform=node --format=esm --alias:atom="$2" --external:node:* --log-level=warning \
  --resolve-extensions=.ts,.tsx,.mts,.cts,.js,.jsx,.mjs,.cjs,.json \
  --sourcemap=inline --banner:js="{_BANNER}" --outfile=/work/.bundle.mjs || exit {_BUILD_FAILED}
exec "$3" --enable-source-maps --import /tmp/.judge/reporter.mjs --test-reporter /tmp/.judge/reporter.mjs \
  --test-reporter-destination stdout /work/.bundle.mjs
"""  # the bundle lies in /work so that packages outside it resolve to /work/node_modules


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptCase:
    """A module and its tests, with the suffixes of their files, which decide the grammar."""

    code: str
    tests: str
    code_suffix: str
    tests_suffix: str
    node_modules: str | None = None

    @property
    def code_path(self) -> str:
        """Return the path inside."""
        return f"/work/atom{self.code_suffix}"

    @property
    def tests_path(self) -> str:
        """Return the path inside."""
        return f"/work/atom.test{self.tests_suffix}"


def judge_script(case: ScriptCase, *, limits: Limits | None = None) -> Judgement:
    """Judge a module, imported as ``atom`` or ``./atom``, against tests for node's test runner."""
    read = read_tests(case.tests, GRAMMARS[case.tests_suffix])
    signals = [asdict(signal) for signal in scan_script(case.code)]
    base = {"mode": "none", "signals": signals, "expected": [test.id for test in read.tests]}
    if read.error:
        return Judgement(verdict=Verdict.ERROR, forgeable=False, output="", detail={**base, "reasons": [read.error]})
    if not read.tests:
        return Judgement(verdict=Verdict.SUSPECT, forgeable=False, output="", detail={**base, "reasons": ["no tests"]})
    needs = {need for found in script_needs(case.tests, GRAMMARS[case.tests_suffix]).values() for need in found}
    if not needs:
        judged, needs = _judge_apart(case, read, limits or Limits(), base)
        if judged is not None:
            return judged
    return _judge_in_process(case, read, limits or Limits(), {**base, "mode": "in-process"}, sorted(needs))


def _judge_apart(
    case: ScriptCase, read: ScriptTests, limits: Limits, base: Mapping[str, Any]
) -> tuple[Judgement | None, set[str]]:
    """The judgement, or why the tests need the code beside them."""
    code, tests = case.code_path.removeprefix("/work/"), case.tests_path.removeprefix("/work/")
    inner, outer, reports = judge_apart(
        Apart(
            code={code: case.code.encode("utf-8", "replace")},
            esm={code: is_esm(code, case.code)},
            tests={tests: case.tests.encode("utf-8", "replace")},
            twins={tests: read.twin},
            names={"atom": code},
            node_modules=case.node_modules,
            seconds=limits.wall_seconds,
            limits=replace(limits, wall_seconds=limits.wall_seconds * (len(PHASES) + 1)),
            globals=True,
        )
    )
    main = reports.phase(phase_name(tests, "main"))
    detail = {**base, "mode": "strict", "tests": [{"id": t, "status": s, "message": m} for t, s, m in main.reports]}
    if Ending.REFUSED in (inner.ending, outer.ending):
        detail["reasons"] = [outer.reason or inner.reason]
        return Judgement(verdict=Verdict.REFUSED, forgeable=False, output="", detail=detail), set()
    output = outer.output + (f"\n--- code ---\n{inner.output}" if inner.output else "")
    broken = main.broken
    verdict = _ended_early(inner, outer, main) or by_phase(main)
    failed = verdict is not None or bool(broken)
    needs = {str(need) for notes in main.notes.values() for need in notes.get("needs", ())}
    if failed and any(notes.get("library_objects") for notes in main.notes.values()):
        needs.add("an object of a library came back")
    if main.errors and not broken:
        needs.add("the tests could not be loaded apart from the code")
    if needs and not broken and verdict not in (Verdict.TIMEOUT, Verdict.KILLED):
        return None, needs
    reasons = [reason for reason in (inner.reason if failed else "", outer.reason, broken, *main.errors) if reason]
    if verdict is None and broken:
        verdict = Verdict.FAILED
    if verdict is None:
        doubts = _doubts(main, read, reports.foreign) or _apart_controls(reports, tests, read)
        verdict = Verdict.SUSPECT if doubts else Verdict.PASSED
        reasons += doubts
    return Judgement(verdict=verdict, forgeable=False, output=output, detail={**detail, "reasons": reasons}), set()


def _ended_early(inner: SandboxOutcome, outer: SandboxOutcome, main: Phase) -> Verdict | None:
    """A limit that stopped the tests themselves; the driver ends a phase that takes too long."""
    if main.ended == 1:
        return None
    if inner.ending in (Ending.TIMEOUT, Ending.KILLED) and inner.reason:
        return by_ending(inner)
    return by_ending(outer) or (Verdict.ERROR if main.errors else Verdict.TIMEOUT)


def _apart_controls(reports: Reports, tests: str, read: ScriptTests) -> list[str]:
    """After a pass: the tests must fail with other expectations, and some with a hollow module."""
    doubts: list[str] = []
    twin, mutant = (reports.phase(phase_name(tests, name)) for name in PHASES[1:])
    if read.twin_ids:
        if twin.ended != 1 and not twin.errors:
            doubts.append("the control with other expectations did not finish")
        passing = {test for test, status in twin.statuses.items() if status == "passed"}
        doubts += [f"{name}: passes whatever is expected" for name in sorted(read.twin_ids & passing)]
    if mutant.ended != 1 and not mutant.errors:
        doubts.append("the control with a hollow module did not finish")
    return [*doubts, *_passes_hollow(mutant)]


def _passes_hollow(phase: Phase) -> list[str]:
    all_pass = phase.reports and all(status == "passed" for _, status, _ in phase.reports)
    return ["all tests pass with a module that does nothing"] if phase.ended == 1 and all_pass else []


def _judge_in_process(
    case: ScriptCase, read: ScriptTests, limits: Limits, base: Mapping[str, Any], needs: Sequence[str]
) -> Judgement:
    """Code and tests share a process: forgeable, so any signal of the scan makes a pass suspect."""
    request = _request(case, limits)
    outcome, phase, foreign = _run(request)
    built = outcome.exit_code != _BUILD_FAILED
    verdict = by_ending(outcome) or (by_phase(phase) if built else Verdict.ERROR)
    reasons = [f"in-process: {need}" for need in needs]
    reasons += [reason for reason in (outcome.reason, "" if built else "does not build, see output") if reason]
    if verdict is None:
        doubts = _doubts(phase, read, foreign) or _controls(request, case, read)
        if base["signals"]:
            doubts.append("the code does what code that forges results does: see signals")
        verdict = Verdict.SUSPECT if doubts else Verdict.PASSED
        reasons += doubts
    detail = {**base, "reasons": reasons, "tests": [{"id": t, "status": s, "message": m} for t, s, m in phase.reports]}
    return Judgement(verdict=verdict, forgeable=True, output=outcome.output, detail=detail)


def _request(case: ScriptCase, limits: Limits) -> SandboxRequest:
    root = node_root(case.node_modules)
    if not any(mount.inside == TOOLCHAIN for mount in root.mounts):
        raise Unavailable("TypeScript tools are not installed: run make setup (npm ci in validation/toolchain)")
    return SandboxRequest(
        argv=("/bin/sh", "-c", _SCRIPT, "judge", case.tests_path, case.code_path, root.argv[0]),
        mounts=root.mounts,
        files={
            case.code_path: case.code.encode("utf-8", "replace"),
            case.tests_path: case.tests.encode("utf-8", "replace"),
            "/tmp/.judge/reporter.mjs": (_HERE / "reporter.mjs").read_bytes(),  # noqa: S108 - inside the sandbox
        },
        limits=limits,
        result_channel=True,
    )


def _run(request: SandboxRequest) -> tuple[SandboxOutcome, Phase, int]:
    nonce = secrets.token_hex(16)
    outcome = run(replace(request, stdin=json.dumps({"nonce": nonce}).encode()))
    reports = read_reports(outcome.result, nonce)
    return outcome, reports.phase("main"), reports.foreign


def _doubts(phase: Phase, read: ScriptTests, foreign: int) -> list[str]:
    """Each test written with a plain name must report exactly once, and nothing else unless names are computed."""
    doubts = [f"{foreign} foreign lines in the report"] if foreign else []
    if not read.tests or not phase.reports:
        doubts.append("no tests")
    if phase.ended != 1:
        doubts.append("the end was not reported once")
    expected = Counter(test.id for test in read.tests if test.literal)
    reported = Counter(test for test, _, _ in phase.reports)
    doubts += [
        f"{name}: reported {reported[name]} times, {n} expected" for name, n in expected.items() if reported[name] < n
    ]
    if all(test.literal for test in read.tests):
        strange = {name: n for name, n in reported.items() if not any(name.startswith(f"{one} > ") for one in expected)}
        doubts += [f"{name}: reported, not in the test file" for name, n in strange.items() if n > expected[name]]
    return doubts + [f"{test}: {status}" for test, status, _ in phase.reports if status != "passed"]


def _controls(request: SandboxRequest, case: ScriptCase, read: ScriptTests) -> list[str]:
    """After a pass: the tests must fail with other expectations, and some with a hollow module."""
    doubts: list[str] = []
    if read.twin_ids:
        outcome, phase, _ = _run(replace(request, files={**request.files, case.tests_path: read.twin.encode()}))
        passing = {test for test, status, _ in phase.reports if status == "passed"}
        if outcome.exit_code == _BUILD_FAILED or phase.ended != 1:
            doubts.append("the control with other expectations did not finish")
        doubts += [f"{name}: passes whatever is expected" for name in sorted(read.twin_ids & passing)]
    hollow = hollow_module(names_in([case.tests]), esm=case.code_suffix not in _OLD).encode()
    outcome, phase, _ = _run(replace(request, files={**request.files, case.code_path: hollow}))
    if outcome.exit_code == _BUILD_FAILED:
        doubts.append("the control with a hollow module does not build")
    return [*doubts, *_passes_hollow(phase)]
