"""What the current plan of an initiative is worth as planned: every measure, with how it is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openvmo.engine import model
from openvmo_web.common.widgets import Finding
from openvmo_web.insight.results import SEVERITIES
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.reports.analysis import Appraisal, plan_appraisal

Text = str | Promise


@dataclass(frozen=True)
class Measure:
    """A measure in the words of the page.

    Args:
        name: what people call it.
        formula: how it is worked out.
        caution: when it misleads.
        format: code of the format in which its value is written; None writes money in the portfolio's currency.
        unit: what follows the value.
    """

    name: Text
    formula: Text
    caution: Text
    format: str | None = None
    unit: Text = ""


MEASURES: Mapping[str, Measure] = {
    "npv": Measure(
        _("Net present value"),
        _(
            "Benefits less costs, each month discounted to the valuation month: the sum of "
            "(benefit - cost) / (1 + rate)^(months / 12)."
        ),
        _("Benefits without an agreed value are not in it. The forecast gives its spread."),
    ),
    "irr": Measure(
        _("Internal rate of return"),
        _("The discount rate a year at which the net present value is nought."),
        _("There may be none, or several; then none is shown. It does not tell size."),
        "percent",
        _("a year"),
    ),
    "mirr": Measure(
        _("Modified internal rate of return"),
        _(
            "The rate a year that turns all money out, discounted to the first month in which money moves, into all "
            "money in, grown to the last; both at the discount rate."
        ),
        _("It depends on the discount rate and on how long the plan lasts."),
        "percent",
        _("a year"),
    ),
    "roi": Measure(
        _("Return on investment"),
        _("Benefits less costs, divided by the costs; not discounted."),
        _("It ignores when money moves."),
        "percent",
    ),
    "bcr": Measure(
        _("Benefit-cost ratio"),
        _("Present value of benefits divided by the present value of forward costs."),
        _("A small initiative with a high ratio may be worth less than a large one with a low ratio."),
        "number",
    ),
    "value_for_money": Measure(
        _("Value for money"),
        _(
            "The category of the benefit-cost ratio: very poor below 0, poor from 0, low from 1, medium from 1.5, high "
            "from 2, very high from 4. Source: Department for Transport."
        ),
        _("It is where a judgement begins: benefits without an agreed value are not in the ratio."),
        "text",
    ),
    "profitability_index": Measure(
        _("Profitability index"),
        _("Present value of benefits less running costs, divided by the present value of capital costs."),
        _("Without capital costs there is none. It ranks rightly only while one kind of money is scarce."),
        "number",
    ),
    "payback": Measure(
        _("Payback"),
        _("Months from the valuation month until the running total of benefits less costs first reaches nought."),
        _("It ignores all that comes later."),
        "number",
        _("months"),
    ),
    "discounted_payback": Measure(
        _("Discounted payback"),
        _("The same with present values."),
        _("It ignores all that comes later."),
        "number",
        _("months"),
    ),
    "equivalent_annuity": Measure(
        _("Equivalent annual annuity"),
        _(
            "The even amount a year, paid month by month until the last month in which money moves, that is worth as "
            "much as the net present value."
        ),
        _("It compares fairly only what can be repeated on the same terms."),
        unit=_("a year"),
    ),
    "cost_of_delay": Measure(
        _("Cost of a month of delay"),
        _("The net present value less what it would be if all that is still ahead happened a month later."),
        _("It takes the end of the portfolio's horizon as fixed. Below nought, waiting gains."),
    ),
    "wsjf": Measure(
        _("Weighted shortest job first"),
        _("Cost of a month of delay divided by the months of work still ahead: the higher, the sooner to begin."),
        _("It orders work that waits for the same people; it does not say whether work is worth its money."),
        unit=_("a month of work"),
    ),
}
"""In the order of the library's figures; a test holds the two together."""

CATEGORIES = {
    "Very poor": _("Very poor"),
    "Poor": _("Poor"),
    "Low": _("Low"),
    "Medium": _("Medium"),
    "High": _("High"),
    "Very high": _("Very high"),
}


@dataclass(frozen=True)
class MeasureLine:
    """A measure with the value that the current plan has, and the code of the format in which it is written."""

    key: str
    measure: Measure
    value: Any
    format: str


@dataclass(frozen=True)
class PlanWorth:
    """What the current plan is worth as planned, the money that it rests on, and what to know of it."""

    lines: tuple[MeasureLine, ...]
    appraisal: Appraisal
    findings: tuple[Finding, ...]
    start: str
    rate: float


def plan_worth(portfolio: Portfolio, initiative: model.Initiative, at: datetime) -> PlanWorth | None:
    """Return what the current plan of an initiative is worth; None while it has no plan with money still ahead.

    Args:
        portfolio: the portfolio, which frames the appraisal.
        initiative: one of its initiatives, as known at the moment.
        at: the moment.
    """
    appraisal = plan_appraisal(portfolio, initiative, at)
    if appraisal is None:
        return None
    lines = tuple(_line(portfolio.currency, figure.measure, figure.value) for figure in appraisal.figures())
    findings = tuple(
        Finding(SEVERITIES[warning.severity], "", warning.problem, warning.remedy)  # type: ignore[arg-type]
        for warning in appraisal.warnings
    )
    return PlanWorth(lines, appraisal, findings, str(appraisal.costs.start), portfolio.discount_rate)


def _line(currency: str, key: str, value: float | str | None) -> MeasureLine:
    measure = MEASURES[key]
    shown = CATEGORIES[value] if isinstance(value, str) else value
    return MeasureLine(key, measure, shown, measure.format or f"money-short:{currency}")
