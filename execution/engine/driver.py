"""``drive(run_id)``: bring one run as far as it can go. Any driver may die at any moment; another takes over.

The run's lease makes one driver at a time responsible for its phases; atoms carry leases of their own. Phases are
repeated from their start after a kill and leave the same rows. The phase that stands on the run is the one to do.
"""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import close_old_connections, connection

from execution import leases
from execution.engine import budget
from execution.models import ExecutionRun
from execution.orchestrator import orchestrator
from execution.runs import end
from kernel.errors import MgeError
from kernel.states import RunStatus

log = structlog.get_logger(__name__)


class Beat(threading.Thread):
    """Renews the driver's lease, and the leases of its claims, from a thread of its own."""

    def __init__(self, run_id: uuid.UUID, token: uuid.UUID) -> None:
        super().__init__(name=f"beat-{run_id}", daemon=True)
        self.run_id, self.token = run_id, token
        self.claims: set[uuid.UUID] = set()
        self.lost = threading.Event()
        self._ended = threading.Event()

    def run(self) -> None:
        """Beat four times in the length of a lease, until stopped or fenced off."""
        while not self._ended.wait(settings.MGE_LEASE_SECONDS / 4):
            try:
                if not leases.take_run(self.run_id, self.token):
                    self.lost.set()
                    return
                leases.renew(frozenset(self.claims))
            except Exception:  # a database that is away for a beat is no reason to stop beating
                log.warning("heartbeat_failed", run=str(self.run_id), exc_info=True)
            finally:
                close_old_connections()
        connection.close()

    def end(self) -> None:
        """Stop and wait for the thread."""
        self._ended.set()
        self.join(timeout=5)


@contextmanager
def _driving(run_id: uuid.UUID) -> Iterator[Beat | None]:
    token = uuid.uuid4()
    if not leases.take_run(run_id, token):
        yield None
        return
    beat = Beat(run_id, token)
    beat.start()
    try:
        yield beat
    finally:
        beat.end()
        leases.leave_run(run_id, token)


def drive(run_id: uuid.UUID) -> None:
    """Work on a run until nothing more can be done now. Does nothing while another driver holds it."""
    with _driving(run_id) as beat:
        if beat is None:
            return
        run = ExecutionRun.objects.get(pk=run_id)
        structlog.contextvars.bind_contextvars(run=str(run_id), mode=run.mode)
        try:
            budget.recount(run)  # a driver that died may have left a reservation behind
            orchestrator.execute(run, beat)
        except MgeError as error:
            _broke(run, error.message)
        except Exception as error:  # the boundary of the engine: whatever breaks becomes a failed run that says why
            log.exception("run_broke")
            _broke(run, f"{type(error).__name__}: {error}")
        finally:
            structlog.contextvars.unbind_contextvars("run", "mode")


def _broke(run: ExecutionRun, message: str) -> None:
    end(run, RunStatus.FAILED, error=message)
