"""What is learned from reviews, over HTTP: calibration, and the decisions as lines."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from review.api import insight_serializers as shapes
from review.api.serializers import ScopeQuerySerializer
from review.api.views import ReviewView, read
from review.selectors.calibration import Period, calibration
from review.selectors.narrowing import Filters
from review.selectors.statistics import decision_lines


class CalibrationView(ReviewView):
    """How well confidence tells right atoms from wrong ones."""

    @extend_schema(parameters=[shapes.PeriodQuerySerializer], responses=shapes.CalibrationSerializer)
    def get(self, request: HttpRequest) -> Response:
        """Reliability by band, AUROC, and the share of defects inside the queue, of a run, a plan or a period."""
        period = Period(**read(shapes.PeriodQuerySerializer, request.query_params))
        return Response(shapes.CalibrationSerializer(calibration(request.user, period)).data)


class DecisionsExportView(ReviewView):
    """Decisions as JSON lines."""

    @extend_schema(parameters=[ScopeQuerySerializer], responses={(200, "application/x-ndjson"): OpenApiTypes.STR})
    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        """One decision a line with what came of it, the oldest first."""
        filters = Filters(**read(ScopeQuerySerializer, request.query_params))
        lines = _as_lines(decision_lines(request.user, filters=filters))
        return StreamingHttpResponse(
            lines,
            content_type="application/x-ndjson",
            headers={"Content-Disposition": 'attachment; filename="decisions.jsonl"'},
        )


def _as_lines(objects: Iterator[dict[str, Any]]) -> Iterator[str]:
    for line in objects:
        yield json.dumps(line, cls=DjangoJSONEncoder) + "\n"
