"""From three stated quantiles to a distribution that reproduces them exactly."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.quantities import Estimate

Floats = NDArray[np.float64]

_SCORE_P90 = NormalDist().inv_cdf(0.9)


def sample(estimate: Estimate, scores: Floats) -> Floats:
    """An amount at each standard normal score, an array like `scores`.

    Positive estimates are split lognormal, others split normal: the (logarithm of the) quantity is linear in the score
    with one slope below the median and another above, so that P10, P50 and P90 are those stated. An estimate that
    starts at zero does not fall below it. Without a stated spread every trial has the likely value.
    """
    if estimate.low is None or estimate.high is None:
        return np.full(scores.shape, estimate.likely)
    if estimate.low > 0:
        return np.exp(_split(math.log(estimate.low), math.log(estimate.likely), math.log(estimate.high), scores))
    values = sample_difference(estimate, scores)
    return np.maximum(values, 0.0) if estimate.low == 0 else values


def sample_difference(estimate: Estimate, scores: Floats) -> Floats:
    """A difference, such as a slip, at each standard normal score: always split normal.

    What may be early or late has no natural zero, so a low value just above zero must not change its distribution.
    """
    if estimate.low is None or estimate.high is None:
        return np.full(scores.shape, estimate.likely)
    return _split(estimate.low, estimate.likely, estimate.high, scores)


def _split(low: float, likely: float, high: float, scores: Floats) -> Floats:
    slopes = np.where(scores < 0, likely - low, high - likely)
    values: Floats = likely + scores / _SCORE_P90 * slopes
    return values
