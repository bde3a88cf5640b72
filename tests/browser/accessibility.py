"""What axe finds on a page, as sentences."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with the first element that breaks it."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} ({len(rule['nodes'])} times, first at {rule['nodes'][0]['target'][0]}: "
        f"{rule['nodes'][0]['failureSummary']})"
        for rule in found
    ]
