"""Gates and triggers: an interval decides, and missing data decides nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.gates import STAGES, Rule, Verdict, fires, is_emergency, judge, next_stage, previous_stage, rules
from rollout.domain.intervals import Estimate, exact, mean, rate

RULES = {rule.name: rule for rule in rules(min_runs=20, min_scores=10, min_for_trigger=10)}
ESTIMATES = st.builds(
    lambda sample, ends: Estimate(sample=sample, value=ends[1], low=ends[0], high=ends[2]),
    st.integers(0, 200),
    st.lists(st.floats(0, 20000), min_size=3, max_size=3).map(sorted),
)


@given(st.sampled_from(sorted(RULES)), ESTIMATES)
def test_no_gate_passes_while_its_trigger_fires_and_nothing_happens_without_data(name: str, seen: Estimate) -> None:
    rule = RULES[name]
    assert not (judge(rule, seen) is Verdict.PASSED and fires(rule, seen))
    if seen.sample < rule.min_sample:
        assert judge(rule, seen) is Verdict.NO_DATA
    if seen.sample < rule.min_for_trigger:
        assert not fires(rule, seen)
    empty = Estimate(sample=seen.sample, value=None, low=None, high=None)
    assert judge(rule, empty) is Verdict.NO_DATA
    assert not fires(rule, empty)


@pytest.mark.parametrize(
    ("name", "seen", "verdict", "fired"),
    [
        ("precision", mean([0.99, 1.0] * 15), Verdict.PASSED, False),
        ("precision", mean([0.99, 1.0] * 9), Verdict.NO_DATA, False),
        ("precision", mean([1.0] * 19 + [0.0]), Verdict.UNSURE, False),
        ("precision", mean([0.5, 0.6] * 10), Verdict.FAILED, True),
        ("precision", mean([0.94, 0.96] * 10), Verdict.FAILED, False),
        ("error_rate", rate(0, 20), Verdict.UNSURE, False),
        ("error_rate", rate(0, 80), Verdict.PASSED, False),
        ("error_rate", rate(2, 20), Verdict.FAILED, False),
        ("error_rate", rate(8, 20), Verdict.FAILED, True),
        ("error_rate", rate(5, 5), Verdict.NO_DATA, False),
        ("seconds", mean([600.0, 700.0] * 10), Verdict.PASSED, False),
        ("seconds", mean([11000.0, 12000.0] * 10), Verdict.FAILED, True),
        ("cost_usd", mean([400.0, 500.0] * 10), Verdict.FAILED, False),
        ("satisfaction", mean([5.0, 4.0, 5.0, 5.0] * 5), Verdict.PASSED, False),
        ("satisfaction", mean([1.0, 2.0] * 5), Verdict.FAILED, True),
        ("critical_bugs", exact(0), Verdict.PASSED, False),
        ("critical_bugs", exact(1), Verdict.FAILED, True),
    ],
)
def test_what_the_seed_asks(name: str, seen: Estimate, verdict: Verdict, fired: bool) -> None:
    assert (judge(RULES[name], seen), fires(RULES[name], seen)) == (verdict, fired)


def test_an_emergency_is_a_critical_bug_or_surely_more_than_a_tenth_of_errors() -> None:
    assert is_emergency(RULES["critical_bugs"], exact(1))
    assert is_emergency(RULES["error_rate"], rate(10, 20))
    assert fires(RULES["error_rate"], rate(20, 200))
    assert not is_emergency(RULES["error_rate"], rate(20, 200))


def test_stages_go_up_and_down_one_by_one() -> None:
    way: list[Any] = [0]
    while (stage := next_stage(way[-1])) is not None:
        way.append(stage)
    assert way == [0, *STAGES]
    assert [previous_stage(stage) for stage in reversed(way)] == [50, 25, 10, 5, 0, 0]
    assert (next_stage(7), previous_stage(7)) == (10, 5)


def test_every_rule_leaves_room_between_goal_and_limit() -> None:
    def gap(rule: Rule) -> float:
        return rule.goal - rule.limit if rule.more_is_better else rule.limit - rule.goal

    assert all(gap(rule) >= 0 for rule in RULES.values())
