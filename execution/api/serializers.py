"""Shapes of the execution API. Responses are declared too, so that the published schema is exact."""

from typing import Any

from rest_framework import serializers

from graphs.domain.model import Ordering
from kernel.states import AtomStatus, ExecutionMode, Policy, RunStatus, choices


class RunSerializer(serializers.Serializer[Any]):
    """One run, with the numbers of its own rows."""

    run_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField()
    masterplan_name = serializers.CharField()
    parent_run_id = serializers.UUIDField(allow_null=True)
    mode = serializers.ChoiceField(choices(ExecutionMode))
    policy = serializers.ChoiceField(choices(Policy))
    status = serializers.ChoiceField(choices(RunStatus))
    phase = serializers.CharField(allow_blank=True)
    phase_detail = serializers.CharField(allow_blank=True)
    progress = serializers.FloatField()
    atoms_total = serializers.IntegerField()
    waves_total = serializers.IntegerField()
    wave_now = serializers.IntegerField(
        allow_null=True, help_text="The first wave with open atoms; null: none is open."
    )
    by_status = serializers.DictField(child=serializers.IntegerField())
    precision = serializers.FloatField(allow_null=True)
    precision_reviewed = serializers.FloatField(allow_null=True)
    tests_total = serializers.IntegerField(allow_null=True)
    tests_passed = serializers.IntegerField(allow_null=True)
    cost_usd = serializers.FloatField(allow_null=True)
    budget_usd = serializers.FloatField(allow_null=True)
    calls = serializers.IntegerField()
    unpriced_calls = serializers.IntegerField()
    review_pending = serializers.IntegerField()
    review_total = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True)


class LevelCountsSerializer(serializers.Serializer[Any]):
    """Rows of one level by status."""

    passed = serializers.IntegerField()
    failed = serializers.IntegerField()
    not_run = serializers.IntegerField()
    not_applicable = serializers.IntegerField()


class WaveSerializer(serializers.Serializer[Any]):
    """One wave of a run."""

    wave_id = serializers.UUIDField()
    wave_number = serializers.IntegerField()
    status = serializers.CharField()
    atom_count = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())


class FailureSerializer(serializers.Serializer[Any]):
    """An atom that failed, was skipped or is parked, and why."""

    atom_id = serializers.UUIDField()
    path = serializers.CharField()
    symbol = serializers.CharField()
    status = serializers.ChoiceField(choices(AtomStatus))
    category = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(allow_null=True)


class AtWorkSerializer(serializers.Serializer[Any]):
    """An atom that is worked on now. ``stage``: its draft is judged, code for it asked for, or a reply judged."""

    atom_id = serializers.UUIDField()
    path = serializers.CharField()
    symbol = serializers.CharField()
    stage = serializers.CharField()
    attempts = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)


class RunDetailSerializer(RunSerializer):
    """A run with levels, waves and failures, the newest first. Events after ``as_of_id`` are not in it."""

    in_flight = serializers.IntegerField()
    in_flight_limit = serializers.IntegerField()
    reserved_usd = serializers.FloatField(help_text="The most that the calls in flight can cost.")
    retries = serializers.IntegerField()
    eta_seconds = serializers.FloatField(allow_null=True)
    at_work = AtWorkSerializer(many=True)
    fell_back_at = serializers.DateTimeField(allow_null=True)
    fallback_reason = serializers.CharField(allow_blank=True)

    levels = serializers.DictField(child=LevelCountsSerializer())
    waves = WaveSerializer(many=True)
    failures = FailureSerializer(many=True)
    settings = serializers.DictField()
    shadow_run_ids = serializers.ListField(child=serializers.UUIDField())
    as_of_id = serializers.IntegerField()


class RunAtomSerializer(serializers.Serializer[Any]):
    """One atom of a run."""

    atom_id = serializers.UUIDField()
    path = serializers.CharField()
    symbol = serializers.CharField()
    kind = serializers.CharField()
    start_line = serializers.IntegerField()
    end_line = serializers.IntegerField()
    loc = serializers.IntegerField()
    wave = serializers.IntegerField(source="wave_number")
    status = serializers.ChoiceField(choices(AtomStatus))
    attempts = serializers.IntegerField()
    confidence = serializers.FloatField(allow_null=True)
    suspiciousness = serializers.FloatField()
    review_id = serializers.UUIDField(allow_null=True)


class ExecuteSerializer(serializers.Serializer[Any]):
    """How to execute a plan; what is left out has the product's default, ``mode`` what the flags say."""

    mode = serializers.ChoiceField(choices(ExecutionMode), required=False)
    policy = serializers.ChoiceField(choices(Policy), required=False)
    ordering = serializers.ChoiceField([o.value for o in Ordering], required=False)
    concurrency = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    budget_usd = serializers.DecimalField(required=False, max_digits=12, decimal_places=6, min_value=0)
    barrier = serializers.BooleanField(required=False, default=False)
    shadow = serializers.BooleanField(required=False, default=False)
    write_tests = serializers.BooleanField(required=False)
    suite_timeout = serializers.FloatField(required=False, min_value=1, max_value=86_400)


class StartSerializer(ExecuteSerializer):
    """Which plan to execute, and how."""

    masterplan_id = serializers.UUIDField()


class AddBudgetSerializer(serializers.Serializer[Any]):
    """How much to add to a run's cap."""

    add_usd = serializers.DecimalField(max_digits=12, decimal_places=6)


class AttemptSerializer(serializers.Serializer[Any]):
    """One try at an atom; attempt 0 is the draft."""

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
    effort = serializers.CharField(allow_null=True, help_text="Asked of models that take no temperature.")
    created_at = serializers.DateTimeField()


class FrameSerializer(serializers.Serializer[Any]):
    """One event of the log."""

    id = serializers.IntegerField()
    topic = serializers.CharField()
    type = serializers.CharField()
    at = serializers.DateTimeField()
    run_id = serializers.UUIDField(allow_null=True)
    masterplan_id = serializers.UUIDField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # DRF takes it as a field, the attribute goes


class EventsSerializer(serializers.Serializer[Any]):
    """Events after a sequence number; ``last_id`` is where to go on."""

    events = FrameSerializer(many=True)
    last_id = serializers.IntegerField()


class RunListSerializer(serializers.Serializer[Any]):
    """Runs, the newest first."""

    runs = RunSerializer(many=True)
