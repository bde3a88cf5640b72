"""Everything is in reach of the keyboard, and the keyboard's place is never lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.browser.conftest import SignIn


def test_it_skips_the_navigation(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto("/p/norvale/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_it_reaches_the_navigation(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto("/p/norvale/")
    press_until(page, "Decisions")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Decisions", level=1)).to_be_visible()


def test_it_opens_and_closes_a_menu(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto("/p/norvale/initiatives/")
    opener = page.locator("summary", has_text="Download")
    opener.focus()
    page.keyboard.press("Enter")
    entry = page.get_by_role("link", name="CSV")
    expect(entry).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(opener).to_be_focused()


def test_it_opens_and_closes_a_dialog(signed_in: SignIn) -> None:
    page = signed_in("director")
    page.goto("/p/norvale/decisions/2/")
    opener = page.get_by_role("button", name="Approve")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def press_until(page: Page, words: str) -> None:
    """Press Tab until something with these words has the focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == words:
            return
    raise AssertionError(f"Tab does not lead to “{words}”.")
