"""How well confidence tells right atoms from wrong ones, measured on what people and later tests said.

An outcome is an atom with its confidence and whether it was wrong. Where too few outcomes are known the figure is None,
never a guess; sample sizes stand beside every figure.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BANDS = 10
MIN_BAND = 5  # outcomes in a band, below which no share is shown
MIN_CLASS = 5  # right and wrong outcomes each, below which no AUROC is shown
Z95 = 1.959964  # normal quantile of a two-sided 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``confidence`` 0..1 as it was before anybody looked; ``flagged``: the atom was in the queue."""

    confidence: float
    wrong: bool
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Outcomes with ``low`` <= confidence < ``high`` (the last band holds 1.0). ``right_share`` with 95 % interval."""

    low: float
    high: float
    n: int
    mean_confidence: float | None
    right_share: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Auroc:
    """The chance that a wrong atom has less confidence than a right one, ties counting half; with a 95 % interval."""

    value: float | None
    interval: tuple[float, float] | None
    n_right: int
    n_wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """The part of the known defects that was in the queue."""

    share: float | None
    n_flagged: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """All figures on one set of outcomes."""

    n: int
    bands: tuple[Band, ...]
    auroc: Auroc
    caught: Caught


def calibrate(outcomes: Iterable[Outcome]) -> Calibration:
    """Compute every figure on the given outcomes."""
    known = list(outcomes)
    wrong = [o.confidence for o in known if o.wrong]
    right = [o.confidence for o in known if not o.wrong]
    flagged = sum(o.flagged for o in known if o.wrong)
    enough = len(wrong) >= MIN_CLASS
    return Calibration(
        n=len(known),
        bands=_bands(known),
        auroc=_measured(wrong, right),
        caught=Caught(share=flagged / len(wrong) if enough else None, n_flagged=flagged, n=len(wrong)),
    )


def auroc(wrong: Sequence[float], right: Sequence[float]) -> float:
    """Mann-Whitney: the share of pairs in which the wrong one has less confidence, ties half. Neither may be empty."""
    ordered = sorted(right)
    below = sum(bisect_left(ordered, value) for value in wrong)
    below_or_equal = sum(bisect_right(ordered, value) for value in wrong)
    pairs = len(wrong) * len(right)
    return 1.0 - (below + below_or_equal) / (2 * pairs)


def auroc_interval(value: float, n_wrong: int, n_right: int) -> tuple[float, float]:
    """95 % interval after Hanley and McNeil (1982), cut to 0..1; at 0 and 1 by the rule of three."""
    q1 = value / (2 - value)
    q2 = 2 * value * value / (1 + value)
    spread = value * (1 - value) + (n_wrong - 1) * (q1 - value * value) + (n_right - 1) * (q2 - value * value)
    half = Z95 * math.sqrt(max(0.0, spread) / (n_wrong * n_right))
    half = max(half, 3.0 / min(n_wrong, n_right) if value in (0.0, 1.0) else 0.0)
    return max(0.0, value - half), min(1.0, value + half)


def share_interval(part: int, n: int) -> tuple[float, float]:
    """95 % interval of a share after Wilson."""
    p, z2 = part / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _measured(wrong: Sequence[float], right: Sequence[float]) -> Auroc:
    if min(len(wrong), len(right)) < MIN_CLASS:
        return Auroc(value=None, interval=None, n_right=len(right), n_wrong=len(wrong))
    value = auroc(wrong, right)
    interval = auroc_interval(value, len(wrong), len(right))
    return Auroc(value=value, interval=interval, n_right=len(right), n_wrong=len(wrong))


def _bands(known: Sequence[Outcome]) -> tuple[Band, ...]:
    inside: list[list[Outcome]] = [[] for _ in range(BANDS)]
    for outcome in known:
        inside[min(BANDS - 1, int(outcome.confidence * BANDS))].append(outcome)
    return tuple(_band(number, members) for number, members in enumerate(inside))


def _band(number: int, members: Sequence[Outcome]) -> Band:
    n = len(members)
    enough = n >= MIN_BAND
    right = sum(not outcome.wrong for outcome in members)
    return Band(
        low=number / BANDS,
        high=(number + 1) / BANDS,
        n=n,
        mean_confidence=math.fsum(o.confidence for o in members) / n if enough else None,
        right_share=right / n if enough else None,
        interval=share_interval(right, n) if enough else None,
    )
