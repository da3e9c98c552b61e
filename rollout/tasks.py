"""Celery tasks of the rollout."""

from celery import shared_task

from rollout.watcher import watch as look


@shared_task(ignore_result=False, max_retries=0, queue="validate")  # type: ignore[untyped-decorator]  # no stubs
def watch() -> str:
    """One look of the watcher."""
    return look().verdict
