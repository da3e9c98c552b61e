"""Writes of the graphs room: build the graph of a plan and store it (the seed's DependencyService)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from atoms.domain.model import FileAtoms
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.syntax import problem_of
from atoms.models import AtomicUnit
from atoms.services import Decomposition
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.domain.critical import critical_path
from graphs.domain.layout import places
from graphs.domain.model import ORDERING_WEIGHT, Edge, Ordering, ProjectGraph
from graphs.domain.reconcile import reconcile, with_code
from graphs.models import AtomDependency, DependencyGraph, EdgeReconciliation, ExecutionWave
from graphs.selectors import planned_edges, stored_files
from kernel.rows import update
from kernel.text import storable
from masterplans.models import Masterplan

MAX_UNRESOLVED = 2000  # listed for people; the count stays exact in the last entry
MAX_DIFFERENCES = 500  # edges listed of each kind in a reconciliation; the totals stay exact


def build(masterplan_id: uuid.UUID, cut: Decomposition, *, ordering: Ordering) -> tuple[DependencyGraph, ProjectGraph]:
    """Analyse a cut plan and replace its stored graph and planned waves in one transaction."""
    plan = Masterplan.objects.get(pk=masterplan_id)
    graph = DependencyAnalyzer().analyze(cut.files, root_package=plan.root_package, ordering=ordering, callgraph=False)
    return store(plan, graph, cut.ids), graph


def store(plan: Masterplan, graph: ProjectGraph, ids: Mapping[str, uuid.UUID]) -> DependencyGraph:
    """Write the graph's rows; edges between atoms of one plan only."""
    unit_of = {atom: number for number, unit in enumerate(graph.units, start=1) for atom in unit}
    with transaction.atomic():
        row, _ = DependencyGraph.objects.update_or_create(masterplan=plan, defaults=_summary(graph, ids, unit_of))
        AtomDependency.objects.filter(graph=row).delete()
        AtomDependency.objects.bulk_create((_edge_row(row, edge, ids, unit_of) for edge in graph.edges), batch_size=500)
        ExecutionWave.objects.filter(graph=row, run_id=None).delete()
        plan_waves(row, [[ids[a] for a in wave] for wave in graph.waves], run_id=None)
        _mirror(plan, graph, ids)
    return row


def plan_waves(
    graph: DependencyGraph, waves: Sequence[Sequence[uuid.UUID]], *, run_id: uuid.UUID | None
) -> list[ExecutionWave]:
    """Store waves, numbered from 1, for a run or (``run_id`` None) for the plan itself."""
    return ExecutionWave.objects.bulk_create(
        ExecutionWave(graph=graph, run_id=run_id, wave_number=n, atom_ids=list(wave), atom_count=len(wave))
        for n, wave in enumerate(waves, start=1)
    )


def reconcile_run(masterplan_id: uuid.UUID, run_id: uuid.UUID, codes: Mapping[uuid.UUID, bytes]) -> None:
    """Derive the edges again from accepted code and store how they differ from the planned ones.

    ``codes``: what a run accepted, by atom; where it all is the plan's own, nothing is analysed. The
    edges of a file whose accepted code does not parse are left out on both sides, and the file is named.
    """
    row = DependencyGraph.objects.filter(masterplan_id=masterplan_id).first()
    if row is None:
        return
    found = _differences(row, {str(atom): code for atom, code in codes.items()}) if codes else {}
    EdgeReconciliation.objects.update_or_create(
        graph=row, run_id=run_id, defaults={**_SAME, **found, "changed_atoms": len(codes)}
    )


_SAME: dict[str, Any] = {"unplanned": [], "unwired": [], "unplanned_total": 0, "unwired_total": 0, "unparsed": []}


def _differences(row: DependencyGraph, codes: Mapping[str, bytes]) -> dict[str, Any]:
    planned = stored_files(row.masterplan_id, text=True)
    files = tuple(_changed(file, codes) for file in planned)
    if all(file is before for file, before in zip(files, planned, strict=True)):
        return {}
    actual = DependencyAnalyzer().analyze(
        files, root_package=row.masterplan.root_package, ordering=Ordering(row.ordering), callgraph=False
    )
    unparsed = {file.path for file in files if not file.parse_ok and any(a.id in codes for a in file.atoms)}
    mute = {atom.id for file in files if file.path in unparsed for atom in file.atoms}
    found = reconcile(
        (e for e in planned_edges(row) if e.source not in mute), (e for e in actual.edges if e.source not in mute)
    )
    wave_of = {node["atom_id"]: node["wave"] for node in row.nodes_json}
    return {
        "unplanned": [_difference(e, wave_of) for e in found.unplanned[:MAX_DIFFERENCES]],
        "unwired": [_difference(e, wave_of) for e in found.unwired[:MAX_DIFFERENCES]],
        "unplanned_total": len(found.unplanned),
        "unwired_total": len(found.unwired),
        "unparsed": sorted(storable(path) for path in unparsed),
    }


def _changed(file: FileAtoms, codes: Mapping[str, bytes]) -> FileAtoms:
    changed = with_code(file, codes)
    if changed is file:
        return file
    root = MultiLanguageParser().parse(changed.source, changed.language).root_node
    return replace(changed, parse_ok=problem_of(changed.source, root, changed.language) is None)


def _difference(edge: Edge, wave_of: Mapping[str, int]) -> dict[str, Any]:
    """An edge for people. ``late``: it orders, and what it needs is planned in the same wave or a later one."""
    reason = edge.reasons[0] if edge.reasons else None
    return {
        "from": edge.source,
        "to": edge.target,
        "type": edge.type.value,
        "weight": round(edge.weight, 2),
        "symbol": storable(reason.symbol, limit=300) if reason else "",
        "line": reason.line if reason else None,
        "late": edge.weight >= ORDERING_WEIGHT and wave_of.get(edge.target, 0) >= wave_of.get(edge.source, 0),
    }


def _summary(graph: ProjectGraph, ids: Mapping[str, uuid.UUID], unit_of: Mapping[str, int]) -> dict[str, Any]:
    wave_of = {atom: n for n, wave in enumerate(graph.waves, start=1) for atom in wave}
    place = places(graph.waves, graph.edges)
    unresolved = [
        {"atom_id": str(ids[u.atom_id]), "name": storable(u.name, limit=200), "line": u.line}
        for u in graph.unresolved[:MAX_UNRESOLVED]
        if u.atom_id in ids
    ]
    if len(graph.unresolved) > MAX_UNRESOLVED:
        unresolved.append({"more": len(graph.unresolved) - MAX_UNRESOLVED})
    return {
        "total_atoms": len(ids),
        "total_edges": len(graph.edges),
        "max_depth": max(graph.depth.values(), default=0),
        "total_waves": len(graph.waves),
        "nodes_json": [
            {
                "atom_id": str(ids[a]),
                "wave": wave_of[a],
                "place": place[a],
                "depth": graph.depth.get(a, 0),
                "unit": unit_of.get(a),
            }
            for a in graph.order
        ],
        "edges_json": [
            {"from": str(ids[e.source]), "to": str(ids[e.target]), "type": e.type.value, "weight": round(e.weight, 2)}
            for e in graph.edges
        ],
        "topological_order": [ids[a] for a in graph.order],
        "ordering": graph.ordering.value,
        "critical_path": [ids[a] for a in critical_path(graph)],
        "unresolved": unresolved,
    }


def _edge_row(
    graph: DependencyGraph, edge: Edge, ids: Mapping[str, uuid.UUID], unit_of: Mapping[str, int]
) -> AtomDependency:
    unit = unit_of.get(edge.source)
    return AtomDependency(
        graph=graph,
        from_atom_id=ids[edge.source],
        to_atom_id=ids[edge.target],
        dependency_type=edge.type.value,
        weight=f"{edge.weight:.2f}",
        reasons=[{"type": r.type.value, "symbol": storable(r.symbol, limit=300), "line": r.line} for r in edge.reasons],
        broken=edge.broken,
        unit=unit if unit is not None and unit == unit_of.get(edge.target) else None,
    )


def _mirror(plan: Masterplan, graph: ProjectGraph, ids: Mapping[str, uuid.UUID]) -> None:
    """Copy the edges into ``atomic_units.depends_on_atoms`` for people who read that table."""
    needs: dict[uuid.UUID, list[uuid.UUID]] = {}
    for edge in graph.edges:
        needs.setdefault(ids[edge.source], []).append(ids[edge.target])
    rows = list(AtomicUnit.objects.filter(masterplan=plan).only("atom_id", "depends_on_atoms"))
    changed = []
    for row in rows:
        wanted = needs.get(row.atom_id, [])
        if row.depends_on_atoms != wanted:
            row.depends_on_atoms = wanted
            changed.append(row)
    update(changed, ("depends_on_atoms",))
