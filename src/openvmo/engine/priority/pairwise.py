"""Weights from comparisons of two at a time: the analytic hierarchy process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite, log

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.priority.weights import Weights, WeightsError

Matrix = NDArray[np.float64]

# Mean consistency index of random comparisons, by how many things are compared: Saaty (1980), The Analytic Hierarchy
# Process, page 21, for 1 to 15.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
MOST_COMPARED = len(RANDOM_INDEX)
LARGEST_RATIO = 9.0
# Saaty's rule: above a tenth of what chance would give, answers should be looked at again.
CONSISTENT_UP_TO = 0.10
# The largest eigenvalue is found this exactly; a smaller contradiction is only rounding.
PRECISION = 1e-12
MOST_STEPS = 10_000


@dataclass(frozen=True)
class Judgement:
    """The comparison that fits the others least.

    Attributes:
        first, second: The two names.
        stated: How many times as important the first was said to be as the second.
        fitting: The ratio of their weights, which is what the answers together say.
        beside: The third name with which the two form the worst contradiction.
    """

    first: str
    second: str
    stated: float
    fitting: float
    beside: str


def pairwise_weights(comparisons: Mapping[tuple[str, str], float], names: Iterable[str] = ()) -> Weights:
    """Weights that fit best what was said of every two things: the principal eigenvector of the comparisons.

    Args:
        comparisons: for every pair of names, in one order or the other, how many times as important the first is as
            the second: 1 to 9, or 1/9 to 1 where the second is more important.
        names: the order of the result, and a single name that there is nothing to compare with; else names stand in the
            order in which the comparisons name them.

    Returns:
        The share of each name; the consistency ratio, which compares the contradictions among the answers with those of
        random ones; and the judgement that fits least. A ratio above 0.10 gives a warning.

    Raises:
        WeightsError: a pair is missing or compared twice, a ratio is outside 1/9 to 9, a name is compared with itself,
            or there are more than 15 names.

    Source: Saaty (1990), How to make a decision: the analytic hierarchy process, European Journal of Operational
    Research 48(1), pages 9-26, https://doi.org/10.1016/0377-2217(90)90057-I.

    >>> found = pairwise_weights({("growth", "safety"): 3, ("growth", "image"): 6, ("safety", "image"): 2})
    >>> {name: round(share, 3) for name, share in found.shares.items()}
    {'growth': 0.667, 'safety': 0.222, 'image': 0.111}
    >>> found.consistency
    0.0
    """
    ordered = _names(comparisons, names)
    matrix = _matrix(comparisons, ordered)
    vector, eigenvalue = principal_eigenvector(matrix)
    ratio = consistency_ratio(eigenvalue, len(ordered))
    doubtful = _doubtful(matrix, vector, ordered) if ratio > 0 else None
    shares = {name: float(share) for name, share in zip(ordered, vector, strict=True)}
    warning = (
        f"the answers contradict one another: their consistency ratio is {ratio:.2f}, above {CONSISTENT_UP_TO:.2f}"
    )
    return Weights("pairwise", shares, ratio, doubtful, (warning,) if ratio > CONSISTENT_UP_TO else ())


def principal_eigenvector(matrix: Matrix) -> tuple[Matrix, float]:
    """Return the positive eigenvector of a positive matrix, whose sum is 1, and its eigenvalue, the largest."""
    vector = np.full(len(matrix), 1.0 / len(matrix))
    for _step in range(MOST_STEPS):
        image = matrix @ vector
        following = image / image.sum()
        settled = float(np.abs(following - vector).max()) < PRECISION
        vector = following
        if settled:
            break
    return vector, float((matrix @ vector).sum())


def consistency_ratio(eigenvalue: float, count: int) -> float:
    """Return how far comparisons contradict one another, as a share of what random ones do; 0 for one or two things.

    >>> round(consistency_ratio(9.669, 8), 3)
    0.169
    """
    random = RANDOM_INDEX[count - 1]
    if random == 0.0:
        return 0.0
    index = (eigenvalue - count) / (count - 1)
    return index / random if index > count * PRECISION else 0.0


def _names(comparisons: Mapping[tuple[str, str], float], names: Iterable[str]) -> list[str]:
    compared = [name for pair in comparisons for name in pair]
    ordered = list(dict.fromkeys([*names, *compared]))
    if not ordered:
        message = "there is nothing to weigh; give at least one name"
        raise WeightsError(message)
    if len(ordered) > MOST_COMPARED:
        message = (
            f"{len(ordered)} names are too many to compare two by two; group them, at most {MOST_COMPARED} together"
        )
        raise WeightsError(message)
    return ordered


def _matrix(comparisons: Mapping[tuple[str, str], float], names: Sequence[str]) -> Matrix:
    """The comparisons as a matrix of ratios, in which each pair has its reciprocal."""
    for (first, second), ratio in comparisons.items():
        _check(first, second, ratio, is_twice=(second, first) in comparisons)
    missing = [
        f"{first} and {second}"
        for first, second in combinations(names, 2)
        if (first, second) not in comparisons and (second, first) not in comparisons
    ]
    if missing:
        message = f"these are not compared yet: {'; '.join(missing)}"
        raise WeightsError(message)
    place = {name: position for position, name in enumerate(names)}
    matrix = np.ones((len(names), len(names)))
    for (first, second), ratio in comparisons.items():
        matrix[place[first], place[second]] = ratio
        matrix[place[second], place[first]] = 1.0 / ratio
    return matrix


def _check(first: str, second: str, ratio: float, *, is_twice: bool) -> None:
    if first == second:
        message = f"{first} is compared with itself; leave this comparison out"
        raise WeightsError(message)
    if is_twice:
        message = f"{first} and {second} are compared twice; give one comparison for each pair"
        raise WeightsError(message)
    if not isfinite(ratio) or not 1 / LARGEST_RATIO - PRECISION <= ratio <= LARGEST_RATIO + PRECISION:
        message = f"a comparison is a ratio from 1/9 to 9, but {first} and {second} have {ratio}"
        raise WeightsError(message)


def _doubtful(matrix: Matrix, vector: Matrix, names: Sequence[str]) -> Judgement:
    """The comparison that lies furthest from the ratio of the weights, and the third thing that contradicts it most.

    Among equals the first counts: of three things all three comparisons fit equally badly.
    """
    pairs = combinations(range(len(names)), 2)
    row, column = max(pairs, key=lambda pair: _distance(matrix[pair] * vector[pair[1]] / vector[pair[0]]))
    others = [place for place in range(len(names)) if place not in (row, column)]
    third = max(others, key=lambda one: _distance(matrix[row, one] * matrix[one, column] / matrix[row, column]))
    fitting = float(vector[row] / vector[column])
    return Judgement(names[row], names[column], float(matrix[row, column]), fitting, names[third])


def _distance(ratio: float) -> float:
    """How far a ratio is from 1, either way, without what is only rounding."""
    return round(abs(log(ratio)), 9)
