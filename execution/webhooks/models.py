"""Subscriptions and deliveries. A delivery is a row before it is a request: a crash delays it and loses nothing."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from kernel.constraints import one_of
from masterplans.models import Masterplan


class DeliveryStatus(models.TextChoices):
    """Where a delivery is: ``pending -> delivered | failed``; failed ones may be asked for again."""

    PENDING = "pending"
    DELIVERED = "delivered"  # answered with 2xx
    FAILED = "failed"  # tried as often as is sensible, or the target is not allowed


class Webhook(models.Model):
    """Where to tell of events of one plan, or (``masterplan`` null) of all plans that the owner owns.

    The secret is not here: it is derived, see ``domain/signing.py``.
    """

    webhook_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, null=True, related_name="+")
    url = models.CharField(max_length=1000)
    events = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    stopped_because = models.CharField(max_length=300, blank=True, default="")
    secret_version = models.PositiveIntegerField(default=1)
    read_seq = models.BigIntegerField(default=0)  # events up to here were looked at
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "webhooks"
        ordering = ["-created_at", "webhook_id"]

    def __str__(self) -> str:
        return f"webhook {self.webhook_id}"


class WebhookDelivery(models.Model):
    """One event for one webhook. ``seq`` is its number in the event log; null for a test."""

    delivery_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    seq = models.BigIntegerField(null=True)
    type = models.CharField(max_length=40)
    body = models.JSONField()
    status = models.CharField(max_length=20, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    http_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_deliveries"
        ordering = ["-created_at", "delivery_id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            one_of("status", DeliveryStatus.values, "webhook_delivery_status_known"),
            models.UniqueConstraint(fields=["webhook", "seq"], name="one_delivery_an_event"),
        ]
        indexes = [
            models.Index(fields=["webhook", "-created_at"], name="idx_delivery_list"),
            models.Index(fields=["next_at"], condition=models.Q(status="pending"), name="idx_delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.webhook_id} ({self.status})"
