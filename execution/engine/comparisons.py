"""What new code answered beside its draft when it was accepted holds at the end: the same code is not asked again."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from execution.models import RunAtom
from validation.domain.generated_check import NAME
from validation.domain.model import Check, LevelResult, Status
from validation.domain.wire import check_from_json
from validation.selectors import live_results


def with_comparisons(run_id: uuid.UUID, atoms: Sequence[RunAtom], results: Sequence[LevelResult]) -> list[LevelResult]:
    """Level 1 of atoms, those with code of their own with the comparison that was made when it was accepted.

    Only where nothing else generates tests now. The live row of an atom is about the code that it holds.
    """
    open_ = {r.atom_id for r in results if any(c.name == NAME and c.status is Status.NOT_APPLICABLE for c in r.checks)}
    wanted = [atom.atom_id for atom in atoms if atom.code is not None and str(atom.atom_id) in open_]
    known: dict[str, Check] = {}
    if wanted:
        for row in live_results(run_id, level=1).filter(atom_id__in=wanted):
            passed = [c for c in row.checks_run if c["name"] == NAME and c["status"] == Status.PASSED]
            known |= {str(row.atom_id): check_from_json(check) for check in passed}
    return [_with(result, known.get(str(result.atom_id))) for result in results]


def _with(result: LevelResult, known: Check | None) -> LevelResult:
    if known is None:
        return result
    return replace(result, checks=tuple(known if check.name == NAME else check for check in result.checks))
