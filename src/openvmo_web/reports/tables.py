"""The tables of the composed pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openvmo_web.common.tables import NUMBER_CELLS, ListTable
from openvmo_web.common.templatetags.vmo import not_known, value_as_html
from openvmo_web.portfolio.models import Initiative
from openvmo_web.reports.coverage import Cell, Column, Coverage, Matrix
from openvmo_web.reports.coverage_page import Question
from openvmo_web.reports.coverage_rows import parts_of, spending_of


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
