"""A task that ends while the database is away leaves its worker as it was: nothing escapes past its end."""

import uuid
from typing import Any

import pytest
from celery.app.trace import build_tracer
from django.db import OperationalError
from django_celery_results.models import TaskResult

from execution import tasks
from mge_project.celery import app


def away(*_: object, **__: object) -> Any:
    raise OperationalError("the database system is in recovery mode")


@pytest.mark.django_db
@pytest.mark.parametrize("works", [True, False])
def test_a_result_that_cannot_be_stored_does_not_leave_the_task(works: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "wake_stranded", (lambda: 3) if works else away)
    monkeypatch.setattr(TaskResult.objects, "store_result", away)
    task_id = str(uuid.uuid4())
    trace = build_tracer(tasks.sweep.name, tasks.sweep, app=app)

    told = trace(task_id, (), {}, {"id": task_id, "task": tasks.sweep.name, "is_eager": False, "delivery_info": {}})

    assert told.info is None if works else told.info.state == "FAILURE"


@pytest.mark.django_db
def test_a_result_is_stored_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "wake_stranded", lambda: 3)
    task_id = str(uuid.uuid4())
    build_tracer(tasks.sweep.name, tasks.sweep, app=app)(
        task_id, (), {}, {"id": task_id, "task": tasks.sweep.name, "is_eager": False, "delivery_info": {}}
    )

    assert TaskResult.objects.get(task_id=task_id).result == "3"
