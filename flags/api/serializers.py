"""Shapes of the flags API."""

from typing import Any

from rest_framework import serializers

from flags.models import FlagChange
from kernel.states import ExecutionMode, choices

Row = serializers.Serializer[Any]


class FlagChangeSerializer(serializers.ModelSerializer[FlagChange]):
    """One change: who, from, to, why."""

    by = serializers.CharField(source="by.username", default=None, allow_null=True)

    class Meta:
        model = FlagChange
        fields = ["id", "name", "before", "after", "reason", "by", "source", "at"]
        read_only_fields = fields


class FlagSerializer(Row):
    """A flag or switch as it is in force. ``pinned`` maps fields to the variables that hold them."""

    name = serializers.CharField()
    is_switch = serializers.BooleanField()
    enabled = serializers.BooleanField(allow_null=True)
    percentage = serializers.IntegerField(allow_null=True)
    whitelist = serializers.ListField(child=serializers.CharField(), allow_null=True)
    blacklist = serializers.ListField(child=serializers.CharField(), allow_null=True)
    kill_latch = serializers.BooleanField(allow_null=True)
    killed = serializers.BooleanField(allow_null=True)
    active = serializers.BooleanField(allow_null=True)
    pinned = serializers.DictField(child=serializers.CharField())
    requires = serializers.ListField(child=serializers.CharField())
    when_off = serializers.CharField()
    version = serializers.IntegerField()
    last_change = FlagChangeSerializer(allow_null=True)


class FlagsSerializer(Row):
    """All of them."""

    flags = FlagSerializer(many=True)


class FlagPatchSerializer(Row):
    """What to change, why, and the version that was read."""

    reason = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(min_value=0)
    enabled = serializers.BooleanField(required=False)
    percentage = serializers.IntegerField(required=False, min_value=0, max_value=100)
    whitelist = serializers.ListField(child=serializers.CharField(max_length=150), required=False, max_length=1000)
    blacklist = serializers.ListField(child=serializers.CharField(max_length=150), required=False, max_length=1000)
    kill_latch = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False)


class EvaluationSerializer(Row):
    """The mode that a user gets, and why."""

    user_id = serializers.IntegerField()
    username = serializers.CharField()
    mode = serializers.ChoiceField(choices(ExecutionMode))
    why = serializers.CharField()
    bucket = serializers.IntegerField()
    phases_off = serializers.ListField(child=serializers.CharField())


class PreviewSerializer(Row):
    """How many active users a percentage moves."""

    users = serializers.IntegerField()
    on_v2_now = serializers.IntegerField()
    on_v2_then = serializers.IntegerField()
    to_v2 = serializers.IntegerField()
    to_mvp = serializers.IntegerField()
