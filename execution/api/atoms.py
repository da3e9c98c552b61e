"""The page of an atom: its place, contract, context, edges, attempts and validations, in one answer."""

import uuid
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from atoms.models import AtomicUnit
from atoms.selectors import pack_of
from execution.api.serializers import AttemptSerializer
from execution.assembly import assemble_file, atom_text
from execution.attempts.models import AtomRetryHistory
from execution.models import ExecutionRun, RunAtom
from execution.selectors import get_run
from graphs.api.serializers import NeedSerializer
from graphs.models import AtomDependency
from kernel.errors import NotFound
from kernel.text import decode
from masterplans.selectors import visible_masterplans
from validation.api.serializers import ValidationSerializer
from validation.selectors import as_json, results_for_atom

MAX_FILE_CHARS = 64 * 1024
MAX_EDGES = 200

Row = serializers.Serializer[Any]


class CriterionSerializer(Row):
    """One of the ten atomicity criteria; null: not applicable."""

    name = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    measures = serializers.CharField()
    raise_by = serializers.CharField()


class ReasonSerializer(Row):
    """One use that makes an edge."""

    type = serializers.CharField()
    symbol = serializers.CharField()
    line = serializers.IntegerField()


class EdgeEndSerializer(Row):
    """The other end of an edge."""

    atom_id = serializers.UUIDField()
    path = serializers.CharField()
    symbol = serializers.CharField()
    type = serializers.CharField()
    weight = serializers.FloatField()
    reasons = ReasonSerializer(many=True)


class EdgesSerializer(Row):
    """What an atom needs, and what needs it; the strongest first."""

    needs = EdgeEndSerializer(many=True)
    needed_by = EdgeEndSerializer(many=True)


class FileSerializer(Row):
    """The assembled file around the atom; ``start_line`` is the number of the text's first line."""

    path = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    start_line = serializers.IntegerField()


class UsedSerializer(Row):
    """Something that an atom uses, by its contract."""

    name = serializers.CharField()
    place = serializers.CharField()
    contract = serializers.CharField(allow_blank=True)


class CallerSerializer(Row):
    """A line that calls the atom."""

    place = serializers.CharField()
    line = serializers.CharField(allow_blank=True)


class NeighbourSerializer(Row):
    """The atom before or after in the file."""

    symbol = serializers.CharField()
    code = serializers.CharField(allow_blank=True)


class PackSerializer(Row):
    """What one would need to rewrite the atom alone, most important first; ``tokens`` are estimated."""

    contract = serializers.DictField()
    code = serializers.CharField(allow_blank=True)
    uses = UsedSerializer(many=True)
    callers = CallerSerializer(many=True)
    tests = serializers.ListField(child=serializers.DictField())
    place = NeighbourSerializer(many=True)
    tokens = serializers.IntegerField()
    limit = serializers.IntegerField()
    left_out = serializers.IntegerField()


class AtomDecisionSerializer(Row):
    """What a person decided about the atom in the run; ``undone`` where it was taken back."""

    review_id = serializers.UUIDField()
    decision = serializers.CharField()
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    reason_code = serializers.CharField(allow_null=True)
    feedback = serializers.CharField(allow_blank=True)
    active_ms = serializers.IntegerField(allow_null=True, help_text="How long the person really looked at it.")
    undone = serializers.BooleanField()


class AtomRunSerializer(Row):
    """The atom in one run."""

    run_id = serializers.UUIDField()
    status = serializers.CharField()
    attempts = serializers.IntegerField()
    wave = serializers.IntegerField()
    confidence = serializers.FloatField(allow_null=True)
    confidence_terms = serializers.JSONField(allow_null=True)
    suspiciousness = serializers.FloatField()


class AtomSerializer(Row):
    """An atom in full."""

    atom_id = serializers.UUIDField()
    masterplan_id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    path = serializers.CharField()
    language = serializers.CharField()
    kind = serializers.CharField()
    symbol = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # DRF takes it as a field
    start_line = serializers.IntegerField()
    end_line = serializers.IntegerField()
    loc = serializers.IntegerField()
    complexity = serializers.FloatField()
    is_hole = serializers.BooleanField()
    uncuttable = serializers.BooleanField()
    atomicity_score = serializers.FloatField(allow_null=True)
    criteria = CriterionSerializer(many=True)
    context_completeness = serializers.FloatField()
    context = serializers.DictField()  # type: ignore[assignment]  # DRF takes it as a field, the attribute goes
    context_pack = PackSerializer()
    needs = NeedSerializer(many=True)
    imports = serializers.JSONField(allow_null=True)
    types = serializers.JSONField(allow_null=True)
    preconditions = serializers.JSONField(allow_null=True)
    postconditions = serializers.JSONField(allow_null=True)
    test_cases = serializers.JSONField(allow_null=True)
    code = serializers.CharField(allow_null=True, allow_blank=True)
    original_code = serializers.CharField(allow_null=True, allow_blank=True)
    file = FileSerializer(allow_null=True)
    edges = EdgesSerializer()
    run = AtomRunSerializer(allow_null=True)
    attempts = AttemptSerializer(many=True)
    validations = ValidationSerializer(many=True)
    decisions = AtomDecisionSerializer(many=True)


class AtomView(APIView):
    """One atom."""

    @extend_schema(parameters=[OpenApiParameter("run", OpenApiTypes.UUID)], responses=AtomSerializer)
    def get(self, request: Request, atom_id: uuid.UUID) -> Response:
        """The atom as it stands in a run, by default the newest."""
        atom, row = atom_in_run(request.user, atom_id, request.query_params.get("run"))
        return Response(AtomSerializer(payload(atom, row)).data)


def atom_in_run(user: Any, atom_id: uuid.UUID, run_id: str | None) -> tuple[AtomicUnit, RunAtom | None]:
    """An atom that the user may see with its row of the run, by default the newest; None where it is in no run."""
    atom = _atom(user, atom_id)
    return atom, _run_atom(atom, get_run(user, run_id) if run_id else None)


def _atom(user: Any, atom_id: uuid.UUID) -> AtomicUnit:
    atoms = AtomicUnit.objects.select_related("task")
    atom = atoms.filter(pk=atom_id, masterplan__in=visible_masterplans(user)).first()
    if atom is None:
        raise NotFound(f"There is no atom {atom_id}, or you may not see it.")
    return atom


def _run_atom(atom: AtomicUnit, run: ExecutionRun | None) -> RunAtom | None:
    rows = RunAtom.objects.select_related("run").filter(atom_id=atom.pk)
    if run is not None:
        return rows.filter(run=run).first()
    return rows.filter(run__parent_run=None).order_by("-run__created_at").first()


def payload(atom: AtomicUnit, row: RunAtom | None) -> dict[str, Any]:
    """An atom, and what one run made of it."""
    draft = atom.task.draft
    original = None if draft is None else decode(bytes(draft)[atom.start_byte : atom.end_byte])
    return {
        **{name: getattr(atom, name) for name in _PLAIN},
        "loc": atom.estimated_loc,
        "context": atom.context_json,
        "context_pack": pack_of(atom),
        "code": original if row is None else decode(atom_text(row)),
        "original_code": original,
        "file": None if row is None else _file(row),
        "edges": {"needs": _ends(atom, "from_atom", "to_atom"), "needed_by": _ends(atom, "to_atom", "from_atom")},
        "run": None if row is None else _run_row(row),
        "attempts": [] if row is None else _attempts(atom, row),
        "validations": [as_json(v) for v in results_for_atom(atom.pk, run_id=row.run_id)] if row else [],
        "decisions": [] if row is None else _decisions(atom, row),
    }


_PLAIN = (
    "atom_id", "masterplan_id", "task_id", "path", "language", "kind", "symbol", "parent", "start_line", "end_line",
    "complexity", "is_hole", "uncuttable", "atomicity_score", "criteria", "context_completeness", "needs", "imports",
    "types", "preconditions", "postconditions", "test_cases",
)  # fmt: skip


def _run_row(row: RunAtom) -> dict[str, Any]:
    shown = ("run_id", "status", "attempts", "confidence", "confidence_terms", "suspiciousness")
    return {**{name: getattr(row, name) for name in shown}, "wave": row.wave_number}


def _attempts(atom: AtomicUnit, row: RunAtom) -> QuerySet[AtomRetryHistory]:
    return AtomRetryHistory.objects.filter(atom=atom, run_id=row.run_id).order_by("attempt_number")


def _decisions(atom: AtomicUnit, row: RunAtom) -> list[dict[str, Any]]:
    """Rows of the room above, read as the export reads them; the oldest first."""
    found = apps.get_model("review", "ReviewDecision").objects.filter(review__atom=atom, review__run_id=row.run_id)
    shown = found.order_by("at", "pk").values(
        "review_id", "decision", "by__username", "at", "reason_code", "feedback", "active_ms", "undone_at"
    )
    return [{**one, "by": one["by__username"], "undone": one["undone_at"] is not None} for one in shown]


def _file(row: RunAtom) -> dict[str, Any] | None:
    """The assembled file, cut around the atom where it is long."""
    file = assemble_file(row)
    if file is None:
        return None
    lines = decode(file.content).splitlines(keepends=True)
    first = next((start for atom_id, start, _ in file.spans if atom_id == str(row.atom_id)), 1)
    start = 0 if sum(map(len, lines)) <= MAX_FILE_CHARS else max(0, first - 200)
    return {"path": file.path, "text": "".join(lines[start:])[:MAX_FILE_CHARS], "start_line": start + 1}


def _ends(atom: AtomicUnit, here: str, there: str) -> list[dict[str, Any]]:
    edges = AtomDependency.objects.filter(**{here: atom}).select_related(there).order_by("-weight", there)
    fields = (f"{there}__context_json", f"{there}__needs", f"{there}__criteria")
    return [
        {
            "atom_id": other.pk,
            "path": other.path,
            "symbol": other.symbol,
            "type": edge.dependency_type,
            "weight": float(edge.weight),
            "reasons": edge.reasons,
        }
        for edge in edges.defer(*fields)[:MAX_EDGES]
        for other in [getattr(edge, there)]
    ]
