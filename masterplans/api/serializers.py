"""The JSON of plans. Rooms above extend these classes with what only they know: atoms, graph, latest run."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from masterplans.domain.importing.languages import LANGUAGES
from masterplans.models import ImportStatus, Masterplan, MasterplanTask, PlanImport
from masterplans.selectors import PlanFacts, may_share, teams_of, tests_total


class MasterplanSerializer(serializers.ModelSerializer[Masterplan]):
    """A plan in a list. Needs ``facts`` in the context, see ``PlanView.plan_context``."""

    owner = serializers.CharField(source="owner.username", read_only=True)
    team = serializers.CharField(source="team.name", default=None, read_only=True, allow_null=True)
    budget_usd = serializers.FloatField(read_only=True, allow_null=True)
    tasks_total = serializers.SerializerMethodField()
    languages = serializers.SerializerMethodField()

    class Meta:
        model = Masterplan
        fields = [
            "masterplan_id",
            "name",
            "description",
            "status",
            "source_kind",
            "owner",
            "team",
            "root_package",
            "tasks_total",
            "languages",
            "budget_usd",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def _facts(self, plan: Masterplan) -> PlanFacts:
        facts: PlanFacts = self.context["facts"].get(plan.pk, PlanFacts())
        return facts

    def get_tasks_total(self, plan: Masterplan) -> int:
        """How many files the plan writes or changes."""
        return self._facts(plan).tasks_total

    def get_languages(self, plan: Masterplan) -> list[str]:
        """Languages of its tasks, by name."""
        return list(self._facts(plan).languages)


class ProblemSerializer(serializers.Serializer[None]):
    """Where a draft cannot be read; line and column count from 1."""

    line = serializers.IntegerField()
    column = serializers.IntegerField()
    message = serializers.CharField()


class AcceptanceTestSerializer(serializers.Serializer[None]):
    """What a task must do, and the project test that proves it."""

    description = serializers.CharField(allow_blank=True)
    test = serializers.CharField(allow_null=True)


class TaskSerializer(serializers.ModelSerializer[MasterplanTask]):
    """A task in its plan, without its code. Needs rows of ``selectors.with_task_rows``."""

    has_draft = serializers.BooleanField(read_only=True)
    problem = ProblemSerializer(read_only=True, allow_null=True)
    depends_on = serializers.ListField(child=serializers.UUIDField(), read_only=True)
    acceptance_tests = AcceptanceTestSerializer(many=True, read_only=True)

    class Meta:
        model = MasterplanTask
        fields = [
            "task_id",
            "task_number",
            "name",
            "description",
            "target_path",
            "language",
            "has_draft",
            "loc",
            "parse_ok",
            "problem",
            "depends_on",
            "acceptance_tests",
        ]
        read_only_fields = fields


class ContextSerializer(serializers.Serializer[None]):
    """A bounded context that a brief speaks of."""

    name = serializers.CharField()
    purpose = serializers.CharField()


class EntitySerializer(serializers.Serializer[None]):
    """An entity or value that a brief speaks of."""

    name = serializers.CharField()
    context = serializers.CharField()  # type: ignore[assignment]  # DRF takes it as a field, the attribute goes
    attributes = serializers.ListField(child=serializers.CharField())
    rules = serializers.ListField(child=serializers.CharField())


class DiscoverySerializer(serializers.Serializer[None]):
    """What the model found in a brief, for the person who approves the plan."""

    domain = serializers.CharField()
    contexts = ContextSerializer(many=True)
    entities = EntitySerializer(many=True)
    assumptions = serializers.ListField(child=serializers.CharField())
    risks = serializers.ListField(child=serializers.CharField())


class MasterplanDetailSerializer(MasterplanSerializer):
    """A plan with its tasks."""

    tasks = TaskSerializer(many=True, read_only=True)
    tests_total = serializers.SerializerMethodField()
    discovery = DiscoverySerializer(read_only=True, allow_null=True)
    team_choices = serializers.SerializerMethodField()

    class Meta(MasterplanSerializer.Meta):
        fields = [*MasterplanSerializer.Meta.fields, "tasks", "tests_total", "discovery", "team_choices"]
        read_only_fields = fields

    def get_team_choices(self, plan: Masterplan) -> list[str] | None:
        """Teams that whoever asks may share the plan with; null where they may not."""
        user = self.context["request"].user
        return teams_of(user) if may_share(user, plan) else None

    def get_tests_total(self, plan: Masterplan) -> int:
        """How many project test files it brings."""
        return tests_total(plan)


class PlanTaskInputSerializer(serializers.Serializer[None]):
    """A task of a plan file; for the schema of the API, the JSON Schema of plan files decides."""

    id = serializers.CharField(required=False)
    name = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    target_path = serializers.CharField()
    language = serializers.ChoiceField(choices=[(word, word) for word in LANGUAGES], required=False)
    code = serializers.CharField(required=False)
    acceptance_tests = serializers.ListField(child=serializers.JSONField(), required=False)
    depends_on = serializers.ListField(child=serializers.CharField(), required=False)


class PlanTestInputSerializer(serializers.Serializer[None]):
    """A project test of a plan file."""

    path = serializers.CharField()
    code = serializers.CharField()


class PlanSupportInputSerializer(serializers.Serializer[None]):
    """A file that code or tests need to run."""

    path = serializers.CharField()
    content = serializers.CharField()


class PlanInputSerializer(serializers.Serializer[None]):
    """A plan file over the API: all code inside. See ``/api/v1/masterplans/plan.schema.json``."""

    name = serializers.CharField(max_length=300)
    description = serializers.CharField(required=False)
    budget_usd = serializers.FloatField(required=False, allow_null=True)
    root_package = serializers.CharField(required=False, allow_null=True)
    tasks = PlanTaskInputSerializer(many=True)
    tests = PlanTestInputSerializer(many=True, required=False)
    files = PlanSupportInputSerializer(many=True, required=False)
    rules = serializers.JSONField(
        required=False, help_text="A list of dependency rules, or an object with them and acceptance."
    )


class PlanChangeSerializer(serializers.Serializer[None]):
    """What of a plan may be changed."""

    team = serializers.CharField(
        max_length=100, allow_null=True, help_text="One of your teams, whose members see the plan too; null: none."
    )


class ImportErrorSerializer(serializers.Serializer[PlanImport]):
    """Why an upload came to nothing: what the error would have been, had somebody waited for it."""

    code = serializers.CharField(source="error_code")
    message = serializers.CharField(source="error")


class ImportSerializer(serializers.Serializer[PlanImport]):
    """An upload on its way: ``masterplan_id`` is set once it is a plan."""

    import_id = serializers.UUIDField()
    filename = serializers.CharField()
    status = serializers.ChoiceField(ImportStatus.choices)
    phase = serializers.CharField(allow_blank=True)
    masterplan_id = serializers.UUIDField(allow_null=True)
    error = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(ImportErrorSerializer(allow_null=True))
    def get_error(self, row: PlanImport) -> Any:
        """What went wrong; null where nothing did."""
        return ImportErrorSerializer(row).data if row.error_code else None


class UploadSerializer(serializers.Serializer[None]):
    """A multipart import."""

    file = serializers.FileField(max_length=255, help_text="A plan file (.json, .yaml) or a source tree (.zip).")
    name = serializers.CharField(max_length=300, required=False, allow_blank=True)
    root_package = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="Import name of the folder in the zip."
    )
    team = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="One of your teams, whose members see the plan too."
    )
