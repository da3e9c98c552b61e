"""Serializers of what reviews show from other rooms."""

from rest_framework import serializers


class FindingSerializer(serializers.Serializer[object]):
    """What a tool said about a place."""

    tool = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    path = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)
    end_line = serializers.IntegerField(allow_null=True, required=False)
    severity = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[object]):
    """How a check was run."""

    command = serializers.CharField()
    exit_code = serializers.IntegerField(allow_null=True)
    output = serializers.CharField()


class CheckSerializer(serializers.Serializer[object]):
    """One check of a level."""

    name = serializers.CharField()
    status = serializers.CharField()
    reason = serializers.CharField()
    findings = FindingSerializer(many=True)
    evidence = EvidenceSerializer()
    seconds = serializers.FloatField()
    forgeable = serializers.BooleanField()


class ValidationSerializer(serializers.Serializer[object]):
    """One level for one scope."""

    validation_id = serializers.UUIDField()
    level = serializers.IntegerField()
    level_name = serializers.CharField()
    scope = serializers.CharField()
    atom_id = serializers.UUIDField(allow_null=True)
    status = serializers.CharField()
    checks = CheckSerializer(many=True, source="checks_run")
    duration_seconds = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()


class AttemptSerializer(serializers.Serializer[object]):
    """One try at an atom; number 0 is the draft."""

    attempt_number = serializers.IntegerField()
    success = serializers.BooleanField()
    error_message = serializers.CharField(allow_null=True)
    feedback_prompt = serializers.CharField(allow_null=True)
    code_generated = serializers.CharField(allow_null=True)
    llm_model = serializers.CharField(allow_null=True)
    llm_cost_usd = serializers.FloatField(allow_null=True)
    llm_tokens_input = serializers.IntegerField(allow_null=True)
    llm_tokens_output = serializers.IntegerField(allow_null=True)
    temperature = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()


class ReasonSerializer(serializers.Serializer[object]):
    """One use that makes an edge."""

    type = serializers.CharField()
    symbol = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)


class EdgeEndSerializer(serializers.Serializer[object]):
    """The other end of an edge."""

    atom_id = serializers.UUIDField()
    path = serializers.CharField()
    symbol = serializers.CharField()
    type = serializers.CharField()
    weight = serializers.FloatField()
    reasons = ReasonSerializer(many=True)
