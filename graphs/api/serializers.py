"""Shapes of atoms and graphs over HTTP."""

from typing import Any

from rest_framework import serializers

from atoms.domain.model import AtomKind, Language
from graphs.domain.model import EdgeType, Ordering

Row = serializers.Serializer[Any]


class AnalyzeSerializer(Row):
    """Code to cut, with a language or a path that tells it; or a task."""

    code = serializers.CharField(required=False, max_length=5_000_000, trim_whitespace=False, allow_blank=True)
    language = serializers.ChoiceField([(word.value, word.value) for word in Language], required=False)
    path = serializers.CharField(required=False, max_length=1000)
    task_id = serializers.UUIDField(required=False)


class DecomposeSerializer(Row):
    """What to cut and store: a task's plan, or a plan."""

    masterplan_id = serializers.UUIDField(required=False)
    task_id = serializers.UUIDField(required=False)


class SyntaxProblemSerializer(Row):
    """Where a file does not parse."""

    line = serializers.IntegerField()
    column = serializers.IntegerField()
    message = serializers.CharField()


class AnalyzedFileSerializer(Row):
    """A file that was cut."""

    path = serializers.CharField()
    language = serializers.CharField()
    bytes = serializers.IntegerField()
    parse_ok = serializers.BooleanField()
    problem = SyntaxProblemSerializer(allow_null=True)


class NeedSerializer(Row):
    """A name that the atom needs, and what answers it."""

    name = serializers.CharField()
    kind = serializers.CharField()
    resolved_by = serializers.CharField(allow_null=True)


class ContractSerializer(Row):
    """What others may rely on, and what the atom relies on. ``pure`` and ``deterministic``: null is not known."""

    signature = serializers.CharField(allow_null=True)
    defines = serializers.ListField(child=serializers.CharField())
    imports = serializers.ListField(child=serializers.CharField())
    types = serializers.DictField(child=serializers.CharField())
    preconditions = serializers.ListField(child=serializers.DictField())
    postconditions = serializers.ListField(child=serializers.DictField())
    raises = serializers.ListField(child=serializers.CharField())
    mutates = serializers.ListField(child=serializers.CharField())
    pure = serializers.BooleanField(allow_null=True)
    deterministic = serializers.BooleanField(allow_null=True)
    test_cases = serializers.ListField(child=serializers.DictField())


class MeasuredCriterionSerializer(Row):
    """One of the ten atomicity criteria; value null: not applicable."""

    name = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    measures = serializers.CharField()
    raise_by = serializers.CharField()


class AnalyzedEdgeSerializer(Row):
    """``from`` needs ``to``."""

    to = serializers.CharField()
    type = serializers.CharField()
    weight = serializers.FloatField()
    reasons = serializers.ListField(child=serializers.DictField())

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of Python, so it is added by name."""
        return {"from": serializers.CharField(), **super().get_fields()}


class AnalyzedAtomSerializer(Row):
    """An atom that was cut and not stored."""

    id = serializers.CharField()
    path = serializers.CharField()
    start_byte = serializers.IntegerField()
    end_byte = serializers.IntegerField()
    start_line = serializers.IntegerField()
    end_line = serializers.IntegerField()
    kind = serializers.ChoiceField([(word.value, word.value) for word in AtomKind])
    symbol = serializers.CharField()
    loc = serializers.IntegerField()
    complexity = serializers.FloatField()
    atomicity_score = serializers.FloatField()
    context_completeness = serializers.FloatField()
    criteria = serializers.DictField(child=serializers.FloatField(allow_null=True))
    criteria_detail = MeasuredCriterionSerializer(many=True)
    contract = ContractSerializer()
    needs = NeedSerializer(many=True)
    wave = serializers.IntegerField()


class UnresolvedSerializer(Row):
    """A use that no definition answers."""

    atom = serializers.CharField(help_text="where it is used")
    name = serializers.CharField()
    line = serializers.IntegerField(help_text="1-based, in the atom's file")


class AnalysisSerializer(Row):
    """What was found."""

    files = AnalyzedFileSerializer(many=True)
    atoms = AnalyzedAtomSerializer(many=True)
    edges = AnalyzedEdgeSerializer(many=True)
    waves = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    unresolved = UnresolvedSerializer(many=True)


class StoredAtomSerializer(Row):
    """An atom as it is stored."""

    atom_id = serializers.UUIDField()
    path = serializers.CharField()
    kind = serializers.CharField()
    symbol = serializers.CharField()
    start_line = serializers.IntegerField()
    end_line = serializers.IntegerField()
    loc = serializers.IntegerField()
    complexity = serializers.FloatField()


class DecompositionSerializer(Row):
    """Atoms that are stored now."""

    atoms_total = serializers.IntegerField()
    atoms = StoredAtomSerializer(many=True)


class GraphNodeSerializer(Row):
    """An atom in the graph."""

    atom_id = serializers.UUIDField()
    symbol = serializers.CharField()
    path = serializers.CharField()
    kind = serializers.CharField()
    wave = serializers.IntegerField()
    place = serializers.IntegerField(help_text="row in the wave, from 0: neighbours stand beside each other")
    depth = serializers.IntegerField(help_text="atoms on the longest chain that waits for this one, itself included")
    unit = serializers.IntegerField(allow_null=True, help_text="atoms of one unit execute together")
    loc = serializers.IntegerField()


class GraphEdgeSerializer(Row):
    """``from`` needs ``to``. ``orders``: ``from`` waits. ``broken``: why a cycle was cut here."""

    to = serializers.UUIDField()
    type = serializers.ChoiceField([(word.value, word.value) for word in EdgeType])
    weight = serializers.FloatField()
    orders = serializers.BooleanField()
    broken = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of Python, so it is added by name."""
        return {"from": serializers.UUIDField(), **super().get_fields()}


class DifferenceSerializer(Row):
    """An edge that only the plan or only the code has. ``late``: it orders, but its target is planned no earlier."""

    to = serializers.UUIDField()
    type = serializers.ChoiceField([(word.value, word.value) for word in EdgeType])
    weight = serializers.FloatField()
    symbol = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    late = serializers.BooleanField()

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of Python, so it is added by name."""
        return {"from": serializers.UUIDField(), **super().get_fields()}


class ReconciliationSerializer(Row):
    """Planned edges beside those of the code that a run accepted. The lists are bounded, the totals exact."""

    run_id = serializers.UUIDField()
    changed_atoms = serializers.IntegerField()
    unplanned_total = serializers.IntegerField()
    unwired_total = serializers.IntegerField()
    unplanned = DifferenceSerializer(many=True)
    unwired = DifferenceSerializer(many=True)
    unparsed = serializers.ListField(child=serializers.CharField(), help_text="files nothing is said about")
    updated_at = serializers.DateTimeField()


class BoundarySerializer(Row):
    """A module or component: its scope (``path``, ``path#part`` or folder) and how many atoms it holds."""

    scope = serializers.CharField()
    atom_count = serializers.IntegerField()
    first_atom = serializers.UUIDField(allow_null=True)


class GraphSerializer(Row):
    """A plan's graph. ``critical_path``: the longest chain of atoms that wait for each other, first to last."""

    graph_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField()
    masterplan_name = serializers.CharField()
    ordering = serializers.ChoiceField([(word.value, word.value) for word in Ordering])
    updated_at = serializers.DateTimeField()
    unresolved_total = serializers.IntegerField(help_text="uses that no definition answers")
    critical_path = serializers.ListField(child=serializers.UUIDField())
    modules = BoundarySerializer(many=True)
    components = BoundarySerializer(many=True)
    reconciliation = ReconciliationSerializer(allow_null=True)
    total_atoms = serializers.IntegerField()
    total_edges = serializers.IntegerField()
    max_depth = serializers.IntegerField()
    total_waves = serializers.IntegerField()
    nodes = GraphNodeSerializer(many=True)
    edges = GraphEdgeSerializer(many=True)


class GraphWaveSerializer(Row):
    """One wave of the plan."""

    wave_number = serializers.IntegerField()
    atom_ids = serializers.ListField(child=serializers.UUIDField())
    atom_count = serializers.IntegerField()


class GraphWavesSerializer(Row):
    """All waves of the plan, from 1."""

    waves = GraphWaveSerializer(many=True)


class GraphRowSerializer(Row):
    """A graph in the list."""

    graph_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField()
    masterplan_name = serializers.CharField(source="masterplan.name")
    total_atoms = serializers.IntegerField()
    total_edges = serializers.IntegerField()
    total_waves = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class GraphListSerializer(Row):
    """The newest graphs, and how many there are."""

    graphs = GraphRowSerializer(many=True)
    total = serializers.IntegerField()


class TouchedSerializer(Row):
    """An atom that a change touches."""

    atom_id = serializers.UUIDField()
    symbol = serializers.CharField()
    path = serializers.CharField()


class ImpactSerializer(Row):
    """What a changed atom means for others. The lists are bounded, the totals exact; dependencies stand first."""

    atom_id = serializers.UUIDField()
    change = serializers.ChoiceField(["body", "contract"])
    revalidate_total = serializers.IntegerField()
    reopen_total = serializers.IntegerField()
    revalidate = TouchedSerializer(many=True)
    reopen = TouchedSerializer(many=True)


class DrawingSerializer(Row):
    """A graph as text for a drawing program."""

    format = serializers.CharField()
    text = serializers.CharField()
