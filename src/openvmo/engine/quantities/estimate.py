"""An uncertain quantity as people state it: low, likely, high, and the family of its distribution."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

Outcomes = tuple[tuple[float, float], ...]

# Nobody can judge what happens less than once in a million times, and its normal score means nothing.
_LEAST_TAIL, _LARGEST_TAIL = 1e-6, 0.5
# How far a stated middle may lie from the one that the family needs, as a share of the spread: what rounding explains.
_ROUNDING = 1e-3
_SUM_ROUNDING = 1e-6
_QUANTILE_ROUNDING = 1e-12


class Family(StrEnum):
    """The shape of an uncertain quantity's distribution."""

    THREE_POINT = "three_point"
    TRIANGULAR = "triangular"
    PERT = "pert"
    NORMAL = "normal"
    LOGNORMAL = "lognormal"
    UNIFORM = "uniform"
    DISCRETE = "discrete"
    EMPIRICAL = "empirical"


_OF_OUTCOMES = (Family.DISCRETE, Family.EMPIRICAL)
_WITH_LIMITS = (Family.TRIANGULAR, Family.PERT, Family.UNIFORM)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An uncertain quantity.

    Args:
        likely: the median (P50) of a three-point, normal or lognormal estimate and of outcomes; the most likely value
            of a triangular or PERT estimate; the middle of a uniform one. In the unit of the field that holds it.
        low: the value with the chance `tail` of being below; for a triangular, PERT or uniform estimate with no tail
            the least possible value. None: no uncertainty was stated.
        high: the value with the chance `tail` of being above, or the greatest possible one. None together with `low`.
        family: the shape of the distribution.
        tail: what low and high mean: 0.1 makes them P10 and P90, 0.05 P5 and P95, 0 the limits.
        outcomes: the possible values, each with its probability, of a discrete or an empirical estimate; they are kept
            in rising order. Their median, and their values at `tail` and 1 - `tail`, are likely, low and high.

    Raises:
        ValueError: a value is not finite, the order low <= likely <= high is broken, only one of low and high is given,
            the values do not fit the family, or probabilities do not add up to 1. The text says what would fit.

    None is not the same as "certain": a certain quantity has low == likely == high, while None leaves room for the
    outside view (a reference class) and is reported as not stated.

    >>> Estimate(120.0, low=100.0, high=180.0).is_stated
    True
    >>> Estimate(3.0, low=2.0, high=7.0, family=Family.PERT, tail=0.0) == Estimate.pert(2, 3, 7)
    True
    """

    likely: float
    low: float | None = None
    high: float | None = None
    family: Family = Family.THREE_POINT
    tail: float = 0.1
    outcomes: Outcomes = ()

    def __post_init__(self) -> None:
        _check_tail(self.family, self.tail)
        if self.family in _OF_OUTCOMES:
            self._take_outcomes()
        elif self.outcomes:
            message = f"a {self.family} estimate has no list of outcomes: use discrete or empirical, or clear the list"
            raise ValueError(message)
        if (self.low is None) != (self.high is None):
            message = "give both low (P10) and high (P90), or neither"
            raise ValueError(message)
        values = [value for value in (self.low, self.likely, self.high) if value is not None]
        if not all(math.isfinite(value) for value in values):
            message = f"an estimate needs finite numbers, not {values}"
            raise ValueError(message)
        if values != sorted(values):
            message = f"low, likely and high must rise: {values}"
            raise ValueError(message)
        if self.family is not Family.THREE_POINT:
            self._check_shape()

    @classmethod
    def certain(cls, value: float) -> Estimate:
        """A quantity known exactly."""
        return cls(value, low=value, high=value)

    @classmethod
    def triangular(cls, low: float, mode: float, high: float, *, tail: float = 0.0) -> Estimate:
        """A triangular distribution by its limits, or by its quantiles at `tail`, and its most likely value."""
        return cls(mode, low=low, high=high, family=Family.TRIANGULAR, tail=tail)

    @classmethod
    def pert(cls, low: float, mode: float, high: float, *, tail: float = 0.0) -> Estimate:
        """A PERT (beta) distribution by its limits, or by its quantiles at `tail`, and its most likely value."""
        return cls(mode, low=low, high=high, family=Family.PERT, tail=tail)

    @classmethod
    def uniform(cls, low: float, high: float, *, tail: float = 0.0) -> Estimate:
        """Every value between two limits, or between the limits that two quantiles at `tail` imply, as likely."""
        return cls(low / 2 + high / 2, low=low, high=high, family=Family.UNIFORM, tail=tail)

    @classmethod
    def normal(cls, mean: float, sd: float, *, tail: float = 0.1) -> Estimate:
        """A normal distribution by its mean and standard deviation.

        >>> round(Estimate.normal(100.0, 10.0).low or 0.0, 6)
        87.184484
        """
        reach = sd * _score(Family.NORMAL, tail)
        return cls(mean, low=mean - reach, high=mean + reach, family=Family.NORMAL, tail=tail)

    @classmethod
    def lognormal(cls, median: float, sigma: float, *, tail: float = 0.1) -> Estimate:
        """A lognormal distribution by its median and the standard deviation of its logarithm."""
        factor = math.exp(sigma * _score(Family.LOGNORMAL, tail))
        return cls(median, low=median / factor, high=median * factor, family=Family.LOGNORMAL, tail=tail)

    @classmethod
    def discrete(cls, probabilities: Mapping[float, float], *, tail: float = 0.1) -> Estimate:
        """Some possible values, each with its probability.

        >>> Estimate.discrete({0.0: 0.7, 100.0: 0.3}).likely
        0.0
        """
        return cls.of_outcomes(probabilities.items(), Family.DISCRETE, tail=tail)

    @classmethod
    def empirical(cls, values: Iterable[float], *, tail: float = 0.1) -> Estimate:
        """Values that were observed, each as likely as the others.

        >>> Estimate.empirical([3.0, 1.0, 2.0]).likely
        2.0
        """
        observed = tuple(values)
        return cls.of_outcomes(((value, 1 / len(observed)) for value in observed), Family.EMPIRICAL, tail=tail)

    @classmethod
    def of_outcomes(cls, outcomes: Iterable[tuple[float, float]], family: Family, *, tail: float = 0.1) -> Estimate:
        """A discrete or empirical estimate from its outcomes, whose median is worked out."""
        ordered = _in_order(outcomes)
        median = _quantile(ordered, 0.5) if ordered else 0.0
        return cls(median, family=family, tail=tail, outcomes=ordered)

    @property
    def is_stated(self) -> bool:
        """Whether an uncertainty, or certainty, was stated."""
        return self.low is not None

    @property
    def is_certain(self) -> bool:
        """Whether only one value is possible, and that was stated."""
        if self.outcomes:
            return self.outcomes[0][0] == self.outcomes[-1][0]
        return self.low is not None and self.low == self.high

    def scaled(self, factor: float) -> Estimate:
        """The estimate of the quantity times a factor, zero or more.

        >>> Estimate(120.0, low=100.0, high=180.0).scaled(0.5)
        Estimate(likely=60.0, low=50.0, high=90.0, family=<Family.THREE_POINT: 'three_point'>, tail=0.1, outcomes=())
        """
        if factor == 0 and self.is_stated:
            return Estimate.certain(0.0)
        return Estimate(
            self.likely * factor,
            low=None if self.low is None else self.low * factor,
            high=None if self.high is None else self.high * factor,
            family=self.family,
            tail=self.tail,
            outcomes=tuple((value * factor, probability) for value, probability in self.outcomes),
        )

    def _take_outcomes(self) -> None:
        """Put the outcomes in order, and work low and high out of them."""
        ordered = _in_order(self.outcomes)
        _check_outcomes(ordered, self.family)
        if self.family is Family.EMPIRICAL:
            ordered = tuple((value, 1 / len(ordered)) for value, _ in ordered)
        object.__setattr__(self, "outcomes", ordered)
        for name, probability in (("likely", 0.5), ("low", self.tail), ("high", 1 - self.tail)):
            stated, found = getattr(self, name), _quantile(ordered, probability)
            if stated is None:
                object.__setattr__(self, name, found)
            elif stated != found:
                message = f"{name} is {stated:g} but follows from the outcomes, which make it {found:g}: leave it empty"
                raise ValueError(message)

    def _check_shape(self) -> None:
        """Whether low, likely and high can belong to the family."""
        low, high = self.low, self.high
        if low is None or high is None:
            message = f"a {self.family} estimate needs low and high; without them use three_point"
            raise ValueError(message)
        if self.family is Family.LOGNORMAL and low <= 0:
            message = f"a lognormal estimate is above zero, but low is {low:g}: use three_point"
            raise ValueError(message)
        middle, distance, spread = _middle(self.family, low, self.likely, high)
        if distance > _ROUNDING * spread:
            message = (
                f"the likely value of a {self.family} estimate with low {low:g} and high {high:g} is {middle:.6g}, "
                f"not {self.likely:g}: write that, or use three_point"
            )
            raise ValueError(message)


def _check_tail(family: Family, tail: float) -> None:
    least_is_zero = family in _WITH_LIMITS or family in _OF_OUTCOMES
    is_chance = _LEAST_TAIL <= tail < _LARGEST_TAIL
    if not is_chance and not (tail == 0 and least_is_zero):
        least = "0 for the limits, or a chance" if least_is_zero else "a chance"
        first = f"{least} from {_LEAST_TAIL:g} and below 0.5"
        message = f"the tail of a {family} estimate is {first}, such as 0.1 for P10 and P90, not {tail:g}"
        raise ValueError(message)


def _check_outcomes(outcomes: Outcomes, family: Family) -> None:
    if not outcomes:
        message = f"a {family} estimate needs its outcomes"
        raise ValueError(message)
    values, probabilities = zip(*outcomes, strict=True)
    if not all(math.isfinite(number) for number in (*values, *probabilities)):
        message = "outcomes and their probabilities are finite numbers"
        raise ValueError(message)
    if not all(0 < probability <= 1 for probability in probabilities):
        message = "the probability of each outcome is above 0 and at most 1; leave out what cannot happen"
        raise ValueError(message)
    total = math.fsum(probabilities)
    if abs(total - 1) > _SUM_ROUNDING:
        message = f"the probabilities of the outcomes add up to {total:g}: make them add up to 1"
        raise ValueError(message)
    if family is Family.DISCRETE and len(set(values)) < len(values):
        message = "an outcome stands there twice: give each value once, with its whole probability"
        raise ValueError(message)
    if family is Family.EMPIRICAL and max(probabilities) - min(probabilities) > _SUM_ROUNDING:
        message = "observed values are equally likely: use discrete to give each its own probability"
        raise ValueError(message)


def _middle(family: Family, low: float, likely: float, high: float) -> tuple[float, float, float]:
    """The middle that a family needs, how far the stated one lies from it, and the spread, as the family counts."""
    if family is Family.LOGNORMAL:
        needed = math.log(low) / 2 + math.log(high) / 2
        return math.exp(needed), abs(math.log(likely) - needed), math.log(high) - math.log(low)
    if family in (Family.NORMAL, Family.UNIFORM):
        middle = low / 2 + high / 2
        return middle, abs(likely - middle), high - low
    return likely, 0.0, high - low


def _in_order(outcomes: Iterable[tuple[float, float]]) -> Outcomes:
    return tuple(sorted((float(value), float(probability)) for value, probability in outcomes))


def _quantile(outcomes: Outcomes, probability: float) -> float:
    """The least outcome that is reached with at least this probability."""
    reached = 0.0
    for value, chance in outcomes:
        reached += chance
        if reached >= probability - _QUANTILE_ROUNDING:
            return value
    return outcomes[-1][0]


def _score(family: Family, tail: float) -> float:
    """Standard deviations between the median and the value at a tail."""
    _check_tail(family, tail)
    return NormalDist().inv_cdf(1 - tail)
