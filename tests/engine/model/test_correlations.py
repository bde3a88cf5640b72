"""Stated correlations, and the nearest ones that can stand together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openvmo.engine.forecast.correlation import correlation_factor
from openvmo.engine.model import Correlation
from openvmo.engine.model.correlations import correlation_matrix, nearest_correlation

# N. Higham, Computing the nearest correlation matrix, IMA Journal of Numerical Analysis 22 (2002), section 4.
HIGHAM = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])


@st.composite
def stated(draw: st.DrawFn) -> np.ndarray:
    size = draw(st.integers(1, 6))
    lower = np.tril(
        draw(arrays(np.float64, (size, size), elements=st.floats(-1, 1).map(lambda one: round(one, 2)))), -1
    )
    matrix: np.ndarray = lower + lower.T + np.eye(size)
    return matrix


def test_it_agrees_with_the_published_example() -> None:
    nearest = nearest_correlation(HIGHAM)
    assert nearest.distance == pytest.approx(0.5278, abs=5e-5)
    assert nearest.matrix == pytest.approx(
        np.array([[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]), abs=5e-5
    )
    assert nearest.largest_change == pytest.approx(0.2393, abs=5e-5)


def test_it_leaves_a_correlation_matrix_alone() -> None:
    matrix = np.array([[1.0, 0.5], [0.5, 1.0]])
    nearest = nearest_correlation(matrix)
    assert nearest.matrix.tolist() == matrix.tolist()
    assert not nearest.is_changed


@settings(deadline=None, max_examples=40)
@given(stated())
def test_the_nearest_is_a_correlation_matrix_and_no_other_is_nearer(matrix: np.ndarray) -> None:
    nearest = nearest_correlation(matrix)
    assert np.linalg.eigvalsh(nearest.matrix)[0] > -1e-9
    assert np.diag(nearest.matrix).tolist() == [1.0] * len(matrix)
    assert nearest.matrix.tolist() == nearest.matrix.T.tolist()
    assert nearest.distance <= np.linalg.norm(np.eye(len(matrix)) - matrix) + 1e-6
    # Any mixture of it and another correlation matrix lies further away: the set of them is convex.
    toward = 0.99 * nearest.matrix + 0.01 * np.eye(len(matrix))
    assert nearest.distance <= np.linalg.norm(toward - matrix) + 1e-6


@settings(deadline=None, max_examples=40)
@given(stated())
def test_its_factor_gives_the_matrix(matrix: np.ndarray) -> None:
    names = [f"i{number}" for number in range(len(matrix))]
    pairs = [
        Correlation(first=names[row], second=names[column], value=float(matrix[row, column]))
        for row in range(len(matrix))
        for column in range(row)
    ]
    found = correlation_factor(pairs)
    assert found.factor @ found.factor.T == pytest.approx(found.repair.matrix, abs=1e-6)
    backwards = correlation_factor(
        [Correlation(first=one.second, second=one.first, value=one.value) for one in pairs[::-1]]
    )
    assert backwards.factor.tolist() == found.factor.tolist()


def test_pairs_that_nobody_states_are_uncorrelated() -> None:
    names, matrix = correlation_matrix(
        [Correlation(first="a", second="b", value=0.5), Correlation(first="b", second="c", value=-0.2)]
    )
    assert names == ("a", "b", "c")
    assert matrix.tolist() == [[1.0, 0.5, 0.0], [0.5, 1.0, -0.2], [0.0, -0.2, 1.0]]


def test_no_pairs_have_no_factor() -> None:
    assert correlation_factor([]).factor.shape == (0, 0)


@pytest.mark.parametrize("bad", [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.5], [0.4, 1.0]], [[0.5]], [[1.0, 0.0]]])
def test_it_refuses_what_correlations_cannot_form(bad: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="correlations"):
        nearest_correlation(np.array(bad))
