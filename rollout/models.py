"""What the rollout keeps: comparisons of shadow pairs, satisfaction, bugs, and the watcher's last look.

None of it refers to the seven V2 tables; it stays when they go.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from execution.models import ExecutionRun


class ShadowComparison(models.Model):
    """The MVP run that shipped beside the V2 run of the same plan that did not."""

    parent = models.OneToOneField(ExecutionRun, on_delete=models.CASCADE, related_name="comparison")
    child = models.OneToOneField(ExecutionRun, on_delete=models.CASCADE, related_name="compared_as_child")
    mvp = models.JSONField()  # one side: status, precision, tests, cost, seconds, calls, findings
    v2 = models.JSONField()
    precision_gain = models.FloatField(null=True)  # v2 - mvp; null where one was not measured
    cost_usd_saved = models.FloatField(null=True)  # mvp - v2
    seconds_saved = models.FloatField(null=True)  # mvp - v2
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "rollout_comparisons"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.parent_id} beside {self.child_id}"


class RunFeedback(models.Model):
    """What a person thought of a run: 1 to 5, and a word."""

    run = models.ForeignKey(ExecutionRun, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    word = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "run_feedback"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "user"], name="one_feedback_a_person"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="feedback_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.score} for {self.run_id}"


class BugReport(models.Model):
    """A bug that somebody saw in a run. An open critical one holds every stage and sends V2 back."""

    run = models.ForeignKey(ExecutionRun, on_delete=models.CASCADE, related_name="bugs")
    critical = models.BooleanField(default=False)
    description = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    resolution = models.TextField(blank=True, default="")

    class Meta:
        db_table = "rollout_bugs"
        ordering = ["-id"]
        indexes = [models.Index(fields=["critical"], condition=Q(closed_at__isnull=True), name="idx_bug_open")]

    def __str__(self) -> str:
        return f"bug {self.pk} of {self.run_id}"


class Watch(models.Model):
    """The watcher's last look; one row. Wall clock and monotonic clock tell together whether the clock jumped."""

    wall = models.FloatField()  # seconds since the epoch, by the database
    monotonic = models.FloatField()  # seconds since the machine started
    boot_id = models.CharField(max_length=64)  # which start of which machine ``monotonic`` counts from
    live = models.JSONField(default=list)  # V2 runs under way at that time
    verdict = models.CharField(max_length=30)
    detail = models.TextField(blank=True, default="")

    class Meta:
        db_table = "rollout_watch"

    def __str__(self) -> str:
        return self.verdict


class UntimedRun(models.Model):
    """A run under way while the clock jumped: how long it took is not known, and counts for nothing."""

    run = models.OneToOneField(ExecutionRun, on_delete=models.CASCADE, related_name="untimed")
    jumped_seconds = models.FloatField()

    class Meta:
        db_table = "rollout_untimed_runs"

    def __str__(self) -> str:
        return f"{self.run_id}: the clock jumped {self.jumped_seconds:.0f} s"
