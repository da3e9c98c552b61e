"""Runs the Python tests of a workspace in the sandbox: shards, restarts after a crash, everything on a nonce."""

import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence

from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain import records as reading
from validation.domain.model import Evidence
from validation.domain.suite import Part
from validation.domain.testfiles import expected_python_ids, python_test_files
from validation.engine.process import (
    ProcessResult,
    SuiteSettings,
    beside_foreign,
    out_of_time,
    reason_of,
    search_path,
    suite_limits,
    wanted_ids,
)
from validation.sandbox import runner
from validation.sandbox.spec import MIB, Ending, Mount, SandboxOutcome, SandboxRequest
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, PYTEST_LOADED, python_root

RESTARTS = 3
RESULT_BYTES = 96 * MIB
SHARD_BYTES = 30_000  # of test code, from which a second process pays
MAX_SHARDS = 8  # small shards even out slow files and show progress; each costs the start of an interpreter
_PROGRESS = re.compile(r"^[.FEsxXu,-]+ *(\[ *\d+%\])?\n", re.MULTILINE)  # thousands of subtests would hide what failed
_FALLBACK = ("pytest", "_pytest", "py.py", "pluggy", "iniconfig", "packaging", "pygments", "coverage")


def shards_of(workspace: Workspace, tests: Sequence[str] | None, count: int) -> list[list[str]]:
    """Return the places of the test files to run, spread by size over ``count`` processes or more."""
    wanted = None if tests is None else {test.partition("::")[0] for test in tests}
    files = [f for f in python_test_files(workspace) if wanted is None or f.path in wanted]
    size = sum(len(f.content) for f in files)
    count = 1 if size < SHARD_BYTES else min(MAX_SHARDS, max(count, size // (4 * SHARD_BYTES)))
    loads: list[tuple[int, list[str]]] = [(0, []) for _ in range(max(1, min(count, len(files))))]
    for file in sorted(files, key=lambda f: (-len(f.content), f.path)):
        loads.sort(key=lambda load: load[0])
        size, places = loads[0]
        loads[0] = (size + len(file.content), [*places, file.place])
    return [sorted(places) for _, places in loads if places]


def run_shard(
    workspace: Workspace, places: Sequence[str], placed: Mapping[str, bytes], *,
    settings: SuiteSettings, tests: Sequence[str] | None, ends: float,
) -> ProcessResult:  # fmt: skip
    """Run the tests of these files; a process that dies in a test is started again without it, a few times."""
    by_path = {f.path: f for f in workspace.files.values()}
    by_place = {f.place: f for f in workspace.files.values()}
    select = None if tests is None else [_by_place(test, by_path) for test in tests]
    expected = {place: wanted_ids(_expected(by_place[place]), select) for place in places}
    if time.monotonic() >= ends:
        return out_of_time(expected)
    gathered: list[reading.Records] = []
    died: list[reading.Case] = []
    while True:
        left = ends - time.monotonic()
        done = [case.id for one in gathered for case in one.cases] + [case.id for case in died]
        job = _Job(workspace, list(places), placed, settings, select, done, max(left, 1.0))
        outcome, found = job.run()
        gathered.append(found)
        crashed = found.current is not None and found.code is None and outcome.ending is not Ending.TIMEOUT
        if not crashed or outcome.ending is Ending.REFUSED or left < 2:
            break
        died.append(_died(found.current or "", outcome))
        if len(died) > RESTARTS:
            break
    reason = reason_of(outcome, found)
    part = Part(expected=expected, records=tuple(gathered), died=tuple(died), reason=reason, output=outcome.output)
    about = f"{job.request.argv[0]} -m pytest, {len(places)} files, {found.about}"
    evidence = Evidence(command=about, exit_code=outcome.exit_code, output=_PROGRESS.sub("", outcome.output)[-2000:])
    refused = outcome.reason if outcome.ending is Ending.REFUSED else ""
    return ProcessResult(part=part, evidence=evidence, refused=refused)


def _expected(file: WorkspaceFile) -> tuple[str, ...]:
    return tuple(file.place + one[len(file.path) :] for one in expected_python_ids(file))


def _by_place(test: str, by_path: Mapping[str, WorkspaceFile]) -> str:
    path, colons, rest = test.partition("::")
    file = by_path.get(path)
    return (file.place if file else path) + colons + rest


def _died(test_id: str, outcome: SandboxOutcome) -> reading.Case:
    how = outcome.reason if outcome.ending is Ending.KILLED else f"exit code {outcome.exit_code}"
    return reading.Case(test_id, "error", 0.0, f"the process ended in this test: {how}", None, (), {})


class _Job:
    """One process: its request, and the reading of what it reported."""

    def __init__(  # noqa: PLR0917 - all of them describe one process
        self, workspace: Workspace, places: list[str], placed: Mapping[str, bytes], settings: SuiteSettings,
        select: Sequence[str] | None, skip: Sequence[str], seconds: float,
    ) -> None:  # fmt: skip
        self.nonce = secrets.token_hex(16)
        root = python_root(workspace.python)
        sources = {f"/work/{f.place}": f.path for f in workspace.of_role(FileRole.SOURCE) if f.place.endswith(".py")}
        self.paths = frozenset(sources.values())
        config = {
            "nonce": self.nonce,
            "coverage": settings.coverage,
            "record": settings.record,
            "traced": sources,
            "select": None if select is None else list(select),
            "skip": list(skip),
            "test_seconds": [settings.test_seconds, settings.test_wall_seconds],
            "sys_path": search_path(placed),
            "arguments": arguments_of(places, workspace),
        }
        mounts, late = fallback_of(workspace)
        self.request = SandboxRequest(
            argv=(*root.argv, "-I", f"{INSIDE}/python_suite.py", *late),
            mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE), *mounts),
            files={f"/work/{place}": content for place, content in placed.items()},
            env={"HOME": "/tmp", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "" if workspace.python else "1"},  # noqa: S108
            stdin=json.dumps(config).encode(),
            limits=suite_limits(placed, settings, seconds),
            preload=loaded_ahead(workspace),
            result_channel=True,
            result_bytes=RESULT_BYTES,
        )

    def run(self) -> tuple[SandboxOutcome, reading.Records]:
        outcome = runner.run(self.request)
        return outcome, reading.read(outcome.result, nonce=self.nonce, paths=self.paths)


# What tests need that say so, by our own interpreter; hypothesis's own lets parametrized methods draw.
_PLUGINS = {b"mark.asyncio": "pytest_asyncio.plugin", b"hypothesis": "_hypothesis_pytestplugin"}


def arguments_of(places: Sequence[str], workspace: Workspace) -> list[str]:
    """What pytest is called with for the test files at these places."""
    names = [place.rpartition("/")[2] for place in places]
    packages = {f.place.rpartition("/")[0] for f in workspace.files.values() if f.place.endswith("__init__.py")}
    loose = [n for n, p in zip(names, places, strict=True) if p.rpartition("/")[0] not in packages]
    mode = "importlib" if len(set(loose)) < len(loose) else "prepend"
    arguments = [
        "-c", "/dev/null", "--rootdir=/work", f"--import-mode={mode}", "--continue-on-collection-errors",
        "-p", "no:cacheprovider", "--tb=short", "-q", "--no-header", "-W", "ignore",
    ]  # fmt: skip
    if workspace.python is None:
        tests = workspace.of_role(FileRole.TEST)
        arguments += [a for word, plugin in _PLUGINS.items() if any(word in f.content for f in tests)
                      for a in ("-p", plugin)]  # fmt: skip
    return [*arguments, *(f"/work/{place}" for place in places)]


def loaded_ahead(workspace: Workspace) -> tuple[str, ...]:
    """What is loaded before a run: by our own interpreter only, for a foreign one could do what it likes there."""
    return PYTEST_LOADED if workspace.python is None else ()


def fallback_of(workspace: Workspace) -> tuple[tuple[Mount, ...], tuple[str, ...]]:
    """Our pytest, shown beside a foreign interpreter; it comes last in its search path."""
    return beside_foreign(workspace, _FALLBACK)
