"""Atoms in the database: cut once, and kept under their ids while their content stays."""

import pytest
from django.contrib.auth.models import User
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from atoms.models import AtomicUnit
from atoms.services import decompose
from masterplans.models import Masterplan, MasterplanTask, SourceKind

CODE = b'"""Doc."""\n\nimport os\n\n\ndef f(x: int) -> int:\n    return x + 1\n\n\ndef g():\n    return os.name\n'


def make_plan(draft: bytes | None = CODE) -> Masterplan:
    owner, _ = User.objects.get_or_create(username="owner")
    plan = Masterplan.objects.create(name="plan", owner=owner, source_kind=SourceKind.PLAN_FILE)
    MasterplanTask.objects.create(
        masterplan=plan, task_number=1, name="a", target_path="a.py", place="a.py", language="python", draft=draft
    )
    return plan


def stored(plan: Masterplan) -> dict[str, AtomicUnit]:
    return {f"{a.symbol} {a.kind}": a for a in AtomicUnit.objects.filter(masterplan=plan)}


def joined(plan: Masterplan) -> bytes:
    task = plan.tasks.get()
    return b"".join(task.text[a.start_byte : a.end_byte] for a in plan.atoms.order_by("atom_number"))


@pytest.mark.django_db
def test_cutting_again_changes_nothing() -> None:
    plan = make_plan()
    assert decompose(plan.pk).changed
    before = stored(plan)
    assert not decompose(plan.pk).changed
    assert {key: row.pk for key, row in stored(plan).items()} == {key: row.pk for key, row in before.items()}


@pytest.mark.django_db
def test_an_edit_keeps_the_ids_of_what_it_did_not_touch_and_of_what_kept_its_name() -> None:
    plan = make_plan()
    decompose(plan.pk)
    before = stored(plan)
    edited = CODE.replace(b"x + 1", b"x + 2").replace(b"import os\n", b"import os\nimport sys\n")
    plan.tasks.update(draft=edited.replace(b"def f(", b"def h():\n    return 3\n\n\ndef f("))
    decompose(plan.pk)
    after = stored(plan)
    for name in ("f function", "g function"):
        assert after[name].pk == before[name].pk
    assert after["f function"].content_sha != before["f function"].content_sha
    assert after["g function"].content_sha == before["g function"].content_sha
    assert "h function" in after
    assert joined(plan) == bytes(plan.tasks.get().draft or b"")


@pytest.mark.django_db
def test_a_task_without_code_is_one_hole_and_an_empty_file_is_nothing() -> None:
    hole, empty = make_plan(draft=None), make_plan(draft=b"")
    decompose(hole.pk)
    decompose(empty.pk)
    [atom] = hole.atoms.all()
    assert (atom.is_hole, atom.start_byte, atom.end_byte) == (True, 0, 0)
    assert not empty.atoms.exists()
    assert hole.tasks.get().parse_ok is None


@pytest.mark.django_db
def test_what_does_not_parse_is_located_and_kept() -> None:
    plan = make_plan(b"def f(:\n    pass\n\nx = 1\n")
    decompose(plan.pk)
    task = plan.tasks.get()
    assert (task.parse_ok, (task.problem or {})["line"]) == (False, 1)
    assert joined(plan) == task.draft


class AnyBytes(TestCase):
    """Whatever comes in is in the database, once."""

    @given(st.binary(max_size=400))
    @settings(max_examples=25)
    def test_the_atoms_of_a_task_are_its_bytes(self, draft: bytes) -> None:
        """NUL, half characters and all."""
        plan = make_plan(draft)
        decompose(plan.pk)
        assert joined(plan) == draft
