"""The layout of the published files: encoding, headings that change from year to year, and the year of the snapshot."""

from __future__ import annotations

import collections
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from openvmo.engine.model import Finding
from openvmo.files.reading import finding_error, finding_note, finding_warning

# What a row holds, by the words of its heading in lower case with single spaces. The first match counts.
_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("gmpp_id", r"gmpp id"),
        ("project_name", r"project name$"),
        ("department", r"department$"),
        ("confidence", r"(mpa|ipa) (rag rating|delivery confidence assessment)"),
        ("description", r"description ?/ ?aims"),
        ("commentary", r"departmental commentary on actions"),
        ("start_date", r"project - start date"),
        ("end_date", r"project - end date"),
        ("schedule_narrative", r"departmental narrative on schedule"),
        ("fy_baseline", r"(\d{4}/\d{2,4}|financial year) (total )?(budget|baseline)"),
        ("fy_forecast", r"(\d{4}/\d{2,4}|financial year) (total )?forecast"),
        ("fy_variance_pct", r"((\d{4}/\d{2,4}|financial year) )?variance.*%"),
        ("fy_variance", r"(\d{4}/\d{2,4}|financial year) variance"),
        ("wlc_baseline", r"(total (budgeted|baseline) whole life|whole life cost total)"),
        ("variance_narrative", r"departmental narrative on budget ?/ ?forecast variance"),
        ("wlc_narrative", r"departmental narrative on budgeted whole life"),
        ("category", r"annual report category"),
    )
)
_REQUIRED = (
    "project_name",
    "department",
    "confidence",
    "start_date",
    "end_date",
    "fy_baseline",
    "fy_forecast",
    "wlc_baseline",
)
_AMOUNTS = ("fy_baseline", "fy_forecast", "wlc_baseline")
_IN_MILLIONS = re.compile(r"£ ?m(illion)?\b", re.IGNORECASE)
_UNDEFINED_BYTES = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))  # undefined in Windows-1252
_SEPTEMBER = re.compile(r"September,?\s+(20\d\d)")
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_FEWEST_MENTIONS = 3
_CLEAR_LEAD = 1.5


@dataclass(frozen=True, slots=True)
class Layout:
    """A published file as a grid.

    Args:
        grid: cells by row and column, all rows of the same width, with line ends as newline.
        rows: position of the row for each kind of content.
        findings: what a reader should know.
    """

    grid: Sequence[Sequence[str]]
    rows: dict[str, int]
    findings: tuple[Finding, ...]

    def cell(self, kind: str, column: int) -> str:
        """The text of a kind of content for the project in a column, "" when the file has no such row."""
        return self.grid[self.rows[kind]][column].strip() if kind in self.rows else ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The year of a report and how it was found out; its data are as at 30 September of the year before."""

    year: int
    how: str


def column_letters(position: int) -> str:
    """The letters that a spreadsheet program shows for a column.

    >>> column_letters(0), column_letters(26)
    ('A', 'AA')
    """
    letters, number = "", position + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def read_layout(content: bytes, name: str) -> Layout:
    """The grid of a published file and where its contents stand."""
    text, findings = _decoded(content, name)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    width = max((len(row) for row in rows), default=0)
    grid = [[_with_newlines(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    places: dict[str, int] = {}
    for position, row in enumerate(grid):
        kind = _kind_of(row[0]) if row else None
        if kind is not None and kind not in places:
            places[kind] = position
        elif any(row):
            findings.append(_about_other_row(row, position, name))
    findings.extend(_missing(places, name))
    findings.extend(_without_unit(grid, places, name))
    return Layout(grid, places, tuple(findings))


def snapshot_of(layout: Layout, name: str) -> tuple[Snapshot | None, tuple[Finding, ...]]:
    """The year of the report: from the dates in its narratives, else from its headings, else from its file name."""
    told, headed, named = _year_told(layout), _year_headed(layout), _year_named(name)
    chosen = next((found for found in (told, headed, named) if found is not None), None)
    if chosen is None:
        problem, remedy = (
            "The year of this report cannot be found.",
            "Put the year into the file name, such as gmpp_2020.csv.",
        )
        return None, (finding_error("gmpp.snapshot", problem, remedy, file=name),)
    remedy = "If this is wrong, correct the start month of the portfolio after the import."
    findings = [
        finding_note("gmpp.snapshot", f"The report is taken as that of {chosen.year}: {chosen.how}.", remedy, file=name)
    ]
    for other in (headed, named):
        if other is not None and other.year != chosen.year:
            problem = f"Another place speaks for {other.year}: {other.how}."
            findings.append(finding_warning("gmpp.snapshot_doubt", problem, remedy, file=name))
    return chosen, tuple(findings)


def financial_year(layout: Layout) -> str:
    """The financial year that the headings name, such as 2016/17, "" when they name none."""
    if "fy_baseline" not in layout.rows:
        return ""
    match = re.match(r"\d{4}/\d{2,4}", layout.cell("fy_baseline", 0))
    return "" if match is None else match[0]


def _decoded(content: bytes, name: str) -> tuple[str, list[Finding]]:
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    text = content.decode("cp1252", errors="replace")
    lost = sum(content.count(byte) for byte in _UNDEFINED_BYTES)
    findings = [
        finding_note(
            "gmpp.encoding", "The file is in Windows-1252 and was read so.", "Nothing needs to be done.", file=name
        )
    ]
    if lost:
        problem = f"{lost} character(s) of the file belong to no alphabet and are shown as \ufffd."
        findings.append(finding_warning("gmpp.character", problem, "Correct the texts after the import.", file=name))
    return text, findings


def _with_newlines(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def _kind_of(heading: str) -> str | None:
    words = " ".join(heading.split()).casefold()
    return next((kind for kind, pattern in _HEADINGS if pattern.match(words)), None)


def _about_other_row(row: Sequence[str], position: int, name: str) -> Finding:
    """A footnote stands alone in its row; a row with values under no known heading was not read."""
    if any(cell.strip() for cell in row[1:]):
        problem, remedy = "This row has no known heading and was not read.", "Look at it in the file if it matters."
        return finding_warning(
            "gmpp.row_unknown", problem, remedy, file=name, row=position + 1, column="A", value=row[0][:200]
        )
    problem, remedy = "The file has a footnote.", "Read it before using the figures."
    return finding_note("gmpp.footnote", problem, remedy, file=name, row=position + 1, column="A", value=row[0].strip())


def _missing(places: dict[str, int], name: str) -> list[Finding]:
    remedy = "Check that this is the published file of one year, with one project in each column."
    return [
        finding_error("gmpp.heading", f"There is no row for {kind.replace('_', ' ')}.", remedy, file=name)
        for kind in _REQUIRED
        if kind not in places
    ]


def _without_unit(grid: Sequence[Sequence[str]], places: dict[str, int], name: str) -> list[Finding]:
    """Amounts whose heading does not say that they are in millions of pounds cannot be used."""
    problem, remedy = "The heading does not say that the amounts are in millions of pounds.", "Correct the heading."
    return [
        finding_error(
            "gmpp.unit", problem, remedy, file=name, row=places[kind] + 1, column="A", value=grid[places[kind]][0]
        )
        for kind in _AMOUNTS
        if kind in places and not _IN_MILLIONS.search(grid[places[kind]][0])
    ]


def _year_told(layout: Layout) -> Snapshot | None:
    """The year after the September that the narratives name most, if one leads clearly."""
    texts = " ".join(cell for row in layout.grid for cell in row)
    mentions = collections.Counter(int(year) for year in _SEPTEMBER.findall(texts)).most_common(2)
    if not mentions or mentions[0][1] < _FEWEST_MENTIONS:
        return None
    if len(mentions) > 1 and mentions[0][1] < _CLEAR_LEAD * mentions[1][1]:
        return None
    year, count = mentions[0]
    return Snapshot(
        year + 1, f"its narratives name September {year} {count} times, and the data are as at 30 September"
    )


def _year_headed(layout: Layout) -> Snapshot | None:
    year = financial_year(layout)
    return Snapshot(int(year[:4]) + 1, f"the heading of the baseline names the financial year {year}") if year else None


def _year_named(name: str) -> Snapshot | None:
    match = _YEAR_IN_NAME.search(name)
    return None if match is None else Snapshot(int(match[1]), f"the file is named {name}")
