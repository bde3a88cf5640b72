"""What a forecast says beyond its totals: how likely the aims hold, what drives the value, what knowing more is worth.

Everything is read from the document of a run. Documents of older runs lack some parts: what they lack is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openvmo_web.common.charts import Chart, Column, Points, Swing, fan_chart, range_chart, tornado_chart, with_points
from openvmo_web.insight import words
from openvmo_web.insight.results import Document, financial_year
from openvmo_web.portfolio.models import Portfolio


@dataclass(frozen=True)
class Chance:
    """How likely something is, with the error of that figure; `share` is None where it does not arise."""

    label: str
    note: str
    share: float | None
    standard_error: float | None


@dataclass(frozen=True)
class Driver:
    """An uncertain input and what it does to a result.

    Args:
        initiative: code of the initiative that it belongs to; empty for what initiatives share.
        words: what the input is.
        url: of the initiative's forecast; empty without one.
        share: of the variance that would be gone if it were known.
        correlation: by rank, from -1 to 1.
        low: the result while the input is low (P10).
        high: the result while the input is high (P90).
    """

    initiative: str
    words: str
    url: str
    share: float | None
    correlation: float | None
    low: float | None
    high: float | None

    @property
    def name(self) -> str:
        """The input together with its initiative."""
        return named_input(self.words, self.initiative)


@dataclass(frozen=True)
class Knowledge:
    """What it is worth to know an input before deciding about its initiative."""

    initiative: str
    words: str
    url: str
    value: float
    standard_error: float | None


@dataclass(frozen=True)
class BudgetedYear:
    """What one financial year costs against its budget."""

    label: str
    budget: float | None
    mean: float
    low: float
    high: float
    within: Mapping[str, float] | None


@dataclass(frozen=True)
class Group:
    """What a programme, an objective or a driver of value comes to; None where the figure does not arise."""

    name: str
    npv: float | None
    npv_low: float | None
    npv_high: float | None
    cost: float | None
    benefit: float | None
    benefit_low: float | None
    benefit_high: float | None
    currency: str


def money_of(document: Document) -> str:
    """Return the format of the amounts of a document."""
    return f"money-short:{document['portfolio']['currency']}"


def chances_of(document: Document) -> list[Chance]:
    """Return how likely it is that the aims of the plans hold."""
    stated = document.get("probabilities") or {}
    return [
        Chance(str(label), str(note), found["share"] if found else None, found["standard_error"] if found else None)
        for key, (label, note) in words.CHANCES.items()
        if key in stated
        for found in (stated[key],)
    ]


def trajectory_of(document: Document) -> Chart:
    """Return the fan of cumulative net value, with what the plans state as a line."""
    plan = (document.get("plan") or {}).get("cumulative_net")
    return fan_with_plan(document["months"], document["fans"]["cumulative_net"], plan, format=money_of(document))


def fan_with_plan(
    months: Sequence[str], fan: Mapping[str, Sequence[float]], plan: Sequence[float] | None, *, format: str
) -> Chart:
    """Return a fan by month with the plan as a line, where there is one."""
    labels = {name: str(label) for name, label in words.FAN.items()}
    extra = {_("Plan as stated"): plan} if plan else None
    return fan_chart(months, fan, labels=labels, format=format, month_label=_("Month"), extra=extra)


def budgets_of(document: Document) -> list[BudgetedYear]:
    """Return the financial years that cost anything or have a budget."""
    first_month = document["portfolio"]["fiscal_year_start"]
    return [
        BudgetedYear(
            label=financial_year(row["year"], first_month),
            budget=row["budget"],
            mean=row["cost"]["mean"],
            low=row["cost"]["p10"],
            high=row["cost"]["p90"],
            within=row["within_budget"],
        )
        for row in document.get("budgets") or ()
        if row["budget"] is not None or row["cost"]["p90"] > 0
    ]


def budget_outlook(document: Document) -> Chart:
    """Return the cost of each financial year from P10 to P90 against its budget."""
    years, money = budgets_of(document), money_of(document)
    chart = range_chart(
        [year.label for year in years],
        [year.low for year in years],
        [year.high for year in years],
        labels=(_("Financial year"), _("Cost, P10"), _("Cost, P90")),
        name=_("Cost in 8 in 10 futures"),
        format=money,
    )
    points = [
        Points(_("Expected cost"), [year.mean for year in years], "accent"),
        Points(_("Budget"), [year.budget for year in years], "series-3", symbol="diamond", is_hollow=True),
    ]
    return with_points(chart, points, format=money)


def drivers_of(rows: Iterable[Mapping[str, Any]], portfolio: Portfolio, run: int) -> list[Driver]:
    """Return what drives a result; `run` is the key of the forecast that the rows come from."""
    return [
        Driver(
            initiative=row.get("initiative", ""),
            words=input_words(row),
            url=initiative_url(portfolio, run, row.get("initiative", "")),
            share=row["share_of_variance"],
            correlation=row["rank_correlation"],
            low=row["low"],
            high=row["high"],
        )
        for row in rows
    ]


def tornado_of(drivers: Sequence[Driver], mean: float, *, format: str) -> Chart:
    """Return how far the mean of a net present value moves with each of its drivers."""
    swings = [
        Swing(one.name, one.low, one.high, (one.share, one.correlation))
        for one in drivers
        if one.low is not None and one.high is not None
    ]
    return tornado_chart(
        swings,
        mean,
        labels=(_("Input"), _("Input low (P10)"), _("Input high (P90)")),
        format=format,
        more=(Column(_("Share of the variance"), "percent-whole"), Column(_("Rank correlation"), "number")),
    )


def information_of(document: Document, portfolio: Portfolio, run: int, *, initiative: str = "") -> list[Knowledge]:
    """Return what it is worth to know inputs before deciding, of all initiatives or of one."""
    return [
        Knowledge(
            initiative=row["initiative"],
            words=input_words(row),
            url=initiative_url(portfolio, run, row["initiative"]),
            value=row["evpi"],
            standard_error=row["standard_error"],
        )
        for row in document.get("information") or ()
        if not initiative or row["initiative"] == initiative
    ]


def groups_of(document: Document, kind: str) -> list[Group]:
    """Return the programmes, objectives or drivers of a forecast."""
    found = (document.get("groups") or {}).get(kind) or ()
    return [
        Group(
            name=row["name"] or row["id"] or _("None named"),
            npv=_part(row, "npv", "mean"),
            npv_low=_part(row, "npv", "p10"),
            npv_high=_part(row, "npv", "p90"),
            cost=_part(row, "cost", "mean"),
            benefit=_part(row, "benefit_pv", "mean"),
            benefit_low=_part(row, "benefit_pv", "p10"),
            benefit_high=_part(row, "benefit_pv", "p90"),
            currency=document["portfolio"]["currency"],
        )
        for row in found
    ]


def group_kinds(document: Document) -> list[str]:
    """Return by what a forecast is grouped: those kinds that have any row."""
    groups = document.get("groups") or {}
    return [kind for kind in words.GROUPS if groups.get(kind)]


def input_words(row: Mapping[str, Any]) -> str:
    """Return what an uncertain input is, in words."""
    kind, input = row["kind"], row["input"]
    if kind == "factor":
        shared, _space, name = input.partition(" ")
        return str(words.FACTORS.get(shared, words.FACTORS["factor"])) % {"name": name or input}
    if kind == "reference":
        return str(words.INPUTS[kind]) % {"name": str(words.DIMENSIONS.get(input, input)).lower()}
    return str(words.INPUTS.get(kind, "%(name)s")) % {"name": input}


def named_input(what: str, initiative: str) -> str:
    """Return an input together with the initiative that it belongs to."""
    return _("%(input)s, %(initiative)s") % {"input": what, "initiative": initiative} if initiative else what


def initiative_url(portfolio: Portfolio, run: int, initiative: str) -> str:
    """Return the address of one initiative's forecast within a run; empty for no initiative."""
    return reverse("insight:run-initiative", args=[portfolio.slug, run, initiative]) if initiative else ""


def _part(row: Mapping[str, Any], figure: str, measure: str) -> float | None:
    found: Mapping[str, float] | None = row.get(figure)
    return found[measure] if found else None
