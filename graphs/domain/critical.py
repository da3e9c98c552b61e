"""The longest chain of atoms that wait for each other: no schedule is shorter than it."""

from graphs.domain.model import ProjectGraph
from graphs.domain.sorter import orders


def critical_path(graph: ProjectGraph) -> tuple[str, ...]:
    """Return one longest chain, first to last: each atom waits for the one before it. A unit gives one of its atoms.

    Among equals the one that stands first in ``graph.order`` is taken, so the same graph gives the same path.
    """
    unit_of = {atom: unit for unit in graph.units for atom in unit}
    waiting: dict[str, list[str]] = {}
    for edge in graph.edges:
        if orders(edge, graph.ordering):
            waiting.setdefault(edge.target, []).append(edge.source)
    position = {atom: i for i, atom in enumerate(graph.order)}
    here = max(graph.order, key=lambda atom: (graph.depth[atom], -position[atom]), default=None)
    path: list[str] = []
    while here is not None:
        path.append(here)
        wanted = graph.depth[here] - 1
        following = [a for member in unit_of.get(here, (here,)) for a in waiting.get(member, ())]
        here = min((a for a in following if graph.depth[a] == wanted), key=position.__getitem__, default=None)
    return tuple(path)
