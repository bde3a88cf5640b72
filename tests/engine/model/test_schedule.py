"""In which months money moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.engine.plans import START, initiative, option, portfolio

from openvmo.engine.model import Actual, Anchor, Benefit, BenefitClass, CostLine, Pool, Profile, RampShape
from openvmo.engine.model.schedule import (
    benefit_schedule,
    cost_schedule,
    money_per_unit,
    planned_benefits,
    planned_costs,
    sunk_cost,
    valued_profiles,
)
from openvmo.engine.quantities import Estimate

AMOUNT = Estimate.certain(1_200.0)


def line(**changes: object) -> CostLine:
    return CostLine(id="c", name="c", amount=AMOUNT, **changes)  # type: ignore[arg-type]


def profile(**changes: object) -> Profile:
    return Profile(benefit="saving", annual=Estimate(12.0), **changes)  # type: ignore[arg-type]


def test_it_spreads_a_line_over_the_duration() -> None:
    plan = option(costs=(line(),))
    assert planned_costs(portfolio(), plan).tolist() == [100.0] * 12 + [0.0] * 48


def test_it_lengthens_an_open_line_with_the_slip() -> None:
    plan = option(duration=4)
    schedule = cost_schedule(line(), plan, 0, np.array([0, 0]), np.array([4, 8]), 10)
    assert schedule.tolist() == [[0.25] * 4 + [0.0] * 6, [0.125] * 8 + [0.0] * 2]


def test_it_moves_a_line_anchored_at_go_live_with_the_slip() -> None:
    running = line(anchor=Anchor.GO_LIVE, offset=1, months=2)
    schedule = cost_schedule(running, option(duration=4), 0, np.array([0, 0]), np.array([4, 6]), 10)
    assert schedule.tolist() == [[0.0] * 5 + [0.5] * 2 + [0.0] * 3, [0.0] * 7 + [0.5] * 2 + [0.0]]


def test_it_keeps_the_past_share_sunk_and_spreads_the_rest() -> None:
    plan = option(start=START + -6, duration=12, costs=(line(),))
    schedule = cost_schedule(line(), plan, -6, np.array([-6, -6]), np.array([6, 10]), 12)
    assert schedule.sum(axis=1) == pytest.approx([0.5, 0.5])
    assert schedule[1].tolist() == [0.05] * 10 + [0.0] * 2
    assert sunk_cost(portfolio(), initiative("alpha", plan), plan) == 600.0


def test_it_takes_recorded_spending_before_the_plan() -> None:
    plan = option(start=START + -6)
    spent = (Actual(month=START + -2, amount=70.0), Actual(month=START, amount=9.0))
    assert sunk_cost(portfolio(), initiative("alpha", plan, actuals=spent), plan) == 70.0


def test_it_counts_nothing_of_a_line_that_is_over() -> None:
    plan = option(start=START + -24, duration=12)
    assert planned_costs(portfolio(), plan).tolist() == [0.0] * 60


def test_it_cuts_at_the_horizon() -> None:
    plan = option(start=START + 54, costs=(line(),))
    assert planned_costs(portfolio(), plan).sum() == pytest.approx(600.0)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (RampShape.STEP, [0, 0, 0, 0, 1, 1]),
        (RampShape.LINEAR, [0.125, 0.375, 0.625, 0.875, 1, 1]),
        (RampShape.S_CURVE, [0.04296875, 0.31640625, 0.68359375, 0.95703125, 1, 1]),
    ],
)
def test_it_ramps_up_at_the_middle_of_each_month(shape: RampShape, expected: list[float]) -> None:
    schedule = benefit_schedule(profile(ramp_months=4, ramp_shape=shape), np.array([1]), 7)
    assert schedule[0] * 12 == pytest.approx([0.0, *expected], abs=1e-15)


def test_it_decays_once_steady_and_ends() -> None:
    schedule = benefit_schedule(profile(ramp_months=1, decay=0.5, duration=14), np.array([0]), 20)[0] * 12
    assert schedule[[0, 1, 13]] == pytest.approx([0.5, 1.0, 0.5])
    assert schedule[14:].tolist() == [0.0] * 6


def test_it_continues_a_benefit_that_began_before_the_start() -> None:
    schedule = benefit_schedule(profile(ramp_months=4), np.array([-2]), 3)
    assert schedule[0] * 12 == pytest.approx([0.625, 0.875, 1.0])


@pytest.mark.parametrize(
    ("benefit", "value"),
    [
        (Benefit(id="b", name="b", kind=BenefitClass.CASHABLE), 1.0),
        (Benefit(id="b", name="b", kind=BenefitClass.NON_CASHABLE, is_disbenefit=True), -1.0),
        (Benefit(id="b", name="b", kind=BenefitClass.QUANTIFIABLE, unit="days", value_per_unit=40.0), 40.0),
        (Benefit(id="b", name="b", kind=BenefitClass.QUANTIFIABLE, unit="days"), None),
        (Benefit(id="b", name="b", kind=BenefitClass.QUALITATIVE), None),
    ],
)
def test_it_values_only_what_has_a_value(benefit: Benefit, value: float | None) -> None:
    assert money_per_unit(benefit) == value


def test_it_plans_benefits_from_go_live() -> None:
    standing = portfolio()
    alpha = standing.initiatives[0]
    assert planned_benefits(standing, alpha, alpha.option()).tolist() == [0.0] * 12 + [50.0] * 48


def test_it_pays_by_the_quarter() -> None:
    quarterly = line(every=3)
    assert planned_costs(portfolio(), option(costs=(quarterly,))).tolist() == [300.0, 0.0, 0.0] * 4 + [0.0] * 48


def test_payments_before_the_start_stay_sunk_and_the_rhythm_goes_on() -> None:
    quarterly = line(every=3)
    plan = option(start=START + -4, costs=(quarterly,))
    assert sunk_cost(portfolio(), initiative("alpha", plan), plan) == 600.0
    assert planned_costs(portfolio(), plan)[:9].tolist() == [0.0, 0.0, 300.0, 0.0, 0.0, 300.0, 0.0, 0.0, 0.0]


def test_a_slip_adds_payments_to_an_open_line() -> None:
    schedule = cost_schedule(line(every=3), option(duration=6), 0, np.array([0, 0]), np.array([6, 8]), 9)
    assert schedule[0].tolist() == [0.5, 0, 0, 0.5, 0, 0, 0, 0, 0]
    assert schedule[1] == pytest.approx([1 / 3, 0, 0, 1 / 3, 0, 0, 1 / 3, 0, 0])


def test_it_follows_a_given_curve_and_decays_after_it() -> None:
    given = profile(ramp_shape=RampShape.CURVE, curve=(0.1, 0.4, 1.0), decay=0.5)
    schedule = benefit_schedule(given, np.array([1]), 17)[0] * 12
    assert schedule[:5] == pytest.approx([0.0, 0.1, 0.4, 1.0, 1.0])
    assert schedule[16] == pytest.approx(0.5)


def test_a_curve_that_ends_below_the_whole_stays_there() -> None:
    given = profile(ramp_shape=RampShape.CURVE, curve=(0.2, 0.6))
    assert benefit_schedule(given, np.array([0]), 4)[0] * 12 == pytest.approx([0.2, 0.6, 0.6, 0.6])


def test_a_claim_takes_its_share_of_the_pool() -> None:
    pool = Pool(id="rent", name="Rent", annual=Estimate(1_000.0, low=800.0, high=1_500.0))
    plan = option(duration=1)
    claiming = initiative("alpha", plan)
    claiming = replace(claiming, benefits=(replace(claiming.benefits[0], pool="rent", claim=0.25),))
    whole = portfolio(claiming, pools=(pool,))
    ((found, value),) = valued_profiles(claiming, claiming.options[0], whole.pools)
    assert (found.annual, value) == (Estimate(250.0, low=200.0, high=375.0), 1.0)
    assert planned_benefits(whole, claiming, claiming.options[0])[1] == pytest.approx(250 / 12)


def test_the_pool_values_a_unit_where_the_benefit_does_not() -> None:
    pool = Pool(id="hours", name="Hours", annual=Estimate(100.0), unit="hours", value_per_unit=30.0)
    benefit = Benefit(id="b", name="b", kind=BenefitClass.QUANTIFIABLE, unit="hours", pool="hours", claim=0.5)
    assert money_per_unit(benefit, pool) == 30.0
    assert money_per_unit(replace(benefit, value_per_unit=40.0), pool) == 40.0
    assert money_per_unit(benefit) is None
