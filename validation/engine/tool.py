"""How a static tool is run: its binary shown read-only in the sandbox, the workspace's files beside it."""

import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from validation.domain.model import Evidence, Finding
from validation.domain.static import StaticCheck, ToolRun
from validation.sandbox import runner
from validation.sandbox.spec import MIB, Ending, Limits, Mount, SandboxOutcome, SandboxRequest

TOOL_SECONDS = 120.0
TOOL_MEMORY = 3072 * MIB
OUTPUT_BYTES = 64 * MIB
BIN = "/opt/mge-bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReport:
    """What one tool found, and for which checks it stands."""

    checks: tuple[StaticCheck, ...]
    run: ToolRun
    findings: Mapping[StaticCheck, list[Finding]] = field(default_factory=dict)


def binary(name: str) -> Path | None:
    """A tool installed with this project, or None."""
    path = Path(sysconfig.get_path("scripts")) / name
    return path.resolve() if path.is_file() else None


def run_tool(
    argv: Sequence[str], *, mounts: Sequence[Mount], placed: Mapping[str, bytes], extra: Mapping[str, bytes],
    env: Mapping[str, str] | None = None,
) -> SandboxOutcome:  # fmt: skip
    """Run a tool at /work with the workspace's files; standard error is dropped so that its report stands alone."""
    files = {f"/work/{place}": content for place, content in placed.items()}
    size = sum(map(len, placed.values()))
    return runner.run(
        SandboxRequest(
            argv=("/bin/sh", "-c", 'exec "$@" 2>/dev/null', "sh", *argv),
            mounts=tuple(mounts),
            files={**files, **extra},
            env={"HOME": "/tmp", **(env or {})},  # noqa: S108 - inside the sandbox
            limits=Limits(
                wall_seconds=TOOL_SECONDS,
                cpu_seconds=2 * TOOL_SECONDS,
                memory_bytes=TOOL_MEMORY,
                processes=128,
                open_files=1024,
                file_bytes=64 * MIB,
                disk_bytes=64 * MIB + 2 * size,
                inodes=8192 + 2 * len(placed),
                output_bytes=OUTPUT_BYTES,
            ),
        )
    )


def not_run(checks: tuple[StaticCheck, ...], reason: str, evidence: Evidence | None = None) -> ToolReport:
    """The report of a tool that did not run or did not finish."""
    return ToolReport(checks=checks, run=ToolRun(ran=False, reason=reason, evidence=evidence or Evidence()))


def why_not(outcome: SandboxOutcome, good: Sequence[int]) -> str:
    """Why the outcome is no report, or the empty string."""
    if outcome.ending is not Ending.EXITED:
        return outcome.reason
    return "" if outcome.exit_code in good else f"the tool ended with code {outcome.exit_code}"
