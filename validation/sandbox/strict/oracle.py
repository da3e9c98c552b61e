"""Runs the tests inside a sandbox and reports each over the result pipe, one JSON line at a time, each with the nonce.

Shipped as a file. In the strict way ``atom`` is the remote module and the code is elsewhere; hardened in-process it is
the real one, and everything needed for reporting is held before the code is imported. The phases come on stdin.
"""

import json
import os
import signal
import sys
import time
from typing import Any

import pytest

_write, _dumps, _now = os.write, json.dumps, time.monotonic
_MESSAGE = 2000


class Recorder:
    """A pytest plugin that sends what happens to the result pipe."""

    def __init__(self, fd: int, nonce: str, phase: str) -> None:
        self._fd, self._nonce, self._phase = fd, nonce, phase
        self._status: dict[str, tuple[str, str]] = {}

    def send(self, **event: Any) -> None:
        """Send one line."""
        line = _dumps({"nonce": self._nonce, "phase": self._phase, **event}).encode() + b"\n"
        while line:
            line = line[_write(self._fd, line) :]

    def pytest_collectreport(self, report: Any) -> None:
        """Tell a file that cannot be collected."""
        if report.failed:
            self.send(event="collection error", message=str(report.longreprtext)[-_MESSAGE:])

    def pytest_collection_finish(self, session: Any) -> None:
        """Tell what will run."""
        self.send(event="collected", ids=[_short(item.nodeid) for item in session.items])

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tell the outcome of a test after its teardown."""
        test = _short(report.nodeid)
        status, message = self._status.get(test, ("", ""))
        if hasattr(report, "wasxfail"):
            status = "xfailed"
        elif report.failed:
            found = "failed" if report.when == "call" else "error"
            status, message = status if status in ("failed", "error") else found, str(report.longreprtext)[-_MESSAGE:]
        elif report.skipped:
            status = "skipped"
        elif report.when == "call":
            status = status or "passed"
        self._status[test] = (status, message)
        if report.when == "teardown":
            self.send(event="report", id=test, status=status or "error", message=message)


def _short(node: str) -> str:
    return node.split("::", 1)[-1]


def _run_phase(phase: dict[str, Any], fd: int, nonce: str, plugins: list[str]) -> int:
    recorder = Recorder(fd, nonce, phase["name"])
    started = _now()
    arguments = [
        "-q", "--no-header", "--noconftest", "-p", "no:cacheprovider", "--import-mode=importlib", "--tb=short",
        "-c", "/dev/null", "--rootdir=/work", *plugins, phase["path"],
    ]  # fmt: skip
    code = int(pytest.main(arguments, plugins=[recorder]))
    recorder.send(event="end", code=code, seconds=_now() - started)
    return code


def _silence() -> None:
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _module(kind: str, link: Any) -> Any:
    from mge_remote import Mutant, RemoteModule  # type: ignore[import-not-found]  # noqa: PLC0415

    return Mutant("atom") if kind == "mutant" else RemoteModule("atom", link)


def main() -> None:
    """Run the phases in order; the later ones are controls, and run only after a pass."""
    plan = json.loads(sys.stdin.buffer.read())
    fd, link = int(os.environ.pop("MGE_RESULT_FD")), None
    sys.path.insert(0, "/tmp/.judge")  # noqa: S108 - inside the sandbox
    if plan["strict"]:
        from mge_remote import Link  # noqa: PLC0415
        from mge_wire import Channel  # type: ignore[import-not-found]  # noqa: PLC0415

        link = Link(Channel(int(os.environ.pop("MGE_LINK_IN")), int(os.environ.pop("MGE_LINK_OUT"))))
    for phase in plan["phases"]:
        sys.modules.pop("atom", None)
        if phase["module"] != "real":
            sys.modules["atom"] = _module(phase["module"], link)
        else:
            sys.path[0] = "/work"
        if phase["name"] != "main":
            _silence()  # a control is meant to fail: nobody should read that as the result
        signal.setitimer(signal.ITIMER_REAL, plan["seconds"])
        code = _run_phase(phase, fd, plan["nonce"], plan["plugins"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        if phase["name"] == "main" and link is not None:
            Recorder(fd, plan["nonce"], "main").send(event="notes", **link.notes())
        if phase["name"] == "main" and code != 0:
            break
    sys.stdout.flush()
    os._exit(0)


main()
