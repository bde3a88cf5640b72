"""A forecast against closed forms and the appraisal of the plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests.engine.forecast.closed_forms import expected
from tests.engine.forecast.runs import forecast_all
from tests.engine.plans import START, initiative, option, portfolio

from openvmo.engine.appraisal import appraise
from openvmo.engine.forecast import Alternative, Forecast
from openvmo.engine.model import (
    Anchor,
    Benefit,
    BenefitClass,
    CostLine,
    Dependency,
    DependencyKind,
    OptionKind,
    Portfolio,
    PortfolioError,
    Profile,
    Risk,
    assume_benefits,
)
from openvmo.engine.quantities import Estimate, Month
from openvmo.engine.reference import BaseRate, Dimension, Mean, Range, ReferenceClass

FACTORS = 1.1 ** -(np.arange(60) / 12)


def codes(result: Forecast) -> list[str]:
    return [finding.code for finding in result.findings]


def stretched(**shapes: Mean | Range) -> dict[str, ReferenceClass]:
    """A table with one class, "kind"."""
    rates = {Dimension(name): BaseRate(shape, "Own records", "https://example.org") for name, shape in shapes.items()}
    return {"kind": ReferenceClass("kind", "Kind", rates)}


def classed(*, spread: bool = True, **changes: object) -> Portfolio:
    """The standing plan in the class "kind", with amounts that leave room for it."""
    amount = Estimate(1_200.0) if spread else Estimate.certain(1_200.0)
    plan = option(
        costs=(CostLine(id="build", name="Build", amount=amount),),
        profiles=(Profile(benefit="saving", annual=Estimate(600.0)),),
        slip=Estimate(0.0),
    )
    return portfolio(initiative("alpha", replace(plan, **changes), reference_class="kind"))  # type: ignore[arg-type]


def test_a_certain_plan_is_worth_what_its_appraisal_says() -> None:
    result, plan = forecast_all(portfolio(), trials=7), appraise(portfolio(), "alpha")
    for array, figure in (
        (result.npv, plan.npv),
        (result.cost, plan.cost),
        (result.cost_pv, plan.cost_pv),
        (result.benefit, plan.benefit),
        (result.benefit_pv, plan.benefit_pv),
    ):
        assert array.shape == (7, 1)
        assert array[:, 0] == pytest.approx([float(figure)] * 7, rel=1e-6)
    assert result.go_live[:, 0].tolist() == [12.0] * 7
    assert result.alternatives == (Alternative("alpha", "plan"),)
    assert result.findings == ()


def test_its_yearly_costs_follow_the_financial_year() -> None:
    shifted = portfolio(initiative("alpha", option(start=START + 6)), start=START + 6, horizon=12)
    result = forecast_all(shifted, trials=3)
    assert result.years == (2026, 2027)
    assert result.annual_cost[0] == pytest.approx([600.0, 600.0])


def test_expected_cost_is_the_mean_of_the_split_lognormal() -> None:
    amount = Estimate(1_000.0, low=700.0, high=2_000.0)
    uncertain = portfolio(initiative("alpha", option(costs=(CostLine(id="c", name="c", amount=amount),))))
    cost = forecast_all(uncertain, trials=100_000).table()[0].cost
    assert abs(cost.mean - expected(amount)) < 4 * cost.standard_error
    assert (cost.p10, cost.p50, cost.p90) == pytest.approx((700.0, 1_000.0, 2_000.0), rel=0.02)


def test_expected_slip_is_the_mean_of_the_split_normal() -> None:
    slip = Estimate(2.0, low=-1.0, high=12.0)
    go_live = forecast_all(portfolio(initiative("alpha", option(slip=slip))), trials=100_000).table()[0].go_live
    assert abs(go_live.mean - 12 - expected(slip)) < 4 * go_live.standard_error + 0.05
    assert (go_live.p10, go_live.p50, go_live.p90) == pytest.approx((11.0, 14.0, 24.0), rel=1e-12)


def test_a_slip_moves_benefits_and_stretches_the_work() -> None:
    late = forecast_all(portfolio(initiative("alpha", option(slip=Estimate.certain(12.0)))), trials=3)
    assert late.go_live[0, 0] == 24.0
    assert late.benefit_pv[0, 0] == pytest.approx(50 * FACTORS[24:].sum(), rel=1e-6)
    assert late.cost_pv[0, 0] == pytest.approx(50 * FACTORS[:24].sum(), rel=1e-6)


def test_a_risk_costs_delays_and_loses_together() -> None:
    risk = Risk(id="r", name="r", probability=0.3, cost=Estimate.certain(500.0), slip=6, benefit_loss=0.5)
    result = forecast_all(portfolio(initiative("alpha", option(risks=(risk,)))), trials=20_000)
    happened = result.cost[:, 0] > 1_201
    assert happened.mean() == pytest.approx(0.3, abs=0.015)
    assert set(result.go_live[happened, 0]) == {18.0}
    assert set(result.go_live[~happened, 0]) == {12.0}
    assert result.benefit[happened, 0] == pytest.approx(0.5 * 50 * 42)
    assert result.cost_pv[happened, 0] == pytest.approx(1_200 / 18 * FACTORS[:18].sum() + 500 * FACTORS[18])


def test_a_reference_class_multiplies_cost_and_benefit_and_the_time_to_come() -> None:
    table = stretched(cost=Mean(1.5), duration=Mean(2.0), benefit=Mean(0.5))
    result = forecast_all(classed(), trials=3, references=table)
    assert result.cost[0, 0] == pytest.approx(1_800.0)
    assert result.go_live[0, 0] == 24.0
    assert result.benefit[0, 0] == pytest.approx(0.5 * 50 * 36)
    assert "reference.mean_only" in codes(result)


def test_it_keeps_the_inside_view() -> None:
    result = forecast_all(classed(), trials=3, references=stretched(cost=Mean(1.5), duration=Mean(2.0)))
    inside = forecast_all(classed(), trials=3, references=None).table()
    assert result.inside == inside
    assert inside[0].cost.mean == pytest.approx(1_200.0)
    assert result.table()[0].cost.mean == pytest.approx(1_800.0)


def test_a_class_does_not_stretch_what_is_certain() -> None:
    certain = classed(spread=False, slip=Estimate.certain(0.0))
    result = forecast_all(certain, trials=3, references=stretched(cost=Mean(1.5), duration=Mean(2.0)))
    assert (result.cost[0, 0], result.go_live[0, 0]) == (pytest.approx(1_200.0), 12.0)


def test_a_class_acts_on_the_months_still_to_come() -> None:
    begun = forecast_all(classed(start=START + -6), trials=3, references=stretched(duration=Mean(2.0)))
    assert begun.go_live[0, 0] == 12.0
    assert begun.sunk[0] == 600.0
    assert begun.cost[0, 0] == pytest.approx(600.0)


def test_what_is_live_stays_live() -> None:
    live = forecast_all(classed(start=START + -24), trials=3, references=stretched(duration=Mean(2.0)))
    assert live.go_live[0, 0] == -12.0
    assert (live.cost[0, 0], live.sunk[0]) == (0.0, 1_200.0)


def test_published_classes_are_applied_unless_switched_off() -> None:
    road = portfolio(replace(classed().initiatives[0], reference_class="roads"))
    published, plain = forecast_all(road, trials=20_000), forecast_all(road, trials=20_000, references=False)
    assert published.table()[0].cost.p50 == pytest.approx(1_200 * 1.15, rel=0.01)
    assert plain.table()[0].cost.p50 == pytest.approx(1_200.0)


def test_work_waits_for_what_must_finish_before() -> None:
    late = option(slip=Estimate(3.0, low=-2.0, high=20.0))
    standing = portfolio(
        initiative("alpha", late),
        initiative("beta", option(start=START + 12)),
        dependencies=(Dependency(kind=DependencyKind.FINISH_TO_START, source="alpha", target="beta"),),
    )
    result = forecast_all(standing, trials=1_000)
    assert result.go_live[:, 1].tolist() == (np.maximum(result.go_live[:, 0], 12) + 12).tolist()
    assert result.cost[:, 1] == pytest.approx(np.minimum(1_200.0, np.maximum(60 - result.go_live[:, 1] + 12, 0) * 100))


def test_benefits_wait_for_what_enables_them() -> None:
    standing = portfolio(
        initiative("alpha", option(start=START + 12)),
        initiative("beta"),
        dependencies=(Dependency(kind=DependencyKind.ENABLES, source="alpha", target="beta"),),
    )
    result = forecast_all(standing, trials=3)
    assert result.go_live[0].tolist() == [24.0, 12.0]
    assert result.benefit[0].tolist() == pytest.approx([50 * 36, 50 * 36])


def test_work_that_has_begun_waits_no_more() -> None:
    standing = portfolio(
        initiative("alpha", option(duration=20)),
        initiative("beta", option(start=START + -1)),
        dependencies=(Dependency(kind=DependencyKind.FINISH_TO_START, source="alpha", target="beta"),),
    )
    result = forecast_all(standing, trials=3)
    assert result.go_live[0].tolist() == [20.0, 11.0]
    assert codes(result) == ["dependency.begun"]


def test_it_says_what_was_not_stated() -> None:
    bare = option(costs=(CostLine(id="c", name="c", amount=Estimate(5.0)),), profiles=())
    nothing = option(id="nothing", kind=OptionKind.DO_NOTHING, profiles=())
    result = forecast_all(portfolio(initiative("alpha", bare, nothing, reference_class="unheard-of")), trials=3)
    assert codes(result) == ["benefit.none", "reference.unknown"]
    bare_only = forecast_all(portfolio(initiative("alpha", bare)), trials=3)
    assert codes(bare_only) == ["benefit.none", "spread.none"]


def test_benefits_without_a_value_stay_out_and_are_named() -> None:
    days = Benefit(id="days", name="Fewer days", kind=BenefitClass.QUANTIFIABLE, unit="days")
    plan = option(profiles=(*option().profiles, Profile(benefit="days", annual=Estimate(30.0))))
    alpha = initiative("alpha", plan)
    result = forecast_all(portfolio(replace(alpha, benefits=(*alpha.benefits, days))), trials=3)
    assert result.benefit[0, 0] == pytest.approx(2_400.0)
    assert codes(result) == ["benefit.unvalued"]
    valued = replace(days, value_per_unit=2.0, is_disbenefit=True)
    result = forecast_all(portfolio(replace(alpha, benefits=(*alpha.benefits, valued))), trials=3)
    assert result.benefit[0, 0] == pytest.approx(2_400.0 - 60.0 * 4)


def test_it_says_how_many_rest_on_an_assumption() -> None:
    bare = portfolio(initiative("alpha", option(profiles=())), initiative("beta"))
    result = forecast_all(assume_benefits(bare, benefit_cost_ratio=2.0, years=3), trials=3)
    assert result.findings[0].problem == "1 of 2 initiatives rest on an assumed benefit, not on a stated one."


def test_its_fans_add_the_current_plans_up() -> None:
    standing = portfolio(initiative("alpha", option(), option(id="other", duration=3)), initiative("beta"))
    result = forecast_all(standing, trials=5)
    fan = result.fan("cost")
    assert fan.months[0] == Month(2026, 4)
    assert fan.p50 == pytest.approx([200.0] * 12 + [0.0] * 48)
    assert result.fan("benefit", "alpha").p90 == pytest.approx([0.0] * 12 + [50.0] * 48)
    assert result.fan("net").p10 == pytest.approx([-200.0] * 12 + [100.0] * 48)
    assert result.fan("cumulative_net", "beta").p5[-1] == pytest.approx(1_200.0)
    assert result.current == (0, 2)


def test_its_totals_are_those_of_the_columns() -> None:
    standing = portfolio(initiative("alpha", option(), option(id="other", costs=())), initiative("beta"))
    result = forecast_all(standing, trials=5)
    assert result.summary().cost.mean == pytest.approx(2_400.0)
    assert result.summary((1, 2)).cost.mean == pytest.approx(1_200.0)
    assert result.summary((1,)).bcr is None
    assert result.column("alpha", "other") == 1
    assert result.column("beta") == 2
    with pytest.raises(KeyError, match="gamma"):
        result.column("gamma")


def test_a_line_after_go_live_moves_with_it() -> None:
    running = CostLine(id="run", name="Run", amount=Estimate.certain(120.0), anchor=Anchor.GO_LIVE, months=12)
    plan = option(costs=(running,), slip=Estimate.certain(3.0))
    result = forecast_all(portfolio(initiative("alpha", plan)), trials=3)
    assert result.cost_pv[0, 0] == pytest.approx(10 * FACTORS[15:27].sum())


def test_it_tells_its_progress_and_can_be_stopped() -> None:
    many = portfolio(*(initiative(f"i{number}") for number in range(50)))
    told: list[tuple[float, str]] = []
    forecast_all(many, trials=2, progress=lambda share, sentence: told.append((share, sentence)))
    assert told == [(0.64, "Simulated 64% of 50 options."), (1.0, "Simulated 100% of 50 options.")]

    def stop(_share: float, _sentence: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        forecast_all(many, trials=2, progress=stop)


def test_it_takes_a_portfolio_without_initiatives_or_options() -> None:
    empty = forecast_all(portfolio(initiatives=()), trials=3)
    assert empty.npv.shape == (3, 0)
    assert empty.summary().npv.mean == 0.0
    planless = forecast_all(portfolio(replace(initiative(), options=())), trials=3)
    assert planless.fan("net", "alpha").p50.tolist() == [0.0] * 60


def test_it_refuses_a_portfolio_with_errors() -> None:
    with pytest.raises(PortfolioError, match="duration"):
        forecast_all(portfolio(initiative("alpha", option(duration=0))), trials=3)


def test_it_refuses_no_trials() -> None:
    with pytest.raises(ValueError, match="at least one trial"):
        forecast_all(portfolio(), trials=0)


def test_a_long_chain_of_waiting_adds_up() -> None:
    names = [f"i{number}" for number in range(600)]
    links = [
        Dependency(kind=DependencyKind.FINISH_TO_START, source=source, target=target)
        for source, target in pairwise(names)
    ]
    month = option(duration=1, profiles=(), slip=Estimate.certain(1.0))
    chain = portfolio(*(initiative(name, month) for name in names), dependencies=tuple(links))
    assert forecast_all(chain, trials=2).go_live[0].tolist() == [2.0 * number for number in range(1, 601)]
