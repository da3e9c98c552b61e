"""One review with everything that a person needs to decide it."""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from execution.attempts.models import AtomRetryHistory
from execution.models import RunAtom
from graphs.models import AtomDependency
from kernel.text import storable
from review.models import HumanReviewQueue, ReviewDecision
from review.selectors.access import get_review
from review.selectors.drafts import draft_texts
from review.selectors.found_help import FoundHelp, found_help, in_full, key_of, model_for
from review.selectors.place import place_of
from review.selectors.queue import ReviewRow, row_of
from review.selectors.suite import BAD, ReachingTest, tests_of
from validation.members import module_scope
from validation.models import ValidationResult
from validation.selectors import as_json

MAX_EDGES = 200  # each way; a page shows no more
MAX_TESTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeEnd:
    """The other end of an edge of the atom."""

    atom_id: uuid.UUID
    path: str
    symbol: str
    type: str
    weight: float
    reasons: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEntry:
    """One line of the audit."""

    decision: str
    by: str | None
    at: datetime
    reason_code: str | None
    feedback: str
    active_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDetail(ReviewRow):
    """A review in full. ``code`` is the proposal, equal to ``original_code`` where the draft stands."""

    start_line: int
    end_line: int
    attempts: int
    attempts_allowed: int
    model: str | None
    complexity: float
    original_code: str | None
    code: str | None
    context_before: str
    context_after: str
    findings: Sequence[Mapping[str, Any]]
    failing_tests: Sequence[ReachingTest]
    tests: Sequence[ReachingTest]
    validations: Sequence[Mapping[str, Any]]
    confidence_terms: Sequence[Mapping[str, Any]]
    attempts_history: Sequence[AtomRetryHistory]
    suggestions: Sequence[Mapping[str, Any]]
    help: FoundHelp
    needs: Sequence[EdgeEnd]
    needed_by: Sequence[EdgeEnd]
    human_feedback: str | None
    modified_code: str | None
    decisions: Sequence[DecisionEntry]


def review_detail(user: Any, review_id: uuid.UUID, *, now: datetime) -> ReviewDetail:
    """A review that the user may see, in full; a fixed number of queries whatever the size of the run."""
    review = get_review(user, review_id)
    atom = RunAtom.objects.select_related("run").get(run_id=review.run_id, atom_id=review.atom_id)
    history = list(AtomRetryHistory.objects.filter(run_id=review.run_id, atom_id=review.atom_id))
    original = draft_texts([review.atom_id]).get(review.atom_id)
    validations = _validations(atom)
    place = place_of(atom)
    tests = tests_of(atom, place)
    failing = [test for test in tests if test.status in BAD]
    found = found_help(atom, key_of(atom.code if atom.code is not None else original, [test.id for test in failing]))
    row = row_of(review.pk, now=now)
    if atom.confidence is not None:  # what the terms beside it add up to; a closed row keeps that of the decision
        row = dataclasses.replace(row, confidence=atom.confidence)
    return ReviewDetail(
        **_fields(row),
        start_line=place.first,
        end_line=place.last,
        attempts=atom.attempts,
        attempts_allowed=atom.allowed_attempts,
        model=model_for(atom.run),
        complexity=atom.complexity,
        original_code=original,
        code=_proposal(atom, history, original),
        context_before=place.before,
        context_after=place.after,
        findings=[f for v in validations if v.level == 1 for c in v.checks_run for f in c.get("findings") or ()],
        failing_tests=failing[:MAX_TESTS],
        tests=tests[:MAX_TESTS],
        validations=[as_json(row) for row in validations],
        confidence_terms=atom.confidence_terms or [],
        attempts_history=history,
        suggestions=[*found.suggestions, *map(in_full, review.ai_suggestions or [])],
        help=found,
        needs=_edges(AtomDependency.objects.filter(from_atom=review.atom_id), "to_atom"),
        needed_by=_edges(AtomDependency.objects.filter(to_atom=review.atom_id), "from_atom"),
        human_feedback=review.human_feedback,
        modified_code=review.modified_code,
        decisions=_decisions(review),
    )


def _fields(row: ReviewRow) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}


def _proposal(atom: RunAtom, history: Sequence[AtomRetryHistory], original: str | None) -> str | None:
    """Accepted code, else the best attempt, else the draft."""
    if atom.code is not None:
        return storable(atom.code)
    best = next((t for t in history if t.attempt_number == atom.best_attempt and t.code_generated is not None), None)
    return best.code_generated if best else original


def _validations(atom: RunAtom) -> list[ValidationResult]:
    """Current results that concern the atom: its own, its file's, its packages', the whole's."""
    folders = ["/".join(atom.path.split("/")[:n]) for n in range(1, atom.path.count("/") + 1)]
    module = module_scope(atom.run.masterplan_id, atom.path, atom.atom_id)
    current = ValidationResult.objects.filter(run_id=atom.run_id, superseded=False)
    around = current.filter(level__gt=1, scope__in=[".", atom.path, module, *folders])
    return [*_own(atom), *around.order_by("level", "scope", "-created_at")]


def _own(atom: RunAtom) -> list[ValidationResult]:
    """Level 1 of the atom. Asked for by the atom alone: with the run beside it, SQLite would read the whole run."""
    known = ValidationResult.objects.filter(atom_id=atom.atom_id).order_by()
    rows = known.values_list("pk", "run_id", "level", "superseded")
    mine = [pk for pk, run_id, level, old in rows if run_id == atom.run_id and level == 1 and not old]
    return list(ValidationResult.objects.filter(pk__in=mine).order_by("-created_at"))


def _edges(rows: QuerySet[AtomDependency], end: str) -> list[EdgeEnd]:
    columns = (f"{end}_id", f"{end}__path", f"{end}__symbol", "dependency_type", "weight", "reasons")
    return [
        EdgeEnd(atom_id=atom_id, path=path, symbol=symbol, type=kind, weight=float(weight), reasons=reasons)
        for atom_id, path, symbol, kind, weight, reasons in rows.order_by(
            "-weight", f"{end}__path", f"{end}__start_line"
        ).values_list(*columns)[:MAX_EDGES]
    ]


def _decisions(review: HumanReviewQueue) -> list[DecisionEntry]:
    """Decisions on the atom in this run, those on rows before a regeneration included."""
    rows = ReviewDecision.objects.filter(review__run=review.run_id, review__atom=review.atom_id).order_by("at", "id")
    columns = [field.name for field in dataclasses.fields(DecisionEntry) if field.name != "by"]
    return [
        DecisionEntry(**{name: row[name] for name in columns}, by=row["by__username"])
        for row in rows.values(*columns, "by__username")
    ]
