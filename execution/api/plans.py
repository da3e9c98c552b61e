"""Plans over HTTP with what only this room and those between know: atoms, graph, newest run."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from atoms.domain.model import AtomKind
from atoms.models import AtomicUnit
from execution.api.serializers import RunSerializer
from execution.selectors import latest_runs, run_payloads
from graphs.models import DependencyGraph
from kernel.v2 import v2_installed
from masterplans.api.serializers import (
    ImportSerializer,
    MasterplanDetailSerializer,
    MasterplanSerializer,
    TaskSerializer,
)
from masterplans.api.views import MasterplanDetail, MasterplanImport, MasterplanList, PlanView
from masterplans.models import Masterplan, MasterplanTask


class PlanSerializer(MasterplanSerializer):
    """A plan with its newest run."""

    atoms_total = serializers.SerializerMethodField()
    latest_run = serializers.SerializerMethodField()

    class Meta(MasterplanSerializer.Meta):
        fields = [*MasterplanSerializer.Meta.fields, "atoms_total", "latest_run"]
        read_only_fields = fields

    def get_atoms_total(self, plan: Masterplan) -> int | None:
        """How many atoms it was cut into; null before that."""
        total: int | None = self.context["atoms"].get(plan.pk)
        return total

    @extend_schema_field(RunSerializer(allow_null=True))
    def get_latest_run(self, plan: Masterplan) -> Any:
        """The newest run; null before the first."""
        run = self.context["runs"].get(plan.pk)
        return None if run is None else RunSerializer(run).data


class PlanTaskSerializer(TaskSerializer):
    """A task with the number of its atoms."""

    atoms_total = serializers.SerializerMethodField()

    class Meta(TaskSerializer.Meta):
        fields = [*TaskSerializer.Meta.fields, "atoms_total"]
        read_only_fields = fields

    def get_atoms_total(self, task: MasterplanTask) -> int | None:
        """How many atoms it was cut into; null before that."""
        total: int | None = self.context["task_atoms"].get(task.pk)
        return total


class PlanDetailSerializer(MasterplanDetailSerializer, PlanSerializer):
    """A plan in full."""

    tasks = PlanTaskSerializer(many=True, read_only=True)
    graph_id = serializers.SerializerMethodField()

    class Meta(MasterplanDetailSerializer.Meta):
        fields = [*MasterplanDetailSerializer.Meta.fields, "atoms_total", "latest_run", "graph_id"]
        read_only_fields = fields

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_graph_id(self, plan: Masterplan) -> Any:
        """Its graph; null before the first run."""
        return self.context["graphs"].get(plan.pk)


def _v2_facts(ids: Sequence[uuid.UUID]) -> dict[str, Any]:
    """Atoms and graphs of plans; nothing where the V2 tables were migrated away."""
    if not v2_installed():
        return {"atoms": {}, "task_atoms": {}, "graphs": {}}
    atoms = AtomicUnit.objects.filter(masterplan__in=ids).exclude(kind=AtomKind.SUBTASK).order_by()
    return {
        "atoms": dict(atoms.values_list("masterplan").annotate(n=Count("pk"))),
        "task_atoms": dict(atoms.values_list("task").annotate(n=Count("pk"))) if len(ids) == 1 else {},
        "graphs": dict(DependencyGraph.objects.filter(masterplan__in=ids).values_list("masterplan", "graph_id")),
    }


class _WithRuns(PlanView):
    serializer_class = PlanSerializer

    def plan_context(self, plans: Sequence[Masterplan]) -> Mapping[str, Any]:
        """Atoms, graphs and newest runs of the page, with one query each."""
        ids = [plan.pk for plan in plans]
        runs = latest_runs(ids)
        payloads = run_payloads(runs.values())
        return {
            **super().plan_context(plans),
            **_v2_facts(ids),
            "runs": dict(zip(runs, payloads, strict=True)),
        }


class PlanListView(_WithRuns, MasterplanList):
    """All plans, each with its newest run."""

    serializer_class = PlanSerializer


@extend_schema_view(post=extend_schema(responses={201: PlanSerializer, 202: ImportSerializer}))
class PlanImportView(_WithRuns, MasterplanImport):
    """A new plan from an upload."""

    serializer_class = PlanSerializer


class PlanDetailView(_WithRuns, MasterplanDetail):
    """One plan in full."""

    serializer_class = PlanDetailSerializer
