"""Means that can be written down."""

from __future__ import annotations

import math
from statistics import NormalDist

from openvmo.engine.quantities import Estimate

NORMAL = NormalDist()
SCORE_P90 = NORMAL.inv_cdf(0.9)


def expected(estimate: Estimate) -> float:
    """Mean of the split lognormal or split normal distribution with the quantiles of an estimate."""
    assert estimate.low is not None
    assert estimate.high is not None
    if estimate.low > 0:
        below = math.log(estimate.likely / estimate.low) / SCORE_P90
        above = math.log(estimate.high / estimate.likely) / SCORE_P90
        halves = math.exp(below**2 / 2) * NORMAL.cdf(-below) + math.exp(above**2 / 2) * NORMAL.cdf(above)
        return estimate.likely * halves
    skew = (estimate.high - estimate.likely) - (estimate.likely - estimate.low)
    return estimate.likely + skew / SCORE_P90 / math.sqrt(2 * math.pi)
