"""How much an atom can be trusted without a person looking: ``spec.md`` section 5, Review.

confidence = 0.40 validation + 0.30 attempts + 0.20 complexity + 0.10 integration, each term 0..1 and kept with what it
rests on. Nothing is rounded here; DECIMAL(3,2) is only how the result is mirrored.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from validation.domain.model import Status

UNKNOWN = 0.5  # what did not run counts as unknown, neither as passed nor as failed
FORGEABLE_FACTOR = 0.8  # a pass that the code under test could have written itself weighs less
GENERATED_FACTOR = 0.9  # so does one by tests that nobody wrote: they hold what the code does, not what it is for
TEST_CHECKS = frozenset({"tests", "unit_tests", "generated_tests", "integration_tests", "component_tests", "suite"})

_STATUS_VALUES = {Status.PASSED: 1.0, Status.NOT_RUN: UNKNOWN, Status.FAILED: 0.0}
_SHOWN_ORDER = (Status.FAILED, Status.NOT_RUN, Status.PASSED)  # what speaks against an atom is read first
_ATTEMPT_VALUES = (1.0, 1.0, 0.6, 0.3)  # accepted at attempt 0 (the draft), 1, 2, 3 and later


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """One check as far as confidence needs it. ``value`` replaces the plain value of its status where it ran."""

    name: str
    status: Status
    forgeable: bool = False
    generated: bool = False
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomEvidence:
    """All that the score of one atom rests on.

    ``attempts`` counts paid attempts, 0 for the draft. ``suspiciousness`` is 0..1, from blame over failing tests.
    ``atomic`` are the checks of level 1, ``integration`` those of levels 2-4 whose scope holds the atom.
    """

    accepted: bool
    attempts: int
    complexity: float
    suspiciousness: float
    atomic: Sequence[CheckOutcome]
    integration: Sequence[CheckOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One of the four terms: ``weight * value`` is its share; ``evidence`` are lines for people."""

    name: str
    weight: float
    value: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """The score of one atom, 0..1, unrounded, and the terms that make it."""

    terms: tuple[Term, ...]

    @property
    def value(self) -> float:
        """The weighted sum of the terms."""
        return min(1.0, math.fsum(term.weight * term.value for term in self.terms))


def check_value(check: CheckOutcome, suspiciousness: float) -> float | None:
    """What one check counts for, 0..1; None where it has no meaning for the atom.

    A test check that ran counts 1 - suspiciousness: a failing test lowers the atoms it reaches by what blame says about
    each, not all alike; and no more than the part of the atom that tests executed. Forgeable evidence is worth a fifth
    less, that of generated tests a tenth.
    """
    if check.status is Status.NOT_APPLICABLE:
        return None
    if check.status is Status.NOT_RUN:
        return UNKNOWN
    if check.name in TEST_CHECKS:
        value = 1.0 - suspiciousness
        if check.name == "tests" and check.value is not None:  # the part of the atom that no test executed is unknown
            value = min(value, check.value)
    else:
        value = _STATUS_VALUES[check.status] if check.value is None else check.value
    value *= FORGEABLE_FACTOR if check.forgeable else 1.0
    return value * GENERATED_FACTOR if check.generated else value


class ConfidenceScorer:
    """Scores atoms. Stateless; the weights are those of the seed."""

    WEIGHTS: ClassVar[dict[str, float]] = {
        "validation": 0.40,
        "attempts": 0.30,
        "complexity": 0.20,
        "integration": 0.10,
    }

    def score(self, evidence: AtomEvidence) -> Confidence:
        """Return the confidence of one atom with its four terms."""
        values = {
            "validation": _checks_term(evidence.atomic, evidence.suspiciousness),
            "attempts": _attempts_term(evidence),
            "complexity": _complexity_term(evidence.complexity),
            "integration": _checks_term(evidence.integration, evidence.suspiciousness),
        }
        return Confidence(
            terms=tuple(
                Term(name=name, weight=weight, value=values[name][0], evidence=values[name][1])
                for name, weight in self.WEIGHTS.items()
            )
        )


def _checks_term(checks: Sequence[CheckOutcome], suspiciousness: float) -> tuple[float, tuple[str, ...]]:
    if not checks:
        return UNKNOWN, ("nothing ran",)
    counted = [(check, value) for check in checks if (value := check_value(check, suspiciousness)) is not None]
    if not counted:
        return 1.0, ("no check has a meaning here",)
    mean = math.fsum(value for _, value in counted) / len(counted)
    shown = sorted(counted, key=lambda one: _SHOWN_ORDER.index(one[0].status))
    return min(1.0, mean), tuple(_line(check, value) for check, value in shown)


def _line(check: CheckOutcome, value: float) -> str:
    words = f"{check.name}: {check.status.value.replace('_', ' ')}"
    plain = _STATUS_VALUES[check.status]
    counts = f", counts {value:.2f}" if value != plain else ""
    told = [word for word, so in (("forgeable", check.forgeable), ("generated", check.generated)) if so]
    kind = f" ({', '.join(told)})" if told else ""
    return f"{words}{counts}{kind}"


def _attempts_term(evidence: AtomEvidence) -> tuple[float, tuple[str, ...]]:
    if not evidence.accepted:
        tried = "the draft alone" if evidence.attempts == 0 else f"{evidence.attempts} attempts"
        return 0.0, (f"never accepted, after {tried}",)
    value = _ATTEMPT_VALUES[min(evidence.attempts, len(_ATTEMPT_VALUES) - 1)]
    return value, ("the draft was accepted" if evidence.attempts == 0 else f"accepted at attempt {evidence.attempts}",)


def _complexity_term(complexity: float) -> tuple[float, tuple[str, ...]]:
    return 1.0 / (1.0 + max(0.0, complexity - 2.0) / 3.0), (f"McCabe {complexity:g}",)
