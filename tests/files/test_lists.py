"""Lists in workbooks and CSV files."""

from __future__ import annotations

import io

import xlsxwriter

from openvmo.files.lists import read_lists


def workbook(**sheets: list[list[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def test_it_reads_each_sheet_of_a_workbook() -> None:
    tables, findings = read_lists(workbook(One=[["a", "b"], ["x", 1.5]], Two=[["c"]]), "lists.xlsx")
    assert findings == ()
    assert [(table.name, [list(row) for row in table.rows]) for table in tables] == [
        ("One", [["a", "b"], ["x", 1.5]]),
        ("Two", [["c"]]),
    ]


def test_it_reads_csv_with_the_separator_of_its_heading_and_fills_short_rows() -> None:
    tables, findings = read_lists("\ufeffa;b\n'=1;2\n3\n".encode(), "folder/list.csv")
    assert findings == ()
    assert [(table.name, list(table.rows)) for table in tables] == [("list", [["a", "b"], ["=1", "2"], ["3", ""]])]


def test_it_says_that_a_file_is_not_in_utf_8() -> None:
    tables, findings = read_lists("name\nGrün\n".encode("cp1252"), "list.csv")
    assert [finding.code for finding in findings] == ["csv.encoding"]
    assert tables[0].rows[1] == ["Grün"]


def test_it_says_what_cannot_be_opened() -> None:
    tables, findings = read_lists(b"PK\x03\x04 broken", "list.xlsx")
    assert (tables, [finding.code for finding in findings]) == ((), ["workbook.unreadable"])
    tables, findings = read_lists(b'a,b\n"open', "list.csv")
    assert (tables, [finding.code for finding in findings]) == ((), ["csv.invalid"])


def test_it_shows_an_error_of_a_formula_in_its_cell() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("One")
        sheet.write_row(0, 0, ["a"])
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
    _tables, findings = read_lists(content.getvalue(), "list.xlsx")
    assert [(finding.code, finding.column) for finding in findings] == [("cell.formula_error", "A2")]
