"""Three of the seven V2 tables: the graph of a plan, its edges, and the waves of each run."""

import uuid

from django.db import models

from atoms.models import AtomicUnit
from graphs.domain.model import EdgeType, Ordering
from kernel.constraints import one_of
from kernel.fields import UUIDArrayField
from kernel.ids import ordered_id
from masterplans.models import Masterplan


class DependencyGraph(models.Model):
    """Metadata of a plan's graph. The scheduler reads ``atom_dependencies`` alone; ``edges_json`` mirrors it."""

    graph_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    masterplan = models.OneToOneField(Masterplan, on_delete=models.CASCADE, related_name="graph")
    total_atoms = models.IntegerField()
    total_edges = models.IntegerField()
    max_depth = models.IntegerField()
    total_waves = models.IntegerField()
    nodes_json = models.JSONField()
    edges_json = models.JSONField()
    topological_order = UUIDArrayField()
    ordering = models.CharField(max_length=20, default=Ordering.INTERFACE)
    critical_path = UUIDArrayField(default=list)  # the longest chain of waiting atoms, first to last
    unresolved = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "dependency_graphs"
        constraints = [one_of("ordering", Ordering, "graph_ordering_known")]

    def __str__(self) -> str:
        return f"graph of {self.masterplan_id}"


class AtomDependency(models.Model):
    """``from_atom`` needs ``to_atom``. One row a pair, the strongest type; every reason kept."""

    dependency_id = models.UUIDField(primary_key=True, default=ordered_id, editable=False)
    graph = models.ForeignKey(DependencyGraph, on_delete=models.CASCADE, related_name="edges", db_index=False)
    from_atom = models.ForeignKey(AtomicUnit, on_delete=models.CASCADE, related_name="needs_edges", db_index=False)
    to_atom = models.ForeignKey(AtomicUnit, on_delete=models.CASCADE, related_name="needed_by_edges", db_index=False)
    dependency_type = models.CharField(max_length=50)
    weight = models.DecimalField(max_digits=3, decimal_places=2, default=1)
    reasons = models.JSONField(default=list)
    broken = models.TextField(null=True)  # why a cycle was cut here
    unit = models.PositiveIntegerField(null=True)  # both ends lie in this unbreakable cycle and execute together
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "atom_dependencies"
        indexes = [
            models.Index(fields=["from_atom"], name="idx_dep_from"),
            models.Index(fields=["to_atom"], name="idx_dep_to"),
            models.Index(fields=["graph"], name="idx_dep_graph"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["from_atom", "to_atom"], name="unique_dependency"),
            one_of("dependency_type", EdgeType, "dependency_type_known"),
            models.CheckConstraint(
                condition=models.Q(broken__isnull=True) | models.Q(weight__lt=1), name="broken_edge_is_breakable"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_atom_id} needs {self.to_atom_id}"


class ExecutionWave(models.Model):
    """Atoms whose ordering dependencies all lie in earlier waves; numbered from 1. ``run_id`` is null for the plan."""

    wave_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    graph = models.ForeignKey(DependencyGraph, on_delete=models.CASCADE, related_name="waves", db_index=False)
    run_id = models.UUIDField(null=True, db_index=True)
    wave_number = models.IntegerField()
    atom_ids = UUIDArrayField()
    atom_count = models.IntegerField()
    status = models.CharField(max_length=50, default="pending")
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    duration_seconds = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    parallelization_factor = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "execution_waves"
        ordering = ["wave_number"]
        indexes = [
            models.Index(fields=["graph"], name="idx_wave_graph"),
            models.Index(fields=["status"], name="idx_wave_status"),
        ]
        constraints = [
            one_of("status", ["pending", "running", "completed"], "wave_status_known"),
            models.UniqueConstraint(fields=["graph", "run_id", "wave_number"], name="unique_wave"),
            models.CheckConstraint(condition=models.Q(wave_number__gte=1), name="waves_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"wave {self.wave_number}"


class EdgeReconciliation(models.Model):
    """The planned edges of a graph beside those of the code that a run accepted; one row a run, the newest state.

    The lists hold ``{from, to, type, weight, symbol, line, late}``, at most ``graphs.services.MAX_DIFFERENCES``; the
    totals are exact. ``unparsed`` names files whose accepted code does not parse: nothing is said about them.
    """

    graph = models.ForeignKey(DependencyGraph, on_delete=models.CASCADE, related_name="reconciliations")
    run_id = models.UUIDField()
    changed_atoms = models.PositiveIntegerField()
    unplanned = models.JSONField(default=list)
    unwired = models.JSONField(default=list)
    unplanned_total = models.PositiveIntegerField(default=0)
    unwired_total = models.PositiveIntegerField(default=0)
    unparsed = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "edge_reconciliations"
        constraints = [models.UniqueConstraint(fields=["graph", "run_id"], name="unique_reconciliation")]

    def __str__(self) -> str:
        return f"{self.unplanned_total} unplanned, {self.unwired_total} unwired in run {self.run_id}"
