"""A published file as one row a project, with a finding for each cell that states no value."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from openvmo.engine.model import Confidence, Finding
from openvmo.files.gmpp.cells import confidence_of, date_of, millions_of, percentage_of
from openvmo.files.gmpp.layout import Layout, Snapshot, column_letters, financial_year, read_layout, snapshot_of
from openvmo.files.reading import finding_error, finding_note, finding_warning

_READERS: dict[str, Callable[[str], Any]] = {
    "start_date": date_of,
    "end_date": date_of,
    "fy_baseline": millions_of,
    "fy_forecast": millions_of,
    "fy_variance_pct": percentage_of,
    "wlc_baseline": millions_of,
}
_LINES = ("gmpp_id", "project_name", "department", "category")
_TEXTS = (
    "description",
    "commentary",
    "schedule_narrative",
    "variance_narrative",
    "wlc_narrative",
)


@dataclass(frozen=True, slots=True)
class GmppRow:
    """One project of a published file; amounts in millions of pounds, None where none is stated.

    Args:
        column: letters of its column.
        gmpp_id: its number in the portfolio, "" before 2020.
        project_name: its name.
        department: its department, as spelt in the file.
        category: its category, "" in the years that publish none.
        rating: the confidence rating as published.
        confidence: the same as a word of the model.
        start_date: latest approved start.
        end_date: latest approved end.
        fy_baseline: baseline or budget of the financial year.
        fy_forecast: forecast of the financial year.
        fy_variance_pct: variance of the two in percent.
        wlc_baseline: whole-life cost.
        published: dates and figures exactly as published, by name.
        description: what the project is for.
        commentary: the department on the rating.
        schedule_narrative: the department on the schedule.
        variance_narrative: the department on the variance.
        wlc_narrative: the department on the whole-life cost.
    """

    column: str
    gmpp_id: str
    project_name: str
    department: str
    category: str
    rating: str
    confidence: Confidence
    start_date: datetime.date | None
    end_date: datetime.date | None
    fy_baseline: float | None
    fy_forecast: float | None
    fy_variance_pct: float | None
    wlc_baseline: float | None
    published: dict[str, str]
    description: str
    commentary: str
    schedule_narrative: str
    variance_narrative: str
    wlc_narrative: str


@dataclass(frozen=True, slots=True)
class Report:
    """A published file of one year.

    Args:
        rows: its projects from left to right.
        snapshot: its year; None when it could not be found.
        financial_year: the financial year named in its headings, such as 2016/17, "" when none is named.
        row_numbers: row of each kind of content in the file, from 1.
        findings: every doubtful cell, footnote and assumption.
    """

    rows: tuple[GmppRow, ...]
    snapshot: Snapshot | None
    financial_year: str
    row_numbers: dict[str, int]
    findings: tuple[Finding, ...]


def read_report(content: bytes, name: str) -> Report:
    """Read a published file; nothing is raised, every problem is a finding."""
    layout = read_layout(content, name)
    if any(finding.severity == "error" for finding in layout.findings):
        return Report((), None, "", {}, layout.findings)
    snapshot, about_snapshot = snapshot_of(layout, name)
    rows = tuple(_row(layout, column) for column in range(1, len(layout.grid[0])) if _is_filled(layout, column))
    about_cells = (finding for row in rows for finding in _doubts(layout, row, name))
    findings = (*layout.findings, *about_snapshot, *about_cells)
    numbers = {kind: position + 1 for kind, position in layout.rows.items()}
    return Report(rows, snapshot, financial_year(layout), numbers, findings)


def _is_filled(layout: Layout, column: int) -> bool:
    return any(row[column].strip() for row in layout.grid)


def _row(layout: Layout, column: int) -> GmppRow:
    lines: dict[str, Any] = {kind: " ".join(layout.cell(kind, column).split()) for kind in _LINES}
    texts: dict[str, Any] = {kind: layout.cell(kind, column) for kind in _TEXTS}
    published = {kind: layout.cell(kind, column) for kind in _READERS}
    values: dict[str, Any] = {kind: read(published[kind]) for kind, read in _READERS.items()}
    rating = " ".join(layout.cell("confidence", column).split())
    return GmppRow(
        column=column_letters(column),
        rating=rating,
        confidence=confidence_of(rating),
        published=published,
        **lines,
        **texts,
        **values,
    )


def _doubts(layout: Layout, row: GmppRow, file: str) -> Iterator[Finding]:
    """A finding for each cell of a project that should state a value and does not."""
    if not row.project_name:
        problem, remedy = "This project has no name.", "Name it, or clear its column."
        number = layout.rows["project_name"] + 1
        yield finding_error("gmpp.name", problem, remedy, file=file, row=number, column=row.column)
    for kind in _READERS:
        if kind in layout.rows and getattr(row, kind) is None:
            yield _not_stated(layout, kind, row, file)
    if row.confidence is Confidence.NOT_STATED:
        problem = "The confidence rating is not one of the five colours; it is imported as not stated."
        number = layout.rows["confidence"] + 1
        remedy = "Nothing needs to be done; the text is kept in the status report."
        yield finding_warning(
            "gmpp.not_stated", problem, remedy, file=file, row=number, column=row.column, value=row.rating[:200]
        )


def _not_stated(layout: Layout, kind: str, row: GmppRow, file: str) -> Finding:
    """No value is put in the place of a text; the variance, which follows from two others, is only worth a note."""
    make = finding_note if kind == "fy_variance_pct" else finding_warning
    label = (
        kind.replace("_", " ")
        .replace("fy", "financial year")
        .replace("wlc", "whole-life cost")
        .replace("pct", "in percent")
    )
    problem = f"The {label} of {row.project_name} is not stated; the text is no value that can be read."
    remedy = "Ask the department for the figure, or leave it: nothing is put in its place."
    text = row.published[kind][:200]
    found: Finding = make(
        "gmpp.not_stated", problem, remedy, file=file, row=layout.rows[kind] + 1, column=row.column, value=text
    )
    return found
