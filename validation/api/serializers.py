"""Shapes of validation over HTTP."""

from typing import Any

from rest_framework import serializers

from validation.domain.model import Status

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


class JudgedSerializer(Row):
    """Results that were made now and are not stored."""

    results = LevelResultSerializer(many=True)


class AtomicRequestSerializer(Row):
    """Which atom to judge."""

    atom_id = serializers.UUIDField()


class PlanRequestSerializer(Row):
    """Which plan to judge as a whole."""

    masterplan_id = serializers.UUIDField()


class ScopeRequestSerializer(PlanRequestSerializer):
    """Which file (``module``) or package folder (``component``) of a plan to judge; without a scope, all of them."""

    scope = serializers.CharField(max_length=1000, required=False, allow_null=True, default=None)
