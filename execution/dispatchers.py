"""Who drives runs: threads of this process (embedded), or Celery workers.

Messages only wake; the database is the truth.
"""

import threading
import uuid
from abc import ABC, abstractmethod
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from execution.models import ExecutionRun, Units
from execution.signals import run_completed
from kernel.states import RUN_LIVE, ExecutionMode, RunStatus
from kernel.v2 import v2_installed


class Dispatcher(ABC):
    """Makes some driver look at a run. May be called too often; a lost call is found by the sweep."""

    @abstractmethod
    def wake(self, run_id: uuid.UUID) -> None:
        """See that the run is driven."""


class LocalDispatcher(Dispatcher):
    """One daemon thread a run in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[uuid.UUID, threading.Thread] = {}
        self._again: set[uuid.UUID] = set()

    def wake(self, run_id: uuid.UUID) -> None:
        """Start a thread for the run, or have the running one look once more."""
        with self._lock:
            if run_id in self._threads:
                self._again.add(run_id)
                return
            thread = threading.Thread(target=self._drive, args=(run_id,), name=f"drive-{run_id}", daemon=True)
            self._threads[run_id] = thread
            thread.start()

    def join(self, run_id: uuid.UUID, timeout: float | None = None) -> bool:
        """Wait for the run's thread; False on timeout."""
        thread = self._threads.get(run_id)
        if thread is not None:
            thread.join(timeout)
            return not thread.is_alive()
        return True

    def _drive(self, run_id: uuid.UUID) -> None:
        from execution.engine.driver import drive  # noqa: PLC0415 - services wake drivers, drivers import services' room

        try:
            while True:
                drive(run_id)
                with self._lock:
                    if run_id not in self._again:
                        del self._threads[run_id]
                        return
                    self._again.discard(run_id)
        finally:
            with self._lock:
                self._threads.pop(run_id, None)
            connection.close()


class CeleryDispatcher(Dispatcher):
    """A message on the queue ``generate``."""

    def wake(self, run_id: uuid.UUID) -> None:
        """Send ``drive(run_id)``; its result is nobody's business."""
        from execution.tasks import drive_run  # noqa: PLC0415 - tasks import the driver

        drive_run.delay(str(run_id))


local = LocalDispatcher()


def dispatcher() -> Dispatcher:
    """The dispatcher that the settings name."""
    return CeleryDispatcher() if settings.DISPATCHER == "celery" else local


def wake(run_id: uuid.UUID) -> None:
    """See that a run is driven."""
    dispatcher().wake(run_id)


def _unscored() -> QuerySet[ExecutionRun]:
    """Runs that ended just before a crash, so that nobody heard of it."""
    calm = Now() - timedelta(seconds=30)
    ended = ExecutionRun.objects.filter(status=RunStatus.COMPLETED, finished_at__lt=calm)
    unscored = ended.exclude(mode=ExecutionMode.MVP).exclude(units=Units.SUBTASKS)
    without_review = {"mode": ExecutionMode.HYBRID, "settings__switches__ENABLE_HUMAN_REVIEW": False}
    unscored = unscored.exclude(**without_review)
    return unscored.filter(run_atoms__confidence=None, run_atoms__isnull=False).distinct()


def wake_stranded() -> int:
    """Wake every run that should be driven and is not (a restart, a lost message). Returns how many.

    What a crash kept from being told is told again: receivers bear it.
    """
    free = Q(driver_token=None) | Q(driver_until__lt=Now())
    stranded = ExecutionRun.objects.filter(free, status__in=[RunStatus.PENDING, RunStatus.RUNNING])
    stranded = stranded.exclude(parent_run__status__in=RUN_LIVE)  # a shadow begins when its parent has shipped
    if v2_installed():
        for run in _unscored():
            run_completed.send(sender=ExecutionRun, run_id=run.pk)
    else:
        stranded = stranded.filter(mode=ExecutionMode.MVP)  # the others wait for their tables
    ids = list(stranded.values_list("pk", flat=True))
    for run_id in ids:
        wake(run_id)
    return len(ids)
