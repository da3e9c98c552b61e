"""Laws of the confidence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.domain.confidence import (
    FORGEABLE_FACTOR,
    UNKNOWN,
    AtomEvidence,
    CheckOutcome,
    ConfidenceScorer,
    check_value,
)
from validation.domain.model import Status

PASSED, FAILED, NOT_RUN, NONE = Status.PASSED, Status.FAILED, Status.NOT_RUN, Status.NOT_APPLICABLE
UNIT = st.floats(0, 1)
CHECKS = st.lists(
    st.builds(
        CheckOutcome,
        name=st.sampled_from(["syntax", "names", "types", "tests", "generated_tests", "atomicity"]),
        status=st.sampled_from(Status),
        forgeable=st.booleans(),
    ),
    max_size=6,
)
EVIDENCE = st.builds(
    AtomEvidence,
    accepted=st.booleans(),
    attempts=st.integers(0, 6),
    complexity=st.floats(1, 50),
    suspiciousness=UNIT,
    atomic=CHECKS,
    integration=CHECKS,
)


def evidence(**changes: object) -> AtomEvidence:
    """A draft that passed everything, with changes."""
    passed = tuple(CheckOutcome(name=name, status=PASSED) for name in ("syntax", "names", "types", "tests"))
    perfect = AtomEvidence(
        accepted=True, attempts=0, complexity=1, suspiciousness=0, atomic=passed, integration=(passed[3],)
    )
    return replace(perfect, **changes)  # type: ignore[arg-type]


def score(**changes: object) -> float:
    return ConfidenceScorer().score(evidence(**changes)).value


def terms(**changes: object) -> dict[str, float]:
    return {term.name: term.value for term in ConfidenceScorer().score(evidence(**changes)).terms}


def test_an_accepted_draft_that_passed_everything_is_trusted_fully() -> None:
    assert score() == pytest.approx(1.0)


def test_the_formula_of_the_contract() -> None:
    checks = [
        CheckOutcome(name="syntax", status=PASSED),
        CheckOutcome(name="types", status=FAILED),
        CheckOutcome(name="names", status=NOT_RUN),
        CheckOutcome(name="generated_tests", status=NONE),
        CheckOutcome(name="tests", status=FAILED),
    ]
    got = score(
        attempts=2,
        complexity=5,
        suspiciousness=0.7,
        atomic=checks,
        integration=[CheckOutcome(name="build", status=FAILED)],
    )
    assert got == pytest.approx(0.40 * (1 + 0 + 0.5 + 0.3) / 4 + 0.30 * 0.6 + 0.20 / 2 + 0.10 * 0)


@pytest.mark.parametrize(("attempts", "value"), [(0, 1.0), (1, 1.0), (2, 0.6), (3, 0.3), (4, 0.3)])
def test_attempts(attempts: int, value: float) -> None:
    assert terms(attempts=attempts)["attempts"] == value
    assert terms(attempts=attempts, accepted=False)["attempts"] == 0


def test_what_did_not_run_is_unknown_and_never_as_good_as_passed() -> None:
    assert terms(atomic=())["validation"] == 0.5
    assert terms(atomic=[CheckOutcome(name="tests", status=NOT_RUN)], suspiciousness=0)["validation"] == 0.5
    assert terms(integration=())["integration"] == 0.5


def test_a_check_without_meaning_is_left_out() -> None:
    checks = [CheckOutcome(name="syntax", status=PASSED), CheckOutcome(name="types", status=NONE)]
    assert terms(atomic=checks)["validation"] == 1.0


def test_forgeable_evidence_lowers_its_check() -> None:
    check = CheckOutcome(name="tests", status=PASSED, forgeable=True)
    assert check_value(check, 0.5) == pytest.approx(0.5 * FORGEABLE_FACTOR)


def test_each_term_says_what_it_rests_on() -> None:
    result = ConfidenceScorer().score(evidence(atomic=[CheckOutcome(name="types", status=FAILED)], complexity=4))
    assert {term.name: term.evidence for term in result.terms} == {
        "validation": ("types: failed",),
        "attempts": ("the draft was accepted",),
        "complexity": ("McCabe 4",),
        "integration": ("tests: passed",),
    }


def test_what_speaks_against_an_atom_is_read_first() -> None:
    checks = [CheckOutcome(name=n, status=s) for n, s in (("syntax", PASSED), ("types", NOT_RUN), ("names", FAILED))]
    validation = ConfidenceScorer().score(evidence(atomic=checks)).terms[0]
    assert [line.partition(":")[0] for line in validation.evidence] == ["names", "types", "syntax"]


@given(EVIDENCE)
def test_scores_and_terms_stay_between_0_and_1(given_evidence: AtomEvidence) -> None:
    result = ConfidenceScorer().score(given_evidence)
    assert 0 <= result.value <= 1
    assert all(0 <= term.value <= 1 for term in result.terms)
    assert sum(term.weight for term in result.terms) == pytest.approx(1)


@given(EVIDENCE, UNIT, st.floats(0, 20), st.integers(1, 3))
def test_worse_evidence_never_raises_the_score(
    given_evidence: AtomEvidence, suspicion: float, complexity: float, attempts: int
) -> None:
    scorer = ConfidenceScorer()
    before = scorer.score(given_evidence).value
    worse = [
        replace(given_evidence, suspiciousness=max(given_evidence.suspiciousness, suspicion)),
        replace(given_evidence, complexity=given_evidence.complexity + complexity),
        replace(given_evidence, attempts=given_evidence.attempts + attempts),
        replace(given_evidence, accepted=False),
        replace(given_evidence, atomic=[_failed(check) for check in given_evidence.atomic]),
        replace(given_evidence, integration=[replace(c, forgeable=True) for c in given_evidence.integration]),
    ]
    assert all(scorer.score(other).value <= before + 1e-12 for other in worse)


def _failed(check: CheckOutcome) -> CheckOutcome:
    return replace(check, status=FAILED) if check.status is PASSED else check


@given(
    name=st.sampled_from(["types", "tests", "generated_tests", "suite"]),
    forgeable=st.booleans(),
    suspicion=st.floats(0, 1),
    value=st.floats(0, 1),
)
def test_what_did_not_run_counts_as_unknown_whatever_else_it_says(
    name: str, forgeable: bool, suspicion: float, value: float
) -> None:
    outcome = CheckOutcome(name=name, status=Status.NOT_RUN, forgeable=forgeable, value=value)
    assert check_value(outcome, suspicion) == UNKNOWN


def test_the_part_of_an_atom_that_no_test_executed_is_unknown() -> None:
    partly = CheckOutcome(name="tests", status=Status.PASSED, value=0.75)
    assert check_value(partly, 0.0) == pytest.approx(0.75)
    assert check_value(partly, 0.6) == pytest.approx(0.4), "suspicion weighs as ever where it weighs more"
