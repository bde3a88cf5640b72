"""Finished work from a file: what is read, and every problem by row and column."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from openvmo.engine.evidence import FinishedWork
from openvmo.engine.model import PortfolioError
from openvmo.files.history import HistoryReading, read_history, read_history_bytes, unknown_columns, without_value

TABLE = """id,sector,planned_cost,actual_cost,start,planned_end,actual_end,planned_benefit,actual_benefit,inflation
A1,Water,100,132,2001-01-01,2003-01-01,2004-01-01,50,0,1.1
A2,Energy,"1,000.5",900,,,2008-06-30,,,
"""


def read(text: str, **headings: str) -> HistoryReading:
    """The reading of a CSV text."""
    return read_history_bytes(text.encode(), "history.csv", headings=headings)


def test_it_reads_finished_work() -> None:
    reading = read(TABLE)
    first, second = reading.works
    assert first.planned_months == pytest.approx(24, abs=0.05)
    assert first.actual_months == pytest.approx(36, abs=0.05)
    assert (first.finished, first.inflation, first.actual_benefit) == (2004, 1.1, 0.0)
    assert second == FinishedWork("A2", {"sector": "Energy"}, planned_cost=1000.5, actual_cost=900.0, finished=2008)
    assert (reading.findings, reading.columns) == ((), ("sector",))


def test_an_empty_cell_is_not_nought() -> None:
    (work,) = read("id,planned_cost,actual_cost\nA1,100,\n").works
    assert work.actual_cost is None


def test_months_that_are_stated_count_before_dates() -> None:
    table = "planned_months,actual_months,start,planned_end,actual_end\n10,12,2001-01-01,2009-01-01,2009-01-01\n"
    (work,) = read(table).works
    assert (work.id, work.planned_months, work.actual_months, work.finished) == ("row 2", 10.0, 12.0, 2009)


def test_a_file_may_name_its_columns_otherwise() -> None:
    (work,) = read("Nr,Budget,Spent\n7,10,12\n", id="Nr", planned_cost="Budget", actual_cost="spent").works
    assert (work.id, work.planned_cost, work.actual_cost, work.classes) == ("7", 10.0, 12.0, {})


def test_it_reads_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Planned cost", "Actual cost", "Sector"])  # type: ignore[union-attr]
    book.active.append([10, 12.5, "Rail"])  # type: ignore[union-attr]
    book.save(tmp_path / "done.xlsx")
    (work,) = read_history(tmp_path / "done.xlsx")
    assert work == FinishedWork("row 2", {"Sector": "Rail"}, planned_cost=10.0, actual_cost=12.5)


@pytest.mark.parametrize(
    ("table", "code", "row", "column"),
    [
        ("id,planned_cost,actual_cost\nA,10,about 12\n", "cell.number", 2, "actual_cost"),
        ("id,planned_cost,actual_cost\nA,#VALUE!,12\n", "cell.number", 2, "planned_cost"),
        ("id,planned_cost,actual_cost\nA,-10,12\n", "cell.range", 2, "planned_cost"),
        ("id,planned_cost,actual_cost\nA,10,12\n\nA,10,12\n", "id.repeated", 4, "id"),
        ("id,planned_cost,actual_cost,finished\nA,10,12,99\n", "cell.range", 2, "finished"),
        ("start,planned_end,actual_end\n1/7/92,2001-01-01,2002-01-01\n", "cell.date", 2, "start"),
        ("id,planned_cost\nA,10\n", "column.missing", 1, ""),
        ("planned_cost,actual_cost,Planned Cost\n1,2,3\n", "column.repeated", 1, "Planned Cost"),
        ("planned_cost,actual_cost\n", "history.empty", None, ""),
    ],
)
def test_a_problem_names_its_row_and_column(table: str, code: str, row: int | None, column: str) -> None:
    reading = read(table)
    (finding,) = reading.findings
    assert (finding.code, finding.file, finding.row, finding.column) == (code, "history.csv", row, column)
    assert finding.remedy
    assert reading.works == ()


def test_every_problem_is_listed() -> None:
    reading = read("planned_cost,actual_cost\nten,12\n10,twelve\n")
    assert [(finding.row, finding.value) for finding in reading.findings] == [(2, "ten"), (3, "twelve")]


def test_a_heading_that_is_not_there_is_named_with_the_nearest() -> None:
    (finding, *_) = read("Budgets,Spent\n10,12\n", planned_cost="Budget").findings
    assert (finding.code, finding.column, finding.remedy) == ("column.missing", "Budget", "Did you mean 'Budgets'?")


def test_a_field_that_does_not_exist_is_named() -> None:
    (finding,) = read("planned_cost,actual_cost\n10,12\n", price="Budget").findings
    assert finding.problem == "There is no field 'price' of finished work."


def test_two_sheets_with_content_are_one_too_many() -> None:
    book = openpyxl.Workbook()
    book.active.append(["planned_cost", "actual_cost"])  # type: ignore[union-attr]
    book.create_sheet("More").append(["planned_cost"])
    content = io.BytesIO()
    book.save(content)
    (finding,) = read_history_bytes(content.getvalue(), "done.xlsx").findings
    assert finding.code == "history.sheets"


def test_the_function_of_the_library_raises_with_all_findings(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text("planned_cost,actual_cost\nten,12\n")
    with pytest.raises(PortfolioError, match=r"row 2, column planned_cost: A number is expected"):
        read_history(tmp_path / "history.csv")


def test_a_column_for_classes_must_be_there() -> None:
    reading = read(TABLE)
    assert list(unknown_columns(["sector"], reading, "history.csv")) == []
    (finding,) = unknown_columns(["sectors"], reading, "history.csv")
    assert finding.remedy == "Did you mean 'sector'?"


def test_work_without_a_kind_is_counted() -> None:
    works = [FinishedWork("a", {"sector": "Rail"}), FinishedWork("b", {"sector": ""}), FinishedWork("c")]
    (finding,) = without_value(works, ["sector"], "history.csv")
    assert finding.problem.startswith("2 finished works have no sector")
