"""How a reference class spreads outcomes around the plan: factors by which a plan is to be multiplied.

Each shape gives the factor for a standard normal score, so that it can be drawn together with other uncertain
quantities. A factor of 1.3 means an overrun of 30 % over plan.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

# The steepest spread that finished work has shown is about 1; beyond this a figure is a slip of the pen.
_STEEPEST = 3.0


class Shape(ABC):
    """A distribution of the ratio of outcome to plan."""

    __slots__ = ()

    @property
    @abstractmethod
    def mean(self) -> float:
        """Expected factor."""

    @property
    @abstractmethod
    def has_spread(self) -> bool:
        """Whether the source says how outcomes differ, and not only their mean."""

    @abstractmethod
    def factors(self, scores: Floats) -> Floats:
        """The factor at each standard normal score, an array like `scores`; it rises with the score."""

    def table(self, knots: Floats) -> Floats:
        """The factors at the knots of a table, (knots,): read linearly between two knots, and flat beyond the ends.

        With knots at every 0.04 of a score from -5 to 5 the mean that is read from the table is the shape's own to
        two parts in a thousand, and to one in a hundred for a shape that jumps.

        Args:
            knots: rising standard normal scores.
        """
        return self.factors(knots)

    def quantile(self, probability: float) -> float:
        """The factor that outcomes stay below with this probability, above 0 and below 1.

        >>> round(Quantiles(0.5, 1.15, 0.8, 1.32).quantile(0.8), 2)
        1.32
        """
        if not 0 < probability < 1:
            message = f"a probability lies between 0 and 1, not at {probability}"
            raise ValueError(message)
        return float(self.factors(np.array([ndtri(probability)]))[0])


@dataclass(frozen=True, slots=True)
class Mean(Shape):
    """Only the mean was published: every outcome gets it, which adds no spread."""

    factor: float

    def __post_init__(self) -> None:
        if not 0 <= self.factor < math.inf:
            message = f"a mean must be 0 or more, not {self.factor}"
            raise ValueError(message)

    @property
    def mean(self) -> float:
        """The published mean."""
        return self.factor

    @property
    def has_spread(self) -> bool:
        """A mean alone has no spread."""
        return False

    def factors(self, scores: Floats) -> Floats:
        """The mean, whatever the score."""
        return np.full(scores.shape, self.factor)


@dataclass(frozen=True, slots=True)
class Range(Shape):
    """A lower and an upper bound were published: every factor between them is as likely."""

    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not 0 <= self.lower <= self.upper < math.inf:
            message = f"a range must rise from 0 or more, not from {self.lower} to {self.upper}"
            raise ValueError(message)

    @property
    def mean(self) -> float:
        """Middle of the range."""
        return (self.lower + self.upper) / 2

    @property
    def has_spread(self) -> bool:
        """A range has spread."""
        return True

    def factors(self, scores: Floats) -> Floats:
        """Uniform between the bounds."""
        factors: Floats = self.lower + (self.upper - self.lower) * ndtr(scores)
        return factors


@dataclass(frozen=True, slots=True)
class Quantiles(Shape):
    """Two quantiles were published: the lognormal distribution through both.

    Args:
        probability_low: probability of staying below `factor_low`, 0 to 1.
        factor_low: the factor at that probability.
        probability_high: the greater probability.
        factor_high: the factor there.
    """

    probability_low: float
    factor_low: float
    probability_high: float
    factor_high: float

    def __post_init__(self) -> None:
        has_order = 0 < self.probability_low < self.probability_high < 1
        if not has_order or not 0 < self.factor_low <= self.factor_high < math.inf or self.sigma > _STEEPEST:
            message = f"these two quantiles make no lognormal distribution of factors: {self}"
            raise ValueError(message)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        step = float(ndtri(self.probability_high) - ndtri(self.probability_low))
        return math.log(self.factor_high / self.factor_low) / step

    @property
    def mu(self) -> float:
        """Mean of the logarithm."""
        return math.log(self.factor_low) - self.sigma * float(ndtri(self.probability_low))

    @property
    def mean(self) -> float:
        """Mean of the lognormal distribution."""
        return math.exp(self.mu + self.sigma**2 / 2)

    @property
    def has_spread(self) -> bool:
        """Two quantiles have spread."""
        return True

    def factors(self, scores: Floats) -> Floats:
        """Lognormal."""
        factors: Floats = np.exp(self.mu + self.sigma * scores)
        return factors


@dataclass(frozen=True, slots=True)
class Mixture(Shape):
    """Mean, share in the tail and mean of the tail were published: most outcomes near the plan, some far above.

    Args:
        overall: expected factor over all outcomes.
        tail_share: share of outcomes in the tail, above 0 and below 1.
        tail_threshold: factor at which the tail begins.
        tail_mean: expected factor within the tail.

    The body is uniform below the threshold, around the mean that makes the mean of the whole exact; the tail is the
    threshold plus an exponential excess.

    Raises:
        ValueError: no body below the threshold can have the mean that is needed, or its factors would be negative.
    """

    overall: float
    tail_share: float
    tail_threshold: float
    tail_mean: float

    def __post_init__(self) -> None:
        has_tail = 0 < self.tail_share < 1 and self.tail_threshold < self.tail_mean < math.inf
        if not has_tail or not self.body_lower >= 0:
            message = f"these figures do not make a distribution: {self}"
            raise ValueError(message)
        if self.body_lower >= self.tail_threshold:
            message = f"the outcomes outside the tail would lie in the tail: {self}"
            raise ValueError(message)

    @property
    def mean(self) -> float:
        """The published mean of all outcomes."""
        return self.overall

    @property
    def has_spread(self) -> bool:
        """A mixture has spread."""
        return True

    @property
    def body_lower(self) -> float:
        """The least factor."""
        body_mean = (self.overall - self.tail_share * self.tail_mean) / (1 - self.tail_share)
        return 2 * body_mean - self.tail_threshold

    def factors(self, scores: Floats) -> Floats:
        """Uniform below the threshold, exponential above it."""
        below = ndtr(scores) / (1 - self.tail_share)
        above = np.minimum(ndtr(-scores) / self.tail_share, 1.0)
        body = self.body_lower + (self.tail_threshold - self.body_lower) * np.minimum(below, 1.0)
        excess = -np.log(np.maximum(above, np.finfo(np.float64).tiny)) * (self.tail_mean - self.tail_threshold)
        factors: Floats = np.where(below < 1, body, self.tail_threshold + excess)
        return factors


@dataclass(frozen=True, slots=True)
class Split(Shape):
    """Mean, share in the tail and mean of the tail were published, but not where the tail begins: two outcomes.

    Args:
        overall: expected factor over all outcomes.
        tail_share: share of outcomes in the tail, above 0 and below 1.
        tail_mean: expected factor within the tail, which is that of each outcome there.

    Raises:
        ValueError: the other outcomes would not lie below the tail, or below nought.
    """

    overall: float
    tail_share: float
    tail_mean: float

    def __post_init__(self) -> None:
        if not 0 < self.tail_share < 1 or not 0 <= self.body_mean <= self.tail_mean < math.inf:
            message = f"these figures do not make a distribution: {self}"
            raise ValueError(message)

    @property
    def mean(self) -> float:
        """The published mean of all outcomes."""
        return self.overall

    @property
    def has_spread(self) -> bool:
        """Two outcomes have spread."""
        return True

    @property
    def body_mean(self) -> float:
        """The factor of the outcomes outside the tail: the one that makes the mean of the whole exact."""
        return (self.overall - self.tail_share * self.tail_mean) / (1 - self.tail_share)

    def factors(self, scores: Floats) -> Floats:
        """The mean of the tail where the score lies in it, and that of the others below."""
        is_in_tail = ndtr(-scores) < self.tail_share
        factors: Floats = np.where(is_in_tail, self.tail_mean, self.body_mean)
        return factors


@dataclass(frozen=True, slots=True)
class Curve(Shape):
    """Many quantiles are known, published or learned: straight between them over the normal score.

    Args:
        probabilities: rising, each above 0 and below 1; at least two.
        values: the factor at each, never falling and never below 0.

    Beyond the first and the last quantile the curve goes on as the lognormal distribution through these two, though
    never steeper than a standard deviation of 3, and flat where the first is 0.

    Raises:
        ValueError: the probabilities or values are not in order, or not as many.
    """

    probabilities: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        probabilities, values = np.array(self.probabilities, dtype=float), np.array(self.values, dtype=float)
        is_matched = probabilities.shape == values.shape and probabilities.size > 1
        if not is_matched or not np.isfinite(values).all() or values[0] < 0 or (np.diff(values) < 0).any():
            message = f"a curve needs a factor from 0 upwards at each probability, never falling: {self.values}"
            raise ValueError(message)
        if probabilities[0] <= 0 or probabilities[-1] >= 1 or not (np.diff(probabilities) > 0).all():
            message = f"a curve needs rising probabilities between 0 and 1: {self.probabilities}"
            raise ValueError(message)

    @property
    def scores(self) -> Floats:
        """The standard normal score of each quantile."""
        scores: Floats = ndtri(np.array(self.probabilities))
        return scores

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm beyond the ends; 0 where the first factor is 0."""
        if self.values[0] == 0:
            return 0.0
        ends = self.scores[[0, -1]]
        return min(math.log(self.values[-1] / self.values[0]) / float(ends[1] - ends[0]), _STEEPEST)

    @property
    def mean(self) -> float:
        """Mean of the whole, in closed form piece by piece."""
        scores, values = self.scores, np.array(self.values)
        share, density = ndtr(scores), np.exp(-(scores**2) / 2) / math.sqrt(2 * math.pi)
        slopes = np.diff(values) / np.diff(scores)
        starts = values[:-1] - slopes * scores[:-1]
        between = float((starts * np.diff(share) - slopes * np.diff(density)).sum())
        sigma = self.sigma
        below = values[0] * math.exp(sigma**2 / 2 - sigma * scores[0]) * ndtr(scores[0] - sigma)
        above = values[-1] * math.exp(sigma**2 / 2 - sigma * scores[-1]) * ndtr(sigma - scores[-1])
        return between + float(below + above)

    @property
    def has_spread(self) -> bool:
        """Whether the quantiles differ."""
        return self.values[0] < self.values[-1]

    def factors(self, scores: Floats) -> Floats:
        """Straight between the quantiles, lognormal beyond them."""
        known, sigma = self.scores, self.sigma
        beyond = np.minimum(scores - known[0], 0.0) + np.maximum(scores - known[-1], 0.0)
        factors: Floats = np.interp(scores, known, np.array(self.values)) * np.exp(sigma * beyond)
        return factors
