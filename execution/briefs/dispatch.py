"""Who works on briefs: a thread of this process, or a Celery worker. A message only wakes; the row's lease decides."""

import threading
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import connection


def wake(brief_id: uuid.UUID, work: Callable[[uuid.UUID], None]) -> None:
    """See that somebody works on the brief."""
    if settings.DISPATCHER == "celery":
        from execution.briefs.tasks import work_on_brief  # noqa: PLC0415 - tasks import the service

        work_on_brief.delay(str(brief_id))
        return
    threading.Thread(target=_run, args=(brief_id, work), name=f"brief-{brief_id}", daemon=True).start()


def _run(brief_id: uuid.UUID, work: Callable[[uuid.UUID], None]) -> None:
    try:
        work(brief_id)
    finally:
        connection.close()
