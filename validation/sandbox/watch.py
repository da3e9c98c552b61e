"""Watches one run from outside: feeds the job, reads with caps, samples memory and processor, ends it at a limit."""

import contextlib
import os
import selectors
import time
from dataclasses import dataclass
from typing import Protocol

from kernel.text import decode
from validation.sandbox.processes import proportional_bytes, usage
from validation.sandbox.spec import Ending, SandboxOutcome, SandboxRequest

SAMPLE_SECONDS = 0.05
SETUP_SECONDS = 20.0
_CHUNK = 65536
_FLOOD_FACTOR = 64  # output beyond the limit is thrown away; beyond this many times the limit the run is ended
_SIGNAL_BASE = 128
_SIGXCPU = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Handles:
    """Descriptors of a started sandbox, all on our side, and the host pid of its pid 1."""

    control: int
    status: int
    output: int
    result: int
    exit_fd: int  # a pidfd of bubblewrap: readable when the command has ended
    pid_one: int


class Started(Protocol):
    """What the watch needs to be able to do to a sandbox."""

    def kill(self) -> None: ...
    def exit_code(self) -> int: ...


class Watch:
    """One run. ``loop`` blocks until it has ended and nothing of it lives; ``outcome`` tells."""

    def __init__(self, handles: Handles, started: Started, request: SandboxRequest, job: bytes) -> None:
        self._handles, self._started, self._request = handles, started, request
        self._job = memoryview(job)
        self._buffers = {handles.output: bytearray(), handles.result: bytearray(), handles.status: bytearray()}
        self._caps = {
            handles.output: request.limits.output_bytes,
            handles.result: request.result_bytes,
            handles.status: 4096,
        }
        self._flood = 0
        self._began: float | None = None  # when the command itself started
        self._cpu_before = 0.0  # what was used to get there, with all that was loaded ahead
        self._created = time.monotonic()
        self._ended = 0.0
        self._ending, self._reason = Ending.EXITED, ""
        self._selector = selectors.DefaultSelector()

    def loop(self) -> None:
        """Run to the end, by itself or at a limit."""
        handles = self._handles
        for fd in (handles.control, *self._buffers):
            os.set_blocking(fd, False)
        with self._selector:
            self._selector.register(handles.control, selectors.EVENT_WRITE)
            for fd in (*self._buffers, handles.exit_fd):
                self._selector.register(fd, selectors.EVENT_READ)
            self._watch()
        self._ended = time.monotonic()
        self._started.kill()
        for fd in self._buffers:
            while self._read(fd):
                pass

    def _watch(self) -> None:
        sample_at = time.monotonic() + SAMPLE_SECONDS
        while self._ending is Ending.EXITED:
            for key, _ in self._selector.select(max(0.0, sample_at - time.monotonic())):
                if key.fd == self._handles.exit_fd:
                    return
                if key.fd == self._handles.control:
                    self._feed()
                elif not self._read(key.fd):
                    self._finished_reading(key.fd)
            if time.monotonic() >= sample_at:
                self._sample()
                sample_at = time.monotonic() + SAMPLE_SECONDS

    def _feed(self) -> None:
        control = self._handles.control
        with contextlib.suppress(BlockingIOError):
            try:
                self._job = self._job[os.write(control, self._job[: 16 * _CHUNK]) :]
            except BrokenPipeError:
                self._job = self._job[:0]  # it ended before it read everything; its status says why
        if not self._job:
            self._selector.unregister(control)

    def _read(self, fd: int) -> bool:
        """Read once; false at the end of file or when nothing is there any more."""
        try:
            data = os.read(fd, _CHUNK)
        except BlockingIOError:
            return False
        buffer, cap = self._buffers[fd], self._caps[fd]
        room = cap - len(buffer)
        buffer += data[:room]
        if len(data) > room:
            self._overflow(fd, len(data) - room)
        return bool(data) and self._flood <= _FLOOD_FACTOR * cap

    def _overflow(self, fd: int, excess: int) -> None:
        if fd == self._handles.result:
            self._end(Ending.KILLED, f"more than {self._caps[fd]} bytes in the result channel")
        self._flood += excess
        if self._flood > _FLOOD_FACTOR * self._request.limits.output_bytes:
            self._end(Ending.KILLED, f"output limit: more than {self._request.limits.output_bytes} bytes")

    def _finished_reading(self, fd: int) -> None:
        self._selector.unregister(fd)
        if fd == self._handles.status and self._began is None:
            self._began = time.monotonic()
            self._cpu_before = usage(self._handles.pid_one).cpu_seconds

    def _sample(self) -> None:
        now, limits = time.monotonic(), self._request.limits
        if self._began is None:
            if now - self._created > SETUP_SECONDS:
                self._end(Ending.REFUSED, "no sandbox: the set-up did not finish")
            return
        if now - self._began > limits.wall_seconds:
            self._end(Ending.TIMEOUT, f"wall time limit of {limits.wall_seconds:g} s")
            return
        used = usage(self._handles.pid_one)
        if used.cpu_seconds - self._cpu_before > limits.cpu_seconds:
            self._end(Ending.TIMEOUT, f"processor time limit of {limits.cpu_seconds:g} s")
        if used.resident_bytes > limits.memory_bytes:
            exact = proportional_bytes(used.pids)
            if exact is None or exact > limits.memory_bytes:
                self._end(Ending.KILLED, f"memory limit of {limits.memory_bytes} bytes over all processes")

    def _end(self, ending: Ending, reason: str) -> None:
        if self._ending is Ending.EXITED:
            self._ending, self._reason = ending, reason

    def outcome(self) -> SandboxOutcome:
        """Return the outcome of the finished run."""
        output = bytes(self._buffers[self._handles.output])
        code = self._exit_code()
        self._judge_ending(code)
        text = decode(output)
        if self._flood:
            text += f"\n... {self._flood} more bytes"
        return SandboxOutcome(
            ending=self._ending,
            exit_code=code if self._ending is Ending.EXITED else None,
            reason=self._reason,
            output=text,
            result=bytes(self._buffers[self._handles.result]),
            wall_seconds=self._ended - (self._began or self._created),
        )

    def _exit_code(self) -> int:
        """Bubblewrap reports a death by signal n as 128 + n, as shells do."""
        code = self._started.exit_code()
        return _SIGNAL_BASE - code if _SIGNAL_BASE < code <= _SIGNAL_BASE + 64 else code

    def _judge_ending(self, code: int) -> None:
        status = decode(bytes(self._buffers[self._handles.status]))
        if status.startswith(("command: ", "files: ")):  # the sandbox is in order, the request is not
            self._end(Ending.REFUSED, status)
        elif status or self._began is None:
            said = decode(bytes(self._buffers[self._handles.output]), limit=500).strip()
            self._end(Ending.REFUSED, f"no sandbox: {status or said or 'the set-up ended early'}")
        elif code == -_SIGXCPU:
            self._end(Ending.TIMEOUT, f"processor time limit of {self._request.limits.cpu_seconds:g} s")
