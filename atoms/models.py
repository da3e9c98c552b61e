"""``atomic_units``: one of the seven V2 tables.

The columns of the seed mirror the latest run; ``run_atoms`` is the truth.
"""

from django.db import models

from kernel.constraints import one_of
from kernel.fields import UUIDArrayField
from kernel.ids import ordered_id
from kernel.states import AtomStatus
from masterplans.models import Masterplan, MasterplanTask


class AtomicUnit(models.Model):
    """An atom: a contiguous byte range of a task's draft. The atoms of a task, in order, are exactly its bytes."""

    atom_id = models.UUIDField(primary_key=True, default=ordered_id, editable=False)
    task = models.ForeignKey(MasterplanTask, on_delete=models.CASCADE, related_name="atoms", db_index=False)
    masterplan = models.ForeignKey(Masterplan, on_delete=models.CASCADE, related_name="atoms", db_index=False)
    atom_number = models.IntegerField()
    name = models.CharField(max_length=300)
    description = models.TextField()

    language = models.CharField(max_length=50)
    estimated_loc = models.IntegerField()
    actual_loc = models.IntegerField(null=True)
    complexity = models.DecimalField(max_digits=5, decimal_places=2)

    # Where it stands (additive to the seed)
    path = models.CharField(max_length=1000)
    kind = models.CharField(max_length=30)
    symbol = models.CharField(max_length=500)
    parent = models.CharField(max_length=500, null=True)
    start_byte = models.PositiveIntegerField()
    end_byte = models.PositiveIntegerField()
    start_line = models.PositiveIntegerField()
    end_line = models.PositiveIntegerField()
    content_sha = models.CharField(max_length=64)
    is_hole = models.BooleanField(default=False)
    uncuttable = models.BooleanField(default=False)

    context_json = models.JSONField(default=dict)
    imports = models.JSONField(null=True)
    types = models.JSONField(null=True)
    preconditions = models.JSONField(null=True)
    postconditions = models.JSONField(null=True)
    test_cases = models.JSONField(null=True)
    needs = models.JSONField(default=list)
    context_completeness = models.FloatField(default=1.0)
    criteria = models.JSONField(default=list)

    depends_on_atoms = UUIDArrayField(default=list)

    status = models.CharField(max_length=50, default=AtomStatus.PENDING)
    code = models.TextField(null=True)
    attempts = models.IntegerField(default=0)

    validation_results = models.JSONField(null=True)
    confidence_score = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    is_atomic = models.BooleanField(default=True)
    atomicity_score = models.DecimalField(max_digits=3, decimal_places=2, null=True)

    created_at = models.DateTimeField(auto_now_add=True)
    generated_at = models.DateTimeField(null=True)
    validated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "atomic_units"
        ordering = ["task__task_number", "atom_number"]
        indexes = [
            models.Index(fields=["task"], name="idx_atom_task"),
            models.Index(fields=["masterplan"], name="idx_atom_masterplan"),
            models.Index(fields=["status"], name="idx_atom_status"),
            models.Index(fields=["confidence_score"], name="idx_atom_confidence"),
        ]
        constraints = [
            one_of("status", AtomStatus, "atom_status_known"),
            models.UniqueConstraint(fields=["task", "atom_number"], name="unique_atom_number"),
            models.CheckConstraint(condition=models.Q(start_byte__lte=models.F("end_byte")), name="atom_range_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line} {self.symbol}"
