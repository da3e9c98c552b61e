"""Reads of the graphs room."""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from graphs.domain.model import Ordering
from graphs.models import AtomDependency, DependencyGraph
from kernel.errors import NotFound
from masterplans.selectors import visible_masterplans


def ordering_edges(masterplan_id: uuid.UUID, ordering: str) -> QuerySet[AtomDependency]:
    """The edges that order execution: weight 1.00, or (strict) all that no cycle broke; never inside a unit."""
    edges = AtomDependency.objects.filter(graph__masterplan_id=masterplan_id, unit=None)
    return edges.filter(broken=None) if ordering == Ordering.STRICT else edges.filter(weight__gte=1)


def edges_of(atom_ids: Iterable[uuid.UUID]) -> QuerySet[AtomDependency]:
    """All edges that start or end at the given atoms."""
    wanted = list(atom_ids)
    return AtomDependency.objects.filter(Q(from_atom_id__in=wanted) | Q(to_atom_id__in=wanted))


def get_graph(user: object, graph_id: uuid.UUID) -> DependencyGraph:
    """The graph, where the user may see its plan."""
    graph = DependencyGraph.objects.filter(pk=graph_id, masterplan__in=visible_masterplans(user)).first()
    if graph is None:
        raise NotFound(f"There is no graph {graph_id}, or you may not see it.")
    return graph
