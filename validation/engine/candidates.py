"""Many versions of one file against a few tests, quickly: a filter before each survivor is judged properly."""

import base64
import json
import os
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from masterplans.domain.workspace import Workspace
from validation.domain.layout import arrange, surroundings
from validation.domain.model import TestStatus
from validation.domain.static import Family, family_of
from validation.engine.process import SuiteSettings, search_path, suite_limits
from validation.engine.python_suite import arguments_of, fallback_of
from validation.engine.suite import run_suite
from validation.sandbox import runner
from validation.sandbox.spec import Ending, Mount, SandboxRequest
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, python_root

MEMORY_MIB = 1024
Progress = Callable[[int], None]


def survivors(
    workspace: Workspace,
    path: str,
    versions: Sequence[bytes],
    *,
    tests: Sequence[str],
    seconds: float,
    progress: Progress | None = None,
) -> list[int] | None:
    """Numbers of the versions of the file at ``path`` with which all ``tests`` (plan ids) pass, in order.

    At most ``seconds``; versions for which no time is left are not tried. None where the sandbox refuses to run.
    """
    tell = progress or (lambda _tried: None)
    if not versions or not tests:
        return []
    if family_of(path) is not Family.PYTHON:
        return _one_by_one(workspace, path, versions, tests=tests, seconds=seconds, tell=tell)
    parts = min(len(versions), 2, os.cpu_count() or 1)
    with ThreadPoolExecutor(parts) as pool:
        numbers = [list(range(len(versions)))[n::parts] for n in range(parts)]
        jobs = [
            pool.submit(_forked, workspace, path, [versions[n] for n in own], tests=tests, seconds=seconds)
            for own in numbers
        ]
        found: list[int] = []
        for own, job in zip(numbers, jobs, strict=True):
            green = job.result()
            if green is None:
                return None
            found += [own[n] for n in green]
            tell(len(own))
    return sorted(found)


def _forked(
    workspace: Workspace, path: str, versions: Sequence[bytes], *, tests: Sequence[str], seconds: float
) -> list[int] | None:
    placed = arrange(workspace, surroundings(workspace))
    by_path = {file.path: file.place for file in workspace.files.values()}
    ids = [by_path[test.partition("::")[0]] + "".join(test.partition("::")[1:]) for test in tests]
    places = sorted({one.partition("::")[0] for one in ids})
    nonce = secrets.token_hex(16)
    root = python_root(workspace.python)
    mounts, late = fallback_of(workspace)
    flags = [word for word in arguments_of(places, workspace) if not word.startswith("/work/")]
    config = {
        "nonce": nonce,
        "sys_path": search_path(placed),
        "arguments": flags,
        "tests": [f"/work/{one}" for one in ids],
        "place": by_path[path],
        "versions": [base64.b64encode(version).decode() for version in versions],
        "seconds": seconds,
    }
    settings = SuiteSettings(timeout_seconds=seconds + 10, memory_mib=MEMORY_MIB)
    outcome = runner.run(
        SandboxRequest(
            argv=(*root.argv, "-I", f"{INSIDE}/candidates.py", *late),
            mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE), *mounts),
            files={f"/work/{place}": content for place, content in placed.items()},
            env={"HOME": "/tmp", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "" if workspace.python else "1"},  # noqa: S108
            stdin=json.dumps(config).encode(),
            limits=suite_limits(placed, settings, seconds + 10),
            result_channel=True,
        )
    )
    if outcome.ending is Ending.REFUSED:
        return None
    return [number for number, code in _answers(outcome.result, nonce) if code == 0]


def _answers(result: bytes, nonce: str) -> list[tuple[int, object]]:
    found = []
    for line in result.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and record.get("n") == nonce and isinstance(record.get("number"), int):
            found.append((record["number"], record.get("code")))
    return found


def _one_by_one(
    workspace: Workspace, path: str, versions: Sequence[bytes], *, tests: Sequence[str], seconds: float, tell: Progress
) -> list[int] | None:
    """A process for each version: Node starts fast, and a module that it loaded cannot be loaded anew."""
    ends, found = time.monotonic() + seconds, []
    for number, version in enumerate(versions):
        left = ends - time.monotonic()
        if left <= 0:
            break
        changed = workspace.with_content(path, version)
        suite = run_suite(
            changed, cache=INSIDE_FOLDER, timeout_seconds=min(left, 10.0), memory_mib=MEMORY_MIB, tests=tests,
            coverage=False,
        )  # fmt: skip
        if not suite.ran and not number:
            return None
        passed = {case.id for case in suite.cases if case.status is TestStatus.PASSED}
        if passed >= set(tests):
            found.append(number)
        tell(1)
    return found
