"""The guide to the native workbook, written from the descriptions of the records so that it cannot go stale."""

from __future__ import annotations

from collections.abc import Iterator

from openvmo.files.native_workbook import choices, empty_means
from openvmo.files.sheets import SHEETS, Column, Sheet

_INTRODUCTION = """\
# The native workbook

This page is generated from the descriptions of the records; a test keeps it fresh.

A portfolio is one workbook with a sheet for each kind of record. Row 1 holds the headings, each further row one record.
`openvmo template portfolio.xlsx` writes an empty workbook with the meaning of each column in a comment and in the sheet
`Guide`. The same sheets as CSV files in a folder, or in a ZIP archive, are read and written too: `initiatives.csv` and
so on.

## How cells are read

- Case, spaces, hyphens and underscores in headings and sheet names do not matter. Unknown columns and sheets are named
  in a warning and left alone; empty rows are skipped; a missing optional column is as if its cells were empty.
- A month is written `2026-04`, or is a date of that month. A date is written `2026-04-30`, or is a date.
- An estimate has three columns: `_low` (P10), `_likely` (P50) and `_high` (P90). Leave low and high empty when no
  uncertainty was stated; write the same number three times when the amount is certain. Three more may be left out:
  `_family` says the shape of the distribution, `_tail` what low and high mean, and `_outcomes` lists possible values;
  the guide [Uncertain inputs](uncertainty.md) explains them. A column without `_likely`, such as `amount`, is read as
  the likely value.
- A list stands in one cell, its parts separated by semicolons: `0.1; 0.4; 1`.
- Numbers may carry a currency sign or thousands separators; a note says how they were read. What could be read in two
  ways, such as `1,234` as a text, is an error that names both.
- An empty cell means "not stated" or the default given below. It never means zero unless the default is zero.
- Every problem is listed with its sheet, row, column, value and remedy, not only the first; nothing is imported until
  all errors are gone.

## What is written

Numbers are written with every digit, texts as texts: a text that starts with `=` is never a formula. In CSV, where a
spreadsheet program would run such a text, it gets an apostrophe before it, which is taken away again when read; this
concerns texts that start with `=`, `+`, `-`, `@`, a tab or a line end, and the full-width forms of the four signs.
Reading what was written gives the same portfolio in every value.

A file may have up to 100 MB; archives that would grow beyond reason, reach outside themselves or ask for a password are
refused.
"""


def workbook_guide() -> str:
    """The guide as Markdown."""
    return "\n".join([_INTRODUCTION, *(line for sheet in SHEETS for line in _sheet_lines(sheet))])


def _sheet_lines(sheet: Sheet) -> Iterator[str]:
    yield f"## {sheet.name}"
    yield ""
    yield (sheet.record.__doc__ or "").strip().splitlines()[0]
    yield ""
    yield "| column | holds | unit | meaning | empty |"
    yield "|---|---|---|---|---|"
    for column in sheet.all_columns:
        yield _column_line(column)
    yield ""


def _column_line(column: Column) -> str:
    words = f" One of: {', '.join(f'`{word}`' for word in choices(column))}." if choices(column) else ""
    unit = "" if column.is_key else column.field.unit
    return f"| `{column.heading}` | {column.kind.value} | {unit} | {column.about}{words} | {empty_means(column)} |"
