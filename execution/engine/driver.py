"""``drive(run_id)``: bring one run as far as it can go. Any driver may die at any moment; another takes over.

The run's lease makes one driver at a time responsible for its phases; atoms carry leases of their own. Phases are
repeated from their start after a kill and leave the same rows. The phase that stands on the run is the one to do.
"""

import gc
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models import F

from execution import leases, logs
from execution.engine import budget
from execution.engine.fallback import fall_back, may_fall_back
from execution.models import ExecutionRun
from execution.orchestrator import orchestrator
from execution.runs import end
from kernel.errors import MgeError
from kernel.states import ExecutionMode, RunStatus
from kernel.v2 import v2_installed
from llm import client

log = structlog.get_logger(__name__)
MAX_INTERRUPTIONS = 200


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
    _settle_in()
    with _driving(run_id) as beat:
        if beat is None:
            return
        run = ExecutionRun.objects.get(pk=run_id)
        if run.mode != ExecutionMode.MVP and not v2_installed():
            return  # it waits for its tables; failing it would lose what they hold
        with logs.about(run):
            budget.recount(run)  # a driver that died may have left a reservation behind
            _execute(run, beat)


@lru_cache(maxsize=1)
def _settle_in() -> None:
    """What a process has loaded when it first drives a run stays loaded: the collector need not walk over it again.

    Nor need it look at the young every 700 objects, of which one atom makes thousands and hardly any in a cycle.
    """
    client.load()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _execute(run: ExecutionRun, beat: Beat) -> None:
    """The boundary of the engine: whatever breaks becomes a run that falls back, or a failed one that says why."""
    try:
        orchestrator.execute(run, beat)
    except (OperationalError, InterfaceError) as error:
        _interrupted(run, error)
    except Exception as error:
        log.exception("run_broke")
        reason = error.message if isinstance(error, MgeError) else f"{type(error).__name__}: {error}"
        if not ExecutionRun.objects.filter(pk=run.pk).exists():
            return  # the plan was deleted under it
        if not may_fall_back(run):
            end(run, RunStatus.FAILED, error=reason)
            return
        fall_back(run, reason)
        _execute(run, beat)


def _interrupted(run: ExecutionRun, error: Exception) -> None:
    """The database went away: the next driver goes on from its rows, unless that has happened too often."""
    log.warning("driver_lost_the_database", run=str(run.pk), error=str(error))
    connection.close()
    ExecutionRun.objects.filter(pk=run.pk).update(interruptions=F("interruptions") + 1)
    run.refresh_from_db()
    if run.interruptions > MAX_INTERRUPTIONS:
        end(run, RunStatus.FAILED, error=f"the database was lost {run.interruptions} times: {error}")
