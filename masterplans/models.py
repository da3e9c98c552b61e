"""Teams, plans, their tasks and files, and the MVP's subtasks. These tables stay when V2 is migrated away."""

import uuid

from django.conf import settings
from django.db import models

from kernel.constraints import one_of
from kernel.fields import UUIDArrayField
from kernel.states import PlanStatus, choices


class SourceKind(models.TextChoices):
    """Where a plan came from."""

    PLAN_FILE = "plan_file"
    SOURCE_TREE = "source_tree"
    BRIEF = "brief"


class Team(models.Model):
    """People who see each other's plans where a plan names their team."""

    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="mge_teams", blank=True)

    class Meta:
        db_table = "teams"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Masterplan(models.Model):
    """A software plan: tasks, budget, owner, tests of the whole. Its owner, its team and admins see it."""

    masterplan_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="masterplans")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="masterplans")
    status = models.CharField(max_length=50, choices=choices(PlanStatus), default=PlanStatus.APPROVED)
    source_kind = models.CharField(max_length=20, choices=SourceKind.choices)
    root_package = models.CharField(max_length=300, null=True, blank=True)
    python = models.CharField(max_length=1000, null=True, blank=True)  # interpreter of the project under test
    node_modules = models.CharField(max_length=1000, null=True, blank=True)
    budget_usd = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    rules = models.JSONField(default=dict, blank=True)  # dependency rules, acceptance criteria
    discovery = models.JSONField(null=True, blank=True)  # what the model found in a brief
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "masterplans"
        ordering = ["-created_at", "masterplan_id"]
        constraints = [one_of("status", PlanStatus, "masterplan_status_known")]
        indexes = [models.Index(fields=["owner", "-created_at"], name="idx_plan_owner")]

    def __str__(self) -> str:
        return self.name


class MasterplanTask(models.Model):
    """One file to write or change. ``draft`` is kept as it came, byte for byte; None means: still to be written."""

    task_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="tasks")
    task_number = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    target_path = models.CharField(max_length=1000)  # as people see it and as it is exported
    place = models.CharField(max_length=1000)  # where it lies in the workspace
    language = models.CharField(max_length=50)
    draft = models.BinaryField(null=True, blank=True)
    skeleton = models.BinaryField(
        null=True, blank=True
    )  # signatures with holes, written by the model where no draft is
    acceptance_tests = models.JSONField(default=list, blank=True)
    depends_on = UUIDArrayField(default=list, blank=True)
    parse_ok = models.BooleanField(null=True)  # None: no draft
    problem = models.JSONField(null=True, blank=True)  # {line, column, message} of the first syntax error
    loc = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "masterplan_tasks"
        ordering = ["masterplan", "task_number"]
        constraints = [
            models.UniqueConstraint(fields=["masterplan", "task_number"], name="unique_task_number"),
            models.UniqueConstraint(fields=["masterplan", "target_path"], name="unique_task_path"),
        ]

    def __str__(self) -> str:
        return self.target_path

    @property
    def text(self) -> bytes:
        """The bytes that atoms are ranges of: the draft, else the skeleton, else nothing."""
        return bytes(self.draft if self.draft is not None else self.skeleton or b"")


class MasterplanSubtask(models.Model):
    """About 25 LOC of a task: the unit of the MVP engine."""

    subtask_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(MasterplanTask, on_delete=models.CASCADE, related_name="subtasks")
    subtask_number = models.PositiveIntegerField()
    description = models.TextField(blank=True, default="")
    start_byte = models.PositiveIntegerField()
    end_byte = models.PositiveIntegerField()
    loc = models.PositiveIntegerField()

    class Meta:
        db_table = "masterplan_subtasks"
        ordering = ["task", "subtask_number"]
        constraints = [models.UniqueConstraint(fields=["task", "subtask_number"], name="unique_subtask_number")]

    def __str__(self) -> str:
        return f"{self.task_id} #{self.subtask_number}"


class MasterplanFile(models.Model):
    """A file of the project that V2 never changes: project tests, and what they need to run."""

    class Role(models.TextChoices):
        """What the file is for; the words of ``masterplans.domain.workspace.FileRole``."""

        TEST = "test"
        SUPPORT = "support"

    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=20, choices=Role.choices)
    path = models.CharField(max_length=1000)
    place = models.CharField(max_length=1000)
    content = models.BinaryField()
    generated = models.BooleanField(default=False)  # tests that the model wrote for a task that came without any

    class Meta:
        db_table = "masterplan_files"
        ordering = ["masterplan", "path"]
        constraints = [
            one_of("role", ["test", "support"], "masterplan_file_role_known"),
            models.UniqueConstraint(fields=["masterplan", "path"], name="unique_file_path"),
        ]

    def __str__(self) -> str:
        return self.path


class ImportStatus(models.TextChoices):
    """Where an upload is: ``pending -> running -> completed | failed``."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"  # no plan was stored; ``error`` says why


class PlanImport(models.Model):
    """An upload that a worker imports. ``content`` is the file until the end, then empty."""

    import_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=300)
    name = models.CharField(max_length=300, blank=True, default="")
    root_package = models.CharField(max_length=300, blank=True, default="")
    content = models.BinaryField(default=b"")
    status = models.CharField(max_length=20, choices=ImportStatus.choices, default=ImportStatus.PENDING)
    phase = models.CharField(max_length=100, blank=True, default="")
    masterplan = models.ForeignKey(Masterplan, on_delete=models.SET_NULL, null=True, related_name="+")
    error = models.TextField(blank=True, default="")
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_status = models.PositiveSmallIntegerField(null=True)
    error_data = models.JSONField(null=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "plan_imports"
        ordering = ["-created_at", "import_id"]
        constraints = [one_of("status", ImportStatus.values, "plan_import_status_known")]

    def __str__(self) -> str:
        return f"import of {self.filename} ({self.status})"
