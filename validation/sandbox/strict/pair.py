"""Runs two sandboxes that speak with each other, and with nobody else."""

import os
import threading

from kernel.errors import Unavailable
from validation.sandbox import selftest
from validation.sandbox.box import Box, refusal
from validation.sandbox.command import SANDBOX_UID
from validation.sandbox.pool import take_box
from validation.sandbox.runner import slots
from validation.sandbox.spec import SandboxOutcome, SandboxRequest


def run_pair(*, subject: SandboxRequest, oracle: SandboxRequest) -> tuple[SandboxOutcome, SandboxOutcome]:
    """Run both; when the oracle has ended, the subject is ended too. They take one slot together.

    Each finds in ``MGE_LINK_IN`` and ``MGE_LINK_OUT`` the descriptors of a pipe from and to the other. Returns the
    outcomes of subject and oracle; both are refused when there is no sandbox.
    """
    test = selftest.check()
    if not test.ok:
        return refusal(test.reason), refusal(test.reason)
    with slots.one():
        try:
            with take_box(subject) as first, take_box(oracle) as second:
                return _run(first, subject, second, oracle)
        except Unavailable as error:
            return refusal(error.message), refusal(error.message)


def _run(
    first: Box, subject: SandboxRequest, second: Box, oracle: SandboxRequest
) -> tuple[SandboxOutcome, SandboxOutcome]:
    subject_reads, oracle_writes = os.pipe()
    oracle_reads, subject_writes = os.pipe()
    if os.getuid() == 0:  # so that they can be opened inside once more
        for fd in (subject_reads, oracle_reads):
            os.fchown(fd, SANDBOX_UID, SANDBOX_UID)
    try:
        first.hand_over(subject, {"MGE_LINK_IN": subject_reads, "MGE_LINK_OUT": subject_writes})
        second.hand_over(oracle, {"MGE_LINK_IN": oracle_reads, "MGE_LINK_OUT": oracle_writes})
    finally:  # no copy stays here, so that each sees the other's end
        for fd in (subject_reads, oracle_writes, oracle_reads, subject_writes):
            os.close(fd)
    outcomes: list[SandboxOutcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(first.run(subject)), name="sandbox-subject")
    thread.start()
    try:
        oracle_outcome = second.run(oracle)
    finally:
        first.kill()
        thread.join()
    return outcomes[0], oracle_outcome
