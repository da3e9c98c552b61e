"""Rows read and written by statements that are given, with the conversions of their fields looked up once.

For the few statements that are made for every atom of a run: building their queries anew, and asking every field how
to convert each of its values, cost several times what the database does for them. Everything else uses querysets.

What was looked up is kept for the life of the process, whose database never changes.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models
from django.utils import timezone

_Model = TypeVar("_Model", bound=models.Model)
_Convert = Callable[[Any], Any]
_AS_THEY_ARE = (models.IntegerField, models.FloatField, models.BooleanField)  # of the field's own type in Python
_PARAMETERS = 20_000  # of one statement; SQLite allows 32,766
_TEXTS = (models.CharField, models.TextField)


def read(
    model: type[models.Model], names: tuple[str, ...], statement: str, params: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Run a statement that returns these columns of ``model``; their values as its fields give them."""
    readers = _readers(model, names)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [
            tuple([v if v is None or convert is None else convert(v) for v, convert in zip(row, readers, strict=True)])
            for row in cursor.fetchall()
        ]


def instances(
    model: type[_Model], names: tuple[str, ...], statement: str, params: Sequence[Any]
) -> list[_Model]:  # fmt: skip
    """The same as objects; what is not among ``names`` is read when it is asked for."""
    return [model.from_db(connection.alias, names, row) for row in read(model, names, statement, params)]


def names_of(model: type[models.Model], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """The columns of a model in its own order, without some."""
    left_out = set(without)
    return tuple(f.attname for f in model._meta.concrete_fields if f.attname not in left_out)


def written(model: type[models.Model], name: str, value: Any) -> Any:
    """A value as this database keeps it in this column."""
    return _written(value, _writer(model, name))


def as_read(model: type[models.Model], name: str, value: Any) -> Any:
    """A value of this column as the driver gave it, as its field gives it."""
    [convert] = _readers(model, (name,))
    return value if value is None or convert is None else convert(value)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, whose keys are set."""
    if rows:
        model = type(rows[0])
        names = names_of(model)
        _insert(model, names, [_values(row, names) for row in rows], ignore_known=False)


def insert_values(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, ignore_known: bool = False
) -> None:  # fmt: skip
    """The same of the values that each row has; what a row leaves out is what the model has for it.

    ``ignore_known``: rows that break a constraint are left out.
    """
    if rows:
        names = names_of(model)
        defaults, writers = _defaults(model), _writers(model, names)
        columns = list(zip(names, defaults, writers, strict=True))
        values = [[_written(row[n] if n in row else default(), w) for n, default, w in columns] for row in rows]
        _insert(model, names, values, ignore_known=ignore_known)


def insert_one(row: models.Model) -> Any:
    """Insert one row, to which the database gives its key; returns it, and sets it on ``row``."""
    key = row._meta.pk.attname
    names = names_of(type(row), without=[key])
    with connection.cursor() as cursor:
        cursor.execute(f"{_insertion(type(row), names, 1, False)} RETURNING {key}", _values(row, names))
        [row.pk] = cursor.fetchone()
    row._state.adding = False
    return row.pk


def insert_all(rows: Sequence[models.Model], *, by: str) -> None:
    """Insert rows of one model by one statement; each gets the key that the database gives it, found by column ``by``.

    That column must hold another value in each row, as text.
    """
    key = rows[0]._meta.pk.attname
    names = names_of(type(rows[0]), without=[key])
    values = [one for row in rows for one in _values(row, names)]
    with connection.cursor() as cursor:
        cursor.execute(f"{_insertion(type(rows[0]), names, len(rows), False)} RETURNING {by}, {key}", values)
        keys = dict(cursor.fetchall())
    for row in rows:
        row.pk = keys[getattr(row, by)]
        row._state.adding = False


def change(
    model: type[models.Model], news: Mapping[str, Any], where: str, params: Sequence[Any], *, beside: str = ""
) -> int:
    """Write columns of the rows that ``where`` names; returns how many these were. ``beside``: more to set."""
    values = [written(model, name, value) for name, value in news.items()]
    statement = f"UPDATE {model._meta.db_table} SET {_set(tuple(news))}{beside} WHERE {where}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *params])
        return int(cursor.rowcount)


def change_each(
    model: type[models.Model], news: Sequence[tuple[Mapping[str, Any], Sequence[Any]]], where: str, *, beside: str = ""
) -> None:  # fmt: skip
    """Write columns of many rows by one statement: for each what is new, of the same columns, and what names it."""
    names = tuple(news[0][0])
    values = [[*(written(model, name, new[name]) for name in names), *params] for new, params in news]
    statement = f"UPDATE {model._meta.db_table} SET {_set(names)}{beside} WHERE {where}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def update(rows: Sequence[models.Model], names: tuple[str, ...]) -> None:
    """Write these columns of each row, by its key. One statement serves all: ``bulk_update`` builds a tree a value."""
    if rows:
        model = type(rows[0])
        key = model._meta.pk.attname
        statement = f'UPDATE {model._meta.db_table} SET {_set(names)} WHERE "{key}" = %s'  # noqa: S608 - names of models
        wanted = (*names, key)
        values = [[written(model, name, getattr(row, name)) for name in wanted] for row in rows]
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


@lru_cache(maxsize=256)
def marks(count: int) -> str:
    """The marks of so many parameters."""
    return ", ".join(["%s"] * count)


@lru_cache(maxsize=64)
def columns(names: tuple[str, ...]) -> str:
    """Names as they stand in a statement."""
    return ", ".join(f'"{name}"' for name in names)


def _insert(
    model: type[models.Model], names: tuple[str, ...], values: Sequence[Sequence[Any]], *, ignore_known: bool
) -> None:  # fmt: skip
    size = _PARAMETERS // len(names)
    with connection.cursor() as cursor:
        for start in range(0, len(values), size):
            some = values[start : start + size]
            cursor.execute(_insertion(model, names, len(some), ignore_known), [one for row in some for one in row])


def _written(value: Any, convert: _Convert | None) -> Any:
    return value if value is None or convert is None else convert(value)


def _values(row: models.Model, names: tuple[str, ...]) -> list[Any]:
    for name in _born(type(row)):
        if getattr(row, name) is None:
            setattr(row, name, timezone.now())
    values = [getattr(row, name) for name in names]
    writers = _writers(type(row), names)
    return [_written(v, convert) for v, convert in zip(values, writers, strict=True)]


@lru_cache(maxsize=64)
def _born(model: type[models.Model]) -> frozenset[str]:
    """Columns that hold when a row was made."""
    return frozenset(f.attname for f in model._meta.concrete_fields if getattr(f, "auto_now_add", False))


@lru_cache(maxsize=64)
def _defaults(model: type[models.Model]) -> tuple[Callable[[], Any], ...]:
    born = _born(model)
    return tuple(timezone.now if f.attname in born else f.get_default for f in model._meta.concrete_fields)


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], names: tuple[str, ...], count: int, ignore_known: bool) -> str:
    known = " ON CONFLICT DO NOTHING" if ignore_known else ""
    values = ", ".join([f"({marks(len(names))})"] * count)
    return f"INSERT INTO {model._meta.db_table} ({columns(names)}) VALUES {values}{known}"  # noqa: S608 - names of models


@lru_cache(maxsize=256)
def _set(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}" = %s' for name in names)


@lru_cache(maxsize=256)
def _readers(model: type[models.Model], names: tuple[str, ...]) -> tuple[_Convert | None, ...]:
    return tuple(_reader(model, name) for name in names)


@lru_cache(maxsize=256)
def _writers(model: type[models.Model], names: tuple[str, ...]) -> tuple[_Convert | None, ...]:
    return tuple(_writer(model, name) for name in names)


def _reader(model: type[models.Model], name: str) -> _Convert | None:
    column = model._meta.get_field(name).get_col(model._meta.db_table)  # type: ignore[union-attr]  # of no relation here
    steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    if not steps:
        return None
    if steps == [getattr(connection.ops, "convert_uuidfield_value", None)]:
        return _uuid

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert


@lru_cache(maxsize=1024)
def _writer(model: type[models.Model], name: str) -> _Convert | None:
    field: Any = model._meta.get_field(name)
    while field.remote_field is not None:
        field = field.target_field
    if isinstance(field, models.UUIDField):
        return _plain_uuid if connection.features.has_native_uuid_field else _hex
    if isinstance(field, _TEXTS):
        return _text
    if isinstance(field, _AS_THEY_ARE):
        return None
    if isinstance(field, models.DateTimeField):
        return _time
    if isinstance(field, models.JSONField):
        return lambda value: connection.ops.adapt_json_value(value, field.encoder)
    return lambda value: field.get_db_prep_save(value, connection)


def _text(value: Any) -> str:
    return value if type(value) is str else str(value)  # members of enumerations are texts that drivers do not know


def _time(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


@lru_cache(maxsize=10_000)
def _uuid(value: str) -> uuid.UUID:
    """The same few ids come again and again: those of a run, its plan and its tasks, and of what atoms use."""
    return uuid.UUID(value)


def _plain_uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _hex(value: Any) -> str:
    return value.hex if isinstance(value, uuid.UUID) else uuid.UUID(str(value)).hex
