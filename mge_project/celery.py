"""The Celery app of the production dispatcher. Messages only wake; the database decides."""

import os

from celery import Celery
from celery.signals import worker_ready
from django.conf import settings
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


@worker_ready.connect  # type: ignore[untyped-decorator]  # no stubs
def _serve_metrics(**_: object) -> None:
    """What this worker sees of its own work, for Prometheus; a prefork pool shares PROMETHEUS_MULTIPROC_DIR."""
    if settings.MGE_WORKER_METRICS_PORT:
        start_http_server(settings.MGE_WORKER_METRICS_PORT, registry=own_registry())
