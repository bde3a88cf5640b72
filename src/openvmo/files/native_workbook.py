"""The native workbook: one sheet for each kind of record, exact in both directions."""

from __future__ import annotations

import io
import re
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.worksheet import Worksheet

from openvmo.engine.model import Finding, Portfolio, PortfolioError
from openvmo.files import archive
from openvmo.files.reading import Reading, finding_error
from openvmo.files.refusal import finding_for
from openvmo.files.sheets import GUIDE, SHEET_BY_NAME, SHEETS, Column, Sheet, normalised
from openvmo.files.tables import Table, portfolio_from_tables, rows_of, unwritable

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_SHEET_NAMES = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?name=["']([^"']*)["']""")
_ROWS_WITH_LISTS = 10_000  # rows whose cells offer the words to choose from


def recognise(content: bytes, name: str) -> bool:
    """Whether the content is a workbook with at least one of our sheets."""
    if not archive.is_archive(content):
        return False
    try:
        opened = archive.checked_archive(content)
    except archive.UnsafeArchiveError:
        return name.lower().endswith((".xlsx", ".xlsm"))  # so that reading it says what is unsafe
    if "xl/workbook.xml" not in opened.namelist():
        return False
    try:
        names = _SHEET_NAMES.findall(archive.part(opened, "xl/workbook.xml"))
    except archive.UnsafeArchiveError:
        return True
    return any(normalised(sheet.decode("utf-8", "replace")) in SHEET_BY_NAME for sheet in names)


def read(content: bytes, name: str) -> Reading:
    """Read a native workbook, with every problem as a finding."""
    tables, problems = tables_of(content, name)
    if tables is None:
        return Reading(None, problems, "native_workbook")
    if not any(normalised(table.name) in SHEET_BY_NAME for table in tables):
        return Reading(None, (finding_for(content, name),), "native_workbook")
    reading = portfolio_from_tables(tables, name, "native_workbook")
    if not problems:
        return reading
    return Reading(None, (*problems, *reading.findings), "native_workbook")


def tables_of(content: bytes, name: str) -> tuple[list[Table] | None, tuple[Finding, ...]]:
    """The sheets of a workbook as they were found, and what is wrong with it; None when it cannot be opened."""
    if not archive.is_archive(content):
        return None, (finding_for(content, name),)
    try:
        errors = archive.check_sheets(archive.checked_archive(content))
        return _tables(content), tuple(_formula_errors(errors, name))
    except archive.UnsafeArchiveError as problem:
        remedy = (
            "Save the workbook again in a spreadsheet program, without passwords, and with only the rows that you need."
        )
        return _refused(name, "workbook.unsafe", f"This workbook cannot be opened: {problem}.", remedy)
    except (CalamineError, ValueError) as problem:
        return _refused(
            name, "workbook.damaged", f"This workbook cannot be read ({problem}).", "Save it again as .xlsx."
        )


def write(portfolio: Portfolio) -> bytes:
    """The workbook for a portfolio; texts are written as texts, never as formulas, and numbers with every digit.

    Raises:
        PortfolioError: a workbook cannot state it exactly; the findings say where and what to do.
    """
    findings = unwritable(portfolio)
    if findings:
        raise PortfolioError(findings)
    return _workbook(portfolio)


def template() -> bytes:
    """An empty workbook with all sheets, headings, explanations and lists of words."""
    return _workbook(None)


def _refused(name: str, code: str, problem: str, remedy: str) -> tuple[None, tuple[Finding, ...]]:
    return None, (finding_error(code, problem, remedy, file=name),)


def _tables(content: bytes) -> list[Table]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [name for name in workbook.sheet_names if normalised(name) != normalised(GUIDE)]
    return [Table(name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]


def _formula_errors(errors: tuple[str, ...], name: str) -> list[Finding]:
    """Findings for formula errors, which would otherwise be read as empty cells."""
    problem, remedy = "A formula in this cell has an error.", "Mend the formula, or replace it by its value."
    return [
        finding_error(
            "cell.formula_error",
            problem,
            remedy,
            file=name,
            sheet=place.split("!")[0],
            column=place.split("!")[1],
            value="#",
        )
        for place in errors[:1_000]
    ]


class _ExactSheet(Worksheet):  # type: ignore[misc]  # the library has no type information
    """A sheet that writes every digit of a number and every character of a text.

    The library itself writes 16 digits, takes some texts for markup, and leaves nested escapes to chance.
    """

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        attribute = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        self.fh.write(f"<c{attribute}><v>{number!r}</v></c>")

    def _escape_control_characters(self, text: str) -> str:
        text = re.sub(r"_(?=x[0-9a-fA-F]{4}_)", "_x005F_", text)
        return text.replace("\r", "_x000D_")

    def _xml_rich_inline_string(self, text: str, attributes: Any = ()) -> None:
        self._xml_inline_string(text, preserve=False, attributes=attributes)


def _workbook(portfolio: Portfolio | None) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as workbook:
        heading = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4"})
        required = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#D7E3EE"})
        _write_guide(workbook, heading)
        for sheet in SHEETS:
            written = workbook.add_worksheet(sheet.name, worksheet_class=_ExactSheet)
            _write_headings(written, sheet, heading, required)
            if portfolio is not None:
                for number, row in enumerate(rows_of(portfolio, sheet), start=1):
                    _write_row(written, number, row)
        workbook.worksheets()[1].activate()
    return content.getvalue()


def _write_headings(written: Any, sheet: Sheet, heading: Any, required: Any) -> None:
    written.freeze_panes(1, 1 + len(sheet.keys))
    for position, column in enumerate(sheet.all_columns):
        written.set_column(position, position, max(12, min(len(column.heading) + 4, 30)))
        written.write_string(0, position, column.heading, required if column.is_required else heading)
        written.write_comment(0, position, explanation(column), {"x_scale": 2})
        words = choices(column)
        if words:
            rule = {"validate": "list", "source": list(words), "error_message": "Use one of the words in the list."}
            written.data_validation(1, position, _ROWS_WITH_LISTS, position, rule)


def _write_row(written: Any, number: int, row: tuple[str | float | int | None, ...]) -> None:
    for position, cell in enumerate(row):
        if isinstance(cell, str):
            if cell:
                written.write_string(number, position, cell)
        elif cell is not None:
            written.write_number(number, position, cell)


def choices(column: Column) -> tuple[str, ...]:
    """The words that a cell of the column may hold; empty when any text or number may stand there."""
    return ("yes", "no") if column.kind == "yes or no" else column.words


def explanation(column: Column) -> str:
    """What a column means, its unit, its words and what an empty cell means, in sentences."""
    unit = f" Unit: {column.field.unit}." if column.field.unit and not column.is_key else ""
    words = f" One of: {', '.join(choices(column))}." if choices(column) else ""
    return f"{column.about}{unit}{words} {empty_means(column)}"


def empty_means(column: Column) -> str:
    """What an empty cell of the column means."""
    if column.is_required:
        return "Required."
    default = column.field.default
    if column.part:
        return column.empty_means or "May be empty."
    return "May be empty." if default in (None, "", ()) else f"Empty means {_shown(default)}."


def _shown(default: object) -> str:
    return ("yes" if default else "no") if isinstance(default, bool) else str(default)


def _write_guide(workbook: Any, heading: Any) -> None:
    written = workbook.add_worksheet(GUIDE)
    for position, (title, width) in enumerate((("sheet", 16), ("column", 22), ("holds", 14), ("meaning", 110))):
        written.set_column(position, position, width)
        written.write_string(0, position, title, heading)
    number = 0
    for sheet in SHEETS:
        for column in sheet.all_columns:
            number += 1
            for position, text in enumerate((sheet.name, column.heading, column.kind.value, explanation(column))):
                written.write_string(number, position, text)
    written.freeze_panes(1, 0)
