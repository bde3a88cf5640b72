"""Portfolios, initiatives, benefits and measurements through the API."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.api.conftest import Program

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.portfolio.actions import initiative_add
from openvmo_web.portfolio.models import Initiative, Portfolio

ROOT = "/api/v1/portfolios"
INITIATIVES = f"{ROOT}/agency/initiatives"
BENEFITS = f"{INITIATIVES}/ALPHA/benefits"
MEASUREMENTS = f"{BENEFITS}/ALPHA-B/measurements"
AGENCY = {
    "slug": "agency",
    "name": "Agency",
    "description": "",
    "currency": "GBP",
    "price_base": 2026,
    "starts": "2026-04-01",
    "horizon": 96,
    "discount_rate": 0.035,
    "fiscal_year_start": 4,
}
ALPHA = {
    "code": "ALPHA",
    "name": "Initiative ALPHA",
    "programme": None,
    "unit": "",
    "category": "",
    "state": "proposal",
    "confidence": "not_stated",
    "reference_class": "",
    "lead": "",
    "plan": {
        "number": 1,
        "cost_likely": "100.000000",
        "starts": "2026-04-01",
        "go_live": "2027-04-01",
        "annual_benefit_likely": "90.000000",
    },
}


def codes(answer: Any) -> list[str]:
    return [row["code"] for row in answer.json()["items"]]


def test_it_says_whose_token_it_is(owner: User, program: Program) -> None:
    assert program(owner).get("/api/v1/me").json() == {
        "email": "olga@example.org",
        "name": "Olga Owner",
        "language": "",
    }


def test_it_lists_the_portfolios_that_one_may_see(portfolio: Portfolio, owner: User, program: Program) -> None:
    Portfolio.objects.create(
        pk=2,
        slug="other",
        name="Other",
        currency="EUR",
        price_base=2026,
        starts=portfolio.starts,
        horizon=12,
        discount_rate=0.0,
    )
    assert program(owner).get(ROOT).json() == {"items": [AGENCY], "count": 1}


def test_it_shows_one_portfolio(portfolio: Portfolio, owner: User, program: Program) -> None:
    assert program(owner).get(f"{ROOT}/agency").json() == AGENCY


def test_it_shows_one_initiative(portfolio: Portfolio, owner: User, program: Program) -> None:
    assert program(owner).get(f"{INITIATIVES}/ALPHA").json() == {**ALPHA, "description": ""}
    assert program(owner).get(f"{INITIATIVES}/NONE").status_code == 404


def test_it_finds_an_initiative_whose_code_has_slashes(
    portfolio: Portfolio, owner: User, program: Program, now: datetime
) -> None:
    initiative_add(portfolio=portfolio, code="IT/2026/7", name="Slashed", by=owner, at=now)
    assert program(owner).get(f"{INITIATIVES}/IT/2026/7").json()["name"] == "Slashed"
    assert program(owner).get(f"{INITIATIVES}/IT/2026/7/benefits").json() == {"items": [], "count": 0}


def test_it_lists_initiatives_in_pages(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    assert client.get(INITIATIVES).json()["items"][0] == ALPHA
    page = client.get(INITIATIVES, {"limit": 2, "offset": 1})
    assert (codes(page), page.json()["count"]) == (["BETA", "DELTA"], 4)
    assert client.get(INITIATIVES, {"offset": 9}).json() == {"items": [], "count": 4}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("name", ["ALPHA", "BETA", "DELTA", "GAMMA"]),
        ("-name", ["GAMMA", "DELTA", "BETA", "ALPHA"]),
        ("-code", ["GAMMA", "DELTA", "BETA", "ALPHA"]),
        ("cost", ["DELTA", "GAMMA", "BETA", "ALPHA"]),
        ("-cost", ["ALPHA", "BETA", "GAMMA", "DELTA"]),
        ("go_live", ["ALPHA", "BETA", "GAMMA", "DELTA"]),
    ],
)
def test_it_orders_initiatives(
    order: str, expected: list[str], portfolio: Portfolio, owner: User, program: Program
) -> None:
    assert codes(program(owner).get(INITIATIVES, {"order": order})) == expected


def test_it_filters_initiatives(portfolio: Portfolio, owner: User, program: Program) -> None:
    Initiative.objects.filter(code="BETA").update(state="approved", confidence="amber", unit="Harbour")
    client = program(owner)
    assert codes(client.get(INITIATIVES, {"state": "approved"})) == ["BETA"]
    assert codes(client.get(INITIATIVES, {"confidence": "amber"})) == ["BETA"]
    assert codes(client.get(INITIATIVES, {"search": "harb initiative"})) == ["BETA"]
    assert codes(client.get(INITIATIVES, {"search": "harb alpha"})) == []
    assert codes(client.get(INITIATIVES, {"programme": "P1"})) == []
    assert codes(client.get(INITIATIVES, {"search": "", "programme": ""})) == ["ALPHA", "BETA", "DELTA", "GAMMA"]


@pytest.mark.parametrize(
    ("parameters", "where"),
    [
        ({"limit": 0}, "query.limit"),
        ({"limit": 501}, "query.limit"),
        ({"offset": -1}, "query.offset"),
        ({"order": "age"}, "query.order"),
        ({"state": "asleep"}, "query.state"),
        ({"search": "a\0b"}, "query.search"),
    ],
)
def test_it_names_the_parameter_that_does_not_fit(
    parameters: dict[str, Any], where: str, portfolio: Portfolio, owner: User, program: Program
) -> None:
    answer = program(owner).get(INITIATIVES, parameters)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [detail["where"] for detail in answer.json()["details"]] == [where]


def test_it_lists_with_a_fixed_number_of_queries(
    portfolio: Portfolio, owner: User, program: Program, now: datetime
) -> None:
    client = program(owner)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(INITIATIVES).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(20):
        initiative_add(portfolio=portfolio, code=f"N{number}", name=f"New {number}", by=owner, at=now)
    assert queries() == few <= 12


def test_it_lists_benefits(portfolio: Portfolio, owner: User, program: Program) -> None:
    benefit = {
        "code": "ALPHA-B",
        "name": "Less paper",
        "kind": "cashable",
        "driver": "financial",
        "is_disbenefit": False,
        "objective": None,
        "owner": "",
        "measure": "",
        "unit": "",
        "value_per_unit": None,
    }
    answer = program(owner).get(BENEFITS).json()
    (item,) = answer["items"]
    assert answer["count"] == 1
    assert {name: item[name] for name in benefit} == benefit
    assert program(owner).get(f"{BENEFITS}/NONE/measurements").status_code == 404


def test_nobody_means_neither_an_account_nor_a_name(portfolio: Portfolio, owner: User, program: Program) -> None:
    Benefit.objects.filter(code="ALPHA-B").update(owner_name="Lea", measurer_name="Mo")
    address = f"/api/v1/portfolios/agency/benefits/{Benefit.objects.get(code='ALPHA-B').pk}"
    changed = program(owner).patch(address, {"owner": None, "category": "Paper"}, content_type="application/json")
    assert [changed.json()[name] for name in ("owner", "measurer", "category")] == ["", "Mo", "Paper"]


def test_it_takes_a_measurement_once(portfolio: Portfolio, owner: User, program: Program) -> None:
    client, body = program(owner), {"month": "2026-01", "value": 4.25, "source": "ledger"}
    first = client.post(MEASUREMENTS, body, content_type="application/json")
    assert first.status_code == 201
    stored = Measurement.objects.get()
    assert first.json() == {
        "id": stored.pk,
        "month": "2026-01",
        "value": "4.250000",
        "source": "ledger",
        "remark": "",
        "is_verified": False,
        "is_contested": False,
        "reported_by": "Olga Owner",
        "recorded_at": stored.recorded_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "recorded_by": "Olga Owner",
    }
    again = client.post(MEASUREMENTS, body, content_type="application/json")
    assert (again.status_code, again.json()) == (200, first.json())
    assert client.get(MEASUREMENTS).json() == {"items": [first.json()], "count": 1}


def test_a_later_value_supersedes_the_earlier_one(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    for value in (4.25, 5):
        client.post(MEASUREMENTS, {"month": "2026-01", "value": value}, content_type="application/json")
    assert [row["value"] for row in client.get(MEASUREMENTS).json()["items"]] == ["5.000000"]
    assert Measurement.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"value": 1}, "body.month"),
        ({"month": "2026-13", "value": 1}, "body.month"),
        ({"month": "2026-01\n", "value": 1}, "body.month"),
        ({"month": "2026-01"}, "body.value"),
        ({"month": "2026-01", "value": "1"}, "body.value"),
        ({"month": "2026-01", "value": 1e18}, "body.value"),
        ({"month": "2026-01", "value": 1, "source": "x" * 301}, "body.source"),
        ({"month": "2026-01", "value": 1, "source": "\0"}, "body.source"),
        ({"month": "2026-01", "value": 1, "colour": "red"}, "body.colour"),
    ],
)
def test_it_names_the_field_that_does_not_fit(
    body: dict[str, Any], where: str, portfolio: Portfolio, owner: User, program: Program
) -> None:
    client = program(owner)
    kept = AuditEntry.objects.count()
    answer = client.post(MEASUREMENTS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [detail["where"] for detail in answer.json()["details"]] == [where]
    assert (Measurement.objects.count(), AuditEntry.objects.count()) == (0, kept)
