"""Runs JavaScript and TypeScript tests in the sandbox, one process for each test file."""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from kernel.errors import MgeError, Unavailable
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain import records as reading
from validation.domain.model import Evidence
from validation.domain.script_recording import recorded_script
from validation.domain.scripttests import UNKNOWN, VITEST, expected_script_ids, foreign_runner, imports_no_runner
from validation.domain.static import Family, family_of
from validation.domain.suite import Part
from validation.engine.process import ProcessResult, SuiteSettings, out_of_time, reason_of, suite_limits, wanted_ids
from validation.sandbox import runner
from validation.sandbox.spec import MIB, Ending, Mount, SandboxRequest
from validation.sandbox.toolroots import ESBUILD, INSIDE, INSIDE_FOLDER, TOOLCHAIN, TOOLCHAIN_FOLDER, node_root

RESULT_BYTES = 64 * MIB
_TRANSPILED = (".ts", ".tsx", ".mts", ".cts", ".jsx")


def run_file(
    workspace: Workspace, file: WorkspaceFile, placed: Mapping[str, bytes], *,
    settings: SuiteSettings, ends: float, tests: Sequence[str] | None,
) -> ProcessResult:  # fmt: skip
    """Run one test file until ``ends`` (monotonic). A runner that is not Node's own makes its tests skipped."""
    select = None if tests is None else [file.place + t[len(file.path) :] for t in tests if _of(t, file.path)]
    ids = wanted_ids(tuple(file.place + one[len(file.path) :] for one in expected_script_ids(file)), select)
    expected = {file.place: ids}
    foreign = runner_for(workspace, file)
    vitest = foreign == VITEST and has_package(workspace, VITEST)
    if foreign is not None and not vitest:
        return _skipped(expected, file, lacking(foreign))
    if time.monotonic() >= ends:
        return out_of_time(expected)
    nonce = secrets.token_hex(16)
    try:
        make = _vitest if vitest else _request
        request = make(workspace, file, placed, settings, nonce, max(1.0, ends - time.monotonic()))
    except MgeError as error:
        return ProcessResult(part=Part(expected=expected, records=()), evidence=Evidence(), refused=error.message)
    outcome = runner.run(request)
    found = reading.read(outcome.result, nonce=nonce, paths=frozenset(_sources(workspace).values()))
    if select is not None:
        found.cases = [c for c in found.cases if wanted_ids((c.id,), select)]
    part = Part(expected=expected, records=(found,), reason=reason_of(outcome, found), output=outcome.output)
    command = f"{'vitest run' if vitest else 'node --test'} {file.path}, {found.about}"
    evidence = Evidence(command=command, exit_code=outcome.exit_code, output=outcome.output[-2000:])
    return ProcessResult(
        part=part, evidence=evidence, refused=outcome.reason if outcome.ending is Ending.REFUSED else ""
    )


def has_package(workspace: Workspace, name: str) -> bool:
    """Whether the project's packages, where they are named, hold this one."""
    return workspace.node_modules is not None and (Path(workspace.node_modules) / name / "package.json").is_file()


def runner_for(workspace: Workspace, file: WorkspaceFile) -> str | None:
    """As :func:`foreign_runner`; where no file of the project names a runner, its installed packages do."""
    foreign = foreign_runner(file, workspace)
    if foreign != UNKNOWN:
        return foreign
    return next((one for one in (VITEST, "jest", "mocha") if has_package(workspace, one)), UNKNOWN)


def lacking(foreign: str) -> str:
    """Why the tests of a runner cannot run, and what a user can do."""
    if foreign == VITEST:
        return "vitest is not in the project's packages: name its node_modules with --node-modules"
    if foreign == UNKNOWN:
        return (
            "the file imports no test runner and no package.json names one: import its functions from node:test, or "
            "from vitest and name its node_modules with --node-modules"
        )
    return (
        f"these tests are for {foreign}, and only tests for Node's own runner and for vitest are run here: "
        "import their functions from node:test or vitest"
    )


def _of(test: str, path: str) -> bool:
    return test == path or test.startswith(f"{path}::")


def _skipped(expected: Mapping[str, tuple[str, ...]], file: WorkspaceFile, reason: str) -> ProcessResult:
    case = reading.Case(file.place, "skipped", 0.0, reason, None, (), {})
    records = reading.Records(collect=[case], code=0)
    return ProcessResult(part=Part(expected=expected, records=(records,)), evidence=Evidence(output=reason))


def _sources(workspace: Workspace) -> dict[str, str]:
    """Absolute path inside -> plan path of the scripts under test."""
    return {
        f"/work/{f.place}": f.path for f in workspace.of_role(FileRole.SOURCE) if family_of(f.path) is Family.SCRIPT
    }


def _recorded(
    workspace: Workspace, placed: Mapping[str, bytes], settings: SuiteSettings
) -> tuple[Mapping[str, bytes], list[list[object]]]:
    """The files where calls are recorded, with the functions that tell of them, each row behind its path."""
    if not settings.record:
        return placed, []
    files, functions = dict(placed), list[list[object]]()
    for place, path in ((f.place, f.path) for f in workspace.of_role(FileRole.SOURCE)):
        if family_of(path) is Family.SCRIPT and not _typing(place):
            files[place], rows = recorded_script(path, place, placed[place], len(functions))
            functions += [[path, *row] for row in rows]
    return files, functions


def _request(  # noqa: PLR0917 - all of them describe one process
    workspace: Workspace, file: WorkspaceFile, placed: Mapping[str, bytes], settings: SuiteSettings, nonce: str,
    seconds: float,
) -> SandboxRequest:  # fmt: skip
    root = node_root(workspace.node_modules)
    transpile = transpiled(placed)
    if transpile and not (TOOLCHAIN_FOLDER / ESBUILD).is_file():
        raise Unavailable("esbuild is not installed: run make setup")
    placed, functions = _recorded(workspace, placed, settings)
    config = {
        "nonce": nonce,
        "recorded": functions,
        "place": file.place,
        "coverage": settings.coverage,
        "traced": _sources(workspace),
        "transpile": transpile,
        "esbuild": f"{TOOLCHAIN}/{ESBUILD}",
    }
    return SandboxRequest(
        argv=(
            *root.argv, f"--max-old-space-size={settings.memory_mib}", "--no-warnings",
            f"--test-reporter={INSIDE}/node_reporter.mjs", "--test-reporter-destination=stdout",
            f"--test-timeout={int(settings.test_seconds * 1000)}", f"{INSIDE}/node_suite.mjs",
        ),
        mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE)),
        files={f"/work/{place}": content for place, content in placed.items()},
        env={"HOME": "/tmp", "NODE_TEST_CONTEXT": ""},  # noqa: S108 - inside the sandbox
        stdin=json.dumps(config).encode(),
        limits=suite_limits(placed, settings, min(seconds, max(30.0, settings.timeout_seconds / 4))),
        result_channel=True,
        result_bytes=RESULT_BYTES,
    )  # fmt: skip


def _vitest(  # noqa: PLR0917 - all of them describe one process
    workspace: Workspace, file: WorkspaceFile, placed: Mapping[str, bytes], settings: SuiteSettings, nonce: str,
    seconds: float,
) -> SandboxRequest:  # fmt: skip
    """The project's own vitest, which transpiles for itself."""
    root = node_root(workspace.node_modules)
    placed, functions = _recorded(workspace, placed, settings)
    config = {
        "nonce": nonce,
        "recorded": functions,
        "place": file.place,
        "globals": imports_no_runner(file),
        "test_ms": int(settings.test_seconds * 1000),
        "coverage": settings.coverage,
        "traced": _sources(workspace),
    }
    return SandboxRequest(
        argv=(*root.argv, f"--max-old-space-size={settings.memory_mib}", f"{INSIDE}/vitest_suite.mjs"),
        mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE)),
        files={f"/work/{place}": content for place, content in placed.items()},
        env={"HOME": "/tmp", "CI": "1", "NODE_ENV": "test"},  # noqa: S108 - inside the sandbox
        stdin=json.dumps(config).encode(),
        limits=suite_limits(placed, settings, min(seconds, max(30.0, settings.timeout_seconds / 4))),
        result_channel=True,
        result_bytes=RESULT_BYTES,
    )


def transpiled(placed: Mapping[str, bytes]) -> list[str]:
    """Absolute paths inside of the files that esbuild has to translate."""
    return sorted(f"/work/{place}" for place in placed if place.endswith(_TRANSPILED) and not _typing(place))


def _typing(place: str) -> bool:
    return place.endswith((".d.ts", ".d.mts", ".d.cts"))
