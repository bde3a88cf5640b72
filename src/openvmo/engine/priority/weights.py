"""Weights that people state outright, or by points for a swing from worst to best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, isfinite
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from openvmo.engine.priority.pairwise import Judgement

MOST_POINTS = 100.0
LARGEST = 1e15


class WeightsError(ValueError):
    """No weights follow from these answers; the sentence says why and what to do."""


@dataclass(frozen=True)
class Weights:
    """How much each of several things counts.

    Attributes:
        method: How the weights were found.
        shares: The share of each name, in the order of the answers; together 1.
        consistency: The consistency ratio of pairwise answers, 0 without contradiction; None for other methods.
        doubtful: The judgement that fits the others least; None where nothing contradicts.
        warnings: What to know before using the weights.
    """

    method: Literal["direct", "swing", "pairwise"]
    shares: Mapping[str, float]
    consistency: float | None = None
    doubtful: Judgement | None = None
    warnings: tuple[str, ...] = ()


def direct_weights(stated: Mapping[str, float | None]) -> Weights:
    """Weights as somebody states them, brought to shares that add up to 1.

    Args:
        stated: for each name a number of 0 or more, in any unit: points, percentages, marks; None is missing.

    Returns:
        The share of each name: its number divided by the sum of all.

    Raises:
        WeightsError: there is nothing to weigh, a number is missing, infinite or negative, or all are zero.

    Source: von Winterfeldt and Edwards (1986), Decision Analysis and Behavioral Research, chapter 8 (direct rating).

    >>> direct_weights({"growth": 3, "safety": 1}).shares
    {'growth': 0.75, 'safety': 0.25}
    """
    return Weights("direct", _shares(_stated(stated)))


def swing_weights(points: Mapping[str, float | None]) -> Weights:
    """Weights from points for how much it would mean to move each thing from its worst to its best.

    Args:
        points: for each name 0 to 100 points; the swing that means most has 100, the others what they mean beside it;
            None is missing.

    Returns:
        The share of each name; a warning where no swing has 100 points.

    Raises:
        WeightsError: there is nothing to weigh, points are missing or outside 0 to 100, or all are zero.

    Source: von Winterfeldt and Edwards (1986), Decision Analysis and Behavioral Research, chapter 8 (swing weighting).

    >>> found = swing_weights({"life": 75, "price": 100, "colour": 10})
    >>> {name: round(share, 3) for name, share in found.shares.items()}
    {'life': 0.405, 'price': 0.541, 'colour': 0.054}
    """
    stated = _stated(points)
    too_many = ", ".join(name for name, value in stated.items() if value > MOST_POINTS)
    if too_many:
        message = f"points are at most 100, but more are given to: {too_many}; give 100 to the swing that means most"
        raise WeightsError(message)
    shares = _shares(stated)
    full = max(stated.values()) == MOST_POINTS
    warning = "no swing has 100 points; the points are still read in proportion"
    return Weights("swing", shares, warnings=() if full else (warning,))


def _stated(answers: Mapping[str, float | None]) -> dict[str, float]:
    """The answers as numbers of 0 or more."""
    stated = {name: value for name, value in answers.items() if value is not None and isfinite(value)}
    missing = ", ".join(name for name in answers if name not in stated)
    if missing:
        message = f"no number is given for: {missing}; missing is not zero, so state one for each"
        raise WeightsError(message)
    negative = ", ".join(name for name, value in stated.items() if value < 0)
    if negative:
        message = f"a weight is 0 or more, but these are negative: {negative}"
        raise WeightsError(message)
    huge = ", ".join(name for name, value in stated.items() if value > LARGEST)
    if huge:
        message = f"only proportions count, so give numbers up to {LARGEST:,.0f}; larger ones are given to: {huge}"
        raise WeightsError(message)
    return stated


def _shares(stated: Mapping[str, float]) -> dict[str, float]:
    """Each number divided by the sum of all."""
    if not stated:
        message = "there is nothing to weigh; give at least one name with its number"
        raise WeightsError(message)
    total = fsum(stated.values())
    if total == 0:
        message = "all numbers are 0, so that nothing counts; give at least one more than 0"
        raise WeightsError(message)
    return {name: value / total for name, value in stated.items()}
