"""Runs a command in the sandbox. There is no other way to run foreign code here, and no bare mode."""

import os
import threading

from kernel.errors import Unavailable
from validation.sandbox import command
from validation.sandbox.box import Box
from validation.sandbox.spec import Ending, SandboxOutcome, SandboxRequest

_slots = threading.BoundedSemaphore(os.cpu_count() or 1)


def refusal(reason: str) -> SandboxOutcome:
    """Return the outcome of a run that did not happen."""
    return SandboxOutcome(ending=Ending.REFUSED, exit_code=None, reason=reason, output="", result=b"", wall_seconds=0.0)


def run(request: SandboxRequest) -> SandboxOutcome:
    """Run one command and wait for its end. Safe to call from any thread; as many run at once as there are cores.

    A sandbox that cannot be had is the outcome ``refused`` with a reason that starts with ``no sandbox: `` and names
    the fix. Raises ``InvalidInput`` for a request that contradicts itself (a path outside, a mount that does not exist).
    """
    lacking = command.missing()
    if lacking is not None:
        return refusal(f"no sandbox: {lacking}")
    with _slots:
        return run_unchecked(request)


def run_unchecked(request: SandboxRequest) -> SandboxOutcome:
    """``run`` without self-test and without a slot: for the self-test itself."""
    try:
        with Box(request.mounts) as box:
            return box.run(request)
    except Unavailable as error:
        return refusal(error.message)
