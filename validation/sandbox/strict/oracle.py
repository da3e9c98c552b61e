"""Runs the tests inside a sandbox and reports each over the result pipe, one JSON line at a time, each with the nonce.

Shipped as a file. In the strict way ``atom`` is the remote module and the code is elsewhere; hardened in-process it is
the real one, and everything needed for reporting is held before the code is imported. The phases come on stdin.
"""

import builtins
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

sys.path += sys.argv[1:]  # where the project's interpreter has no pytest of its own, ours is found last

import pytest

_write, _dumps, _now = os.write, json.dumps, time.monotonic
_MESSAGE = 2000


class Recorder:
    """A pytest plugin that sends what happens to the result pipe."""

    def __init__(self, fd: int, nonce: str, phase: str, notes: Callable[[], Any] = dict) -> None:
        self._fd, self._nonce, self._phase, self._notes = fd, nonce, phase, notes
        self._status: dict[str, tuple[str, str]] = {}
        self._failed: set[str] = set()  # test functions

    def send(self, **event: Any) -> None:
        """Send one line."""
        line = _dumps({"nonce": self._nonce, "phase": self._phase, **event}).encode() + b"\n"
        while line:
            line = line[_write(self._fd, line) :]

    def pytest_runtest_protocol(self, item: Any) -> bool | None:
        """In a control, leave out the other cases of a test function once one has failed: it has shown what it can."""
        return True if self._phase != "main" and _short(item.nodeid).partition("[")[0] in self._failed else None

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
            if status in ("failed", "error"):
                self._failed.add(test.partition("[")[0])
            self.send(event="report", id=test, status=status or "error", message=message, notes=self._notes())


def _short(node: str) -> str:
    """The id of a test: without its file where there is but one."""
    return node if _whole_ids else node.split("::", 1)[-1]


_whole_ids = False


def _run_phase(phase: dict[str, Any], fd: int, nonce: str, arguments: list[str], notes: Callable[[], Any]) -> int:
    recorder = Recorder(fd, nonce, phase["name"], notes)
    if phase["name"] != "main":
        arguments = [*arguments, "--tb=no", "--assert=plain"]  # nobody reads why a control fails
    started = _now()
    code = int(pytest.main([*arguments, *phase["targets"]], plugins=[recorder]))
    recorder.send(event="end", code=code, seconds=_now() - started)
    return code


def _silence() -> None:
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _forget(modules: dict[str, bool]) -> None:
    """Let the tests and the code under test be imported anew."""
    for name, module in list(sys.modules.items()):
        if name in modules or str(getattr(module, "__file__", "")).startswith("/work/"):
            del sys.modules[name]


def _show(plan: dict[str, Any], phase: dict[str, Any], link: Any) -> None:
    """Let ``import`` find the code under test as this phase wants it: really, far away, or hollow."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Finder"]
    _forget(plan["modules"])
    for path, text in phase.get("files", {}).items():
        with open(path, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - bare, on any interpreter
            file.write(text)
    if phase["module"] == "real":
        sys.path[0] = "/work"
        return
    from mge_imports import Finder  # type: ignore[import-not-found]  # noqa: PLC0415

    sys.meta_path.insert(0, Finder(plan["modules"], plan["sys_path"], None if phase["module"] == "mutant" else link))


def _watch_files(apart: set[str]) -> None:
    """Note where the tests write a file, or find none: the code has a file system of its own."""
    real = builtins.open

    def watched(file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        mine = sys._getframe(1).f_code.co_filename.startswith("/work/")
        if mine and set(mode) & set("wax+"):
            apart.add("the tests write a file, which the code may look for")
        try:
            return real(file, mode, *arguments, **keywords)
        except OSError:
            if mine:
                apart.add("the tests look for a file, which the code may have")
            raise

    builtins.open = watched


def main() -> None:
    """Run the phases in order; the later ones are controls, and run only after a pass where one file is judged."""
    global _whole_ids  # noqa: PLW0603 - one process, one plan
    plan = json.loads(sys.stdin.buffer.read())
    fd, link = int(os.environ.pop("MGE_RESULT_FD")), None
    _whole_ids = plan["whole_ids"]
    sys.path.insert(0, "/tmp/.judge")  # noqa: S108 - inside the sandbox
    sys.path[1:1] = plan["sys_path"]
    if plan["strict"]:
        from mge_remote import Link  # type: ignore[import-not-found]  # noqa: PLC0415
        from mge_wire import Channel  # type: ignore[import-not-found]  # noqa: PLC0415

        link = Link(Channel(int(os.environ.pop("MGE_LINK_IN")), int(os.environ.pop("MGE_LINK_OUT"))))
        _watch_files(link.apart)
    notes: Callable[[], Any] = dict if link is None else link.since
    ends = _now() + plan["seconds"] * len(plan["phases"])
    for number, phase in enumerate(plan["phases"]):
        _show(plan, phase, link)
        if phase["name"] != "main":
            _silence()  # a control is meant to fail: nobody should read that as the result
        signal.setitimer(signal.ITIMER_REAL, max(0.1, ends - _now()) / min(2, len(plan["phases"]) - number))
        code = _run_phase(phase, fd, plan["nonce"], plan["arguments"], notes)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if phase["name"] == "main" and link is not None:
            Recorder(fd, plan["nonce"], "main").send(event="notes", **link.notes())
        if phase["name"] == "main" and code != 0 and not plan["controls_always"]:
            break
    sys.stdout.flush()
    os._exit(0)


main()
