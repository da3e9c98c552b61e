"""Which atoms a level of validation sees together: modules (level 2) and components (level 3).

A module is a file, or a part of a long file of 10 to 20 atoms; a component is a package folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

MODULE_ATOMS = 20  # a file of more atoms is more than one module
ROOT = "."


class Member(Protocol):
    """What a boundary needs to know of an atom; ``parent`` is the symbol around it, None at the top of the file."""

    @property
    def id(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def start_byte(self) -> int: ...


class Holder(Protocol):
    """A file with its atoms: that of the splitter, or rows of the database in its shape."""

    @property
    def path(self) -> str: ...
    @property
    def atoms(self) -> Sequence[Member]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A module or component. ``scope``: a path, with ``#n`` for part n of a long file; ``atoms``: ids in order."""

    scope: str
    atoms: tuple[str, ...]
    paths: tuple[str, ...]


def boundaries(files: Sequence[Holder]) -> tuple[tuple[Boundary, ...], tuple[Boundary, ...]]:
    """Return all modules and all components; each atom lies in exactly one of either."""
    modules: list[Boundary] = []
    folders: dict[str, list[Holder]] = {}
    for file in sorted(files, key=lambda f: f.path):
        modules.extend(_modules(file))
        folders.setdefault(str(PurePosixPath(file.path).parent) or ROOT, []).append(file)
    components = tuple(
        Boundary(
            scope=folder,
            atoms=tuple(a.id for f in inside for a in _ordered(f)),
            paths=tuple(f.path for f in inside),
        )
        for folder, inside in sorted(folders.items())
    )
    return tuple(modules), components


def _modules(file: Holder) -> list[Boundary]:
    atoms = _ordered(file)
    parts = _parts(atoms)
    return [
        Boundary(
            scope=file.path if len(parts) == 1 else f"{file.path}#{number}",
            atoms=tuple(a.id for a in part),
            paths=(file.path,),
        )
        for number, part in enumerate(parts, start=1)
    ]


def _parts(atoms: list[Member]) -> list[list[Member]]:
    """Cut evenly, so that no part is short; a cut moves back to where a class or function begins, if one is near."""
    count = max(1, -(-len(atoms) // MODULE_ATOMS))
    parts: list[list[Member]] = []
    start = 0
    for number in range(1, count + 1):
        end = len(atoms) * number // count
        if number < count:
            floor = max(start + MODULE_ATOMS // 2, end - MODULE_ATOMS // 4)
            end = next((i for i in range(end, floor - 1, -1) if atoms[i].parent is None), end)
            end = min(end, start + MODULE_ATOMS)
        parts.append(atoms[start:end])
        start = end
    return parts


def _ordered(file: Holder) -> list[Member]:
    return sorted(file.atoms, key=lambda a: a.start_byte)
