"""Rows of the ledger written in fixed statements: every call makes three, and building each anew cost more than it."""

from functools import lru_cache
from typing import Any

from django.db import connection

from llm.models import LlmCall

_FIELDS = {field.attname: field for field in LlmCall._meta.local_concrete_fields}
_NEW = tuple(name for name, field in _FIELDS.items() if not field.primary_key)


def insert(call: LlmCall) -> None:
    """Insert a new row and give ``call`` its key. Raises IntegrityError where the call is known."""
    values = [_FIELDS[name].get_db_prep_save(getattr(call, name), connection) for name in _NEW]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(), values)
        [call.pk] = cursor.fetchone()
    call._state.adding = False


def update(pk: int, news: dict[str, Any], guards: dict[str, Any]) -> bool:
    """Write ``news`` on a row that still is as ``guards`` say; False where it is not."""
    pairs = [*news.items(), *{"id": pk, **guards}.items()]
    values = [_FIELDS[name].get_db_prep_save(value, connection) for name, value in pairs]
    with connection.cursor() as cursor:
        cursor.execute(_change(tuple(news), ("id", *guards)), values)
        return bool(cursor.rowcount == 1)


@lru_cache(maxsize=1)
def _insertion() -> str:
    marks = ", ".join(["%s"] * len(_NEW))
    return f"INSERT INTO llm_calls ({', '.join(_NEW)}) VALUES ({marks}) RETURNING id"  # noqa: S608 - names of the model


@lru_cache(maxsize=32)
def _change(news: tuple[str, ...], guards: tuple[str, ...]) -> str:
    written = ", ".join(f"{name} = %s" for name in news)
    where = " AND ".join(f"{name} = %s" for name in guards)
    return f"UPDATE llm_calls SET {written} WHERE {where}"  # noqa: S608 - names of the model
