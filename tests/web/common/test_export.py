"""Lists as files that no spreadsheet program mistakes for formulas."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils.translation import gettext_lazy
from python_calamine import CalamineWorkbook

from openvmo_web.common.export import ExportColumn, csv_bytes, export_response, xlsx_bytes

COLUMNS = [ExportColumn("Name"), ExportColumn("Cost", "GBP"), ExportColumn("Day")]
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_unit_stands_in_the_heading() -> None:
    assert [column.heading for column in COLUMNS] == ["Name", "Cost (GBP)", "Day"]


def test_csv_keeps_every_value() -> None:
    rows = [
        ["Häfen, “new”", Decimal("1.50"), date(2026, 4, 1)],
        [gettext_lazy("Name"), None, MOMENT],
        ["a\nb", -2.5, True],
    ]
    assert read_csv(csv_bytes(COLUMNS, rows)) == [
        ["Name", "Cost (GBP)", "Day"],
        ["Häfen, “new”", "1.50", "2026-04-01"],
        ["Name", "", "2026-03-02T09:30:00+00:00"],
        ["a\nb", "-2.5", "True"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_csv_disarms_what_looks_like_a_formula(text: str) -> None:
    assert read_csv(csv_bytes(COLUMNS, [[text, -1, None]]))[1] == [f"'{text}", "-1", ""]


def test_csv_disarms_headings_too() -> None:
    assert read_csv(csv_bytes([ExportColumn("=cmd")], []))[0] == ["'=cmd"]


def test_a_workbook_keeps_types() -> None:
    rows = [["=1+1", Decimal("1.5"), date(2026, 4, 1)], ["https://example.org", 3, None], [True, 2.25, MOMENT]]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes({"List": (COLUMNS, rows)})))["List"]
    assert list(sheet.iter_rows(values_only=True)) == [
        ("Name", "Cost (GBP)", "Day"),
        ("=1+1", 1.5, datetime.fromisoformat("2026-04-01")),
        ("https://example.org", 3, None),
        (True, 2.25, "2026-03-02T09:30:00+00:00"),
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["A3"].hyperlink is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C4")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_number_that_is_none_stays_empty(value: object) -> None:
    content = xlsx_bytes({"List": (COLUMNS, [["x", value, None]])})
    assert CalamineWorkbook.from_object(io.BytesIO(content)).get_sheet_by_name("List").to_python()[1][1] == ""
    assert read_csv(csv_bytes(COLUMNS, [["x", value, None]]))[1] == ["x", "", ""]


def test_sheets_have_names_that_spreadsheets_take() -> None:
    long, twin, odd = (
        "A very long name of a portfolio, twice over",
        "A very long name of a portfolio, but another",
        "A/B [x]: 'y'?*",
    )
    content = xlsx_bytes({name: (COLUMNS, []) for name in (long, twin, odd, "", "History")})
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names == [
        "A very long name of a portfolio",
        "A very long name of a portf (2)",
        "A B x y",
        "Sheet",
        "History (2)",
    ]


def test_an_empty_list_has_its_heading() -> None:
    answer = export_response("xlsx", "list", COLUMNS, [])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert list(sheet.iter_rows(values_only=True)) == [("Name", "Cost (GBP)", "Day")]
    assert answer["Content-Disposition"] == 'attachment; filename="list.xlsx"'
