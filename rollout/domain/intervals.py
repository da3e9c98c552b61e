"""Confidence intervals for rates and means, two-sided 95 %."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

LEVEL = 0.95
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measured number with its interval. All None where the sample is too small for one."""

    sample: int
    value: float | None
    low: float | None
    high: float | None


def rate(hits: int, sample: int) -> Estimate:
    """Share of hits with Wilson's score interval (1927), which holds also near 0 and 1 and for small samples."""
    if sample == 0:
        return Estimate(sample=0, value=None, low=None, high=None)
    share, z2 = hits / sample, _Z * _Z
    middle = (share + z2 / (2 * sample)) / (1 + z2 / sample)
    half = _Z * math.sqrt(share * (1 - share) / sample + z2 / (4 * sample * sample)) / (1 + z2 / sample)
    # At 0 and 1 the bound is the share itself; rounding would put it a hair beside.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == sample else min(1.0, middle + half)
    return Estimate(sample=sample, value=share, low=low, high=high)


def mean(values: Sequence[float]) -> Estimate:
    """Mean with Student's interval; one value alone has none. Values that are no number (NaN) are left out."""
    clean = [value for value in values if math.isfinite(value)]
    n = len(clean)
    if n < 2:
        return Estimate(sample=n, value=clean[0] if clean else None, low=None, high=None)
    middle = fmean(clean)
    half = _t_quantile(n - 1) * stdev(clean) / math.sqrt(n)
    return Estimate(sample=n, value=middle, low=middle - half, high=middle + half)


def exact(count: int) -> Estimate:
    """A number that is counted, not estimated."""
    return Estimate(sample=1, value=float(count), low=float(count), high=float(count))


def _t_quantile(degrees: int) -> float:
    """Student's quantile for the level. Exact for 1 and 2 degrees, else Abramowitz and Stegun 26.7.5 (error < 1 %)."""
    p = 0.5 + LEVEL / 2
    if degrees == 1:
        return math.tan(math.pi * (p - 0.5))
    if degrees == 2:
        return (2 * p - 1) * math.sqrt(2 / (4 * p * (1 - p)))
    z, v = _Z, float(degrees)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v**k for k, term in enumerate(terms, start=1))
