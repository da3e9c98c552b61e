"""The shapes of the review API, in and out."""

from typing import Any

from rest_framework import serializers

from execution.api.atoms import EdgeEndSerializer
from execution.api.serializers import AttemptSerializer, RunSerializer
from kernel.states import AtomStatus, ReviewStatus, choices
from review.assistant.assistant import Kind
from review.models import HelpState
from review.selectors.narrowing import Band
from review.selectors.queue import View
from review.services.decisions import MAX_CODE, MAX_FEEDBACK, ReasonCode
from validation.api.serializers import CheckSerializer, FindingSerializer, ValidationSerializer

KEY = r"^[\x21-\x7e]{8,100}$"
MAX_ACTIVE_MS = 24 * 3600 * 1000


class ReviewRowListSerializer(serializers.ListSerializer[Any]):
    """A page of rows, as their fields say: plain values, which need not ask 23 fields a row how to be shown."""

    def to_representation(self, data: Any) -> Any:
        """Identifiers and times are left to the encoder of the answer, which writes them as the fields would."""
        names = tuple(ReviewRowSerializer().fields)
        return [{name: getattr(row, name) for name in names} for row in data]


class ReviewRowSerializer(serializers.Serializer[Any]):
    """A row of the queue."""

    class Meta:
        list_serializer_class = ReviewRowListSerializer

    review_id = serializers.UUIDField()
    atom_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField()
    masterplan_name = serializers.CharField()
    run_id = serializers.UUIDField()
    path = serializers.CharField()
    line = serializers.IntegerField(allow_null=True, help_text="First line in the draft of its file.")
    symbol = serializers.CharField()
    kind = serializers.CharField()
    language = serializers.CharField()
    wave = serializers.IntegerField(allow_null=True)
    confidence = serializers.FloatField()
    priority = serializers.IntegerField()
    status = serializers.ChoiceField(choices=choices(ReviewStatus))
    reasons = serializers.ListField(child=serializers.CharField())
    atom_status = serializers.ChoiceField(choices=choices(AtomStatus))
    loc = serializers.IntegerField()
    assigned_to = serializers.CharField(allow_null=True)
    claimed_until = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    reviewed_at = serializers.DateTimeField(allow_null=True)


class CountsSerializer(serializers.Serializer[Any]):
    """Numbers of the queue."""

    pending = serializers.IntegerField()
    in_review = serializers.IntegerField()
    done = serializers.IntegerField()
    mine_today = serializers.IntegerField()


class QueuePageSerializer(serializers.Serializer[Any]):
    """A page of the queue."""

    results = ReviewRowSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    counts = CountsSerializer()
    as_of_id = serializers.IntegerField()


class ReviewStatsSerializer(CountsSerializer):
    """Numbers of the queue, the median of the time that people really looked, and when the last item came."""

    median_seconds = serializers.FloatField(allow_null=True)
    newest_at = serializers.DateTimeField(allow_null=True)


class ReachingTestSerializer(serializers.Serializer[Any]):
    """A test that reaches the atom."""

    id = serializers.CharField()
    status = serializers.CharField()


class FailingTestSerializer(serializers.Serializer[Any]):
    """A failing test that reaches the atom."""

    id = serializers.CharField()
    message = serializers.CharField()


class TermSerializer(serializers.Serializer[Any]):
    """A term of the confidence."""

    name = serializers.CharField()
    weight = serializers.FloatField()
    value = serializers.FloatField()
    evidence = serializers.ListField(child=serializers.CharField())


class SuggestionSerializer(serializers.Serializer[Any]):
    """What the assistant suggests, and who says it."""

    title = serializers.CharField()
    detail = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # fields are taken off the class when it is made
    code = serializers.CharField(allow_null=True)
    verified = serializers.BooleanField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    model = serializers.CharField(allow_null=True, help_text="Who wrote it; null: a tool, or a person.")
    cost_usd = serializers.FloatField(allow_null=True, help_text="Price of the model call that said it among others.")


class HelpSerializer(serializers.Serializer[Any]):
    """How far the search for help is; what it found is in ``suggestions`` of the review, the verified first."""

    state = serializers.ChoiceField(choices=HelpState.choices, allow_null=True)
    tried = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    found = serializers.IntegerField(help_text="How many suggestions the search gave.")
    model = serializers.CharField(allow_null=True, help_text="Who may be asked too, for money booked on the run.")


class FoundHelpSerializer(HelpSerializer):
    """How far a search is, with what it found so far."""

    suggestions = SuggestionSerializer(many=True)


class AskHelpSerializer(serializers.Serializer[Any]):
    """Whether the configured model is asked too; that costs money."""

    with_model = serializers.BooleanField(default=False)


class DecisionEntrySerializer(serializers.Serializer[Any]):
    """A line of the audit."""

    decision = serializers.CharField()
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    reason_code = serializers.CharField(allow_null=True)
    feedback = serializers.CharField()
    active_ms = serializers.IntegerField(allow_null=True)


class ReviewDetailSerializer(ReviewRowSerializer):
    """A review in full."""

    start_line = serializers.IntegerField()
    end_line = serializers.IntegerField()
    attempts = serializers.IntegerField()
    attempts_allowed = serializers.IntegerField()
    model = serializers.CharField(allow_null=True, help_text="Whom another attempt would ask; null: nobody.")
    complexity = serializers.FloatField()
    original_code = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    context_before = serializers.CharField()
    context_after = serializers.CharField()
    findings = FindingSerializer(many=True)
    failing_tests = FailingTestSerializer(many=True)
    tests = ReachingTestSerializer(many=True)
    validations = ValidationSerializer(many=True)
    confidence_terms = TermSerializer(many=True)
    attempts_history = AttemptSerializer(many=True)
    suggestions = SuggestionSerializer(many=True)
    help = HelpSerializer()
    needs = EdgeEndSerializer(many=True)
    needed_by = EdgeEndSerializer(many=True)
    human_feedback = serializers.CharField(allow_null=True)
    modified_code = serializers.CharField(allow_null=True)
    decisions = DecisionEntrySerializer(many=True)


class ScopeQuerySerializer(serializers.Serializer[Any]):
    """What numbers are narrowed to."""

    masterplan = serializers.UUIDField(required=False, allow_null=True, default=None)
    run = serializers.UUIDField(required=False, allow_null=True, default=None)


FILTERS = ("masterplan", "run", "q", "wave", "language", "reason", "band", "assignee")


class QueueQuerySerializer(ScopeQuerySerializer):
    """Query of the queue."""

    view = serializers.ChoiceField(choices=[view.value for view in View], default=View.NEEDS_ME.value)
    q = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    wave = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=2**31 - 1)
    language = serializers.CharField(required=False, allow_blank=True, default="", max_length=50)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    band = serializers.ChoiceField(
        choices=[band.value for band in Band],
        required=False,
        allow_blank=True,
        default="",
        help_text="Confidence: low is below 0.5, high 0.8 and above.",
    )
    assignee = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=150, help_text="Who holds it; `nobody`: free ones."
    )
    cursor = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    limit = serializers.IntegerField(default=100, min_value=1, max_value=200)


class ReviewIdSerializer(serializers.Serializer[Any]):
    """Names a review."""

    review_id = serializers.UUIDField()


class ClaimSerializer(ScopeQuerySerializer):
    """Names a review to claim, or asks for the next one within a plan or run."""

    review_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    next = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if (attrs["review_id"] is None) != attrs["next"]:
            raise serializers.ValidationError("Give either a review_id, or next: true.")
        return attrs


class DecideSerializer(ReviewIdSerializer):
    """What every decision carries: the version that the person saw."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    active_ms = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MAX_ACTIVE_MS
    )
    idempotency_key = serializers.RegexField(KEY, required=False, allow_null=True, default=None, max_length=100)
    feedback = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=MAX_FEEDBACK, trim_whitespace=False
    )


class EditSerializer(DecideSerializer):
    """A person's code. With ``dry_run`` it is only checked."""

    code = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=MAX_CODE)
    override_reason = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, default="", max_length=MAX_FEEDBACK
    )
    dry_run = serializers.BooleanField(default=False)


class RejectSerializer(DecideSerializer):
    """A refusal with its reason."""

    reason_code = serializers.ChoiceField(choices=[code.value for code in ReasonCode])


class EditImpactSerializer(serializers.Serializer[Any]):
    """What an edit would set off. ``cost_usd`` null: it cannot be known, and ``cost_reason`` says why."""

    contract_changed = serializers.BooleanField()
    revalidate = serializers.IntegerField(help_text="Atoms whose checks run again.")
    reopen = serializers.IntegerField(help_text="Atoms that are opened again, for their contract changed.")
    cost_usd = serializers.FloatField(allow_null=True)
    cost_reason = serializers.CharField()


class DryRunSerializer(serializers.Serializer[Any]):
    """Outcome of checking an edit."""

    checks = CheckSerializer(many=True)
    passed = serializers.BooleanField()
    impact = EditImpactSerializer()


class CheckEditSerializer(ReviewIdSerializer):
    """Code that a person thinks of putting in place."""

    code = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=MAX_CODE)


class UndoSerializer(ReviewIdSerializer):
    """Names the review whose last decision is taken back."""

    idempotency_key = serializers.RegexField(KEY, required=False, allow_null=True, default=None, max_length=100)


class SimilarSerializer(serializers.Serializer[Any]):
    """Open reviews with the same change for the same reasons."""

    kind = serializers.ChoiceField(choices=["change", "finding"], allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    results = ReviewRowSerializer(many=True)


class DecisionAnswerSerializer(serializers.Serializer[Any]):
    """What a decision led to."""

    review = ReviewRowSerializer()
    run = RunSerializer()
    revalidating = serializers.BooleanField()
