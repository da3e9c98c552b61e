"""Validation over HTTP: judge now, or read what runs have stored."""

import uuid
from collections.abc import Iterable

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from atoms.models import AtomicUnit
from kernel.errors import InvalidInput, NotFound
from masterplans.selectors import get_masterplan, visible_masterplans
from validation.api.serializers import (
    AtomicRequestSerializer,
    JudgedSerializer,
    PlanRequestSerializer,
    ResultsSerializer,
    ScopeRequestSerializer,
)
from validation.domain.model import LEVEL_NUMBERS, Level, LevelResult
from validation.domain.wire import check_to_json
from validation.judging import judge_atoms, judge_levels
from validation.selectors import as_json, results_for_atom

SHOWN = 50


def _judged(results: Iterable[LevelResult]) -> Response:
    rows = [
        {
            "level": LEVEL_NUMBERS[result.level],
            "level_name": result.level.value,
            "scope": result.scope,
            "atom_id": result.atom_id,
            "status": result.status.value,
            "checks": [check_to_json(check) for check in result.checks],
            "duration_seconds": result.seconds,
        }
        for result in results
    ]
    return Response(JudgedSerializer({"results": rows}).data)


def _visible_atom(request: Request, atom_id: uuid.UUID) -> AtomicUnit:
    atoms = AtomicUnit.objects.filter(masterplan__in=visible_masterplans(request.user)).select_related("masterplan")
    atom = atoms.filter(pk=atom_id).first()
    if atom is None:
        raise NotFound(f"There is no atom {atom_id}, or you may not see it.")
    return atom


class AtomicView(APIView):
    """Level 1 of one atom's draft."""

    @extend_schema(request=AtomicRequestSerializer, responses=JudgedSerializer)
    def post(self, request: Request) -> Response:
        """Judge now; nothing is stored."""
        parsed = AtomicRequestSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        atom = _visible_atom(request, parsed.validated_data["atom_id"])
        return _judged(judge_atoms(atom.masterplan, only=atom.pk))


class ModuleView(APIView):
    """Level 2 of a file of a plan, or of all."""

    level = Level.MODULE

    @extend_schema(request=ScopeRequestSerializer, responses=JudgedSerializer)
    def post(self, request: Request) -> Response:
        """Judge now; nothing is stored."""
        parsed = ScopeRequestSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        plan = get_masterplan(request.user, parsed.validated_data["masterplan_id"])
        return _judged(judge_levels(plan, [self.level], scope=parsed.validated_data["scope"]))


class ComponentView(ModuleView):
    """Level 3 of a package folder of a plan, or of all."""

    level = Level.COMPONENT


class SystemView(APIView):
    """Level 4 of a plan."""

    @extend_schema(request=PlanRequestSerializer, responses=JudgedSerializer)
    def post(self, request: Request) -> Response:
        """Judge now; nothing is stored."""
        parsed = PlanRequestSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        plan = get_masterplan(request.user, parsed.validated_data["masterplan_id"])
        return _judged(judge_levels(plan, [Level.SYSTEM]))


class HierarchicalView(APIView):
    """All levels of a plan."""

    @extend_schema(request=PlanRequestSerializer, responses=JudgedSerializer)
    def post(self, request: Request) -> Response:
        """Judge now; nothing is stored."""
        parsed = PlanRequestSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        plan = get_masterplan(request.user, parsed.validated_data["masterplan_id"])
        return _judged([*judge_atoms(plan), *judge_levels(plan, [Level.MODULE, Level.COMPONENT, Level.SYSTEM])])


class AtomResultsView(APIView):
    """What runs have stored about an atom."""

    @extend_schema(parameters=[OpenApiParameter("run", uuid.UUID)], responses=ResultsSerializer)
    def get(self, request: Request, atom_id: uuid.UUID) -> Response:
        """The newest first; of one run with ``run``."""
        atom = _visible_atom(request, atom_id)
        run = request.query_params.get("run")
        try:
            run_id = uuid.UUID(run) if run else None
        except ValueError as error:
            raise InvalidInput(f"run={run!r:.60} is not an id.") from error
        rows = results_for_atom(atom.pk, run_id=run_id)[:SHOWN]
        return Response(ResultsSerializer({"results": [as_json(row) for row in rows]}).data)
