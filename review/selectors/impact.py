"""What an edit would set off, told before the click: whom it re-validates, whom it opens again, and for how much."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg

from atoms.domain.contract import contract_changed
from atoms.domain.model import Language
from atoms.models import AtomicUnit
from execution.assembly import assemble_file, encoded
from execution.attempts.models import AtomRetryHistory
from execution.changes import ended_as_draft
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
    changed = _contract_changed(atom, code, Language(review.atom.language))
    found = impact_of(review.masterplan_id, review.atom_id, contract_changed=changed)
    cost, reason = _cost(atom.run, found.reopen)
    return EditImpact(
        contract_changed=changed,
        revalidate=len(found.revalidate),
        reopen=len(found.reopen),
        cost_usd=cost,
        cost_reason=reason,
    )


def _contract_changed(atom: RunAtom, code: str, language: Language) -> bool:
    file = assemble_file(atom)
    span = next((s for s in file.spans if s[0] == str(atom.atom_id)), None) if file else None
    if file is None or span is None or (atom.is_hole and atom.code is None):
        return False  # nobody could rely on more than the signature, which stands in another atom
    rows = [row + b"\n" for row in file.content.split(b"\n")]
    start = sum(map(len, rows[: span[1] - 1]))
    units = AtomicUnit.objects.filter(pk=atom.atom_id).values_list("start_byte", "end_byte")
    old = encoded(atom.code) if atom.code is not None else None
    size = len(old) if old is not None else next(end - begin for begin, end in units)
    new = encoded(ended_as_draft(atom, code))
    after = file.content[:start] + new + file.content[start + size :]
    return contract_changed(
        file.content, after, start=start, old_end=start + size, new_end=start + len(new), language=language
    )


def _cost(run: ExecutionRun, reopened: Sequence[str]) -> tuple[float | None, str]:
    if not reopened:
        return 0.0, "nothing is opened again"
    if not configured() or run.settings.get("model") is None:
        return None, NO_MODEL
    paid = AtomRetryHistory.objects.filter(run=run, attempt_number__gt=0, llm_cost_usd__isnull=False)
    mean: Decimal | None = paid.aggregate(mean=Avg("llm_cost_usd"))["mean"]
    if mean is None:
        return None, NO_PRICE
    atoms = f"{len(reopened)} atom{'s' if len(reopened) > 1 else ''}"
    return float(mean) * len(reopened), f"{atoms} at the mean price of an attempt in this run, where the draft fails"
