"""What a changed atom means for those that need it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphs.domain.model import ProjectGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """Atoms to check again, and atoms to open again. ``reopen`` is a part of ``revalidate``; both in wave order."""

    revalidate: tuple[str, ...]
    reopen: tuple[str, ...]


def impact(
    dependents: Mapping[str, Sequence[str]], atom_id: str, *, order: Sequence[str], contract_changed: bool
) -> Impact:
    """Return who is touched when ``atom_id`` changes. ``dependents``: atom to those that need it directly.

    A new body re-validates those that need the atom, directly or through others, because their tests may see it. A new
    contract also re-opens the direct dependents: what they were written against is gone. The atom itself is in neither.
    """
    direct = set(dependents.get(atom_id, ()))
    reached = _reach(dependents, atom_id)
    position = {atom: i for i, atom in enumerate(order)}
    direct.discard(atom_id)
    reached.discard(atom_id)
    return Impact(
        revalidate=_sorted(reached, position),
        reopen=_sorted(direct, position) if contract_changed else (),
    )


def dependents_of(graph: ProjectGraph) -> Mapping[str, list[str]]:
    """Return for each atom those that need it directly."""
    dependents: dict[str, list[str]] = {}
    for edge in graph.edges:
        dependents.setdefault(edge.target, []).append(edge.source)
    return dependents


def _reach(links: Mapping[str, Sequence[str]], start: str) -> set[str]:
    found: set[str] = set()
    pending = [start]
    while pending:
        for atom in links.get(pending.pop(), ()):
            if atom not in found:
                found.add(atom)
                pending.append(atom)
    return found


def _sorted(atoms: Iterable[str], position: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(atoms, key=lambda a: position.get(a, len(position))))
