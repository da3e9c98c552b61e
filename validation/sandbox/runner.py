"""Runs a command in the sandbox. There is no other way to run foreign code here, and no bare mode."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kernel import telemetry
from kernel.errors import Unavailable
from validation.sandbox import selftest
from validation.sandbox.box import refusal
from validation.sandbox.pool import take_box
from validation.sandbox.spec import SandboxOutcome, SandboxRequest


class _Slots:
    """As many runs at once as there are cores, in this process; a forked child starts with all of them free."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self._semaphore = threading.BoundedSemaphore(os.cpu_count() or 1)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a slot."""
        with self._semaphore:
            yield


slots = _Slots()
os.register_at_fork(after_in_child=slots.renew)


def run(request: SandboxRequest) -> SandboxOutcome:
    """Run one command and wait for its end. Safe to call from any thread; as many run at once as there are cores.

    A sandbox that cannot be had, or whose self-test fails, is the outcome ``refused`` with a reason that starts with
    ``no sandbox: `` and names the fix. Raises ``InvalidInput`` for a request that contradicts itself (a path outside
    the writable folders, a mount that does not exist).
    """
    outcome = _run(request)
    telemetry.SANDBOX_SECONDS.labels(ending=outcome.ending.value).observe(outcome.wall_seconds)
    return outcome


def _run(request: SandboxRequest) -> SandboxOutcome:
    test = selftest.check()
    if not test.ok:
        return refusal(test.reason)
    with slots.one():
        try:
            with take_box(request) as box:
                return box.run(request)
        except Unavailable as error:
            return refusal(error.message)
