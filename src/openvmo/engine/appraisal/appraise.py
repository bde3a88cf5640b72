"""All measures of one option's plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openvmo.engine.appraisal.bcr import bcr
from openvmo.engine.appraisal.cashflows import AppraisalError, Floats
from openvmo.engine.appraisal.irr import irr
from openvmo.engine.appraisal.npv import npv
from openvmo.engine.appraisal.payback import payback
from openvmo.engine.appraisal.roi import roi
from openvmo.engine.model import Finding, Portfolio, Severity
from openvmo.engine.model.gaps import benefit_gaps
from openvmo.engine.model.schedule import planned_benefits, planned_costs, sunk_cost
from openvmo.engine.quantities import AnnualRate, Money, MonthlySeries


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The measures of one option as planned: likely values, planned dates, looking forward from the portfolio's start.

    Args:
        initiative: id of the initiative.
        option: id of the option.
        discount_rate: real rate, a share a year; flows are discounted month by month.
        costs: forward costs by month, positive.
        benefits: benefits in money by month, positive.
        npv: present value of benefits less costs.
        cost: undiscounted forward cost.
        cost_pv: present value of forward costs.
        benefit: undiscounted benefit.
        benefit_pv: present value of benefits.
        sunk: money spent before the portfolio's start; in no other figure.
        irr: internal rate of return, a share a year; None when there is none or more than one (see `warnings`).
        roi: undiscounted benefit less cost over cost; None without costs.
        bcr: present value of benefits over that of costs; None without costs.
        payback_months: months from the portfolio's start until the money has come back; None when it never does.
        discounted_payback_months: the same on present values.
        warnings: what a reader must know of these figures.
    """

    initiative: str
    option: str
    discount_rate: AnnualRate
    costs: MonthlySeries
    benefits: MonthlySeries
    npv: Money
    cost: Money
    cost_pv: Money
    benefit: Money
    benefit_pv: Money
    sunk: Money
    irr: float | None
    roi: float | None
    bcr: float | None
    payback_months: float | None
    discounted_payback_months: float | None
    warnings: tuple[Finding, ...]


def appraise(portfolio: Portfolio, initiative: str, option: str | None = None) -> Appraisal:
    """Appraise one option of an initiative as planned.

    Args:
        portfolio: the portfolio; its start, horizon and discount rate frame the appraisal.
        initiative: id of the initiative.
        option: id of the option; None takes the current plan, which is the first.

    Returns:
        All measures with their units and warnings. Likely values are medians, so skewed estimates are worth more or
        less on average: `forecast` says how much.

    Raises:
        KeyError: the portfolio has no such initiative or option.

    >>> from openvmo.engine.model import CostLine, Initiative, Option
    >>> from openvmo.engine.quantities import Estimate, Month
    >>> line = CostLine(id="build", name="Build", amount=Estimate(120.0), months=1)
    >>> plan = Option(id="plan", start=Month(2026, 4), duration=6, costs=(line,))
    >>> road = Initiative(id="road", name="Road", options=(plan,))
    >>> frame = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4), initiatives=(road,))
    >>> appraise(frame, "road").npv
    Money(amount=Decimal('-120.0'), currency='GBP', price_base=2026)
    """
    owner = portfolio.initiative(initiative)
    plan = owner.option(option)
    rate = AnnualRate(portfolio.discount_rate)
    costs = planned_costs(portfolio, plan)
    benefits = planned_benefits(portfolio, owner, plan)
    net = benefits - costs
    annual_irr, irr_warnings = _annual_irr(net, plan_name=f"{owner.id}, option {plan.id}")
    has_costs = bool(costs.any())

    def money(amount: float) -> Money:
        return Money.of(float(amount), portfolio.currency, portfolio.price_base)

    unit = f"{portfolio.currency} at {portfolio.price_base} prices"
    return Appraisal(
        initiative=owner.id,
        option=plan.id,
        discount_rate=rate,
        costs=MonthlySeries.of(portfolio.start, costs, unit),
        benefits=MonthlySeries.of(portfolio.start, benefits, unit),
        npv=money(npv(rate.monthly, net)),
        cost=money(costs.sum()),
        cost_pv=money(npv(rate.monthly, costs)),
        benefit=money(benefits.sum()),
        benefit_pv=money(npv(rate.monthly, benefits)),
        sunk=money(sunk_cost(portfolio, owner, plan)),
        irr=annual_irr,
        roi=roi(benefits, costs) if has_costs else None,
        bcr=bcr(rate.monthly, benefits, costs) if has_costs else None,
        payback_months=payback(net),
        discounted_payback_months=payback(net, rate=rate.monthly),
        warnings=(*benefit_gaps(owner, plan), *irr_warnings),
    )


def _annual_irr(net: Floats, plan_name: str) -> tuple[float | None, tuple[Finding, ...]]:
    """The yearly internal rate of monthly flows, or None and the reason."""
    try:
        return float(np.expm1(12 * np.log1p(irr(net)))), ()
    except AppraisalError as error:
        finding = Finding(
            Severity.NOTE,
            "irr.undefined",
            f"{plan_name} has no single internal rate of return: {error}",
            "Compare it by net present value.",
        )
        return None, (finding,)
