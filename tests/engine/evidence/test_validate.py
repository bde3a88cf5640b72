"""Cross-validation: honest ranges are found honest, and a plan that is believed loses."""

from __future__ import annotations

import numpy as np
import pytest

from openvmo.engine.evidence import FinishedWork, validate
from openvmo.engine.evidence.validate import LEVELS, pinball_loss
from openvmo.engine.reference import Dimension

_DRAWS = np.random.default_rng(5).normal(0, 0.3, 600)
HISTORY = [
    FinishedWork(
        str(number),
        {"kind": "ab"[number % 2], "country": str(number % 7)},
        planned_cost=1.0,
        actual_cost=float(np.exp(draw)) * (1.2 if number % 2 else 1.8),
    )
    for number, draw in enumerate(_DRAWS)
]


def test_its_ranges_cover_what_they_promise() -> None:
    (found,) = validate(HISTORY, by=["kind"])
    assert (found.dimension, found.cases) == (Dimension.COST, 600)
    assert found.coverage == pytest.approx(0.8, abs=3 * found.standard_error)
    assert found.below + found.above + found.coverage == pytest.approx(1)


def test_classes_beat_one_class_and_one_class_beats_the_plan() -> None:
    (found,) = validate(HISTORY, by=["kind"])
    assert found.pinball < found.pinball_pooled < found.pinball_plan


def test_every_case_is_kept_apart_once() -> None:
    assert validate(HISTORY, folds=600 // 4)[0].cases == 600
    assert validate(HISTORY, leave_out="country")[0].cases == 600


def test_the_seed_draws_the_parts() -> None:
    assert validate(HISTORY, seed=3) == validate(HISTORY, seed=3)
    assert validate(HISTORY, seed=3) != validate(HISTORY, seed=4)


def test_what_cannot_be_foretold_is_left_out() -> None:
    assert validate(HISTORY[:9], folds=3) == ()


def test_the_loss_is_that_of_koenker_and_bassett() -> None:
    quantiles = np.full((1, 9), 1.0)
    assert pinball_loss(np.array([2.0]), quantiles) == pytest.approx(np.mean(LEVELS))
    assert pinball_loss(np.array([0.0]), quantiles) == pytest.approx(1 - np.mean(LEVELS))


@pytest.mark.parametrize("given", [{"folds": 1}, {"leave_out": "colour"}])
def test_it_needs_two_parts(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="at least two parts"):
        validate(HISTORY, **given)  # type: ignore[arg-type]
