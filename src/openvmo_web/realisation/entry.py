"""What the entry page asks: for which months a value is stated, and what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from openvmo.engine.model.kinds import Accrual
from openvmo.engine.quantities import Month
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.common.formats import current_locale
from openvmo_web.realisation.analysis import Outlook
from openvmo_web.realisation.refusals import Report, month_refusal, month_words
from openvmo_web.realisation.rules import last_full_month, period_end, period_months, split_evenly


@dataclass(frozen=True)
class Asked:
    """A period of a benefit for which one value is stated.

    Attributes:
        benefit: The benefit.
        months: The months that the value is for: of a level the month in which it was read.
        planned: What the value was planned to be; None when nothing says so.
    """

    benefit: Benefit
    months: tuple[Month, ...]
    planned: float | None

    @property
    def last(self) -> Month:
        """The month under which a level is recorded, and the last one of a period."""
        return self.months[-1]

    @property
    def question(self) -> str:
        """What is asked, in words."""
        if self.benefit.accrual == Accrual.LEVEL:
            values = {"measure": self.benefit.measure or self.benefit.name, "month": month_words(self.last)}
            return _("Where did “%(measure)s” stand in %(month)s?") % values
        return _("What did %(months)s bring?") % {"months": self.span}

    @property
    def span(self) -> str:
        """The months in words."""
        if len(self.months) == 1:
            return month_words(self.last)
        return _("%(first)s to %(last)s") % {"first": month_words(self.months[0]), "last": month_words(self.last)}

    def reports(self, value: float, present: Sequence[Measurement], *, source: str, remark: str) -> list[Report]:
        """Return what a stated value says of each month.

        A flow over several months is spread evenly over them. The value that is in force already leaves the figure of
        each month as it is, and says only where it comes from.

        Args:
            value: The value for the whole period.
            present: The measurements in force.
            source: Where the figure comes from.
            remark: What a reader should know of it.
        """
        parts = split_evenly(value, len(self.months)) if len(self.months) > 1 else (value,)
        if value == value_in_force(self, present):
            told = _by_month(present)
            parts = tuple(told[month] for month in self.months)
        return [
            Report(self.benefit, month, part, source, remark) for month, part in zip(self.months, parts, strict=True)
        ]


def month_by_default(benefit: Benefit, today: date) -> Month:
    """Return the last month of the newest period of a benefit that is over."""
    last = last_full_month(today)
    end = period_end(benefit.frequency, last, benefit.initiative.portfolio.fiscal_year_start)
    if end == last:
        return last
    start = period_months(benefit.frequency, last, benefit.initiative.portfolio.fiscal_year_start)[0]
    return start + -1


def asked_of(benefit: Benefit, month: Month, outlook: Outlook) -> Asked:
    """Return what is asked of a benefit for a month.

    A level is read in that month. A flow is asked for the whole period in which the month falls, without the months
    before the first one of effect and without those that are closed; for a month that is closed itself, the closed
    months of its period are what the page tells of.
    """
    if benefit.accrual == Accrual.LEVEL:
        return Asked(benefit, (month,), outlook.planned((month,)))
    portfolio = benefit.initiative.portfolio
    period = period_months(benefit.frequency, month, portfolio.fiscal_year_start)
    first = outlook.expected.first if outlook.expected else None
    in_effect = tuple(one for one in period if first is None or one >= first) or period
    is_open = {one: month_refusal(benefit, one, portfolio.closed_until) is None for one in period}
    months = tuple(one for one in in_effect if is_open[one] == is_open[month]) or in_effect
    return Asked(benefit, months, outlook.planned(months))


def value_in_force(asked: Asked, rows: Sequence[Measurement]) -> float | None:
    """Return the value that was stated for a period before; None unless each of its months has one."""
    told = _by_month(rows)
    if not all(month in told for month in asked.months):
        return None
    return round(sum(told[month] for month in asked.months), 6)


def _by_month(rows: Sequence[Measurement]) -> dict[Month, float]:
    return {Month.of(row.month): float(row.value) for row in rows}


def typed(value: float | None) -> str:
    """Return a value as one would type it, with the decimal sign of the language and no separators."""
    return "" if value is None else format_decimal(value, format="0.######", locale=current_locale())
