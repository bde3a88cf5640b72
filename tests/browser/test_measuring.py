"""A measurement is given on a phone, and another person verifies it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.browser.accessibility import violations
from tests.browser.conftest import PHONE, SignIn

DUE = "/p/norvale/measurements/"


def test_a_figure_is_given_on_a_phone_and_verified_by_another_person(signed_in: SignIn) -> None:
    measurer = signed_in("measurer", viewport=PHONE)
    benefit = give_a_figure(measurer)
    cannot_verify(measurer)
    verifier = signed_in("finance")
    contest_and_verify(verifier, benefit)


def test_a_grid_is_walked_by_keyboard_and_takes_a_pasted_block(signed_in: SignIn, complaints: list[str]) -> None:
    office = signed_in("office")
    office.goto(f"{DUE}enter/")
    cells = office.locator("[data-grid] tbody tr:first-child input[type=text]")
    below = office.locator("[data-grid] tbody tr:nth-child(2) input[type=text]")
    cells.first.focus()
    office.keyboard.press("ArrowDown")
    expect(below.first).to_be_focused()
    office.keyboard.press("ArrowUp")
    cells.first.evaluate(
        """cell => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "1\\t2\\n3\\t4\\n");
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }"""
    )
    expect(cells.nth(1)).to_have_value("2")
    expect(below.nth(1)).to_have_value("4")
    cells.nth(1).fill("many")
    office.get_by_role("button", name="Save all").click()
    expect(office.get_by_text("Nothing was recorded")).to_be_visible()
    expect(cells.nth(1)).to_have_attribute("aria-invalid", "true")
    assert violations(office) == []
    # The browser notes that the grid was refused, as it should be.
    assert [complaint for complaint in complaints if "422" not in complaint] == []
    complaints.clear()


def give_a_figure(page: Page) -> str:
    """Answer the request that has waited longest; return the name of the benefit."""
    page.goto(DUE)
    page.locator("td.cell-name a").first.click()
    benefit = page.get_by_role("heading", level=1).inner_text()
    page.get_by_label(re.compile("^(What did|Where did)")).fill("1,234.5")
    page.get_by_text("Source, remark, evidence").click()
    page.get_by_label("Evidence: a document or a photo").set_input_files(
        {"name": "ledger.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nfigures"}
    )
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Another person verifies it")).to_be_visible()
    expect(page.get_by_role("link", name="ledger.png")).to_be_visible()
    assert violations(page) == []
    return benefit


def cannot_verify(page: Page) -> None:
    page.goto(f"{DUE}verify/")
    expect(page.get_by_text("Verifying is for people with that right")).to_be_visible()


def contest_and_verify(page: Page, benefit: str) -> None:
    page.goto(f"{DUE}verify/?sort=-month&search={benefit}")
    row = page.get_by_role("row").filter(has_text="ledger.png")
    row.get_by_role("checkbox").check()
    page.get_by_label("What is doubtful").fill("Which ledger?")
    page.get_by_role("button", name="Contest").click()
    expect(page.get_by_text("1 measurement contested")).to_be_visible()
    expect(row).to_contain_text("Which ledger?")
    assert violations(page) == []
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Verify what is chosen").click()
    expect(page.get_by_text("1 measurement verified.")).to_be_visible()
    expect(row).to_have_count(0)
