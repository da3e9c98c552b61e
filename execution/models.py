"""Runs, the atoms of a run, and the event log. They hold no foreign keys into the seven and stay without V2."""

import uuid
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q

from graphs.domain.model import Ordering
from kernel.constraints import not_negative, one_of
from kernel.states import RUN_LIVE, AtomStatus, ExecutionMode, Policy, RunStatus, choices
from masterplans.models import Masterplan


class Units(models.TextChoices):
    """What the rows of a run stand for."""

    ATOMS = "atoms"  # rows of atomic_units
    SUBTASKS = "subtasks"  # rows of masterplan_subtasks: the MVP, or a run that fell back before it had atoms


class Stage(StrEnum):
    """What a claim of an atom is for."""

    DRAFT = "draft"  # validate what is there
    GENERATE = "generate"  # ask the model
    VALIDATE = "validate"  # judge the reply that is stored


class ExecutionRun(models.Model):
    """One execution of a plan in one mode, with its settings frozen at the start. Money is in micro-USD."""

    run_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="runs")
    parent_run = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="shadows")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    mode = models.CharField(max_length=20, choices=choices(ExecutionMode))
    policy = models.CharField(max_length=20, choices=choices(Policy), default=Policy.REPAIR)
    ordering_mode = models.CharField(max_length=20, choices=choices(Ordering), default=Ordering.INTERFACE)
    barrier = models.BooleanField(default=False)
    units = models.CharField(max_length=10, choices=Units.choices, default=Units.ATOMS)
    status = models.CharField(max_length=20, choices=choices(RunStatus), default=RunStatus.PENDING)
    settings = models.JSONField(default=dict)  # the frozen snapshot: model, switches, limits

    phase = models.CharField(max_length=30, blank=True, default="")
    phase_detail = models.CharField(max_length=300, blank=True, default="")
    max_inflight = models.PositiveIntegerField(default=100)
    budget_micro = models.BigIntegerField(null=True)
    reserved_micro = models.BigIntegerField(default=0)
    spent_micro = models.BigIntegerField(default=0)
    budget_warned = models.FloatField(default=0.0)  # the share of the budget that people were last warned of
    unpriced_calls = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)

    atoms_total = models.PositiveIntegerField(default=0)
    waves_total = models.PositiveIntegerField(default=0)
    tests_total = models.PositiveIntegerField(null=True)
    tests_passed = models.PositiveIntegerField(null=True)
    precision = models.FloatField(null=True)  # frozen before any human decision
    precision_reviewed = models.FloatField(null=True)

    changes = models.PositiveIntegerField(default=0)  # people's changes so far: a run ends only on what they left
    driver_token = models.UUIDField(null=True)  # who drives it now: a lease
    driver_until = models.DateTimeField(null=True)
    fell_back_at = models.DateTimeField(null=True)
    fallback_reason = models.TextField(blank=True, default="")
    interruptions = models.PositiveIntegerField(
        default=0
    )  # drivers that lost the database, or died, since the last news
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "execution_runs"
        ordering = ["-created_at", "run_id"]
        constraints = [
            one_of("status", RunStatus, "run_status_known"),
            one_of("mode", ExecutionMode, "run_mode_known"),
            one_of("policy", Policy, "run_policy_known"),
            not_negative("reserved_micro", "run_reserved_not_negative"),
            not_negative("spent_micro", "run_spent_not_negative"),
            models.UniqueConstraint(
                fields=["masterplan"],
                condition=Q(status__in=sorted(RUN_LIVE), parent_run__isnull=True),
                name="one_live_parent_run",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.run_id} ({self.mode}, {self.status})"


class RunAtom(models.Model):
    """One atom in one run: the truth of the run.

    ``status`` moves only through ``execution.transitions`` (the state machine is drawn there), always by an update
    guarded with the old status, and with the lease token where a driver holds the atom. ``atom_id`` names a row of
    ``atomic_units`` in V2 and of ``masterplan_subtasks`` in the MVP; no foreign key, so that runs outlive both.
    """

    run = models.ForeignKey(ExecutionRun, on_delete=models.CASCADE, related_name="run_atoms", db_index=False)
    atom_id = models.UUIDField(db_index=True)
    task_id = models.UUIDField()
    position = models.PositiveIntegerField()  # order over the whole plan: task number, then place in the file
    path = models.CharField(max_length=1000)
    symbol = models.CharField(max_length=500)
    kind = models.CharField(max_length=30)
    start_line = models.PositiveIntegerField()
    end_line = models.PositiveIntegerField()
    loc = models.PositiveIntegerField()
    complexity = models.FloatField(default=1.0)
    is_hole = models.BooleanField(default=False)
    wave_number = models.PositiveIntegerField()
    priority = models.PositiveIntegerField(default=0)  # longest chain of atoms that waits on this one

    status = models.CharField(max_length=20, default=AtomStatus.PENDING)
    stage = models.CharField(max_length=10, default=Stage.DRAFT)
    pending_deps = models.PositiveIntegerField(default=0)
    claims = models.PositiveIntegerField(default=0)  # how often it was taken from the queue to ask the model
    attempts = models.PositiveIntegerField(default=0)  # attempts paid for; the draft is attempt 0
    code = models.TextField(null=True)  # accepted code; null: the draft stands
    allowed_attempts = models.PositiveIntegerField(default=3)  # a person who asks for another try adds one
    human_words = models.TextField(blank=True, default="")  # what a reviewer said when asking for another try
    decided = models.BooleanField(default=False)  # a person decided: no tool moves it any more
    best_attempt = models.PositiveIntegerField(null=True)
    last_error = models.JSONField(null=True)  # {category, message, ...} of the newest failure
    confidence = models.FloatField(null=True)
    confidence_terms = models.JSONField(null=True)
    suspiciousness = models.FloatField(default=0.0)  # Ochiai, as a part of the worst that the same failure reaches
    tests_reaching = models.PositiveIntegerField(default=0)

    not_before = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    reserved_micro = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "run_atoms"
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "atom_id"], name="unique_run_atom"),
            one_of("status", AtomStatus, "run_atom_status_known"),
            one_of("stage", Stage, "run_atom_stage_known"),
            models.CheckConstraint(
                condition=Q(status=AtomStatus.RUNNING, lease_token__isnull=False)
                | (~Q(status=AtomStatus.RUNNING) & Q(lease_token__isnull=True)),
                name="running_means_leased",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "status", "wave_number", "position"], name="idx_run_atom_list"),
            models.Index(
                fields=["run", "stage", "-priority", "position"],
                condition=Q(status="ready"),
                name="idx_run_atom_ready",
            ),
            models.Index(fields=["lease_until"], condition=Q(status="running"), name="idx_run_atom_leased"),
        ]

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line} {self.status}"


class RunEvent(models.Model):
    """The event log: what the browser shows live. ``seq`` is the id that clients replay from."""

    seq = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ExecutionRun, on_delete=models.CASCADE, null=True, related_name="events", db_index=False)
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    topic = models.CharField(max_length=20)  # run | review | flags
    type = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "event_log"
        ordering = ["seq"]
        indexes = [models.Index(fields=["run", "seq"], name="idx_event_run")]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
