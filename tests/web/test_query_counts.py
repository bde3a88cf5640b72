"""Every page makes a fixed number of queries, however many rows it shows."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.web.query_counts import as_many_queries_as_agreed

from openvmo_web.access.models import User
from openvmo_web.governance.models import Decision
from openvmo_web.portfolio.models import Portfolio

PAGES = {
    "access:tokens": "/account/tokens/",
    "exchange:imports": "/import/",
    "governance:decisions": "/p/agency/decisions/",
    "insight:runs": "/p/agency/runs/",
    "papers:papers": "/p/agency/initiatives/ALPHA/papers/",
    "papers:templates": "/templates/",
    "papers:write": "/p/agency/initiatives/ALPHA/papers/business-case/",
    "portfolio:home": "/p/agency/",
    "portfolio:initiative": "/p/agency/initiatives/ALPHA/",
    "portfolio:register": "/p/agency/initiatives/",
    "reports:coverage": "/p/agency/coverage/",
    "reports:coverage by initiative": "/p/agency/coverage/?rows=initiative",
    "reports:owners": "/p/agency/owners/",
    "reports:reports": "/p/agency/reports/",
}


@pytest.mark.parametrize("page", PAGES)
def test_it_makes_as_many_queries_as_agreed(
    page: str, portfolio: Portfolio, proposal: Decision, owner: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(owner)
    client.get(PAGES[page])
    with as_many_queries_as_agreed(page):
        assert client.get(PAGES[page]).status_code == 200


def test_it_reads_the_trail_in_few_queries(
    proposal: Decision, owner: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(owner)
    address = f"/audit/{proposal.record_kind}/{proposal.record_key}/"
    client.get(address)
    with as_many_queries_as_agreed("audit:trail"):
        assert client.get(address).status_code == 200
