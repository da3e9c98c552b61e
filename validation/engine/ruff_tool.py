"""Names in Python: ruff's pyflakes rules, without the project's configuration and without its ``noqa`` comments."""

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kernel import python_source
from masterplans.domain.workspace import Workspace, WorkspaceFile
from validation.domain.model import Evidence, Finding
from validation.domain.static import BUG_PATTERNS, StaticCheck, ToolRun
from validation.engine.tool import BIN, ToolReport, binary, not_run, run_tool, why_not
from validation.sandbox.spec import Mount

CHECKS = (StaticCheck.NAMES,)
ERRORS = frozenset({"F821", "F822", "F823"})  # undefined name, undefined in __all__, local used before assignment
WARNINGS = (
    "F401",
    "F811",
    "F841",
    *sorted(code for code in BUG_PATTERNS if code[0].isupper()),
)  # unused import, redefinition, unused variable


def check(workspace: Workspace, files: Mapping[str, WorkspaceFile], placed: Mapping[str, bytes]) -> ToolReport:
    """Run ruff over the Python sources."""
    del workspace
    tool = binary("ruff")
    if tool is None:
        return not_run(CHECKS, "ruff is not installed")
    rules = ",".join([*sorted(ERRORS), *WARNINGS])
    command = ["ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--select", rules,
               "--target-version", "py311", "--output-format", "json"]  # fmt: skip
    places = sorted(file.place for file in files.values())
    own = {place: placed[place] for place in places}
    outcome = run_tool(
        [f"{BIN}/ruff", *command[1:], "."], mounts=[Mount(host=tool, inside=f"{BIN}/ruff")], placed=own, extra={}
    )
    evidence = Evidence(command=" ".join(command), exit_code=outcome.exit_code, output=outcome.output[:500])
    reason = why_not(outcome, (0,))
    if reason:
        return not_run(CHECKS, f"ruff: {reason}", evidence)
    try:
        rows = json.loads(outcome.output)
    except ValueError:
        return not_run(CHECKS, "ruff: its report cannot be read", evidence)
    by_place = {file.place: path for path, file in files.items()}
    found = [_judged(finding, files) for row in rows if (finding := _finding(row, by_place)) is not None]
    evidence = replace(evidence, output=f"{len(rows)} findings in {len(files)} files")
    run = ToolRun(ran=True, evidence=evidence, seconds=outcome.wall_seconds)
    return ToolReport(checks=CHECKS, run=run, findings={StaticCheck.NAMES: found})


def _finding(row: Mapping[str, Any], by_place: Mapping[str, str]) -> Finding | None:
    path = by_place.get(str(row["filename"]).removeprefix("/work/"))
    code = row.get("code")
    if path is None or code is None or code.startswith("invalid"):
        return None
    severity = "error" if code in ERRORS else "warning"
    return Finding(
        tool="ruff", code=code, message=row["message"], path=path, line=row["location"]["row"],
        column=row["location"]["column"], end_line=row["end_location"]["row"], severity=severity,
    )  # fmt: skip


def _judged(finding: Finding, files: Mapping[str, WorkspaceFile]) -> Finding:
    """A name that its function does bind is at most unbound on some path (ruff forgets it after ``del``): a warning."""
    if finding.code != "F821":
        return finding
    name = finding.message.partition("`")[2].partition("`")[0]
    bound = name in _bound_around(files[finding.path].content, finding.line)
    return replace(finding, severity="warning") if bound else finding


def _bound_around(source: bytes, line: int) -> set[str]:
    """Names that the functions around a line assign to."""
    try:
        tree = python_source.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {
        name.id
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and function.lineno <= line <= (function.end_lineno or line)
        for name in ast.walk(function)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
