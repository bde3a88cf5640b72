"""Stated correlations between initiatives as a factor that turns independent scores into correlated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.model.correlations import NearestCorrelation, correlation_matrix, nearest_correlation
from openvmo.engine.model.records import Correlation

__all__ = ["CorrelationFactor", "NearestCorrelation", "correlation_factor", "nearest_correlation"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CorrelationFactor:
    """How the common factors of the initiatives that correlations name are mixed from independent ones.

    Args:
        initiatives: their ids, in the order of the rows.
        factor: (n, n) what each takes of each independent score; factor @ factor.T is the correlation matrix.
        repair: the matrix that is used, and how far it lies from what was stated.
    """

    initiatives: tuple[str, ...]
    factor: Floats
    repair: NearestCorrelation

    def mixed(self, scores: Floats) -> Floats:
        """Correlated standard normal scores, (n, trials), from independent ones of the same shape."""
        mixed: Floats = self.factor @ scores
        return mixed


def correlation_factor(correlations: Sequence[Correlation]) -> CorrelationFactor:
    """The factor of stated correlations, repaired to the nearest possible ones where they contradict each other.

    Initiatives and pairs come in the order of their names, so the order of the rows in a file changes nothing.

    Raises:
        ValueError: a correlation lies beyond -1 and 1.

    >>> correlation_factor([Correlation(first="a", second="b", value=0.6)]).factor.round(12).tolist()
    [[1.0, 0.0], [0.6, 0.8]]
    """
    ordered = sorted(correlations, key=lambda pair: sorted((pair.first, pair.second)))
    stated_names, stated = correlation_matrix(ordered)
    order = np.argsort(np.array(stated_names, dtype=object), kind="stable").astype(np.int64)
    repair = nearest_correlation(stated[np.ix_(order, order)])
    return CorrelationFactor(tuple(stated_names[place] for place in order), _factor(repair.matrix), repair)


def _factor(matrix: Floats) -> Floats:
    """Cholesky's factor; where the matrix is singular, the root by its eigenvectors, which has the same product."""
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix)
        root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
        scaled: Floats = root / np.sqrt((root**2).sum(axis=1))[:, None]
        return scaled
