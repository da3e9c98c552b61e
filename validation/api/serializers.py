"""Shapes of validation over HTTP."""

from typing import Any

from rest_framework import serializers

from validation.domain.model import Status
from validation.models import JobState

Row = serializers.Serializer[Any]

STATUSES = [(status.value, status.value.replace("_", " ")) for status in Status]


class FindingSerializer(Row):
    """Something a tool said about a place; lines and columns are 1-based."""

    tool = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField(allow_blank=True)
    path = serializers.CharField()
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    end_line = serializers.IntegerField(allow_null=True)
    severity = serializers.CharField()


class EvidenceSerializer(Row):
    """How a result was obtained."""

    command = serializers.CharField(allow_blank=True)
    exit_code = serializers.IntegerField(allow_null=True)
    output = serializers.CharField(allow_blank=True)


class CheckSerializer(Row):
    """One check of a level, with what it rests on."""

    name = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    reason = serializers.CharField(allow_blank=True)
    findings = FindingSerializer(many=True)
    evidence = EvidenceSerializer()
    seconds = serializers.FloatField()
    forgeable = serializers.BooleanField()
    generated = serializers.BooleanField(default=False)


class LevelResultSerializer(Row):
    """All checks of one level for one scope."""

    level = serializers.IntegerField()
    level_name = serializers.CharField()
    scope = serializers.CharField()
    atom_id = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    checks = CheckSerializer(many=True)
    duration_seconds = serializers.FloatField(allow_null=True)


class ValidationSerializer(LevelResultSerializer):
    """A stored result of a level."""

    validation_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class ResultsSerializer(Row):
    """Stored results, the newest first."""

    results = ValidationSerializer(many=True)


class JobErrorSerializer(Row):
    """Why a judgement could not be made."""

    code = serializers.CharField()
    message = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]  # DRF takes it as a field, the attribute goes


class JobSerializer(Row):
    """A judgement: its results once it is ``done``, why it could not be made once it ``failed``."""

    job_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField()
    kind = serializers.CharField()
    scope = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in JobState])
    phase = serializers.CharField(allow_blank=True, help_text="What is being done while it runs.")
    error = JobErrorSerializer(allow_null=True)
    results = LevelResultSerializer(many=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class WaitSerializer(Row):
    """How long a request may wait for its answer."""

    wait_seconds = serializers.FloatField(min_value=0, max_value=30, default=20, help_text="At most 30.")


class AtomicRequestSerializer(WaitSerializer):
    """Which atom to judge."""

    atom_id = serializers.UUIDField()


class PlanRequestSerializer(WaitSerializer):
    """Which plan to judge as a whole."""

    masterplan_id = serializers.UUIDField()


class HierarchicalRequestSerializer(PlanRequestSerializer):
    """Which plan to judge on all levels; with ``stop_early`` no level above a failed one, which is then not_run."""

    stop_early = serializers.BooleanField(default=False)


class ScopeRequestSerializer(PlanRequestSerializer):
    """Which module (a file, or ``path#n``) or package folder of a plan to judge; without a scope, all of them."""

    scope = serializers.CharField(max_length=1000, required=False, allow_null=True, default=None)
