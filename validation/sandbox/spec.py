"""What may be asked of the sandbox and what it answers. Backends differ, this does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one run. Times in seconds, sizes in bytes. The defaults are those of a snippet."""

    wall_seconds: float = 10.0
    cpu_seconds: float = 8.0
    memory_bytes: int = 1024 * MIB  # summed over all processes of the run
    processes: int = 64
    open_files: int = 128
    file_bytes: int = 16 * MIB
    disk_bytes: int = 64 * MIB
    inodes: int = 4096
    output_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A host file or folder shown read-only inside at ``inside`` (absolute)."""

    host: Path
    inside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxRequest:
    """One command to run.

    ``files`` are written fresh into the run's own tmpfs before it starts (absolute path inside -> bytes).
    ``preload`` names modules that an interpreter of ours loads ahead, before anything of the run is there; it then runs
    the script of ``argv`` (interpreter, ``-I``, script, arguments) itself, under the same walls.
    With ``result_channel`` the environment variable ``MGE_RESULT_FD`` names a pipe whose bytes come back in ``result``.
    """

    argv: tuple[str, ...]
    cwd: str = "/work"
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    limits: Limits = field(default_factory=Limits)
    result_channel: bool = False
    preload: tuple[str, ...] = ()
    result_bytes: int = 8 * MIB  # more than this in the result channel ends the run as killed


class Ending(StrEnum):
    """How the run ended."""

    EXITED = "exited"  # by itself, with exit_code (negative: by a signal it got itself)
    TIMEOUT = "timeout"  # wall or processor time
    KILLED = "killed"  # a limit other than time; ``reason`` names it
    REFUSED = "refused"  # nothing ran; ``reason`` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOutcome:
    """What came of it. ``output`` is stdout and stderr together, cut at the limit, safe to store."""

    ending: Ending
    exit_code: int | None
    reason: str
    output: str
    result: bytes
    wall_seconds: float
