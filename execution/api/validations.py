"""The levels of a run over HTTP."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution.selectors import get_run
from kernel.errors import InvalidInput
from kernel.pagination import CursorPages, page_of
from validation.api.serializers import ValidationSerializer
from validation.domain.model import Status
from validation.selectors import as_json, live_results


class ValidationPages(CursorPages):
    """By level, then by status (failed, not applicable, not run, passed), then by scope."""

    ordering = ("level", "status", "scope", "validation_id")


class RunValidationsView(APIView):
    """Results of a run that no later one replaces."""

    @extend_schema(
        parameters=[
            OpenApiParameter("level", int),
            OpenApiParameter("status", str, enum=[status.value for status in Status]),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses=page_of(ValidationSerializer),
    )
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """A page of results with their checks and evidence."""
        run = get_run(request.user, run_id)
        level = request.query_params.get("level")
        if level is not None and level not in ("1", "2", "3", "4"):
            raise InvalidInput(f"level={level[:20]!r} is not valid: expected 1, 2, 3 or 4.")
        status = request.query_params.get("status")
        if status is not None and status not in set(Status):
            raise InvalidInput(f"status={status[:20]!r} is unknown; known are {', '.join(Status)}.")
        pages = ValidationPages()
        rows = live_results(run.pk, level=int(level) if level else None)
        rows = rows.filter(status=status) if status else rows
        page = pages.paginate_queryset(rows, request, self) or []
        return pages.get_paginated_response([as_json(row) for row in page])
