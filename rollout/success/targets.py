"""The seed's success metrics: what each is, its target, and how a value meets it. Where values come from: measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """How a value is read."""

    SHARE = "share"  # 0..1
    SECONDS = "seconds"
    USD = "usd"
    COUNT = "count"
    SCORE = "score"  # 1..5


class Family(StrEnum):
    """The seed's three tables, and the levels that its phases ask for."""

    TECHNICAL = "technical"
    LEVELS = "levels"
    REVIEW = "review"
    BUSINESS = "business"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One metric. The target is a range; None leaves that side open. ``by_hand``: no row holds it, an admin does."""

    key: str
    title: str
    family: Family
    unit: Unit
    at_least: float | None = None
    at_most: float | None = None
    source: str
    by_hand: bool = False

    def met(self, value: float) -> bool:
        """Whether a value lies in the range, its ends included."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value and the ``n`` observations it rests on. None is "not measured", and ``reason`` says why."""

    value: float | None
    n: int = 0
    reason: str = ""
    by_hand: bool = False


def share(part: int, whole: int, *, of: str) -> Measured:
    """A part of a whole; not measured where there is no whole."""
    if whole == 0:
        return Measured(value=None, reason=f"no {of}")
    return Measured(value=part / whole, n=whole)


def median(values: Sequence[float], *, of: str) -> Measured:
    """The middle value, or the mean of the two middle ones."""
    return percentile(values, 0.5, of=of)


def percentile(values: Sequence[float], p: float, *, of: str) -> Measured:
    """The ``p`` quantile with linear interpolation between the neighbours (Hyndman and Fan, type 7)."""
    if not values:
        return Measured(value=None, reason=f"no {of}")
    ordered = sorted(values)
    place = p * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return Measured(value=ordered[low] + (ordered[high] - ordered[low]) * (place - low), n=len(ordered))


def most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    """The largest number of spans (begin, end) that overlap at one moment; one that ends as another begins does not."""
    steps = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


_T, _L, _R, _B, _Q = Family.TECHNICAL, Family.LEVELS, Family.REVIEW, Family.BUSINESS, Family.QUALITY
_SHARE, _S = Unit.SHARE, Unit.SECONDS
TARGETS: tuple[Target, ...] = (
    Target(key="precision", title="Precision", family=_T, unit=_SHARE, at_least=0.98,
           source="tests passed of tests run at level 4, frozen before any decision"),
    Target(key="precision_reviewed", title="Precision after review", family=_T, unit=_SHARE, at_least=0.98,
           source="the same after the last decision"),
    Target(key="run_seconds", title="Run time", family=_T, unit=_S, at_most=5400, source="median from start to end"),
    Target(key="cost_usd", title="Cost of a run", family=_T, unit=Unit.USD, at_most=200,
           source="mean booked cost of runs whose every call has a known price"),
    Target(key="parallel_atoms", title="Atoms at once", family=_T, unit=Unit.COUNT, at_least=100,
           source="most model calls of one run that were open at one moment"),
    Target(key="context_completeness", title="Context completeness", family=_T, unit=_SHARE, at_least=0.95,
           source="mean over the atoms of these plans"),
    Target(key="catch_rate", title="Defects caught early", family=_T, unit=_SHARE, at_least=0.90, by_hand=True,
           source="python -m bench validation"),
    Target(key="first_attempt", title="Right at the first attempt", family=_T, unit=_SHARE, at_least=0.90,
           source="atoms sent to the model that its first answer settled"),
    Target(key="retry_success", title="Right after three attempts", family=_T, unit=_SHARE, at_least=0.99,
           source="atoms sent to the model that ended passed"),
    Target(key="false_positives", title="False alarms", family=_T, unit=_SHARE, at_most=0.05,
           source="failed atoms that a reviewer approved as they were, of those decided"),
    Target(key="level_1", title="Level 1 passes", family=_L, unit=_SHARE, at_least=0.99, source="newest results"),
    Target(key="level_2", title="Level 2 passes", family=_L, unit=_SHARE, at_least=0.95, source="newest results"),
    Target(key="level_3", title="Level 3 passes", family=_L, unit=_SHARE, at_least=0.90, source="newest results"),
    Target(key="level_4", title="Level 4 passes", family=_L, unit=_SHARE, at_least=0.85, source="newest results"),
    Target(key="review_median", title="Review time, median", family=_R, unit=_S, at_most=30,
           source="active time of a decision"),
    Target(key="review_p90", title="Review time, 90 %", family=_R, unit=_S, at_most=30, source="the same"),
    Target(key="flagged_share", title="Shown to people", family=_R, unit=_SHARE, at_least=0.15, at_most=0.20,
           source="atoms that entered the queue, of all with code"),
    Target(key="adoption", title="Adoption", family=_B, unit=_SHARE, at_least=0.80,
           source="people who started runs that had one in V2"),
    Target(key="satisfaction", title="Satisfaction", family=_B, unit=Unit.SCORE, at_least=4.5,
           source="answers of 1 to 5 after V2 runs"),
    Target(key="time_to_value", title="Time to value", family=_B, unit=_S, at_most=7200,
           source="median from a person's first plan to the end of their first V2 run"),
    Target(key="recovery_seconds", title="Error recovery time", family=_B, unit=_S, at_most=300,
           source="median from a rollback's trigger to routing that is changed"),
    Target(key="saving_usd", title="Saved by a run (ROI)", family=_B, unit=Unit.USD, at_least=0,
           source="mean of shadow pairs: hours saved at the hourly rate, less what V2 costs more"),
    Target(key="support_tickets", title="Support tickets a week", family=_B, unit=Unit.COUNT, at_most=10, by_hand=True,
           source="the support desk"),
    Target(key="retention", title="Customer retention", family=_B, unit=_SHARE, at_least=0.95, by_hand=True,
           source="the customer records"),
    Target(key="code_coverage", title="Code coverage", family=_Q, unit=_SHARE, at_least=0.85, by_hand=True,
           source="pytest-cov over this product"),
    Target(key="type_coverage", title="Type coverage", family=_Q, unit=_SHARE, at_least=0.90, by_hand=True,
           source="mypy over this product"),
    Target(key="security_issues", title="Critical security issues", family=_Q, unit=Unit.COUNT, at_most=0, by_hand=True,
           source="the security audit"),
    Target(key="api_latency", title="API latency, 95 %", family=_Q, unit=_S, at_most=2, by_hand=True,
           source="Prometheus: django_http_requests_latency_seconds_by_view_method"),
    Target(key="documentation", title="Documentation complete", family=_Q, unit=_SHARE, at_least=1.0, by_hand=True,
           source="a reading of docs/"),
)  # fmt: skip
BY_KEY = {target.key: target for target in TARGETS}
