"""``validation_results``, one of the seven V2 tables, and the suite runs that it rests on."""

import uuid
from enum import StrEnum

from django.db import models
from django.utils import timezone

from atoms.models import AtomicUnit
from kernel.constraints import one_of
from kernel.ids import ordered_id
from masterplans.models import Masterplan
from validation.domain.model import Status


class ValidationResult(models.Model):
    """One level for one scope. ``passed`` is true only where ``status`` is passed; what did not run is never a pass."""

    validation_id = models.UUIDField(primary_key=True, default=ordered_id, editable=False)
    atom = models.ForeignKey(
        AtomicUnit, on_delete=models.CASCADE, null=True, related_name="validations", db_index=False
    )
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="validations")
    run_id = models.UUIDField(null=True)
    level = models.IntegerField()
    level_name = models.CharField(max_length=50)
    scope = models.CharField(max_length=1000)
    attempt_number = models.IntegerField(null=True)
    status = models.CharField(max_length=20)
    passed = models.BooleanField()
    errors = models.JSONField(null=True)
    warnings = models.JSONField(null=True)
    checks_run = models.JSONField()
    checks_passed = models.IntegerField()
    checks_failed = models.IntegerField()
    duration_seconds = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    superseded = models.BooleanField(default=False)  # a later result of the same run, level and scope exists
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "validation_results"
        ordering = ["level", "scope", "-created_at"]
        indexes = [
            models.Index(fields=["atom"], name="idx_validation_atom"),
            models.Index(fields=["level"], name="idx_validation_level"),
            models.Index(fields=["passed"], name="idx_validation_passed"),
            models.Index(fields=["run_id", "level", "superseded"], name="idx_validation_run"),
        ]
        constraints = [
            one_of("status", Status, "validation_status_known"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="validation_level_known"),
            models.CheckConstraint(
                condition=models.Q(passed=True, status="passed")
                | (models.Q(passed=False) & ~models.Q(status="passed")),
                name="passed_means_it_ran",
            ),
            models.CheckConstraint(
                condition=models.Q(level=1) | models.Q(atom__isnull=True), name="levels_above_one_have_no_atom"
            ),
        ]

    def __str__(self) -> str:
        return f"level {self.level} of {self.scope}: {self.status}"


class JobState(StrEnum):
    """States of a judgement that somebody asked for."""

    RUNNING = "running"  # a thread of a web process has it, or it waits for one
    DONE = "done"
    FAILED = "failed"  # it could not be made; ``error`` says why. Findings in the code do not fail it


class ValidationJob(models.Model):
    """A judgement of a plan's drafts that was asked for over HTTP: running -> done | failed.

    Its thread touches ``beat_at``; a running job without a beat for ``LOST_SECONDS`` died with its process and is read
    as failed. ``results`` are level results as the API shows them.
    """

    LOST_SECONDS = 60

    job_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="validation_jobs")
    kind = models.CharField(max_length=20)  # atomic | module | component | system | hierarchical
    scope = models.CharField(max_length=1000, blank=True, default="")  # atom id, file or folder; all where empty
    stop_early = models.BooleanField(default=False)
    state = models.CharField(max_length=20, default=JobState.RUNNING)
    phase = models.CharField(max_length=100, blank=True, default="")
    error = models.JSONField(null=True)
    results = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "validation_jobs"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["masterplan", "-created_at"], name="idx_validation_job")]
        constraints = [one_of("state", JobState, "validation_job_state_known")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.scope or 'all'}: {self.state}"


class SuiteRun(models.Model):
    """One execution of a plan's test suite: per test the outcome, and which lines it reached.

    ``coverage`` is zlib-compressed JSON ``{test id: {path: [line, ...]}}``; ``calls``, compressed too and empty where
    nothing was recorded, what tests called functions with: ``{path: {function: [call, ...]}}``. A result holds for
    every workspace of the same digest.
    """

    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="suite_runs")
    run_id = models.UUIDField(db_index=True)
    digest = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20)  # baseline | partial | final | review
    ran = models.BooleanField()
    reason = models.TextField(blank=True, default="")
    cases = models.JSONField()
    coverage = models.BinaryField()
    calls = models.BinaryField(default=bytes)
    evidence = models.JSONField(default=dict)
    seconds = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)
    current_at = models.DateTimeField(default=timezone.now)  # when the run's code last was these bytes

    class Meta:
        db_table = "suite_runs"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["run_id", "purpose"], name="idx_suite_run")]

    def __str__(self) -> str:
        return f"{self.purpose} suite of {self.run_id}"
