"""``export_v2`` and ``import_v2``: the V2 data of a plan to a file and back, without loss."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from kernel.errors import Conflict, InvalidInput, NotFound
from kernel.v2 import require_v2
from masterplans.models import Masterplan
from masterplans.selectors import masterplan_by_id
from rollout import v2_tables
from rollout.domain import archive

_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an export or import moved."""

    masterplan_id: str
    rows: int
    tables: dict[str, int]
    sha256: str = ""


def export(plan: Masterplan, target: Path) -> Written:
    """Write the V2 data of a plan; the file appears whole or not at all, readable by its owner alone."""
    require_v2()
    if not target.parent.is_dir():
        raise InvalidInput(f"{target.parent} is no folder: create it, or choose another place.")
    if target.is_dir():
        raise InvalidInput(f"{target} is a folder: give the name of a file.")
    tables: dict[str, int] = {}
    try:
        with _appearing(target) as file, _snapshot():
            out = archive.Writer(file, compressed=target.suffix == ".gz")
            out.head(masterplan_id=str(plan.pk), name=plan.name, exported_at=datetime.now(UTC).isoformat())
            for model in v2_tables.v2_models():
                table = model._meta.db_table
                for row in v2_tables.rows_of(model, plan.pk):
                    out.row(table, row)
                    tables[table] = tables.get(table, 0) + 1
            checksum = out.end()
    except OSError as error:
        raise InvalidInput(f"{target}: {error.strerror}.") from None
    return Written(masterplan_id=str(plan.pk), rows=out.rows, tables=tables, sha256=checksum)


def restore(source: Path, *, replace: bool = False) -> Written:
    """Read a file back into the same database. Nothing is written where anything is wrong with it.

    Plan, tasks and runs must be here, as they stay when the seven go. Raises InvalidInput, NotFound, Conflict.
    """
    require_v2()
    try:
        head = archive.check(source)
        plan = masterplan_by_id(head.get("masterplan_id"))
    except archive.BadArchive as error:
        raise InvalidInput(f"{source} cannot be imported: {error}.") from None
    except OSError as error:
        raise InvalidInput(f"{source}: {error.strerror}.") from None
    except NotFound as error:
        raise InvalidInput(f"{source} is of a masterplan that is not here: {error.message}") from None
    try:
        with transaction.atomic():
            return _insert_all(plan, source, replace=replace)
    except (KeyError, ValueError, TypeError, ValidationError) as error:
        raise InvalidInput(f"{source} holds rows that do not fit the tables: {type(error).__name__} {error}.") from None
    except DatabaseError as error:
        raise InvalidInput(f"{source} does not fit this database, whose runs or tasks it needs: {error}.") from None


def _insert_all(plan: Masterplan, source: Path, *, replace: bool) -> Written:
    if v2_tables.has_rows(plan.pk):
        if not replace:
            raise Conflict(f"Masterplan {plan.pk} has V2 data already: give --replace to put the file in its place.")
        v2_tables.delete_rows(plan.pk)
    models = {model._meta.db_table: model for model in v2_tables.v2_models()}
    users = dict(User.objects.values_list("username", "pk"))
    tables: dict[str, int] = {}
    for table, group in groupby(archive.rows(source), key=lambda pair: pair[0]):
        if table not in models:
            raise InvalidInput(f"{source} holds a table that V2 does not have: {table[:60]!r}.")
        for batch in _batches(row for _, row in group):
            v2_tables.insert(models[table], batch, users)
            tables[table] = tables.get(table, 0) + len(batch)
    _check_ownership(plan, tables, source)
    return Written(masterplan_id=str(plan.pk), rows=sum(tables.values()), tables=tables)


def _check_ownership(plan: Masterplan, tables: dict[str, int], source: Path) -> None:
    """Every row must be of the plan that the head names."""
    for model in v2_tables.v2_models():
        path = v2_tables.plan_path(model)
        mine = model._default_manager.filter(**{path: plan.pk}).count() if path else 0
        if tables.get(model._meta.db_table, 0) != mine:
            raise InvalidInput(f"{source} holds rows of {model._meta.db_table} that are not of masterplan {plan.pk}.")


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@contextlib.contextmanager
def _snapshot() -> Iterator[None]:
    """One state of the database for all reads, also while runs go on."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextlib.contextmanager
def _appearing(target: Path) -> Iterator[Any]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
