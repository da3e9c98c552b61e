"""The project's own test suite on a workspace: the one entry point of the execution engine."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace
from validation.domain.layout import arrange, surroundings
from validation.domain.model import Evidence, SuiteResult
from validation.domain.suite import assemble, mark_outside
from validation.domain.testfiles import imported_places, python_modules, python_test_files
from validation.engine.python_suite import ProcessResult, SuiteSettings, run_shard, shards_of

Progress = Callable[[str, float], None]


def run_suite(
    workspace: Workspace, *, cache: Path, timeout_seconds: float, memory_mib: int,
    tests: Sequence[str] | None = None, progress: Progress | None = None, coverage: bool = True,
) -> SuiteResult:  # fmt: skip
    """Run the project's tests in the sandbox, with the coverage of each, and return what really happened.

    ``tests`` are test ids or test files by plan path; None means all. ``ran`` is false, with the reason, where nothing
    could run: no sandbox, no tests, no tool. A timeout keeps what had been reported; the rest is ``missing``.
    ``progress`` gets a word and a share from 0 to 1. Tests run with the code in one process (``forgeable``).
    """
    del cache  # the files travel into the run's own tmpfs
    began = time.monotonic()
    settings = SuiteSettings(
        timeout_seconds=timeout_seconds, memory_mib=memory_mib, coverage=coverage, shards=min(2, os.cpu_count() or 1)
    )
    tell = progress or (lambda _word, _share: None)
    shards = shards_of(workspace, tests, settings.shards)
    if not shards:
        return _not_run(workspace, "the project has no tests" if tests is None else "no such tests", began)
    try:
        placed = arrange(workspace, surroundings(workspace))
        tell("tests", 0.0)
        results: list[ProcessResult] = []
        with ThreadPoolExecutor(settings.shards) as pool:
            futures = [pool.submit(run_shard, workspace, s, placed, settings=settings, tests=tests) for s in shards]
            for future in as_completed(futures):
                results.append(future.result())
                tell("tests", len(results) / len(shards))
    except MgeError as error:
        return _not_run(workspace, error.message, began)
    refused = next((result.refused for result in results if result.refused), "")
    if refused:
        return _not_run(workspace, refused, began)
    return _result(workspace, results, settings, began)


def _result(
    workspace: Workspace, results: Sequence[ProcessResult], settings: SuiteSettings, began: float
) -> SuiteResult:
    paths = {f.place: f.path for f in workspace.files.values()}
    outcome = assemble([result.part for result in results], paths=paths)
    if settings.coverage:
        modules = python_modules(workspace)
        inside = frozenset(f.path for f in python_test_files(workspace) if imported_places(f, modules))
        outcome = mark_outside(outcome, inside)
    reasons = dict.fromkeys(result.part.reason for result in results if result.part.reason)
    evidence = Evidence(
        command="; ".join(dict.fromkeys(result.evidence.command for result in results)),
        exit_code=max((result.evidence.exit_code or 0 for result in results), default=None),
        output="\n".join(result.evidence.output for result in results)[:4000],
    )
    return SuiteResult(
        digest=workspace.digest(), cases=outcome.cases, coverage=outcome.coverage, ran=True,
        reason="; ".join(reasons), evidence=evidence, seconds=time.monotonic() - began,
    )  # fmt: skip


def _not_run(workspace: Workspace, reason: str, began: float) -> SuiteResult:
    return SuiteResult(
        digest=workspace.digest(), cases=(), coverage={}, ran=False, reason=reason, seconds=time.monotonic() - began
    )
