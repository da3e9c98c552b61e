"""Whether the source files build: Python compiles, TypeScript type-checks as ``tsc --noEmit`` would."""

import platform
from collections.abc import Iterable, Sequence
from dataclasses import replace

from masterplans.domain.workspace import FileRole, Workspace
from validation.domain.model import Check, Evidence, Finding, Status
from validation.domain.static import (
    Family,
    StaticCheck,
    StaticReport,
    family_of,
    keys_of,
    moved_complaints,
    new_findings,
)

NAME = "build"
SHOWN = 50


def build_check(
    workspace: Workspace, static: StaticReport | None, missing: Sequence[str] = (), drafts: StaticReport | None = None
) -> Check:
    """Failed for files that do not compile, were never written, or have type errors that their drafts had not.

    Type errors of the drafts are shown as warnings; JavaScript, which needs no types to run, is only parsed.
    """
    sources = [f for f in workspace.of_role(FileRole.SOURCE) if family_of(f.path)]
    if missing:
        return Check(name=NAME, status=Status.FAILED, reason=f"never written: {', '.join(missing[:5])}")
    if not sources:
        return Check(name=NAME, status=Status.NOT_APPLICABLE, reason="no source files")
    if static is None:
        return Check(name=NAME, status=Status.NOT_RUN, reason="the static tools were not run")
    families = sorted({family for f in sources if (family := family_of(f.path))})
    evidence = _evidence(static, families, len(sources))
    broken = [one.finding for found in static.findings.get(StaticCheck.SYNTAX, {}).values() for one in found]
    if broken:
        reason = f"{len({finding.path for finding in broken})} files do not compile"
        return _failed(reason, broken, evidence)
    typed = [f.path for f in sources if f.path.endswith((".ts", ".tsx", ".mts", ".cts"))]
    wanted = [(StaticCheck.SYNTAX, family) for family in families]
    wanted += [(StaticCheck.TYPES, Family.SCRIPT)] if typed else []
    for key in wanted:
        run = static.runs.get(key)
        if run is None or not run.ran:
            reason = run.reason if run else f"no tool for {key[1]}"
            return Check(name=NAME, status=Status.NOT_RUN, reason=reason, evidence=run.evidence if run else evidence)
    new, old = _type_errors(static, drafts or static, typed)
    if new:
        return _failed(f"tsc finds {len(new)} errors that the drafts had not", [*new, *old], evidence)
    reason = f"{len(sources)} files compile"
    if old:
        reason += f"; tsc finds {len(old)} errors, all of them in the drafts too"
    return Check(name=NAME, status=Status.PASSED, reason=reason, findings=tuple(old[:SHOWN]), evidence=evidence)


def _failed(reason: str, findings: Sequence[Finding], evidence: Evidence) -> Check:
    told = "\n".join(f"{f.path}:{f.line}: {f.code} {f.message}" for f in findings[:10])
    evidence = Evidence(command=evidence.command, exit_code=1, output=told)
    return Check(name=NAME, status=Status.FAILED, reason=reason, findings=tuple(findings[:SHOWN]), evidence=evidence)


def _evidence(static: StaticReport, families: Iterable[Family], count: int) -> Evidence:
    """One line for each compiler that ran."""
    commands, told = [], []
    for family in families:
        if family is Family.PYTHON:
            commands.append(f"compile() of CPython {platform.python_version()}")
        else:
            run = static.runs.get((StaticCheck.TYPES, family))
            commands.append("tsc --noEmit (our options)")
            told.append(f"tsc: {run.evidence.output or run.reason}" if run else "tsc: not run")
    return Evidence(command=f"{', '.join(commands)} over {count} source files", exit_code=0,
                    output="\n".join(told) or f"{count} files compiled")  # fmt: skip


def _type_errors(
    static: StaticReport, drafts: StaticReport, paths: Iterable[str]
) -> tuple[list[Finding], list[Finding]]:
    """Errors of the type checker in these files: new ones, and those that the drafts had, as warnings."""
    new: list[Finding] = []
    old: list[Finding] = []
    for path in paths:
        here = [o for o in static.findings.get(StaticCheck.TYPES, {}).get(path, ()) if o.finding.severity == "error"]
        moved = moved_complaints(drafts, static, StaticCheck.TYPES, path)
        fresh = new_findings(here, keys_of(drafts, StaticCheck.TYPES, path), moved)
        new += [one.finding for one in fresh]
        old += [replace(one.finding, severity="warning") for one in here if one not in fresh]
    return new, old
