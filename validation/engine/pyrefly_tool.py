"""Types in Python: pyrefly over all sources in one pass, with our configuration and never the project's."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace, WorkspaceFile
from validation.domain.model import Evidence, Finding
from validation.domain.static import StaticCheck, ToolRun
from validation.engine.tool import BIN, ToolReport, binary, not_run, run_tool, why_not
from validation.sandbox.spec import Mount
from validation.sandbox.toolroots import python_root

CHECKS = (StaticCheck.TYPES,)
ELSEWHERE = frozenset({"missing-import", "missing-source", "untyped-import", "missing-module-attribute-stub"})
NAMES = frozenset({"unknown-name", "unbound-name", "parse-error", "invalid-syntax"})  # other checks say these


def check(workspace: Workspace, files: Mapping[str, WorkspaceFile], placed: Mapping[str, bytes]) -> ToolReport:
    """Run pyrefly over the Python sources; packages of the project's interpreter are resolved read-only."""
    tool = binary("pyrefly")
    if tool is None:
        return not_run(CHECKS, "pyrefly is not installed")
    try:
        root = python_root(workspace.python)
    except MgeError as error:
        return not_run(CHECKS, error.message)
    config = _config(files, root.argv[0])
    argv = [f"{BIN}/pyrefly", "check", "-c", "/tmp/pyrefly.toml", "--output-format", "json", "-j", "2"]  # noqa: S108
    outcome = run_tool(
        argv, mounts=[*root.mounts, Mount(host=tool, inside=f"{BIN}/pyrefly")], placed=placed,
        extra={"/tmp/pyrefly.toml": config.encode()},  # noqa: S108
    )  # fmt: skip
    evidence = Evidence(command=" ".join(argv[1:]), exit_code=outcome.exit_code, output=outcome.output[:500])
    reason = why_not(outcome, (0, 1))
    if reason:
        return not_run(CHECKS, f"pyrefly: {reason}", evidence)
    try:
        rows = json.loads(outcome.output)["errors"]
    except (ValueError, KeyError, TypeError):
        return not_run(CHECKS, "pyrefly: its report cannot be read", evidence)
    by_place = {file.place: path for path, file in files.items()}
    found = [finding for row in rows if (finding := _finding(row, by_place)) is not None]
    evidence = replace(evidence, output=f"{len(rows)} findings in {len(files)} files")
    run = ToolRun(ran=True, evidence=evidence, seconds=outcome.wall_seconds)
    return ToolReport(checks=CHECKS, run=run, findings={StaticCheck.TYPES: found})


def _config(files: Mapping[str, WorkspaceFile], python: str) -> str:
    includes = json.dumps([f"/work/{file.place}" for file in files.values()])
    return f"""project-includes = {includes}
project-excludes = []
disable-project-excludes-heuristics = true
search-path = ["/work", "/work/src"]
disable-search-path-heuristics = true
python-interpreter-path = {json.dumps(python)}
use-ignore-files = false
"""


def _finding(row: Mapping[str, Any], by_place: Mapping[str, str]) -> Finding | None:
    path = by_place.get(str(row["path"]).removeprefix("/work/"))
    code = str(row.get("name", "error"))
    if path is None or code in NAMES:
        return None
    severity = "warning" if code in ELSEWHERE or row.get("severity", "error") != "error" else "error"
    return Finding(
        tool="pyrefly", code=code, message=str(row.get("concise_description") or row.get("description", "")),
        path=path, line=int(row["line"]), column=int(row["column"]), end_line=int(row["stop_line"]), severity=severity,
    )  # fmt: skip
