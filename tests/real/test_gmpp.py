"""Seven years of the UK Government Major Projects Portfolio, against their published totals and a tidy copy."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from openvmo.engine.model import Severity
from openvmo.files import read_bytes, to_bytes
from openvmo.files.gmpp import GmppRow, read_report, read_rows
from openvmo.files.gmpp.cells import confidence_of

_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DATA = Path(os.environ.get("OPENVMO_SHARED_DATA", _BESIDE)) / "portfolio" / "gmpp"
YEARS = range(2014, 2021)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the checkout"),
]

# Where the importer differs from the tidy copy, and why it is right.
TWO_DIGIT_YEAR = (
    "the published 2018 file writes two digits; a start in the 2090s cannot precede the end, so it is the 1990s"
)
DEVIATIONS: dict[tuple[int, str, str], tuple[str, str, str]] = {
    (2018, "Astute Boats 1-7", "start_date"): ("2097-03-17", "1997-03-17", TWO_DIGIT_YEAR),
    (2018, "Queen Elizabeth Programme", "start_date"): ("2098-12-01", "1998-12-01", TWO_DIGIT_YEAR),
    (2018, "WATCHKEEPER", "start_date"): ("2098-03-01", "1998-03-01", TWO_DIGIT_YEAR),
}


def raw(year: int) -> bytes:
    """The published file of a year."""
    return (DATA / "raw" / f"gmpp_{year}.csv").read_bytes()


def tidy(year: int) -> list[dict[str, str]]:
    """The rows of the tidy copy for a year."""
    with (DATA / "gmpp_tidy_2014_2020.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["snapshot"] == str(year)]


def published(year: int) -> dict[str, object]:
    """The published totals of a year."""
    rows = json.loads((DATA / "published_totals.json").read_text(encoding="utf-8"))["rows"]
    (found,) = [row for row in rows if row["snapshot"] == year]
    return dict(found)


def as_tidy(row: GmppRow) -> dict[str, str]:
    """A parsed row in the columns of the tidy copy."""
    values = {
        "gmpp_id": row.gmpp_id,
        "project_name": row.project_name,
        "department": row.department,
        "category": row.category,
        "dca_ipa": row.rating,
        "start_date": row.start_date,
        "end_date": row.end_date,
        "fy_baseline": row.fy_baseline,
        "fy_forecast": row.fy_forecast,
        "fy_variance_pct": row.fy_variance_pct,
        "wlc_baseline": row.wlc_baseline,
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


@pytest.mark.parametrize("year", YEARS)
def test_it_finds_every_published_project(year: int) -> None:
    assert len(read_rows(raw(year))) == published(year)["projects_published"]


@pytest.mark.parametrize("year", YEARS)
def test_it_adds_up_to_the_published_whole_life_cost(year: int) -> None:
    costs = [row.wlc_baseline for row in read_rows(raw(year)) if row.wlc_baseline is not None]
    assert round(sum(costs) / 1_000, 1) == published(year)["wlc_gbp_bn_sum_of_published_values"]
    assert len(costs) == published(year)["projects_with_wlc"]


@pytest.mark.parametrize("year", YEARS)
def test_it_agrees_with_the_tidy_copy_in_every_value(year: int) -> None:
    differences = {}
    for parsed, expected in zip(map(as_tidy, read_rows(raw(year))), tidy(year), strict=True):
        for name, value in parsed.items():
            if value != expected[name]:
                differences[year, parsed["project_name"], name] = (expected[name], value)
    allowed = {place: (old, new) for place, (old, new, _) in DEVIATIONS.items() if place[0] == year}
    assert differences == allowed


@pytest.mark.parametrize("year", YEARS)
def test_it_finds_the_year_without_the_file_name(year: int) -> None:
    snapshot = read_report(raw(year), "upload.csv").snapshot
    assert snapshot is not None
    assert snapshot.year == year


@pytest.mark.parametrize("year", YEARS)
def test_it_recognises_the_file_and_gives_the_same_portfolio_twice(year: int) -> None:
    first, second = (read_bytes(raw(year), f"gmpp_{year}.csv") for _ in range(2))
    assert first.format == "gmpp"
    assert first.portfolio is not None
    assert first == second
    assert not first.errors


@pytest.mark.parametrize("year", YEARS)
def test_it_carries_every_project_and_every_payable_cost(year: int) -> None:
    rows, portfolio = read_rows(raw(year)), read_bytes(raw(year), f"gmpp_{year}.csv").portfolio
    assert portfolio is not None
    assert [initiative.name for initiative in portfolio.initiatives] == [row.project_name for row in rows]
    assert len({initiative.id for initiative in portfolio.initiatives}) == len(rows)
    for row, initiative in zip(rows, portfolio.initiatives, strict=True):
        costs = [line.amount.likely for option in initiative.options for line in option.costs]
        payable = row.wlc_baseline if initiative.options and (row.wlc_baseline or 0.0) >= 0 else None
        assert costs == ([] if payable is None else [pytest.approx(payable * 1e6, rel=1e-15)])
        assert initiative.status[0].confidence is confidence_of(row.rating)


@pytest.mark.parametrize("year", YEARS)
def test_it_has_a_located_finding_for_every_cell_without_a_value(year: int) -> None:
    report = read_report(raw(year), f"gmpp_{year}.csv")
    located = {(finding.row, finding.column) for finding in report.findings if finding.code == "gmpp.not_stated"}
    for row in report.rows:
        for kind in ("start_date", "end_date", "fy_baseline", "fy_forecast", "wlc_baseline"):
            assert (getattr(row, kind) is None) == ((report.row_numbers[kind], row.column) in located)
    assert all(finding.remedy for finding in report.findings)


def test_it_warns_that_the_headings_of_2018_name_another_year() -> None:
    findings = read_report(raw(2018), "gmpp_2018.csv").findings
    (doubt,) = [finding for finding in findings if finding.code == "gmpp.snapshot_doubt"]
    assert doubt.severity is Severity.WARNING
    assert "2017" in doubt.problem


@pytest.mark.parametrize("format_name", ["native_workbook", "csv_folder", "json"])
def test_it_goes_through_our_own_formats_unchanged(format_name: str) -> None:
    portfolio = read_bytes(raw(2020), "gmpp_2020.csv").portfolio
    assert portfolio is not None
    assert read_bytes(to_bytes(portfolio, format_name), "copy").portfolio == portfolio


def test_it_keeps_footnotes() -> None:
    footnotes = [
        finding for finding in read_report(raw(2020), "gmpp_2020.csv").findings if finding.code == "gmpp.footnote"
    ]
    assert [(finding.row, finding.column) for finding in footnotes] == [(17, "A")]
    assert footnotes[0].value.startswith("The IPA Annual Report publishes the whole life cycle costs on projects")
