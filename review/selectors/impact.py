"""What an edit would set off, told before the click: whom it re-validates, whom it opens again, and for how much."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg

from execution.attempts.models import AtomRetryHistory
from execution.contracts import breaks_contract, reopened_by
from execution.models import ExecutionRun, RunAtom
from graphs.selectors import impact_of
from llm.client import configured
from review.selectors.access import get_review

NO_MODEL = "no model configured: what is opened again is checked as it stands, and goes to review where it fails"
NO_PRICE = "no attempt of this run has a known price yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditImpact:
    """``revalidate``: atoms whose tests may see the change. ``reopen``: those written against a contract that is gone.

    ``cost_usd`` is one attempt at each of the latter; None where that cannot be known. ``cost_reason`` says why.
    """

    contract_changed: bool
    revalidate: int
    reopen: int
    cost_usd: float | None
    cost_reason: str


def edit_impact(*, user: Any, review_id: uuid.UUID, code: str) -> EditImpact:
    """The impact of putting ``code`` in place of the atom of a review that the user may see."""
    review = get_review(user, review_id)
    atom = RunAtom.objects.select_related("run").get(run_id=review.run_id, atom_id=review.atom_id)
    changed = breaks_contract(atom, code)
    found = impact_of(review.masterplan_id, review.atom_id, contract_changed=changed)
    reopened = reopened_by(atom.run_id, found.reopen).count()
    cost, reason = _cost(atom.run, reopened)
    return EditImpact(
        contract_changed=changed,
        revalidate=len(found.revalidate),
        reopen=reopened,
        cost_usd=cost,
        cost_reason=reason,
    )


def _cost(run: ExecutionRun, reopened: int) -> tuple[float | None, str]:
    if not reopened:
        return 0.0, "nothing is opened again"
    if not configured() or run.settings.get("model") is None:
        return None, NO_MODEL
    paid = AtomRetryHistory.objects.filter(run=run, attempt_number__gt=0, llm_cost_usd__isnull=False)
    mean: Decimal | None = paid.aggregate(mean=Avg("llm_cost_usd"))["mean"]
    if mean is None:
        return None, NO_PRICE
    atoms = f"{reopened} atom{'s' if reopened > 1 else ''}"
    return float(mean) * reopened, f"{atoms} at the mean price of an attempt in this run, where the draft fails"
