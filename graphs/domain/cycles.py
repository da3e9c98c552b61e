"""Cutting cycles: strongly connected components, never an enumeration of cycles.

Edges that cannot be broken (weight 1.00) bind their component into a unit. The breakable ones are then added from the
heaviest to the lightest while a topological order is kept up (Pearce and Kelly, "A dynamic topological sort algorithm
for directed acyclic graphs", JEA 2006); one that would close a cycle is broken. So every broken edge is a lightest one
of a cycle, and none could be put back.
"""

from collections.abc import Callable, Mapping, Sequence

import networkx as nx

from graphs.domain.model import ORDERING_WEIGHT, Edge


def units_of(atoms: Sequence[str], edges: Sequence[Edge]) -> tuple[dict[str, int], list[list[str]]]:
    """Group atoms that unbreakable edges bind into cycles: the number of each atom's group, and the groups."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(atoms)
    graph.add_edges_from((e.source, e.target) for e in edges if e.weight >= ORDERING_WEIGHT)
    place = {atom: i for i, atom in enumerate(atoms)}
    groups = [sorted(c, key=place.__getitem__) for c in nx.strongly_connected_components(graph)]
    groups.sort(key=lambda g: place[g[0]])
    return {atom: i for i, group in enumerate(groups) for atom in group}, groups


def broken_edges(edges: Sequence[Edge], group: Mapping[str, int]) -> dict[int, str]:
    """Return the indices of edges to break so that groups become acyclic, each with its reason."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_edges_from((group[e.source], group[e.target]) for e in edges if group[e.source] != group[e.target])
    component: dict[int, int] = {}
    size: dict[int, int] = {}
    for number, members in enumerate(nx.strongly_connected_components(graph)):
        size[number] = len(members)
        component.update(dict.fromkeys(members, number))
    inside: dict[int, list[int]] = {}
    for i, edge in enumerate(edges):
        a, b = group[edge.source], group[edge.target]
        if a != b and component[a] == component[b]:
            inside.setdefault(component[a], []).append(i)
    broken: dict[int, str] = {}
    for number, indices in inside.items():
        order = _TopologicalOrder()
        indices.sort(key=lambda i: (-edges[i].weight, i))
        for i in indices:
            edge = edges[i]
            if not order.add(group[edge.source], group[edge.target]):
                broken[i] = (
                    f"lightest edge of a cycle among {size[number]} atoms: {edge.type} {edge.weight:.2f} "
                    f"({edge.reasons[0].symbol if edge.reasons else edge.type})"
                )
    return broken


class _TopologicalOrder:
    """A topological order that is kept up while edges are added. ``add`` refuses an edge that closes a cycle."""

    def __init__(self) -> None:
        self.rank: dict[int, int] = {}
        self.out: dict[int, list[int]] = {}
        self.into: dict[int, list[int]] = {}

    def add(self, source: int, target: int) -> bool:
        rank = self.rank
        for node in (source, target):
            if node not in rank:
                rank[node] = len(rank)
                self.out[node] = []
                self.into[node] = []
        low, high = rank[target], rank[source]
        if low < high:
            forward = self._reach(self.out, target, lambda r: r <= high)
            if source in forward:
                return False
            backward = self._reach(self.into, source, lambda r: r >= low)
            self._reorder(backward, forward)
        self.out[source].append(target)
        self.into[target].append(source)
        return True

    def _reach(self, links: dict[int, list[int]], start: int, within: Callable[[int], bool]) -> set[int]:
        found = {start}
        pending = [start]
        while pending:
            for node in links[pending.pop()]:
                if node not in found and within(self.rank[node]):
                    found.add(node)
                    pending.append(node)
        return found

    def _reorder(self, backward: set[int], forward: set[int]) -> None:
        rank = self.rank
        nodes = sorted(backward, key=rank.__getitem__) + sorted(forward, key=rank.__getitem__)
        for node, place in zip(nodes, sorted(rank[n] for n in nodes), strict=True):
            rank[node] = place
