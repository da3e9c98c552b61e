"""The members of the levels of a plan, from its stored atoms."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from atoms.models import AtomicUnit
from graphs.domain.boundaries import boundaries
from masterplans.models import MasterplanTask
from validation.domain.scopes import Members


@dataclass(frozen=True, slots=True)
class _Atom:
    id: str
    parent: str | None
    start_byte: int


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    atoms: Sequence[_Atom]


def members_of(masterplan_id: uuid.UUID, *, path: str | None = None) -> Members:
    """Modules and components of a plan, or those of one file; one query."""
    files: dict[str, list[_Atom]] = {}
    if path is None:
        rows = AtomicUnit.objects.filter(masterplan_id=masterplan_id)
    else:  # by the task alone: it has the better index
        tasks = MasterplanTask.objects.filter(masterplan_id=masterplan_id, target_path=path)
        rows = AtomicUnit.objects.filter(task__in=tasks)
    rows = rows.order_by("path", "start_byte", "atom_number")
    for atom_id, place, parent, start in rows.values_list("atom_id", "path", "parent", "start_byte"):
        files.setdefault(place, []).append(_Atom(str(atom_id), parent, start))
    modules, components = boundaries([_File(place, atoms) for place, atoms in files.items()])
    return Members(modules=modules, components=components)


def module_scope(masterplan_id: uuid.UUID, path: str, atom_id: uuid.UUID) -> str:
    """The scope of the module that holds an atom: its file, or its part of a long one."""
    return members_of(masterplan_id, path=path).module_of().get(str(atom_id), path)
