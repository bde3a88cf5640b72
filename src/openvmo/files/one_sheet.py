"""One sheet by itself, in a workbook or as a CSV file, for changing the records of one kind in a spreadsheet."""

from __future__ import annotations

from openvmo.engine.model import Finding
from openvmo.files import archive, csv_folder, native_workbook
from openvmo.files.sheets import SHEET_BY_NAME, normalised
from openvmo.files.tables import StatedRow, Table, rows_from_tables


def read_sheet(content: bytes, name: str, sheet: str) -> tuple[list[StatedRow], list[Finding]]:
    """The rows of one sheet of a file, and every problem as a finding.

    Args:
        content: the whole file.
        name: its name; one that ends in .csv is read as this sheet.
        sheet: name of the sheet, such as "Benefits".

    Returns:
        The rows, none when an error stands in the findings; and the findings in the order of the file.

    Raises:
        KeyError: there is no such kind of sheet.
    """
    wanted = SHEET_BY_NAME[normalised(sheet)]
    findings: list[Finding] = []
    tables: list[Table] | None
    if name.lower().endswith(".csv") and not archive.is_archive(content):
        tables = [csv_folder.table_of(wanted, content, name, findings)]
    else:
        tables, problems = native_workbook.tables_of(content, name)
        findings.extend(problems)
    if tables is None:
        return [], findings
    rows, found = rows_from_tables(tables, wanted, name)
    findings.extend(found)
    return ([] if any(finding.severity == "error" for finding in findings) else rows), findings
