"""Lists that people keep in a workbook or a CSV file: their sheets as tables, opened safely."""

from __future__ import annotations

import csv
import io
from pathlib import PurePath

from python_calamine import CalamineError, CalamineWorkbook

from openvmo.engine.model import Finding
from openvmo.files import archive
from openvmo.files.csv_folder import unguarded
from openvmo.files.reading import finding_error, finding_warning
from openvmo.files.sheets import GUIDE, normalised
from openvmo.files.tables import Table

_LARGEST_CELL = 1_000_000
_MOST_ERRORS = 1_000


def read_lists(content: bytes, name: str) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    """Return the sheets of a workbook, or the one list of a CSV file, and what keeps them from being read.

    Args:
        content: The file.
        name: Its name, for the findings; a CSV file's sheet is named by it.

    Returns:
        The tables, rows from row 1, all rows of a table of the same width; the guide of our own workbooks is left out.
        With findings of severity error the tables must not be used.
    """
    return _workbook(content, name) if archive.is_archive(content) else _csv(content, name)


def _workbook(content: bytes, name: str) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    try:
        errors = archive.check_sheets(archive.checked_archive(content))
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [sheet for sheet in workbook.sheet_names if normalised(sheet) != normalised(GUIDE)]
        tables = [Table(one, workbook.get_sheet_by_name(one).to_python(skip_empty_area=False)) for one in names]
    except (archive.UnsafeArchiveError, CalamineError, ValueError) as problem:
        remedy = "Save the workbook again in a spreadsheet program, as .xlsx and without a password."
        sentence = f"This workbook cannot be opened: {problem}."
        return (), (finding_error("workbook.unreadable", sentence, remedy, file=name),)
    return tuple(tables), tuple(_formula_error(place, name) for place in errors[:_MOST_ERRORS])


def _formula_error(place: str, name: str) -> Finding:
    """A formula error, which would otherwise be read as an empty cell; the place is 'part!cell'."""
    sheet, _, cell = place.partition("!")
    problem, remedy = "A formula in this cell has an error.", "Mend the formula, or replace it by its value."
    return finding_error("cell.formula_error", problem, remedy, file=name, sheet=sheet, column=cell, value="#")


def _csv(content: bytes, name: str) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    sheet, findings = PurePath(name).stem, []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = "This file is not in UTF-8; it was read as Windows-1252 (Western European)."
        remedy = "Check accents, or save the file as CSV UTF-8."
        findings.append(finding_warning("csv.encoding", problem, remedy, file=name, sheet=sheet))
        text = content.decode("cp1252", "replace")
    csv.field_size_limit(_LARGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        remedy = "Check the quotation marks, or export the file again."
        findings.append(finding_error("csv.invalid", f"This is not valid CSV: {error}.", remedy, file=name))
        return (), tuple(findings)
    width = max((len(row) for row in rows), default=0)
    plain = [[unguarded(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    return (Table(sheet, plain),), tuple(findings)


def _delimiter(text: str) -> str:
    """The separator of the heading line: comma, semicolon or tab, whichever stands there most."""
    line = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=line.count)
