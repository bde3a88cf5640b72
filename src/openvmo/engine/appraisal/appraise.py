"""All measures of one option's plan, or of every option of a portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np

from openvmo.engine.appraisal.bcr import bcr
from openvmo.engine.appraisal.cashflows import Floats
from openvmo.engine.appraisal.cost_of_delay import cost_of_delay
from openvmo.engine.appraisal.equivalent_annuity import equivalent_annuity
from openvmo.engine.appraisal.every_rate import every_rate
from openvmo.engine.appraisal.irr import irr_many
from openvmo.engine.appraisal.mirr import mirr_kernel
from openvmo.engine.appraisal.npv import npv_kernel
from openvmo.engine.appraisal.payback import payback
from openvmo.engine.appraisal.profitability_index import profitability_index
from openvmo.engine.appraisal.roi import roi
from openvmo.engine.appraisal.value_for_money import value_for_money
from openvmo.engine.appraisal.wsjf import wsjf
from openvmo.engine.model import CostKind, Finding, Initiative, Option, Portfolio, Severity
from openvmo.engine.model.gaps import benefit_gaps
from openvmo.engine.model.schedule import planned_benefits, planned_costs, planned_go_live, sunk_cost
from openvmo.engine.quantities import AnnualRate, DiscountSchedule, Money, MonthlySeries
from openvmo.engine.reference import ValueBand


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of an option, ready to be shown.

    Args:
        measure: its name, which is that of its function and its page in `docs/measures`; discounted payback stands on
            the page of payback.
        value: a number, or the name of a category; None when the option has none.
        unit: what the number counts, such as "GBP at 2026 prices" or "share a year"; empty for a bare ratio.
    """

    measure: str
    value: float | str | None
    unit: str


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The measures of one option as planned: likely values, planned dates, looking forward from the portfolio's start.

    Args:
        initiative: id of the initiative.
        option: id of the option.
        discount_rate: real rate, a share a year, or the schedule of rates; flows are discounted month by month.
        costs: forward costs by month, positive.
        benefits: benefits in money by month, positive.
        npv: present value of benefits less costs.
        cost: undiscounted forward cost.
        cost_pv: present value of forward costs.
        benefit: undiscounted benefit.
        benefit_pv: present value of benefits.
        sunk: money spent before the portfolio's start; in no other figure.
        irr: internal rate of return, a share a year; None when there is none or more than one (see `warnings`).
        mirr: the modified rate, a share a year, with the discount rate for both its rates, from the first month in
            which money moves to the last; None when money does not both go out and come in.
        roi: undiscounted benefit less cost over cost; None without costs.
        bcr: present value of benefits over that of costs; None without costs.
        value_for_money: the published category of that ratio; None without costs.
        profitability_index: present value of benefits less running costs over that of capital costs; None without
            capital costs.
        payback_months: months from the portfolio's start until the money has come back; None when it never does.
        discounted_payback_months: the same on present values.
        equivalent_annuity: the even amount a year, paid month by month until the last month in which money moves, that
            is worth as much as the NPV; None when nothing moves after the first month.
        cost_of_delay: what the NPV loses when all that is still ahead happens one month later.
        wsjf: that loss for each month of work still ahead; None when no work is ahead.
        warnings: what a reader must know of these figures.
    """

    initiative: str
    option: str
    discount_rate: AnnualRate | DiscountSchedule
    costs: MonthlySeries
    benefits: MonthlySeries
    npv: Money
    cost: Money
    cost_pv: Money
    benefit: Money
    benefit_pv: Money
    sunk: Money
    irr: float | None
    mirr: float | None
    roi: float | None
    bcr: float | None
    value_for_money: ValueBand | None
    profitability_index: float | None
    payback_months: float | None
    discounted_payback_months: float | None
    equivalent_annuity: Money | None
    cost_of_delay: Money
    wsjf: float | None
    warnings: tuple[Finding, ...]

    def figures(self) -> tuple[Figure, ...]:
        """Every measure with its value and unit, in the order in which people read them."""
        money = self.costs.unit
        annuity = None if self.equivalent_annuity is None else float(self.equivalent_annuity)
        return (
            Figure("npv", float(self.npv), money),
            Figure("irr", self.irr, "share a year"),
            Figure("mirr", self.mirr, "share a year"),
            Figure("roi", self.roi, "share"),
            Figure("bcr", self.bcr, ""),
            Figure("value_for_money", None if self.value_for_money is None else self.value_for_money.name, ""),
            Figure("profitability_index", self.profitability_index, ""),
            Figure("payback", self.payback_months, "months"),
            Figure("discounted_payback", self.discounted_payback_months, "months"),
            Figure("equivalent_annuity", annuity, f"{money} a year"),
            Figure("cost_of_delay", float(self.cost_of_delay), f"{money} a month of delay"),
            Figure("wsjf", self.wsjf, f"{money} a month of delay for each month of work"),
        )


@overload
def appraise(
    portfolio: Portfolio,
    initiative: str,
    option: str | None = None,
    *,
    rate: float | AnnualRate | DiscountSchedule | None = None,
) -> Appraisal: ...
@overload
def appraise(
    portfolio: Portfolio, *, rate: float | AnnualRate | DiscountSchedule | None = None
) -> tuple[Appraisal, ...]: ...
def appraise(
    portfolio: Portfolio,
    initiative: str | None = None,
    option: str | None = None,
    *,
    rate: float | AnnualRate | DiscountSchedule | None = None,
) -> Appraisal | tuple[Appraisal, ...]:
    """Appraise one option of an initiative as planned, or every option of a portfolio.

    Args:
        portfolio: the portfolio; its start, horizon and discount rate frame the appraisal.
        initiative: id of the initiative; None appraises every option of every initiative, in their order.
        option: id of the option; None takes the current plan, which is the first.
        rate: another discount rate a year, a share, or a schedule of yearly rates, such as those of
            `discount_schedules()`; None takes the rate of the portfolio.

    Returns:
        All measures with their units and warnings. Likely values are medians, so skewed estimates are worth more or
        less on average: `forecast` says how much. The expected commercial value is not among them, because a plan does
        not state by which stages it succeeds or fails.

    Raises:
        KeyError: the portfolio has no such initiative or option.
        ValueError: the rate is -100 % or less.

    >>> from openvmo.engine.model import CostLine, Initiative, Option
    >>> from openvmo.engine.quantities import Estimate, Month
    >>> line = CostLine(id="build", name="Build", amount=Estimate(120.0), months=1)
    >>> plan = Option(id="plan", start=Month(2026, 4), duration=6, costs=(line,))
    >>> road = Initiative(id="road", name="Road", options=(plan,))
    >>> frame = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4), initiatives=(road,))
    >>> appraise(frame, "road").npv
    Money(amount=Decimal('-120.0'), currency='GBP', price_base=2026)
    >>> [each.initiative for each in appraise(frame)]
    ['road']
    """
    yearly = _yearly(portfolio.discount_rate if rate is None else rate)
    if initiative is None:
        return _appraisals(
            portfolio, [(owner, plan) for owner in portfolio.initiatives for plan in owner.options], yearly
        )
    owner = portfolio.initiative(initiative)
    return _appraisals(portfolio, [(owner, owner.option(option))], yearly)[0]


def _yearly(rate: float | AnnualRate | DiscountSchedule) -> AnnualRate | DiscountSchedule:
    if isinstance(rate, DiscountSchedule):
        return replace(rate, periods_a_year=1)
    return rate if isinstance(rate, AnnualRate) else AnnualRate(rate)


def _appraisals(
    portfolio: Portfolio, plans: Sequence[tuple[Initiative, Option]], yearly: AnnualRate | DiscountSchedule
) -> tuple[Appraisal, ...]:
    """The measures of many options at once: each measure is worked out for all of them together."""
    rate, shape = yearly.monthly, (len(plans), portfolio.horizon)
    costs, capital, benefits = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for number, (owner, plan) in enumerate(plans):
        costs[number] = planned_costs(portfolio, plan)
        capital[number] = planned_costs(portfolio, _with_capital_only(plan))
        benefits[number] = planned_benefits(portfolio, owner, plan)
    net = benefits - costs
    found = irr_many(net)
    columns = {
        "npv": npv_kernel(rate, net),
        "cost": costs.sum(axis=1),
        "cost_pv": npv_kernel(rate, costs),
        "benefit": benefits.sum(axis=1),
        "benefit_pv": npv_kernel(rate, benefits),
        "irr": _a_year(found.rates),
        "mirr": _a_year(np.array([_modified_rate(row, rate) for row in net])),
        "roi": roi(benefits, costs),
        "bcr": bcr(rate, benefits, costs),
        "profitability_index": profitability_index(rate, net + capital, capital),
        "payback_months": payback(net),
        "discounted_payback_months": payback(net, rate=rate),
        "equivalent_annuity": np.array([_annuity_of_a_year(row, rate) for row in net]),
        "cost_of_delay": cost_of_delay(rate, net),
    }
    return tuple(
        _appraisal(
            _Frame(portfolio, owner, plan, yearly),
            costs[number],
            benefits[number],
            figures={name: _known(values[number]) for name, values in columns.items()},
            rates_found=int(found.counts[number]),
        )
        for number, (owner, plan) in enumerate(plans)
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """What an appraisal is of."""

    portfolio: Portfolio
    owner: Initiative
    plan: Option
    yearly: AnnualRate | DiscountSchedule


def _appraisal(
    frame: _Frame, costs: Floats, benefits: Floats, *, figures: dict[str, float | None], rates_found: int
) -> Appraisal:
    portfolio, owner, plan = frame.portfolio, frame.owner, frame.plan
    unit = f"{portfolio.currency} at {portfolio.price_base} prices"

    def money(amount: float) -> Money:
        return Money.of(amount, portfolio.currency, portfolio.price_base)

    def figure_in_money(name: str) -> Money:
        return money(figures[name] or 0.0)

    ratio, annuity = figures["bcr"], figures["equivalent_annuity"]
    return Appraisal(
        initiative=owner.id,
        option=plan.id,
        discount_rate=frame.yearly,
        costs=MonthlySeries.of(portfolio.start, costs, unit),
        benefits=MonthlySeries.of(portfolio.start, benefits, unit),
        npv=figure_in_money("npv"),
        cost=figure_in_money("cost"),
        cost_pv=figure_in_money("cost_pv"),
        benefit=figure_in_money("benefit"),
        benefit_pv=figure_in_money("benefit_pv"),
        sunk=money(float(sunk_cost(portfolio, owner, plan))),
        irr=figures["irr"],
        mirr=figures["mirr"],
        roi=figures["roi"],
        bcr=ratio,
        value_for_money=None if ratio is None else value_for_money(ratio),
        profitability_index=figures["profitability_index"],
        payback_months=figures["payback_months"],
        discounted_payback_months=figures["discounted_payback_months"],
        equivalent_annuity=None if annuity is None else money(annuity),
        cost_of_delay=figure_in_money("cost_of_delay"),
        wsjf=_urgency(portfolio, plan, figures["cost_of_delay"] or 0.0),
        warnings=(*benefit_gaps(owner, plan, portfolio.pools), *_rate_gaps(owner, plan, benefits - costs, rates_found)),
    )


def _with_capital_only(plan: Option) -> Option:
    return replace(plan, costs=tuple(line for line in plan.costs if line.kind is CostKind.CAPEX))


def _life(net: Floats) -> Floats:
    """The flows from the first month in which money moves to the last."""
    moving = np.flatnonzero(net)
    return net[moving[0] : moving[-1] + 1] if moving.size else net[:0]


def _modified_rate(net: Floats, rate: float | DiscountSchedule) -> float:
    """The modified rate a month over the life of the flows; NaN where there is none."""
    flows = _life(net)
    return float(mirr_kernel(flows, rate, rate)) if flows.size > 1 else np.nan


def _annuity_of_a_year(net: Floats, rate: float | DiscountSchedule) -> float:
    """Twelve even monthly payments until the last month in which money moves; NaN when none moves after the first."""
    last = np.max(np.flatnonzero(net), initial=0)
    return 12 * float(equivalent_annuity(rate, net[: last + 1])) if last > 0 else np.nan


def _urgency(portfolio: Portfolio, plan: Option, loss: float) -> float | None:
    """Loss of a month of delay for each month of work from the portfolio's start, or the plan's later start, on."""
    ahead = min(planned_go_live(portfolio, plan), plan.duration)
    return wsjf(loss, ahead) if ahead > 0 else None


def _a_year(monthly: Floats) -> Floats:
    with np.errstate(over="ignore"):
        yearly: Floats = np.expm1(12 * np.log1p(monthly))
    return yearly


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _rate_gaps(owner: Initiative, plan: Option, net: Floats, rates_found: int) -> tuple[Finding, ...]:
    """Why there is no single internal rate of return; nothing when there is one."""
    if rates_found == 1:
        return ()
    reason = "no discount rate brings its net present value to zero"
    if rates_found > 1:
        monthly = every_rate(np.arange(net.size, dtype=np.float64), net[None, :])[1]
        listed = ", ".join(f"{rate:.4%}" for rate in _a_year(monthly))
        reason = f"{rates_found} rates a year bring its net present value to zero ({listed})"
    problem = f"{owner.id}, option {plan.id}, has no single internal rate of return: {reason}."
    return (Finding(Severity.NOTE, "irr.undefined", problem, "Compare it by net present value."),)
