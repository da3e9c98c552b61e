"""Judges JavaScript and TypeScript with node's test runner, hardened in-process: always marked forgeable."""

import json
import secrets
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kernel.errors import Unavailable
from validation.sandbox.runner import run
from validation.sandbox.spec import Limits, SandboxOutcome, SandboxRequest
from validation.sandbox.strict.scan import scan_script
from validation.sandbox.strict.script_source import ScriptTests, hollow_module, read_tests
from validation.sandbox.strict.verdict import Judgement, Phase, Verdict, by_ending, by_phase, read_reports
from validation.sandbox.toolroots import TOOLCHAIN, node_root

GRAMMARS = {".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
            ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}  # fmt: skip
_HERE = Path(__file__).parent
_ESBUILD = f"{TOOLCHAIN}/node_modules/@esbuild/linux-x64/bin/esbuild"
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
    base = {"mode": "in-process", "signals": signals, "expected": [test.id for test in read.tests]}
    if read.error:
        return Judgement(verdict=Verdict.ERROR, forgeable=True, output="", detail={**base, "reasons": [read.error]})
    request = _request(case, limits or Limits())
    outcome, phase, foreign = _run(request)
    built = outcome.exit_code != _BUILD_FAILED
    verdict = by_ending(outcome) or (by_phase(phase) if built else Verdict.ERROR)
    reasons = [reason for reason in (outcome.reason, "" if built else "does not build, see output") if reason]
    if verdict is None:
        doubts = _doubts(phase, read, foreign) or _controls(request, case, read)
        if signals:
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
        doubts += [f"{name}: reported, not in the test file" for name, n in reported.items() if n > expected[name]]
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
    hollow = hollow_module(case.tests, case.code_suffix).encode()
    outcome, phase, _ = _run(replace(request, files={**request.files, case.code_path: hollow}))
    if outcome.exit_code == _BUILD_FAILED:
        doubts.append("the control with a hollow module does not build")
    if phase.ended == 1 and phase.reports and all(status == "passed" for _, status, _ in phase.reports):
        doubts.append("all tests pass with a module that does nothing")
    return doubts
