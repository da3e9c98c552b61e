"""Figures of calibration: right by definition, silent on too little data."""

import random

from hypothesis import given
from hypothesis import strategies as st

from review.domain.calibration import MIN_CLASS, Outcome, auroc, auroc_interval, calibrate, share_interval

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=30)


def outcome(confidence: float, *, wrong: bool = False, flagged: bool = True) -> Outcome:
    return Outcome(confidence=confidence, wrong=wrong, flagged=flagged)


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_order(wrong: list[float], right: list[float]) -> None:
    pairs = [1.0 if w < r else 0.5 if w == r else 0.0 for w in wrong for r in right]
    assert abs(auroc(wrong, right) - sum(pairs) / len(pairs)) < 1e-12
    assert abs(auroc(wrong, right) + auroc(right, wrong) - 1) < 1e-12


@given(st.floats(0, 1), st.integers(1, 500), st.integers(1, 500))
def test_intervals_hold_their_value(value: float, n: int, m: int) -> None:
    low, high = auroc_interval(value, n, m)
    assert 0 <= low <= value <= high <= 1
    part = round(value * n)
    low, high = share_interval(part, n)
    assert low - 1e-9 <= part / n <= high + 1e-9


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Right ones uniform on 0..1, wrong ones the lower of two draws: the true AUROC is 2/3."""
    chance = random.Random(7)
    inside = 0
    for _ in range(200):
        right = [chance.random() for _ in range(60)]
        wrong = [min(chance.random(), chance.random()) for _ in range(30)]
        low, high = auroc_interval(auroc(wrong, right), 30, 60)
        inside += low <= 2 / 3 <= high
    assert inside >= 180


def test_too_few_outcomes_give_no_figure_but_their_number() -> None:
    few = [outcome(0.1, wrong=True)] * (MIN_CLASS - 1) + [outcome(0.95)] * 3
    figures = calibrate(few)
    assert (figures.n, figures.auroc.value, figures.auroc.n_wrong, figures.auroc.n_right) == (7, None, 4, 3)
    assert (figures.caught.share, figures.caught.n) == (None, 4)
    assert (figures.bands[9].n, figures.bands[9].right_share, figures.bands[9].interval) == (3, None, None)


def test_bands_hold_every_outcome_once_and_say_how_many_were_right() -> None:
    known = [outcome(1.0)] * 6 + [outcome(0.95, wrong=True, flagged=False)] * 2 + [outcome(0.3, wrong=True)] * 6
    figures = calibrate(known)
    assert [band.n for band in figures.bands] == [0, 0, 0, 6, 0, 0, 0, 0, 0, 8]
    assert (figures.bands[9].right_share, figures.bands[3].right_share) == (0.75, 0.0)
    assert figures.caught.share == 0.75
    assert figures.auroc.value == 1.0
