"""A brief on its way to a plan. The row is the truth: whoever finds its lease expired goes on where it stands."""

import uuid

from django.conf import settings
from django.db import models

from kernel.constraints import one_of
from masterplans.models import Masterplan


class BriefStatus(models.TextChoices):
    """Where a brief is: ``pending -> running -> completed | failed``."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"  # its plan waits as a draft for a person
    FAILED = "failed"  # nothing was stored but what was found and what it cost


class PlanBrief(models.Model):
    """What somebody wants built, in prose. Money is in micro-USD; what was spent stands in the ledger."""

    brief_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=300, blank=True, default="")  # empty: the model names the plan
    text = models.TextField()
    model = models.CharField(max_length=100)
    budget_micro = models.BigIntegerField(null=True)
    status = models.CharField(max_length=20, choices=BriefStatus.choices, default=BriefStatus.PENDING)
    phase = models.CharField(max_length=20, blank=True, default="")  # discovery | planning
    discovery = models.JSONField(null=True)
    masterplan = models.ForeignKey(Masterplan, on_delete=models.SET_NULL, null=True, related_name="+")
    error_code = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "plan_briefs"
        ordering = ["-created_at", "brief_id"]
        constraints = [one_of("status", BriefStatus.values, "plan_brief_status_known")]
        indexes = [models.Index(fields=["owner", "-created_at"], name="idx_brief_owner")]

    def __str__(self) -> str:
        return f"brief {self.brief_id} ({self.status})"
