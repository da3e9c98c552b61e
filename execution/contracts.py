"""Contracts of atoms inside a run: whether a change breaks one, and whose work that opens again."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import F, Q, QuerySet

from atoms.domain.contract import contract_changed
from atoms.domain.model import Language
from atoms.models import AtomicUnit
from execution import signals
from execution.assembly import assemble_file, encoded, original_text
from execution.domain.fitting import ended
from execution.models import ExecutionRun, RunAtom, Stage
from execution.transitions import move_atoms
from graphs.selectors import impact_of
from kernel.states import AtomStatus

REOPENED = "reopened"  # the category of ``last_error`` until a re-opened atom is judged again
_SETTLED = (AtomStatus.PASSED, AtomStatus.FAILED)


def ended_as_draft(atom: RunAtom, code: str) -> str:
    """A person's code with its last line ended where the draft's was."""
    return ended(code, original=(original_text(atom) or b"").decode("utf-8", "surrogateescape"))


def breaks_contract(atom: RunAtom, code: str | None) -> bool:
    """Whether putting ``code`` (None: the draft) in place of what the atom holds now changes what others rely on."""
    file = assemble_file(atom)
    span = next((s for s in file.spans if s[0] == str(atom.atom_id)), None) if file else None
    if file is None or span is None or (atom.is_hole and atom.code is None):
        return False  # nobody could rely on more than the signature, which stands in another atom
    unit = AtomicUnit.objects.filter(pk=atom.atom_id).only("start_byte", "end_byte", "language").get()
    rows = [row + b"\n" for row in file.content.split(b"\n")]
    start = sum(map(len, rows[: span[1] - 1]))
    size = len(encoded(atom.code)) if atom.code is not None else unit.end_byte - unit.start_byte
    new = (original_text(atom) or b"") if code is None else encoded(ended_as_draft(atom, code))
    after = file.content[:start] + new + file.content[start + size :]
    return contract_changed(
        file.content, after, start=start, old_end=start + size, new_end=start + len(new),
        language=Language(unit.language),
    )  # fmt: skip


def approved(run_id: uuid.UUID) -> QuerySet[Any]:
    """Ids of the atoms that people approved as they stand: checked again, never written over."""
    rows = apps.get_model("review", "HumanReviewQueue").objects.filter(run=run_id, decision="approve")
    return rows.order_by().values("atom_id")


def reopened_by(run_id: uuid.UUID, atom_ids: Iterable[str]) -> QuerySet[RunAtom]:
    """Those of ``atom_ids`` that a change of contract opens again: settled, with code, and not by a person's word."""
    atoms = RunAtom.objects.filter(run_id=run_id, atom_id__in=list(atom_ids), decided=False, status__in=_SETTLED)
    atoms = atoms.exclude(atom_id__in=approved(run_id))
    return atoms.exclude(Q(is_hole=True) & Q(code=None))


def reopen_dependents(run: ExecutionRun, atom: RunAtom) -> int:
    """Open again what was written against the atom's old contract. Returns how many; call it in a transaction.

    Each is judged as it stands with the new contract first; only what fails goes to the model, with new attempts.
    """
    found = impact_of(run.masterplan_id, atom.atom_id, contract_changed=True)
    ids = list(reopened_by(run.pk, found.reopen).values_list("atom_id", flat=True))
    mine = RunAtom.objects.filter(run=run, atom_id__in=ids)
    error = {"category": REOPENED, "message": f"{atom.symbol} in {atom.path} has another contract now"}
    for before in _SETTLED:
        move_atoms(
            mine,
            before=before,
            after=AtomStatus.READY,
            stage=Stage.DRAFT,
            last_error=error,
            allowed_attempts=F("attempts") + run.settings["max_attempts"],
        )
    if ids:
        signals.atoms_overtaken.send(sender=ExecutionRun, run_id=run.pk, atom_ids=ids, why="contract_changed")
    return len(ids)
