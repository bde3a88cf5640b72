"""Every page makes a fixed number of queries, however many rows it shows."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.query_counts import as_many_queries_as_agreed

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import baseline_adopt, promise_renew
from openvmo_web.benefits.models import Benefit
from openvmo_web.governance.models import Decision
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record
from openvmo_web.strategy.actions import measure_add, objective_add, reading_record

PAGES = {
    "access:tokens": "/account/tokens/",
    "benefits:baselines": "/p/agency/baselines/",
    "benefits:new": "/p/agency/benefits/new/",
    "benefits:register": "/p/agency/benefits/",
    "benefits:register cards": "/p/agency/benefits/?view=cards",
    "benefits:register edit": "/p/agency/benefits/?view=edit",
    "benefits:views": "/p/agency/benefits/views/",
    "exchange:imports": "/import/",
    "governance:decisions": "/p/agency/decisions/",
    "insight:references": "/insight/references/",
    "insight:runs": "/p/agency/runs/",
    "papers:papers": "/p/agency/initiatives/ALPHA/papers/",
    "papers:templates": "/templates/",
    "papers:write": "/p/agency/initiatives/ALPHA/papers/business-case/",
    "maps:map": "/p/agency/map/",
    "maps:what-if": "/p/agency/map/what-if/",
    "portfolio:home": "/p/agency/",
    "portfolio:initiative": "/p/agency/initiatives/ALPHA/",
    "portfolio:register": "/p/agency/initiatives/",
    "realisation:closing": "/p/agency/measurements/closing/",
    "realisation:measurements": "/p/agency/measurements/",
    "realisation:measurements-enter": "/p/agency/measurements/enter/",
    "realisation:measurements-file": "/p/agency/measurements/file/",
    "realisation:measurements-verify": "/p/agency/measurements/verify/",
    "reports:coverage": "/p/agency/coverage/",
    "reports:coverage by initiative": "/p/agency/coverage/?rows=initiative",
    "reports:owners": "/p/agency/owners/",
    "reports:portfolio-statement": "/p/agency/statement/",
    "realisation:reviews": "/p/agency/reviews/",
    "realisation:tasks": "/tasks/",
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


@pytest.mark.parametrize("page", ["benefit", "change", "forecast"])
def test_it_reads_a_benefit_in_few_queries(
    page: str, portfolio: Portfolio, owner: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    benefit = Benefit.objects.select_related("initiative__portfolio").get(code="ALPHA-B")
    for month in (10, 11, 12):
        measurement_record(benefit=benefit, month=Month(2025, month), value=float(month), by=owner, at=now)
    address, client = reverse(f"benefits:{page}", args=[portfolio.slug, benefit.pk]), signed_in(owner)
    client.get(address)
    with as_many_queries_as_agreed(f"benefits:{page}"):
        assert client.get(address).status_code == 200


def test_it_reads_a_promise_in_few_queries(
    portfolio: Portfolio, executive: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    Initiative.objects.filter(code="ALPHA").update(state="delivery")
    benefit = Benefit.objects.select_related("initiative__portfolio").get(code="ALPHA-B")
    baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Funded in 2024", by=executive, at=now)
    for target in (1, 2, 3):
        promise_renew(benefit=benefit, values={"target": Decimal(target)}, reason="Seen anew", by=executive, at=now)
    client = signed_in(executive)
    for page in ("promise", "benefit"):
        address = reverse(f"benefits:{page}", args=[portfolio.slug, benefit.pk])
        client.get(address)
        with as_many_queries_as_agreed(f"benefits:{page} promised"):
            assert client.get(address).status_code == 200


def test_it_reads_the_trail_in_few_queries(
    proposal: Decision, owner: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(owner)
    address = f"/audit/{proposal.record_kind}/{proposal.record_key}/"
    client.get(address)
    with as_many_queries_as_agreed("audit:trail"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("page", ["strategy", "objective", "measure", "drivers"])
def test_it_reads_the_strategy_in_few_queries(
    page: str, portfolio: Portfolio, executive: User, owner: User, now: datetime, signed_in: Callable[[User], Client]
) -> None:
    for letter in "ABC":
        aim = objective_add(code=letter, name=f"Aim {letter}", owner=executive, by=executive, at=now)
        kpi = measure_add(code=letter, objective=aim, name="KPI", unit="%", direction="increase", by=executive, at=now)
        reading_record(measure=kpi, on=now.date(), value=Decimal(1), by=executive, at=now)
    places = {"objective": aim.get_absolute_url(), "measure": kpi.get_absolute_url(), "drivers": "/strategy/drivers/"}
    address, client = places.get(page, "/strategy/"), signed_in(owner)
    client.get(address)
    with as_many_queries_as_agreed(f"strategy:{page}"):
        assert client.get(address).status_code == 200
