"""A folder of CSV files, one for each kind of record; as a ZIP archive it travels as one file.

A spreadsheet program runs a text that starts with an equals sign and its like as a formula. Such texts are written with
an apostrophe before them and lose it again when read; a text that already has apostrophes there gets one more.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from openvmo.engine.model import Finding, Portfolio, PortfolioError
from openvmo.files import archive
from openvmo.files.reading import Reading, finding_error, finding_note, finding_warning
from openvmo.files.schema import WRITTEN_AS_TEXT
from openvmo.files.sheets import SHEET_BY_NAME, SHEETS, Sheet, normalised
from openvmo.files.tables import Table, portfolio_from_tables, rows_of, unwritable

_RISKY_START = re.compile("'*[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the last four are the full-width forms
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # so that the same portfolio gives the same bytes
_LARGEST_CELL = 1_000_000


def recognise(content: bytes, name: str) -> bool:
    """Whether the content is an archive with at least one of our CSV files."""
    if not archive.is_archive(content):
        return False
    try:
        members = archive.checked_archive(content).namelist()
    except archive.UnsafeArchiveError:
        return name.lower().endswith(".zip")  # so that reading it says what is unsafe
    return any(_sheet_for(member) is not None for member in members)


def read(content: bytes, name: str) -> Reading:
    """Read a ZIP archive of CSV files, with every problem as a finding; nothing is ever unpacked to disk."""
    try:
        opened = archive.checked_archive(content)
        files = {member: archive.part(opened, member) for member in opened.namelist() if not member.endswith("/")}
    except archive.UnsafeArchiveError as problem:
        remedy = "Make the archive anew with only the CSV files, without a password."
        finding = finding_error("archive.unsafe", f"This archive cannot be opened: {problem}.", remedy, file=name)
        return Reading(None, (finding,), "csv_folder")
    return _read_files(files, name)


def read_folder(path: Path) -> Reading:
    """Read the CSV files of a folder, with every problem as a finding.

    Raises:
        OSError: the folder cannot be read.
    """
    files = {file.name: file.read_bytes() for file in sorted(path.iterdir()) if file.suffix.lower() == ".csv"}
    return _read_files(files, path.name)


def files_of(portfolio: Portfolio) -> dict[str, bytes]:
    """The CSV files for a portfolio by name: UTF-8 with a byte order mark, so that spreadsheet programs show accents.

    Raises:
        PortfolioError: CSV cannot state it exactly; the findings say where and what to do.
    """
    findings = unwritable(portfolio)
    if findings:
        raise PortfolioError(findings)
    return {f"{sheet.name.lower()}.csv": _written(portfolio, sheet) for sheet in SHEETS}


def write(portfolio: Portfolio) -> bytes:
    """The CSV files for a portfolio in one ZIP archive.

    Raises:
        PortfolioError: CSV cannot state it exactly; the findings say where and what to do.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name, file in files_of(portfolio).items():
            target.writestr(zipfile.ZipInfo(name, _FIXED_TIME), file, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def guarded(text: str) -> str:
    """The text as it stands in a CSV file: safe from being run as a formula.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("'twas")
    ("'=1+1", "''=1+1", "'twas")
    """
    return f"'{text}" if _RISKY_START.match(text) else text


def unguarded(text: str) -> str:
    """The text that a guarded one states; the inverse of `guarded`."""
    return text[1:] if text.startswith("'") and _RISKY_START.match(text) else text


def _sheet_for(member: str) -> Sheet | None:
    path = PurePosixPath(member)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return None if hidden or path.suffix.lower() != ".csv" else SHEET_BY_NAME.get(normalised(path.stem))


def _read_files(files: Mapping[str, bytes], name: str) -> Reading:
    findings: list[Finding] = []
    tables: list[Table] = []
    for member, content in files.items():
        sheet = _sheet_for(member)
        if sheet is None:
            problem, remedy = (
                "This file belongs to no kind of record and was not read.",
                "Remove it, or correct its name.",
            )
            findings.append(finding_note("file.ignored", problem, remedy, file=name, sheet=member))
            continue
        tables.append(table_of(sheet, content, name, findings))
    reading = portfolio_from_tables(tables, name, "csv_folder")
    portfolio = None if any(finding.severity == "error" for finding in findings) else reading.portfolio
    return Reading(portfolio, (*findings, *reading.findings), "csv_folder", reading.rows_with)


def table_of(sheet: Sheet, content: bytes, file: str, findings: list[Finding]) -> Table:
    """The table that one CSV file states; what is wrong with it is added to the findings."""
    text = _decoded(content, sheet, file, findings)
    csv.field_size_limit(_LARGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as problem:
        remedy = "Check the quotation marks, or export the file again."
        findings.append(
            finding_error("csv.invalid", f"This is not valid CSV: {problem}.", remedy, file=file, sheet=sheet.name)
        )
        rows = []
    return Table(sheet.name, _without_guards(_squared(rows), sheet))


def _decoded(content: bytes, sheet: Sheet, file: str, findings: list[Finding]) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = "This file is not in UTF-8; it was read as Windows-1252 (Western European)."
        remedy = "Check accents, or save the file as CSV UTF-8."
        findings.append(finding_warning("csv.encoding", problem, remedy, file=file, sheet=sheet.name))
        return content.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    """The separator of the heading line: comma, semicolon or tab, whichever stands there most."""
    line = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=line.count)


def _squared(rows: list[list[str]]) -> list[list[str]]:
    """The rows with the same width, short ones filled with empty cells."""
    width = max((len(row) for row in rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _without_guards(rows: list[list[str]], sheet: Sheet) -> list[list[str]]:
    """The rows with guards taken from the columns of texts; elsewhere a sign belongs to a number."""
    if not rows:
        return rows
    texts = {normalised(column.heading) for column in sheet.all_columns if column.kind in WRITTEN_AS_TEXT}
    places = [place for place, heading in enumerate(rows[0]) if normalised(heading) in texts]
    for row in rows[1:]:
        for place in places:
            if row[place].startswith("'"):
                row[place] = unguarded(row[place])
    return rows


def _written(portfolio: Portfolio, sheet: Sheet) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(column.heading for column in sheet.all_columns)
    writer.writerows(_csv_cells(row, sheet) for row in rows_of(portfolio, sheet))
    return target.getvalue().encode("utf-8-sig")


def _csv_cells(row: tuple[str | float | int | None, ...], sheet: Sheet) -> Iterable[str]:
    for cell, column in zip(row, sheet.all_columns, strict=True):
        if cell is None:
            yield ""
        else:
            yield (
                guarded(str(cell))
                if column.kind in WRITTEN_AS_TEXT
                else repr(cell)
                if isinstance(cell, float)
                else str(cell)
            )
