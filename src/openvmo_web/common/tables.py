"""Lists: a table with our template, and columns that write numbers, days and states as the rest of the product does."""

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.data import TableQuerysetData

from openvmo_web.common.formats import TEXT_CODES
from openvmo_web.common.templatetags.vmo import not_known, status, value_as_html
from openvmo_web.common.widgets import Status

# So many rows every list shows: how long a page takes is not for the address to say.
PER_PAGE = 50
NUMBER_CELLS = {"th": {"class": "num"}, "td": {"class": "num"}, "tf": {"class": "num"}}


def with_note(text: object, note: str, *values: object) -> SafeString:
    """Return a cell with a quiet second line; `note` holds a pair of braces for each of the values."""
    second = format_html(note, *values) if values else note
    return format_html('{}<div class="cell-note">{}</div>', text, second) if note else format_html("{}", text)


class ListTable(tables.Table):
    """A list as ``common/table.html`` shows it.

    A subclass gives ``caption``, which names the list for assistive technology, and ``empty_help``, which says what to
    do when the list is empty. ``row_attrs`` with ``data-href`` make whole rows clickable.
    """

    caption: str | Promise = ""
    empty_help: str | Promise = ""

    class Meta:
        template_name = "common/table.html"


def sort(table: tables.Table, request: HttpRequest) -> None:
    """Sort a list as the address asks."""
    tables.RequestConfig(request, paginate=False).configure(table)


def paginate(table: tables.Table, request: HttpRequest) -> None:
    """Sort a list and cut it to the page that the address asks for.

    What is no number is the first page, and a number that there is not is the last.
    """
    sort(table, request)
    table.paginator = Paginator(table.rows, PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))


class KeyedRows(TableQuerysetData):
    """The rows of a query that is sorted and skipped by keys alone; the columns are read for the page at hand.

    A late page of a long list would otherwise read, join and throw away all rows before it.
    """

    def __getitem__(self, place: int | slice) -> Any:
        """Return one record, or the query of a page."""
        found = self.data[place]
        if not isinstance(place, slice):
            return found
        # The keys in a query of their own: within one query of many joins PostgreSQL would join all rows first.
        return self.data.filter(pk__in=list(found.values_list("pk", flat=True)))


class FormatColumn(tables.Column):
    """Values in the format of a code (see ``formats.formatted``); numbers stand at the end of their cell.

    ``format`` may be a function of the record, where rows differ in currency.
    """

    def __init__(self, *args: Any, format: str | Callable[[Any], str] = "number", **options: Any) -> None:
        self.format = format
        if callable(format) or format not in TEXT_CODES:
            options.setdefault("attrs", NUMBER_CELLS)
        super().__init__(*args, default=not_known, **options)

    def render(self, value: Any, record: Any) -> SafeString:
        """Return the value as the page shows it."""
        return value_as_html(value, self.format(record) if callable(self.format) else self.format)

    def value(self, **cell: Any) -> Any:
        """Return the plain value, for export."""
        return cell["value"]


class StatusColumn(tables.Column):
    """States by word, colour and icon; ``words`` turns a stored value into a Status."""

    def __init__(self, *args: Any, words: Callable[[Any], Status], **options: Any) -> None:
        self.words = words
        super().__init__(*args, **options)

    def render(self, record: Any, bound_column: Any) -> SafeString:
        """Return the state as the page shows it."""
        return status(self.words(self._stored(record, bound_column)))

    def value(self, record: Any, bound_column: Any) -> str:
        """Return the word alone, for export."""
        return self.words(self._stored(record, bound_column)).label

    @staticmethod
    def _stored(record: Any, bound_column: Any) -> Any:
        # Of a field with choices the library hands over the words for people instead of the stored value.
        return bound_column.accessor.resolve(record)
