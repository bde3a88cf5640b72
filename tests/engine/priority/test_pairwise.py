"""Weights from comparisons of two at a time."""

from __future__ import annotations

from itertools import combinations
from math import nan, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvmo.engine.priority import Judgement, WeightsError, pairwise_weights
from openvmo.engine.priority.pairwise import RANDOM_INDEX, principal_eigenvector

HOUSE = ("size", "transport", "neighbourhood", "age", "yard", "modern", "condition", "financing")
UPPER = (
    (5, 3, 7, 6, 6, 1 / 3, 1 / 4),
    (1 / 3, 5, 3, 3, 1 / 5, 1 / 7),
    (6, 3, 4, 6, 1 / 5),
    (1 / 3, 1 / 4, 1 / 7, 1 / 8),
    (1 / 2, 1 / 5, 1 / 6),
    (1 / 5, 1 / 6),
    (1 / 2,),
)
COMPARISONS = {
    (HOUSE[row], HOUSE[row + 1 + place]): ratio
    for row, ratios in enumerate(UPPER)
    for place, ratio in enumerate(ratios)
}
RATIOS = st.sampled_from([*range(1, 10), *(1 / ratio for ratio in range(2, 10))])


def test_it_gives_the_published_weights_of_a_house() -> None:
    """Saaty (1990), How to make a decision, table 2: buying a house; consistency ratio 0.169."""
    found = pairwise_weights(COMPARISONS)
    assert [round(found.shares[name], 3) for name in HOUSE] == [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert found.consistency is not None
    assert round(found.consistency, 3) == 0.169
    assert found.warnings == ("the answers contradict one another: their consistency ratio is 0.17, above 0.10",)


def test_it_names_the_judgement_that_fits_least() -> None:
    """Saaty (2003), Why is the principal eigenvector necessary, names the same one: 6 should be nearer to 1."""
    doubtful = pairwise_weights(COMPARISONS).doubtful
    assert doubtful is not None
    assert (doubtful.first, doubtful.second, doubtful.stated) == ("neighbourhood", "condition", 6)
    assert round(doubtful.stated / doubtful.fitting, 2) == 5.32
    assert doubtful.beside == "size"


def matrices(largest: int = 7) -> st.SearchStrategy[np.ndarray]:
    def filled(ratios: list[float]) -> np.ndarray:
        count = next(n for n in range(2, largest + 1) if n * (n - 1) // 2 >= len(ratios))
        matrix = np.ones((count, count))
        for (row, column), ratio in zip(combinations(range(count), 2), ratios, strict=False):
            matrix[row, column], matrix[column, row] = ratio, 1 / ratio
        return matrix

    return st.lists(RATIOS, min_size=1, max_size=largest * (largest - 1) // 2).map(filled)


@given(matrices())
def test_it_agrees_with_a_general_eigenvalue_solver(matrix: np.ndarray) -> None:
    values, vectors = np.linalg.eig(matrix)
    place = int(values.real.argmax())
    expected = np.abs(vectors[:, place].real)
    vector, eigenvalue = principal_eigenvector(matrix)
    np.testing.assert_allclose(vector, expected / expected.sum(), atol=1e-9)
    assert eigenvalue == pytest.approx(values.real[place], abs=1e-8)


@given(st.lists(st.floats(0.4, 1.0), min_size=1, max_size=10))
def test_it_finds_the_weights_behind_consistent_answers(weights: list[float]) -> None:
    names = [f"n{place}" for place in range(len(weights))]
    answers = {(names[one], names[two]): weights[one] / weights[two] for one, two in combinations(range(len(names)), 2)}
    found = pairwise_weights(answers, names)
    assert list(found.shares.values()) == pytest.approx([weight / sum(weights) for weight in weights], abs=1e-9)
    assert (found.consistency, found.doubtful, found.warnings) == (0.0, None, ())


@given(st.permutations(HOUSE))
def test_the_order_of_the_names_changes_nothing(names: list[str]) -> None:
    found, usual = pairwise_weights(COMPARISONS, names), pairwise_weights(COMPARISONS)
    assert list(found.shares) == names
    assert found.shares == pytest.approx(usual.shares, abs=1e-9)
    assert found.consistency == pytest.approx(usual.consistency, abs=1e-9)


@given(RATIOS, RATIOS, RATIOS)
def test_of_three_it_gives_the_geometric_means(one: float, two: float, three: float) -> None:
    """For three things, and only for them, both ways to weigh agree: Crawford and Williams (1985)."""
    found = pairwise_weights({("a", "b"): one, ("a", "c"): two, ("b", "c"): three})
    means = [prod(row) ** (1 / 3) for row in ((one, two), (1 / one, three), (1 / two, 1 / three))]
    assert list(found.shares.values()) == pytest.approx([mean / sum(means) for mean in means], abs=1e-9)


def test_an_answer_may_be_given_either_way_round() -> None:
    assert pairwise_weights({("a", "b"): 4}, ["a", "b"]) == pairwise_weights({("b", "a"): 0.25}, ["a", "b"])


def test_one_name_alone_has_all_the_weight() -> None:
    found = pairwise_weights({}, ["alone"])
    assert (found.shares, found.consistency) == ({"alone": 1.0}, 0.0)


def test_of_three_that_contradict_the_first_comparison_is_named() -> None:
    found = pairwise_weights({("a", "b"): 2, ("b", "c"): 2, ("a", "c"): 1})
    assert isinstance(found.doubtful, Judgement)
    assert (found.doubtful.first, found.doubtful.second, found.doubtful.beside) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("comparisons", "names", "words"),
    [
        ({}, [], "nothing to weigh"),
        ({("a", "b"): 2, ("b", "c"): 2}, [], "not compared yet: a and c"),
        ({}, ["a", "b", "c"], "not compared yet: a and b; a and c; b and c"),
        ({("a", "a"): 1}, [], "a is compared with itself"),
        ({("a", "b"): 2, ("b", "a"): 0.5}, [], "a and b are compared twice"),
        ({("a", "b"): 10}, [], "a ratio from 1/9 to 9, but a and b have 10"),
        ({("a", "b"): 0}, [], "a ratio from 1/9 to 9"),
        ({("a", "b"): nan}, [], "a and b have nan"),
        ({}, [f"n{place}" for place in range(16)], "16 names are too many .*, at most 15 together"),
    ],
)
def test_it_refuses_to_guess(comparisons: dict[tuple[str, str], float], names: list[str], words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        pairwise_weights(comparisons, names)


def test_there_is_a_random_index_for_every_number_of_names() -> None:
    largest = len(RANDOM_INDEX)
    names = [f"n{place:02}" for place in range(largest)]
    found = pairwise_weights(dict.fromkeys(combinations(names, 2), 1.0), names)
    assert found.shares == pytest.approx(dict.fromkeys(names, 1 / largest))
