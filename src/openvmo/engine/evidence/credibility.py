"""How far the cases of one class speak for themselves, and how far those of the wider class speak for it.

Source: H. Bühlmann, Experience rating and credibility, ASTIN Bulletin 4 (1967) 199-207, and for classes of unequal
size H. Bühlmann and E. Straub, Glaubwürdigkeit für Schadensätze (1970): a class of n cases counts n / (n + k), where k
is the variance within classes divided by the variance between their means. The distributions are mixed with these
weights, which is the posterior mean of a Dirichlet process of weight k around the wider class: T. S. Ferguson, A
Bayesian analysis of some nonparametric problems, Annals of Statistics 1 (1973) 209-230.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from openvmo.engine.reference import Curve, Shape

Floats = NDArray[np.float64]

# Where a learned curve is stated: close in the middle, and out to one case in a thousand.
PROBABILITIES = (
    *(0.001, 0.005, 0.01, 0.025, 0.05),
    *(round(0.1 + 0.05 * step, 2) for step in range(17)),
    *(0.95, 0.975, 0.99, 0.995, 0.999),
)
_POINTS = 10_000


def empirical(ratios: Sequence[float]) -> Curve:
    """The curve through observed ratios, which promises as much as a further case of the same kind will keep.

    The ratio of rank i among n stands at the probability i / (n + 1): a further case exchangeable with these lies below
    it with just that probability (E. J. Gumbel, Statistics of Extremes, 1958; type 6 of R. J. Hyndman and Y. Fan,
    Sample quantiles in statistical packages, The American Statistician 50, 1996, 361-365).

    >>> empirical([1.0, 0.9, 1.4]).quantile(0.5)
    1.0
    """
    ordered = sorted(ratios)
    return Curve(tuple(rank / (len(ordered) + 1) for rank in range(1, len(ordered) + 1)), tuple(ordered))


def equivalent_cases(groups: Sequence[Sequence[float]]) -> float | None:
    """The number of cases k that the wider class is worth, learned from how much its classes differ.

    Args:
        groups: the ratios of each class.

    Returns:
        Variance within classes divided by variance between their means; infinite where the classes differ no more than
        chance would make them. None when there are not two classes, or none with two cases.

    Ratios are compared by their normal scores among all, so that one great overrun does not decide.

    >>> equivalent_cases([[1.0, 1.1, 1.2], [1.3, 1.4, 1.5]]) < 1
    True
    """
    filled = [group for group in groups if len(group) > 0]
    counts = np.array([len(group) for group in filled])
    if len(filled) < 2 or counts.max() < 2:
        return None
    total = int(counts.sum())
    scores = ndtri(rankdata(np.concatenate([np.asarray(group, dtype=float) for group in filled])) / (total + 1))
    parts = np.split(scores, np.cumsum(counts)[:-1])
    means = np.array([part.mean() for part in parts])
    within = sum(float(((part - part.mean()) ** 2).sum()) for part in parts) / (total - len(filled))
    spread = float((counts * (means - scores.mean()) ** 2).sum()) - (len(filled) - 1) * within
    between = spread / (total - float((counts**2).sum()) / total)
    return within / between if between > 0 else math.inf


def blended(own: Shape, wider: Shape, weight: float) -> Curve:
    """The curve of a mixture: the own shape with the given weight, the wider one with the rest.

    Args:
        own: shape of the class's own cases.
        wider: shape of the wider class.
        weight: share of the own shape, 0 to 1.
    """
    shares = (np.arange(_POINTS) + 0.5) / _POINTS
    scores = ndtri(shares)
    values = np.concatenate([own.factors(scores), wider.factors(scores)])
    weights = np.repeat([weight / _POINTS, (1 - weight) / _POINTS], _POINTS)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2
    quantiles = np.interp(PROBABILITIES, reached, values[order])
    return Curve(PROBABILITIES, tuple(float(value) for value in quantiles))
