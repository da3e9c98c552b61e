"""The rules of retrying: a count that ends, the best that is kept, a stall that changes the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution.domain.feedback import Approach, Category, Failure, FeedbackGenerator
from execution.domain.retry import Attempt, Decision, RetryOrchestrator

RULES = RetryOrchestrator(allowed=3)


@pytest.mark.parametrize(
    ("number", "accepted", "decision"),
    [(1, True, Decision.ACCEPT), (3, True, Decision.ACCEPT), (2, False, Decision.AGAIN), (3, False, Decision.GIVE_UP)],
)
def test_three_attempts_and_no_more(number: int, accepted: bool, decision: Decision) -> None:
    assert RULES.decide(number, accepted=accepted) is decision


def attempts(*scores: float, category: str = "") -> list[Attempt]:
    return [Attempt(number=n, score=s, code=f"c{n}", category=category) for n, s in enumerate(scores)]


def test_the_best_is_kept_not_the_last_and_only_above_the_draft() -> None:
    best = RULES.best(attempts(0.4, 0.9, 0.6))
    assert best is not None
    assert best.number == 1
    assert RULES.best(attempts(0.9, 0.9, 0.6)) is None, "the draft is as good"
    assert RULES.best(attempts(0.1, 0.9, category=Category.SYNTAX)) is None, "it would break its file"
    assert RULES.best(attempts(0.2, 0.0)) is None
    hole = RULES.best(attempts(0.0, 0.3)[1:])
    assert hole is not None
    assert hole.code == "c1"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_what_is_kept_is_never_worse_than_the_draft(scores: list[float]) -> None:
    best = RULES.best(attempts(*scores))
    assert best is None or best.score > scores[0]


def test_a_stall_changes_the_way_and_a_blind_retry_is_told_nothing() -> None:
    same = FeedbackGenerator().build(Failure(category=Category.TYPE, message="int is not str"))
    other = FeedbackGenerator().build(Failure(category=Category.NAME, message="x"))
    assert RULES.way([other, same]) is Approach.REPAIR
    assert RULES.way([same, same]) is Approach.MORE_CONTEXT
    assert RULES.evidence([same, other]) == other
    blind = RetryOrchestrator(allowed=2, blind=True)
    assert (blind.way([same, same]), blind.evidence([same])) == (Approach.REPAIR, None)
