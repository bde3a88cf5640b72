"""A forecast against figures that can be worked out with a pencil, or that others have published."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.engine.forecast.runs import forecast_all
from tests.engine.plans import initiative, option, portfolio

from openvmo.engine.forecast import Distribution, Forecast, Loadings
from openvmo.engine.model import (
    Anchor,
    CostLine,
    Dependency,
    DependencyKind,
    Option,
    Portfolio,
    Profile,
    Risk,
)
from openvmo.engine.quantities import Estimate

Trials = NDArray[np.float64]

ALONE = Loadings(portfolio=0.0, theme=0.0, programme=0.0)
TRIALS = 20_000
# Four standard errors: a right forecast fails one such comparison in sixteen thousand.
ERRORS = 4.0


def costing(amount: Estimate, **changes: Any) -> Option:
    """A year of work for an uncertain amount, without benefits."""
    return option(costs=(CostLine(id="build", name="Build", amount=amount),), profiles=(), **changes)


def assert_near(found: Distribution, mean: float) -> None:
    """The mean is the expected one within its own error."""
    assert abs(found.mean - mean) <= ERRORS * found.standard_error + 1e-9 * abs(mean)


def assert_spread(trials: Trials, sd: float) -> None:
    """The standard deviation of some trials is the expected one within its own error."""
    values = np.asarray(trials, dtype=np.float64)
    fourth = float(np.mean((values - values.mean()) ** 4)) / sd**4
    error = sd * math.sqrt(max(fourth - 1, 0.0) / 4 / values.size)
    assert abs(float(np.std(values, ddof=1)) - sd) <= ERRORS * error


@pytest.mark.parametrize("sampling", ["balanced", "plain"])
def test_a_sum_of_independent_normals_is_normal(sampling: str) -> None:
    costs = {"a": (1_000.0, 100.0), "b": (2_000.0, 240.0), "c": (500.0, 70.0)}
    plans = [initiative(name, costing(Estimate.normal(mean, sd))) for name, (mean, sd) in costs.items()]
    result = forecast_all(portfolio(*plans), trials=TRIALS, loadings=ALONE, sampling=sampling)
    sd = math.sqrt(sum(sd**2 for _, sd in costs.values()))
    assert_near(result.summary().cost, 3_500.0)
    assert_spread(result.totals["cost"], sd)
    assert result.summary().cost.p90 == pytest.approx(3_500 + 1.2815515655 * sd, rel=0.005)


def test_what_initiatives_share_widens_their_sum() -> None:
    """Of equal normals correlated by r the sum has the variance n (1 + (n - 1) r) times that of one."""
    plans = [initiative(name, costing(Estimate.normal(1_000.0, 100.0))) for name in "abcd"]
    shared = Loadings(portfolio=0.6, theme=0.0, programme=0.0)
    result = forecast_all(portfolio(*plans), trials=TRIALS, loadings=shared)
    assert_spread(result.totals["cost"], 100.0 * math.sqrt(4 * (1 + 3 * 0.36)))


@pytest.mark.parametrize("sigma", [0.1, 0.4, 0.8])
def test_the_mean_of_a_lognormal(sigma: float) -> None:
    cost = forecast_all(portfolio(initiative("a", costing(Estimate.lognormal(1_000.0, sigma)))), trials=TRIALS)
    assert_near(cost.table()[0].cost, 1_000.0 * math.exp(sigma**2 / 2))


@pytest.mark.parametrize("probability", [0.05, 0.3, 0.9])
def test_the_mean_of_an_event(probability: float) -> None:
    """An event adds its probability times what it costs, and costs its probability times what it takes."""
    risk = Risk(id="r", name="r", probability=probability, cost=Estimate.certain(500.0), benefit_loss=0.4)
    summary = forecast_all(portfolio(initiative("a", option(risks=(risk,)))), trials=TRIALS).table()[0]
    assert_near(summary.cost, 1_200 + 500 * probability)
    assert_near(summary.benefit, 50 * 48 * (1 - 0.4 * probability))


def test_two_events_happen_independently() -> None:
    risks = tuple(
        Risk(id=name, name=name, probability=chance, cost=Estimate.certain(cost))
        for name, chance, cost in (("flood", 0.2, 1_000.0), ("strike", 0.5, 100.0))
    )
    result = forecast_all(portfolio(initiative("a", option(risks=risks))), trials=TRIALS)
    assert_near(result.table()[0].cost, 1_200 + 200 + 50)
    both = result.cost[:, 0] > 2_250
    assert float(both.mean()) == pytest.approx(0.1, abs=ERRORS * math.sqrt(0.09 / TRIALS))


def test_a_certain_portfolio_is_its_table_of_cash_flows() -> None:
    """The figures of the page on deterministic forecasts."""
    build = CostLine(id="build", name="Build", amount=Estimate.certain(600.0))
    run = CostLine(id="run", name="Run", amount=Estimate.certain(50.0), anchor=Anchor.GO_LIVE, months=5)
    saving = Profile(benefit="saving", annual=Estimate.certain(3_600.0), ramp_months=2)
    plan = option(duration=3, costs=(build, run), profiles=(saving,))
    standing = portfolio(initiative("desk", plan), horizon=8, discount_rate=1.01**12 - 1)
    result = forecast_all(standing, trials=5)
    cost = [200.0, 200.0, 200.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    benefit = [0.0, 0.0, 0.0, 75.0, 225.0, 300.0, 300.0, 300.0]
    by_hand = sum((gain - paid) / 1.01**month for month, (gain, paid) in enumerate(zip(benefit, cost, strict=True)))
    assert result.fan("cost").p50 == pytest.approx(cost)
    assert result.fan("benefit").p50 == pytest.approx(benefit)
    assert result.totals["npv"] == pytest.approx([by_hand] * 5, rel=1e-6)
    assert by_hand == pytest.approx(495.23, abs=0.005)


def chain(slips: Sequence[Estimate], *, months: int = 2) -> Portfolio:
    """Initiatives that follow one another, each of so many months and a slip."""
    names = [f"i{place}" for place in range(len(slips))]
    links = tuple(finish_to_start(source, target) for source, target in pairwise(names))
    plans = (costing(Estimate.certain(1.0), duration=months, slip=slip) for slip in slips)
    return portfolio(*(initiative(name, plan) for name, plan in zip(names, plans, strict=True)), dependencies=links)


def finish_to_start(source: str, target: str) -> Dependency:
    """The target begins when the source is done."""
    return Dependency(kind=DependencyKind.FINISH_TO_START, source=source, target=target)


def test_slips_of_a_chain_add_up() -> None:
    """The end of a chain is late by the sum of the slips: 1.2 months on average, with a variance of 1.08."""
    two_or_none = Estimate.discrete({0.0: 0.7, 2.0: 0.3})
    one_or_none = Estimate.discrete({0.0: 0.4, 1.0: 0.6})
    result = forecast_all(chain([two_or_none, one_or_none, Estimate.certain(0.0)]), trials=TRIALS, loadings=ALONE)
    last = result.go_live[:, -1].astype(np.float64)
    assert set(last) == {6.0, 7.0, 8.0, 9.0}
    # The steps of a discrete estimate are as steep as a cell of the table of quantiles: a few draws fall within one.
    assert float(last.mean()) == pytest.approx(6 + 0.6 + 0.6, abs=0.002)
    assert float(last.var()) == pytest.approx(0.3 * 0.7 * 4 + 0.6 * 0.4, abs=0.04)


# Networks count in days or weeks; the forecast counts in whole months. So many months stand for one of their units that
# rounding adds nothing that shows.
_FINE = 40


def network(activities: Mapping[str, Any], slips: Mapping[str, Estimate], planned: Mapping[str, int]) -> Portfolio:
    """A network of activities as initiatives, with its real precedence."""
    plans = [
        initiative(name, option(costs=(), profiles=(), duration=planned[name], slip=slips[name])) for name in activities
    ]
    links = [finish_to_start(before, name) for name, one in activities.items() for before in one["predecessors"]]
    return portfolio(*plans, dependencies=tuple(links))


def fine(activities: Mapping[str, Any], estimates: Mapping[str, Estimate]) -> Portfolio:
    """The network in fine months, planned at the most likely durations."""
    planned = {name: round(one["m"] * _FINE) for name, one in activities.items()}
    slips = {name: shifted(estimates[name], planned[name]) for name in activities}
    return network(activities, slips, planned)


def shifted(duration: Estimate, planned: int) -> Estimate:
    """By how much a duration in units differs from the months planned."""
    assert duration.low is not None
    assert duration.high is not None
    low, likely, high = (value * _FINE - planned for value in (duration.low, duration.likely, duration.high))
    return Estimate(likely, low=low, high=high, family=duration.family, tail=duration.tail)


def published(folder: Path) -> list[dict[str, Any]]:
    """The published networks."""
    return list(json.loads((folder / "evm/pert_examples.json").read_text(encoding="utf-8")))


def along(result: Forecast, path: Sequence[str]) -> Trials:
    """Months that the activities of a path took together: each from the last one before it to its own end."""
    ends = {one.initiative: result.go_live[:, column] for column, one in enumerate(result.alternatives)}
    return np.asarray(ends[path[-1]], dtype=np.float64)


def only(activities: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """A path as a network of its own."""
    before = {path[0]: [], **{name: [source] for source, name in pairwise(path)}}
    return {name: {**activities[name], "predecessors": before[name]} for name in path}


def test_published_pert_networks_have_their_expected_length(shared_data: Path) -> None:
    for case in published(shared_data):
        activities, stated = case["activities"], case["expected"]
        path = only(activities, stated["critical_path"])
        betas = {name: Estimate.pert(one["a"], one["m"], one["b"]) for name, one in path.items()}
        result = forecast_all(fine(path, betas), trials=TRIALS, loadings=ALONE)
        ends = along(result, stated["critical_path"]) / _FINE
        error = float(np.std(ends)) / math.sqrt(TRIALS)
        # The published means are rounded to two decimals, and every activity to whole fine months.
        assert abs(float(ends.mean()) - stated["duration"]) < ERRORS * error + 0.01
        # A beta distribution of a PERT estimate has a seventh of (mean - low)(high - mean) as its variance.
        means = {name: (one["a"] + 4 * one["m"] + one["b"]) / 6 for name, one in path.items()}
        assert_spread(
            ends, math.sqrt(sum((means[name] - one["a"]) * (one["b"] - means[name]) / 7 for name, one in path.items()))
        )


def test_published_pert_networks_have_their_variance_and_chances(shared_data: Path) -> None:
    """The textbook takes path lengths as normal, with a sixth of the range as standard deviation of an activity."""
    for case in published(shared_data):
        activities, stated = case["activities"], case["expected"]
        path = only(activities, stated["critical_path"])
        normals = {
            name: Estimate.normal((one["a"] + 4 * one["m"] + one["b"]) / 6, (one["b"] - one["a"]) / 6)
            for name, one in path.items()
        }
        ends = along(forecast_all(fine(path, normals), trials=TRIALS, loadings=ALONE), stated["critical_path"]) / _FINE
        assert_spread(ends, math.sqrt(stated["variance"]))
        for days, chance in stated["probability"].items():
            error = math.sqrt(chance * (1 - chance) / TRIALS)
            # Half a fine month of rounding in each activity, all one way, moves a chance by less than 0.002.
            assert abs(float(np.mean(ends <= float(days))) - chance) < ERRORS * error + 0.002


def test_a_whole_network_takes_longer_than_its_critical_path(shared_data: Path) -> None:
    """Other paths are longer now and then, which the textbook leaves out; drawn apart, the network says the same."""
    for case in published(shared_data):
        activities, stated = case["activities"], case["expected"]
        betas = {name: Estimate.pert(one["a"], one["m"], one["b"]) for name, one in activities.items()}
        result = forecast_all(fine(activities, betas), trials=TRIALS, loadings=ALONE)
        ends = along(result, stated["critical_path"]) / _FINE
        oracle = drawn_apart(activities)
        error = math.hypot(float(np.std(ends)), float(np.std(oracle))) / math.sqrt(TRIALS)
        assert abs(float(ends.mean()) - float(oracle.mean())) < ERRORS * error + 0.01
        assert float(ends.mean()) > stated["duration"]


def drawn_apart(activities: Mapping[str, Any]) -> Trials:
    """The end of a network, simulated with NumPy's own beta distribution."""
    generator = np.random.default_rng(1)
    ends: dict[str, Trials] = {}
    for name, one in activities.items():
        low, mode, high = one["a"], one["m"], one["b"]
        reach = max(high - low, 1e-12)
        share = generator.beta(1 + 4 * (mode - low) / reach, 1 + 4 * (high - mode) / reach, TRIALS)
        begin = np.maximum.reduce([ends[before] for before in one["predecessors"]] or [np.zeros(TRIALS)])
        ends[name] = begin + low + (high - low) * share
    last: Trials = np.maximum.reduce(list(ends.values()))
    return last
