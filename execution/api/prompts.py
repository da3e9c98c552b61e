"""What the model was sent for an attempt, read from the ledger, for people who ask why it wrote what it did."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution.api.atoms import atom_in_run
from execution.engine.generation import PURPOSE, PURPOSE_PARENT
from kernel.errors import NotFound
from llm import ledger


class PromptSerializer(serializers.Serializer[Any]):
    """One answered call. ``system`` are the parts that many calls share, the most shared first."""

    model = serializers.CharField()
    purpose = serializers.CharField(help_text="`parent`: the whole function or class was asked for anew.")
    sent_at = serializers.DateTimeField()
    system = serializers.ListField(child=serializers.CharField())
    prompt = serializers.CharField()


class PromptView(APIView):
    """The prompt of one attempt."""

    @extend_schema(parameters=[OpenApiParameter("run", OpenApiTypes.UUID)], responses=PromptSerializer)
    def get(self, request: Request, atom_id: uuid.UUID, number: int) -> Response:
        """What was sent for attempt ``number`` of the atom in a run, by default the newest."""
        _, row = atom_in_run(request.user, atom_id, request.query_params.get("run"))
        call = row and ledger.call_of_attempt(
            run_id=row.run_id, atom_id=atom_id, attempt=number, purpose=(PURPOSE, PURPOSE_PARENT)
        )
        if not call:
            raise NotFound(f"No call of the model is stored for attempt {number} of this atom.")
        asked = call.request
        return Response(
            PromptSerializer(
                {
                    "model": call.model,
                    "purpose": call.purpose,
                    "sent_at": call.sent_at,
                    "system": asked.get("system") or [],
                    "prompt": asked.get("prompt") or "",
                }
            ).data
        )
