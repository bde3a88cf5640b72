"""The statement of an owner: what was promised, what came. The rules: docs/measures/value/statement.md.

Figures come from plans, baselines and measurements as known at a moment, by the formulas of the benefits' standings;
for today and to date the two are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine.model.kinds import BenefitClass
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits import words as benefit_words
from openvmo_web.benefits.history import BENEFIT, benefits_as_known
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.common.charts import Chart, line_chart
from openvmo_web.common.fields import label_of
from openvmo_web.common.widgets import Status
from openvmo_web.insight.results import financial_year
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.analysis import Course, courses_known
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.rules import last_full_month, stand_of
from openvmo_web.reports.analysis import cumulative, known_sum
from openvmo_web.reports.coverage_rows import STATES


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

    def holds(self, month: Month) -> bool:
        """Return whether a month that is over belongs to the period."""
        return (self.first is None or month >= self.first) and month <= self.last


@dataclass(frozen=True)
class Figures:
    """Money of a period, dis-benefits negative; None where nothing is known."""

    planned: float | None
    forecast: float | None
    realised: float | None
    verified: float | None

    @property
    def share(self) -> float | None:
        """What was realised as a share of what was planned; None where nothing was planned or realised."""
        return self.realised / self.planned if self.realised is not None and self.planned else None

    @classmethod
    def sum_of(cls, several: Iterable[Figures]) -> Figures:
        """Return the sums of what is known."""
        listed = list(several)
        return cls(
            planned=known_sum(one.planned for one in listed),
            forecast=known_sum(one.forecast for one in listed),
            realised=known_sum(one.realised for one in listed),
            verified=known_sum(one.verified for one in listed),
        )


@dataclass(frozen=True)
class BenefitLine:
    """One benefit of a statement."""

    course: Course
    initiative: Initiative
    figures: Figures

    @property
    def benefit(self) -> Benefit:
        """The benefit as it was known."""
        return self.course.row

    @property
    def kind(self) -> str:
        """The class of the benefit in words."""
        return label_of(benefit_words.CLASSES, self.benefit.kind)

    @property
    def is_in_money(self) -> bool:
        """Whether the benefit has a value in money."""
        return self.course.factor is not None


@dataclass(frozen=True)
class Group:
    """The benefits of one class, or the dis-benefits, with their sum."""

    label: str
    lines: Sequence[BenefitLine]
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
    """What an owner answers for, as known at a moment; money in the portfolio's currency at its price base."""

    portfolio: Portfolio
    owner: User
    period: Period
    at: datetime
    lines: Sequence[BenefitLine]
    asked: Sequence[Asked]
    contested: Sequence[Contested]

    @cached_property
    def groups(self) -> list[Group]:
        """Cashable gains first, then each other class by itself, then dis-benefits; empty ones are left out."""
        groups = [
            _group(label_of(benefit_words.CLASSES, kind), self.lines, partial(_is_gain, kind=kind))
            for kind in BenefitClass
        ]
        worse = _group(_("Dis-benefits"), self.lines, lambda one: one.is_disbenefit)
        return [group for group in (*groups, worse) if group.lines]

    @property
    def cashable(self) -> Figures:
        """The sum of cashable gains less cashable dis-benefits."""
        return Figures.sum_of(line.figures for line in self.lines if line.benefit.kind == BenefitClass.CASHABLE)

    @property
    def together(self) -> Figures:
        """The sum of everything that has a value in money, whatever its class."""
        return Figures.sum_of(line.figures for line in self.lines)

    @property
    def unvalued(self) -> int:
        """How many benefits have no value in money and are in no sum."""
        return sum(not line.is_in_money for line in self.lines)

    @property
    def without_baseline(self) -> int:
        """For how many benefits the plan in force stands in for a baseline."""
        return sum(not line.course.has_baseline for line in self.lines)

    def arriving(self) -> Chart:
        """Draw planned, forecast, realised and verified, added up from the first month of the period."""
        valued = [line.course for line in self.lines if line.is_in_money]
        starts = [month for course in valued for month in _begins(course)]
        first = self.period.first or min(starts, default=self.period.last)
        months = [first + offset for offset in range(max(self.period.ahead - first + 1, 0))]
        return line_chart(
            [str(month) for month in months] if starts else [],
            {
                name: cumulative(_sum_in(valued, month, of) for month in months) if starts else []
                for name, of in (
                    (_("Planned"), _planned),
                    (_("Forecast"), _forecast),
                    (_("Realised"), _realised),
                    (_("Verified"), _verified),
                )
            },
            format=f"money-short:{self.portfolio.currency}",
            category_format="month",
            category_label=_("Month"),
            dashed=(_("Planned"), _("Forecast")),
        )


def statement_of(viewer: User, portfolio: Portfolio, owner: User, period: Period, at: datetime) -> Statement:
    """Return the statement of an owner in a portfolio that the viewer was shown, as known at a moment."""
    courses = courses_known(_owned(viewer, portfolio, owner, at), at, ahead=period.ahead)
    lines = [BenefitLine(course, course.row.initiative, figures_of(course, period)) for course in courses]
    lines.sort(key=lambda line: (-abs(line.figures.planned or 0.0), line.benefit.name, line.benefit.pk))
    benefits = {line.benefit.pk: line.benefit for line in lines}
    return Statement(
        portfolio=portfolio,
        owner=owner,
        period=period,
        at=at,
        lines=lines,
        asked=_asked(benefits, at),
        contested=_contested(benefits, at),
    )


def figures_of(course: Course, period: Period) -> Figures:
    """Return the figures of a benefit for a period."""
    months = [month for month in _months_of(course) if period.holds(month)]
    measured = course.factor is not None and any(period.holds(month) for month in course.gained)
    return Figures(
        planned=known_sum(_planned(course, month) for month in months) if course.planned else None,
        forecast=known_sum(_forecast(course, month) for month in months) if course.forecast else None,
        realised=known_sum(_realised(course, month) for month in months) if measured else None,
        verified=known_sum(_verified(course, month) or 0.0 for month in months) if measured else None,
    )


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


def _owned(viewer: User, portfolio: Portfolio, owner: User, at: datetime) -> list[Benefit]:
    """The benefits that were an owner's at a moment, in work that is funded, with their initiatives of today."""
    changed_since = AuditEntry.objects.filter(
        portfolio_id=portfolio.pk, kind=BENEFIT, at__gt=at, changes__has_key="owner"
    ).values_list("key", flat=True)
    may_be_owned = Q(owner=owner) | Q(pk__in=[int(key) for key in changed_since])
    rows = Benefit.objects.visible_to(viewer).filter(may_be_owned, initiative__portfolio=portfolio)
    initiatives = Initiative.objects.filter(portfolio=portfolio, benefits__in=rows).distinct()
    by_key = {row.pk: row for row in initiatives.select_related("portfolio").defer("description")}
    owned = [row for row in benefits_as_known(portfolio, rows.order_by("pk"), at) if row.owner_id == owner.pk]
    for row in owned:
        row.initiative = by_key[row.initiative_id]
    return [row for row in owned if row.initiative.state in STATES["funded"]]


def _asked(benefits: dict[int, Benefit], at: datetime) -> list[Asked]:
    """The measurements that were due and had not come; one that was waived since is not asked for."""
    today = timezone.localdate(at)
    unanswered = Q(answered_at=None) | Q(answered_at__gt=at)
    rows = Request.objects.filter(unanswered, benefit__in=benefits, opened_at__lte=at, due_on__lt=today)
    return [
        Asked(benefits[row.benefit_id], row.month, row.due_on, _late(row, benefits[row.benefit_id], today))
        for row in rows.exclude(state="waived").order_by("due_on", "pk")
    ]


def _late(row: Request, benefit: Benefit, today: date) -> Status:
    stand = stand_of("open", benefit.frequency, row.due_on, today)
    return Status(_("Missing"), "critical") if stand == "missing" else Status(_("Late"), "caution", "clock")


def _contested(benefits: dict[int, Benefit], at: datetime) -> list[Contested]:
    in_force = Q(superseded_by=None) | Q(superseded_by__recorded_at__gt=at)
    rows: QuerySet[Measurement] = Measurement.objects.filter(
        in_force, benefit__in=benefits, is_contested=True, recorded_at__lte=at
    )
    return [Contested(benefits[row.benefit_id], row.month, row.remark) for row in rows.order_by("month", "pk")]


def _group(label: str, lines: Sequence[BenefitLine], belongs: Callable[[Benefit], bool]) -> Group:
    chosen = [line for line in lines if belongs(line.benefit)]
    return Group(label, chosen, Figures.sum_of(line.figures for line in chosen))


def _is_gain(benefit: Benefit, kind: BenefitClass) -> bool:
    return benefit.kind == kind and not benefit.is_disbenefit


def _months_of(course: Course) -> list[Month]:
    """All months of which anything is expected or known."""
    expected = {
        plan.first + offset for plan in (course.planned, course.forecast) if plan for offset in range(len(plan.gains))
    }
    return sorted(expected | set(course.gained))


def _begins(course: Course) -> list[Month]:
    """The months in which a benefit is first expected or measured."""
    plans = [plan.first for plan in (course.planned, course.forecast) if plan and plan.gains]
    return [*plans, *sorted(course.gained)[:1]]


def _planned(course: Course, month: Month) -> float | None:
    return None if course.planned is None else _money(course, course.planned.of(month))


def _forecast(course: Course, month: Month) -> float | None:
    return None if course.forecast is None else _money(course, course.forecast.of(month))


def _realised(course: Course, month: Month) -> float | None:
    gained = course.gained.get(month)
    return None if gained is None else _money(course, gained.gain)


def _verified(course: Course, month: Month) -> float | None:
    gained = course.gained.get(month)
    return None if gained is None or not gained.is_verified else _money(course, gained.gain)


def _money(course: Course, value: float) -> float | None:
    return None if course.factor is None else value * course.factor


def _sum_in(courses: Iterable[Course], month: Month, of: Callable[[Course, Month], float | None]) -> float | None:
    return known_sum(of(course, month) for course in courses)
