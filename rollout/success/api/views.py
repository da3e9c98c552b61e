"""``GET /api/v2/metrics``."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rollout.success import series
from rollout.success.api.serializers import MetricsSerializer, ScopeQuerySerializer
from rollout.success.measures import measure
from rollout.success.scope import Scope
from rollout.success.targets import TARGETS, Measured, Target


class MetricsView(APIView):
    """The success metrics of the seed, against their targets."""

    permission_classes = [IsAuthenticated]

    @extend_schema(parameters=[ScopeQuerySerializer], responses=MetricsSerializer, operation_id="metrics")
    def get(self, request: Request) -> Response:
        """Of one run or of a period, over the plans that the user may see."""
        query = ScopeQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        scope = Scope(run_id=asked["run"], since=asked["since"], until=asked["until"])
        found = measure(request.user, scope)
        body = {
            "metrics": [_metric(target, found[target.key]) for target in TARGETS],
            "modes": series.mode_rows(request.user, scope),
            "runs": series.run_rows(request.user, scope),
            "cost": series.cost_rows(request.user, scope),
            "rejections": series.rejection_rows(request.user, scope),
        }
        return Response(MetricsSerializer(body).data)


def _metric(target: Target, measured: Measured) -> dict[str, Any]:
    return {
        "key": target.key,
        "title": target.title,
        "family": target.family.value,
        "unit": target.unit.value,
        "at_least": target.at_least,
        "at_most": target.at_most,
        "value": measured.value,
        "n": measured.n,
        "met": None if measured.value is None else target.met(measured.value),
        "reason": measured.reason if measured.value is None else "",
        "measured_by": target.source,
        "by_hand": target.by_hand,
    }
