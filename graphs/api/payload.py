"""A stored graph in the form of the API."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from atoms.models import AtomicUnit
from graphs.domain.boundaries import Boundary
from graphs.domain.impact import Impact
from graphs.domain.model import ORDERING_WEIGHT, Ordering
from graphs.models import DependencyGraph
from graphs.selectors import boundaries_of

MAX_TOUCHED = 200
MAX_LISTED = 2_000  # boundaries of a kind
_NO_PLACE = {"wave": 1, "place": 0, "depth": 1, "unit": None}


def graph_payload(graph: DependencyGraph, *, run_id: UUID | None) -> dict[str, Any]:
    """Nodes, edges, boundaries, critical path and the reconciliation of ``run_id`` (None: the newest)."""
    modules, components = boundaries_of(graph.masterplan_id)
    known = graph.reconciliations.order_by("-updated_at", "-pk")
    return {
        "graph_id": graph.pk,
        "masterplan_id": graph.masterplan_id,
        "masterplan_name": graph.masterplan.name,
        "ordering": graph.ordering,
        "updated_at": graph.updated_at,
        "unresolved_total": sum(entry.get("more", 1) for entry in graph.unresolved),
        "critical_path": graph.critical_path,
        "modules": [_boundary(one) for one in modules[:MAX_LISTED]],
        "components": [_boundary(one) for one in components[:MAX_LISTED]],
        "reconciliation": (known if run_id is None else known.filter(run_id=run_id)).first(),
        "total_atoms": graph.total_atoms,
        "total_edges": graph.total_edges,
        "max_depth": graph.max_depth,
        "total_waves": graph.total_waves,
        "nodes": _nodes(graph),
        "edges": _edges(graph),
    }


def _nodes(graph: DependencyGraph) -> list[dict[str, Any]]:
    stored = {node["atom_id"]: node for node in graph.nodes_json}
    atoms = AtomicUnit.objects.filter(masterplan=graph.masterplan_id).order_by("task__task_number", "atom_number")
    rows = atoms.values("atom_id", "symbol", "path", "kind", loc=F("estimated_loc"))
    return [{**_NO_PLACE, **stored[key], **row} for row in rows if (key := str(row["atom_id"])) in stored]


def _edges(graph: DependencyGraph) -> list[dict[str, Any]]:
    strict = graph.ordering == Ordering.STRICT
    rows = graph.edges.values("from_atom_id", "to_atom_id", "dependency_type", "weight", "broken", "unit")
    return [
        {
            "from": e["from_atom_id"],
            "to": e["to_atom_id"],
            "type": e["dependency_type"],
            "weight": float(e["weight"]),
            "orders": e["unit"] is None and e["broken"] is None and (strict or e["weight"] >= ORDERING_WEIGHT),
            "broken": e["broken"],
        }
        for e in rows
    ]


def _boundary(one: Boundary) -> dict[str, Any]:
    return {"scope": one.scope, "atom_count": len(one.atoms), "first_atom": next(iter(one.atoms), None)}


def touched(found: Impact) -> dict[str, Any]:
    """An impact with names, at most ``MAX_TOUCHED`` of each kind."""
    shown = {*found.revalidate[:MAX_TOUCHED], *found.reopen[:MAX_TOUCHED]}
    rows: dict[str, Any] = {
        str(row["atom_id"]): row for row in AtomicUnit.objects.filter(pk__in=shown).values("atom_id", "symbol", "path")
    }
    return {
        "revalidate_total": len(found.revalidate),
        "reopen_total": len(found.reopen),
        "revalidate": _named(found.revalidate, rows),
        "reopen": _named(found.reopen, rows),
    }


def _named(atoms: Sequence[str], rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [rows[atom] for atom in atoms[:MAX_TOUCHED] if atom in rows]
