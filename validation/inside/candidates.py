"""Tries many versions of one file against a few tests, inside the sandbox: one interpreter, a fork for each version.

A script of its own, configured by JSON on standard input. What the tests import from outside the workspace is loaded
once, before the forks; the workspace itself is loaded anew in each of them. The exit status of a fork is its answer,
which the code under test can forge: whoever asks must judge the versions that answer 0 properly.
"""

import base64
import contextlib
import json
import os
import shutil
import signal
import sys
import time
from typing import Any

sys.path += sys.argv[1:]  # where the project's interpreter has no pytest of its own, ours is found last

import pytest

ROOT = "/work/"


class Loaded:
    """Names of the modules that a run imported from outside the workspace."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_sessionfinish(self) -> None:
        """Look at what is loaded when the tests are done."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and not file.startswith(ROOT) and not name.startswith("_pytest"):
                self.names.append(name)


def attempt(config: dict[str, Any], seconds: float, *, pipe: int | None = None) -> int | None:
    """Run the tests in a fork; its exit status, or None where it took too long. The first failure ends it."""
    child = os.fork()
    if child == 0:
        os.setsid()
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        loaded = Loaded()
        try:
            code = int(pytest.main(["-x", *config["arguments"], *config["tests"]], plugins=[loaded]))
            if pipe is not None:
                os.write(pipe, json.dumps(loaded.names).encode())
        except BaseException:  # noqa: BLE001 - whatever ends the tests, the fork must end here
            code = 3
        os._exit(code)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def preload(config: dict[str, Any], seconds: float) -> float:
    """Learn from one run of the file as it is what the tests import, and import it here; seconds that the run took."""
    began = time.monotonic()
    reading, writing = os.pipe()
    attempt(config, seconds, pipe=writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    took = time.monotonic() - began
    for name in json.loads(text) if text else ():
        if name not in sys.modules and not name.startswith("__"):
            with contextlib.suppress(BaseException):
                __import__(name)
    return took


def main() -> int:
    """Try every version in order until one is green often enough, or the time is over."""
    config = json.load(sys.stdin)
    channel = int(os.environ.pop("MGE_RESULT_FD"))
    os.set_inheritable(channel, False)
    sys.path[:0] = config["sys_path"]
    ends = time.monotonic() + config["seconds"]
    path = os.path.join(ROOT, config["place"])  # noqa: PTH118 - bare, this runs on any interpreter
    took = preload(config, min(config["seconds"] / 3, 30.0))
    sys.dont_write_bytecode = True
    shutil.rmtree(os.path.join(os.path.dirname(path), "__pycache__"), ignore_errors=True)  # noqa: PTH118, PTH120
    limit = max(2.0, 3 * took)
    for number, version in enumerate(config["versions"]):
        if time.monotonic() >= ends:
            break
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(base64.b64decode(version))
        code = attempt(config, min(limit, max(1.0, ends - time.monotonic())))
        record = {"n": config["nonce"], "k": "tried", "number": number, "code": code}
        os.write(channel, json.dumps(record).encode() + b"\n")
    return 0


if __name__ == "__main__":
    os._exit(main())
