"""Every page, in light and dark, on a desk and on a phone: usable by all, quiet, and never wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.accessibility import violations
from tests.browser.conftest import DESKTOP, PHONE, SignIn

SURROUNDINGS = ((DESKTOP, "light"), (PHONE, "dark"))
# Who looks, and where.
PAGES = (
    ("office", "/p/norvale/"),
    ("office", "/p/norvale/initiatives/"),
    ("office", "/p/norvale/initiatives/?search=nothing+is+called+so"),
    ("office", "/p/norvale/initiatives/DIG-04/"),
    ("office", "/p/norvale/initiatives/DIG-04/?on=2026-01-15"),
    ("office", "/p/norvale/runs/"),
    ("office", "/p/norvale/runs/new/forecast/"),
    ("office", "/p/norvale/runs/new/choose/"),
    ("office", "/p/norvale/runs/2/"),
    ("office", "/p/norvale/runs/3/"),
    ("office", "/p/norvale/runs/3/?groups=objectives"),
    ("office", "/p/norvale/runs/3/initiatives/DIG-05/"),
    ("office", "/p/norvale/runs/3/initiatives/DIG-01/"),
    ("office", "/p/norvale/runs/3/benefits/1/"),
    ("office", "/p/norvale/runs/3/benefits/81/"),
    ("office", "/p/norvale/runs/2/propose/"),
    ("office", "/p/norvale/decisions/"),
    ("office", "/p/norvale/decisions/1/"),
    ("director", "/p/norvale/decisions/2/"),
    ("office", "/p/norvale/rights/"),
    ("office", "/p/norvale/initiatives/DIG-04/papers/"),
    ("office", "/p/norvale/initiatives/DIG-04/papers/business-case/"),
    ("office", "/p/norvale/papers/1/"),
    ("office", "/templates/"),
    ("office", "/templates/new/"),
    ("office", "/templates/business-case/"),
    ("office", "/templates/business-case/change/"),
    ("office", "/p/norvale/benefits/"),
    ("office", "/p/norvale/benefits/?view=cards"),
    ("office", "/p/norvale/benefits/?view=edit"),
    ("office", "/p/norvale/benefits/?search=nothing+is+called+so"),
    ("office", "/p/norvale/benefits/new/"),
    ("office", "/p/norvale/benefits/28/change/"),
    ("office", "/p/norvale/benefits/28/retire/"),
    ("office", "/p/norvale/benefits/28/assumptions/"),
    ("office", "/p/norvale/benefits/views/"),
    ("office", "/p/norvale/benefits/import/"),
    ("office", "/p/meadow/benefits/"),
    ("office", "/p/norvale/benefits/28/"),
    ("office", "/p/norvale/benefits/29/?on=2026-03-31"),
    ("office", "/p/norvale/benefits/28/?on=2020-01-01"),
    ("office", "/p/norvale/benefits/28/forecast/"),
    ("director", "/p/norvale/baselines/"),
    ("director", "/p/norvale/benefits/28/promise/"),
    ("director", "/p/norvale/benefits/29/promise/"),
    ("director", "/p/meadow/baselines/"),
    ("office", "/p/norvale/measurements/"),
    ("office", "/p/norvale/measurements/?search=nothing+is+called+so"),
    ("office", "/p/norvale/measurements/requests/1/waive/"),
    ("office", "/p/norvale/measurements/enter/"),
    ("finance", "/p/norvale/measurements/verify/"),
    ("office", "/p/norvale/measurements/verify/"),
    ("office", "/p/norvale/measurements/file/"),
    ("finance", "/p/norvale/measurements/closing/"),
    ("office", "/p/norvale/benefits/28/measure/"),
    ("office", "/p/meadow/measurements/"),
    ("office", "/p/meadow/measurements/enter/"),
    ("office", "/p/meadow/measurements/verify/"),
    ("office", "/insight/references/"),
    ("office", "/insight/references/?search=nothing+is+called+so"),
    ("office", "/strategy/"),
    ("director", "/strategy/"),
    ("director", "/strategy/?on=2026-01-15"),
    ("director", "/strategy/?search=nothing+is+called+so"),
    ("director", "/strategy/objectives/1/"),
    ("director", "/strategy/objectives/6/"),
    ("director", "/strategy/objectives/new/"),
    ("director", "/strategy/objectives/6/change/"),
    ("director", "/strategy/objectives/6/measures/new/"),
    ("director", "/strategy/objectives/6/weights/"),
    ("director", "/strategy/weights/"),
    ("director", "/strategy/weights/?method=swing"),
    ("director", "/strategy/weights/?method=pairwise"),
    ("director", "/strategy/measures/1/"),
    ("office", "/strategy/measures/1/?on=2026-01-15"),
    ("director", "/strategy/drivers/"),
    ("director", "/strategy/drivers/new/"),
    ("office", "/p/norvale/coverage/"),
    ("office", "/p/norvale/coverage/?rows=initiative&show=annual"),
    ("office", "/p/norvale/coverage/?search=nothing+is+called+so"),
    ("office", "/p/norvale/owners/"),
    ("office", "/p/norvale/owners/?by=unit"),
    ("office", "/p/norvale/owners/2/"),
    ("office", "/p/norvale/owners/12/"),
    ("office", "/p/norvale/statement/"),
    ("office", "/p/norvale/reports/"),
    ("office", "/import/"),
    ("office", "/import/2/"),
    ("office", "/import/2/findings/"),
    ("office", "/import/3/"),
    ("admin", "/people/"),
    ("admin", "/people/1/leave/"),
    ("office", "/account/notifications/"),
    ("office", "/tasks/"),
    ("owner", "/tasks/"),
    ("office", "/p/norvale/reviews/"),
    ("office", "/p/meadow/reviews/"),
    ("office", "/account/tokens/"),
    ("office", "/accounts/password/change/"),
    ("office", "/accounts/2fa/"),
    ("office", "/design/"),
    ("office", "/p/meadow/"),
    ("office", "/p/meadow/initiatives/"),
    ("office", "/p/meadow/runs/"),
    ("office", "/p/meadow/decisions/"),
    ("office", "/p/meadow/rights/"),
    ("office", "/p/meadow/coverage/"),
    ("office", "/p/meadow/owners/"),
    ("office", "/p/meadow/statement/"),
    ("office", "/p/meadow/reports/"),
    ("office", "/p/norvale/map/"),
    ("office", "/p/norvale/map/?initiative=DIG-04"),
    ("office", "/p/norvale/map/nodes/new/"),
    ("office", "/p/norvale/map/what-if/?cut=node-1"),
    ("office", "/p/norvale/map/things/node-1/"),
    ("office", "/p/norvale/map/links/1/"),
    ("office", "/p/meadow/map/"),
    ("stranger", "/"),
)


@pytest.mark.parametrize(("name", "address"), PAGES)
def test_it_serves_everybody(name: str, address: str, signed_in: SignIn) -> None:
    page = signed_in(name)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert problems(page) == []


def test_it_lets_everybody_sign_in(open_browser: Callable[..., BrowserContext]) -> None:
    page = open_browser().new_page()
    page.goto("/accounts/login/")
    assert problems(page) == []


@pytest.mark.parametrize(
    ("name", "address", "status"),
    [("office", "/nothing/", 404), ("stranger", "/import/", 403), ("stranger", "/p/norvale/", 404)],
)
def test_it_refuses_in_a_page_that_serves_everybody(
    name: str, address: str, status: int, signed_in: SignIn, complaints: list[str]
) -> None:
    page = signed_in(name)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status
    assert problems(page) == []
    # The browser itself reports the refusal, and nothing else.
    assert [complaint for complaint in complaints if f"status of {status}" not in complaint] == []
    complaints.clear()


def test_it_shows_the_trail_of_a_decision(signed_in: SignIn) -> None:
    page = signed_in("admin")
    page.goto("/audit/governance.decision/1/")
    assert problems(page) == []


def problems(page: Page) -> list[str]:
    """What is wrong with a page, on a desk in the light and on a phone in the dark."""
    page.wait_for_load_state("networkidle")
    found = []
    for viewport, scheme in SURROUNDINGS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        settle(page)
        where = f"{viewport['width']} {scheme}"
        if width := overflow(page):
            found.append(f"{where}: the page is {width} wide because of {widest(page)}")
        found += [f"{where}: {name} is cut off" for name in cut_off(page)]
        found += [f"{where}: {sentence}" for sentence in violations(page)]
    return found


def settle(page: Page) -> None:
    """Wait until colours and places have stopped changing."""
    page.evaluate(
        """async () => {
          const frame = () => new Promise(requestAnimationFrame);
          await frame();
          await frame();
          await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)));
        }"""
    )


def widest(page: Page) -> str:
    """The element that reaches furthest past the edge of the screen."""
    found: str = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll("main *")];
          const elements = all.filter((element) => !element.closest(".table-scroll"));
          const reach = (element) => element.getBoundingClientRect().right;
          const element = elements.reduce((far, next) => (reach(next) > reach(far) ? next : far));
          return `${element.tagName.toLowerCase()}.${element.getAttribute("class")}`;
        }"""
    )
    return found


def overflow(page: Page) -> int:
    """The width of a page that scrolls sideways; 0 when it does not."""
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width if width > page.viewport_size["width"] else 0  # type: ignore[index]


def cut_off(page: Page) -> list[str]:
    """Tables of which a part can neither be seen nor be scrolled to."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("table")].filter((table) => {
          const frame = table.closest(".table-scroll, .chart-numbers");
          if (!frame || !table.offsetParent) return false;
          const scrolls = ["auto", "scroll"].includes(getComputedStyle(frame).overflowX);
          return !scrolls && table.scrollWidth > frame.clientWidth + 1;
        }).map((table) => table.caption?.textContent ?? "a table")"""
    )
    return found
