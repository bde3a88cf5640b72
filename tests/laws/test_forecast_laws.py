"""What holds for every forecast."""

from __future__ import annotations

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.forecast.runs import forecast_all
from tests.engine.plans import START, initiative, option, portfolio

from openvmo.engine.forecast import Forecast, NotKept, forecast
from openvmo.engine.forecast.results import FAN_KINDS
from openvmo.engine.forecast.segments import MOST
from openvmo.engine.model import (
    CostLine,
    Dependency,
    DependencyKind,
    Initiative,
    Option,
    Portfolio,
    Profile,
    Programme,
    Risk,
)
from openvmo.engine.quantities import Estimate

ARRAYS = ("npv", "cost", "cost_pv", "benefit", "benefit_pv", "go_live")
TRIALS = 64

AMOUNTS = st.floats(1.0, 1e6)
SPREADS = st.builds(
    lambda likely, down, up: Estimate(likely, low=likely * down, high=likely * up),
    AMOUNTS,
    st.floats(0.3, 1.0),
    st.floats(1.0, 3.0),
)
SLIPS = st.builds(
    lambda likely, down, up: Estimate(likely, low=likely - down, high=likely + up),
    st.floats(-3, 6),
    st.floats(0, 6),
    st.floats(0, 20),
)


def plan(cost: Estimate, annual: Estimate, slip: Estimate, start: int, duration: int) -> Option:
    """An uncertain plan."""
    return option(
        start=START + start,
        duration=duration,
        slip=slip,
        costs=(CostLine(id="build", name="Build", amount=cost),),
        profiles=(Profile(benefit="saving", annual=annual, ramp_months=6, decay=0.1),),
        risks=(Risk(id="r", name="r", probability=0.4, cost=cost, slip=3, benefit_loss=0.2),),
    )


PLANS = st.builds(plan, SPREADS, SPREADS, SLIPS, st.integers(-12, 24), st.integers(1, 36))


def run(*initiatives: Initiative, executor: Executor | None = None, seed: int = 1, **changes: object) -> Forecast:
    standing = portfolio(*initiatives, programmes=(Programme(id="tax", name="Tax"),), **changes)
    return forecast_all(standing, trials=TRIALS, seed=seed, executor=executor)


def standing_portfolio(size: int = 35) -> Portfolio:
    """More initiatives than one chunk, with slips that travel across chunks."""
    likely = [Estimate(100.0 + number, low=80.0, high=300.0 + number) for number in range(size)]
    slip = Estimate(1.0, low=-2.0, high=9.0)
    initiatives = tuple(
        initiative(
            f"i{number}",
            plan(likely[number], likely[-number], slip, number % 20, 6),
            reference_class=("it", "roads", "")[number % 3],
            programme="tax" if number % 2 else "",
        )
        for number in range(size)
    )
    links = tuple(
        Dependency(kind=DependencyKind.FINISH_TO_START, source=f"i{number}", target=f"i{number + 17}")
        for number in range(0, min(18, size - 17), 3)
    )
    return portfolio(*initiatives, dependencies=links, programmes=(Programme(id="tax", name="Tax"),))


@pytest.fixture(scope="module")
def alone() -> Forecast:
    """The standing portfolio without an executor."""
    return forecast_all(standing_portfolio(), trials=200)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_gives_the_same_bits(alone: Forecast, kind: str, workers: int) -> None:
    pool: Executor = (
        ThreadPoolExecutor(workers)
        if kind == "threads"
        else ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    )
    with pool:
        pooled = forecast_all(standing_portfolio(), trials=200, executor=pool)
    for name in (*ARRAYS, "annual_cost", "sunk"):
        assert getattr(pooled, name).tobytes() == getattr(alone, name).tobytes()
    assert_same(pooled, alone)


@pytest.mark.parametrize("threads", [2, 8])
@pytest.mark.parametrize("sampling", ["balanced", "plain"])
def test_any_number_of_threads_gives_the_same_bits(threads: int, sampling: str) -> None:
    standing = standing_portfolio(size=80)
    one = forecast_all(standing, trials=1_500, sampling=sampling, threads=1)
    assert_same(forecast_all(standing, trials=1_500, sampling=sampling, threads=threads), one)


def assert_same(result: Forecast, other: Forecast) -> None:
    """Every number is the same to the last bit."""
    for name in (*ARRAYS, "annual_cost", "sunk"):
        assert getattr(result, name).tobytes() == getattr(other, name).tobytes()
    for name, total in other.totals.items():
        assert result.totals[name].tobytes() == total.tobytes()
    for name, years in other.yearly.items():
        assert result.yearly[name].tobytes() == years.tobytes()
    for kind in FAN_KINDS:
        assert np.array_equal(result.fan(kind).p90, other.fan(kind).p90)
        assert np.array_equal(result.fan(kind, "i3").p10, other.fan(kind, "i3").p10)
    assert result.table() == other.table()
    assert result.inside == other.inside
    assert result.groups("programme") == other.groups("programme")
    assert result.benefits("i1")[0].total == other.benefits("i1")[0].total


def test_neither_do_segments_of_trials() -> None:
    """Three segments hold the trials that one holds, and their pooled means are those of all trials."""
    standing, trials = standing_portfolio(size=3), 2 * MOST + 700
    result = forecast_all(standing, trials=trials, threads=2)
    assert np.array_equal(result.npv[:500], forecast_all(standing, trials=500).npv)
    assert result.table()[0].npv.mean == pytest.approx(result.npv[:, 0].mean(dtype=np.float64), rel=1e-9)
    npv = result.table()[0].npv
    assert abs(npv.p10 - float(np.quantile(result.npv[:, 0], 0.1))) < npv.quantile_errors[1]


def test_the_order_of_initiatives_changes_no_total(alone: Forecast) -> None:
    standing = standing_portfolio()
    turned = forecast_all(replace(standing, initiatives=standing.initiatives[::-1]), trials=200)
    assert turned.totals["npv"].tobytes() == alone.totals["npv"].tobytes()
    assert turned.fan("cumulative_net").p50.tolist() == alone.fan("cumulative_net").p50.tolist()
    assert turned.groups("programme") == alone.groups("programme")


def test_totals_are_those_of_the_parts(alone: Forecast) -> None:
    for name in ("npv", "cost", "cost_pv", "benefit", "benefit_pv"):
        parts = getattr(alone, name).sum(axis=1, dtype=np.float64)
        assert alone.totals[name] == pytest.approx(parts, rel=1e-6, abs=1e-6 * alone.totals["benefit"].mean())
    assert alone.yearly["cost"].sum(axis=1) == pytest.approx(alone.totals["cost"], rel=1e-6)
    assert alone.annual_cost.sum(axis=1) == pytest.approx(alone.cost.mean(axis=0), rel=1e-5)
    assert alone.annual_cost.sum(axis=0) == pytest.approx(alone.yearly["cost"].mean(axis=0), rel=1e-5)


def test_what_was_not_kept_is_worked_out_anew(alone: Forecast) -> None:
    bare = forecast(standing_portfolio(), trials=200, keep=())
    assert bare.sample("cost", "i5") == pytest.approx(alone.cost[:, 5], rel=0)
    with pytest.raises(NotKept, match="were not kept"):
        _ = bare.cost


def test_another_seed_gives_other_numbers(alone: Forecast) -> None:
    assert not np.array_equal(forecast_all(standing_portfolio(), trials=200, seed=2).npv, alone.npv)


def test_more_trials_begin_with_the_same_ones(alone: Forecast) -> None:
    assert np.array_equal(forecast_all(standing_portfolio(), trials=300).npv[:200], alone.npv)


@given(PLANS, PLANS)
@settings(max_examples=25)
def test_another_initiative_and_another_order_change_no_column(first: Option, second: Option) -> None:
    alpha, beta = initiative("alpha", first, programme="tax"), initiative("beta", second, programme="tax")
    single, both, swapped = run(alpha), run(alpha, beta), run(beta, alpha)
    for name in ARRAYS:
        assert np.array_equal(getattr(single, name)[:, 0], getattr(both, name)[:, 0])
        assert np.array_equal(getattr(both, name), getattr(swapped, name)[:, ::-1])


@given(PLANS, PLANS)
@settings(max_examples=25)
def test_npv_adds_up(first: Option, second: Option) -> None:
    result = run(initiative("alpha", first), initiative("beta", second))
    assert result.npv == pytest.approx(result.benefit_pv - result.cost_pv)
    parts = result.npv.sum(axis=1, dtype=np.float64)
    gross = result.summary().cost_pv.mean + result.summary().benefit_pv.mean
    assert result.summary().npv.mean == pytest.approx(parts.mean(), rel=1e-6, abs=1e-6 * gross)


def scaled(estimate: Estimate, factor: float) -> Estimate:
    assert estimate.low is not None
    assert estimate.high is not None
    return Estimate(estimate.likely * factor, low=estimate.low * factor, high=estimate.high * factor)


def costing(whole: Option, factor: float) -> Option:
    """The same option at other costs."""
    lines = tuple(replace(line, amount=scaled(line.amount, factor)) for line in whole.costs)
    risks = tuple(replace(risk, cost=scaled(risk.cost, factor)) for risk in whole.risks)
    return replace(whole, costs=lines, risks=risks)


@given(PLANS, st.sampled_from([2.0, 0.5, 8.0]))
@settings(max_examples=25)
def test_money_scales(whole: Option, factor: float) -> None:
    profiles = tuple(replace(profile, annual=scaled(profile.annual, factor)) for profile in whole.profiles)
    larger = replace(costing(whole, factor), profiles=profiles)
    before, after = run(initiative("alpha", whole)), run(initiative("alpha", larger))
    assert after.npv == pytest.approx(before.npv * factor, rel=1e-6, abs=1e-6)


@given(PLANS, st.floats(1.0, 3.0))
@settings(max_examples=25)
def test_dearer_is_worth_less_in_every_trial(whole: Option, factor: float) -> None:
    before, after = run(initiative("alpha", whole)), run(initiative("alpha", costing(whole, factor)))
    assert (after.npv <= before.npv + 1e-6 * (before.cost_pv + before.benefit_pv)).all()


@given(PLANS)
@settings(max_examples=25)
def test_percentiles_rise(whole: Option) -> None:
    summary = run(initiative("alpha", whole)).table()[0]
    for spread in (summary.npv, summary.cost, summary.cost_pv, summary.benefit, summary.benefit_pv, summary.go_live):
        assert spread.p5 <= spread.p10 <= spread.p50 <= spread.p90 <= spread.p95


@given(PLANS)
@settings(max_examples=25)
def test_options_of_an_initiative_meet_the_same_futures(whole: Option) -> None:
    result = run(initiative("alpha", whole, replace(whole, id="twin")))
    assert np.array_equal(result.npv[:, 0], result.npv[:, 1])
