"""What the runs of Python and of script tests share: bounds, limits, and why tests are missing."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from masterplans.domain.workspace import Workspace
from validation.domain import records as reading
from validation.domain.model import Evidence
from validation.domain.suite import Part
from validation.sandbox.spec import MIB, Ending, Limits, Mount, SandboxOutcome

PACKAGES = "/opt/mge-packages"  # inside


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteSettings:
    """Bounds of one run of a suite. ``record``: keep arguments of calls."""

    timeout_seconds: float
    memory_mib: int
    coverage: bool = True
    shards: int = 2
    record: bool = False

    @property
    def test_seconds(self) -> float:
        """What a single test may take: a twentieth of the whole, at least 5 s. An endless loop must not eat all time.

        Of a Python test it bounds the processor time. Node knows the clock alone.
        """
        return max(min(5.0, self.timeout_seconds / 2), self.timeout_seconds / 20)

    @property
    def test_wall_seconds(self) -> float:
        """What a Python test may take by the clock: up to twice as much, for other work on the machine is no fault."""
        return max(self.test_seconds, min(2 * self.test_seconds, self.timeout_seconds / 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessResult:
    """One part of the suite, and the evidence of its last process."""

    part: Part
    evidence: Evidence
    refused: str = ""


def out_of_time(expected: Mapping[str, tuple[str, ...]]) -> ProcessResult:
    """The result of a process for which no time was left: its tests are missing."""
    part = Part(expected=expected, records=(), reason="timeout: no time was left to start these tests")
    return ProcessResult(part=part, evidence=Evidence())


def wanted_ids(ids: tuple[str, ...], select: Sequence[str] | None) -> tuple[str, ...]:
    if select is None:
        return ids
    bases = {one.partition("[")[0] for one in select}
    return tuple(i for i in ids if any("::".join(i.split("::")[:n]) in bases for n in range(1, i.count("::") + 2)))


def reason_of(outcome: SandboxOutcome, found: reading.Records) -> str:
    if outcome.ending is Ending.TIMEOUT:
        return f"timeout: {outcome.reason}"
    if outcome.ending is not Ending.EXITED:
        return outcome.reason
    if found.code is None:
        return f"the process ended without an end record (exit code {outcome.exit_code})"
    return ""


def suite_limits(placed: Mapping[str, bytes], settings: SuiteSettings, seconds: float) -> Limits:
    size = sum(map(len, placed.values()))
    return Limits(
        wall_seconds=seconds,
        cpu_seconds=seconds * 2,
        memory_bytes=settings.memory_mib * MIB,
        processes=128,
        open_files=512,
        file_bytes=64 * MIB + max(map(len, placed.values()), default=0),
        disk_bytes=256 * MIB + 2 * size,
        inodes=8192 + 2 * len(placed),
    )


def search_path(placed: Mapping[str, bytes]) -> list[str]:
    """The workspace's root, and its ``src`` folder where that is no package itself."""
    below_src = any(place.startswith("src/") for place in placed) and "src/__init__.py" not in placed
    return ["/work", "/work/src"] if below_src else ["/work"]


def beside_foreign(workspace: Workspace, names: Sequence[str]) -> tuple[tuple[Mount, ...], tuple[str, ...]]:
    """Packages of ours shown beside a foreign interpreter, and the path to put last; none for our own, it has them."""
    if workspace.python is None:
        return (), ()
    found = [Path(folder) / name for name in names for folder in sys.path if (Path(folder) / name).exists()]
    first = {path.name: path for path in reversed(found)}
    return tuple(Mount(host=path, inside=f"{PACKAGES}/{name}") for name, path in first.items()), (PACKAGES,)
