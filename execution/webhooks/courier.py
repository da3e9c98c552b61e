"""The courier of an embedded server: one thread. With Celery the beat does the same, see ``tasks.py``."""

import threading

import structlog
from django.db import DatabaseError, connections

from execution.webhooks.services import work_once

EVERY_SECONDS = 2.0
log = structlog.get_logger(__name__)


class Courier:
    """Works until it is stopped; a database that is away for a while only delays it."""

    def __init__(self, every_seconds: float = EVERY_SECONDS) -> None:
        self._every = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the request that is under way; what is left waits for the next start."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _loop(self) -> None:
        while not self._stop.wait(self._every):
            try:
                while work_once() and not self._stop.is_set():
                    pass
            except DatabaseError as error:
                log.warning("courier_failed", error=type(error).__name__)
            finally:
                connections.close_all()
