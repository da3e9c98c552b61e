"""The estimate of a run over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution.api.serializers import StartSerializer
from execution.estimates import estimate_run
from execution.services import RunOptions
from kernel.drf import IsOperator
from kernel.states import ExecutionMode, Policy, choices
from masterplans.selectors import get_masterplan


class SpanSerializer(serializers.Serializer[Any]):
    """From the cheapest likely course to the dearest."""

    low = serializers.IntegerField()
    high = serializers.IntegerField()


class EstimateSerializer(serializers.Serializer[Any]):
    """What a run may take. ``usd_low`` and ``usd_high`` are null where a price is unknown: ``unpriced_reason``."""

    masterplan_id = serializers.UUIDField()
    mode = serializers.ChoiceField(choices(ExecutionMode))
    policy = serializers.ChoiceField(choices(Policy))
    model = serializers.CharField(allow_null=True)
    calls = SpanSerializer()
    tokens_in = SpanSerializer()
    tokens_out = SpanSerializer()
    usd_low = serializers.FloatField(allow_null=True)
    usd_high = serializers.FloatField(allow_null=True)
    unpriced_reason = serializers.CharField(allow_null=True)
    assumptions = serializers.ListField(child=serializers.CharField())
    based_on_run = serializers.UUIDField(allow_null=True)
    budget_usd = serializers.FloatField(allow_null=True)
    budget_may_stop_it = serializers.BooleanField()


class EstimateView(APIView):
    """What a run would take, before it starts."""

    permission_classes = [IsOperator]

    @extend_schema(request=StartSerializer, responses=EstimateSerializer)
    def post(self, request: Request) -> Response:
        """Calls, tokens and money as a range, with the assumptions in words. Nothing is sent or stored."""
        parsed = StartSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        data = dict(parsed.validated_data)
        plan = get_masterplan(request.user, data.pop("masterplan_id"))
        return Response(EstimateSerializer(estimate_run(plan, RunOptions(**data))).data)
