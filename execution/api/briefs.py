"""Briefs over HTTP: hand one in, then follow it to its plan."""

import uuid
from typing import Any, cast

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution.briefs import services
from execution.briefs.models import BriefStatus
from execution.briefs.selectors import get_brief, payload
from execution.domain.prompts.discovery import MAX_BRIEF
from kernel.drf import IsOperator


class BriefInputSerializer(serializers.Serializer[Any]):
    """What is to be built, in prose."""

    text = serializers.CharField(max_length=MAX_BRIEF, trim_whitespace=False)
    name = serializers.CharField(max_length=300, required=False, allow_blank=True)
    budget_usd = serializers.DecimalField(max_digits=12, decimal_places=6, min_value=0, required=False, allow_null=True)


class BriefErrorSerializer(serializers.Serializer[Any]):
    """Why a brief came to nothing."""

    code = serializers.CharField()
    message = serializers.CharField()


class BriefSerializer(serializers.Serializer[Any]):
    """A brief on its way: ``masterplan_id`` is set once its plan waits as a draft."""

    brief_id = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(BriefStatus.choices)
    phase = serializers.CharField(allow_blank=True)
    model = serializers.CharField()
    masterplan_id = serializers.UUIDField(allow_null=True)
    error = BriefErrorSerializer(allow_null=True)
    cost_usd = serializers.FloatField(allow_null=True)
    budget_usd = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class BriefsView(APIView):
    """A new plan from prose, by the model."""

    permission_classes = [IsOperator]

    @extend_schema(request=BriefInputSerializer, responses={202: BriefSerializer})
    def post(self, request: Request) -> Response:
        """Hand in a brief; discovery and planning go on in the background. 503 ``no_model_configured`` without one."""
        asked = BriefInputSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        brief = services.submit(
            data["text"],
            owner=cast("User", request.user),
            name=data.get("name", ""),
            budget_usd=data.get("budget_usd"),
        )
        return Response(BriefSerializer(payload(brief)).data, status=202)


class BriefView(APIView):
    """How far a brief is."""

    @extend_schema(responses=BriefSerializer)
    def get(self, request: Request, brief_id: uuid.UUID) -> Response:
        """One brief of your own."""
        return Response(BriefSerializer(payload(get_brief(request.user, brief_id))).data)
