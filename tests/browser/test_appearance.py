"""Light and dark, phone and desk, left and right."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE, SignIn
from tests.browser.test_pages import cut_off, overflow, settle

MIRRORED = (
    "/p/norvale/",
    "/p/norvale/initiatives/",
    "/p/norvale/initiatives/DIG-04/",
    "/p/norvale/runs/2/",
    "/p/norvale/decisions/1/",
    "/import/2/",
    "/design/",
)


def test_it_keeps_the_chosen_theme_and_draws_charts_in_it(signed_in: SignIn) -> None:
    page = signed_in("office", color_scheme="light")
    page.goto("/p/norvale/")
    light = chart_colours(page)
    page.locator("summary.account-current").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert chart_colours(page).isdisjoint(light)
    page.goto("/p/norvale/initiatives/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def chart_colours(page: Page) -> set[str]:
    """The colours of the words on the charts."""
    expect(page.locator(".chart-surface svg text").first).to_be_visible()
    fills: list[str] = page.locator(".chart-surface svg text").evaluate_all(
        "texts => texts.map(t => t.getAttribute('fill'))"
    )
    return set(fills)


def test_it_opens_the_navigation_on_a_phone(signed_in: SignIn) -> None:
    page = signed_in("office", viewport=PHONE)
    page.goto("/p/norvale/")
    toggle = page.get_by_role("button", name="Navigation", exact=True)
    navigation = page.get_by_role("navigation", name="Main")
    expect(navigation).to_be_hidden()
    toggle.click()
    expect(navigation).to_be_visible()
    page.keyboard.press("Escape")
    expect(navigation).to_be_hidden()
    expect(toggle).to_be_focused()
    toggle.click()
    navigation.get_by_role("link", name="Decisions").click()
    expect(page.get_by_role("heading", name="Decisions", level=1)).to_be_visible()


@pytest.mark.parametrize("address", MIRRORED)
def test_it_is_mirrored_for_languages_that_run_from_right_to_left(address: str, signed_in: SignIn, server: str) -> None:
    page = signed_in("office")
    page.context.add_cookies(
        [{"name": "openvmo_language", "value": "ar", "domain": urlsplit(server).hostname, "path": "/"}]
    )
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    edges = page.locator("#navigation").bounding_box()
    assert edges is not None
    assert edges["x"] + edges["width"] == DESKTOP["width"]
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        settle(page)
        assert overflow(page) == 0
        assert cut_off(page) == []
