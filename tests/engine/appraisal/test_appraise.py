"""All measures of one option's plan."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.engine.plans import START, initiative, option, portfolio

from openvmo.engine.appraisal import Appraisal, Figure, appraise, cost_of_delay, mirr, npv
from openvmo.engine.model import CostKind, CostLine
from openvmo.engine.quantities import AnnualRate, DiscountSchedule, Estimate, Money
from openvmo.engine.reference import discount_schedules

FACTORS = 1.1 ** -(np.arange(60) / 12)


def test_it_appraises_the_standing_plan() -> None:
    plan = appraise(portfolio(), "alpha")
    assert plan.cost == Money(Decimal("1200.0"), "GBP", 2026)
    assert plan.benefit == Money(Decimal("2400.0"), "GBP", 2026)
    assert float(plan.cost_pv) == pytest.approx(100 * FACTORS[:12].sum(), rel=1e-12)
    assert float(plan.benefit_pv) == pytest.approx(50 * FACTORS[12:].sum(), rel=1e-12)
    assert float(plan.npv) == pytest.approx(float(plan.benefit_pv) - float(plan.cost_pv), rel=1e-12)
    assert plan.roi == pytest.approx(1.0)
    assert plan.bcr == pytest.approx(float(plan.benefit_pv) / float(plan.cost_pv), rel=1e-12)
    assert plan.payback_months == 35.0
    assert plan.discounted_payback_months is not None
    assert plan.discounted_payback_months > 35.0
    assert plan.warnings == ()


def test_its_rate_is_yearly() -> None:
    plan = appraise(portfolio(), "alpha")
    assert plan.irr is not None
    net = (plan.benefits - plan.costs).values
    assert (net * (1 + plan.irr) ** (-np.arange(60) / 12)).sum() == pytest.approx(0.0, abs=1e-8)


def test_it_keeps_sunk_cost_apart() -> None:
    begun = portfolio(initiative("alpha", option(start=START + -6)))
    plan = appraise(begun, "alpha")
    assert (float(plan.sunk), float(plan.cost)) == (600.0, 600.0)


def test_it_says_that_benefits_are_missing() -> None:
    plan = appraise(portfolio(initiative("alpha", option(profiles=()))), "alpha")
    assert [warning.code for warning in plan.warnings] == ["benefit.none", "irr.undefined"]
    assert (plan.irr, plan.payback_months, plan.bcr) == (None, None, 0.0)


def test_it_names_several_rates_a_year() -> None:
    close = CostLine(id="close", name="Close down", amount=Estimate.certain(1_100.0), months=1, offset=59)
    plan = appraise(portfolio(initiative("alpha", option(costs=(*option().costs, close)))), "alpha")
    [warning] = plan.warnings
    named = [float(text.strip(" %")) / 100 for text in warning.problem.split("(")[1].split(")")[0].split(",")]
    assert warning.problem.startswith("alpha, option plan, has no single internal rate of return: 2 rates a year bring")
    assert (plan.irr, len(named)) == (None, 2)
    net = (plan.benefits - plan.costs).values
    for rate in named:
        assert (net * (1 + rate) ** (-np.arange(60) / 12)).sum() == pytest.approx(0.0, abs=0.01)


def test_it_has_no_ratio_without_costs() -> None:
    plan = appraise(portfolio(initiative("alpha", option(costs=()))), "alpha")
    assert (plan.roi, plan.bcr, plan.payback_months) == (None, None, 0.0)


def test_it_takes_the_named_option() -> None:
    cheaper = option(id="cheaper", costs=())
    standing = portfolio(initiative("alpha", option(), cheaper))
    assert appraise(standing, "alpha").option == "plan"
    assert appraise(standing, "alpha", "cheaper").cost == Money(Decimal("0.0"), "GBP", 2026)


@pytest.mark.parametrize(("initiative_id", "option_id"), [("x", None), ("alpha", "x")])
def test_it_refuses_an_unknown_name(initiative_id: str, option_id: str | None) -> None:
    with pytest.raises(KeyError, match="x"):
        appraise(portfolio(), initiative_id, option_id)


def test_its_ratio_has_a_category() -> None:
    plan = appraise(portfolio(), "alpha")
    assert plan.bcr is not None
    assert plan.value_for_money is not None
    assert (round(plan.bcr, 3), plan.value_for_money.name) == (1.585, "Medium")


def test_its_modified_rate_is_yearly_and_over_its_life() -> None:
    plan = appraise(portfolio(), "alpha")
    monthly = 1.1 ** (1 / 12) - 1
    net = (plan.benefits - plan.costs).values
    assert plan.mirr == pytest.approx((1 + mirr(net, finance_rate=monthly, reinvest_rate=monthly)) ** 12 - 1, rel=1e-12)
    waiting = appraise(portfolio(initiative("alpha", option(start=START + 6))), "alpha")
    shorter = (waiting.benefits - waiting.costs).values[6:]
    expected = (1 + mirr(shorter, finance_rate=monthly, reinvest_rate=monthly)) ** 12 - 1
    assert waiting.mirr == pytest.approx(expected, rel=1e-12)


def test_its_profitability_index_counts_capital_alone_as_investment() -> None:
    running = CostLine(id="run", name="Run", amount=Estimate.certain(480.0), kind=CostKind.OPEX, offset=12, months=48)
    plan = appraise(portfolio(initiative("alpha", option(costs=(*option().costs, running)))), "alpha")
    capital = 100 * FACTORS[:12].sum()
    assert plan.profitability_index == pytest.approx((50 - 10) * FACTORS[12:].sum() / capital, rel=1e-12)
    assert plan.bcr == pytest.approx(50 * FACTORS[12:].sum() / (capital + 10 * FACTORS[12:].sum()), rel=1e-12)


def test_its_annuity_over_its_life_is_worth_as_much() -> None:
    plan = appraise(portfolio(), "alpha")
    assert plan.equivalent_annuity is not None
    assert float(plan.equivalent_annuity) / 12 * FACTORS[1:].sum() == pytest.approx(float(plan.npv), rel=1e-12)


def test_a_shorter_life_has_the_higher_annuity_for_the_same_value() -> None:
    once = CostLine(id="once", name="Once", amount=Estimate.certain(100.0), months=1)
    late = CostLine(id="late", name="Late", amount=Estimate.certain(0.001), months=1, offset=48)
    plans = (option(id="short", costs=(once,), profiles=()), option(id="long", costs=(once, late), profiles=()))
    standing = portfolio(initiative("alpha", *plans))
    short, long = (appraise(standing, "alpha", plan.id).equivalent_annuity for plan in plans)
    assert (short, float(long) > -36) == (None, True)  # type: ignore[arg-type]


def test_a_month_of_delay_is_the_value_of_the_plan_a_month_later() -> None:
    plan, later = (
        appraise(portfolio(), "alpha"),
        appraise(portfolio(initiative("alpha", option(start=START + 1))), "alpha"),
    )
    assert float(plan.cost_of_delay) == pytest.approx(float(plan.npv) - float(later.npv), rel=1e-10)
    net = (plan.benefits - plan.costs).values
    assert float(plan.cost_of_delay) == pytest.approx(cost_of_delay(1.1 ** (1 / 12) - 1, net), rel=1e-12)


@pytest.mark.parametrize(("begun", "ahead"), [(0, 12), (-6, 6), (6, 12)])
def test_its_urgency_counts_the_work_still_ahead(begun: int, ahead: int) -> None:
    plan = appraise(portfolio(initiative("alpha", option(start=START + begun))), "alpha")
    assert plan.wsjf == pytest.approx(float(plan.cost_of_delay) / ahead, rel=1e-12)


def test_it_has_no_urgency_when_the_work_is_done() -> None:
    assert appraise(portfolio(initiative("alpha", option(start=START + -12))), "alpha").wsjf is None


def test_an_option_without_money_has_no_figures() -> None:
    plan = appraise(portfolio(initiative("alpha", option(costs=(), profiles=()))), "alpha")
    assert [figure.value for figure in plan.figures()] == [
        0.0, None, None, None, None, None, None, 0.0, 0.0, None, 0.0, 0.0,
    ]  # fmt: skip


def test_its_figures_name_their_units() -> None:
    plan = appraise(portfolio(), "alpha")
    money = "GBP at 2026 prices"
    assert [(figure.measure, figure.unit) for figure in plan.figures()] == [
        ("npv", money),
        ("irr", "share a year"),
        ("mirr", "share a year"),
        ("roi", "share"),
        ("bcr", ""),
        ("value_for_money", ""),
        ("profitability_index", ""),
        ("payback", "months"),
        ("discounted_payback", "months"),
        ("equivalent_annuity", f"{money} a year"),
        ("cost_of_delay", f"{money} a month of delay"),
        ("wsjf", f"{money} a month of delay for each month of work"),
    ]
    assert plan.figures()[0] == Figure("npv", float(plan.npv), money)


def test_it_appraises_every_option_of_a_portfolio() -> None:
    standing = portfolio(
        initiative("alpha", option(), option(id="free", costs=())), initiative("beta", option(duration=3))
    )
    plans = appraise(standing)
    assert [(plan.initiative, plan.option) for plan in plans] == [
        ("alpha", "plan"),
        ("alpha", "free"),
        ("beta", "plan"),
    ]
    assert plans == tuple(appraise(standing, plan.initiative, plan.option) for plan in plans)


def test_it_appraises_an_empty_portfolio() -> None:
    assert appraise(replace(portfolio(), initiatives=())) == ()


def test_it_takes_another_rate() -> None:
    standing = portfolio()
    assert appraise(standing, "alpha", rate=0.10) == appraise(standing, "alpha")
    plan = appraise(standing, "alpha", rate=AnnualRate(0.0))
    assert float(plan.npv) == pytest.approx(1200.0)
    assert plan.discount_rate == AnnualRate(0.0)


def test_a_flat_schedule_gives_what_its_rate_gives() -> None:
    by_schedule = appraise(portfolio(), "alpha", rate=DiscountSchedule.flat(0.10))
    by_rate = appraise(portfolio(), "alpha")
    assert _numbers(by_schedule) == pytest.approx(_numbers(by_rate), rel=1e-9)


def test_it_takes_a_schedule_that_declines() -> None:
    green_book = discount_schedules()["green_book"]
    standing = portfolio(horizon=60 * 12)
    plan = appraise(standing, "alpha", rate=green_book)
    net = (plan.benefits - plan.costs).values
    assert plan.discount_rate == green_book
    assert float(plan.npv) == pytest.approx(npv(green_book.monthly, net), rel=1e-12)
    assert float(plan.npv) > float(appraise(standing, "alpha", rate=0.035).npv)
    assert appraise(standing, "alpha", rate=green_book.monthly) == plan


def test_it_refuses_an_impossible_rate() -> None:
    with pytest.raises(ValueError, match="a yearly rate is a share above -1"):
        appraise(portfolio(), rate=-1.0)


def _numbers(plan: Appraisal) -> list[float]:
    return [figure.value for figure in plan.figures() if isinstance(figure.value, float)]
