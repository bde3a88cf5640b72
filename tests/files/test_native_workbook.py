"""The native workbook as people write it: tolerant reading, every problem listed with its place."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from openvmo.engine.model import Finding, Initiative, Option, Portfolio, PortfolioError, Severity
from openvmo.engine.quantities import Estimate, Month
from openvmo.files import read_bytes, read_portfolio, to_bytes, write_portfolio, write_template
from openvmo.files.guide import workbook_guide

Rows = list[list[Any]]

PORTFOLIO_ROW: Rows = [["currency", "price_base", "start"], ["GBP", 2026, "2026-04"]]
INITIATIVES: Rows = [["id", "name"], ["A", "Alpha"], ["B", "Beta"]]


def workbook(**sheets: Rows) -> bytes:
    """A workbook as a person might make it, with the portfolio and two initiatives unless given."""
    content = io.BytesIO()
    given: dict[str, Rows] = {"Portfolio": PORTFOLIO_ROW, "Initiatives": INITIATIVES, **sheets}
    with xlsxwriter.Workbook(content, {"default_date_format": "mmm yyyy"}) as book:
        for name, rows in given.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def findings_of(**sheets: Rows) -> tuple[Finding, ...]:
    """The findings about such a workbook."""
    return read_bytes(workbook(**sheets), "plan.xlsx").findings


def errors_of(**sheets: Rows) -> list[Finding]:
    """The errors about such a workbook."""
    return [finding for finding in findings_of(**sheets) if finding.severity is Severity.ERROR]


def options(*rows: list[Any]) -> Rows:
    """The rows of the sheet Options under its headings."""
    return [["Initiative", "ID", "Start", "Duration"], *rows]


def test_it_reads_headings_in_any_case_and_spacing() -> None:
    costs: Rows = [["INITIATIVE", "Option", "Id", "Name", "Amount - Likely"], ["A", "now", "c", "Build", 10]]
    reading = read_bytes(workbook(Options=options(["A", "now", "2026-05", 3]), costs=costs), "plan.xlsx")
    assert reading.portfolio is not None
    assert reading.portfolio.initiative("A").options[0].costs[0].amount == Estimate(10.0)


def test_it_reads_dates_as_months_and_skips_blank_rows() -> None:
    rows = options(["", "", "", ""], ["A", "now", datetime.date(2026, 5, 17), 3])
    reading = read_bytes(workbook(Options=rows), "plan.xlsx")
    assert reading.portfolio is not None
    assert reading.portfolio.initiative("A").options == (Option(id="now", start=Month(2026, 5), duration=3),)


def test_it_reads_numbers_as_ids() -> None:
    reading = read_bytes(workbook(Initiatives=[["id", "name"], [7, "Seven"]]), "plan.xlsx")
    assert reading.portfolio is not None
    assert reading.portfolio.initiatives == (Initiative(id="7", name="Seven"),)


def test_it_lists_all_problems_with_sheet_row_column_value_and_remedy() -> None:
    errors = errors_of(
        Options=options(["A", "now", "May 2026", 3], ["A", "then", "2026-05", 2.5], ["Aa", "x", "2026-05", ""]),
        Budgets=[["year", "amount"], [2026, "lots"]],
    )
    places = [(error.code, error.sheet, error.row, error.column, error.value) for error in errors]
    assert places == [
        ("cell.month", "Options", 2, "start", "May 2026"),
        ("cell.whole", "Options", 3, "duration", "2.5"),
        ("cell.missing", "Options", 4, "duration", ""),
        ("cell.number", "Budgets", 2, "amount", "lots"),
        ("id.unknown", "Options", 4, "initiative", "Aa"),
    ]
    assert all(error.file == "plan.xlsx" and error.remedy for error in errors)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("£1,234.50", 1234.5),
        ("1.234,50 €", 1234.5),
        ("1 234 567", 1234567.0),
        ("1,234,567", 1234567.0),
        ("(12.5)", -12.5),
        ("USD 3.25", 3.25),
        ("12,5", 12.5),
        ("0,125", 0.125),
        ("\u22123", -3.0),
        ("50%", 0.5),
    ],
)
def test_it_reads_numbers_with_signs_and_says_so(text: str, value: float) -> None:
    reading = read_bytes(workbook(Budgets=[["year", "amount"], [2026, text]]), "plan.xlsx")
    adjusted = [finding for finding in reading.findings if finding.code == "cell.adjusted"]
    assert [(finding.sheet, finding.row, finding.value) for finding in adjusted] == [("Budgets", 2, text)]
    assert repr(value) in adjusted[0].problem


@pytest.mark.parametrize("text", ["1,234", "£1,234"])
def test_it_refuses_a_number_with_two_readings(text: str) -> None:
    (error,) = errors_of(Budgets=[["year", "amount"], [2026, text]])
    assert (error.code, error.remedy) == ("cell.ambiguous", "Write 1234 or 1.234.")


@pytest.mark.parametrize("text", ["nan", "inf", "1_000", "1e999", "--1", "1.2.3", "£", "TRUE"])
def test_it_refuses_what_is_no_number(text: str) -> None:
    (error,) = errors_of(Budgets=[["year", "amount"], [2026, text]])
    assert error.code == "cell.number"


def test_it_warns_of_unknown_columns_and_sheets() -> None:
    findings = findings_of(Notes=[["hello"]], Initiatives=[["id", "name", "catagory"], ["A", "Alpha", "IT"]])
    assert [(finding.severity, finding.code) for finding in findings if "unknown" in finding.code] == [
        (Severity.WARNING, "sheet.unknown"),
        (Severity.WARNING, "column.unknown"),
    ]
    assert "category" in next(finding.remedy for finding in findings if finding.code == "column.unknown")


def test_it_names_missing_sheets_and_columns() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet("Initiatives").write_row(0, 0, ["name"])
    errors = read_bytes(content.getvalue(), "plan.xlsx").errors
    assert [(error.code, error.sheet, error.column) for error in errors] == [
        ("sheet.missing", "Portfolio", ""),
        ("column.missing", "Initiatives", "id"),
    ]


def test_it_finds_ids_that_stand_twice() -> None:
    (error,) = errors_of(Initiatives=[["id", "name"], ["A", "Alpha"], ["A", "Again"]])
    assert (error.code, error.sheet, error.row) == ("id.repeated", "Initiatives", 3)


def test_it_finds_estimates_out_of_order_or_without_a_middle() -> None:
    headings = ["initiative", "option", "id", "name", "probability", "cost_low", "cost_likely", "cost_high"]
    risks: Rows = [headings, ["A", "now", "r", "Rain", 0.5, 3, 2, 4], ["A", "now", "s", "Snow", 0.5, 1, "", 2]]
    errors = errors_of(Options=options(["A", "now", "2026-05", 3]), Risks=risks)
    assert [(error.code, error.row, error.column) for error in errors] == [
        ("estimate.invalid", 2, "cost"),
        ("estimate.incomplete", 3, "cost_likely"),
    ]


def test_it_locates_what_the_checks_of_the_model_find() -> None:
    errors = errors_of(Initiatives=[["id", "name", "programme"], ["A", "Alpha", ""], ["B", "Beta", "nowhere"]])
    assert [(error.file, error.sheet, error.row, error.column, error.value) for error in errors] == [
        ("plan.xlsx", "Initiatives", 3, "programme", "nowhere")
    ]


def test_it_never_takes_a_formula_error_for_an_empty_cell() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, rows in (("Portfolio", PORTFOLIO_ROW), ("Initiatives", INITIATIVES)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        sheet.write(0, 2, "category")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    (error,) = read_bytes(content.getvalue(), "plan.xlsx").errors
    assert (error.code, error.column) == ("cell.formula_error", "C2")


@pytest.mark.parametrize("format_name", ["native_workbook", "csv_folder"])
def test_it_refuses_to_write_what_it_could_not_read_back(format_name: str) -> None:
    twice = (Initiative(id="A", name="a\x00b"), Initiative(id="A", name=""))
    portfolio = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4), initiatives=twice)
    with pytest.raises(PortfolioError) as raised:
        to_bytes(portfolio, format_name)
    assert [(finding.code, finding.row, finding.column) for finding in raised.value.findings] == [
        ("text.unwritable", 2, "name"),
        ("text.unwritable", 3, "name"),
        ("id.repeated", None, ""),
    ]


def test_it_writes_a_template_that_only_waits_for_its_rows(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx")
    with pytest.raises(PortfolioError) as raised:
        read_portfolio(tmp_path / "template.xlsx")
    assert [finding.code for finding in raised.value.findings] == ["portfolio.count"]


def test_it_writes_the_same_bytes_of_csv_and_json_every_time(tmp_path: Path) -> None:
    portfolio = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4))
    for suffix in (".zip", ".json"):
        first, second = (tmp_path / f"{name}{suffix}" for name in ("first", "second"))
        write_portfolio(portfolio, first)
        write_portfolio(portfolio, second)
        assert first.read_bytes() == second.read_bytes()


def test_its_guide_is_fresh() -> None:
    page = Path(__file__).parents[2] / "docs" / "guides" / "native-workbook.md"
    command = "python -c \"from openvmo.files.guide import workbook_guide; print(workbook_guide(), end='')\""
    assert page.read_text(encoding="utf-8") == workbook_guide(), f"write it again: {command} > {page.name}"


COSTS = ["initiative", "option", "id", "name"]


def test_it_refuses_amounts_in_another_currency() -> None:
    rows: Rows = [
        [*COSTS, "amount_low", "amount_likely", "amount_high"],
        ["A", "now", "c", "Work", "80", "USD 100", "140 €"],
    ]
    errors = errors_of(Options=options(["A", "now", "2026-05", 3]), Costs=rows)
    assert [(error.code, error.sheet, error.row, error.column, error.value) for error in errors] == [
        ("cell.currency", "Costs", 2, "amount_likely", "USD 100"),
        ("cell.currency", "Costs", 2, "amount_high", "140 €"),
    ]
    assert errors[0].problem == "This amount is in USD, but the portfolio is in GBP."
    assert errors[0].remedy == "Convert it to GBP at a rate that you can name, and write the number alone."


def test_it_takes_amounts_in_the_portfolios_own_currency() -> None:
    rows: Rows = [[*COSTS, "amount_likely"], ["A", "now", "c", "Work", "£100"], ["A", "now", "d", "Work", "GBP 100"]]
    reading = read_bytes(workbook(Options=options(["A", "now", "2026-05", 3]), Costs=rows), "plan.xlsx")
    assert reading.portfolio is not None
    assert [line.amount for line in reading.portfolio.initiatives[0].options[0].costs] == [Estimate(100.0)] * 2


def test_it_reads_the_families_of_estimates() -> None:
    parts = [f"amount_{part}" for part in ("low", "likely", "high", "family", "tail", "outcomes")]
    rows: Rows = [
        [*COSTS, *parts],
        ["A", "now", "a", "Work", 80, 100, 150, "PERT", 0, ""],
        ["A", "now", "b", "Work", 80, 100, 150, "triangular", "5 %", ""],
        ["A", "now", "c", "Work", "", "", "", "", "", "0: 0.7; 250: 30 %"],
        ["A", "now", "d", "Work", "", "", "", "empirical", "", "3; 5; 8"],
        ["A", "now", "e", "Work", "", "", "", "", "", 7],
    ]
    reading = read_bytes(workbook(Options=options(["A", "now", "2026-05", 3]), Costs=rows), "plan.xlsx")
    assert reading.portfolio is not None, reading.findings
    assert [line.amount for line in reading.portfolio.initiatives[0].options[0].costs] == [
        Estimate.pert(80.0, 100.0, 150.0),
        Estimate.triangular(80.0, 100.0, 150.0, tail=0.05),
        Estimate.discrete({0.0: 0.7, 250.0: 0.3}),
        Estimate.empirical([3.0, 5.0, 8.0]),
        Estimate.empirical([7.0]),
    ]


def test_it_says_what_is_wrong_with_a_family() -> None:
    parts = [f"amount_{part}" for part in ("low", "likely", "high", "family", "outcomes")]
    rows: Rows = [
        [*COSTS, *parts],
        ["A", "now", "a", "Work", 120, 100, 150, "", ""],
        ["A", "now", "b", "Work", "", 100, "", "pert", ""],
        ["A", "now", "c", "Work", "", "", "", "discrete", "1: 0.5; 2: 0.6"],
        ["A", "now", "d", "Work", "", "", "", "bell", ""],
        ["A", "now", "e", "Work", "", "", "", "", "1: 0.5; 2"],
    ]
    errors = errors_of(Options=options(["A", "now", "2026-05", 3]), Costs=rows)
    found = {(error.code, error.row, error.column): error.problem for error in errors}
    assert found["estimate.invalid", 2, "amount"] == "Low, likely and high must rise: [120.0, 100.0, 150.0]."
    assert found["estimate.invalid", 3, "amount"].startswith("A pert estimate needs low and high")
    assert found["estimate.invalid", 4, "amount"].startswith("The probabilities of the outcomes add up to 1.1")
    assert ("cell.word", 5, "amount_family") in found
    assert found["estimate.invalid", 6, "amount"].startswith("Some outcomes have no chance")


def test_a_column_with_the_bare_name_is_the_likely_value() -> None:
    """As the sheet Risks had it before slips were uncertain."""
    rows: Rows = [["initiative", "option", "id", "name", "probability", "slip"], ["A", "now", "r", "Rain", 0.5, 3]]
    reading = read_bytes(workbook(Options=options(["A", "now", "2026-05", 3]), Risks=rows), "plan.xlsx")
    assert reading.portfolio is not None
    assert reading.portfolio.initiatives[0].options[0].risks[0].slip == Estimate(3.0)


def test_it_names_the_place_of_every_bad_input() -> None:
    pair = ["first", "second", "value"]
    benefits = [["initiative", "id", "name", "kind", "pool", "claim"], *_claiming("A", 0.7), *_claiming("B", 0.6)]
    errors = errors_of(
        Options=options(["A", "now", "2026-05", -3], ["B", "now", "2026-05", 3]),
        Risks=[["initiative", "option", "id", "name", "probability"], ["B", "now", "r", "Rain", 1.2]],
        Dependencies=[
            ["kind", "source", "target"],
            ["finish_to_start", "A", "B"],
            ["finish_to_start", "B", "A"],
            ["finish_to_start", "C", "A"],
        ],
        Benefits=benefits,
        Pools=[["id", "name", "annual"], ["p", "Rent", 100]],
        Correlations=[pair, ["A", "B", 1.5]],
    )
    assert {(error.code, error.sheet, error.row, error.column, error.value) for error in errors} == {
        ("duration.too_small", "Options", 2, "duration", "-3"),
        ("probability.not_a_share", "Risks", 2, "probability", "1.2"),
        ("source.unknown", "Dependencies", 4, "source", "C"),
        ("source.circle", "Dependencies", 2, "source", "A"),
        ("claim.over", "Benefits", 3, "claim", "0.6"),
        ("correlation.value", "Correlations", 2, "value", "1.5"),
    }
    assert all(error.remedy.endswith(".") for error in errors)


def _claiming(initiative: str, claim: float) -> Rows:
    return [[initiative, f"b{initiative}", "Less rent", "cashable", "p", claim]]
