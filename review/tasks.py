"""Celery tasks: they take ids, are idempotent, and call one service."""

from celery import shared_task

from review.services.help import work


@shared_task(ignore_result=True, max_retries=0, queue="validate")  # type: ignore[untyped-decorator]  # no stubs
def search_help(help_id: int) -> None:
    """Search for help; a message that comes twice finds the search taken and ends."""
    work(help_id)
