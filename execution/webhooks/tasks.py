"""Celery tasks of webhooks: idempotent, and each calls one service."""

from celery import shared_task

from execution.webhooks import services


@shared_task(ignore_result=True, max_retries=0, queue="generate")  # type: ignore[untyped-decorator]  # no stubs
def carry() -> int:
    """Collect and send what is due; safe to run in parallel."""
    return services.work_once()


@shared_task(ignore_result=True, max_retries=0, queue="generate")  # type: ignore[untyped-decorator]  # no stubs
def forget() -> int:
    """Delete deliveries that ended long ago."""
    return services.forget_old()
