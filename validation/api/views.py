"""Validation over HTTP: judge now, or read what runs have stored."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from atoms.models import AtomicUnit
from kernel.errors import InvalidInput, NotFound
from masterplans.selectors import get_masterplan, visible_masterplans
from validation import jobs
from validation.api.serializers import (
    AtomicRequestSerializer,
    HierarchicalRequestSerializer,
    JobSerializer,
    PlanRequestSerializer,
    ResultsSerializer,
    ScopeRequestSerializer,
)
from validation.domain.model import Level
from validation.judging import check_scope
from validation.models import JobState, ValidationJob
from validation.selectors import as_json, results_for_atom

SHOWN = 50
LONG = """

Nothing is stored with a run. The request waits up to `wait_seconds`; a judgement that takes longer goes on, and the
answer is 202 with its `job_id`, to be polled at `/api/v2/validation/jobs/{job_id}`. Two judgements are made at once,
others wait. The same request while one runs gets that one. Static tools run now; tests count as the last whole suite
on these bytes, and are `not_run` where there was none: start a run for that.
"""
_ANSWERS = {200: JobSerializer, 202: JobSerializer}


def _answer(job: ValidationJob) -> Response:
    running = job.state == JobState.RUNNING
    code = status.HTTP_202_ACCEPTED if running else status.HTTP_200_OK
    return Response(JobSerializer(job).data, status=code)


def _visible_atom(request: Request, atom_id: uuid.UUID) -> AtomicUnit:
    atoms = AtomicUnit.objects.filter(masterplan__in=visible_masterplans(request.user)).select_related("masterplan")
    atom = atoms.filter(pk=atom_id).first()
    if atom is None:
        raise NotFound(f"There is no atom {atom_id}, or you may not see it.")
    return atom


class AtomicView(APIView):
    """Level 1 of one atom's draft."""

    @extend_schema(request=AtomicRequestSerializer, responses=_ANSWERS, description="Judge level 1 of an atom." + LONG)
    def post(self, request: Request) -> Response:
        """Judge an atom."""
        asked = parsed(AtomicRequestSerializer, request)
        atom = _visible_atom(request, asked["atom_id"])
        job = jobs.start(atom.masterplan, Level.ATOMIC, scope=str(atom.pk))
        return _answer(jobs.wait(job, asked["wait_seconds"]))


class ModuleView(APIView):
    """Level 2 of a file of a plan, or of all."""

    level = Level.MODULE

    @extend_schema(
        request=ScopeRequestSerializer, responses=_ANSWERS, description="Judge one scope of a plan, or all." + LONG
    )
    def post(self, request: Request) -> Response:
        """Judge a level of a plan."""
        asked = parsed(ScopeRequestSerializer, request)
        plan = get_masterplan(request.user, asked["masterplan_id"])
        if asked["scope"]:
            check_scope(plan, self.level, asked["scope"])
        job = jobs.start(plan, self.level, scope=asked["scope"] or "")
        return _answer(jobs.wait(job, asked["wait_seconds"]))


class ComponentView(ModuleView):
    """Level 3 of a package folder of a plan, or of all."""

    level = Level.COMPONENT


class SystemView(APIView):
    """Level 4 of a plan."""

    @extend_schema(request=PlanRequestSerializer, responses=_ANSWERS, description="Judge level 4 of a plan." + LONG)
    def post(self, request: Request) -> Response:
        """Judge a plan as a whole."""
        asked = parsed(PlanRequestSerializer, request)
        job = jobs.start(get_masterplan(request.user, asked["masterplan_id"]), Level.SYSTEM)
        return _answer(jobs.wait(job, asked["wait_seconds"]))


class HierarchicalView(APIView):
    """All levels of a plan."""

    @extend_schema(
        request=HierarchicalRequestSerializer, responses=_ANSWERS, description="Judge all levels of a plan." + LONG
    )
    def post(self, request: Request) -> Response:
        """Judge all levels of a plan."""
        asked = parsed(HierarchicalRequestSerializer, request)
        plan = get_masterplan(request.user, asked["masterplan_id"])
        job = jobs.start(plan, jobs.HIERARCHICAL, stop_early=asked["stop_early"])
        return _answer(jobs.wait(job, asked["wait_seconds"]))


class JobView(APIView):
    """A judgement that was asked for."""

    @extend_schema(responses=_ANSWERS)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """Its state, and its results once it is done: 202 while it runs."""
        return _answer(jobs.find(request.user, job_id))


def parsed(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body of a request; raises the error that names what is wrong in it."""
    read = serializer(data=request.data)
    read.is_valid(raise_exception=True)
    found: dict[str, Any] = read.validated_data
    return found


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
