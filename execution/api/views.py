"""Runs over HTTP: parse, one call, render."""

import uuid
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution import live, services
from execution.api.serializers import (
    AddBudgetSerializer,
    EventsSerializer,
    ExecuteSerializer,
    RunAtomSerializer,
    RunDetailSerializer,
    RunListSerializer,
    RunSerializer,
    StartSerializer,
)
from execution.export import as_patch, as_zip, collect
from execution.models import ExecutionRun, RunAtom
from execution.selectors import detail_payload, get_run, latest_run, run_payload, run_payloads, visible_runs
from kernel.drf import IsOperator
from kernel.errors import InvalidInput, NotFound
from kernel.pagination import CursorPages, page_of
from kernel.states import RUN_LIVE, AtomStatus, RunStatus
from kernel.v2 import v2_installed
from masterplans.models import Masterplan
from masterplans.selectors import get_masterplan

RECENT = 50


def _start(plan: Masterplan, data: dict[str, Any], request: Request) -> Response:
    options = services.RunOptions(**{key: value for key, value in data.items() if key != "masterplan_id"})
    run = services.start(plan, options, user=request.user)
    run.masterplan = plan
    return Response(RunSerializer(run_payload(run)).data, status=202)


def _one(run: ExecutionRun) -> Response:
    return Response(RunSerializer(run_payload(run)).data)


class StartView(APIView):
    """Start a run of a plan."""

    permission_classes = [IsOperator]

    @extend_schema(request=StartSerializer, responses={202: RunSerializer})
    def post(self, request: Request) -> Response:
        """Start a run; it goes on in the background."""
        parsed = StartSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        data = parsed.validated_data
        return _start(get_masterplan(request.user, data["masterplan_id"]), data, request)


class ExecutePlanView(APIView):
    """The same by the URL of the plan."""

    permission_classes = [IsOperator]

    @extend_schema(request=ExecuteSerializer, responses={202: RunSerializer})
    def post(self, request: Request, masterplan_id: uuid.UUID) -> Response:
        """Start a run; it goes on in the background."""
        plan = get_masterplan(request.user, masterplan_id)
        parsed = ExecuteSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        return _start(plan, parsed.validated_data, request)


class PlanStatusView(APIView):
    """The newest run of a plan."""

    @extend_schema(responses=RunSerializer)
    def get(self, request: Request, masterplan_id: uuid.UUID) -> Response:
        """The newest run, or 404 ``no_run``."""
        plan = get_masterplan(request.user, masterplan_id)
        run = latest_run(plan.pk)
        if run is None:
            raise NoRun(f"Masterplan {plan.pk} has no run yet.")
        return _one(run)


class NoRun(NotFound):
    """The plan was never run."""

    code = "no_run"


class StatusView(APIView):
    """Live and recent runs of everything visible."""

    @extend_schema(operation_id="execution_status_list", responses=RunListSerializer)
    def get(self, request: Request) -> Response:
        """The newest runs first."""
        runs = run_payloads(visible_runs(request.user).order_by("-created_at")[:RECENT])
        return Response({"runs": RunSerializer(runs, many=True).data})


class RunPages(CursorPages):
    """Newest runs first."""

    ordering = ("-created_at", "run_id")


class RunsView(APIView):
    """All visible runs, by page."""

    @extend_schema(
        parameters=[
            OpenApiParameter("masterplan", OpenApiTypes.UUID),
            OpenApiParameter("status", str),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        operation_id="execution_runs_list",
        responses=page_of(RunSerializer),
    )
    def get(self, request: Request) -> Response:
        """A page of runs."""
        runs = visible_runs(request.user).filter(parent_run=None)
        if plan := request.query_params.get("masterplan"):
            runs = runs.filter(masterplan=get_masterplan(request.user, plan))
        if status := request.query_params.get("status"):
            runs = runs.filter(status__in=RUN_LIVE if status == "live" else [_known(status, RunStatus)])
        pages = RunPages()
        page = pages.paginate_queryset(runs, request, self) or []
        return pages.get_paginated_response(RunSerializer(run_payloads(page), many=True).data)


def _known(word: str, kind: Any) -> Any:
    try:
        return kind(word)
    except ValueError:
        raise InvalidInput(f"status={word!r} is not valid: choose one of {', '.join(map(str, kind))}.") from None


class RunView(APIView):
    """One run in full."""

    @extend_schema(responses=RunDetailSerializer)
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """The run with its levels, waves and failures."""
        return Response(RunDetailSerializer(detail_payload(get_run(request.user, run_id))).data)


class RunActionView(APIView):
    """Pause, resume or cancel a run."""

    permission_classes = [IsOperator]
    actions = {"pause": services.pause, "resume": services.resume, "cancel": services.cancel}

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: uuid.UUID, action: str) -> Response:
        """Do it; 409 where the run is not in a state for it."""
        run = get_run(request.user, run_id)
        self.actions[action](run)
        return _one(run)


class RunBudgetView(APIView):
    """Raise a run's cap."""

    permission_classes = [IsOperator]

    @extend_schema(request=AddBudgetSerializer, responses=RunSerializer)
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Add to the cap; a run that it stopped goes on."""
        run = get_run(request.user, run_id)
        parsed = AddBudgetSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        services.add_budget(run, parsed.validated_data["add_usd"])
        return _one(run)


class RunAtomPages(CursorPages):
    """Atoms in file order."""

    ordering = ("position", "id")
    page_size = 200
    max_page_size = 1000


class RunAtomsView(APIView):
    """The atoms of a run."""

    @extend_schema(
        parameters=[
            OpenApiParameter("status", str),
            OpenApiParameter("wave", int),
            OpenApiParameter("q", str),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses=page_of(RunAtomSerializer),
    )
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """A page of atoms, in file order."""
        atoms = RunAtom.objects.filter(run=get_run(request.user, run_id)).defer("code", "confidence_terms")
        if status := request.query_params.get("status"):
            atoms = atoms.filter(status=_known(status, AtomStatus))
        if wave := request.query_params.get("wave"):
            if not wave.isascii() or not wave.isdigit():
                raise InvalidInput(f"wave={wave!r} is not valid: expected the number of a wave.")
            atoms = atoms.filter(wave_number=int(wave[:9]))
        if words := request.query_params.get("q"):
            atoms = atoms.filter(symbol__icontains=words[:200]) | atoms.filter(path__icontains=words[:200])
        pages = RunAtomPages()
        page = pages.paginate_queryset(atoms, request, self) or []
        self._add_reviews(run_id, page)
        return pages.get_paginated_response(RunAtomSerializer(page, many=True).data)

    def _add_reviews(self, run_id: uuid.UUID, page: list[Any]) -> None:
        if not v2_installed():
            for atom in page:
                atom.review_id = None
            return
        queue = apps.get_model("review", "HumanReviewQueue")
        rows = queue.objects.filter(run_id=run_id, atom_id__in=[atom.atom_id for atom in page]).order_by("created_at")
        reviews = dict(rows.values_list("atom_id", "review_id"))
        for atom in page:
            atom.review_id = reviews.get(atom.atom_id)


def _flag(text: str) -> bool:
    """A yes or no in a query."""
    if text.lower() not in ("", "true", "false", "1", "0"):
        raise InvalidInput(f"approved_only={text[:60]!r} is not valid: choose true or false.")
    return text.lower() in ("true", "1")


class ExportView(APIView):
    """The result of a plan as a file."""

    @extend_schema(
        parameters=[
            OpenApiParameter("run", OpenApiTypes.UUID),
            OpenApiParameter("format", str, enum=["zip", "patch"]),
            OpenApiParameter("approved_only", bool, description="Only changes that a person approved."),
        ],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, masterplan_id: uuid.UUID) -> HttpResponse:
        """A zip with everything, or a git patch against the drafts."""
        plan = get_masterplan(request.user, masterplan_id)
        wanted = request.query_params.get("format", "zip")
        if wanted not in ("zip", "patch"):
            raise InvalidInput(f"format={wanted!r} is not valid: choose zip or patch.")
        given = request.query_params.get("run")
        run = get_run(request.user, given) if given else None
        if run is not None and run.masterplan_id != plan.pk:
            raise NotFound(f"Masterplan {plan.pk} has no run {run.pk}.")
        export = collect(plan, run, approved_only=_flag(request.query_params.get("approved_only", "")))
        body, kind = (as_zip(export), "application/zip") if wanted == "zip" else (as_patch(export), "text/x-patch")
        return HttpResponse(
            body,
            content_type=kind,
            headers={"Content-Disposition": f'attachment; filename="masterplan-{plan.pk}.{wanted}"'},
        )


class EventsView(APIView):
    """The event log, for clients that were away."""

    @extend_schema(
        parameters=[
            OpenApiParameter("after", int),
            OpenApiParameter("before", int, description="with run: the newest events before this one instead"),
            OpenApiParameter("run", OpenApiTypes.UUID),
            OpenApiParameter("limit", int),
        ],
        responses=EventsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Events after ``after``, oldest first: of runs that the user may see, and of flags."""
        after = _number(request, "after", 0, 2**62)
        limit = _number(request, "limit", 500, 2000)
        given = request.query_params.get("run")
        run = get_run(request.user, given) if given else None
        if "before" in request.query_params:
            if run is None:
                raise InvalidInput("before is valid only together with run.")
            frames = live.read_before(_number(request, "before", 0, 2**62), run_id=run.pk, limit=limit)
        else:
            frames = live.read_after(after, run_id=run.pk if run else None, limit=limit)
        last = frames[-1]["id"] if frames else after
        if run is None:
            visible = {str(pk) for pk in visible_runs(request.user).values_list("pk", flat=True)}
            frames = [item for item in frames if item["run_id"] in visible or item["topic"] == "flags"]
        return Response({"events": frames, "last_id": last})


def _number(request: Request, name: str, default: int, most: int) -> int:
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not raw.isascii() or not raw.isdigit() or int(raw[:20]) > most:
        raise InvalidInput(f"{name}={raw[:40]!r} is not valid: expected a whole number up to {most}.")
    return int(raw)
