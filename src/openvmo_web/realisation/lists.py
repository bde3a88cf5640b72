"""Lists of measurements as files: the template, and what a filled list states, with every problem in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from openvmo.engine.model import Finding, Severity
from openvmo.engine.quantities import Month
from openvmo.files.cells import CellError, read_cell
from openvmo.files.lists import read_lists
from openvmo.files.schema import FieldKind
from openvmo.files.tables import Table
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may
from openvmo_web.benefits.holders import may_for
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.export import ExportColumn
from openvmo_web.common.formats import current_locale
from openvmo_web.common.merge import BATCH
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.numbers import number_of
from openvmo_web.realisation.refusals import Report, report_refusal

# The headings are part of the format: they are the same in every language.
HEADINGS = ("initiative", "benefit", "name", "month", "value", "unit", "source", "remark")
REQUIRED = ("initiative", "benefit", "month", "value")
LENGTHS = {"source": 300, "remark": 500}
SHEET = "Measurements"


@dataclass(frozen=True)
class Filled:
    """What a list states: the reports, or the findings that keep all of them from being recorded."""

    reports: Sequence[Report]
    findings: Sequence[Finding]

    @property
    def is_wrong(self) -> bool:
        """Whether nothing of it may be recorded."""
        return any(finding.severity == Severity.ERROR for finding in self.findings)


def template_columns() -> list[ExportColumn]:
    """Return the columns of the template."""
    return [ExportColumn(heading) for heading in HEADINGS]


def template_rows(rows: Iterable[tuple[Benefit, date, float | None]], currency: str) -> Iterator[list[Any]]:
    """Yield a row for each benefit and month, with the value where there is one.

    Args:
        rows: The benefits, each with a month and the value in force.
        currency: The unit of what is measured in money.
    """
    for benefit, month, value in rows:
        unit = benefit.unit or currency
        code = benefit.initiative.code
        yield [code, benefit.code, benefit.name, f"{month:%Y-%m}", value, unit, benefit.data_source, ""]


def read_reports(content: bytes, name: str, portfolio: Portfolio, viewer: User, today: date) -> Filled:
    """Return what a filled list states.

    Rows without a value are passed over; a sheet without our headings is no list of measurements.

    Args:
        content: The file: a workbook or CSV.
        name: Its name.
        portfolio: The portfolio of the benefits.
        viewer: Who reports; of benefits that he may not report, a finding says so.
        today: Today.
    """
    tables, findings = read_lists(content, name)
    lists = [table for table in tables if set(REQUIRED) <= set(_headings(table))]
    if not lists and not any(finding.severity == Severity.ERROR for finding in findings):
        problem = _("No sheet has the columns %(columns)s.") % {"columns": ", ".join(REQUIRED)}
        findings = (*findings, _finding("list.columns", problem, _("Start from the template."), file=name))
    rows = [row for table in lists for row in _rows(table, name)]
    benefits = _benefits(portfolio, {row.text("benefit") for row in rows})
    may_all = may(viewer, "measurement.add", portfolio.pk)
    read = [_read(row, benefits, may_all, viewer, portfolio, today) for row in rows]
    return Filled([one for one in read if isinstance(one, Report)], (*findings, *_twice(rows), *_problems(read)))


@dataclass(frozen=True)
class _Row:
    """A row that states a value, with its place in the file."""

    file: str
    sheet: str
    number: int
    cells: Mapping[str, Any]

    def text(self, heading: str) -> str:
        """The text of a cell; empty where the list has no such column."""
        cell = self.cells.get(heading, "")
        # A code such as 17 is a number to a spreadsheet program.
        return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()

    def problem(self, column: str, problem: str, remedy: str) -> Finding:
        """A finding at a cell of this row."""
        return _finding(
            "list.cell",
            problem,
            remedy,
            file=self.file,
            sheet=self.sheet,
            row=self.number,
            column=column,
            value=self.text(column)[:80],
        )


def _finding(code: str, problem: str, remedy: str, **place: Any) -> Finding:
    return Finding(Severity.ERROR, code, problem, remedy, **place)


def _headings(table: Table) -> list[str]:
    return [str(cell).strip().casefold() for cell in table.rows[0]] if table.rows else []


def _rows(table: Table, file: str) -> Iterator[_Row]:
    headings = _headings(table)
    for number, cells in enumerate(table.rows[1:], start=2):
        row = _Row(file, table.name, number, dict(zip(headings, cells, strict=True)))
        if row.text("value"):
            yield row


def _benefits(portfolio: Portfolio, codes: Iterable[str]) -> dict[tuple[str, str], Benefit]:
    """The benefits with these codes, by the code of their initiative and their own."""
    wanted = sorted(codes)
    rows = Benefit.objects.filter(initiative__portfolio=portfolio).select_related("initiative__portfolio")
    return {
        (row.initiative.code, row.code): row
        for start in range(0, len(wanted), BATCH)
        for row in rows.filter(code__in=wanted[start : start + BATCH])
    }


def _read(
    row: _Row,
    benefits: Mapping[tuple[str, str], Benefit],
    may_all: bool,  # noqa: FBT001 - one of many values
    viewer: User,
    portfolio: Portfolio,
    today: date,
) -> Report | Finding:
    """The report of a row, or the first thing that is wrong with it."""
    benefit = benefits.get((row.text("initiative"), row.text("benefit")))
    if benefit is None:
        problem = _("There is no such benefit in this initiative.")
        return row.problem("benefit", problem, _("Take the codes from the template."))
    if not may_all and not may_for(viewer, "measurement.add", benefit):
        problem = _("This benefit is not yours to report.")
        return row.problem("benefit", problem, _("Leave it to its owner or measurer."))
    long = next((name for name, most in LENGTHS.items() if len(row.text(name)) > most), None)
    if long is not None:
        problem = _("This text is longer than %(most)d signs.") % {"most": LENGTHS[long]}
        return row.problem(long, problem, _("Shorten it."))
    try:
        column = "month"
        month: Month = read_cell(FieldKind.MONTH, row.cells["month"])
        column = "value"
        value = _number(row.cells["value"])
    except CellError as error:
        return row.problem(column, error.problem, error.remedy)
    report = Report(benefit, month, value, row.text("source"), row.text("remark"), row.text("unit"))
    refusal = report_refusal(report, portfolio, today)
    return report if refusal is None else row.problem(refusal.part, refusal.sentence, _("Nothing was recorded."))


def _number(cell: Any) -> float:
    """A number as the workbook holds it, or as a text of the reader's language."""
    return number_of(cell, current_locale()) if isinstance(cell, str) else float(read_cell(FieldKind.NUMBER, cell))


def _problems(read: Iterable[Report | Finding]) -> list[Finding]:
    return [one for one in read if isinstance(one, Finding)]


def _twice(rows: Iterable[_Row]) -> Iterator[Finding]:
    """Yield the rows that state a value for a benefit and month once more: nobody knows which one counts."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.text(name) for name in ("initiative", "benefit", "month"))
        if key in seen:
            problem = _("Row %(row)d states this month already.") % {"row": seen[key]}
            yield row.problem("month", problem, _("Keep one of the two rows."))
        seen.setdefault(key, row.number)
