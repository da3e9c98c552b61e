"""What the rows of a run say about its atoms: read once, in few queries, for scoring and for the queue."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from execution.models import RunAtom
from kernel.states import AtomStatus
from review.domain.confidence import AtomEvidence, CheckOutcome
from review.domain.reasons import Situation
from review.domain.selection import Candidate
from validation.domain.model import LEVEL_NUMBERS, Level, Status
from validation.domain.scopes import PART
from validation.members import members_of
from validation.models import ValidationResult

FORGERY_CHECK = "forgery"  # name of the scan's check; findings alone flag an atom
_ATOMIC = LEVEL_NUMBERS[Level.ATOMIC]
_CHUNK = 500  # ids in one IN (...)

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomFacts:
    """One atom of a run with its own checks and those of the levels above it, as stored."""

    atom: RunAtom
    own_checks: tuple[Json, ...]
    wider_checks: tuple[Json, ...]

    @property
    def evidence(self) -> AtomEvidence:
        """What the score rests on."""
        return AtomEvidence(
            accepted=self.atom.status == AtomStatus.PASSED,
            attempts=self.atom.attempts,
            complexity=self.atom.complexity,
            suspiciousness=self.atom.suspiciousness,
            atomic=_outcomes(self.own_checks),
            integration=_outcomes(self.wider_checks),
        )

    @property
    def flagged(self) -> bool:
        """Whether the forgery scan hit code that did not come with the draft."""
        hit = any(check["name"] == FORGERY_CHECK and check.get("findings") for check in self.own_checks)
        return hit and self.atom.code is not None

    @property
    def situation(self) -> Situation:
        """What happened to the atom besides its checks."""
        category = str((self.atom.last_error or {}).get("category", ""))
        named = {"no_model", ""}
        checked = any(check["status"] == Status.FAILED for check in self.own_checks)
        other = () if checked or category in named else (category.replace("_", " "),)
        return Situation(
            no_model=category == "no_model",
            hole=self.atom.is_hole and self.atom.code is None,
            skipped=self.atom.status == AtomStatus.SKIPPED,
            flagged=self.flagged,
            extra=other,
        )


def candidate(atom: RunAtom, *, confidence: float, flagged: bool = False, settled: bool = False) -> Candidate:
    """An atom of a run as the queue sees it."""
    return Candidate(
        atom_id=str(atom.atom_id),
        confidence=confidence,
        failed=atom.status == AtomStatus.FAILED,
        loc=atom.loc,
        suspiciousness=atom.suspiciousness,
        tests_reaching=atom.tests_reaching,
        complexity=atom.complexity,
        flagged=flagged,
        settled=settled,
    )


def facts_of(run_id: uuid.UUID, atom_ids: Collection[uuid.UUID] | None = None) -> list[AtomFacts]:
    """Facts of all atoms of a run, or of the named ones, in the order of the plan."""
    atoms = [atom for part in _parts(atom_ids) for atom in _atoms(run_id, part)]
    own: dict[uuid.UUID, list[Json]] = defaultdict(list)
    for part in _parts(atom_ids):
        rows = ValidationResult.objects.filter(run_id=run_id, level=_ATOMIC, superseded=False, atom__isnull=False)
        if part is not None:
            rows = rows.filter(atom_id__in=part)
        for atom_id, checks in rows.order_by("created_at").values_list("atom_id", "checks_run").iterator():
            if atom_id is not None:
                own[atom_id] = list(checks)  # the newest row stands
    wider = _WiderChecks(run_id)
    return [
        AtomFacts(atom=atom, own_checks=tuple(own[atom.atom_id]), wider_checks=wider.around(atom)) for atom in atoms
    ]


def _atoms(run_id: uuid.UUID, atom_ids: Collection[uuid.UUID] | None) -> Iterable[RunAtom]:
    atoms = RunAtom.objects.filter(run_id=run_id).order_by("position")
    return atoms if atom_ids is None else atoms.filter(atom_id__in=atom_ids)


def _parts(atom_ids: Collection[uuid.UUID] | None) -> list[list[uuid.UUID] | None]:
    if atom_ids is None:
        return [None]
    ids = list(atom_ids)
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]


class _WiderChecks:
    """Checks of levels 2-4 of a run by scope: a module, a package folder, or ``.`` for the whole."""

    def __init__(self, run_id: uuid.UUID) -> None:
        rows = ValidationResult.objects.filter(run_id=run_id, level__gt=_ATOMIC, superseded=False)
        self._rows = [(scope, tuple(checks)) for scope, checks in rows.values_list("scope", "checks_run")]
        parted = any(PART in scope for scope, _ in self._rows)
        plan_id = rows.values_list("masterplan_id", flat=True).first() if parted else None
        self._modules = members_of(plan_id).module_of() if plan_id else {}
        self._known: dict[tuple[str, str], tuple[Json, ...]] = {}

    def around(self, atom: RunAtom) -> tuple[Json, ...]:
        """The checks whose scope holds the atom."""
        key = (atom.path, self._modules.get(str(atom.atom_id), atom.path))
        if key not in self._known:
            self._known[key] = tuple(c for scope, checks in self._rows if holds(scope, *key) for c in checks)
        return self._known[key]


def holds(scope: str, path: str, module: str) -> bool:
    """Whether a scope of levels 2-4 holds an atom of the file at ``path``, in the part of it that is ``module``."""
    return scope in (".", path, module) or path.startswith(f"{scope}/")


def _outcomes(checks: Iterable[Json]) -> tuple[CheckOutcome, ...]:
    return tuple(
        CheckOutcome(
            name=check["name"],
            status=Status(check["status"]),
            forgeable=bool(check.get("forgeable", False)),
            generated=bool(check.get("generated", False)),
            value=check.get("value"),
        )
        for check in checks
    )
