"""The stated correlations of a portfolio as a matrix, and the nearest matrix that correlations can form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.model.records import Correlation

Floats = NDArray[np.float64]

_LEAST_EIGENVALUE = -1e-10  # below it a matrix is no correlation matrix; rounding alone stays above
_CLOSE_ENOUGH = 1e-12
_MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class NearestCorrelation:
    """A correlation matrix and how far it lies from what was stated.

    Args:
        matrix: (n, n) the matrix: symmetric, ones on its diagonal, no eigenvalue below zero.
        distance: root of the sum of the squared changes of all its entries (Frobenius norm).
        largest_change: the largest change of one correlation.
    """

    matrix: Floats
    distance: float
    largest_change: float

    @property
    def is_changed(self) -> bool:
        """Whether what was stated could not stand."""
        return self.distance > 0


def nearest_correlation(stated: Floats) -> NearestCorrelation:
    """The correlation matrix that is nearest to a stated one, by the sum of squared changes.

    Args:
        stated: (n, n) the stated correlations: symmetric, ones on the diagonal, the others -1 to 1.

    Returns:
        The matrix itself when it is one already.

    Raises:
        ValueError: it is not square and symmetric, has other than ones on its diagonal, or a correlation beyond 1.

    Pairs that are stated one by one can contradict each other: when A moves with B and B with C, A cannot move against
    C as much. Alternating projections with Dykstra's correction find the nearest matrix without contradictions.

    Source: N. Higham, Computing the nearest correlation matrix, IMA Journal of Numerical Analysis 22 (2002) 329-343,
    https://doi.org/10.1093/imanum/22.3.329.

    >>> stated = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    >>> nearest = nearest_correlation(stated)
    >>> nearest.matrix.round(4).tolist(), round(nearest.distance, 4)
    ([[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]], 0.5278)
    """
    _refuse_impossible(stated)
    if stated.size == 0 or np.linalg.eigvalsh(stated)[0] >= _LEAST_EIGENVALUE:
        return NearestCorrelation(stated.copy(), 0.0, 0.0)
    matrix = _with_unit_diagonal(_projected(stated))
    change = matrix - stated
    return NearestCorrelation(matrix, float(np.sqrt((change**2).sum())), float(np.abs(change).max()))


def correlation_matrix(correlations: Sequence[Correlation]) -> tuple[tuple[str, ...], Floats]:
    """The initiatives that correlations name, in the order of their first mention, and their matrix as stated.

    Pairs that nobody states are uncorrelated.
    """
    names = tuple(dict.fromkeys(name for pair in correlations for name in (pair.first, pair.second)))
    places = {name: place for place, name in enumerate(names)}
    matrix = np.eye(len(names))
    for pair in correlations:
        row, column = places[pair.first], places[pair.second]
        matrix[row, column] = matrix[column, row] = pair.value
    return names, matrix


def _projected(stated: Floats) -> Floats:
    """Project in turn on the matrices without negative eigenvalues and on those with ones on the diagonal."""
    matrix, correction = stated.copy(), np.zeros_like(stated)
    for _ in range(_MOST_STEPS):
        shifted = matrix - correction
        without_negative = _without_negative_eigenvalues(shifted)
        correction = without_negative - shifted
        before, matrix = matrix, without_negative.copy()
        np.fill_diagonal(matrix, 1.0)
        if np.linalg.norm(matrix - before) <= _CLOSE_ENOUGH * np.linalg.norm(matrix):
            break
    return matrix


def _without_negative_eigenvalues(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    projected: Floats = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return projected


def _with_unit_diagonal(matrix: Floats) -> Floats:
    """The matrix without the rounding that the last projection leaves, scaled back to ones on the diagonal."""
    clean = _without_negative_eigenvalues(matrix)
    scale = np.sqrt(np.diag(clean))
    scaled: Floats = np.clip((clean + clean.T) / 2 / np.outer(scale, scale), -1.0, 1.0)
    np.fill_diagonal(scaled, 1.0)
    return scaled


def _refuse_impossible(stated: Floats) -> None:
    if stated.ndim != 2 or stated.shape[0] != stated.shape[1] or not np.array_equal(stated, stated.T):
        message = "correlations form a square, symmetric matrix"
        raise ValueError(message)
    if not (np.diag(stated) == 1).all() or not (np.abs(stated) <= 1).all():
        message = "correlations lie between -1 and 1, and each quantity has a correlation of 1 with itself"
        raise ValueError(message)
