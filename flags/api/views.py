"""Flags over HTTP: operators look, admins change."""

import dataclasses

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from flags import selectors, services
from flags.api.serializers import (
    EvaluationSerializer,
    FlagChangeSerializer,
    FlagPatchSerializer,
    FlagSerializer,
    FlagsSerializer,
    PreviewSerializer,
)
from flags.models import FlagChange
from flags.routing import explain
from kernel.drf import IsAdmin, IsOperator
from kernel.errors import InvalidInput
from kernel.pagination import CursorPages, page_of


class FlagsView(APIView):
    """Every flag and switch."""

    permission_classes = [IsOperator]

    @extend_schema(responses=FlagsSerializer)
    def get(self, request: Request) -> Response:
        """As they are in force now, environment over database."""
        return Response(FlagsSerializer({"flags": selectors.flags_payload()}).data)


class FlagView(APIView):
    """One flag or switch."""

    permission_classes = [IsAdmin]

    @extend_schema(request=FlagPatchSerializer, responses=FlagSerializer)
    def patch(self, request: Request, name: str) -> Response:
        """Change it. 409 ``flag_changed`` where somebody was faster, ``flag_pinned`` where the environment holds it."""
        parsed = FlagPatchSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        fields = dict(parsed.validated_data)
        reason, version = fields.pop("reason"), fields.pop("version")
        if not fields:
            raise InvalidInput("Nothing to change: give at least one field beside reason and version.")
        services.change(name, fields, reason=reason, version=version, by=request.user, source=FlagChange.Source.API)
        return Response(FlagSerializer(selectors.flag_payload(name)).data)


class EvaluateView(APIView):
    """The probe."""

    permission_classes = [IsOperator]

    @extend_schema(parameters=[OpenApiParameter("user", str, required=True)], responses=EvaluationSerializer)
    def get(self, request: Request) -> Response:
        """Which mode does this user (name or key) get, and why."""
        word = request.query_params.get("user", "").strip()
        if not word:
            raise InvalidInput("Give ?user= with a user's name or key.")
        user = selectors.user_named(word)
        shown = {"user_id": user.pk, "username": user.get_username(), **dataclasses.asdict(explain(user))}
        return Response(EvaluationSerializer(shown).data)


class PreviewView(APIView):
    """What a percentage would do."""

    permission_classes = [IsOperator]

    @extend_schema(parameters=[OpenApiParameter("percentage", int, required=True)], responses=PreviewSerializer)
    def get(self, request: Request) -> Response:
        """How many active users would move."""
        raw = request.query_params.get("percentage", "")
        if not (raw.isascii() and raw.isdigit() and int(raw[:9]) <= 100):
            raise InvalidInput(f"percentage={raw[:40]!r} is not valid: give a whole number from 0 to 100.")
        return Response(PreviewSerializer(selectors.preview(int(raw))).data)


class HistoryPages(CursorPages):
    """The newest first."""

    ordering = ("-id",)


class HistoryView(APIView):
    """Who changed what, and why."""

    permission_classes = [IsOperator]

    @extend_schema(
        parameters=[OpenApiParameter("name", str), OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        operation_id="flags_history",
        responses=page_of(FlagChangeSerializer),
    )
    def get(self, request: Request) -> Response:
        """A page of changes."""
        changes = selectors.history()
        if name := request.query_params.get("name"):
            changes = changes.filter(name=name)
        pages = HistoryPages()
        page = pages.paginate_queryset(changes, request, self) or []
        return pages.get_paginated_response(FlagChangeSerializer(page, many=True).data)
