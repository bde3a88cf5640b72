"""A browser, a server with the example organisation, and people who are signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

# pytest reads this file before pytest-django has set Django up, and the cast below needs it.
django.setup()

from tests.browser.server import prepared, served
from tools.browsers import REMEDY, find_browser

from openvmo_web.config.example import PASSWORD, address_of

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE_MS = 10_000

SignIn = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the browser of the machine."""
    found = find_browser()
    if not found:
        reason = f"no browser found. {REMEDY}"
        if "browser" in os.environ.get("OPENVMO_REQUIRE", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    return {**browser_type_launch_args, "executable_path": found, "args": list(ARGUMENTS)}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the server."""
    base = tmp_path_factory.getbasetemp()
    common = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return prepared(common, base / "data")


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[str]:
    """The address of a running server."""
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """What the browser keeps of each person who has signed in."""
    return {}


@pytest.fixture
def complaints() -> list[str]:
    """What pages complain about in the console; a test that ends with complaints fails."""
    return []


@pytest.fixture
def open_browser(browser: Browser, server: str, complaints: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Open a window of its own: ``open_browser(viewport=PHONE)``."""
    opened: list[BrowserContext] = []

    def window(**options: Any) -> BrowserContext:
        defaults = {"base_url": server, "locale": "en-GB", "viewport": DESKTOP, "reduced_motion": "reduce"}
        context = browser.new_context(**{**defaults, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", lambda message: _note(message, complaints))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.append(context)
        return context

    expect.set_options(timeout=PATIENCE_MS)
    yield window
    for context in opened:
        context.close()
    assert complaints == []


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning"):
        complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def signed_in(open_browser: Callable[..., BrowserContext], sessions: dict[str, Any]) -> SignIn:
    """A page of somebody of the cast: ``signed_in("office", viewport=PHONE)``."""

    def somebody(name: str, **options: Any) -> Page:
        if name not in sessions:
            page = open_browser().new_page()
            sign_in(page, name)
            sessions[name] = page.context.storage_state()
            page.context.close()
        return open_browser(storage_state=sessions[name], **options).new_page()

    return somebody


def sign_in(page: Page, name: str) -> None:
    """Sign in on the page for it."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(address_of(name))
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
