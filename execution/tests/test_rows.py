"""Statements by hand write and read what querysets do, on either database."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from execution.models import ExecutionRun, RunAtom, RunEvent
from execution.tests.test_leases import make_run
from kernel import rows
from kernel.states import AtomStatus
from llm.models import CallState, LlmCall
from validation.models import ValidationResult

pytestmark = pytest.mark.django_db
HOSTILE = "100 % of 'it' \\ \"ends\" \n%s ☃"


def validation_of(run: ExecutionRun, **fields: Any) -> ValidationResult:
    values: dict[str, Any] = {
        "masterplan": run.masterplan, "run_id": run.pk, "level": 2, "level_name": "module", "scope": HOSTILE,
        "status": "passed", "passed": True, "errors": None, "warnings": [{"a": [1.5, None, HOSTILE]}],
        "checks_run": [], "checks_passed": 1, "checks_failed": 0, "duration_seconds": Decimal("1.25"),
    }  # fmt: skip
    return ValidationResult(**values | fields)


def rows_of(run: ExecutionRun) -> list[models.Model]:
    """One row of each kind that is written by hand, as new."""
    return [
        validation_of(run),
        validation_of(run, run_id=None, duration_seconds=None, attempt_number=3),
        RunEvent(run=run, topic="run", type="t", data={"x": HOSTILE}),
        LlmCall(
            key=uuid.uuid4().hex, run_id=run.pk, purpose="p", model="m", request_sha="s", state=CallState.ERROR,
            request={"system": ["a", HOSTILE]}, error=HOSTILE, received_at=timezone.now(), cost_micro=2**40,
        ),
        RunAtom(
            run=run, atom_id=uuid.uuid4(), task_id=uuid.uuid4(), position=7, path=HOSTILE, symbol="s", kind="k",
            start_line=1, end_line=2, loc=3, wave_number=1, complexity=2.5, is_hole=True, status=AtomStatus.READY,
            last_error={"category": "x", "n": None}, not_before=timezone.now(),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(5))
def test_what_is_inserted_and_read_by_hand_is_what_querysets_see(number: int) -> None:
    row = rows_of(make_run(0))[number]
    model = type(row)
    given = row.pk is not None
    if given:
        rows.insert([row])
    else:
        rows.insert_one(row)

    stored = model._default_manager.get(pk=row.pk)

    names = rows.names_of(model)
    assert [getattr(stored, name) for name in names] == [getattr(row, name) for name in names]
    key = rows.written(model, model._meta.pk.attname, row.pk)
    statement = f"SELECT {rows.columns(names)} FROM {model._meta.db_table} WHERE {model._meta.pk.attname} = %s"
    [read] = rows.instances(model, names, statement, [key])
    assert {name: getattr(read, name) for name in names} == {name: getattr(stored, name) for name in names}


def test_values_become_the_row_that_the_model_would_make_of_them() -> None:
    run = make_run(0)
    made = validation_of(run)
    left_out = {"validation_id", "created_at", "superseded", "warnings"}
    given = {name: getattr(made, name) for name in rows.names_of(ValidationResult) if name not in left_out}
    began = timezone.now()

    rows.insert_values(ValidationResult, [given, {**given, "scope": "other", "superseded": True}])

    first, other = ValidationResult.objects.order_by("superseded")
    assert {name: getattr(first, name) for name in given} == given
    assert (first.superseded, first.warnings, other.superseded, other.scope) == (False, None, True, "other")
    assert first.pk != other.pk
    assert began <= first.created_at <= timezone.now()


def test_what_is_changed_by_hand_is_what_querysets_see() -> None:
    run = make_run(2)
    atom, other = RunAtom.objects.filter(run=run).order_by("position")
    news = {
        "last_error": {"message": HOSTILE},
        "code": HOSTILE,
        "confidence": 0.5,
        "human_words": "",
        "stage": "validate",
    }

    assert rows.change(RunAtom, news, "id = %s", [atom.pk], beside=", version = version + 1") == 1

    atom.refresh_from_db()
    assert {name: getattr(atom, name) for name in news} == news
    assert atom.version == 2
    other.refresh_from_db()
    assert other.code is None


def test_a_known_row_is_left_as_it_was() -> None:
    run = make_run(0)
    first = validation_of(run)
    rows.insert([first])
    known, new = validation_of(run, pk=first.pk, scope="other"), validation_of(run, scope="new")
    set_in = [{n: v for n, v in vars(row).items() if v is not None and n != "_state"} for row in (known, new)]
    rows.insert_values(ValidationResult, set_in, ignore_known=True)

    assert set(ValidationResult.objects.values_list("scope", flat=True)) == {HOSTILE, "new"}
