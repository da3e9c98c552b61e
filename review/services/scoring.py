"""Confidence of the atoms of a run, computed from what is stored and kept with its terms."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from atoms.models import AtomicUnit
from execution.models import ExecutionRun, RunAtom
from review.domain.confidence import Confidence, ConfidenceScorer
from review.selectors.evidence import AtomFacts

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Confidence by atom id, 0 to 1, and the atoms whose confidence or terms are not what they were."""

    confidence: Mapping[uuid.UUID, float]
    changed: frozenset[uuid.UUID]


def score(run: ExecutionRun, facts: Sequence[AtomFacts]) -> Scores:
    """Store confidence and terms of the given atoms on the run, mirror it on the plan's atoms; say what changed.

    The mirror on ``atomic_units`` follows the newest parent run of the plan only, so that an older or a shadow run
    overwrites nothing.
    """
    scorer = ConfidenceScorer()
    scores = {item.atom.atom_id: scorer.score(item.evidence) for item in facts}
    changed: dict[Confidence, list[RunAtom]] = defaultdict(list)
    for item in facts:
        result = scores[item.atom.atom_id]
        if (item.atom.confidence, item.atom.confidence_terms) != (result.value, terms_json(result)):
            changed[result].append(item.atom)
    newest = _is_newest(run)
    for result, atoms in changed.items():  # many atoms share one outcome: one update serves them all
        for start in range(0, len(atoms), _BATCH):
            _store(result, atoms[start : start + _BATCH], mirrored=newest)
    return Scores(
        confidence={atom_id: result.value for atom_id, result in scores.items()},
        changed=frozenset(atom.atom_id for atoms in changed.values() for atom in atoms),
    )


def _store(result: Confidence, atoms: Sequence[RunAtom], *, mirrored: bool) -> None:
    same = RunAtom.objects.filter(pk__in=[atom.pk for atom in atoms])
    same.update(confidence=result.value, confidence_terms=terms_json(result))
    if mirrored:
        units = AtomicUnit.objects.filter(pk__in=[atom.atom_id for atom in atoms])
        units.update(confidence_score=two_places(result.value))


def terms_json(confidence: Confidence) -> list[dict[str, object]]:
    """The terms as stored and shown: name, weight, value, evidence lines."""
    return [
        {"name": term.name, "weight": term.weight, "value": term.value, "evidence": list(term.evidence)}
        for term in confidence.terms
    ]


def two_places(value: float) -> Decimal:
    """A score as the seed's DECIMAL(3,2) columns hold it; comparisons use the unrounded number."""
    return Decimal(f"{value:.2f}")


def _is_newest(run: ExecutionRun) -> bool:
    newest = ExecutionRun.objects.filter(masterplan_id=run.masterplan_id, parent_run__isnull=True)
    return newest.order_by("-created_at").values_list("run_id", flat=True).first() == run.run_id
