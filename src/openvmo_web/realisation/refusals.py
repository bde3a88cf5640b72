"""Why a measurement cannot be recorded, in words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.rules import is_measurable, same_unit


@dataclass(frozen=True)
class Report:
    """What somebody states of a benefit in a month.

    Attributes:
        benefit: The benefit, with its initiative and portfolio.
        month: The month that was measured.
        value: In money or the benefit's unit: what the month brought, or where the measure stood.
        source: Where the figure comes from; empty keeps the source of the value in force, else the benefit's own.
        remark: What a reader should know of it.
        unit: The unit in which it was stated; empty for the benefit's own.
    """

    benefit: Benefit
    month: Month
    value: float
    source: str = ""
    remark: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why a report cannot be recorded: in which of its parts the reason lies, and what to do."""

    part: Literal["benefit", "month", "value", "unit"]
    sentence: str


@dataclass(frozen=True)
class Problem:
    """Why one of many reports cannot be recorded; ``place`` is its place among them, from 0."""

    place: int
    refusal: Refusal


class CannotReport(ValidationError):
    """Nothing was recorded; ``problems`` says which of the reports are wrong, and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__([problem.refusal.sentence for problem in problems])
        self.problems = problems


def report_refusal(report: Report, portfolio: Portfolio, today: date) -> Refusal | None:
    """Return why a report cannot be recorded; None when it can.

    Args:
        report: What is stated.
        portfolio: The portfolio of its benefit.
        today: Today.
    """
    benefit = report.benefit
    if not is_measurable(report.value):
        return Refusal("value", _("The value is not a number that can be kept: state one like 1250.5."))
    if not same_unit(report.unit, benefit.unit, portfolio.currency):
        units = {"stated": report.unit, "own": benefit.unit or portfolio.currency, "benefit": benefit}
        sentence = _("“%(benefit)s” is measured in %(own)s, not in %(stated)s: convert the value and state it again.")
        return Refusal("unit", sentence % units)
    return begun_refusal(report.month, today) or month_refusal(benefit, report.month, portfolio.closed_until)


def begun_refusal(month: Month, today: date) -> Refusal | None:
    """Return why nothing can be said of a month that is still to come; None when it has begun."""
    if month <= Month.of(today):
        return None
    sentence = _("%(month)s has not begun yet: report it when there is something to report.")
    return Refusal("month", sentence % {"month": month_words(month)})


def month_refusal(benefit: Benefit, month: Month, closed_until: date | None) -> Refusal | None:
    """Return why nothing can be said any more of a benefit in a month; None when it can.

    Args:
        benefit: The benefit.
        month: The month.
        closed_until: The last month of the portfolio that is closed; None when none is.
    """
    if benefit.state == "retired":
        sentence = _("“%(benefit)s” is retired: nothing more is measured.")
        return Refusal("benefit", sentence % {"benefit": benefit})
    if closed_until is not None and month <= Month.of(closed_until):
        sentence = _(
            "%(month)s is closed: its figures are final. Ask who closes the months to open it again if one is wrong."
        )
        return Refusal("month", sentence % {"month": month_words(month)})
    return None


def month_words(month: Month) -> str:
    """Return a month as people read it in a sentence: January 2026."""
    return date_format(month.first_day, "F Y")
