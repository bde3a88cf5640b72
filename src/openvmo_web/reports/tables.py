"""The tables of the composed pages, and the filters above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_tables2.data import TableData, TableListData

from openvmo_web.benefits import words as benefit_words
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.register import NOBODY
from openvmo_web.common.searching import words_in
from openvmo_web.common.tables import NUMBER_CELLS, FormatColumn, ListTable, with_note
from openvmo_web.common.templatetags.vmo import day, not_known, status, value_as_html
from openvmo_web.portfolio.models import Initiative, Portfolio, Programme
from openvmo_web.reports.coverage import Cell, Column, Coverage, Matrix
from openvmo_web.reports.coverage_page import WORK, Question
from openvmo_web.reports.coverage_rows import Work, parts_of, spending_of
from openvmo_web.reports.owners import By, Line, engagement
from openvmo_web.reports.statement import BenefitLine, Statement


class KnownFirst(TableListData):
    """Rows that are a list: what is not known stands last, whichever way a column is sorted."""

    data: list[Any]

    def order_by(self, aliases: Any) -> None:
        """Sort the rows by columns, the first of them last, so that equal ones keep the order of the others."""
        for alias in reversed(aliases):
            accessor = self.table.columns[alias.bare].accessor
            values: list[tuple[Any, Any]] = [(accessor.resolve(row, quiet=True), row) for row in self.data]
            known = [pair for pair in values if pair[0] is not None]
            known.sort(key=lambda pair: pair[0], reverse=alias.is_descending)
            self.data = [row for _value, row in known] + [row for value, row in values if value is None]


class OwnersFilter(django_filters.FilterSet):
    """The filters above the owners: which of the benefits count."""

    search = django_filters.CharFilter(method="search_in_names", label=gettext_lazy("Search owner"))
    programme = django_filters.ModelChoiceFilter(
        field_name="initiative__programme",
        queryset=Programme.objects.none(),
        label=gettext_lazy("Programme"),
        empty_label=gettext_lazy("All programmes"),
    )
    unit = django_filters.ChoiceFilter(
        field_name="initiative__unit", label=gettext_lazy("Unit"), empty_label=gettext_lazy("All units")
    )
    kind = django_filters.ChoiceFilter(
        choices=[(str(word), label) for word, label in benefit_words.CLASSES.items()],
        label=gettext_lazy("Class"),
        empty_label=gettext_lazy("All classes"),
    )
    work = django_filters.ChoiceFilter(
        choices=[*WORK.items()],
        method="within_work",
        label=gettext_lazy("Which work"),
        empty_label=gettext_lazy("Only what was funded"),
    )

    class Meta:
        model = Benefit
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, portfolio: Portfolio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["programme"].queryset = Programme.objects.filter(portfolio=portfolio)
        units = Initiative.objects.filter(portfolio=portfolio).exclude(unit="").order_by("unit")
        self.filters["unit"].extra["choices"] = [
            (unit, unit) for unit in units.values_list("unit", flat=True).distinct()
        ]

    def search_in_names(self, rows: QuerySet[Benefit], _name: str, text: str) -> QuerySet[Benefit]:
        """Keep the benefits in whose owner's name each word of the text occurs."""
        return rows.filter(words_in(text, "owner__name", "owner_name"))

    def within_work(self, rows: QuerySet[Benefit], _name: str, work: Work) -> QuerySet[Benefit]:
        """Keep the rows: the work was chosen with them."""
        return rows


class OwnersTable(ListTable):
    """Who owns how much value, and whether it came; money stands in the portfolio's currency."""

    caption = gettext_lazy("Owners of benefits")
    empty_help = gettext_lazy("Clear the filters to see all owners.")

    name = tables.Column(gettext_lazy("Owner"), accessor="sort_name", attrs={"td": {"class": "cell-name"}})
    promised = FormatColumn(gettext_lazy("Promised a year"))
    planned = FormatColumn(gettext_lazy("Planned to date"))
    realised = FormatColumn(gettext_lazy("Realised"))
    share = FormatColumn(gettext_lazy("Of plan"), accessor="realised_share", format="percent-whole")
    verified = FormatColumn(gettext_lazy("Verified"))
    on_time = FormatColumn(gettext_lazy("On time"), accessor="on_time_share", format="percent-whole")
    missing = FormatColumn(gettext_lazy("Missing"), format="integer")
    decaying = FormatColumn(gettext_lazy("Decaying"), format="integer")
    trend = tables.Column(gettext_lazy("Trend"), default=not_known)
    active_at = tables.Column(gettext_lazy("Last activity"), accessor="tended_at", empty_values=())

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("No owner matches")

    def __init__(self, lines: list[Line], *, portfolio: Portfolio, by: By, at: datetime, **kwargs: Any) -> None:
        """Build the table.

        Args:
            lines: The rows, before they are sorted and cut into pages.
            portfolio: The portfolio.
            by: Whether the rows are owners or units.
            at: Now.
            kwargs: As django-tables2 takes them.
        """
        super().__init__(KnownFirst(lines), **kwargs)
        self.portfolio, self.by, self.at = portfolio, by, at
        self.money = f"money-short:{portfolio.currency}"
        self.columns["name"].column.verbose_name = _("Owner") if by == "owner" else _("Unit")

    def render_name(self, record: Line) -> SafeString:
        """The name, which leads to the statement of a person, or to the benefits; and how many there are."""
        number = ngettext("%(count)d benefit", "%(count)d benefits", record.benefits) % {"count": record.benefits}
        if self.by == "unit":
            return with_note(record.name or _("No unit stated"), number)
        address, name, remark = self._holder(record)
        return with_note(format_html('<a href="{}">{}</a>', address, name), " · ".join(filter(None, (number, remark))))

    def _holder(self, record: Line) -> tuple[str, str, str]:
        """Where the name of an owner leads, the name, and what is to be known of it."""
        slug = self.portfolio.slug
        if record.owner is not None:
            remark = "" if record.is_active else _("may no longer sign in")
            return reverse("reports:statement", args=[slug, record.owner]), record.name, remark
        register = f"{reverse('benefits:register', args=[slug])}?{urlencode({'owner': record.name or NOBODY})}"
        return register, record.name or _("Nobody"), _("no account") if record.name else ""

    def render_promised(self, record: Line, value: Any) -> SafeString:
        """What was promised, with the cashable part."""
        return with_note(self._amount(value), _("cashable {}"), self._amount(record.promised_cashable))

    def render_planned(self, record: Line, value: Any) -> SafeString:
        """What was planned to date, with what is forecast for the same months."""
        return with_note(self._amount(value), _("forecast {}"), self._amount(record.forecast))

    def render_realised(self, record: Line, value: Any) -> SafeString:
        """What was realised, with the cashable part."""
        return with_note(self._amount(value), _("cashable {}"), self._amount(record.realised_cashable))

    def render_verified(self, record: Line, value: Any) -> SafeString:
        """What was verified, with its share of what was realised."""
        share = value_as_html(record.verified_share, "percent-whole")
        return with_note(self._amount(value), _("{} of realised"), share)

    def render_on_time(self, record: Line, value: Any) -> SafeString:
        """The share that came in time, of how many."""
        due = value_as_html(record.due, "integer")
        return with_note(value_as_html(value, "percent-whole"), _("of {} due"), due)

    def render_trend(self, record: Line, value: Any) -> SafeString:
        """The trend in a word with an arrow, and how much it is."""
        return with_note(status(record.trend_status or ""), "{}", value_as_html(value, "percent-whole"))

    def render_active_at(self, record: Line) -> SafeString:
        """Whether the owner looks after the benefits: the last own deed, and apart from it the last report of all."""
        said = [
            _("own deed {}") if record.active_at else "",
            _("last report {}") if record.reported_at else "",
        ]
        days = [day(moment) for moment in (record.active_at, record.reported_at) if moment]
        return with_note(status(engagement(record.tended_at, self.at)), " · ".join(filter(None, said)), *days)

    def _amount(self, value: Any) -> SafeString:
        return value_as_html(value, self.money)


class CoverageTable(ListTable):
    """Programmes or initiatives against objectives; a page of it reads the cells of its rows alone."""

    caption = gettext_lazy("What each programme or initiative gives to each objective")
    empty_help = gettext_lazy("Clear the filters to see everything.")

    name = tables.Column(gettext_lazy("Programme or initiative"), attrs={"td": {"class": "cell-name"}})

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("No initiative matches")
        orderable = False

    def __init__(self, rows: Any, *, coverage: Coverage, question: Question) -> None:
        """Build the table.

        Args:
            rows: All rows, before they are cut into pages.
            coverage: What the columns and totals come from.
            question: What the reader asks for.
        """
        self.coverage, self.question = coverage, question
        self.cells: Matrix = {}
        self.format = "integer" if question.shown == "count" else f"money-short:{coverage.portfolio.currency}"
        columns = [(f"place_{column.place}", _cell_column(column)) for column in coverage.columns]
        super().__init__(rows, extra_columns=[*columns, ("total", _total_column())])

    def read_cells(self) -> None:
        """Read the cells of the rows on the page."""
        coverage, by = self.coverage, self.question.by
        if by == "programme":
            self.cells = coverage.matrix(coverage.parts, coverage.spending)
            return
        keys = [row.record.pk for row in self.paginated_rows]
        spending = spending_of(Initiative.objects.filter(pk__in=keys), by)
        self.cells = coverage.matrix(parts_of(coverage.portfolio, coverage.work, by, only=keys), spending)

    def render_name(self, record: Any) -> SafeString:
        """The name, which leads to the initiatives of a programme or to the initiative."""
        slug = self.coverage.portfolio.slug
        if isinstance(record, Initiative):
            return format_html(
                '<a href="{}">{}</a>', reverse("portfolio:initiative", args=[slug, record.code]), record.name
            )
        if record.pk is None:
            return format_html("{}", record.name)
        address = reverse("reports:coverage", args=[slug])
        return format_html('<a href="{}?programme={}">{}</a>', address, record.pk, record.name)

    def shown(self, cell: Cell | None) -> SafeString:
        """Return a cell as the page shows it; an empty one is a quiet dash."""
        value = cell.shown(self.question.shown) if cell else None
        if value is None:
            return not_known()
        return value_as_html(value, self.format)

    def row_total(self, pk: int | None) -> Cell:
        """Return the sum of a row."""
        return _sum_of(cell for (group, _place), cell in self.cells.items() if group == pk)


def _sum_of(cells: Iterable[Cell]) -> Cell:
    listed = list(cells)
    known = [cell.annual for cell in listed if cell.annual is not None]
    return Cell(
        spending=sum(cell.spending for cell in listed),
        annual=sum(known) if known else None,
        count=sum(cell.count for cell in listed),
    )


class _CellColumn(tables.Column):
    """The figures of one objective, one for each row, and their sum over all rows."""

    def __init__(self, *args: Any, cell: Callable[[CoverageTable, Any], Cell | None], **options: Any) -> None:
        super().__init__(*args, empty_values=(), accessor="pk", attrs=NUMBER_CELLS, **options)
        self.cell = cell

    def render(self, record: Any, table: Any) -> SafeString:
        """Return the cell as the page shows it."""
        return table.shown(self.cell(table, record))  # type: ignore[no-any-return]


def _cell_column(column: Column) -> tables.Column:
    return _CellColumn(
        column.label,
        cell=lambda table, record: table.cells.get((record.pk, column.place)),
        footer=lambda table: table.shown(table.coverage.totals.get(column.place)),
    )


def _total_column() -> tables.Column:
    return _CellColumn(
        _("All"),
        cell=lambda table, record: table.row_total(record.pk),
        footer=lambda table: table.shown(_sum_of(table.coverage.totals.values())),
    )


class _LinesOfPage(TableData):
    """The lines of a statement, which are those of one page, as a part of all its benefits."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(statement.lines)
        self.benefits = statement.benefits

    def __len__(self) -> int:
        return self.benefits

    def __getitem__(self, _place: slice) -> Sequence[BenefitLine]:
        return self.data  # type: ignore[no-any-return]


class StatementTable(ListTable):
    """The benefits of a statement; money stands in the portfolio's currency."""

    caption = gettext_lazy("Benefits of the statement")

    name = tables.Column(gettext_lazy("Benefit"), accessor="benefit__name", attrs={"td": {"class": "cell-name"}})
    kind = tables.Column(gettext_lazy("Class"))
    planned = FormatColumn(gettext_lazy("Planned"), accessor="figures__planned")
    forecast = FormatColumn(gettext_lazy("Forecast"), accessor="figures__forecast")
    realised = FormatColumn(gettext_lazy("Realised"), accessor="figures__realised")
    verified = FormatColumn(gettext_lazy("Verified"), accessor="figures__verified")
    share = FormatColumn(gettext_lazy("Realised of planned"), accessor="figures__share", format="percent-whole")

    class Meta(ListTable.Meta):
        orderable = False

    def __init__(self, statement: Statement) -> None:
        """Build the table of a statement."""
        self.portfolio = statement.portfolio
        super().__init__(_LinesOfPage(statement))
        for name in ("planned", "forecast", "realised", "verified"):
            self.columns[name].column.format = f"money-short:{statement.portfolio.currency}"

    def render_name(self, record: BenefitLine, value: str) -> SafeString:
        """The name, which leads to the benefit, with its initiative and what its figures lack."""
        address = reverse("benefits:benefit", args=[self.portfolio.slug, record.benefit.pk])
        remarks = [
            record.initiative.name,
            "" if record.held.has_baseline else _("no baseline, plan in force"),
            "" if record.held.is_in_money else _("no value in money"),
        ]
        return with_note(format_html('<a href="{}">{}</a>', address, value), "{}", " · ".join(filter(None, remarks)))

    def render_kind(self, record: BenefitLine, value: str) -> SafeString:
        """The class, and whether the benefit is a loss."""
        return with_note(value, _("dis-benefit") if record.benefit.is_disbenefit else "")
