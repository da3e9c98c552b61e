"""Celery tasks of briefs: they take ids, are idempotent, and call one service."""

import uuid

from celery import shared_task

from execution.briefs.services import wake_stranded, work


@shared_task(ignore_result=True, max_retries=0, queue="generate")  # type: ignore[untyped-decorator]  # no stubs
def work_on_brief(brief_id: str) -> None:
    """Bring a brief to its end; a message that comes twice finds it leased."""
    work(uuid.UUID(brief_id))


@shared_task(ignore_result=True, max_retries=0, queue="generate")  # type: ignore[untyped-decorator]  # no stubs
def sweep_briefs() -> int:
    """Wake briefs that nobody works on."""
    return wake_stranded()
