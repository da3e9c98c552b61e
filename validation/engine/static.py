"""One pass of the tools over a whole workspace, inside the sandbox.

The static tools execute nothing of the project; the generated tests, in a run of their own, do. A candidate mostly
changes one file: what a tool said about bytes that it has seen is not asked again.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.syntax import problem_of
from kernel.errors import MgeError
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile
from validation.domain.layout import arrange, surroundings
from validation.domain.model import Finding
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
from validation.engine import generated_script_tool, generated_tool, pyrefly_tool, ruff_tool, tsc_tool
from validation.engine.tool import ToolReport

_KEPT: dict[tuple[str, str], StaticReport] = {}
_KEEP = 8
_TOOLS: dict[str, ToolReport] = {}  # by tool and everything that it could read


def static_findings(workspace: Workspace, *, cache: Path, draft: Workspace | None = None) -> StaticReport:
    """Return syntax, names and types of every source file, with plan paths and lines.

    With ``draft``, inputs are drawn only for functions that are not the same there: those of a candidate.

    A tool that is missing, refused, or did not end in time makes its checks ``ran=False`` with the reason. Reports are
    kept by digest in this process; below ``cache`` (absolute, may be deleted at any time) lies what makes tools quick.
    """
    digest = workspace.digest()
    key = (digest, draft.digest() if draft is not None else "")
    if key in _KEPT:
        return _KEPT[key]
    report = _report(workspace, digest, cache, draft)
    if len(_KEPT) >= _KEEP:
        _KEPT.pop(next(iter(_KEPT)))
    _KEPT[key] = report
    return report


def syntax_findings(workspace: Workspace, *, paths: Collection[str] | None = None, reason: str) -> StaticReport:
    """Return whether each source file (or those of ``paths``) parses; names and types are ``ran=False``.

    ``reason`` says why. The report names no digest: it is not for keeping.
    """
    chosen = workspace.of_role(FileRole.SOURCE) if paths is None else [workspace.files[path] for path in sorted(paths)]
    sources = {f.path: f for f in chosen if family_of(f.path)}
    broken = [found for f in sources.values() if (found := _syntax_of(f)) is not None]
    findings: dict[StaticCheck, dict[str, tuple[Located, ...]]] = {check: {} for check in StaticCheck}
    findings[StaticCheck.SYNTAX] = locate(broken, sources)
    off = ToolRun(ran=False, reason=reason)
    runs = {(check, family): off for family in Family for check in StaticCheck}
    runs |= {(StaticCheck.SYNTAX, family): ToolRun(ran=True) for family in Family}
    return StaticReport(digest="", findings=findings, runs=runs)


def _syntax_of(file: WorkspaceFile) -> Finding | None:
    if family_of(file.path) is Family.PYTHON:
        return python_syntax(file)
    language = MultiLanguageParser.language_of(file.path) or Language.JAVASCRIPT
    problem = problem_of(file.content, MultiLanguageParser().parse(file.content, language).root_node, language)
    if problem is None:
        return None
    return Finding(
        tool="tree-sitter", code="syntax-error", message=problem.message, path=file.path, line=problem.line,
        column=problem.column,
    )  # fmt: skip


def _report(workspace: Workspace, digest: str, cache: Path, draft: Workspace | None) -> StaticReport:
    sources = {f.path: f for f in workspace.of_role(FileRole.SOURCE) if family_of(f.path)}
    python = {p: f for p, f in sources.items() if family_of(p) is Family.PYTHON}
    script = {p: f for p, f in sources.items() if family_of(p) is Family.SCRIPT}
    broken = {p: finding for p, f in python.items() if (finding := python_syntax(f)) is not None}
    findings: dict[StaticCheck, dict[str, tuple[Located, ...]]] = {check: {} for check in StaticCheck}
    findings[StaticCheck.SYNTAX] = locate(broken.values(), sources)
    runs: dict[tuple[StaticCheck, Family], ToolRun] = {}
    if python:
        runs[StaticCheck.SYNTAX, Family.PYTHON] = ToolRun(ran=True)
    try:
        placed = arrange(workspace, surroundings(workspace))
    except MgeError as error:
        return _without_tools(digest, findings, runs, [f for f, some in _families(python, script) if some], error)
    importable = {p: f for p, f in python.items() if p not in broken and p.endswith(".py")}
    with ThreadPoolExecutor(3) as pool:
        generated = pool.submit(generated_tool.check, workspace, importable, placed, draft)
        scripted = pool.submit(generated_script_tool.check, workspace, script, placed)
        futures = [
            (family, pool.submit(_once, check, workspace, files, _seen(family, placed)))
            for family, check, files in _jobs(python, script, cache)
        ]
        for family, future in futures:
            report = future.result()
            for kind, found in report.findings.items():
                findings[kind].update(locate(found, sources))
            runs |= {(kind, family): report.run for kind in report.checks}
        return StaticReport(digest=digest, findings=findings, runs=runs,
                            generated={**generated.result(), **scripted.result()})  # fmt: skip


_Files = Mapping[str, WorkspaceFile]
_Tool = Callable[[Workspace, _Files, Mapping[str, bytes]], ToolReport]


def _families(python: _Files, script: _Files) -> list[tuple[Family, _Files]]:
    return [(Family.PYTHON, python), (Family.SCRIPT, script)]


def _jobs(python: _Files, script: _Files, cache: Path) -> list[tuple[Family, _Tool, _Files]]:
    jobs: list[tuple[Family, _Tool, _Files]] = []
    if python:
        jobs += [(Family.PYTHON, ruff_tool.check, python), (Family.PYTHON, pyrefly_tool.check, python)]
    if script:
        jobs += [(Family.SCRIPT, partial(tsc_tool.check, cache=cache), script)]
    return jobs


def _without_tools(
    digest: str, findings: dict[StaticCheck, dict[str, tuple[Located, ...]]],
    runs: dict[tuple[StaticCheck, Family], ToolRun], families: Sequence[Family], error: MgeError,
) -> StaticReport:  # fmt: skip
    failed = ToolRun(ran=False, reason=error.message)
    missing = {(check, family): failed for family in families for check in tuple(StaticCheck)[1:]}
    return StaticReport(digest=digest, findings=findings, runs={**runs, **missing})


def _seen(family: Family, placed: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a family's tools can read: the other family's sources say nothing to them."""
    return {place: content for place, content in placed.items() if family_of(place) in (family, None)}


def _once(check: _Tool, workspace: Workspace, files: _Files, placed: Mapping[str, bytes]) -> ToolReport:
    """Run a tool, or return what it said of the very same files. A tool that did not run is asked again."""
    tool = check.func if isinstance(check, partial) else check
    whole = hashlib.sha256(repr((tool.__module__, workspace.python, workspace.node_modules)).encode())
    for place in sorted(placed):
        for part in (place.encode("utf-8", "surrogateescape"), placed[place]):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    key = whole.hexdigest()
    known = _TOOLS.get(key)
    if known is None:
        known = check(workspace, files, placed)
        if known.run.ran:
            _TOOLS[key] = known
            for old in list(_TOOLS)[: max(0, len(_TOOLS) - 4 * _KEEP)]:
                _TOOLS.pop(old, None)
    return known
