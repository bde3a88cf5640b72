"""A file of the real world, as it was published: uploaded in the page, read with its findings, imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import SignIn

pytestmark = pytest.mark.real


def test_it_imports_the_government_major_projects_of_2020(signed_in: SignIn, shared_data: Path) -> None:
    page = signed_in("office")
    page.goto("/import/")
    page.get_by_label("File", exact=True).set_input_files(shared_data / "portfolio/gmpp/raw/gmpp_2020.csv")
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("link", name="Findings").click()
    # A spreadsheet names columns by letters, so the page does too.
    expect(page.locator("#list tbody tr").first).to_contain_text("Warning")
    columns = page.locator("#list tbody tr td:nth-child(4)").all_inner_texts()
    assert any(column.strip().split(" ")[0].isupper() for column in columns)
    page.get_by_role("button", name="Import").click()
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    page.get_by_role("link", name="Open the portfolio").click()
    expect(page.get_by_text("125 initiatives")).to_be_visible()
