"""The way around: every page of a portfolio under its heading, and only what the viewer may open."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from openvmo_web.access.models import User
from openvmo_web.governance.models import Decision
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.reports.navigation import SECTIONS

Browser = Callable[[User], Client]
HEADINGS = ["Strategy", "Portfolio", "Benefits", "Governance", "Documents"]


def navigation(page: str) -> str:
    return page.split('class="navigation-sections"')[1].split("</nav>", maxsplit=1)[0]


def links(page: str) -> list[str]:
    return re.findall(r'class="navigation-link" href="([^"]+)"', navigation(page))


def test_it_groups_the_pages_along_the_value_loop(portfolio: Portfolio, member: User, signed_in: Browser) -> None:
    page = signed_in(member).get("/p/agency/").content.decode()

    labels = re.findall(r'class="navigation-label"[^>]*>([^<]+)<', navigation(page))
    assert [label for label in labels if label in HEADINGS] == HEADINGS


def test_every_place_opens(portfolio: Portfolio, member: User, signed_in: Browser) -> None:
    client = signed_in(member)

    places = links(client.get("/p/agency/").content.decode())
    assert len(places) >= sum(len(section[2]) for section in SECTIONS)
    assert {address: client.get(address).status_code for address in places} == dict.fromkeys(places, 200)


@pytest.mark.parametrize(
    ("address", "place"),
    [("/p/agency/", "/p/agency/"), ("/p/agency/owners/?by=unit", "/p/agency/owners/"), ("/strategy/", "/strategy/")],
)
def test_it_marks_where_the_reader_is(
    portfolio: Portfolio, member: User, signed_in: Browser, address: str, place: str
) -> None:
    page = navigation(signed_in(member).get(address).content.decode())

    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == [place]


def test_it_counts_the_decisions_that_wait(proposal: Decision, executive: User, signed_in: Browser) -> None:
    page = navigation(signed_in(executive).get("/p/agency/").content.decode())

    count = page.split("Decisions</span>")[1].split("</a>")[0]
    assert re.sub(r"<[^>]*>", "", count).strip() == "1"


def test_it_offers_a_stranger_nothing_of_a_portfolio(stranger: User, signed_in: Browser) -> None:
    page = signed_in(stranger).get("/account/tokens/").content.decode()

    assert not [address for address in links(page) if address.startswith(("/p/", "/strategy/", "/templates/"))]
