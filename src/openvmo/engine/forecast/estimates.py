"""From a stated estimate to its distribution: amounts at standard normal scores, one by one or as a table of many.

`sample` is exact and takes one estimate. `table` gives the same quantiles for thousands of estimates at once, at a
fixed row of scores between which a simulation interpolates. Both reproduce low and high at their tails.

Errors of `table` against the exact quantile, as a share of the distance from low to high: 1e-11, from rounding and, for
PERT, from the polynomials that stand in for its quantiles. The values of a list of outcomes are means over the scores
nearer to a knot than to another, so that a list keeps its mean within 1e-4 of its range although a simulation joins its
steps.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import DTypeLike, NDArray
from scipy.special import betaincinv, ndtr, ndtri

from openvmo.engine.quantities import Estimate, Family

Floats = NDArray[np.float64]

SCORE_P90 = NormalDist().inv_cdf(0.9)
# P10, P50 and P90 are knots; the outermost lie 5.1 standard deviations out, one chance in seven million.
KNOTS: Floats = np.arange(-128, 129, dtype=np.float64) * (SCORE_P90 / 32)

# The quantiles of a PERT distribution are smooth in the place of its mode; polynomials of this degree in that place are
# within 1e-10 of them, and evaluating them for many estimates is one product of matrices.
_DEGREE = 32
_STEPS_OF_BISECTION = 60
_STEPS_OF_NEWTON = 4
_GRID = 257


def sample(estimate: Estimate, scores: Floats) -> Floats:
    """An amount at each standard normal score, an array like `scores`.

    Three-point estimates that are positive are split lognormal, others split normal: the (logarithm of the) quantity is
    linear in the score with one slope below the median and another above, so that low, likely and high are met. One
    that starts at zero does not fall below it. Without a stated spread every trial has the likely value.

    Sources: triangular and uniform: their definitions; PERT: D. Malcolm and others, Operations Research 7 (1959)
    646-669, with a beta distribution of shapes 1 + 4 m and 5 - 4 m for a mode at the share m between its limits.
    """
    if estimate.low is None or estimate.high is None or estimate.is_certain:
        return np.full(scores.shape, estimate.likely)
    return _SAMPLERS[estimate.family](estimate, np.asarray(scores, dtype=np.float64))


def sample_difference(estimate: Estimate, scores: Floats) -> Floats:
    """A difference, such as a slip, at each standard normal score: a three-point estimate is always split normal.

    What may be early or late has no natural zero, so a low value just above zero must not change its distribution.
    """
    if estimate.family is Family.THREE_POINT and estimate.low is not None and estimate.high is not None:
        return _split(estimate.low, estimate.likely, estimate.high, scores / score_of(estimate.tail))
    return sample(estimate, scores)


def table(
    estimates: Sequence[Estimate],
    knots: Floats = KNOTS,
    *,
    difference: bool = False,
    dtype: DTypeLike = np.float32,
) -> NDArray[Any]:
    """The quantiles of many estimates at the same rising standard normal scores.

    Args:
        estimates: the estimates, of any families.
        knots: rising scores, (knots,), which hold zero where three-point estimates are to be met between them.
        difference: whether they are differences, such as slips: see `sample_difference`.
        dtype: type of the numbers that are returned; they are worked out in double precision.

    Returns:
        Amounts of shape (estimates, knots), none below its left neighbour.

    >>> table([Estimate(3.0, low=2.0, high=6.0)], np.array([-SCORE_P90, 0.0, SCORE_P90])).tolist()
    [[2.0, 3.0, 6.0]]
    """
    amounts = np.empty((len(estimates), knots.size), dtype=dtype)
    rows_of: dict[Callable[..., Floats], list[int]] = {}
    for row, estimate in enumerate(estimates):
        rows_of.setdefault(_filler(estimate, difference=difference), []).append(row)
    for fill, rows in rows_of.items():
        amounts[rows] = fill([estimates[row] for row in rows], knots)
    return amounts


def quantiles(estimate: Estimate, probabilities: Sequence[float] = (0.1, 0.5, 0.9)) -> tuple[float, ...]:
    """The values that the quantity stays below with these chances, P10, P50 and P90 unless others are asked for.

    >>> [round(value, 3) for value in quantiles(Estimate.uniform(10.0, 20.0))]
    [11.0, 15.0, 19.0]
    """
    return tuple(sample(estimate, ndtri(np.array(probabilities, dtype=np.float64))).tolist())


@functools.cache
def score_of(tail: float) -> float:
    """Standard deviations between the median and the value with the chance `tail` of being above."""
    return SCORE_P90 if tail == 0.1 else NormalDist().inv_cdf(1 - tail)


# One estimate, exactly


def _sample_three_point(estimate: Estimate, scores: Floats) -> Floats:
    low, likely, high = _stated(estimate)
    reach = scores / score_of(estimate.tail)
    if low > 0:
        return np.exp(_split(math.log(low), math.log(likely), math.log(high), reach))
    values = _split(low, likely, high, reach)
    return np.maximum(values, 0.0) if low == 0 else values


def _sample_normal(estimate: Estimate, scores: Floats) -> Floats:
    low, likely, high = _stated(estimate)
    return likely + scores * ((high - low) / 2 / score_of(estimate.tail))


def _sample_lognormal(estimate: Estimate, scores: Floats) -> Floats:
    low, likely, high = _stated(estimate)
    sigma = (math.log(high) - math.log(low)) / 2 / score_of(estimate.tail)
    return np.asarray(likely * np.exp(scores * sigma), dtype=np.float64)


def _sample_uniform(estimate: Estimate, scores: Floats) -> Floats:
    low, _, high = _stated(estimate)
    width = (high - low) / (1 - 2 * estimate.tail)
    return np.where(
        scores < 0,
        low + width * (_chance_below(scores) - estimate.tail),
        high - width * (_chance_below(-scores) - estimate.tail),
    )


def _sample_triangular(estimate: Estimate, scores: Floats) -> Floats:
    return _between_limits(estimate, scores, _triangular_quantile)


def _sample_pert(estimate: Estimate, scores: Floats) -> Floats:
    return _between_limits(estimate, scores, _pert_quantile)


def _sample_outcomes(estimate: Estimate, scores: Floats) -> Floats:
    values, reached = _steps(estimate)
    places = np.searchsorted(reached, _chance_below(scores), side="left")
    amounts: Floats = values[np.minimum(places, values.size - 1)]
    return amounts


def _between_limits(estimate: Estimate, scores: Floats, quantile: Quantile) -> Floats:
    """Amounts of a distribution between limits, whose shape hangs only on the place of its mode between them."""
    low, likely, high = _stated(estimate)
    place = _place_of_mode(np.array([(likely - low) / (high - low)]), estimate.tail, quantile)
    lower, upper = (quantile(place, np.array([score])) for score in _scores_of_limits(estimate.tail))
    width = (high - low) / (upper - lower)
    amounts: Floats = likely + width * (quantile(place, scores) - place)
    return amounts


_SAMPLERS: dict[Family, Callable[[Estimate, Floats], Floats]] = {
    Family.THREE_POINT: _sample_three_point,
    Family.TRIANGULAR: _sample_triangular,
    Family.PERT: _sample_pert,
    Family.NORMAL: _sample_normal,
    Family.LOGNORMAL: _sample_lognormal,
    Family.UNIFORM: _sample_uniform,
    Family.DISCRETE: _sample_outcomes,
    Family.EMPIRICAL: _sample_outcomes,
}


def _chance_below(scores: Floats) -> Floats:
    chances: Floats = ndtr(scores)
    return chances


# Shapes on the unit interval, by the place of the mode in it

Quantile = Callable[[Floats, Floats], Floats]  # places of the mode and scores, broadcast together


def _triangular_quantile(place: Floats, scores: Floats) -> Floats:
    below, above = _chance_below(scores), _chance_below(-scores)
    return np.where(below <= place, np.sqrt(below * place), 1 - np.sqrt(above * (1 - place)))


def _pert_quantile(place: Floats, scores: Floats) -> Floats:
    """The quantile of a beta distribution, worked out from the nearer end so that both tails are exact."""
    first, second = 1 + 4 * place, 5 - 4 * place
    lower = betaincinv(first, second, _chance_below(np.minimum(scores, 0.0)))
    upper = 1 - betaincinv(second, first, _chance_below(-np.maximum(scores, 0.0)))
    quantiles: Floats = np.where(scores < 0, lower, upper)
    return quantiles


def _place_of_mode(ratios: Floats, tail: float, quantile: Quantile) -> Floats:
    """Where the mode lies between the limits when it lies at `ratios` between the quantiles at the tails.

    The further right the mode lies between the limits, the further right it lies between the quantiles, from the place
    at which the lower quantile is the mode to the one at which the upper is; halving finds the place in between.
    """
    if tail == 0:
        return ratios
    lower, upper = (np.array([score]) for score in _scores_of_limits(tail))
    left, right = np.zeros(ratios.shape), np.ones(ratios.shape)
    for _ in range(_STEPS_OF_BISECTION):
        middle = (left + right) / 2
        from_low = quantile(middle, lower)
        is_left = middle - from_low < ratios * (quantile(middle, upper) - from_low)
        left, right = np.where(is_left, middle, left), np.where(is_left, right, middle)
    places: Floats = (left + right) / 2
    return places


def _scores_of_limits(tail: float) -> tuple[float, float]:
    return (-math.inf, math.inf) if tail == 0 else (-score_of(tail), score_of(tail))


# Many estimates of one family


def _filler(estimate: Estimate, *, difference: bool) -> Callable[..., Floats]:
    """The function that fills the rows of estimates such as this one."""
    if estimate.low is None or estimate.is_certain:
        return _fill_certain
    if estimate.family is Family.THREE_POINT:
        if estimate.low > 0 and not difference:
            return _fill_split_lognormal
        return _fill_split_normal if difference or estimate.low < 0 else _fill_from_zero
    return _FILLERS[estimate.family]


def _fill_certain(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    return np.broadcast_to(_column([estimate.likely for estimate in estimates]), (len(estimates), knots.size))


def _fill_split_normal(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    low, likely, high, tails = _columns(estimates)
    return likely + _split_slopes(likely - low, high - likely, tails, knots)


def _fill_from_zero(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    return np.maximum(_fill_split_normal(estimates, knots), 0.0)


def _fill_split_lognormal(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    low, likely, high, tails = _columns(estimates)
    middle = np.log(likely)
    exponents = _split_slopes(middle - np.log(low), np.log(high) - middle, tails, knots)
    amounts: Floats = np.exp(exponents, out=exponents)
    amounts *= likely
    return amounts


def _fill_normal(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    low, likely, high, tails = _columns(estimates)
    return likely + (high - low) / 2 / _scores(tails) * knots


def _fill_lognormal(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    low, likely, high, tails = _columns(estimates)
    amounts: Floats = np.exp((np.log(high) - np.log(low)) / 2 / _scores(tails) * knots)
    return amounts * likely


def _fill_uniform(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    low, likely, high, tails = _columns(estimates)
    return likely + (high - low) / (1 - 2 * tails) * (_chance_below(knots) - 0.5)


def _fill_triangular(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    return _fill_between(estimates, knots, _Triangular())


def _fill_pert(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    return _fill_between(estimates, knots, _Pert())


def _fill_outcomes(estimates: Sequence[Estimate], knots: Floats) -> Floats:
    """The mean of each list over the scores that are nearer to a knot than to the others."""
    edges = np.concatenate([[0.0], _chance_below((knots[1:] + knots[:-1]) / 2), [1.0]])
    return np.stack([_means_between(estimate, edges) for estimate in estimates])


_FILLERS: dict[Family, Callable[[Sequence[Estimate], Floats], Floats]] = {
    Family.TRIANGULAR: _fill_triangular,
    Family.PERT: _fill_pert,
    Family.NORMAL: _fill_normal,
    Family.LOGNORMAL: _fill_lognormal,
    Family.UNIFORM: _fill_uniform,
    Family.DISCRETE: _fill_outcomes,
    Family.EMPIRICAL: _fill_outcomes,
}


class _Triangular:
    """Quantiles of triangular distributions on the unit interval, for a column of modes."""

    def places(self, ratios: Floats, tail: float) -> Floats:
        """The place of each mode between the limits."""
        return _place_of_mode(ratios, tail, _triangular_quantile)

    def at(self, places: Floats, scores: Floats) -> Floats:
        """Quantiles of shape (places, scores)."""
        return _triangular_quantile(places[:, None], scores)


class _Pert:
    """Quantiles of PERT distributions on the unit interval, for a column of modes."""

    def places(self, ratios: Floats, tail: float) -> Floats:
        """The place of each mode between the limits: by Newton's method from a table of places."""
        if tail == 0:
            return ratios
        grid, at_grid = _pert_places(tail)
        places = np.interp(ratios, at_grid, grid)
        lower, upper = _pert_polynomials((-score_of(tail), score_of(tail))).T
        lower_slope, upper_slope = chebyshev.chebder(lower) * 2, chebyshev.chebder(upper) * 2
        for _ in range(_STEPS_OF_NEWTON):
            at = 2 * places - 1
            from_low = chebyshev.chebval(at, lower)
            slope_from_low = chebyshev.chebval(at, lower_slope)
            off = places - from_low - ratios * (chebyshev.chebval(at, upper) - from_low)
            slope = 1 - slope_from_low - ratios * (chebyshev.chebval(at, upper_slope) - slope_from_low)
            places = np.clip(places - off / slope, 0.0, 1.0)
        return places

    def at(self, places: Floats, scores: Floats) -> Floats:
        """Quantiles of shape (places, scores)."""
        quantiles: Floats = chebyshev.chebvander(2 * places - 1, _DEGREE) @ _pert_polynomials(tuple(scores.tolist()))
        return quantiles


@functools.lru_cache(maxsize=64)
def _pert_polynomials(scores: tuple[float, ...]) -> Floats:
    """Chebyshev coefficients, (degree + 1, scores), of the quantile at each score as a function of the mode's place."""
    nodes = chebyshev.chebpts1(_DEGREE + 1)
    values = _pert_quantile((nodes[:, None] + 1) / 2, np.array(scores))
    return np.asarray(np.linalg.solve(chebyshev.chebvander(nodes, _DEGREE), values), dtype=np.float64)


@functools.lru_cache(maxsize=64)
def _pert_places(tail: float) -> tuple[Floats, Floats]:
    """Places of the mode between the limits, and where each lies between the quantiles at the tail."""
    lower, upper = _pert_polynomials((-score_of(tail), score_of(tail))).T
    first = _place_of_mode(np.zeros(1), tail, _pert_quantile)[0]
    places = np.linspace(first, 1 - first, _GRID)
    from_low, to_high = (chebyshev.chebval(2 * places - 1, polynomial) for polynomial in (lower, upper))
    return places, (places - from_low) / (to_high - from_low)


def _fill_between(estimates: Sequence[Estimate], knots: Floats, shape: _Triangular | _Pert) -> Floats:
    """Quantiles of distributions between limits; the limits follow from low, high and the tail."""
    low, likely, high, tails = (column[:, 0] for column in _columns(estimates))
    places, spans = np.empty(len(estimates)), np.ones(len(estimates))
    for tail in np.unique(tails).tolist():
        rows = tails == tail
        places[rows] = shape.places((likely[rows] - low[rows]) / (high[rows] - low[rows]), tail)
        if tail > 0:
            spans[rows] = np.diff(shape.at(places[rows], np.array(_scores_of_limits(tail))))[:, 0]
    amounts = shape.at(places, knots)
    amounts -= places[:, None]
    amounts *= ((high - low) / spans)[:, None]
    amounts += likely[:, None]
    return amounts


def _means_between(estimate: Estimate, edges: Floats) -> Floats:
    """Mean of a list of outcomes between neighbouring probabilities, (edges - 1,)."""
    values, reached = _steps(estimate)
    chances = np.diff(reached, prepend=0.0)
    until = np.concatenate([[0.0], np.cumsum(values * chances)])
    means = np.diff(np.interp(edges, np.concatenate([[0.0], reached]), until)) / np.diff(edges)
    rising: Floats = np.maximum.accumulate(np.clip(means, values[0], values[-1]))
    return rising


def _steps(estimate: Estimate) -> tuple[Floats, Floats]:
    """The outcomes in rising order, and the probability of each or a lower one; the last is 1."""
    values, chances = np.array(estimate.outcomes).T
    reached = np.cumsum(chances)
    return values, reached / reached[-1]


def _stated(estimate: Estimate) -> tuple[float, float, float]:
    """Low, likely and high of an estimate whose spread was stated."""
    if estimate.low is None or estimate.high is None:
        message = "an estimate without low and high has no distribution"
        raise ValueError(message)
    return estimate.low, estimate.likely, estimate.high


def _columns(estimates: Sequence[Estimate]) -> tuple[Floats, Floats, Floats, Floats]:
    """Low, likely, high and tail of the estimates, each of shape (estimates, 1)."""
    rows = np.array([(*_stated(estimate), estimate.tail) for estimate in estimates])
    low, likely, high, tails = rows.T[:, :, None]
    return low, likely, high, tails


def _column(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)[:, None]


def _scores(tails: Floats) -> Floats:
    return _column([score_of(tail) for tail in tails[:, 0].tolist()])


def _split_slopes(below: Floats, above: Floats, tails: Floats, knots: Floats) -> Floats:
    """What the knots add to the middle: one slope below the median, another above, each of shape (estimates, 1)."""
    first = int(np.searchsorted(knots, 0.0))
    reach = _scores(tails)
    added = np.empty((below.shape[0], knots.size))
    np.multiply(below / reach, knots[:first], out=added[:, :first])
    np.multiply(above / reach, knots[first:], out=added[:, first:])
    return added


def _split(low: float, likely: float, high: float, reach: Floats) -> Floats:
    """Linear in the share of the way to the tails, one slope below the middle and another above."""
    slopes = np.where(reach < 0, likely - low, high - likely)
    values: Floats = likely + reach * slopes
    return values
