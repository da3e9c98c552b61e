"""Shapes of the rollout API."""

from typing import Any

from rest_framework import serializers

from flags.models import FlagChange
from kernel.states import ExecutionMode, RunStatus, choices
from rollout.domain.gates import Verdict
from rollout.models import RunFeedback

Row = serializers.Serializer[Any]


class GuardSerializer(Row):
    """One guard: what was seen (with its 95 % interval), what is wanted, and the verdict."""

    name = serializers.CharField()
    verdict = serializers.ChoiceField(choices(Verdict))
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    sample = serializers.IntegerField()
    min_sample = serializers.IntegerField()
    goal = serializers.FloatField()
    limit = serializers.FloatField()
    more_is_better = serializers.BooleanField()
    triggers = serializers.BooleanField()
    fires = serializers.BooleanField()


class BugSerializer(Row):
    """A bug that somebody saw in a run."""

    id = serializers.IntegerField()
    run_id = serializers.UUIDField()
    critical = serializers.BooleanField()
    description = serializers.CharField()
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    resolution = serializers.CharField(allow_blank=True)


class WatcherSerializer(Row):
    """The watcher's last look; ``at`` in seconds since the epoch."""

    verdict = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    at = serializers.FloatField()


class RolloutSerializer(Row):
    """Where the rollout stands."""

    sentence = serializers.CharField()
    enabled = serializers.BooleanField()
    percentage = serializers.IntegerField()
    effective_percentage = serializers.IntegerField()
    killed = serializers.BooleanField()
    stages = serializers.ListField(child=serializers.IntegerField())
    next_stage = serializers.IntegerField(allow_null=True)
    may_advance = serializers.BooleanField()
    stage_began_with = serializers.IntegerField()
    guards = GuardSerializer(many=True)
    runs_in_stage = serializers.IntegerField()
    live_v2_runs = serializers.IntegerField()
    open_critical_bugs = BugSerializer(many=True)
    watcher = WatcherSerializer(allow_null=True)


class StepRequestSerializer(Row):
    """Why, and whether only to say what would be done."""

    reason = serializers.CharField(max_length=2000)
    dry_run = serializers.BooleanField(required=False, default=False)


class RollbackRequestSerializer(StepRequestSerializer):
    """``now``: the kill switch, else one stage down."""

    now = serializers.BooleanField(required=False, default=False)


class StepSerializer(Row):
    """A change of the routing, done or only thought through."""

    what = serializers.CharField()
    changes = serializers.DictField()
    before = serializers.DictField()
    live_v2_runs = serializers.IntegerField()
    dry_run = serializers.BooleanField()
    change_id = serializers.IntegerField(allow_null=True)


class BugRequestSerializer(Row):
    """A bug to report."""

    run_id = serializers.UUIDField()
    critical = serializers.BooleanField(required=False, default=False)
    description = serializers.CharField(max_length=4000)


class BugCloseSerializer(Row):
    """How a bug was resolved."""

    resolution = serializers.CharField(max_length=4000)


class FeedbackSerializer(serializers.ModelSerializer[RunFeedback]):
    """1 to 5, and a word."""

    score = serializers.IntegerField(min_value=1, max_value=5)

    class Meta:
        model = RunFeedback
        fields = ["score", "word"]


class MyFeedbackSerializer(Row):
    """What the asking user said of a run, if anything, and everybody's mean."""

    score = serializers.IntegerField(allow_null=True)
    word = serializers.CharField(allow_blank=True)
    mean = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()


class ShadowFindingSerializer(Row):
    """What one side found wrong."""

    path = serializers.CharField()
    symbol = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class SideSerializer(Row):
    """One run of a shadow pair."""

    run_id = serializers.UUIDField()
    mode = serializers.ChoiceField(choices(ExecutionMode))
    status = serializers.ChoiceField(choices(RunStatus))
    error = serializers.CharField(allow_null=True)
    fell_back = serializers.BooleanField()
    precision = serializers.FloatField(allow_null=True)
    tests_total = serializers.IntegerField(allow_null=True)
    tests_passed = serializers.IntegerField(allow_null=True)
    cost_usd = serializers.FloatField(allow_null=True)
    calls = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)
    units_total = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    levels = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    findings = ShadowFindingSerializer(many=True)


class ComparisonSerializer(Row):
    """The MVP run that shipped beside the V2 run that did not. Gains are null where one side was not measured."""

    id = serializers.IntegerField()
    parent_id = serializers.UUIDField()
    child_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField(source="parent.masterplan_id")
    masterplan_name = serializers.CharField(source="parent.masterplan.name")
    mvp = SideSerializer()
    v2 = SideSerializer()
    precision_gain = serializers.FloatField(allow_null=True)
    cost_usd_saved = serializers.FloatField(allow_null=True)
    seconds_saved = serializers.FloatField(allow_null=True)
    at = serializers.DateTimeField()


SOURCE = FlagChange.Source.API
