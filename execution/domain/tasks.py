"""The order of a plan's tasks."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import networkx as nx

T = TypeVar("T", bound=Hashable)


def levels(depends_on: Mapping[T, Sequence[T]]) -> list[list[T]]:
    """Tasks by level: each depends only on tasks of earlier levels. Import refuses cycles, so there are none here."""
    graph: nx.DiGraph[T] = nx.DiGraph()
    graph.add_nodes_from(depends_on)
    graph.add_edges_from(
        (needed, task) for task, needs in depends_on.items() for needed in needs if needed in depends_on
    )
    return [list(level) for level in nx.topological_generations(graph)]
