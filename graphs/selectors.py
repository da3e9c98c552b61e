"""Reads of the graphs room."""

import uuid
from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from atoms.domain.model import Atom, AtomKind, FileAtoms, Language
from atoms.models import AtomicUnit
from graphs.domain.boundaries import Boundary, boundaries
from graphs.domain.impact import Impact, impact
from graphs.domain.model import Edge, EdgeType, Ordering, ProjectGraph, Reason
from graphs.models import AtomDependency, DependencyGraph
from kernel.errors import NotFound
from masterplans.models import MasterplanTask
from masterplans.selectors import visible_masterplans


def ordering_edges(masterplan_id: uuid.UUID, ordering: str) -> QuerySet[AtomDependency]:
    """The edges that order execution: weight 1.00, or (strict) all that no cycle broke; never inside a unit."""
    edges = AtomDependency.objects.filter(graph__masterplan_id=masterplan_id, unit=None)
    return edges.filter(broken=None) if ordering == Ordering.STRICT else edges.filter(weight__gte=1)


def visible_graphs(user: object) -> QuerySet[DependencyGraph]:
    """The graphs of the plans that the user may see, without their nodes and edges."""
    graphs = DependencyGraph.objects.filter(masterplan__in=visible_masterplans(user)).select_related("masterplan")
    heavy = ("nodes_json", "edges_json", "topological_order", "critical_path", "unresolved", "masterplan__description")
    return graphs.defer(*heavy)


def get_graph(user: object, graph_id: uuid.UUID) -> DependencyGraph:
    """The graph, where the user may see its plan."""
    graph = DependencyGraph.objects.filter(pk=graph_id, masterplan__in=visible_masterplans(user)).first()
    if graph is None:
        raise NotFound(f"There is no graph {graph_id}, or you may not see it.")
    return graph


def stored_graph(row: DependencyGraph) -> tuple[ProjectGraph, dict[str, str]]:
    """A stored graph as a plain value, and what to show for each of its atoms. It has no callgraph."""
    atoms = AtomicUnit.objects.filter(masterplan=row.masterplan_id)
    shown = {str(pk): f"{symbol} ({path})" for pk, symbol, path in atoms.values_list("atom_id", "symbol", "path")}
    waves = row.waves.filter(run_id=None).order_by("wave_number").values_list("atom_ids", flat=True)
    units: dict[int, list[str]] = {}
    for node in row.nodes_json:
        if node["unit"] is not None:
            units.setdefault(node["unit"], []).append(node["atom_id"])
    graph = ProjectGraph(
        edges=planned_edges(row),
        waves=tuple(tuple(str(atom) for atom in wave) for wave in waves),
        order=tuple(str(atom) for atom in row.topological_order),
        units=tuple(tuple(unit) for _, unit in sorted(units.items())),
        depth={node["atom_id"]: node["depth"] for node in row.nodes_json},
        unresolved=(),
        callgraph={},
        ordering=Ordering(row.ordering),
    )
    return graph, shown


def planned_edges(row: DependencyGraph) -> tuple[Edge, ...]:
    """The stored edges of a graph as plain values; ids as text."""
    atoms = AtomicUnit.objects.filter(masterplan=row.masterplan_id)
    paths = dict(atoms.values_list("atom_id", "path"))
    return tuple(_edge(edge, paths) for edge in row.edges.all())


def _edge(row: AtomDependency, paths: Mapping[uuid.UUID, str]) -> Edge:
    path = paths.get(row.from_atom_id, "")
    return Edge(
        source=str(row.from_atom_id),
        target=str(row.to_atom_id),
        type=EdgeType(row.dependency_type),
        weight=float(row.weight),
        reasons=tuple(
            Reason(type=EdgeType(r["type"]), symbol=r["symbol"], line=r["line"], path=path) for r in row.reasons
        ),
        broken=row.broken,
    )


def impact_of(masterplan_id: uuid.UUID, atom_id: uuid.UUID, *, contract_changed: bool) -> Impact:
    """Who is touched when an atom of a plan changes, by the stored edges; ids as text, dependencies first.

    A plan without a graph touches nobody. Read what ``revalidate`` and ``reopen`` mean in ``graphs.domain.impact``.
    """
    row = DependencyGraph.objects.filter(masterplan_id=masterplan_id).only("topological_order").first()
    if row is None:
        return Impact(revalidate=(), reopen=())
    order = [str(atom) for atom in row.topological_order]
    return impact(_dependents(row), str(atom_id), order=order, contract_changed=contract_changed)


def needing(masterplan_id: uuid.UUID, atom_ids: Collection[uuid.UUID]) -> set[str]:
    """The atoms that need any of these, directly or through others; ids as text."""
    row = DependencyGraph.objects.filter(masterplan_id=masterplan_id).only("pk").first()
    if row is None or not atom_ids:
        return set()
    links = _dependents(row)
    return {
        atom
        for changed in atom_ids
        for atom in impact(links, str(changed), order=(), contract_changed=False).revalidate
    }


def _dependents(graph: DependencyGraph) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    pairs = AtomDependency.objects.filter(graph=graph).values_list("from_atom_id", "to_atom_id")
    for source, target in pairs.iterator():
        links.setdefault(str(target), []).append(str(source))
    return links


def boundaries_of(masterplan_id: uuid.UUID) -> tuple[tuple[Boundary, ...], tuple[Boundary, ...]]:
    """The modules (level 2) and components (level 3) of a plan's stored atoms; ids as text."""
    return boundaries(stored_files(masterplan_id))


def stored_files(masterplan_id: uuid.UUID, *, text: bool = False) -> tuple[FileAtoms, ...]:
    """A plan's tasks with their stored atoms as plain values, in task order; ``source`` is empty without ``text``."""
    tasks = MasterplanTask.objects.filter(masterplan_id=masterplan_id).order_by("task_number")
    atoms: dict[uuid.UUID, list[Atom]] = {}
    rows = AtomicUnit.objects.filter(masterplan_id=masterplan_id).exclude(kind=AtomKind.SUBTASK)
    for row in rows.order_by("atom_number").only(*_PLACE):
        atoms.setdefault(row.task_id, []).append(_atom(row))
    return tuple(
        FileAtoms(
            path=task.target_path,
            language=Language(task.language),
            source=task.text if text else b"",
            parse_ok=task.parse_ok is not False,
            problem=None,
            atoms=tuple(atoms.get(task.task_id, ())),
        )
        for task in (tasks if text else tasks.defer("draft"))
    )


_PLACE = (
    "task_id", "atom_number", "path", "language", "kind", "symbol", "parent", "start_byte", "end_byte", "start_line",
    "end_line", "estimated_loc", "complexity", "is_hole", "uncuttable",
)  # fmt: skip


def _atom(row: AtomicUnit) -> Atom:
    return Atom(
        id=str(row.atom_id),
        path=row.path,
        language=Language(row.language),
        number=row.atom_number,
        kind=AtomKind(row.kind),
        symbol=row.symbol,
        parent=row.parent,
        start_byte=row.start_byte,
        end_byte=row.end_byte,
        start_line=row.start_line,
        end_line=row.end_line,
        loc=row.estimated_loc,
        complexity=float(row.complexity),
        is_hole=row.is_hole,
        uncuttable=row.uncuttable,
    )
