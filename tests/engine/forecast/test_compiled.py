"""The parts of the compiled kernel against what is known of them."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import qmc
from tests.engine.plans import initiative, option, portfolio

from openvmo.engine.forecast import Loadings, forecast
from openvmo.engine.forecast.compiled import BLOCK, normal_scores, plain_words
from openvmo.engine.forecast.sobol import sobol_columns
from openvmo.engine.forecast.streams import stream_key
from openvmo.engine.forecast.tallies import quantiles
from openvmo.engine.model import CostLine, Programme
from openvmo.engine.quantities import Estimate


@numba.njit
def _words(key: int, words: np.ndarray) -> None:
    plain_words(np.uint64(key), 0, words)


@numba.njit
def _scores(words: np.ndarray, tail: np.ndarray, scores: np.ndarray) -> None:
    normal_scores(words, tail, scores)


def test_random_bits_are_those_of_the_published_generator() -> None:
    words = np.empty(BLOCK, dtype=np.uint32)
    _words(0, words)
    assert [hex(word) for word in words[:: BLOCK // 4]] == ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"]


def test_scores_are_the_inverse_of_the_normal_distribution() -> None:
    words = np.concatenate([[0, 2**31 - 1, 2**31, 2**32 - 1], np.arange(1, 2**32, 2**32 // 1_000)]).astype(np.uint32)
    tail, scores = np.empty(words.size, dtype=np.float32), np.empty(words.size, dtype=np.float32)
    _scores(words, tail, scores)
    assert scores == pytest.approx(ndtri((words.astype(np.float64) + 0.5) / 2**32), abs=2e-6)
    assert (np.diff(scores[np.argsort(words)]) >= 0).all()


def test_balanced_factors_are_those_of_the_published_sequence() -> None:
    numbers = np.arange(64)
    # SciPy takes the points in the order of the Gray code.
    gray = numbers ^ (numbers >> 1)
    expected = qmc.Sobol(21, scramble=False, bits=32).random(64)
    for dimension in range(21):
        columns = sobol_columns(dimension).astype(np.uint64)
        points = np.zeros(64, dtype=np.uint64)
        for bit in range(6):
            points ^= np.where(gray >> bit & 1, columns[bit], np.uint64(0))
        assert points / 2**32 == pytest.approx(expected[:, dimension], abs=0)
    assert sobol_columns(21).size == 0


@pytest.mark.parametrize(
    "row",
    [
        np.random.default_rng(1).normal(size=5_000),
        np.random.default_rng(2).lognormal(sigma=3, size=5_000),
        np.rint(np.random.default_rng(3).normal(size=5_000)),
        np.where(np.arange(5_000) == 17, 1e9, 0.0),
        np.full(5_000, 7.0),
        np.arange(3.0),
        np.array([4.0]),
    ],
    ids=["normal", "long tail", "ties", "one outlier", "constant", "three", "one"],
)
def test_quantiles_are_those_of_sorting(row: np.ndarray) -> None:
    levels = np.array([0.0, 0.05, 0.1, 0.5, 0.9, 0.95, 1.0])
    values = row.astype(np.float32)[None, :]
    assert quantiles(values, levels)[0] == pytest.approx(np.quantile(values[0].astype(np.float64), levels), rel=1e-12)


def test_names_that_read_alike_when_joined_have_streams_of_their_own() -> None:
    assert stream_key(1, "a", "bc") != stream_key(1, "ab", "c")
    assert stream_key(1, "a") != stream_key(2, "a")


@pytest.mark.parametrize("sampling", ["balanced", "plain"])
def test_quantities_move_together_as_the_loadings_say(sampling: str) -> None:
    line = CostLine(id="build", name="Build", amount=Estimate.normal(100.0, 10.0))
    plans = {"alpha": "tax", "beta": "tax", "gamma": "care", "delta": ""}
    standing = portfolio(
        *(initiative(id, option(costs=(line,)), programme=programme) for id, programme in plans.items()),
        programmes=(Programme(id="tax", name="Tax"), Programme(id="care", name="Care")),
    )
    result = forecast(standing, trials=16_384, keep=("cost",), sampling=sampling, loadings=Loadings(0.3, 0.0, 0.4))
    found = np.corrcoef(result.cost.T)
    assert found[0, 1:] == pytest.approx([0.25, 0.09, 0.09], abs=0.025)
    assert result.inputs("alpha")[0].scores.std() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("weights", [(-0.1, 0.0, 0.0), (0.8, 0.0, 0.7)])
def test_it_refuses_impossible_loadings(weights: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="squares add up to at most 1"):
        Loadings(*weights)
