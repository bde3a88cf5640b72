"""What a forecast says about one initiative or one benefit, read from the document of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openvmo.engine.reference import reference_classes
from openvmo_web.common.charts import Chart
from openvmo_web.insight.outlook import fan_with_plan, money_of
from openvmo_web.insight.results import Document, Interval, Spread, interval_of
from openvmo_web.portfolio.models import Portfolio

# An uncertain amount of this size is read in whole units.
WHOLE_FROM = 100


@dataclass(frozen=True)
class View:
    """One figure by one view: its middle, its range from P10 to P90, and the bar of it; months have no bar."""

    middle: float | str
    low: float | str
    high: float | str
    interval: Interval | None = None


@dataclass(frozen=True)
class Compared:
    """One figure by the inside and the outside view; `inside` is None where a run did not keep it."""

    label: str
    formula: str
    format: str
    inside: View | None
    outside: View


@dataclass(frozen=True)
class BenefitLine:
    """What a forecast says of a benefit, in its own unit and, where a value per unit was agreed, in money."""

    name: str
    url: str
    unit: str
    annual_format: str
    total_format: str
    annual: Spread
    total: Spread
    money: Spread | None


def plan_of(document: Document, initiative: str) -> Mapping[str, Any] | None:
    """Return what a forecast says of an initiative's current plan; None when it says nothing of it."""
    return next((row for row in options_of(document, initiative) if row["is_current"]), None)


def options_of(document: Document, initiative: str) -> list[Mapping[str, Any]]:
    """Return what a forecast says of each option of an initiative, the current plan first."""
    return [row for row in document["alternatives"] if row["initiative"] == initiative]


def views_of(document: Document, plan: Mapping[str, Any]) -> list[Compared]:
    """Return value, cost and go-live of a plan by its own figures and as such work turned out."""
    inside, money = plan.get("inside"), money_of(document)
    figures = ((_("Net present value"), "npv"), (_("Forward cost"), "cost"))
    return [
        *(_money_views(label, name, money, inside and inside[name], plan[name]) for label, name in figures),
        Compared(
            label=_("Go-live"),
            formula="range",
            format="month",
            inside=_months(inside["go_live"]) if inside else None,
            outside=_months(plan["go_live"]),
        ),
    ]


def differs(compared: Sequence[Compared]) -> bool:
    """Return whether the outside view says anything else than the inside view."""
    return any(row.inside is not None and _figures(row.inside) != _figures(row.outside) for row in compared)


def class_name(plan: Mapping[str, Any]) -> str:
    """Return the name of the reference class that a plan names; its id where it is nobody's published one."""
    key: str = plan.get("reference_class") or ""
    return reference_classes()[key].name if key in reference_classes() else key


def trajectory_of_plan(document: Document, plan: Mapping[str, Any]) -> Chart | None:
    """Return the cumulative net value of an initiative's plan as a fan; None when the run did not keep it."""
    fan = plan.get("fan")
    return fan_with_plan(document["months"], fan, fan["planned"], format=money_of(document)) if fan else None


def benefits_of(
    document: Document, portfolio: Portfolio, run: int, initiative: str, keys: Mapping[str, int]
) -> list[BenefitLine]:
    """Return what a forecast says of the benefits of an initiative; `keys` are those of the stored ones, by code."""
    return [
        BenefitLine(
            name=row["name"] or row["benefit"],
            url=_benefit_url(portfolio, run, keys.get(row["benefit"])),
            unit=row["unit"],
            annual_format=benefit_format(document, row, "annual"),
            total_format=benefit_format(document, row, "total"),
            annual=row["annual"],
            total=row["total"],
            money=row["money"] if row["unit"] else None,
        )
        for row in document.get("benefits") or ()
        if row["initiative"] == initiative
    ]


def benefit_row(document: Document, initiative: str, benefit: str) -> Mapping[str, Any] | None:
    """Return what a forecast says of one benefit; None when it says nothing of it."""
    rows: Sequence[Mapping[str, Any]] = document.get("benefits") or ()
    return next((row for row in rows if (row["initiative"], row["benefit"]) == (initiative, benefit)), None)


def benefit_format(document: Document, row: Mapping[str, Any], figure: str) -> str:
    """Return the format of a benefit's "annual" or "total" figure: money, or a number as exact as it is worth."""
    if not row["unit"]:
        return money_of(document)
    return "integer" if abs(row[figure]["mean"]) >= WHOLE_FROM else "number"


def trajectory_of_benefit(document: Document, row: Mapping[str, Any]) -> Chart:
    """Return what a benefit brings each month as a fan, with what its plan states as a line."""
    format = "number-short" if row["unit"] else money_of(document)
    return fan_with_plan(document["months"], row["fan"], row["planned"], format=format)


def _benefit_url(portfolio: Portfolio, run: int, key: int | None) -> str:
    return reverse("insight:run-benefit", args=[portfolio.slug, run, key]) if key else ""


def _money_views(label: str, name: str, money: str, inside: Spread | None, outside: Spread) -> Compared:
    """Both views of an amount on one scale."""
    ends = [spread[end] for spread in (inside, outside) if spread for end in ("p10", "p90", "mean")]
    low, high = min(ends), max(ends)
    return Compared(
        label=label,
        formula=name,
        format=money,
        inside=_amounts(inside, low, high) if inside else None,
        outside=_amounts(outside, low, high),
    )


def _amounts(spread: Spread, low: float, high: float) -> View:
    return View(spread["mean"], spread["p10"], spread["p90"], interval_of(spread, low, high))


def _months(go_live: Mapping[str, str]) -> View:
    return View(go_live["p50"], go_live["p10"], go_live["p90"])


def _figures(view: View) -> tuple[float | str, ...]:
    return (view.middle, view.low, view.high)
