"""Second stage, a script of its own that runs inside bubblewrap's namespaces before the command.

It waits for its job on the control socket: descriptors to pass on, a length, a JSON header, then blobs. It then mounts
the one tmpfs with size and inode limits that all writable folders share, writes the files, sets the limits, gives up
every capability, forbids new privileges, installs the system-call filter, and turns into the command. Trouble is told
on the status descriptor, which closes by itself when the command starts. An interpreter of ours that has loaded modules
ahead runs the script of its job in place of a new interpreter; nothing of a run is there before the walls are.
"""

import _socket
import contextlib
import ctypes
import json
import os
import resource
import runpy
import struct
import sys
import time
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC = 2, 4, 4096, 16384
_PR_CAPBSET_DROP, _PR_SET_SECCOMP, _PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 24, 22, 28, 38, 47
_SECUREBITS_ALL_LOCKED = 0xEF  # no privileges by uid 0, no keeping of capabilities, all locked
_CAPABILITY_VERSION = 0x20080522
_MOST_FDS = 8
_SPACE = "/work"
_SHARES = (("/tmp", 0o1777), ("/dev/shm", 0o1777))  # noqa: S108 - inside paths


class _BadRequestError(Exception):
    """The request asks for what its own limits forbid; the sandbox is in order."""


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _bind(source: str, target: str) -> None:
    flags = _MS_BIND | _MS_REC
    _check(_LIBC.mount(source.encode(), target.encode(), None, flags, None), f"cannot bind {target}")


def _mount_space(size: int, inodes: int) -> None:
    """One tmpfs for /work, /tmp and /dev/shm, so that the limits hold for their sum."""
    options = f"size={size},nr_inodes={inodes},mode=755".encode()
    flags = _MS_NOSUID | _MS_NODEV
    _check(_LIBC.mount(b"tmpfs", _SPACE.encode(), b"tmpfs", flags, options), "cannot mount the private tmpfs")
    os.mkdir(f"{_SPACE}/work", 0o755)  # noqa: PTH102
    for index, (target, mode) in enumerate(_SHARES):
        share = f"{_SPACE}/{index}"
        os.mkdir(share)  # noqa: PTH102
        os.chmod(share, mode)  # noqa: PTH101
        _bind(share, target)
    _bind(f"{_SPACE}/work", _SPACE)


def _show(source: str, target: str) -> None:
    """A read-only mount below a writable folder: shown only now, or the tmpfs would hide it."""
    if os.path.isdir(source):  # noqa: PTH112
        os.makedirs(target, exist_ok=True)  # noqa: PTH103
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    _bind(source, target)


def _write(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o644)
    with os.fdopen(fd, "wb") as target:
        target.write(content)


def _set_stdin(content: bytes) -> None:
    path = f"{_SPACE}/.stdin"
    _write(path, content)
    fd = os.open(path, os.O_RDONLY)
    os.unlink(path)  # noqa: PTH108
    os.dup2(fd, 0)
    os.close(fd)


def _limit(limits: dict[str, int]) -> None:
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def _give_up_privileges(filter_program: bytes) -> None:
    _check(_LIBC.prctl(_PR_SET_SECUREBITS, _SECUREBITS_ALL_LOCKED, 0, 0, 0), "cannot lock securebits")
    for capability in range(64):
        if _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the kernel knows no more of them
    _LIBC.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    header, data = struct.pack("=Ii", _CAPABILITY_VERSION, 0), bytes(24)
    _check(_LIBC.capset(header, data), "cannot drop capabilities")
    _check(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "cannot set no_new_privs")
    program = _Filter(len(filter_program) // 8, filter_program)
    _check(_LIBC.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0), "cannot install the system-call filter")


def _read_job(control_fd: int) -> tuple[dict[str, Any], list[bytes], list[int]]:
    """Read the descriptors that come along, then header and blobs."""
    control = _socket.socket(fileno=control_fd)
    mark, ancillary, _, _ = control.recvmsg(1, _socket.CMSG_SPACE(4 * _MOST_FDS))
    if not mark:
        os._exit(0)  # nobody wants this sandbox any more
    fds = [fd for _, _, data in ancillary for fd in struct.unpack(f"={len(data) // 4}i", data)]
    with os.fdopen(control.detach(), "rb") as stream:
        job = json.loads(stream.read(struct.unpack("!I", stream.read(4))[0]))
        return job, [stream.read(length) for length in job["blobs"]], fds


def _prepare(job: dict[str, Any], blobs: list[bytes]) -> None:
    filter_program, stdin, *contents = blobs
    os.umask(0o022)
    _mount_space(job["disk"], job["inodes"])
    for source, target in job["late_mounts"]:
        _show(source, target)
    try:
        for path, content in zip(job["paths"], contents, strict=True):
            _write(path, content)
        _set_stdin(stdin)
    except OSError as error:
        raise _BadRequestError(f"files: {error.filename or 'they'}: {os.strerror(error.errno or 0)}") from None
    if job["cwd"].startswith(_SPACE):
        os.makedirs(job["cwd"], exist_ok=True)  # noqa: PTH103
    os.chdir(job["cwd"])
    with open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")
    _limit(job["limits"])
    _give_up_privileges(filter_program)


def _alone() -> bool:
    """Whether this is the only thread: privileges are given up by thread, and a second one would keep them."""
    return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208


def _close_all_but(kept: list[int]) -> None:
    edges = sorted({2, *kept})
    for low, high in zip(edges, [*edges[1:], 65536], strict=True):
        os.closerange(low + 1, high)


def main(control_fd: int, status_fd: int, preload: list[str]) -> list[str]:
    """Prepare the sandbox for one job and turn into its command, or return its arguments to a loaded interpreter."""
    for name in preload:
        with contextlib.suppress(ImportError):  # the script itself will tell what it lacks
            __import__(name)
    for fd in (control_fd, status_fd):
        os.set_inheritable(fd, False)
    try:
        job, blobs, fds = _read_job(control_fd)
        for name, fd in zip(job["fds"], fds, strict=True):
            os.set_inheritable(fd, True)
            job["env"][name] = str(fd)
        if preload:
            job["limits"]["RLIMIT_CPU"] += int(time.process_time()) + 1  # what it loaded ahead is not the run's
        _prepare(job, blobs)
    except _BadRequestError as error:
        os.write(status_fd, str(error).encode())
        os._exit(1)
    except OSError as error:
        os.write(status_fd, f"setup: {error}".encode())
        os._exit(1)
    if job["warm"] and preload and _alone():
        os.environ.clear()
        os.environ.update(job["env"])
        _close_all_but(fds)
        return list(job["argv"])
    try:
        os.execve(job["argv"][0], job["argv"], job["env"])  # noqa: S606 - the command of the job
    except OSError as error:
        os.write(status_fd, f"command: {job['argv'][0]}: {os.strerror(error.errno or 0)}".encode())
        os._exit(1)


sys.argv[:] = main(int(sys.argv[1]), int(sys.argv[2]), [name for name in sys.argv[3].split(",") if name])[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
