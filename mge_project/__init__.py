"""The project: settings, entry points, and what happens after what."""

from mge_project.celery import app as celery_app

__all__ = ["celery_app"]
