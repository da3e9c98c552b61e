"""Graphs over HTTP: parse, one call, render."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from atoms.models import AtomicUnit
from graphs.api.payload import graph_payload, touched
from graphs.api.serializers import (
    DrawingSerializer,
    GraphListSerializer,
    GraphSerializer,
    GraphWavesSerializer,
    ImpactSerializer,
)
from graphs.domain.model import ProjectGraph
from graphs.domain.neighbourhood import around
from graphs.domain.visualize import to_dot, to_json, to_mermaid
from graphs.selectors import get_graph, impact_of, stored_graph, visible_graphs
from kernel.errors import InvalidInput, NotFound
from masterplans.selectors import visible_masterplans

_DRAW = {"dot": to_dot, "mermaid": to_mermaid, "json": to_json}
MAX_DRAWN_ATOMS = 5_000
MAX_DRAWN_EDGES = 40_000
MAX_DEPTH = 50
MAX_LISTED = 200
_CHANGES = ("body", "contract")


class GraphListView(APIView):
    """The graphs of all plans that the user may see."""

    @extend_schema(
        operation_id="v2_graphs_list",
        parameters=[OpenApiParameter("masterplan", uuid.UUID)],
        responses=GraphListSerializer,
    )
    def get(self, request: Request) -> Response:
        """The newest first, at most ``MAX_LISTED``; ``masterplan`` asks for that of one plan."""
        graphs = visible_graphs(request.user)
        plan = _uuid(request, "masterplan")
        if plan is not None:
            graphs = graphs.filter(masterplan_id=plan)
        page = {"graphs": graphs.order_by("-updated_at", "pk")[:MAX_LISTED], "total": graphs.count()}
        return Response(GraphListSerializer(page).data)


class GraphView(APIView):
    """A plan's graph."""

    @extend_schema(
        parameters=[OpenApiParameter("run", uuid.UUID, description="whose reconciliation; default: the newest")],
        responses=GraphSerializer,
    )
    def get(self, request: Request, graph_id: uuid.UUID) -> Response:
        """All nodes with their waves and places, all edges, boundaries, critical path, reconciliation."""
        graph = get_graph(request.user, graph_id)
        return Response(GraphSerializer(graph_payload(graph, run_id=_uuid(request, "run"))).data)


class GraphWavesView(APIView):
    """The waves of a plan."""

    @extend_schema(responses=GraphWavesSerializer)
    def get(self, request: Request, graph_id: uuid.UUID) -> Response:
        """The planned waves, numbered from 1."""
        graph = get_graph(request.user, graph_id)
        waves = graph.waves.filter(run_id=None).order_by("wave_number")
        return Response({"waves": list(waves.values("wave_number", "atom_ids", "atom_count"))})


class GraphDrawingView(APIView):
    """A graph for drawing programs."""

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=["dot", "mermaid", "json"]),
            OpenApiParameter("atom", uuid.UUID, description="only this atom and what it reaches both ways"),
            OpenApiParameter("depth", int, description=f"steps from the atom, 1 to {MAX_DEPTH}; default 2"),
        ],
        responses=DrawingSerializer,
    )
    def get(self, request: Request, graph_id: uuid.UUID) -> Response:
        """DOT, Mermaid or JSON as text; a large graph only in part, around an atom."""
        row = get_graph(request.user, graph_id)
        wanted = request.query_params.get("format", "json")
        if wanted not in _DRAW:
            raise InvalidInput(f"format={wanted[:40]!r} is not valid: choose dot, mermaid or json.")
        atom, depth = _uuid(request, "atom"), _depth(request)
        if atom is None:
            _bounded(row.total_atoms, row.total_edges)
        graph, labels = stored_graph(row)
        if atom is not None:
            graph = _around(graph, str(atom), depth)
        return Response({"format": wanted, "text": _DRAW[wanted](graph, labels)})


class ImpactView(APIView):
    """What a change of an atom means for others."""

    @extend_schema(parameters=[OpenApiParameter("change", str, enum=list(_CHANGES))], responses=ImpactSerializer)
    def get(self, request: Request, atom_id: uuid.UUID) -> Response:
        """A new body re-validates all dependents; a new contract also re-opens the direct ones."""
        change = request.query_params.get("change", "body")
        if change not in _CHANGES:
            raise InvalidInput(f"change={change[:40]!r} is not valid: choose body or contract.")
        atom = AtomicUnit.objects.filter(pk=atom_id, masterplan__in=visible_masterplans(request.user)).first()
        if atom is None:
            raise NotFound(f"There is no atom {atom_id}, or you may not see it.")
        found = impact_of(atom.masterplan_id, atom_id, contract_changed=change == "contract")
        return Response(ImpactSerializer({"atom_id": atom_id, "change": change, **touched(found)}).data)


def _uuid(request: Request, name: str) -> uuid.UUID | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise InvalidInput(f"{name}={value[:60]!r} is not an id.") from error


def _depth(request: Request) -> int:
    value = request.query_params.get("depth", "2")
    if not (value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= MAX_DEPTH):
        raise InvalidInput(f"depth={value[:20]!r} is not valid: give a number from 1 to {MAX_DEPTH}.")
    return int(value)


def _bounded(atoms: int, edges: int) -> None:
    if atoms > MAX_DRAWN_ATOMS or edges > MAX_DRAWN_EDGES:
        limits = {"atoms": MAX_DRAWN_ATOMS, "edges": MAX_DRAWN_EDGES}
        raise InvalidInput(
            f"A graph of {atoms} atoms and {edges} edges is too large to draw (limits: {MAX_DRAWN_ATOMS} and "
            f"{MAX_DRAWN_EDGES}): give atom=ID and depth=N to draw a part of it.",
            **limits,
        )


def _around(graph: ProjectGraph, atom: str, depth: int) -> ProjectGraph:
    if atom not in graph.depth:
        raise NotFound(f"This graph has no atom {atom}.")
    part = around(graph, atom, depth=depth)
    _bounded(len(part.order), len(part.edges))
    return part
