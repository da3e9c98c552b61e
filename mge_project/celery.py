"""The Celery app of the production dispatcher. Messages only wake; the database decides."""

import os
from functools import partial

from celery import Celery
from celery.signals import task_postrun, worker_ready
from django.conf import settings
from kombu.asynchronous import get_event_loop
from prometheus_client import start_http_server

from mge_project.metrics.registry import own_registry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")
app = Celery("mge")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = "generate"
app.conf.beat_schedule = {
    "sweep": {"task": "execution.tasks.sweep", "schedule": float(settings.MGE_SWEEP_SECONDS)},
    "briefs": {"task": "execution.briefs.tasks.sweep_briefs", "schedule": 30.0},
    "imports": {"task": "masterplans.tasks.sweep_imports", "schedule": float(settings.MGE_SWEEP_SECONDS)},
    "webhooks": {"task": "execution.webhooks.tasks.carry", "schedule": 5.0},
    "webhooks-forget": {"task": "execution.webhooks.tasks.forget", "schedule": 3600.0},
    "watch": {"task": "rollout.tasks.watch", "schedule": float(settings.MGE_WATCH_SECONDS)},
}
app.autodiscover_tasks()
_FREED_SECONDS = 0.02  # after a task has told that it ended, its slot is free


@worker_ready.connect  # type: ignore[untyped-decorator]  # no stubs
def _serve_metrics(**_: object) -> None:
    """What this worker sees of its own work, for Prometheus; a prefork pool shares PROMETHEUS_MULTIPROC_DIR."""
    if settings.MGE_WORKER_METRICS_PORT:
        start_http_server(settings.MGE_WORKER_METRICS_PORT, registry=own_registry())


@task_postrun.connect  # type: ignore[untyped-decorator]  # no stubs
def _take_the_next(**_: object) -> None:
    """Have the worker's loop look for a message as soon as a slot is free.

    With ``worker_disable_prefetch`` it asks for none while all slots are taken, and of a thread that ends it would
    notice at its next timer, up to a second later (celery 5.7): a queue of quick tasks would move once a second.
    """
    if (hub := get_event_loop()) is not None:
        hub.call_soon(partial(hub.call_later, _FREED_SECONDS, _nothing))  # type: ignore[no-untyped-call]  # no stubs


def _nothing() -> None:
    """The loop has looked by the time this is called."""
