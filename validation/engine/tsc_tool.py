"""Syntax, names and types in TypeScript and JavaScript: one pass of TypeScript with our configuration."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace, WorkspaceFile
from validation.domain.model import Evidence, Finding
from validation.domain.static import BUG_PATTERNS, StaticCheck, ToolRun
from validation.engine.tool import ToolReport, not_run, run_tool, why_not
from validation.engine.tsc_snapshot import PLACE, SCRIPT, forget, snapshot
from validation.sandbox.spec import Ending, Mount, SandboxOutcome
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, TOOLCHAIN, TOOLCHAIN_FOLDER, ToolRoot, node_root

CHECKS = (StaticCheck.SYNTAX, StaticCheck.NAMES, StaticCheck.TYPES)
TYPESCRIPT = "node_modules/typescript/lib/typescript.js"
_CONFIG_PLACE = "/tmp/tsc_check.json"  # noqa: S108 - inside the sandbox
NAMES = frozenset({2304, 2305, 2552, 2551, 2663, 2503, 2614, 2724, 18004})  # a name that nothing defines or exports
ENVIRONMENT = frozenset({2307, 2580, 2582, 2584, 2591, 2592, 2593, 2688, 2792, 7016})  # packages that are not here
PROMISES = ("dropped-promise", "unawaited-return")  # our own rules, with TypeScript's types
UNUSED = frozenset({6133, 6192, 6196, 6198})


def check(
    workspace: Workspace, files: Mapping[str, WorkspaceFile], placed: Mapping[str, bytes], *, cache: Path
) -> ToolReport:
    """Run the type checker over the scripts; JavaScript is checked leniently: its type findings are warnings.

    In ``cache`` (absolute) a started checker is kept; what it finds is the same without it.
    """
    if not (TOOLCHAIN_FOLDER / TYPESCRIPT).is_file():
        return not_run(CHECKS, "the type checker of TypeScript is not installed: run make setup")
    try:
        root = node_root(workspace.node_modules)
        started = snapshot(cache, node_root(), _config())
    except MgeError as error:
        return not_run(CHECKS, error.message)
    outcome = _outcome(root, files, placed, started)
    if started is not None and why_not(outcome, (0,)) and outcome.ending is Ending.EXITED:
        forget(started)
        outcome = _outcome(root, files, placed, None)
    command = f"node {INSIDE}/{SCRIPT} {_CONFIG_PLACE}"
    evidence = Evidence(command=command, exit_code=outcome.exit_code, output=outcome.output[:500])
    reason = why_not(outcome, (0,))
    if reason:
        return not_run(CHECKS, f"tsc: {reason}", evidence)
    try:
        rows = json.loads(outcome.output)["found"]
    except (ValueError, KeyError, TypeError):
        return not_run(CHECKS, "tsc: its report cannot be read", evidence)
    by_place = {f"/work/{file.place}": path for path, file in files.items()}
    found: dict[StaticCheck, list[Finding]] = {check: [] for check in CHECKS}
    for row in rows:
        path = by_place.get(str(row.get("file", "")))
        if path is not None:
            kind, severity = classify(int(row["code"]), path, syntactic=row["kind"] == "syntax")
            found[kind].append(_finding(row, path, severity))
    evidence = replace(evidence, output=f"{len(rows)} findings in {len(files)} files")
    run = ToolRun(ran=True, evidence=evidence, seconds=outcome.wall_seconds)
    return ToolReport(checks=CHECKS, run=run, findings=found)


def _outcome(
    root: ToolRoot, files: Mapping[str, WorkspaceFile], placed: Mapping[str, bytes], started: Path | None
) -> SandboxOutcome:
    mounts = [*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE)]
    flags: tuple[str, ...] = ()
    if started is not None:
        mounts.append(Mount(host=started, inside=PLACE))
        flags = ("--snapshot-blob", PLACE)
    config = {**_config(), "files": [f"/work/{file.place}" for file in files.values()]}
    argv = [*root.argv, *flags, f"{INSIDE}/{SCRIPT}", _CONFIG_PLACE]
    return run_tool(argv, mounts=mounts, placed=placed, extra={_CONFIG_PLACE: json.dumps(config).encode()})


def _finding(row: Mapping[str, Any], path: str, severity: str) -> Finding:
    code = PROMISES[int(row["code"])] if row["kind"] == "promise" else f"TS{row['code']}"
    severity = "warning" if code in BUG_PATTERNS else severity
    return Finding(
        tool="tsc", code=code, message=str(row["message"]), path=path, line=int(row["line"]),
        column=int(row["column"]), end_line=int(row["end_line"]), severity=severity,
    )  # fmt: skip


def classify(code: int, path: str, *, syntactic: bool = False) -> tuple[StaticCheck, str]:
    """Which check a diagnostic belongs to, and how much it weighs there."""
    lenient = not re.search(r"\.(ts|tsx|mts|cts)$", path)
    if syntactic:
        return StaticCheck.SYNTAX, "error"
    if code in NAMES:
        return StaticCheck.NAMES, "error"
    if code in UNUSED:
        return StaticCheck.NAMES, "warning"
    if code in ENVIRONMENT or lenient:
        return StaticCheck.TYPES, "warning"
    return StaticCheck.TYPES, "error"


def _config() -> dict[str, object]:
    options = {
        "noEmit": True, "allowJs": True, "checkJs": True, "strict": False, "skipLibCheck": True, "noUnusedLocals": True,
        "target": "ES2022", "lib": ["ES2023", "DOM", "DOM.Iterable"], "module": "ESNext", "moduleResolution": "bundler",
        "allowImportingTsExtensions": True, "jsx": "preserve", "esModuleInterop": True, "resolveJsonModule": True,
        "experimentalDecorators": True, "types": ["node"], "incremental": False,
        "typeRoots": [f"{TOOLCHAIN}/node_modules/@types", "/work/node_modules/@types"],
    }  # fmt: skip
    return {"typescript": f"{TOOLCHAIN}/{TYPESCRIPT}", "toolchain": TOOLCHAIN, "inside": INSIDE, "options": options}
