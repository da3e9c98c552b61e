"""Runs a command in the sandbox. There is no other way to run foreign code here, and no bare mode."""

import os
import threading

from kernel.errors import Unavailable
from validation.sandbox import selftest
from validation.sandbox.box import refusal
from validation.sandbox.pool import take_box
from validation.sandbox.spec import SandboxOutcome, SandboxRequest

slots = threading.BoundedSemaphore(os.cpu_count() or 1)


def run(request: SandboxRequest) -> SandboxOutcome:
    """Run one command and wait for its end. Safe to call from any thread; as many run at once as there are cores.

    A sandbox that cannot be had, or whose self-test fails, is the outcome ``refused`` with a reason that starts with
    ``no sandbox: `` and names the fix. Raises ``InvalidInput`` for a request that contradicts itself (a path outside
    the writable folders, a mount that does not exist).
    """
    test = selftest.check()
    if not test.ok:
        return refusal(test.reason)
    with slots:
        try:
            with take_box(request.mounts) as box:
                return box.run(request)
        except Unavailable as error:
            return refusal(error.message)
