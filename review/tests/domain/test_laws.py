"""Laws of confidence and of the queue: they hold whatever evidence there is."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.domain.confidence import TEST_CHECKS, AtomEvidence, CheckOutcome, ConfidenceScorer
from review.domain.selection import Candidate, ReviewQueueManager
from validation.domain.model import Status

RAN = st.sampled_from([Status.PASSED, Status.FAILED, Status.NOT_RUN])
NAMES = st.sampled_from(["syntax", "names", "types", "tests", "generated_tests", "cohesion"])
UNIT = st.floats(0, 1)
CHECKS = st.lists(
    st.builds(CheckOutcome, name=NAMES, status=RAN, forgeable=st.booleans(), generated=st.booleans()),
    min_size=1, max_size=6,
)  # fmt: skip
EVIDENCE = st.builds(
    AtomEvidence, accepted=st.booleans(), attempts=st.integers(0, 6), complexity=st.floats(1, 60),
    suspiciousness=UNIT, atomic=CHECKS, integration=CHECKS,
)  # fmt: skip
SHARES = st.floats(0.15, 0.20)
POOLS = st.lists(
    st.builds(
        Candidate, atom_id=st.uuids().map(str), confidence=st.sampled_from([0.1, 0.5, 0.5, 0.9]), failed=st.booleans(),
        loc=st.integers(0, 3), suspiciousness=st.sampled_from([0.0, 0.7]), tests_reaching=st.integers(0, 2),
        complexity=st.sampled_from([1.0, 4.0]), flagged=st.booleans(), settled=st.booleans(),
    ),
    max_size=40, unique_by=lambda c: c.atom_id,
)  # fmt: skip


def value(evidence: AtomEvidence) -> float:
    return ConfidenceScorer().score(evidence).value


def with_first(evidence: AtomEvidence, **changed: object) -> AtomEvidence:
    """The same, with the first check of level 1 changed."""
    first, *rest = evidence.atomic
    return replace(evidence, atomic=[replace(first, **changed), *rest])  # type: ignore[arg-type]


@given(EVIDENCE)
def test_four_terms_each_a_share_of_one(evidence: AtomEvidence) -> None:
    score = ConfidenceScorer().score(evidence)
    assert sum(term.weight for term in score.terms) == pytest.approx(1)
    assert all(0 <= term.value <= 1 and term.evidence for term in score.terms)
    assert score.value == pytest.approx(sum(term.weight * term.value for term in score.terms))


@given(EVIDENCE, st.integers(0, 6), st.floats(1, 60), UNIT)
def test_worse_in_one_term_is_never_better(
    evidence: AtomEvidence, attempts: int, complexity: float, suspiciousness: float
) -> None:
    worse = replace(
        evidence,
        attempts=max(attempts, evidence.attempts),
        complexity=max(complexity, evidence.complexity),
        suspiciousness=max(suspiciousness, evidence.suspiciousness),
    )
    assert value(worse) <= value(evidence) + 1e-12
    assert value(replace(evidence, accepted=False)) <= value(evidence)


@given(EVIDENCE)
def test_what_did_not_run_lies_between_failed_and_passed(evidence: AtomEvidence) -> None:
    plain = with_first(evidence, name="types", forgeable=False, generated=False)
    failed, unknown, passed = (
        value(with_first(plain, status=status)) for status in (Status.FAILED, Status.NOT_RUN, Status.PASSED)
    )
    assert failed < unknown < passed


@given(EVIDENCE, NAMES, st.sampled_from(["forgeable", "generated"]))
def test_evidence_that_the_code_could_have_made_itself_weighs_less(
    evidence: AtomEvidence, name: str, doubt: str
) -> None:
    sure = with_first(replace(evidence, suspiciousness=0.2), name=name, status=Status.PASSED, **{doubt: False})
    assert value(with_first(sure, **{doubt: True})) < value(sure)


@given(EVIDENCE, UNIT)
def test_a_test_check_that_ran_counts_what_blame_leaves(evidence: AtomEvidence, suspiciousness: float) -> None:
    evidence = replace(evidence, suspiciousness=suspiciousness)
    for name in TEST_CHECKS:
        outcomes = [value(with_first(evidence, name=name, status=s)) for s in (Status.PASSED, Status.FAILED)]
        assert outcomes[0] == outcomes[1]


@given(POOLS, SHARES)
def test_all_failed_and_flagged_and_the_quota_of_the_rest(pool: Sequence[Candidate], share: float) -> None:
    queue = ReviewQueueManager(share=share)
    chosen = {entry.atom_id for entry in queue.select(pool)}
    sure = {c.atom_id for c in pool if (c.failed or c.flagged) and not c.settled}
    rest = [c for c in pool if c.atom_id in chosen - sure]
    assert sure <= chosen
    assert len(rest) <= round(share * sum(c.loc > 0 for c in pool))
    assert all(c.loc > 0 and not c.settled for c in rest)
    left = [c for c in pool if c.atom_id not in chosen and c.loc > 0 and not c.settled]
    assert all(inside.confidence <= outside.confidence for inside in rest for outside in left)


@given(POOLS, SHARES)
def test_the_order_is_one_whatever_came_in_first(pool: list[Candidate], share: float) -> None:
    queue = ReviewQueueManager(share=share)
    entries = queue.select(pool)
    shuffled = sorted(pool, key=lambda c: c.atom_id[::-1])
    assert queue.select(shuffled) == entries
    assert [entry.priority for entry in entries] == list(range(1, len(entries) + 1))
    failed = {c.atom_id: c.failed for c in pool}
    states = [failed[entry.atom_id] for entry in entries]
    assert states == sorted(states, reverse=True)


@given(POOLS, SHARES)
def test_who_asks_again_after_everything_was_decided_gets_nothing(pool: Sequence[Candidate], share: float) -> None:
    queue = ReviewQueueManager(share=share)
    chosen = {entry.atom_id for entry in queue.select(pool)}
    assert queue.select([replace(c, settled=c.settled or c.atom_id in chosen) for c in pool]) == []


def test_ties_go_by_suspicion_then_fewer_tests_then_complexity_then_id() -> None:
    first = Candidate(atom_id="d", confidence=0.5, failed=False, loc=1, suspiciousness=0.5)
    second = Candidate(atom_id="c", confidence=0.5, failed=False, loc=1, tests_reaching=1, complexity=9)
    third = replace(second, atom_id="b", tests_reaching=2)
    fourth, fifth = (replace(second, atom_id=i, tests_reaching=2, complexity=2) for i in ("a", "e"))
    order = ReviewQueueManager(share=1).order([fifth, fourth, third, second, first])
    assert [entry.atom_id for entry in order] == ["d", "c", "b", "a", "e"]
