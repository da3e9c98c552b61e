"""Celery tasks: they take ids, are idempotent, and call one service."""

import uuid

from celery import shared_task

from execution.dispatchers import wake_stranded
from execution.engine.driver import drive
from execution.engine.validators import validate


@shared_task(ignore_result=True, max_retries=0, queue="generate")  # type: ignore[untyped-decorator]  # no stubs
def drive_run(run_id: str) -> None:
    """Drive a run; a message that comes twice finds the run leased and ends."""
    drive(uuid.UUID(run_id))


@shared_task(ignore_result=True, max_retries=0, queue="validate")  # type: ignore[untyped-decorator]  # no stubs
def validate_run(run_id: str) -> None:
    """Judge stored replies of a run; a message that comes twice, or late, finds nothing to do."""
    validate(uuid.UUID(run_id))


@shared_task(ignore_result=False, max_retries=0, queue="validate")  # type: ignore[untyped-decorator]  # no stubs
def sweep() -> int:
    """Wake runs that no driver holds; safe to run in parallel and at any time."""
    return wake_stranded()
