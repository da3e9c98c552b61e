"""Waves and retries over HTTP."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution import retrying
from execution.api.serializers import RunSerializer, WaveSerializer
from execution.models import ExecutionRun, RunAtom
from execution.selectors import get_run, latest_run, run_payload, visible_runs, wave_rows
from graphs.models import ExecutionWave
from kernel.drf import IsOperator
from kernel.errors import Conflict, InvalidInput, NotFound
from masterplans.selectors import get_masterplan, visible_masterplans


class WaveListSerializer(serializers.Serializer[Any]):
    """The waves of a run, in their order."""

    run_id = serializers.UUIDField()
    waves = WaveSerializer(many=True)


class WaveInputSerializer(serializers.Serializer[Any]):
    """Which wave of which run."""

    run_id = serializers.UUIDField()
    wave_number = serializers.IntegerField(min_value=1, max_value=1_000_000)


class RetryInputSerializer(serializers.Serializer[Any]):
    """Without ``run_id`` it is the newest run that holds the atom."""

    run_id = serializers.UUIDField(required=False)
    words = serializers.CharField(required=False, allow_blank=True, max_length=retrying.MAX_WORDS)


def _accepted(run: ExecutionRun) -> Response:
    run.refresh_from_db()
    return Response(RunSerializer(run_payload(run)).data, status=202)


class WavesView(APIView):
    """Waves of a run."""

    def get_permissions(self) -> list[Any]:
        """Reading is for everybody signed in."""
        return [permissions.IsAuthenticated() if self.request.method == "GET" else IsOperator()]

    @extend_schema(
        operation_id="execution_waves_list",
        parameters=[OpenApiParameter("run", OpenApiTypes.UUID), OpenApiParameter("masterplan", OpenApiTypes.UUID)],
        responses=WaveListSerializer,
    )
    def get(self, request: Request) -> Response:
        """The waves of ``run``, or of the newest run of ``masterplan``, with what their atoms are doing."""
        run = self._run(request)
        return Response(WaveListSerializer({"run_id": run.pk, "waves": wave_rows(run)}).data)

    @extend_schema(
        operation_id="execution_waves_execute_numbered", request=WaveInputSerializer, responses={202: RunSerializer}
    )
    def post(self, request: Request) -> Response:
        """The same as ``waves/{wave_id}/execute``, by the wave's number in its run."""
        parsed = WaveInputSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        run = get_run(request.user, parsed.validated_data["run_id"])
        number = parsed.validated_data["wave_number"]
        wave = ExecutionWave.objects.filter(run_id=run.pk, wave_number=number).first()
        if wave is None:
            raise NotFound(f"Run {run.pk} has no wave {number}.")
        retrying.execute_wave(run, wave)
        return _accepted(run)

    def _run(self, request: Request) -> ExecutionRun:
        asked = request.query_params
        if given := asked.get("run"):
            return get_run(request.user, given)
        if not (plan_id := asked.get("masterplan")):
            raise InvalidInput("Name a run or a masterplan: ?run=ID or ?masterplan=ID.")
        plan = get_masterplan(request.user, plan_id)
        run = latest_run(plan.pk)
        if run is None:
            raise NotFound(f"Masterplan {plan.pk} has no run yet.")
        return run


class WaveExecuteView(APIView):
    """One wave again."""

    permission_classes = [IsOperator]

    @extend_schema(request=None, responses={202: RunSerializer})
    def post(self, request: Request, wave_id: uuid.UUID) -> Response:
        """Try the wave's failed and skipped atoms once more, in the wave's own run.

        Waves are executed by their run; this is for what did not pass. 409 ``nothing_to_retry`` where none failed, 409
        where the run waits for ``resume`` or budget, 409 for a wave of a plan that no run has executed.
        """
        wave = ExecutionWave.objects.select_related("graph").filter(pk=wave_id).first()
        mine = visible_masterplans(request.user)
        if wave is None or not mine.filter(pk=wave.graph.masterplan_id).exists():
            raise NotFound(f"There is no wave {wave_id}, or you may not see it.")
        if wave.run_id is None:
            raise Conflict("This wave belongs to the plan and to no run: start one with execution/start.")
        run = get_run(request.user, wave.run_id)
        retrying.execute_wave(run, wave)
        return _accepted(run)


class RetryView(APIView):
    """One atom again."""

    permission_classes = [IsOperator]

    @extend_schema(request=RetryInputSerializer, responses={202: RunSerializer})
    def post(self, request: Request, atom_id: uuid.UUID) -> Response:
        """Another attempt at a failed or skipped atom, with optional words for the model.

        409 ``nothing_to_retry`` in every other state, 503 ``no_model`` where no model is configured.
        """
        parsed = RetryInputSerializer(data=request.data)
        parsed.is_valid(raise_exception=True)
        given = parsed.validated_data.get("run_id")
        run = get_run(request.user, given) if given else self._newest(request, atom_id)
        if not RunAtom.objects.filter(run=run, atom_id=atom_id).exists():
            raise NotFound(f"Run {run.pk} has no atom {atom_id}.")
        retrying.retry_atom(run, atom_id, words=parsed.validated_data.get("words", ""))
        return _accepted(run)

    def _newest(self, request: Request, atom_id: uuid.UUID) -> ExecutionRun:
        runs = visible_runs(request.user).filter(parent_run=None, run_atoms__atom_id=atom_id)
        run = runs.order_by("-created_at").first()
        if run is None:
            raise NotFound(f"There is no atom {atom_id} in any run, or you may not see it.")
        return run


class RetryFailedView(APIView):
    """All failed atoms of a run again."""

    permission_classes = [IsOperator]

    @extend_schema(request=None, responses={202: RunSerializer})
    def post(self, request: Request, run_id: uuid.UUID) -> Response:
        """Try every failed and skipped atom of the run once more. 409 where there is none."""
        run = get_run(request.user, run_id)
        retrying.retry_failed(run)
        return _accepted(run)
