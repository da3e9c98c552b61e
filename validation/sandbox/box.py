"""One started sandbox: its pipes, its processes, its end. Used by one run, then gone."""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from kernel.errors import InvalidInput, Unavailable
from kernel.text import decode
from validation.sandbox import seccomp
from validation.sandbox.command import SANDBOX_UID, StartFds, Warmth, inside_path, is_writable_place, start_command
from validation.sandbox.spec import Ending, Limits, Mount, SandboxOutcome, SandboxRequest
from validation.sandbox.watch import Handles, Watch

START_SECONDS = 20.0
RESULT_FD = "MGE_RESULT_FD"
_CHUNK = 65536
_BASE_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8",  # noqa: S108
                     "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}  # fmt: skip


def _rlimits(limits: Limits) -> dict[str, int]:
    return {
        "RLIMIT_NPROC": limits.processes + 1,  # bubblewrap's own pid 1 is one of them
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_DATA": limits.memory_bytes,
        "RLIMIT_CPU": int(limits.cpu_seconds) + 2,  # backstop of the sum that is taken from outside
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 65536,
        "RLIMIT_MSGQUEUE": 0,
    }


def _job(request: SandboxRequest, late_mounts: tuple[tuple[str, str], ...], fds: tuple[str, ...]) -> bytes:
    for path in (request.cwd, *request.files):
        inside_path(path)
    for path in request.files:
        if not is_writable_place(path):
            raise InvalidInput(f"files of a run lie under /work or /tmp, not at {path!r}")
    blobs = [seccomp.program(), request.stdin, *request.files.values()]
    header = {
        "argv": request.argv,
        "warm": bool(request.preload),
        "env": {**_BASE_ENVIRONMENT, **request.env},
        "fds": fds,
        "cwd": request.cwd,
        "disk": request.limits.disk_bytes,
        "inodes": request.limits.inodes + 8,  # our own folders
        "limits": _rlimits(request.limits),
        "late_mounts": late_mounts,
        "paths": list(request.files),
        "blobs": [len(blob) for blob in blobs],
    }
    encoded = json.dumps(header).encode()
    return b"".join((struct.pack("!I", len(encoded)), encoded, *blobs))


class Box:
    """A sandbox that was started and waits for its job.

    Start it and wait for it in one thread: its processes die with the thread that started them.
    """

    def __init__(self, mounts: tuple[Mount, ...], warmth: Warmth | None = None) -> None:
        self._open: list[int] = []
        self._handed: tuple[str, ...] | None = None
        try:
            self._start(mounts, warmth)
        except BaseException:
            self.close()
            raise

    def _pipe(self) -> tuple[int, int]:
        ends = os.pipe()
        self._open += ends
        return ends

    def _start(self, mounts: tuple[Mount, ...], warmth: Warmth | None) -> None:
        theirs, ours = socket.socketpair()
        control_r, self._control = theirs.detach(), ours.detach()
        self._open += [control_r, self._control]
        self._status, status_w = self._pipe()
        self._output, output_w = self._pipe()
        if os.getuid() == 0:
            os.fchown(output_w, SANDBOX_UID, SANDBOX_UID)  # so that /dev/stdout and /dev/stderr can be opened inside
        self._result, self._result_w = self._pipe()  # the other end goes along with the job
        info_r, info_w = self._pipe()
        options = os.memfd_create("options", os.MFD_CLOEXEC)
        self._open.append(options)
        fds = StartFds(control=control_r, status=status_w, info=info_w, options=options)
        start = start_command(mounts=mounts, fds=fds, warmth=warmth)
        with open(options, "wb", closefd=False) as target:
            target.write(start.options)
        os.lseek(options, 0, os.SEEK_SET)
        self._late_mounts = start.late_mounts
        self._process = subprocess.Popen(
            start.argv,
            stdin=subprocess.DEVNULL,
            stdout=output_w,
            stderr=output_w,
            env=start.env,
            pass_fds=(control_r, status_w, info_w, options),
            start_new_session=True,
        )
        self._shut(control_r, status_w, output_w, info_w, options)
        self._pid_one = self._read_pid_one(info_r)
        self._pid_fd = os.pidfd_open(self._pid_one)
        self._exit_fd = os.pidfd_open(self._process.pid)
        self._open += [self._pid_fd, self._exit_fd]
        self._shut(info_r)

    def _read_pid_one(self, info: int) -> int:
        data = b""
        deadline = time.monotonic() + START_SECONDS
        while _readable(info, deadline - time.monotonic()):
            chunk = os.read(info, _CHUNK)
            if not chunk:
                break
            data += chunk
            with contextlib.suppress(ValueError, KeyError):
                return int(json.loads(data)["child-pid"])
        self._process.kill()
        self._process.wait()
        said = os.read(self._output, _CHUNK) if _readable(self._output, 0.0) else b""
        raise Unavailable(f"no sandbox: {decode(said).strip() or 'bubblewrap did not start'}")

    def _shut(self, *fds: int) -> None:
        for fd in fds:
            if fd in self._open:
                self._open.remove(fd)
                os.close(fd)

    def hand_over(self, request: SandboxRequest, link: Mapping[str, int] | None = None) -> None:
        """Give the descriptors that the command inherits: the result pipe, and copies of ``link`` by variable name."""
        fds = {RESULT_FD: self._result_w} if request.result_channel else {}
        fds |= link or {}
        self._handed = tuple(fds)
        # A set-up that failed has closed the other end: the status tells.
        with socket.socket(fileno=os.dup(self._control)) as control, contextlib.suppress(BrokenPipeError):
            socket.send_fds(control, [b"f"], list(fds.values()))
        self._shut(self._result_w)

    def run(self, request: SandboxRequest) -> SandboxOutcome:
        """Give the job, wait for the end, and return what came of it."""
        if self._handed is None:
            self.hand_over(request)
        job = _job(request, self._late_mounts, self._handed or ())
        handles = Handles(
            control=self._control,
            status=self._status,
            output=self._output,
            result=self._result,
            exit_fd=self._exit_fd,
            pid_one=self._pid_one,
        )
        watch = Watch(handles, self, request, job)
        watch.loop()
        return watch.outcome()

    def exit_code(self) -> int:
        """Return bubblewrap's exit code; call it after ``kill``."""
        return self._process.wait()

    def kill(self) -> None:
        """End everything inside, then bubblewrap's group outside, and wait until it is so. May be called twice."""
        with contextlib.suppress(ProcessLookupError, OSError):
            signal.pidfd_send_signal(self._pid_fd, signal.SIGKILL)
        _readable(self._pid_fd, 5.0)
        with contextlib.suppress(ChildProcessError):  # only a worker that is itself its container's pid 1 inherits it
            os.waitid(os.P_PIDFD, self._pid_fd, os.WEXITED | os.WNOHANG)
        if self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1.0)  # it ends by itself when its pid 1 has
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def close(self) -> None:
        """End what still lives and give back the descriptors."""
        if hasattr(self, "_pid_fd") and self._pid_fd in self._open:
            self.kill()
        elif hasattr(self, "_process"):  # it broke while starting
            self._process.kill()
            self._process.wait()
        for fd in self._open[:]:
            self._shut(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def warmth_of(request: SandboxRequest) -> Warmth | None:
    """What must be loaded before the job of this request is there, if anything."""
    if not request.preload:
        return None
    if request.argv[1:2] != ("-I",) or len(request.argv) < 3:
        raise InvalidInput("a loaded interpreter runs one script: interpreter, -I, script, arguments")
    return Warmth(python=request.argv[0], modules=request.preload)


def _readable(fd: int, seconds: float) -> bool:
    """Wait until ``fd`` can be read. ``poll``, because ``select`` knows no descriptors above 1023."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(max(0.0, seconds) * 1000))


def refusal(reason: str) -> SandboxOutcome:
    """Return the outcome of a run that did not happen."""
    return SandboxOutcome(ending=Ending.REFUSED, exit_code=None, reason=reason, output="", result=b"", wall_seconds=0.0)
