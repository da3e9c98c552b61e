"""Celery tasks of plans: they take ids, are idempotent, and call one service. Their results are for the admin."""

import uuid
from typing import Any

from celery import shared_task

from kernel.errors import MgeError
from masterplans import imports
from masterplans.models import ImportStatus


@shared_task(bind=True, ignore_result=False, max_retries=0, queue="validate", throws=(MgeError,))  # type: ignore[untyped-decorator]  # no stubs
def import_plan(self: Any, import_id: str) -> dict[str, str] | None:
    """Import an upload; a message that comes twice finds it leased or ended. A refused upload is a failed task."""
    row = imports.work(uuid.UUID(import_id), lambda phase: self.update_state(state="PROGRESS", meta={"phase": phase}))
    if row is None:
        return None
    if row.status == ImportStatus.FAILED:
        raise imports.refusal(row)
    return {"masterplan_id": str(row.masterplan_id), "file": row.filename}


@shared_task(ignore_result=True, max_retries=0, queue="validate")  # type: ignore[untyped-decorator]  # no stubs
def sweep_imports() -> int:
    """Wake imports that nobody works on."""
    return imports.wake_stranded()
