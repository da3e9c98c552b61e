"""Reads of the graphs room."""

import uuid
from collections.abc import Mapping

from django.db.models import QuerySet

from atoms.models import AtomicUnit
from graphs.domain.model import Edge, EdgeType, Ordering, ProjectGraph, Reason
from graphs.models import AtomDependency, DependencyGraph
from kernel.errors import NotFound
from masterplans.selectors import visible_masterplans


def ordering_edges(masterplan_id: uuid.UUID, ordering: str) -> QuerySet[AtomDependency]:
    """The edges that order execution: weight 1.00, or (strict) all that no cycle broke; never inside a unit."""
    edges = AtomDependency.objects.filter(graph__masterplan_id=masterplan_id, unit=None)
    return edges.filter(broken=None) if ordering == Ordering.STRICT else edges.filter(weight__gte=1)


def get_graph(user: object, graph_id: uuid.UUID) -> DependencyGraph:
    """The graph, where the user may see its plan."""
    graph = DependencyGraph.objects.filter(pk=graph_id, masterplan__in=visible_masterplans(user)).first()
    if graph is None:
        raise NotFound(f"There is no graph {graph_id}, or you may not see it.")
    return graph


def stored_graph(row: DependencyGraph) -> tuple[ProjectGraph, dict[str, str]]:
    """A stored graph as a plain value, and what to show for each of its atoms. It has no callgraph."""
    atoms = AtomicUnit.objects.filter(masterplan=row.masterplan_id)
    paths = {str(pk): (symbol, path) for pk, symbol, path in atoms.values_list("atom_id", "symbol", "path")}
    waves = row.waves.filter(run_id=None).order_by("wave_number").values_list("atom_ids", flat=True)
    units: dict[int, list[str]] = {}
    for node in row.nodes_json:
        if node["unit"] is not None:
            units.setdefault(node["unit"], []).append(node["atom_id"])
    graph = ProjectGraph(
        edges=tuple(_edge(edge, paths) for edge in row.edges.all()),
        waves=tuple(tuple(str(atom) for atom in wave) for wave in waves),
        order=tuple(str(atom) for atom in row.topological_order),
        units=tuple(tuple(unit) for _, unit in sorted(units.items())),
        depth={node["atom_id"]: node["depth"] for node in row.nodes_json},
        unresolved=(),
        callgraph={},
        ordering=Ordering.INTERFACE,
    )
    return graph, {atom: f"{symbol} ({path})" for atom, (symbol, path) in paths.items()}


def _edge(row: AtomDependency, paths: Mapping[str, tuple[str, str]]) -> Edge:
    source = str(row.from_atom_id)
    path = paths.get(source, ("", ""))[1]
    return Edge(
        source=source,
        target=str(row.to_atom_id),
        type=EdgeType(row.dependency_type),
        weight=float(row.weight),
        reasons=tuple(
            Reason(type=EdgeType(r["type"]), symbol=r["symbol"], line=r["line"], path=path) for r in row.reasons
        ),
        broken=row.broken,
    )
