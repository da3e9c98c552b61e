"""Confidence of the atoms of a run, computed from what is stored and kept with its terms."""

import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

from atoms.models import AtomicUnit
from execution.models import ExecutionRun, RunAtom
from review.domain.confidence import Confidence, ConfidenceScorer
from review.selectors.evidence import AtomFacts

_BATCH = 200


def score(run: ExecutionRun, facts: Sequence[AtomFacts]) -> dict[uuid.UUID, float]:
    """Store confidence and terms of the given atoms on the run, mirror it on the plan's atoms; return it by atom id.

    The mirror on ``atomic_units`` follows the newest parent run of the plan only, so that an older or a shadow run
    overwrites nothing.
    """
    scorer = ConfidenceScorer()
    scores = {item.atom.atom_id: scorer.score(item.evidence) for item in facts}
    for item in facts:
        result = scores[item.atom.atom_id]
        item.atom.confidence = result.value
        item.atom.confidence_terms = terms_json(result)
    RunAtom.objects.bulk_update([item.atom for item in facts], ["confidence", "confidence_terms"], batch_size=_BATCH)
    if _is_newest(run):
        mirror = [
            AtomicUnit(atom_id=atom_id, confidence_score=two_places(result.value)) for atom_id, result in scores.items()
        ]
        AtomicUnit.objects.bulk_update(mirror, ["confidence_score"], batch_size=_BATCH)
    return {atom_id: result.value for atom_id, result in scores.items()}


def terms_json(confidence: Confidence) -> list[dict[str, object]]:
    """The terms as stored and shown: name, weight, value, evidence lines."""
    return [dataclasses.asdict(term) | {"evidence": list(term.evidence)} for term in confidence.terms]


def two_places(value: float) -> Decimal:
    """A score as the seed's DECIMAL(3,2) columns hold it; comparisons use the unrounded number."""
    return Decimal(f"{value:.2f}")


def _is_newest(run: ExecutionRun) -> bool:
    newest = ExecutionRun.objects.filter(masterplan_id=run.masterplan_id, parent_run__isnull=True)
    return newest.order_by("-created_at").values_list("run_id", flat=True).first() == run.run_id
