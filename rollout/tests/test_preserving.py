"""``export_v2`` and ``import_v2``: what goes out comes back, and a bad file changes nothing."""

import gzip
import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atoms.models import AtomicUnit
from execution.attempts.models import AtomRetryHistory
from execution.models import ExecutionRun
from graphs.models import AtomDependency, DependencyGraph, ExecutionWave
from kernel.errors import Conflict, InvalidInput
from masterplans.models import Masterplan, MasterplanTask, SourceKind
from review.models import HumanReviewQueue, ReviewDecision
from rollout import preserving, v2_tables
from validation.models import SuiteRun, ValidationResult

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
MOMENT = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def value_of(field: Any) -> st.SearchStrategy[Any]:
    """Any value that a column may hold, constraints between columns apart."""
    if isinstance(field, models.JSONField):
        values: st.SearchStrategy[Any] = JSON if field.null else JSON.filter(lambda v: v is not None)
    elif isinstance(field, models.DateTimeField):
        values = MOMENT
    elif isinstance(field, models.DecimalField):
        values = st.decimals(0, 9, places=2)
    elif isinstance(field, models.BooleanField):
        values = st.booleans()
    elif isinstance(field, models.FloatField):
        values = st.floats(0, 1e6)
    elif isinstance(field, models.IntegerField):
        values = st.integers(1, 30000)
    elif isinstance(field, models.BinaryField):
        values = st.binary(max_size=40)
    elif isinstance(field, models.UUIDField):
        values = st.uuids()
    elif isinstance(field, models.CharField):
        values = TEXT.map(lambda t: t[: field.max_length])
    elif isinstance(field, models.TextField):
        values = TEXT
    else:
        values = st.lists(st.uuids(), max_size=3)  # UUIDArrayField
    return st.none() | values if field.null and not isinstance(field, models.JSONField) else values


@pytest.fixture
def plan() -> Masterplan:
    owner = User.objects.create_user("alice", email="alice@example.test", password="alice-secret")
    made = Masterplan.objects.create(name="Kept", owner=owner, source_kind=SourceKind.PLAN_FILE)
    MasterplanTask.objects.create(masterplan=made, task_number=1, name="t", target_path="a.py", place="a.py")
    ExecutionRun.objects.create(masterplan=made, mode="v2_atoms", status="completed")
    return made


def row(data: st.DataObject, model: Any, **given_: Any) -> Any:
    """A row with arbitrary values, stored as they are."""
    drawn = {
        field.attname: data.draw(value_of(field), label=f"{model.__name__}.{field.attname}")
        for field in v2_tables.stored_fields(model)
        if not field.is_relation and field.attname not in given_
    }
    made = model(**drawn, **given_)
    made.save_base(raw=True)  # with auto_now fields as drawn
    return made


def fill(data: st.DataObject, plan: Masterplan) -> None:
    task, run = plan.tasks.get(), plan.runs.get()
    ids = [uuid.uuid4() for _ in range(data.draw(st.integers(2, 3)))]
    atoms = [
        row(
            data, AtomicUnit, atom_id=i, task_id=task.pk, masterplan_id=plan.pk, atom_number=n, status="passed",
            start_byte=n, end_byte=n + 1,
        )
        for n, i in enumerate(ids)
    ]  # fmt: skip
    graph = row(data, DependencyGraph, masterplan_id=plan.pk, ordering="interface")
    row(
        data, AtomDependency, graph_id=graph.pk, from_atom_id=ids[0], to_atom_id=ids[1], dependency_type="data",
        weight=Decimal("0.70"),
    )  # fmt: skip
    row(data, ExecutionWave, graph_id=graph.pk, status="completed")
    for atom, status in zip(atoms, ("passed", "failed"), strict=False):
        row(
            data, ValidationResult, atom_id=atom.pk, masterplan_id=plan.pk, level=1, status=status,
            passed=status == "passed",
        )  # fmt: skip
    row(data, SuiteRun, masterplan_id=plan.pk, run_id=run.pk)
    row(data, AtomRetryHistory, atom_id=ids[0], run_id=run.pk)
    alice = plan.owner_id
    review = row(
        data, HumanReviewQueue, atom_id=ids[0], masterplan_id=plan.pk, run_id=run.pk, status="approved",
        claimed_by_id=data.draw(st.sampled_from([None, alice])),
    )  # fmt: skip
    row(data, ReviewDecision, review_id=review.pk, by_id=alice, idempotency_key=None)


def everything(plan: Masterplan) -> dict[str, list[dict[str, Any]]]:
    """All V2 rows as Python values, read past the code under test."""
    found = {}
    for model in v2_tables.v2_models():
        names = [field.attname for field in v2_tables.stored_fields(model)]
        path = v2_tables.plan_path(model)
        assert path, f"{model.__name__} is not exported: it cannot be told whose plan it is of"
        rows = model._default_manager.filter(**{path: plan.pk}).order_by("pk").values(*names)
        found[model.__name__] = [
            {name: bytes(v) if isinstance(v, memoryview) else v for name, v in one.items()} for one in rows
        ]
    return found


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(data=st.data(), zipped=st.booleans())
def test_what_goes_out_comes_back(data: st.DataObject, zipped: bool, plan: Masterplan, tmp_path: Path) -> None:
    v2_tables.delete_rows(plan.pk)
    fill(data, plan)
    before = everything(plan)
    file = tmp_path / ("kept.jsonl.gz" if zipped else "kept.jsonl")
    written = preserving.export(plan, file)
    v2_tables.delete_rows(plan.pk)
    assert not v2_tables.has_rows(plan.pk)
    read = preserving.restore(file)
    assert everything(plan) == before
    assert read.tables == written.tables
    assert set(before) == {model.__name__ for model in v2_tables.v2_models()}


@pytest.fixture
def file(plan: Masterplan, tmp_path: Path) -> Path:
    task = plan.tasks.get()
    for n in range(3):
        AtomicUnit.objects.create(
            task=task, masterplan=plan, atom_number=n, name="f", description="", language="python", estimated_loc=1,
            complexity=1, path="a.py", kind="method", symbol=f"f{n}", start_byte=n, end_byte=n + 1, start_line=n,
            end_line=n, content_sha="0",
        )  # fmt: skip
    path = tmp_path / "kept.jsonl"
    preserving.export(plan, path)
    return path


def test_no_secret_goes_out(file: Path, plan: Masterplan, settings: Any) -> None:
    text = file.read_text()
    owner = plan.owner
    for secret in (owner.password, owner.email, settings.SECRET_KEY):
        assert secret not in text
    assert file.stat().st_mode & 0o077 == 0


def lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)


def test_a_bad_file_is_one_line_and_writes_nothing(file: Path, plan: Masterplan) -> None:
    whole = lines(file)
    AtomicUnit.objects.all().delete()
    broken = {
        "not JSON": b"hello\n",
        "no export": b'{"format":"other"}\n',
        "version is 99": b'{"format":"mge-v2-export","version":99}\n',
        "cut off": b"".join(whole[:-1]),
        "checksum": b"".join(whole).replace(b'"f1"', b'"f9"'),
        "follows the end": b"".join([*whole, whole[-1]]),
        "cut off or damaged": gzip.compress(b"".join(whole))[:-20],
        "cut off: the end": b"",
    }
    for words, content in broken.items():
        file.write_bytes(content)
        with pytest.raises(CommandError, match=words) as told:
            call_command("import_v2", str(file))
        assert told.value.returncode == 2
        assert "\n" not in str(told.value)
    with pytest.raises(CommandError, match="No such file") as told:
        call_command("import_v2", str(file.with_name("missing")))
    assert told.value.returncode == 2
    assert not AtomicUnit.objects.exists()


def rewritten(file: Path, change: Any) -> None:
    """The file with changed rows and a checksum that holds: a forged one."""
    from rollout.domain import archive  # noqa: PLC0415 - the tool of this one test

    head = json.loads(lines(file)[0])
    rows = list(archive.rows(file))
    with file.open("wb") as out:
        writer = archive.Writer(out, compressed=False)
        writer.head(**{k: v for k, v in head.items() if k not in ("format", "version")})
        for table, values in rows:
            change(values)
            writer.row(table, values)
        writer.end()


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.pop("symbol"),
        lambda row: row.update(masterplan_id=str(uuid.uuid4())),
        lambda row: row.update(created_at="yesterday"),
        lambda row: row.update(start_byte=10, end_byte=0),
        lambda row: row.update(atom_number=1),
    ],
)
def test_rows_that_do_not_fit_write_nothing(file: Path, change: Any) -> None:
    AtomicUnit.objects.all().delete()
    rewritten(file, change)
    with pytest.raises(InvalidInput, match=r"kept\.jsonl"):
        preserving.restore(file)
    assert not AtomicUnit.objects.exists()


def test_what_is_there_is_replaced_only_when_asked(file: Path, plan: Masterplan) -> None:
    with pytest.raises(Conflict, match="--replace"):
        preserving.restore(file)
    before = everything(plan)
    AtomicUnit.objects.filter(atom_number=0).update(symbol="changed")
    preserving.restore(file, replace=True)
    assert everything(plan) == before
