"""Shapes of validation results over HTTP."""

from typing import Any

from rest_framework import serializers

from validation.domain.model import Level, Status

Row = serializers.Serializer[Any]
STATUSES = [(word.value, word.value) for word in Status]


class FindingSerializer(Row):
    """Something a tool said about a place."""

    tool = serializers.CharField()
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField()
    path = serializers.CharField()
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    end_line = serializers.IntegerField(allow_null=True)
    severity = serializers.ChoiceField(["error", "warning", "info"])


class EvidenceSerializer(Row):
    """How a result was obtained."""

    command = serializers.CharField(allow_blank=True)
    exit_code = serializers.IntegerField(allow_null=True)
    output = serializers.CharField(allow_blank=True)


class CheckSerializer(Row):
    """One check; ``not_run`` never counts as passed, and ``reason`` says why it did not run."""

    name = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    reason = serializers.CharField(allow_blank=True)
    findings = FindingSerializer(many=True)
    evidence = EvidenceSerializer()
    seconds = serializers.FloatField()
    forgeable = serializers.BooleanField()


class ValidationSerializer(Row):
    """One level for one scope."""

    validation_id = serializers.UUIDField()
    level = serializers.IntegerField()
    level_name = serializers.ChoiceField([(word.value, word.value) for word in Level])
    scope = serializers.CharField()
    atom_id = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(STATUSES)
    checks = CheckSerializer(many=True)
    duration_seconds = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
