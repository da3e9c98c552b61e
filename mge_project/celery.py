"""The Celery app of the production dispatcher. Messages only wake; the database decides."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mge_project.settings")
app = Celery("mge")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = "generate"
app.conf.beat_schedule = {"sweep": {"task": "execution.tasks.sweep", "schedule": 10.0}}
app.autodiscover_tasks()
