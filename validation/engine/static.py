"""One pass of the static tools over a whole workspace, inside the sandbox; no project code is executed."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kernel.errors import MgeError
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.layout import arrange, surroundings
from validation.domain.static import (
    Family,
    Located,
    StaticCheck,
    StaticReport,
    ToolRun,
    family_of,
    locate,
    python_syntax,
)
from validation.engine import pyrefly_tool, ruff_tool, tsc_tool
from validation.engine.tool import ToolReport

_KEPT: dict[str, StaticReport] = {}
_KEEP = 8


def static_findings(workspace: Workspace, *, cache: Path) -> StaticReport:
    """Return syntax, names and types of every source file, with plan paths and lines.

    A tool that is missing, refused, or did not end in time makes its checks ``ran=False`` with the reason. Reports are
    kept by digest in this process.
    """
    del cache
    digest = workspace.digest()
    if digest in _KEPT:
        return _KEPT[digest]
    report = _report(workspace, digest)
    if len(_KEPT) >= _KEEP:
        _KEPT.pop(next(iter(_KEPT)))
    _KEPT[digest] = report
    return report


def _report(workspace: Workspace, digest: str) -> StaticReport:
    sources = {f.path: f for f in workspace.of_role(FileRole.SOURCE) if family_of(f.path)}
    python = {p: f for p, f in sources.items() if family_of(p) is Family.PYTHON}
    script = {p: f for p, f in sources.items() if family_of(p) is Family.SCRIPT}
    broken = {p: finding for p, f in python.items() if (finding := python_syntax(f)) is not None}
    findings: dict[StaticCheck, dict[str, tuple[Located, ...]]] = {check: {} for check in StaticCheck}
    findings[StaticCheck.SYNTAX] = locate(broken.values(), sources)
    runs: dict[tuple[StaticCheck, Family], ToolRun] = {}
    if python:
        runs[StaticCheck.SYNTAX, Family.PYTHON] = ToolRun(ran=True)
    for family, report in _tools(workspace, python, script):
        for check, found in report.findings.items():
            findings[check].update(locate(found, sources))
        for check in report.checks:
            runs[check, family] = report.run
    return StaticReport(digest=digest, findings=findings, runs=runs)


def _tools(
    workspace: Workspace, python: Mapping[str, WorkspaceFile], script: Mapping[str, WorkspaceFile]
) -> list[tuple[Family, ToolReport]]:
    jobs = []
    if python:
        jobs += [(Family.PYTHON, ruff_tool.check, python), (Family.PYTHON, pyrefly_tool.check, python)]
    if script:
        jobs += [(Family.SCRIPT, tsc_tool.check, script)]
    try:
        placed = arrange(workspace, surroundings(workspace))
    except MgeError as error:
        failed = ToolRun(ran=False, reason=error.message)
        return [(family, ToolReport(checks=tuple(StaticCheck)[1:], run=failed)) for family, _, _ in jobs]
    with ThreadPoolExecutor(2) as pool:
        futures = [(family, pool.submit(check, workspace, files, placed)) for family, check, files in jobs]
        return [(family, future.result()) for family, future in futures]
