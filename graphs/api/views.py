"""Atoms and graphs over HTTP: parse, one call, render."""

import uuid
from typing import Any

from django.db.models import F
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import FileAtoms, Language
from atoms.domain.parser import MultiLanguageParser
from atoms.models import AtomicUnit
from atoms.services import cut, decompose
from graphs.api.serializers import (
    AnalysisSerializer,
    AnalyzeSerializer,
    DecomposeSerializer,
    DecompositionSerializer,
    DrawingSerializer,
    GraphSerializer,
    GraphWavesSerializer,
)
from graphs.domain.visualize import to_dot, to_json, to_mermaid
from graphs.models import DependencyGraph
from graphs.selectors import get_graph, stored_graph
from graphs.source import describe
from kernel.drf import IsOperator
from kernel.errors import Conflict, InvalidInput, NotFound
from kernel.states import PlanStatus
from masterplans.models import Masterplan, MasterplanTask
from masterplans.selectors import get_masterplan, visible_masterplans

_DRAW = {"dot": to_dot, "mermaid": to_mermaid, "json": to_json}
_EXTENSIONS = {"python": ".py", "typescript": ".ts", "tsx": ".tsx", "javascript": ".js"}


def _task(request: Request, task_id: uuid.UUID) -> MasterplanTask:
    task = MasterplanTask.objects.filter(pk=task_id, masterplan__in=visible_masterplans(request.user)).first()
    if task is None:
        raise NotFound(f"There is no task {task_id}, or you may not see it.")
    return task


class AnalyzeView(APIView):
    """Cut code into atoms; nothing is stored."""

    @extend_schema(request=AnalyzeSerializer, responses=AnalysisSerializer)
    def post(self, request: Request) -> Response:
        """Atoms of the given code or task."""
        parsed = AnalyzeSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        file = self._file(request, parsed.validated_data)
        return Response(describe([file], package=None, callgraph=False))

    def _file(self, request: Request, data: dict[str, Any]) -> FileAtoms:
        if "task_id" in data:
            return cut(_task(request, data["task_id"]))
        if "code" not in data:
            raise InvalidInput("Give code with language or path, or task_id.")
        path = data.get("path") or f"code{_EXTENSIONS.get(data.get('language', ''), '')}"
        language = Language(data["language"]) if "language" in data else MultiLanguageParser().language_of(path)
        if language is None:
            raise InvalidInput(f"The language of {path!r} is not known: give language.")
        return RecursiveDecomposer().split(data["code"].encode(), path=path, language=language)


class DecomposeView(APIView):
    """Cut a plan and store its atoms."""

    permission_classes = [IsOperator]

    @extend_schema(request=DecomposeSerializer, responses=DecompositionSerializer)
    def post(self, request: Request) -> Response:
        """Atoms keep their ids where their content did not change."""
        parsed = DecomposeSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        plan, task = self._target(request, parsed.validated_data)
        if plan.status in (PlanStatus.IN_PROGRESS, PlanStatus.PAUSED):
            raise Conflict(f"Masterplan {plan.pk} is running: its atoms cannot be cut anew now.")
        decompose(plan.pk)
        atoms = AtomicUnit.objects.filter(masterplan=plan)
        if task is not None:
            atoms = atoms.filter(task=task)
        rows = [self._row(atom) for atom in atoms.order_by("task__task_number", "atom_number")]
        return Response(DecompositionSerializer({"atoms_total": len(rows), "atoms": rows}).data)

    def _target(self, request: Request, data: dict[str, Any]) -> tuple[Masterplan, MasterplanTask | None]:
        if "task_id" in data:
            task = _task(request, data["task_id"])
            return task.masterplan, task
        if "masterplan_id" in data:
            return get_masterplan(request.user, data["masterplan_id"]), None
        raise InvalidInput("Give masterplan_id or task_id.")

    def _row(self, atom: AtomicUnit) -> dict[str, Any]:
        shown = ("atom_id", "path", "kind", "symbol", "start_line", "end_line", "complexity")
        return {**{name: getattr(atom, name) for name in shown}, "loc": atom.estimated_loc}


class GraphView(APIView):
    """A plan's graph."""

    @extend_schema(responses=GraphSerializer)
    def get(self, request: Request, graph_id: uuid.UUID) -> Response:
        """All nodes with their waves, all edges."""
        graph = get_graph(request.user, graph_id)
        return Response(GraphSerializer(payload(graph)).data)


def payload(graph: DependencyGraph) -> dict[str, Any]:
    """A stored graph in the form of the API."""
    wave_of = {node["atom_id"]: node["wave"] for node in graph.nodes_json}
    atoms = AtomicUnit.objects.filter(masterplan=graph.masterplan_id).order_by("task__task_number", "atom_number")
    rows = atoms.values("atom_id", "symbol", "path", "kind", loc=F("estimated_loc"))
    edges = graph.edges.values("from_atom_id", "to_atom_id", "dependency_type", "weight", "broken")
    return {
        "graph_id": graph.pk,
        "masterplan_id": graph.masterplan_id,
        "total_atoms": graph.total_atoms,
        "total_edges": graph.total_edges,
        "max_depth": graph.max_depth,
        "total_waves": graph.total_waves,
        "nodes": [{**row, "wave": wave_of.get(str(row["atom_id"]), 1)} for row in rows],
        "edges": [
            {"from": e["from_atom_id"], "to": e["to_atom_id"], "type": e["dependency_type"],
             "weight": float(e["weight"]), "broken": e["broken"]}
            for e in edges
        ],
    }  # fmt: skip


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
        parameters=[OpenApiParameter("format", str, enum=["dot", "mermaid", "json"])], responses=DrawingSerializer
    )
    def get(self, request: Request, graph_id: uuid.UUID) -> Response:
        """DOT, Mermaid or JSON as text."""
        graph = get_graph(request.user, graph_id)
        wanted = request.query_params.get("format", "json")
        if wanted not in _DRAW:
            raise InvalidInput(f"format={wanted[:40]!r} is not valid: choose dot, mermaid or json.")
        return Response({"format": wanted, "text": _DRAW[wanted](*stored_graph(graph))})
