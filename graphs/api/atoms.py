"""Atoms over HTTP: parse, one call, render."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import AtomKind, FileAtoms, Language
from atoms.domain.parser import MultiLanguageParser
from atoms.models import AtomicUnit
from atoms.services import cut, decompose
from graphs.api.serializers import (
    AnalysisSerializer,
    AnalyzeSerializer,
    DecomposeSerializer,
    DecompositionSerializer,
)
from graphs.domain.model import Ordering
from graphs.models import DependencyGraph
from graphs.services import build
from graphs.source import describe
from kernel.drf import IsOperator
from kernel.errors import Conflict, InvalidInput, NotFound
from kernel.states import PlanStatus
from masterplans.models import Masterplan, MasterplanTask
from masterplans.selectors import get_masterplan, visible_masterplans

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
        return Response(describe([file], package=None, callgraph=False, detail=True))

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
        cut_plan = decompose(plan.pk)
        graph = DependencyGraph.objects.filter(masterplan=plan).first()
        if graph is not None and cut_plan.changed:  # a stored graph never shows atoms that are gone
            build(plan.pk, cut_plan, ordering=Ordering(graph.ordering))
        atoms = AtomicUnit.objects.filter(masterplan=plan).exclude(kind=AtomKind.SUBTASK)
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
