"""What must hold for the worth of a forecast, whatever is in the portfolio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.forecast.runs import forecast_all
from tests.engine.plans import initiative, option, portfolio

from openvmo.engine.appraisal import appraise
from openvmo.engine.forecast import Forecast
from openvmo.engine.forecast.results import FAN_KINDS
from openvmo.engine.model import (
    Anchor,
    Benefit,
    BenefitClass,
    Budget,
    CostLine,
    Initiative,
    Option,
    Pool,
    Portfolio,
    Profile,
    Programme,
    RampShape,
    Risk,
)
from openvmo.engine.quantities import Estimate

TRIALS = 128
FEW = settings(max_examples=15)
ARRAYS = ("npv", "cost", "cost_pv", "benefit", "benefit_pv", "go_live")

SPREADS = st.builds(
    lambda likely, down, up: Estimate(likely, low=likely * down, high=likely * up),
    st.floats(10.0, 1e6),
    st.floats(0.3, 1.0),
    st.floats(1.0, 3.0),
)
SLIPS = st.builds(
    lambda likely, down, up: Estimate(likely, low=likely - down, high=likely + up),
    st.floats(-3, 6),
    st.floats(0, 6),
    st.floats(0, 20),
)
PROFILES = st.builds(
    Profile,
    benefit=st.just("saving"),
    annual=SPREADS,
    offset=st.integers(0, 6),
    ramp_months=st.integers(0, 24),
    ramp_shape=st.sampled_from([RampShape.LINEAR, RampShape.S_CURVE, RampShape.STEP]),
    decay=st.sampled_from([0.0, 0.15]),
)


def later(slip: Estimate, months: int) -> Estimate:
    """The same slip, so many months more in every future."""
    assert slip.low is not None
    assert slip.high is not None
    return replace(slip, likely=slip.likely + months, low=slip.low + months, high=slip.high + months)


@given(SLIPS, PROFILES, st.integers(1, 24))
@FEW
def test_more_slip_never_raises_what_a_benefit_is_worth(slip: Estimate, profile: Profile, months: int) -> None:
    worth = [
        forecast_all(portfolio(initiative("a", option(slip=late, costs=(), profiles=(profile,)))), trials=TRIALS)
        for late in (slip, later(slip, months))
    ]
    assert (worth[1].npv <= worth[0].npv * (1 + 1e-6)).all()
    assert (worth[1].go_live >= worth[0].go_live).all()
    assert worth[1].totals["npv"].sum() < worth[0].totals["npv"].sum()


@given(SPREADS, PROFILES, st.integers(-6, 20))
@FEW
def test_currency_scales(cost: Estimate, profile: Profile, exponent: int) -> None:
    """An amount in other coins is the same amount: every figure in money is as many times as large."""
    factor = 2.0**exponent

    def in_coins(each: float) -> Portfolio:
        line = CostLine(id="build", name="Build", amount=cost.scaled(each))
        risk = Risk(
            id="r", name="r", probability=0.3, cost=cost.scaled(each / 4), slip=Estimate(2.0, low=1.0, high=6.0)
        )
        plan = option(
            slip=Estimate(1.0, low=-1.0, high=8.0),
            costs=(line,),
            profiles=(replace(profile, annual=profile.annual.scaled(each)),),
            risks=(risk,),
        )
        return portfolio(initiative("a", plan), budgets=(Budget(year=2026, amount=1_000.0 * each),))

    before, after = (forecast_all(in_coins(each), trials=TRIALS) for each in (1.0, factor))
    assert after.npv == pytest.approx(before.npv * factor, rel=1e-5, abs=1e-5 * factor * float(before.cost_pv.max()))
    assert after.totals["cost"] == pytest.approx(before.totals["cost"] * factor, rel=1e-6)
    assert np.array_equal(after.go_live, before.go_live)
    assert after.summary().bcr == pytest.approx(before.summary().bcr, rel=1e-6)


def claiming(shares: tuple[float, ...], annual: Estimate) -> Portfolio:
    """An initiative whose benefits share a pool by these claims."""
    names = tuple(f"claim-{place}" for place in range(len(shares)))
    benefits = tuple(
        Benefit(id=name, name=name, kind=BenefitClass.CASHABLE, pool="gain", claim=share)
        for name, share in zip(names, shares, strict=True)
    )
    profiles = tuple(Profile(benefit=name, annual=Estimate.certain(0.0), ramp_months=6) for name in names)
    owner = replace(
        initiative("a", option(profiles=profiles, slip=Estimate(1.0, low=0.0, high=9.0))), benefits=benefits
    )
    return portfolio(owner, pools=(Pool(id="gain", name="The whole gain", annual=annual),))


@given(SPREADS)
@FEW
def test_two_equal_claims_are_worth_what_the_one_was(annual: Estimate) -> None:
    whole = forecast_all(claiming((1.0,), annual), trials=TRIALS)
    halves = forecast_all(claiming((0.5, 0.5), annual), trials=TRIALS)
    quarters = forecast_all(claiming((0.5, 0.25, 0.25), annual), trials=TRIALS)
    for split in (halves, quarters):
        assert split.totals["benefit_pv"] == pytest.approx(whole.totals["benefit_pv"], rel=1e-6)
        assert split.npv == pytest.approx(whole.npv, rel=1e-5, abs=1e-4)
        assert split.fan("benefit").p90 == pytest.approx(whole.fan("benefit").p90, rel=1e-5)


@given(
    st.floats(10.0, 1e6),
    st.floats(0.0, 1e6),
    st.integers(-12, 24),
    st.integers(1, 30),
    st.integers(-3, 12),
    PROFILES,
)
@FEW
def test_a_plan_without_uncertainty_is_worth_its_appraisal(
    cost: float, running: float, start: int, duration: int, slip: int, profile: Profile
) -> None:
    """A slip that is certain counts as a longer plan."""
    build = CostLine(id="build", name="Build", amount=Estimate.certain(cost))
    run = CostLine(id="run", name="Run", amount=Estimate.certain(running), anchor=Anchor.GO_LIVE, months=12, every=3)
    certain = replace(profile, annual=Estimate.certain(profile.annual.likely))
    begin = portfolio().start + start
    plan = option(start=begin, duration=duration, costs=(build, run), profiles=(certain,))
    result = forecast_all(portfolio(initiative("a", plan)), trials=3)
    figures = appraise(portfolio(initiative("a", plan)), "a")
    gross = float(figures.cost_pv) + float(figures.benefit_pv)
    assert result.totals["npv"] == pytest.approx([float(figures.npv)] * 3, rel=1e-6, abs=1e-6 * gross)
    assert result.summary().npv.standard_error == pytest.approx(0.0, abs=1e-6 * gross)
    if start >= 0 and duration + slip >= 1:
        late = replace(plan, slip=Estimate.certain(float(slip)))
        longer = replace(plan, duration=duration + slip)
        slipped, planned = (forecast_all(portfolio(initiative("a", one)), trials=3) for one in (late, longer))
        assert slipped.npv == pytest.approx(planned.npv, rel=1e-5, abs=1e-5 * gross)


def many(order: list[int]) -> Portfolio:
    """Uncertain initiatives of two programmes in some order, with events."""

    def one(number: int) -> Initiative:
        cost = Estimate(100.0 + number, low=70.0, high=400.0)
        plan: Option = option(
            slip=Estimate(1.0, low=-1.0, high=7.0),
            costs=(CostLine(id="build", name="Build", amount=cost),),
            profiles=(Profile(benefit="saving", annual=Estimate(90.0, low=20.0, high=150.0), ramp_months=6),),
            risks=(Risk(id="r", name="r", probability=0.2, cost=cost, benefit_loss=0.3),),
        )
        return initiative(f"i{number}", plan, programme="tax" if number % 2 else "")

    return portfolio(*map(one, order), programmes=(Programme(id="tax", name="Tax"),))


@given(st.permutations(range(7)))
@settings(max_examples=8)
def test_another_order_permutes_the_results_and_nothing_else(order: list[int]) -> None:
    first, other = forecast_all(many(list(range(7))), trials=TRIALS), forecast_all(many(order), trials=TRIALS)
    for name in ARRAYS:
        assert getattr(other, name).tobytes() == getattr(first, name)[:, order].tobytes()
    assert_same_together(first, other)
    assert other.table() == tuple(first.table()[number] for number in order)


def assert_same_together(first: Forecast, other: Forecast) -> None:
    """Whatever is said of all initiatives together is the same to the last bit."""
    for name, total in first.totals.items():
        assert other.totals[name].tobytes() == total.tobytes()
    for kind in FAN_KINDS:
        assert other.fan(kind).p10.tobytes() == first.fan(kind).p10.tobytes()
    assert other.groups("programme") == first.groups("programme")
    assert other.summary() == first.summary()
