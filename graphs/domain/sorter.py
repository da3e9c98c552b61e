"""Dependencies first: a total order, and how long the chain of those who wait is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx

from graphs.domain.cycles import broken_edges, units_of
from graphs.domain.model import ORDERING_WEIGHT, Edge, Ordering


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Atoms grouped into units, in an order where every dependency stands before its dependents.

    ``edges`` are those given, the broken ones marked. ``needs`` holds, per group, the groups it must wait for.
    """

    edges: tuple[Edge, ...]
    groups: tuple[tuple[str, ...], ...]
    needs: Mapping[int, frozenset[int]]
    sequence: tuple[int, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Return all atoms, dependencies first."""
        return tuple(atom for number in self.sequence for atom in self.groups[number])

    @property
    def units(self) -> tuple[tuple[str, ...], ...]:
        """Return the groups of more than one atom: they share a wave."""
        return tuple(g for g in self.groups if len(g) > 1)

    def depth(self) -> dict[str, int]:
        """Return for each atom the length of the longest chain of waiting atoms that starts at it; a unit counts 1."""
        longest = dict.fromkeys(range(len(self.groups)), 1)
        for number in reversed(self.sequence):
            for needed in self.needs.get(number, ()):
                longest[needed] = max(longest[needed], longest[number] + 1)
        return {atom: longest[i] for i, group in enumerate(self.groups) for atom in group}


class TopologicalSorter:
    """Orders atoms by the edges that order. Ties follow the order in which the atoms were given."""

    def sort(self, atoms: Sequence[str], edges: Sequence[Edge], *, ordering: Ordering) -> Sorted:
        """Group, break cycles, and sort. ``edges`` may name only atoms that are in ``atoms``."""
        group, groups = units_of(atoms, edges)
        if ordering is Ordering.STRICT:
            broken = broken_edges(edges, group)
            edges = [replace(e, broken=broken[i]) if i in broken else e for i, e in enumerate(edges)]
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(len(groups)))
        needs: dict[int, set[int]] = {}
        for edge in edges:
            source, target = group[edge.source], group[edge.target]
            if source != target and orders(edge, ordering):
                graph.add_edge(target, source)
                needs.setdefault(source, set()).add(target)
        return Sorted(
            edges=tuple(edges),
            groups=tuple(tuple(g) for g in groups),
            needs={k: frozenset(v) for k, v in needs.items()},
            sequence=tuple(nx.lexicographical_topological_sort(graph)),
        )


def orders(edge: Edge, ordering: Ordering) -> bool:
    """Tell whether an edge makes its source wait for its target."""
    return edge.broken is None and (edge.weight >= ORDERING_WEIGHT or ordering is Ordering.STRICT)
