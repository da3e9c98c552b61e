"""What runs have spent today over HTTP."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution.spending import spent_since
from masterplans.selectors import get_masterplan


class SpendingSerializer(serializers.Serializer[Any]):
    """Money in USD. ``spent_usd`` leaves out the ``unpriced_calls``: their price is unknown, not zero."""

    since = serializers.DateTimeField()
    spent_usd = serializers.FloatField()
    calls = serializers.IntegerField()
    unpriced_calls = serializers.IntegerField()
    budget_usd = serializers.FloatField(allow_null=True)


class SpendingView(APIView):
    """What was spent since midnight, in the server's time zone."""

    @extend_schema(parameters=[OpenApiParameter("masterplan", OpenApiTypes.UUID)], responses=SpendingSerializer)
    def get(self, request: Request) -> Response:
        """Of one plan, or of every plan that the user may see."""
        asked = request.query_params.get("masterplan")
        plan = get_masterplan(request.user, asked) if asked else None
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return Response(SpendingSerializer(spent_since(request.user, midnight, plan=plan)).data)
