"""The tables that go away with V2, found from the models themselves, so that a new one is never forgotten.

They are the models of the five rooms below: the seven, and what rests on them (``suite_runs``, ``review_decisions``).
"""

import base64
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models import sql

from execution.models import ExecutionRun
from kernel.fields import UUIDArrayField
from masterplans.models import Masterplan, MasterplanTask

ROOMS = ("atoms", "graphs", "validation", "attempts", "review")  # parents before children
Model = type[models.Model]


def v2_models() -> list[Model]:
    """All models of V2, those referred to before those that refer."""
    found = [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]
    ordered: list[Model] = []
    while found:
        free = [model for model in found if not _refers_to(model) & (set(found) - {model})]
        ordered += free or found  # a cycle keeps the order of the rooms
        found = [model for model in found if model not in ordered]
    return ordered


def plan_path(model: Model) -> str | None:
    """The lookup from a row to its plan; None where a table is not about plans."""
    for target, suffix in ((Masterplan, ""), (MasterplanTask, "__masterplan"), (ExecutionRun, "__masterplan")):
        for field in _foreign_keys(model):
            if field.related_model is target:
                return str(field.name) + suffix
    for field in _foreign_keys(model):
        other: Any = field.related_model
        if other in v2_models() and other is not model and (path := plan_path(other)):
            return f"{field.name}__{path}"
    return None


def rows_of(model: Model, masterplan_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Rows of a plan as JSON values, in the order of their keys."""
    path = plan_path(model)
    if path is None:
        return
    fields = stored_fields(model)
    query = model._default_manager.filter(**{path: masterplan_id}).order_by("pk")
    names = dict(User.objects.values_list("pk", "username")) if _has_users(model) else {}
    for row in query.iterator(chunk_size=500):
        yield {field.attname: _encode(field, getattr(row, field.attname), names) for field in fields}


def has_rows(masterplan_id: uuid.UUID) -> bool:
    """Whether a plan has V2 data."""
    return any(
        model._default_manager.filter(**{path: masterplan_id}).exists()
        for model in v2_models()
        if (path := plan_path(model))
    )


def delete_rows(masterplan_id: uuid.UUID) -> None:
    """Delete a plan's V2 data, children first."""
    for model in reversed(v2_models()):
        if path := plan_path(model):
            model._default_manager.filter(**{path: masterplan_id}).delete()


def insert(model: Model, rows: Sequence[dict[str, Any]], users: dict[str, int]) -> None:
    """Insert rows exactly as they were: ``auto_now`` fields keep their values, which ``bulk_create`` would not allow.

    Numbers that the database gives (a surrogate key) are given anew, in the same order. KeyError, ValueError and
    TypeError for rows of another shape.
    """
    fields = stored_fields(model)
    objects = [model(**{f.attname: _decode(f, row[f.attname], users) for f in fields}) for row in rows]
    size = connection.ops.bulk_batch_size([f.name for f in fields], objects) or 500
    for start in range(0, len(objects), min(size, 500)):
        query: Any = sql.InsertQuery(model)
        query.insert_values(fields, objects[start : start + min(size, 500)], raw=True)
        query.get_compiler(using="default").execute_sql()


def stored_fields(model: Model) -> list[Any]:
    """The columns that travel: all but surrogate keys."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _foreign_keys(model: Model) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.many_to_one or field.one_to_one]


def _refers_to(model: Model) -> set[Any]:
    return {field.related_model for field in _foreign_keys(model)}


def _has_users(model: Model) -> bool:
    return User in _refers_to(model)


def _encode(field: Any, value: Any, users: dict[int, str]) -> Any:
    if value is None:
        return None
    if field.is_relation and field.related_model is User:
        return users.get(value)
    if isinstance(field, UUIDArrayField):
        return [str(item) for item in value]
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | uuid.UUID) else value


def _decode(field: Any, value: Any, users: dict[str, int]) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if field.is_relation and field.related_model is User:
        return users.get(value)  # a user who is gone since stays unnamed, as the foreign key would leave it
    if field.is_relation:
        return field.target_field.to_python(value)
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value, validate=True)
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    return field.to_python(value)
