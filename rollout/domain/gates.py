"""Stages, gates and triggers: when V2 may go to more users, and when it must go back.

A number alone decides nothing; its interval does. A gate passes where the number meets the goal and even the worse end
of the interval clears the limit of the trigger. A trigger fires only where even the better end is beyond that limit.
Without enough data a gate does not pass and a trigger does not fire.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rollout.domain.intervals import Estimate

STAGES = (5, 10, 25, 50, 100)


class Verdict(StrEnum):
    """What a gate says."""

    PASSED = "passed"
    FAILED = "failed"  # the whole interval misses the goal
    UNSURE = "unsure"  # enough data, and still both is possible
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One guard: the seed's target (``goal``) and its rollback trigger (``limit``)."""

    name: str
    goal: float
    limit: float
    more_is_better: bool
    min_sample: int
    triggers: bool = True
    min_for_trigger: int = 1


def rules(*, min_runs: int, min_scores: int, min_for_trigger: int) -> tuple[Rule, ...]:
    """The guards of the seed. Time in seconds, cost in USD per run, rates from 0 to 1, satisfaction from 1 to 5."""
    runs: Any = {"min_sample": min_runs, "min_for_trigger": min_for_trigger}
    return (
        Rule(name="precision", goal=0.98, limit=0.90, more_is_better=True, **runs),
        Rule(name="seconds", goal=5400, limit=10800, more_is_better=False, **runs),
        Rule(name="error_rate", goal=0.01, limit=0.05, more_is_better=False, **runs),
        Rule(name="cost_usd", goal=200, limit=250, more_is_better=False, triggers=False, **runs),
        Rule(
            name="satisfaction", goal=4.5, limit=4.0, more_is_better=True, min_sample=min_scores,
            min_for_trigger=min_scores,
        ),
        Rule(name="critical_bugs", goal=0, limit=0, more_is_better=False, min_sample=1),
    )  # fmt: skip


def judge(rule: Rule, seen: Estimate) -> Verdict:
    """What the gate says about what was seen."""
    value, low, high = seen.value, seen.low, seen.high
    if value is None or low is None or high is None or seen.sample < rule.min_sample:
        return Verdict.NO_DATA
    better, worse = (high, low) if rule.more_is_better else (low, high)
    if not _reaches(rule, better, rule.goal):
        return Verdict.FAILED
    if _reaches(rule, value, rule.goal) and _reaches(rule, worse, rule.limit):
        return Verdict.PASSED
    return Verdict.UNSURE


def fires(rule: Rule, seen: Estimate) -> bool:
    """Whether the rollback trigger fires: even the better end of the interval is beyond the limit."""
    if not rule.triggers or seen.low is None or seen.high is None or seen.sample < rule.min_for_trigger:
        return False
    return not _reaches(rule, seen.high if rule.more_is_better else seen.low, rule.limit)


def is_emergency(rule: Rule, seen: Estimate) -> bool:
    """The seed's emergency (a critical bug, more than 10 % errors): the kill switch, not only the percentage."""
    return fires(rule, seen) and (
        rule.name == "critical_bugs" or (rule.name == "error_rate" and seen.low is not None and seen.low > 0.10)
    )


def next_stage(percentage: int) -> int | None:
    """The stage after a percentage; None at the last."""
    return next((stage for stage in STAGES if stage > percentage), None)


def previous_stage(percentage: int) -> int:
    """The stage before a percentage; 0 before the first."""
    return max((stage for stage in STAGES if stage < percentage), default=0)


def _reaches(rule: Rule, value: float, mark: float) -> bool:
    return value >= mark if rule.more_is_better else value <= mark
