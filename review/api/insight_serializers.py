"""The shapes of what is learned from reviews: calibration."""

from typing import Any

from rest_framework import serializers


class PeriodQuerySerializer(serializers.Serializer[Any]):
    """Which runs the figures are of."""

    masterplan = serializers.UUIDField(required=False, allow_null=True, default=None)
    run = serializers.UUIDField(required=False, allow_null=True, default=None)
    since = serializers.DateTimeField(required=False, allow_null=True, default=None)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class _Interval(serializers.ListField):
    child = serializers.FloatField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=2, **kwargs)


class BandSerializer(serializers.Serializer[Any]):
    """A tenth of the scale of confidence. Null: not enough data."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()
    mean_confidence = serializers.FloatField(allow_null=True)
    right_share = serializers.FloatField(allow_null=True)
    interval = _Interval(allow_null=True)


class AurocSerializer(serializers.Serializer[Any]):
    """The chance that a wrong atom has less confidence than a right one. Null: not enough data."""

    value = serializers.FloatField(allow_null=True)
    interval = _Interval(allow_null=True)
    n_right = serializers.IntegerField()
    n_wrong = serializers.IntegerField()


class CaughtSerializer(serializers.Serializer[Any]):
    """The share of known defects that was in the queue. Null: not enough data."""

    share = serializers.FloatField(allow_null=True)
    n_flagged = serializers.IntegerField()
    n = serializers.IntegerField()


class CalibrationSerializer(serializers.Serializer[Any]):
    """How well confidence did, on how much data, from which runs."""

    run_ids = serializers.ListField(child=serializers.UUIDField())
    verdicts = serializers.IntegerField()
    later_failures = serializers.IntegerField()
    n = serializers.IntegerField(source="figures.n")
    bands = BandSerializer(source="figures.bands", many=True)
    auroc = AurocSerializer(source="figures.auroc")
    caught = CaughtSerializer(source="figures.caught")
