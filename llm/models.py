"""The ledger: one row for each call that was sent, booked before it is made."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class CallState(models.TextChoices):
    """Where a call is.

    ::

        sent --reply--> received
        sent --failed, no charge--> error --sent again--> sent
        sent --lost, perhaps charged--> unknown --late reply--> received
    """

    SENT = "sent"  # booked; the answer is awaited, or its process is gone
    RECEIVED = "received"  # answer and price stored: never paid for again
    UNKNOWN = "unknown"  # perhaps charged; booked at the worst price
    ERROR = "error"  # failed without a charge


class LlmCall(models.Model):
    """One call. Money is in micro-USD; null means that a price is not known, never that it is zero.

    ``key`` is the Idempotency-Key: sha256 over run, atom, attempt, purpose and request. A request sent again after an
    ``unknown`` end is a row of its own (``resend``), for both may have been charged. ``estimated`` marks a cost that is
    an upper bound. ``tries`` counts sendings of this row that failed without a charge, and the last.
    """

    key = models.CharField(max_length=64)
    resend = models.PositiveSmallIntegerField(default=0)
    run_id = models.UUIDField(null=True)
    atom_id = models.UUIDField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=32)
    model = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=CallState.choices, default=CallState.SENT)
    request_sha = models.CharField(max_length=64)
    request = models.JSONField()
    response = models.JSONField(null=True)
    usage = models.JSONField(null=True)
    cost_micro = models.BigIntegerField(null=True)
    estimated = models.BooleanField(default=False)
    reserved_micro = models.BigIntegerField(null=True)
    tries = models.PositiveIntegerField(default=1)
    http_status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "llm_calls"
        verbose_name = "model call"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "resend"], name="llm_calls_key_once"),
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="llm_calls_state_legal"),
            models.CheckConstraint(
                condition=~Q(state=CallState.RECEIVED) | Q(response__isnull=False, received_at__isnull=False),
                name="llm_calls_received_has_response",
            ),
            models.CheckConstraint(
                condition=Q(cost_micro__isnull=True) | Q(cost_micro__gte=0), name="llm_calls_cost_not_negative"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run_id"], name="llm_calls_run"),
            models.Index(fields=["atom_id", "attempt"], name="llm_calls_atom_attempt"),
            models.Index(fields=["sent_at"], name="llm_calls_waiting", condition=Q(state=CallState.SENT)),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key[:12]} ({self.state})"


class ProviderPace(models.Model):
    """How many calls the provider bears at once: one row, shared by all processes. See :mod:`llm.pace`."""

    name = models.CharField(max_length=60, primary_key=True)
    limit = models.FloatField(null=True)
    threshold = models.FloatField(default=2.0)
    answered_since_cut = models.BooleanField(default=True)
    cut_at = models.FloatField(default=0.0)  # seconds since the epoch
    blocked_until = models.FloatField(default=0.0)

    class Meta:
        db_table = "provider_pace"

    def __str__(self) -> str:
        return f"{self.name}: {'no limit' if self.limit is None else round(self.limit)}"
