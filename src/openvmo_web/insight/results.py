"""A stored result as a page shows it: charts, rows and reasons, read from the document and computed nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from openvmo_web.common import formats
from openvmo_web.common.charts import Chart, bar_chart, fan_chart, histogram
from openvmo_web.common.widgets import Finding
from openvmo_web.insight import words

Document = Mapping[str, Any]
Spread = Mapping[str, float]

MOST_COMPARED = 12
SEVERITIES = {"error": "error", "warning": "warning", "note": "info"}


@dataclass(frozen=True)
class Interval:
    """A range from P10 to P90 with its mean, as shares of the widest range in the list: what a small bar draws."""

    low: float
    high: float
    mean: float
    zero: float | None

    @property
    def width(self) -> float:
        """Length of the bar; a certain figure still shows as a hair."""
        return max(self.high - self.low, 0.5)


@dataclass(frozen=True)
class Alternative:
    """One option of one initiative in a forecast: a row of the table."""

    initiative: str
    initiative_name: str
    programme: str
    unit: str
    option_name: str
    is_current: bool
    npv: float
    npv_p10: float
    npv_p90: float
    cost: float
    benefit: float
    probability_of_loss: float
    bcr: float | None
    go_live: str
    go_live_planned: str
    sunk: float
    interval: Interval
    currency: str


@dataclass(frozen=True)
class Chosen:
    """What a choice says about one initiative: a row of the table."""

    initiative: str
    initiative_name: str
    programme: str
    is_in: bool
    option_name: str
    value: float | None
    cost: float | None
    reason: str
    regret: float | None
    threshold: float | None
    currency: str


@dataclass(frozen=True)
class BudgetYear:
    """What a choice makes of one financial year's money."""

    label: str
    available: float | None
    demand: float | None
    used: float
    slack: float | None
    shadow_price: float | None

    @property
    def is_binding(self) -> bool:
        """Whether more money in this year would be worth something."""
        return bool(self.shadow_price and self.shadow_price > 0)


def basis_of(document: Document) -> str:
    """Return what every amount of a result is stated in."""
    portfolio, locale = document["portfolio"], formats.current_locale()
    return _("%(currency)s at %(price_base)s prices, discounted at %(rate)s a year to %(start)s") % {
        "currency": portfolio["currency"],
        "price_base": portfolio["price_base"],
        "rate": formats.percent(portfolio["discount_rate"], locale),
        "start": formats.month(portfolio["start"], locale),
    }


def fan_of(document: Document, which: str) -> Chart:
    """Return the months of a result as a fan: "cost", "benefit" or "cumulative_net"."""
    labels = {name: str(label) for name, label in words.FAN.items()}
    money = f"money-short:{document['portfolio']['currency']}"
    return fan_chart(document["months"], document["fans"][which], labels=labels, format=money, month_label=_("Month"))


def npv_histogram(document: Document) -> Chart:
    """Return how the simulated futures spread over the portfolio's net present value."""
    bins, npv = document["histogram"]["npv"], document["totals"]["npv"]
    marks = {_("P10"): npv["p10"], _("Mean"): npv["mean"], _("P90"): npv["p90"]}
    labels = (_("From"), _("To"), _("Futures"))
    money = f"money-short:{document['portfolio']['currency']}"
    return histogram(bins["edges"], bins["counts"], format=money, labels=labels, marks=marks)


def views_compared(document: Document) -> Chart:
    """Return the plans whose worth differs most between the inside and the outside view."""
    current = [row for row in document["alternatives"] if row["is_current"] and row.get("inside")]
    widest = sorted(current, key=lambda row: -abs(_mean(row["inside"]["npv"]) - row["npv"]["mean"]))
    shown = [row for row in islice(widest, MOST_COMPARED) if _mean(row["inside"]["npv"]) != row["npv"]["mean"]]
    series = {
        _("Inside view: the plan's own figures"): [_mean(row["inside"]["npv"]) for row in shown],
        _("Outside view: as such work turned out"): [row["npv"]["mean"] for row in shown],
    }
    money = f"money-short:{document['portfolio']['currency']}"
    names = [row["initiative_name"] for row in shown]
    return bar_chart(names, series, format=money, category_label=_("Initiative"), horizontal=True)


def budget_chart(document: Document) -> Chart:
    """Return the money available and used in each financial year of a choice."""
    years = budget_years(document)
    series: dict[str, Sequence[float | None]] = {
        _("Available"): [year.available for year in years],
        _("Wanted by all"): [year.demand for year in years],
        _("Used by the choice"): [year.used for year in years],
    }
    money = f"money-short:{document['portfolio']['currency']}"
    return bar_chart([year.label for year in years], series, format=money, category_label=_("Financial year"))


def budget_years(document: Document) -> list[BudgetYear]:
    """Return the financial years of a choice."""
    first_month = document["portfolio"]["fiscal_year_start"]
    return [
        BudgetYear(
            label=financial_year(row["year"], first_month),
            available=row["available"],
            demand=row["demand"],
            used=row["used"],
            slack=row["slack"],
            shadow_price=row["shadow_price"],
        )
        for row in document["budget"]
    ]


def financial_year(year: int, first_month: int) -> str:
    """Return a financial year by the calendar years that it touches: 2026, or 2026/27 if it does not start in January.

    >>> financial_year(2026, 1), financial_year(2026, 4), financial_year(2099, 4)
    ('2026', '2026/27', '2099/00')
    """
    return str(year) if first_month == 1 else f"{year}/{(year + 1) % 100:02d}"


def alternatives_of(document: Document) -> list[Alternative]:
    """Return all options of all initiatives in the order of the portfolio, each with its bar on one common scale."""
    rows = document["alternatives"]
    low = min((min(row["npv"]["p10"], row["npv"]["mean"]) for row in rows), default=0.0)
    high = max((max(row["npv"]["p90"], row["npv"]["mean"]) for row in rows), default=0.0)
    return [
        Alternative(
            initiative=row["initiative"],
            initiative_name=row["initiative_name"],
            programme=row["programme"],
            unit=row["unit"],
            option_name=row["option_name"] or row["option"],
            is_current=row["is_current"],
            npv=row["npv"]["mean"],
            npv_p10=row["npv"]["p10"],
            npv_p90=row["npv"]["p90"],
            cost=row["cost"]["mean"],
            benefit=row["benefit_pv"]["mean"],
            probability_of_loss=row["probability_of_loss"],
            bcr=row["bcr"],
            go_live=row["go_live"]["p50"],
            go_live_planned=row["go_live"]["planned"],
            sunk=row["sunk"],
            interval=interval_of(row["npv"], low, high),
            currency=document["portfolio"]["currency"],
        )
        for row in rows
    ]


def chosen_of(document: Document) -> list[Chosen]:
    """Return what a choice says about each initiative: the chosen ones first, each group by value."""
    rows = [
        Chosen(
            initiative=row["initiative"],
            initiative_name=row["initiative_name"],
            programme=row["programme"],
            is_in=row["is_in"],
            option_name=row["option_name"] or row["option"] or "",
            value=row["value"],
            cost=row["cost"],
            reason=row["reason"],
            regret=row["regret"],
            threshold=row["threshold"],
            currency=document["portfolio"]["currency"],
        )
        for row in document["initiatives"]
    ]
    return sorted(rows, key=lambda row: (not row.is_in, -(row.value or 0.0), row.initiative_name))


def matching(rows: Iterable[Any], text: str) -> list[Any]:
    """Return the rows whose initiative, programme, option or unit contains a text, in any case."""
    wanted = text.casefold().strip()
    fields = ("initiative", "initiative_name", "programme", "option_name", "unit")
    return [row for row in rows if any(wanted in str(getattr(row, field, "")).casefold() for field in fields)]


def findings_of(document: Document) -> list[Finding]:
    """Return what a reader of the result should know, gravest first."""
    order = list(SEVERITIES)
    found = sorted(document["findings"], key=lambda finding: order.index(finding["severity"]))
    return [
        Finding(
            SEVERITIES[finding["severity"]],  # type: ignore[arg-type]
            ", ".join(str(finding[part]) for part in ("sheet", "row", "column") if finding.get(part)),
            finding["problem"],
            finding["remedy"],
        )
        for finding in found
    ]


def interval_of(spread: Spread, low: float, high: float) -> Interval:
    """Return the bar of a distribution on a scale from low to high."""
    span = (high - low) or 1.0

    def place(value: float) -> float:
        return round(100 * (value - low) / span, 2)

    zero = place(0.0) if low < 0 < high else None
    return Interval(place(spread["p10"]), place(spread["p90"]), place(spread["mean"]), zero)


def _mean(value: float | Spread) -> float:
    return value["mean"] if isinstance(value, Mapping) else value
