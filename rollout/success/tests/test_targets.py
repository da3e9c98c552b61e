"""The arithmetic of the success metrics."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.success.targets import BY_KEY, TARGETS, median, most_at_once, percentile, share

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def test_targets_are_the_seeds() -> None:
    assert BY_KEY["precision"].met(0.98)
    assert not BY_KEY["precision"].met(0.9799)
    assert BY_KEY["run_seconds"].met(5400)
    assert not BY_KEY["run_seconds"].met(5401)
    assert [BY_KEY["flagged_share"].met(x) for x in (0.14, 0.15, 0.20, 0.21)] == [False, True, True, False]
    assert [BY_KEY[f"level_{n}"].at_least for n in range(1, 5)] == [0.99, 0.95, 0.90, 0.85]
    assert len(BY_KEY) == len(TARGETS)


def test_nothing_measured_is_no_number() -> None:
    assert share(0, 0, of="tests").value is None
    assert share(0, 0, of="tests").reason == "no tests"
    assert share(0, 4, of="tests").value == 0.0
    assert median([], of="runs").value is None


@given(numbers)
def test_the_median_is_the_standard_librarys(values: list[float]) -> None:
    nearly = 1e-9 * max(map(abs, values))  # the middle of two that nearly cancel each other has few digits
    assert median(values, of="x").value == pytest.approx(statistics.median(values), abs=nearly)


@given(numbers, st.floats(0, 1))
def test_a_percentile_lies_among_the_values(values: list[float], p: float) -> None:
    found = percentile(values, p, of="x").value
    assert found is not None
    assert min(values) - 1e-6 <= found <= max(values) + 1e-6


def test_spans_that_touch_do_not_overlap() -> None:
    assert most_at_once([(0, 2), (2, 4)]) == 1
    assert most_at_once([(0, 3), (1, 2), (1.5, 4), (3, 5)]) == 3
    assert most_at_once([]) == 0
