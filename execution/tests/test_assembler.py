"""The code of a run in memory follows what others accept, and reads of it what is new."""

import uuid
from collections.abc import Sequence

import pytest

from execution import assembler, statements
from execution.assembler import Assembler
from execution.models import RunAtom
from execution.tests.test_dependents import chain, finish
from kernel.states import AtomStatus

pytestmark = pytest.mark.django_db(transaction=True)


def accept(atom: RunAtom, code: str | None) -> None:
    """As another process does."""
    RunAtom.objects.filter(pk=atom.pk).update(code=code)


def test_it_takes_in_what_others_accept_and_reads_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run, atoms = chain(3)
    first, second, third = (str(atom.atom_id) for atom in atoms)
    held = Assembler(run)
    asked: list[int] = []
    read = statements.codes_of

    def counted(keys: Sequence[int]) -> dict[uuid.UUID, str | None]:
        asked.extend(keys)
        return read(keys)

    monkeypatch.setattr(statements, "codes_of", counted)
    monkeypatch.setattr(assembler, "LOOK_SECONDS", 0.0)
    before = held.assembly({})
    assert not before.changed

    for atom, code in zip(atoms, ("a = 1\n", "b = 2\n", None), strict=True):
        accept(atom, code)
        finish(run, atom, AtomStatus.PASSED)
        held.assembly({})

    found = held.assembly({})
    assert found.workspace.files["a.py"].content == b"a = 1\nb = 2\n"
    assert set(found.changed) == {first, second}
    assert (set(before.changed), first in before.changed) == (set(), False), "it stays as it was when it was made"
    assert sorted(asked) == [atom.pk for atom in atoms], "each was read when it was new"
    tried = held.assembly({atoms[2].atom_id: "c = 3\n"}, leaving_out=[atoms[0].atom_id])
    assert tried.workspace.files["a.py"].content == b"b = 2\nc = 3\n"
    assert (set(tried.changed), len(tried.changed)) == ({second, third}, 2)
    assert (first in tried.changed, second in tried.changed, third in tried.changed) == (False, True, True)

    accept(atoms[1], None)
    RunAtom.objects.filter(pk=atoms[1].pk).update(version=99)  # as every move does
    found = held.assembly({})
    assert (found.workspace.files["a.py"].content, set(found.changed)) == (b"a = 1\n", {first})
