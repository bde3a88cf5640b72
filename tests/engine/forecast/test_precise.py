"""A forecast that stops when it is precise enough."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.engine.plans import initiative, option, portfolio

from openvmo.engine.forecast import Forecast, Precision, forecast, reached_precision
from openvmo.engine.forecast.precision import total_error
from openvmo.engine.model import CostLine, Portfolio, Profile
from openvmo.engine.quantities import Estimate


def uncertain(annual: float = 600.0) -> Portfolio:
    """An uncertain plan that is worth about 600, or little when it saves half of that a year."""
    saving = Profile(benefit="saving", annual=Estimate.normal(annual, 150.0))
    build = CostLine(id="build", name="Build", amount=Estimate(1_200.0, low=900.0, high=2_000.0))
    return portfolio(initiative("a", option(costs=(build,), profiles=(saving,))))


def made(precision: Precision | None = None, trials: int = 500, **settings: object) -> Forecast:
    return forecast(uncertain(), trials=trials, precision=precision, sampling="plain", **settings)  # type: ignore[arg-type]


def test_it_doubles_the_trials_until_the_mean_is_known() -> None:
    result = made(Precision(relative=0.01))
    assert result.trials > 500
    assert math.log2(result.trials / 500).is_integer()
    assert reached_precision(result).relative <= 0.01
    assert reached_precision(made(trials=result.trials // 2)).relative > 0.01


def test_its_numbers_are_those_of_a_forecast_with_as_many_trials() -> None:
    result = made(Precision(relative=0.01))
    again = made(trials=result.trials)
    assert result.totals["npv"].tobytes() == again.totals["npv"].tobytes()
    assert result.table() == again.table()


def test_it_keeps_the_first_forecast_when_that_is_precise_enough() -> None:
    assert made(Precision(relative=0.5)).trials == 500


def test_it_stops_at_the_most_trials_and_says_that_it_fell_short() -> None:
    wished = Precision(relative=1e-6, most_trials=1_200)
    result = made(wished)
    assert result.trials == 1_200
    assert not reached_precision(result).meets(wished)
    assert made(wished, trials=5_000).trials == 1_200


def test_balanced_trials_need_fewer() -> None:
    wished = Precision(relative=0.002)
    assert forecast(uncertain(), trials=500, precision=wished).trials * 8 <= made(wished).trials


def test_the_scale_is_the_spread_where_the_mean_is_near_nothing() -> None:
    worth = forecast(uncertain(annual=400.0), trials=2_000, sampling="plain")
    reached, npv = reached_precision(worth), worth.totals["npv"]
    assert abs(float(npv.mean())) < float(npv.std())
    assert reached.scale == pytest.approx(float(np.std(npv, ddof=1)))
    assert reached.relative == pytest.approx(1 / math.sqrt(2_000))


def test_a_plan_without_uncertainty_is_known_at_once() -> None:
    result = forecast(portfolio(), trials=100, precision=Precision(relative=1e-6))
    assert (result.trials, reached_precision(result).error) == (100, 0.0)


def test_the_error_of_balanced_trials_comes_from_their_sets() -> None:
    trials = np.arange(16.0) % 4
    assert total_error(trials, 4) == pytest.approx(np.std([0, 1, 2, 3], ddof=1) / 2)
    assert total_error(trials[:7], 4) == total_error(trials[:7], 0)
    assert total_error(trials, 0) == pytest.approx(float(np.std(trials, ddof=1)) / 4)


def test_it_tells_its_progress_and_can_be_stopped() -> None:
    told: list[float] = []
    result = made(Precision(relative=0.01), progress=lambda share, _sentence: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert 0.5 in told
    assert result.trials > 500

    def stop(_share: float, _sentence: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        made(Precision(), progress=stop)


@pytest.mark.parametrize("relative", [0.0, 1.0, -0.1, math.nan])
def test_it_refuses_what_is_no_share(relative: float) -> None:
    with pytest.raises(ValueError, match="a share between 0 and 1"):
        Precision(relative=relative)


def test_it_takes_an_empty_portfolio() -> None:
    assert forecast(replace(portfolio(), initiatives=()), trials=10, precision=Precision()).trials == 10
