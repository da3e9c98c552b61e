"""The part of a graph that lies around one atom."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphs.domain.model import ProjectGraph


def around(graph: ProjectGraph, atom_id: str, *, depth: int) -> ProjectGraph:
    """Return the atom with what it needs and what needs it, up to ``depth`` steps each way; waves keep theirs."""
    needs: dict[str, list[str]] = {}
    needed_by: dict[str, list[str]] = {}
    for edge in graph.edges:
        needs.setdefault(edge.source, []).append(edge.target)
        needed_by.setdefault(edge.target, []).append(edge.source)
    kept = _within(needs, atom_id, depth) | _within(needed_by, atom_id, depth)
    return replace(
        graph,
        edges=tuple(e for e in graph.edges if e.source in kept and e.target in kept),
        waves=tuple(tuple(a for a in wave if a in kept) for wave in graph.waves),
        order=tuple(a for a in graph.order if a in kept),
        units=tuple(unit for unit in graph.units if kept.issuperset(unit)),
    )


def _within(links: Mapping[str, Sequence[str]], start: str, depth: int) -> set[str]:
    found, edge = {start}, [start]
    for _ in range(depth):
        edge = list(dict.fromkeys(b for a in edge for b in links.get(a, ()) if b not in found))
        found.update(edge)
    return found
