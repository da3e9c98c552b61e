"""The project's own test suite on a workspace: the one entry point of the execution engine."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from pathlib import Path

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace
from validation.domain.imports import importing
from validation.domain.layout import arrange, surroundings
from validation.domain.model import Evidence, SuiteResult, TestCase
from validation.domain.recorded import joined
from validation.domain.suite import assemble, mark_outside
from validation.domain.testfiles import python_test_files, script_test_files
from validation.engine.flaky import Way, settle_flaky
from validation.engine.process import ProcessResult, SuiteSettings
from validation.engine.python_suite import run_shard, shards_of
from validation.engine.script_suite import run_file

MIN_MEMORY_MIB = 512
Progress = Callable[[str, float], None]
Job = Callable[[], ProcessResult]


def run_suite(
    workspace: Workspace, *, cache: Path, timeout_seconds: float, memory_mib: int,
    tests: Sequence[str] | None = None, progress: Progress | None = None, coverage: bool = True,
    record: bool = False,
) -> SuiteResult:  # fmt: skip
    """Run the project's tests in the sandbox, with the coverage of each, and return what really happened.

    ``tests`` are test ids or test files by plan path; None means all. ``ran`` is false, with the reason, where nothing
    could run: no sandbox, no tests, no tool. A timeout keeps what had been reported; the rest is ``missing``.
    A failing test that passes when it runs again is flaky: ``skipped``, and its message says so; one that fails only
    while it is watched has passed (see ``flaky.py``).
    ``record``: of tests that pass, keep with what arguments they call the project's functions.
    ``progress`` gets a word and a share from 0 to 1. Tests run with the code in one process (``forgeable``).
    """
    del cache  # the files travel into the run's own tmpfs
    began = time.monotonic()
    settings = SuiteSettings(
        timeout_seconds=timeout_seconds, memory_mib=memory_mib, coverage=coverage, shards=min(2, os.cpu_count() or 1),
        record=record,
    )  # fmt: skip
    tell = progress or (lambda _word, _share: None)
    try:
        placed = arrange(workspace, surroundings(workspace))
        tell("tests", 0.0)
        results = _run_all(_jobs(workspace, placed, settings, tests), settings, tell)
    except MgeError as error:
        return _not_run(workspace, error.message, began)
    if not results:
        return _not_run(workspace, "the project has no tests" if tests is None else "no such tests", began)
    refused = next((result.refused for result in results if result.refused), "")
    if refused:
        return _not_run(workspace, refused, began)
    result = _result(workspace, results, settings, began)

    def rerun(ids: Sequence[str], way: Way) -> Sequence[TestCase]:
        again = settings if way is Way.WATCHED else replace(settings, coverage=False, record=False)
        wanted = _companions(workspace, ids, tests, settings) if way is Way.COMPANY else ids
        found = _run_all(_jobs(workspace, placed, again, wanted), again, lambda _word, _share: None)
        return assemble([one.part for one in found], paths=_paths(workspace)).cases

    return settle_flaky(result, rerun, ends=began + timeout_seconds, watched=coverage or record)


def _companions(
    workspace: Workspace, ids: Sequence[str], tests: Sequence[str] | None, settings: SuiteSettings
) -> Sequence[str]:
    """The tests of all files that shared a process with these."""
    by_place = {f.place: f.path for f in workspace.files.values()}
    mine = {one.partition("::")[0] for one in ids}
    shards = [{by_place[place] for place in shard} for shard in shards_of(workspace, tests, settings.shards)]
    files = mine.union(*(shard for shard in shards if shard & mine))
    return sorted(files) if tests is None else [one for one in tests if one.partition("::")[0] in files]


def _paths(workspace: Workspace) -> dict[str, str]:
    return {f.place: f.path for f in workspace.files.values()}


def _jobs(
    workspace: Workspace, placed: Mapping[str, bytes], settings: SuiteSettings, tests: Sequence[str] | None
) -> list[Job]:
    """One job for each process: shards of the Python tests, and each script test file."""
    ends = time.monotonic() + settings.timeout_seconds
    wanted = None if tests is None else {test.partition("::")[0] for test in tests}
    scripts = [f for f in script_test_files(workspace) if wanted is None or f.path in wanted]
    shards = shards_of(workspace, tests, settings.shards)
    if len(shards) + len(scripts) > 1:  # the bound is that of the whole suite
        settings = replace(settings, memory_mib=max(MIN_MEMORY_MIB, settings.memory_mib // settings.shards))
    return [
        *(partial(run_shard, workspace, s, placed, settings=settings, tests=tests, ends=ends) for s in shards),
        *(partial(run_file, workspace, f, placed, settings=settings, tests=tests, ends=ends) for f in scripts),
    ]


def _run_all(jobs: Sequence[Job], settings: SuiteSettings, tell: Progress) -> list[ProcessResult]:
    results: list[ProcessResult] = []
    with ThreadPoolExecutor(settings.shards) as pool:
        for future in as_completed([pool.submit(job) for job in jobs]):
            results.append(future.result())
            tell("tests", len(results) / len(jobs))
    return results


def _result(
    workspace: Workspace, results: Sequence[ProcessResult], settings: SuiteSettings, began: float
) -> SuiteResult:
    outcome = assemble([result.part for result in results], paths=_paths(workspace))
    if settings.coverage:
        files = (*python_test_files(workspace), *script_test_files(workspace))
        inside = importing(workspace, files)
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
        calls=joined(records.calls for result in results for records in result.part.records),
    )  # fmt: skip


def _not_run(workspace: Workspace, reason: str, began: float) -> SuiteResult:
    return SuiteResult(
        digest=workspace.digest(), cases=(), coverage={}, ran=False, reason=reason, seconds=time.monotonic() - began
    )
