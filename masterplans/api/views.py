"""Plans over HTTP. ``PlanView`` is made to be extended: see its docstring."""

import uuid
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, mixins, permissions, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.drf import IsOperator
from kernel.errors import InvalidInput
from kernel.pagination import CursorPages
from kernel.states import PlanStatus
from masterplans import imports, selectors, services
from masterplans.api.parsers import JsonPlanParser, YamlPlanParser
from masterplans.api.serializers import (
    ImportSerializer,
    MasterplanDetailSerializer,
    MasterplanSerializer,
    PlanChangeSerializer,
    PlanInputSerializer,
    UploadSerializer,
)
from masterplans.domain.importing.plan_file import plan_schema
from masterplans.models import Masterplan

MAX_UPLOAD_BYTES = 64 * 1024 * 1024


PREFER = OpenApiParameter(
    "Prefer",
    location=OpenApiParameter.HEADER,
    enum=["respond-async"],
    description="answer 202 at once, with where to ask for progress",
)


class UploadTooLarge(InvalidInput):
    """More than an import may have."""

    code = "too_large"
    http_status = 413


def _signed_in(request: Request) -> User:
    return cast("User", request.user)  # IsOperator lets nobody else through


class PlanView(generics.GenericAPIView[Masterplan]):
    """What all views of plans share.

    A room above extends them by a subclass with its own ``serializer_class`` (the API's schema follows it) and a
    ``plan_context`` that adds what that serializer reads, fetched once for all plans of the page. Whoever is signed in
    may read; writing needs the operator.
    """

    serializer_class: type[MasterplanSerializer] = MasterplanSerializer

    def get_permissions(self) -> Sequence[Any]:
        """Reading is for everybody signed in; visibility is the queryset's business."""
        return [permissions.IsAuthenticated() if self.request.method in permissions.SAFE_METHODS else IsOperator()]

    def get_queryset(self) -> QuerySet[Masterplan]:
        """Plans the user may see."""
        return selectors.visible_masterplans(self.request.user)

    def get_object(self) -> Masterplan:
        """The plan of the URL, or ``NotFound``."""
        return selectors.one_of(self.get_queryset(), self.kwargs["masterplan_id"])

    def plan_context(self, plans: Sequence[Masterplan]) -> Mapping[str, Any]:
        """What the serializer reads beside the plans' own columns."""
        return {"facts": selectors.facts_of(plans)}

    def render(self, plan: Masterplan) -> Any:
        """The JSON of one plan."""
        context = {**self.get_serializer_context(), **self.plan_context([plan])}
        return self.get_serializer_class()(plan, context=context).data

    def render_many(self, plans: Sequence[Masterplan]) -> Any:
        """The JSON of a page of plans."""
        context = {**self.get_serializer_context(), **self.plan_context(plans)}
        many: Any = plans  # the stubs know the serializer of one plan only
        return self.get_serializer_class()(many, many=True, context=context).data

    def imported(self, content: bytes, **given: Any) -> Response:
        """Import what was sent: by a worker where there are workers, and without waiting where that is preferred."""
        if "respond-async" in self.request.headers.get("Prefer", ""):
            row = imports.submit(content, **given)
            headers = {"Location": f"/api/v1/imports/{row.pk}", "Preference-Applied": "respond-async"}
            return Response(ImportSerializer(row).data, status=status.HTTP_202_ACCEPTED, headers=headers)
        if settings.DISPATCHER == "celery":
            plan = imports.finished(imports.submit(content, **given))
        else:
            plan = services.import_upload(BytesIO(content), **given)
        return Response(self.render(plan), status=status.HTTP_201_CREATED)


class MasterplanList(mixins.ListModelMixin, mixins.CreateModelMixin, PlanView):
    """All plans; a new one from a plan file."""

    pagination_class = CursorPages
    parser_classes = [JsonPlanParser, YamlPlanParser]

    @extend_schema(
        operation_id="masterplans_list",
        parameters=[
            OpenApiParameter("status", enum=list(PlanStatus), description="only plans in this state"),
            OpenApiParameter("q", description="words in name or description"),
        ],
    )
    def get(self, request: Request) -> Response:
        """Plans you may see, newest first."""
        asked = request.query_params
        plans = selectors.filtered(self.get_queryset(), status=asked.get("status"), words=asked.get("q"))
        page = self.paginate_queryset(plans)
        return self.get_paginated_response(self.render_many(page or ()))

    @extend_schema(request=PlanInputSerializer, parameters=[PREFER])
    def post(self, request: Request) -> Response:
        """Import a plan file sent as the body, JSON or YAML, with all its code inside; in production a worker does it.

        5,000 tasks take about a second; with ``Prefer: respond-async`` it is 202 at once.
        """
        body: Any = request.data  # bytes by our parsers; nothing at all where the body is empty
        content = body if isinstance(body, bytes) else b""
        return self.imported(content, filename=services.PLAN_BODY, owner=_signed_in(request))


class MasterplanImport(mixins.CreateModelMixin, PlanView):
    """A new plan from an upload."""

    parser_classes = [MultiPartParser]

    @extend_schema(request=UploadSerializer, parameters=[PREFER])
    def post(self, request: Request) -> Response:
        """Import a plan file or a zip of a source tree; in production a worker does it."""
        asked = UploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        file = asked.validated_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise UploadTooLarge(f"{file.name}: an upload may have {MAX_UPLOAD_BYTES // 1024 // 1024} MiB.")
        return self.imported(
            file.read(),
            filename=file.name,
            owner=_signed_in(request),
            name=asked.validated_data.get("name") or None,
            root_package=asked.validated_data.get("root_package") or None,
            team=selectors.team_named(asked.validated_data.get("team"), member=request.user),
        )


class ImportView(APIView):
    """How far an upload is."""

    permission_classes = [IsOperator]

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, import_id: uuid.UUID) -> Response:
        """One upload of your own."""
        return Response(ImportSerializer(imports.get_import(request.user, import_id)).data)


class MasterplanDetail(PlanView):
    """One plan with its tasks."""

    serializer_class = MasterplanDetailSerializer

    def get_queryset(self) -> QuerySet[Masterplan]:
        """With tasks, without their bytes."""
        return selectors.with_task_rows(super().get_queryset())

    def get(self, request: Request, masterplan_id: str) -> Response:
        """A plan with its tasks."""
        return Response(self.render(self.get_object()))

    @extend_schema(request=PlanChangeSerializer)
    def patch(self, request: Request, masterplan_id: str) -> Response:
        """Share a plan with a team, or with none; its owner and admins may."""
        asked = PlanChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.share(self.get_object(), team=asked.validated_data["team"], by=request.user)
        return Response(self.render(self.get_object()))


class MasterplanApprove(PlanView):
    """The decision that a plan may run."""

    @extend_schema(request=None)
    def post(self, request: Request, masterplan_id: str) -> Response:
        """Let a plan run. 409 where it may already."""
        return Response(self.render(services.approve(self.get_object(), by=request.user)))


class MasterplanReject(PlanView):
    """The decision that a plan must not run."""

    @extend_schema(request=None)
    def post(self, request: Request, masterplan_id: str) -> Response:
        """Reject a plan. 409 once it runs or ran."""
        return Response(self.render(services.reject(self.get_object(), by=request.user)))


class PlanSchema(APIView):
    """The JSON Schema of plan files."""

    permission_classes = [permissions.AllowAny]

    @extend_schema(responses={(200, "application/json"): dict[str, Any]})
    def get(self, request: Request) -> Response:
        """The JSON Schema (2020-12) that plan files must satisfy."""
        return Response(plan_schema())
