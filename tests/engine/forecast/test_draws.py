"""Random numbers belong to what they are for."""

from __future__ import annotations

import numpy as np
import pytest

from openvmo.engine.forecast import Loadings
from openvmo.engine.forecast.draws import draws_of

TRIALS = 200_000


def scores(initiative: str, programme: str = "", *, sign: float = 1.0, trials: int = TRIALS) -> np.ndarray:
    draws = draws_of(1, trials, Loadings(), initiative, programme)
    return draws.scores("cost", "build", sign=sign)


def test_they_are_standard_normal() -> None:
    drawn = scores("alpha", "tax")
    assert drawn.mean() == pytest.approx(0.0, abs=0.01)
    assert drawn.std() == pytest.approx(1.0, abs=0.01)
    assert np.mean(drawn < 1.2815515655) == pytest.approx(0.9, abs=0.003)


def test_they_move_together_as_the_loadings_say() -> None:
    alpha = scores("alpha", "tax")
    assert np.corrcoef(alpha, scores("beta", "tax"))[0, 1] == pytest.approx(0.25, abs=0.01)
    assert np.corrcoef(alpha, scores("beta", "care"))[0, 1] == pytest.approx(0.09, abs=0.01)
    assert np.corrcoef(alpha, scores("beta"))[0, 1] == pytest.approx(0.09, abs=0.01)
    assert np.corrcoef(alpha, scores("beta", "tax", sign=-1.0))[0, 1] == pytest.approx(-0.25, abs=0.01)


def test_a_longer_run_begins_with_the_trials_of_a_shorter_one() -> None:
    assert np.array_equal(scores("alpha", "tax", trials=100), scores("alpha", "tax", trials=1_000)[:100])


def test_names_that_read_alike_when_joined_have_streams_of_their_own() -> None:
    draws = draws_of(1, 10, Loadings(), "alpha", "")
    assert not np.array_equal(draws.scores("a", "bc"), draws.scores("ab", "c"))


@pytest.mark.parametrize(("portfolio", "programme"), [(-0.1, 0.0), (0.8, 0.7)])
def test_it_refuses_impossible_loadings(portfolio: float, programme: float) -> None:
    with pytest.raises(ValueError, match="squares add up to at most 1"):
        Loadings(portfolio, programme)
