"""CSV folders as spreadsheet programs write them, and safe from formulas."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvmo.engine.model import Initiative, Portfolio
from openvmo.engine.quantities import Month
from openvmo.files import read_portfolio, read_with_findings, write_portfolio
from openvmo.files.csv_folder import files_of, guarded, unguarded


@given(st.text())
def test_it_guards_every_text_reversibly(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_it_guards_texts_but_not_numbers() -> None:
    portfolio = Portfolio(
        currency="GBP",
        price_base=2026,
        start=Month(2026, 4),
        discount_rate=-0.01,
        initiatives=(Initiative(id="A", name='=HYPERLINK("http://example.org")'),),
    )
    files = files_of(portfolio)
    assert b"-0.01" in files["portfolio.csv"]
    assert b"'-0.01" not in files["portfolio.csv"]
    assert b"\"'=HYPERLINK(" in files["initiatives.csv"]


def test_it_reads_semicolons_and_old_encodings_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "portfolio.csv").write_text("currency;price_base;start;discount_rate\nEUR;2026;2026-04;0,05\n", "utf-8")
    (tmp_path / "initiatives.csv").write_bytes("id;name\nA;Büro\n".encode("cp1252"))
    reading = read_with_findings(tmp_path)
    assert reading.portfolio is not None
    assert reading.portfolio.initiatives[0].name == "Büro"
    assert reading.portfolio.discount_rate == 0.05
    assert [finding.code for finding in reading.findings] == ["csv.encoding", "cell.adjusted", "option.none"]


def test_it_reads_a_folder_inside_an_archive(tmp_path: Path) -> None:
    portfolio = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4))
    with zipfile.ZipFile(tmp_path / "upload.zip", "w") as archive:
        for name, content in files_of(portfolio).items():
            archive.writestr(f"my plan/{name}", content)
        archive.writestr("__MACOSX/my plan/._portfolio.csv", b"\x00")
    reading = read_with_findings(tmp_path / "upload.zip")
    assert reading.portfolio == portfolio
    assert [finding.code for finding in reading.findings] == ["file.ignored"]


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.json", "plan.zip", "plan"])
def test_it_writes_by_the_ending_of_the_path(tmp_path: Path, name: str) -> None:
    portfolio = Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4))
    write_portfolio(portfolio, tmp_path / name)
    assert read_portfolio(tmp_path / name) == portfolio


def test_it_refuses_to_write_an_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"end the name with \.xlsx"):
        write_portfolio(Portfolio(currency="GBP", price_base=2026, start=Month(2026, 4)), tmp_path / "plan.doc")
    assert list(tmp_path.iterdir()) == []
