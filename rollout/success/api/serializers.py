"""Shapes of ``GET /api/v2/metrics``. A value that was not measured is null, and ``reason`` says why."""

from rest_framework import serializers

from kernel.states import ExecutionMode, choices
from rollout.success.targets import Family, Unit


class ScopeQuerySerializer(serializers.Serializer[object]):
    """One run, or the runs that ended in a period; neither means all."""

    run = serializers.UUIDField(required=False, default=None, allow_null=True)
    since = serializers.DateTimeField(required=False, default=None, allow_null=True)
    until = serializers.DateTimeField(required=False, default=None, allow_null=True)


class SuccessMetricSerializer(serializers.Serializer[object]):
    """One metric beside its target. ``met`` is null where the value is."""

    key = serializers.CharField()
    title = serializers.CharField()
    family = serializers.ChoiceField(choices=[word.value for word in Family])
    unit = serializers.ChoiceField(choices=[word.value for word in Unit])
    at_least = serializers.FloatField(allow_null=True)
    at_most = serializers.FloatField(allow_null=True)
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="Observations that the value rests on.")
    met = serializers.BooleanField(allow_null=True)
    reason = serializers.CharField(help_text="Why there is no value; empty where there is one.")
    measured_by = serializers.CharField(help_text="What the value is made of, or where an admin reads it.")
    by_hand = serializers.BooleanField(help_text="Entered by an admin, not computed from rows.")


class MetricRunSerializer(serializers.Serializer[object]):
    """One run as a point of every chart."""

    run_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField()
    name = serializers.CharField()
    mode = serializers.ChoiceField(choices=choices(ExecutionMode))
    status = serializers.CharField()
    finished_at = serializers.DateTimeField(allow_null=True)
    precision = serializers.FloatField(allow_null=True)
    precision_reviewed = serializers.FloatField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    cost_usd = serializers.FloatField(allow_null=True, help_text="Null where a call had no known price.")
    atoms_total = serializers.IntegerField()
    fell_back = serializers.BooleanField()


class MetricModeSerializer(serializers.Serializer[object]):
    """One engine over the runs in scope."""

    mode = serializers.ChoiceField(choices=choices(ExecutionMode))
    runs = serializers.IntegerField()
    tests = serializers.IntegerField()
    precision = serializers.FloatField(allow_null=True)
    seconds_mean = serializers.FloatField(allow_null=True)
    cost_usd_mean = serializers.FloatField(allow_null=True)
    error_rate = serializers.FloatField(allow_null=True)


class MetricCostSerializer(serializers.Serializer[object]):
    """Booked cost of one model for one purpose."""

    model = serializers.CharField()
    purpose = serializers.CharField()
    calls = serializers.IntegerField()
    unpriced = serializers.IntegerField()
    usd = serializers.FloatField()


class MetricRejectionSerializer(serializers.Serializer[object]):
    """How often a reason was given."""

    reason = serializers.CharField()
    n = serializers.IntegerField()


class MetricsSerializer(serializers.Serializer[object]):
    """Everything that the page shows."""

    metrics = SuccessMetricSerializer(many=True)
    modes = MetricModeSerializer(many=True)
    runs = MetricRunSerializer(many=True, help_text="The newest 500 runs in scope, oldest first.")
    cost = MetricCostSerializer(many=True)
    rejections = MetricRejectionSerializer(many=True)
