"""Finished work as a table: a CSV file or a workbook, one row for each piece of work."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openvmo.engine.evidence import FinishedWork
from openvmo.engine.model import Finding, PortfolioError, Severity
from openvmo.files.cells import Cell, CellError, read_cell
from openvmo.files.lists import read_lists
from openvmo.files.reading import finding_error, finding_warning
from openvmo.files.schema import FieldKind
from openvmo.files.sheets import normalised
from openvmo.files.tables import Table

NUMBERS = (
    "planned_cost",
    "actual_cost",
    "planned_months",
    "actual_months",
    "planned_benefit",
    "actual_benefit",
    "inflation",
)
DATES = ("start", "planned_end", "actual_end")
FIELDS = ("id", *NUMBERS, "finished", *DATES)
"""The columns with a meaning of their own; every other column is a kind of work, such as a sector or a country."""

_KINDS = dict.fromkeys(NUMBERS, FieldKind.NUMBER) | {"finished": FieldKind.WHOLE}
_KINDS |= dict.fromkeys(DATES, FieldKind.DATE) | {"id": FieldKind.TEXT}
_DAYS_A_MONTH = 365.25 / 12
_YEARS = range(1800, 2201)
_MOST_FINDINGS = 1_000


@dataclass(frozen=True, slots=True)
class HistoryReading:
    """What came out of a table of finished work.

    Args:
        works: the finished work, in the order of the rows; empty when an error stands in the findings.
        findings: every problem, with its row and column.
        columns: headings of the columns that can make classes, in their order.
    """

    works: tuple[FinishedWork, ...]
    findings: tuple[Finding, ...]
    columns: tuple[str, ...]


def read_history(path: str | Path, *, headings: Mapping[str, str] | None = None) -> tuple[FinishedWork, ...]:
    """Read finished work from a CSV file or a workbook of one sheet.

    Args:
        path: the file; the first row holds headings, see `FIELDS`.
        headings: heading of the file for each field that it names otherwise: {"planned_cost": "Budget"}.

    Raises:
        PortfolioError: cells cannot be read; lists every problem by row and column.
        OSError: the file cannot be opened.
    """
    file = Path(path)
    reading = read_history_bytes(file.read_bytes(), file.name, headings=headings)
    if any(finding.severity is Severity.ERROR for finding in reading.findings):
        raise PortfolioError(reading.findings)
    return reading.works


def read_history_bytes(content: bytes, name: str, *, headings: Mapping[str, str] | None = None) -> HistoryReading:
    """Read finished work from the content of a file, with every problem as a finding.

    A duration is read from `planned_months` and `actual_months`, or else worked out from `start`, `planned_end` and
    `actual_end`; the year from `finished` or else from `actual_end`. An empty cell is not known, and never 0.
    """
    tables, problems = read_lists(content, name)
    if any(finding.severity is Severity.ERROR for finding in problems):
        return HistoryReading((), problems, ())
    filled = [table for table in tables if any(_is_filled(row) for row in table.rows)]
    if len(filled) != 1:
        problem = f"One table of finished work is expected; this file has {len(filled)} sheets with content."
        found = finding_error("history.sheets", problem, "Keep the one sheet with finished work.", file=name)
        return HistoryReading((), (*problems, found), ())
    reader = _Reader(filled[0], name, headings or {})
    works = reader.works()
    findings = (*problems, *reader.findings)
    has_errors = any(finding.severity is Severity.ERROR for finding in findings)
    return HistoryReading(() if has_errors else tuple(works), findings, tuple(reader.kinds))


@dataclass(slots=True)
class _Reader:
    """One table: its columns found by their headings, its cells read one by one."""

    table: Table
    file: str
    headings: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    def works(self) -> list[FinishedWork]:
        """Every row as finished work."""
        numbered = [(number, row) for number, row in enumerate(self.table.rows, start=1) if _is_filled(row)]
        (heading_row, heads), *body = numbered
        self._find_columns(heads, heading_row)
        works: list[FinishedWork] = []
        rows: dict[str, int] = {}
        for number, row in body if not self.findings else []:
            work = self._work(number, row)
            if rows.setdefault(work.id, number) != number:
                problem = f"This id stands in row {rows[work.id]} already."
                self._report("id.repeated", problem, "Give each row its own id.", number, self._head("id"), work.id)
            works.append(work)
        if not body:
            self._report("history.empty", "The table has no rows under its headings.", "Add finished work.", None)
        return works

    def _find_columns(self, heads: Sequence[Cell], row: int) -> None:
        known = {normalised(self._head(name)): name for name in FIELDS}
        seen: set[str] = set()
        for place, head in enumerate(heads):
            text = str(head or "").strip()
            if not text:
                continue
            if normalised(text) in seen:
                self._report("column.repeated", "This heading stands twice.", "Keep one of the columns.", row, text)
            seen.add(normalised(text))
            name = known.get(normalised(text))
            if name is None:
                self.kinds[text] = place
            else:
                self.places[name] = place
        for name in self.headings:
            if name not in FIELDS or name not in self.places:
                self._report_missing(name, row, heads)
        pairs = [("planned_cost", "actual_cost"), ("planned_months", "actual_months"), DATES]
        pairs.append(("planned_benefit", "actual_benefit"))
        if not any(all(name in self.places for name in pair) for pair in pairs):
            problem = "No columns hold both a plan and its outcome."
            remedy = f"Name two columns planned_cost and actual_cost, for example; known names are {', '.join(FIELDS)}."
            self._report("column.missing", problem, remedy, row)

    def _report_missing(self, name: str, row: int, heads: Sequence[Cell]) -> None:
        if name not in FIELDS:
            remedy = f"Use one of: {', '.join(FIELDS)}."
            self._report("column.unknown", f"There is no field {name!r} of finished work.", remedy, row, name)
            return
        heading = self._head(name)
        near = difflib.get_close_matches(heading, [str(head) for head in heads if head], n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else "Name a heading of the first row."
        self._report(
            "column.missing", f"No column has the heading {heading!r} that {name} needs.", remedy, row, heading
        )

    def _work(self, number: int, row: Sequence[Cell]) -> FinishedWork:
        read = {name: self._value(name, place, number, row) for name, place in self.places.items()}
        planned, actual = read.get("planned_months"), read.get("actual_months")
        end = read.get("actual_end")
        finished = read.get("finished")
        return FinishedWork(
            id=read.get("id") or f"row {number}",
            classes={head: str(row[place]).strip() for head, place in self.kinds.items() if row[place] is not None},
            planned_months=_months(read, "planned_end") if planned is None else planned,
            actual_months=_months(read, "actual_end") if actual is None else actual,
            finished=end.year if finished is None and end is not None else finished,
            **{name: read.get(name) for name in NUMBERS if not name.endswith("_months")},
        )

    def _value(self, name: str, place: int, number: int, row: Sequence[Cell]) -> Any:
        """The value of a cell; None when it is empty or cannot be read."""
        cell = row[place]
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        try:
            value = read_cell(_KINDS[name], cell)
        except CellError as error:
            self._report(error.code, error.problem, error.remedy, number, self._head(name), cell)
            return None
        problem = _wrong(name, value)
        if problem:
            self._report("cell.range", problem, "Correct the cell, or leave it empty.", number, self._head(name), cell)
            return None
        return value

    def _head(self, name: str) -> str:
        """The heading under which the file keeps a field."""
        return self.headings.get(name, name)

    def _report(
        self, code: str, problem: str, remedy: str, row: int | None, column: str = "", value: Cell = ""
    ) -> None:
        if len(self.findings) < _MOST_FINDINGS:
            place = {"file": self.file, "sheet": self.table.name, "row": row, "column": column}
            self.findings.append(finding_error(code, problem, remedy, value=str(value)[:200], **place))


def _wrong(name: str, value: Any) -> str:
    """What is wrong with a value that could be read; "" when nothing is."""
    if name == "finished" and value not in _YEARS:
        return "A year of four digits is expected here."
    if name in NUMBERS and value < 0:
        return "A figure of finished work is not below nought."
    return ""


def _months(read: Mapping[str, Any], end: str) -> float | None:
    """Months from the start to an end; None when either is not known."""
    if read.get("start") is None or read.get(end) is None:
        return None
    return float((read[end] - read["start"]).days / _DAYS_A_MONTH)


def _is_filled(row: Sequence[Cell]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


def unknown_columns(wanted: Sequence[str], reading: HistoryReading, file: str) -> Iterator[Finding]:
    """A finding for each column that is to make classes and is not in the file."""
    for name in wanted:
        if name not in reading.columns:
            near = difflib.get_close_matches(name, reading.columns, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(reading.columns) or 'none'}."
            yield finding_error("column.unknown", "The file has no such column.", remedy, file=file, column=name)


def without_value(works: Sequence[FinishedWork], by: Sequence[str], file: str) -> Iterator[Finding]:
    """A finding for each column that makes classes and is empty for some work."""
    for name in by:
        count = sum(not work.classes.get(name, "") for work in works)
        if count:
            problem = f"{count} finished works have no {name}; they count in the wider class alone."
            yield finding_warning("class.empty", problem, "Fill in the column.", file=file, column=name)
