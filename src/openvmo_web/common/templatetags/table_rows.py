"""The rows of a list, written in one pass: cell by cell, the template engine would need most of a page's time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template
from django.template.base import render_value_in_context
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe

from openvmo_web.common.tables import FormatColumn, ListTable, StatusColumn

register = template.Library()

# Gives the content of a cell from a row.
Cell = Callable[[Any], object]


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: ListTable) -> SafeString:
    """Write the rows of the page at hand: ``{% table_rows table %}``; the cells of a column share their attributes."""
    columns = [(column, _cell_of(table, column), str(column.attrs["td"].as_html())) for column in table.columns]
    return mark_safe(  # noqa: S308 - every part is escaped
        "".join(
            f"<tr {row.attrs.as_html()}>"
            + "".join(f"<td {attrs}>{_text(context, column, cell(row))}</td>" for column, cell, attrs in columns)
            + "</tr>"
            for row in table.paginated_rows
        )
    )


def _cell_of(table: ListTable, column: Any) -> Cell:
    """How to get the cells of a column: straight from our own columns, by the library's search for all others."""
    own = column.column
    if column.link or hasattr(table, f"render_{column.name}"):
        return lambda row: row.get_cell(column.name)
    if isinstance(own, FormatColumn):
        return lambda row: _formatted(own, column, row.record)
    if isinstance(own, StatusColumn):
        return lambda row: own.render(record=row.record, bound_column=column)
    return lambda row: row.get_cell(column.name)


def _formatted(own: FormatColumn, column: Any, record: Any) -> object:
    try:
        value = column.accessor.resolve(record)
    except ValueError:  # as for every column of the library, what is not there is not known
        value = None
    return column.default if value in own.empty_values else own.render(value=value, record=record)


def _text(context: template.Context, column: Any, content: object) -> str:
    if isinstance(content, SafeString):
        return content
    return render_value_in_context(
        content if column.localize is None else localize(content, use_l10n=column.localize), context
    )
