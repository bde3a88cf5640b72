"""Lists as files: CSV and XLSX that no spreadsheet program mistakes for formulas.

Text from other people may begin with a sign that a spreadsheet program would run as a formula. XLSX cells are written
as texts; a CSV file has no types, so there such a text gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count
from typing import Any, Literal

import xlsxwriter
from django.http import HttpResponse

from openvmo_web.common.formats import is_known

FileFormat = Literal["csv", "xlsx"]

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
MEDIA_TYPES: dict[FileFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDEST_COLUMN = 60
SHEET_NAME = 31
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


@dataclass(frozen=True)
class ExportColumn:
    """One column of an exported list; the unit stands in the heading, so that a number is never without one."""

    label: str
    unit: str = ""

    @property
    def heading(self) -> str:
        """The first row's text."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


Rows = Iterable[Sequence[Any]]


def export_response(format: FileFormat, name: str, columns: Sequence[ExportColumn], rows: Rows) -> HttpResponse:
    """Return a list as a download.

    Args:
        format: "csv" or "xlsx".
        name: File name without its ending.
        columns: Headings, left to right.
        rows: Values in that order: text, numbers, dates, or None for what is not known.
    """
    content = csv_bytes(columns, rows) if format == "csv" else xlsx_bytes({name: (columns, rows)})
    disposition = f'attachment; filename="{name}.{format}"'
    return HttpResponse(content, content_type=MEDIA_TYPES[format], headers={"Content-Disposition": disposition})


def csv_bytes(columns: Sequence[ExportColumn], rows: Rows) -> bytes:
    """Return a list as CSV in UTF-8 with a byte-order mark, which spreadsheet programs need to see the encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_guarded(column.heading) for column in columns)
    writer.writerows([_guarded(_plain(value)) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: dict[str, tuple[Sequence[ExportColumn], Rows]]) -> bytes:
    """Return lists as the sheets of one workbook, each with a frozen, filterable heading."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(content, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, (columns, rows) in zip(_sheet_names(sheets), sheets.values(), strict=True):
            _write_sheet(book.add_worksheet(name), columns, rows, heading, day)
    return content.getvalue()


def _sheet_names(names: Iterable[str]) -> list[str]:
    """Return names that spreadsheet programs take: short, without certain signs, each of them once."""
    given: list[str] = []
    taken = {"history"}  # which these programs keep for themselves
    for name in names:
        plain = " ".join(NOT_IN_SHEET_NAMES.sub(" ", name).split()) or "Sheet"
        candidates = chain([plain[:SHEET_NAME].rstrip()], (_numbered(plain, number) for number in count(2)))
        given.append(next(candidate for candidate in candidates if candidate.lower() not in taken))
        taken.add(given[-1].lower())
    return given


def _numbered(name: str, number: int) -> str:
    ending = f" ({number})"
    return f"{name[: SHEET_NAME - len(ending)].rstrip()}{ending}"


def _write_sheet(sheet: Any, columns: Sequence[ExportColumn], rows: Rows, heading: Any, day: Any) -> None:
    widths = [len(column.heading) for column in columns]
    for position, column in enumerate(columns):
        sheet.write_string(0, position, column.heading, heading)
    last = 0
    for last, row in enumerate(rows, start=1):
        for position, value in enumerate(row):
            widths[position] = max(widths[position], len(str(value or "")))
            _write_cell(sheet, last, position, _plain(value), day)
    for position, width in enumerate(widths):
        sheet.set_column(position, position, min(width + 2, WIDEST_COLUMN))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, max(len(columns) - 1, 0))


def _write_cell(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    else:
        sheet.write_string(row, column, value)


def _plain(value: Any) -> Any:
    """Numbers, days and None as they are; everything else, such as a translated word, as text.

    What is no number, such as 0 / 0, is not known.
    """
    if isinstance(value, float | Decimal) and not is_known(value):
        return None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value if value is None or isinstance(value, bool | int | float | Decimal | date) else str(value)


def _guarded(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
