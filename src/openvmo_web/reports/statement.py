"""The statement of an owner: what was promised, what came. The rules: docs/measures/value/statement.md.

Figures come from plans, baselines and measurements as known at a moment, by the formulas of the benefits' standings;
for today and to date the two are the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine.model.kinds import BenefitClass
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits import words as benefit_words
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.charts import Chart, line_chart
from openvmo_web.common.fields import label_of
from openvmo_web.common.widgets import Status
from openvmo_web.insight.results import financial_year
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.amounts import Amounts, share_of, sum_of
from openvmo_web.realisation.rules import last_full_month
from openvmo_web.reports.analysis import cumulative


@dataclass(frozen=True)
class Period:
    """The months that a statement is about; `first` is None for everything to date.

    Args:
        word: The period as addresses name it: empty for to date, else the year in which the financial year starts.
        label: The period for people.
        first: Its first month.
        last: Its last month that is over.
        ahead: The last month for which the chart draws the plans.
    """

    word: str
    label: str
    first: Month | None
    last: Month
    ahead: Month


@dataclass(frozen=True)
class Figures:
    """Money of a period, dis-benefits negative; None where nothing is known."""

    planned: float | None
    forecast: float | None
    realised: float | None
    verified: float | None

    @property
    def share(self) -> float | None:
        """What was realised as a share of what was planned; None where there is none."""
        return share_of(self.realised, self.planned)

    @classmethod
    def of(cls, amounts: Amounts, period: Period) -> Figures:
        """Return what amounts come to in a period."""
        return cls(*amounts.totals(period.first, period.last))


@dataclass(frozen=True)
class Held:
    """One benefit as far as sums need it.

    Args:
        pk: Its key.
        name: Its name.
        kind: Its class.
        is_disbenefit: Whether it is a loss.
        has_baseline: Whether it has a baseline; without one the plan in force stands in for it.
        is_in_money: Whether it has a value in money.
        amounts: What each month was to bring and brought.
    """

    pk: int
    name: str
    kind: str
    is_disbenefit: bool
    has_baseline: bool
    is_in_money: bool
    amounts: Amounts


@dataclass(frozen=True)
class BenefitLine:
    """One benefit of a statement, with the row that was known of it."""

    held: Held
    benefit: Benefit
    initiative: Initiative
    figures: Figures

    @property
    def kind(self) -> str:
        """The class of the benefit in words."""
        return label_of(benefit_words.CLASSES, self.benefit.kind)


@dataclass(frozen=True)
class ClassSum:
    """The benefits of one class, gains or dis-benefits, added up."""

    kind: str
    is_disbenefit: bool
    benefits: int
    unvalued: int
    without_baseline: int
    amounts: Amounts

    @classmethod
    def of(cls, held: Sequence[Held]) -> ClassSum:
        """Add up some benefits, at least one, of the same class."""
        return cls(
            kind=held[0].kind,
            is_disbenefit=held[0].is_disbenefit,
            benefits=len(held),
            unvalued=sum(not one.is_in_money for one in held),
            without_baseline=sum(not one.has_baseline for one in held),
            amounts=sum_of(one.amounts for one in held),
        )

    def plus(self, other: ClassSum) -> ClassSum:
        """Return this sum with more benefits of the same class in it."""
        return replace(
            self,
            benefits=self.benefits + other.benefits,
            unvalued=self.unvalued + other.unvalued,
            without_baseline=self.without_baseline + other.without_baseline,
            amounts=sum_of((self.amounts, other.amounts)),
        )


Sums = Mapping[tuple[str, bool], ClassSum]


@dataclass(frozen=True)
class Group:
    """What the benefits of one class, or the dis-benefits, come to."""

    label: str
    benefits: int
    total: Figures


@dataclass(frozen=True)
class Asked:
    """A measurement that is due and has not come."""

    benefit: Benefit
    month: date
    due_on: date
    status: Status


@dataclass(frozen=True)
class Contested:
    """A measurement that another person contests."""

    benefit: Benefit
    month: date
    remark: str


@dataclass(frozen=True)
class Statement:
    """What an owner, or the whole portfolio, answers for; money in the portfolio's currency at its price base.

    Args:
        portfolio: The portfolio.
        owner: The owner; None for all benefits of the portfolio.
        period: What it is about.
        at: As known when.
        sums: All its benefits, added up by class.
        lines: Benefits by themselves: all, or those of a page.
        asked: Measurements that have not come: all, or the first; and `asked_count` how many there are.
        contested: Contested measurements likewise.
    """

    portfolio: Portfolio
    owner: User | None
    period: Period
    at: datetime
    sums: Sums
    lines: Sequence[BenefitLine]
    asked: Sequence[Asked]
    asked_count: int
    contested: Sequence[Contested]
    contested_count: int

    @cached_property
    def groups(self) -> list[Group]:
        """Cashable gains first, then each other class by itself, then dis-benefits; empty ones are left out."""
        gains = [
            self._total(label_of(benefit_words.CLASSES, kind), [self.sums[str(kind), False]])
            for kind in BenefitClass
            if (str(kind), False) in self.sums
        ]
        worse = [one for one in self.sums.values() if one.is_disbenefit]
        return [*gains, self._total(_("Dis-benefits"), worse)] if worse else gains

    def _total(self, label: str, sums: Sequence[ClassSum]) -> Group:
        return Group(label, sum(one.benefits for one in sums), self._figures(sums))

    def _figures(self, sums: Iterable[ClassSum]) -> Figures:
        return Figures.of(sum_of(one.amounts for one in sums), self.period)

    @cached_property
    def cashable(self) -> Figures:
        """The sum of cashable gains less cashable dis-benefits."""
        return self._figures(one for one in self.sums.values() if one.kind == BenefitClass.CASHABLE)

    @cached_property
    def together(self) -> Figures:
        """The sum of everything that has a value in money, whatever its class."""
        return self._figures(self.sums.values())

    @property
    def benefits(self) -> int:
        """How many benefits there are."""
        return sum(one.benefits for one in self.sums.values())

    @property
    def unvalued(self) -> int:
        """How many benefits have no value in money and are in no sum."""
        return sum(one.unvalued for one in self.sums.values())

    @property
    def without_baseline(self) -> int:
        """For how many benefits the plan in force stands in for a baseline."""
        return sum(one.without_baseline for one in self.sums.values())

    def arriving(self) -> Chart:
        """Draw planned, forecast, realised and verified, added up from the first month of the period."""
        amounts = sum_of(one.amounts for one in self.sums.values())
        first = self.period.first or amounts.first
        ahead = self.period.ahead - first + 1 if amounts.months else 0
        months = [first + offset for offset in range(max(ahead, 0))]
        names = (_("Planned"), _("Forecast"), _("Realised"), _("Verified"))
        return line_chart(
            [str(month) for month in months],
            {name: cumulative(amounts.of(row, month) for month in months) for row, name in enumerate(names)},
            format=f"money-short:{self.portfolio.currency}",
            category_format="month",
            category_label=_("Month"),
            dashed=(_("Planned"), _("Forecast")),
        )


def grouped(held: Iterable[Held]) -> dict[tuple[str, bool], ClassSum]:
    """Add up benefits by class, gains and dis-benefits each by themselves."""
    found: defaultdict[tuple[str, bool], list[Held]] = defaultdict(list)
    for one in held:
        found[one.kind, one.is_disbenefit].append(one)
    return {key: ClassSum.of(several) for key, several in found.items()}


def by_size(held: Iterable[Held], period: Period) -> list[Held]:
    """Return benefits with the largest plan first."""
    return sorted(held, key=lambda one: (-abs(Figures.of(one.amounts, period).planned or 0.0), one.name, one.pk))


def period_of(portfolio: Portfolio, word: str, at: datetime) -> Period:
    """Return the period that an address names, as of a moment.

    Raises:
        Http404: there is no such period, or it had not begun by then.
    """
    over = last_full_month(timezone.localdate(at))
    if not word:
        return Period("", _("To date"), None, over, over)
    periods = {period.word: period for period in periods_of(portfolio, at)}
    if word not in periods:
        raise Http404(
            _("“%(word)s” is no period: give the year in which a financial year starts, such as %(example)s.")
            % {"word": word, "example": over.fiscal_year(portfolio.fiscal_year_start)}
        )
    return periods[word]


def periods_of(portfolio: Portfolio, at: datetime) -> list[Period]:
    """Return everything to date and the financial years that have begun since the portfolio starts, newest first."""
    over = last_full_month(timezone.localdate(at))
    start = portfolio.fiscal_year_start
    newest = Month.of(timezone.localdate(at)).fiscal_year(start)
    oldest = min(Month.of(portfolio.starts).fiscal_year(start), newest) - _YEARS_BEFORE
    years = [_year(portfolio, year, over) for year in range(newest, oldest - 1, -1)]
    return [period_of(portfolio, "", at), *years]


# Some benefits arrive before the month in which the portfolio is valued.
_YEARS_BEFORE = 3


def _year(portfolio: Portfolio, year: int, over: Month) -> Period:
    first = Month(year, portfolio.fiscal_year_start)
    label = _("Financial year %(year)s") % {"year": financial_year(year, portfolio.fiscal_year_start)}
    return Period(str(year), label, first, min(first + 11, over), first + 11)
