"""Intervals: published values, and laws."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rollout.domain.intervals import _t_quantile, mean, rate


def test_wilson_as_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17: 81 of 263, and 0 of 20
    known = rate(81, 263)
    assert (known.low, known.high) == pytest.approx((0.2553, 0.3662), abs=5e-4)
    none = rate(0, 20)
    assert (none.low, none.high) == pytest.approx((0.0, 0.1611), abs=5e-4)


@pytest.mark.parametrize(
    ("df", "table", "within"),
    [(1, 12.706, 1e-4), (2, 4.303, 1e-3), (3, 3.1824, 5e-3), (5, 2.5706, 5e-4), (19, 2.093, 5e-5), (99, 1.9842, 5e-5)],
)
def test_student_as_in_the_tables(df: int, table: float, within: float) -> None:
    assert _t_quantile(df) == pytest.approx(table, rel=within)


@given(st.integers(0, 200), st.integers(1, 200))
@example(0, 93)
@example(93, 93)
def test_a_rate_lies_in_its_interval_and_more_data_narrows_it(hits: int, sample: int) -> None:
    hits = min(hits, sample)
    small, large = rate(hits, sample), rate(hits * 10, sample * 10)
    assert small.low is not None
    assert small.high is not None
    assert small.value is not None
    assert 0 <= small.low <= small.value <= small.high <= 1
    assert large.high is not None
    assert large.low is not None
    assert large.high - large.low < small.high - small.low


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    draw = random.Random(7)
    held = 0
    for _ in range(400):
        seen = mean([draw.gauss(10, 3) for _ in range(12)])
        assert seen.low is not None
        assert seen.high is not None
        held += seen.low <= 10 <= seen.high
    assert 0.92 <= held / 400 <= 0.98


def test_what_cannot_be_estimated_says_so() -> None:
    assert (rate(0, 0).value, mean([]).value, mean([3.0]).low) == (None, None, None)
    assert mean([float("nan"), 2.0, 4.0]).value == 3.0
