"""F1 on published packages: what a trace saw counts as right, the rest by what was judged by hand."""

from typing import Any

import pytest

from bench import graph_script_packages as bench

FOUND = bench.Found(
    name="pkg",
    seen={("a", "b"): 1, ("a", "c"): 2, ("b", "c"): 3, ("m", "a"): 4},
    edges=frozenset({("a", "b"), ("a", "c"), ("m", "a"), ("c", "d"), ("c", "e"), ("d", "e"), ("d", "b")}),
)
UNCONFIRMED = [("pkg", "c", "d"), ("pkg", "c", "e"), ("pkg", "d", "b"), ("pkg", "d", "e")]


def measured(judged: dict[bench.Edge, bool], size: int = 4) -> dict[str, Any]:
    return bench.summary([FOUND], judged, size, listed=True)


def test_the_share_of_judged_edges_that_hold_stands_for_all_that_no_trace_saw() -> None:
    found = measured({edge: edge[2] != "e" for edge in UNCONFIRMED})
    assert (found["recall"], found["edges"], found["confirmed"]) == (0.75, 7, 3)
    assert found["precision"] == pytest.approx((3 + 4 / 2) / 7, abs=1e-4)
    assert found["f1"] == pytest.approx(2 * 0.75 * (5 / 7) / (0.75 + 5 / 7), abs=1e-4)
    low, high = found["precision_interval"]
    assert low < found["precision"] < high
    assert found["missed"] == [["pkg", "b", "c", 3]]


def test_nothing_is_claimed_before_all_of_the_sample_is_judged() -> None:
    found = measured({UNCONFIRMED[0]: True, UNCONFIRMED[1]: True})
    assert (found["judged"], found["precision"], found["f1"]) == (2, None, None)


def test_a_smaller_sample_is_part_of_a_larger_one() -> None:
    larger, smaller = measured({}, 3)["sample"], measured({}, 2)["sample"]
    assert larger[:2] == smaller


def test_every_verdict_says_why_and_stands_once() -> None:
    rows = bench.load("verdicts")
    assert all(row["reason"] for row in rows)
    assert len(bench.verdicts()) == len(rows)
