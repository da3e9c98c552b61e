"""``human_review_queue``, one of the seven V2 tables, and the audit of every decision."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from atoms.models import AtomicUnit
from execution.models import ExecutionRun
from kernel.constraints import one_of
from kernel.states import REVIEW_OPEN, ReviewStatus
from masterplans.models import Masterplan

WITHDRAWN = "withdrawn"  # ``decision`` of a review that nobody decided: its atom was settled otherwise


class HumanReviewQueue(models.Model):
    """One atom that a person should look at. ``priority`` 1 is the most urgent; ``confidence`` is unrounded."""

    review_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    atom = models.ForeignKey(AtomicUnit, on_delete=models.CASCADE, related_name="reviews")
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="reviews")
    run = models.ForeignKey(ExecutionRun, on_delete=models.CASCADE, related_name="reviews")
    confidence_score = models.DecimalField(max_digits=3, decimal_places=2)
    confidence = models.FloatField()
    priority = models.IntegerField()
    status = models.CharField(max_length=50, default=ReviewStatus.PENDING)
    assigned_to = models.CharField(max_length=100, null=True)  # the user name, cut; ``claimed_by`` is what counts
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ai_suggestions = models.JSONField(null=True)
    issue_detected = models.TextField(null=True)
    reasons = models.JSONField(default=list)  # words, the most important first
    decision = models.CharField(max_length=50, null=True)
    reason_code = models.CharField(max_length=30, null=True)
    human_feedback = models.TextField(null=True)
    modified_code = models.TextField(null=True)
    claimed_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    assigned_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "human_review_queue"
        ordering = ["priority", "confidence", "review_id"]
        indexes = [
            models.Index(fields=["status"], name="idx_review_status"),
            models.Index(fields=["confidence_score"], name="idx_review_confidence"),
            models.Index(fields=["assigned_to"], name="idx_review_assigned"),
            models.Index(
                fields=["priority", "confidence", "review_id"],
                condition=Q(status__in=sorted(REVIEW_OPEN)),
                name="idx_review_open",
            ),
        ]
        constraints = [
            one_of("status", ReviewStatus, "review_status_known"),
            models.CheckConstraint(condition=Q(priority__gte=1), name="review_priority_from_one"),
            models.UniqueConstraint(
                fields=["run", "atom"], condition=Q(status__in=sorted(REVIEW_OPEN)), name="one_open_review"
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.atom_id}: {self.status}"


class ReviewDecision(models.Model):
    """Audit: who decided what on which version, and how long it took. ``idempotency_key`` makes a repeat harmless.

    ``before`` is the atom as it was in the run, so that the decision can be undone; ``undone_at`` is set once it was.
    """

    review = models.ForeignKey(HumanReviewQueue, on_delete=models.CASCADE, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decision = models.CharField(max_length=50)  # approve | edit | reject | regenerate | skip | undo
    version_seen = models.PositiveIntegerField()
    reason_code = models.CharField(max_length=30, null=True)
    feedback = models.TextField(blank=True, default="")
    override_reason = models.TextField(blank=True, default="")
    active_ms = models.PositiveIntegerField(null=True)
    idempotency_key = models.CharField(max_length=100, null=True, unique=True)
    before = models.JSONField(null=True)
    undone_at = models.DateTimeField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "review_decisions"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.decision} on {self.review_id}"


class HelpState(models.TextChoices):
    """How far the search for help is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ReviewHelp(models.Model):
    """What was searched and found for one text of an atom in a run: the cache of the assistant.

    ``digest`` is of the text and of the tests that fail, so that another state asks anew. ``tried`` of ``total``
    candidates were run so far. ``until``: a search that is silent after that died and may be taken over.
    """

    run = models.ForeignKey(ExecutionRun, on_delete=models.CASCADE, related_name="+")
    atom = models.ForeignKey(AtomicUnit, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=HelpState.choices, default=HelpState.WAITING)
    with_model = models.BooleanField(default=False)
    tried = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    suggestions = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")  # why nothing was found, or what went wrong
    until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "review_help"
        constraints = [
            one_of("state", HelpState, "review_help_state_known"),
            models.UniqueConstraint(fields=["run", "atom", "digest", "with_model"], name="one_search_for_a_text"),
        ]

    def __str__(self) -> str:
        return f"help for {self.atom_id}: {self.state}"
