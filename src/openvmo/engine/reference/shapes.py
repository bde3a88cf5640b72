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
        better than one part in a thousand.

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
        if not 0 < self.tail_share < 1 or self.tail_mean <= self.tail_threshold or self.body_lower < 0:
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
