"""Where an atom stands in its wave: rows that put neighbours beside each other.

Waves are columns already, so only the order inside them is free: barycentre sweeps (Sugiyama, Tagawa and Toda, 1981)
from left to right and back. Cost: sweeps x (edges + atoms log atoms).
"""

from collections.abc import Mapping, Sequence

from graphs.domain.model import Edge

SWEEPS = 4


def places(waves: Sequence[Sequence[str]], edges: Sequence[Edge], *, sweeps: int = SWEEPS) -> dict[str, int]:
    """Return the row of every atom in its wave, from 0. Atoms without neighbours keep their place among the others."""
    wave_of = {atom: number for number, wave in enumerate(waves) for atom in wave}
    left: dict[str, list[tuple[str, float]]] = {}
    right: dict[str, list[tuple[str, float]]] = {}
    for edge in edges:
        near, far = edge.target, edge.source
        if wave_of[near] == wave_of[far]:
            continue
        if wave_of[near] > wave_of[far]:
            near, far = far, near
        left.setdefault(far, []).append((near, edge.weight))
        right.setdefault(near, []).append((far, edge.weight))
    columns = [list(wave) for wave in waves]
    at = {atom: (row + 0.5) / len(column) for column in columns for row, atom in enumerate(column)}
    for sweep in range(sweeps):
        links = left if sweep % 2 == 0 else right
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {atom: _mean(links.get(atom, ()), at, alone=at[atom]) for atom in column}
            column.sort(key=wanted.__getitem__)
            at.update({atom: (row + 0.5) / len(column) for row, atom in enumerate(column)})
    return {atom: row for column in columns for row, atom in enumerate(column)}


def _mean(links: Sequence[tuple[str, float]], at: Mapping[str, float], *, alone: float) -> float:
    total = sum(weight for _, weight in links)
    return sum(at[atom] * weight for atom, weight in links) / total if total else alone
