"""Measurements for programs: reported, verified, contested, with evidence, requests and closings."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.web.api.conftest import Program
from tests.web.conftest import person

from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.models import Request

BASE = "/api/v1/portfolios/agency"
OTHER = {"initiative": "BETA", "benefit": "BETA-B"}
BENEFIT = f"{BASE}/initiatives/ALPHA/benefits/ALPHA-B"


@pytest.fixture
def finance(portfolio: Portfolio) -> User:
    return person("fiona@example.org", "Fiona Finance", "finance", portfolio.pk)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


def post(client: Client, address: str, body: dict[str, Any]) -> HttpResponse:
    return client.post(address, json.dumps(body), content_type="application/json")  # type: ignore[return-value]


def one(month: str, value: float, **stated: Any) -> dict[str, Any]:
    return {"initiative": "ALPHA", "benefit": "ALPHA-B", "month": month, "value": value, **stated}


def test_many_are_reported_or_none(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    wrong = [one("2026-01", 5), one("2026-09", 5), one("2026-02", 5, unit="hours"), one("2026-02", 5)]
    answer = post(client, f"{BASE}/measurements", {"measurements": wrong})
    assert (answer.status_code, Measurement.objects.count()) == (422, 0)
    assert [detail["where"] for detail in json.loads(answer.content)["details"]] == [
        "body.measurements.1.month",
        "body.measurements.2.unit",
    ]
    right = {"measurements": [one("2026-01", 5), one("2026-02", 6)]}
    assert json.loads(post(client, f"{BASE}/measurements", right).content) == {"recorded": 2, "unchanged": 0}
    assert json.loads(post(client, f"{BASE}/measurements", right).content) == {"recorded": 0, "unchanged": 2}
    unknown = {"measurements": [one("2026-01", 5) | {"benefit": "NONE"}]}
    answer = post(client, f"{BASE}/measurements", unknown)
    assert json.loads(answer.content)["details"][0]["where"] == "body.measurements.0.benefit"


def test_they_are_verified_contested_and_read_as_known(
    portfolio: Portfolio, owner: User, finance: User, program: Program, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter, verifier = program(owner), program(finance)
    post(reporter, f"{BENEFIT}/measurements", {"month": "2026-01", "value": 5})
    waiting = json.loads(verifier.get(f"{BASE}/measurements/unverified").content)["items"]
    key = waiting[0]["measurement"]["id"]
    assert (waiting[0]["benefit"], waiting[0]["measurement"]["reported_by"]) == ("ALPHA-B", "Olga Owner")
    assert post(reporter, f"{BASE}/measurements/verify", {"measurements": [key]}).status_code == 403
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=2))
    contested = json.loads(
        post(verifier, f"{BASE}/measurements/contest", {"measurements": [key], "remark": "Which ledger?"}).content
    )
    assert (contested[0]["is_contested"], contested[0]["remark"]) == (True, "Which ledger?")
    verified = post(verifier, f"{BASE}/measurements/verify", {"measurements": [contested[0]["id"]]})
    assert json.loads(verified.content)[0]["is_verified"] is True
    assert post(verifier, f"{BASE}/measurements/verify", {"measurements": [key, 999_999]}).status_code == 404
    then = json.loads(reporter.get(f"{BENEFIT}/measurements?on=2026-03-02").content)["items"]
    assert [(row["value"], row["is_verified"]) for row in then] == [("5.000000", False)]
    assert json.loads(reporter.get(f"{BENEFIT}/measurements?on=2026-03-01").content)["items"] == []
    assert reporter.get(f"{BENEFIT}/measurements?on=2026-02-30").status_code == 422


def test_the_owner_of_a_benefit_contests_and_does_not_verify(
    portfolio: Portfolio, owner: User, program: Program
) -> None:
    holder = person("otto@example.org", "Otto Own", "benefit_owner", portfolio.pk)
    Benefit.objects.filter(code="ALPHA-B").update(owner=holder)
    reporter, client = program(owner), program(holder)
    post(reporter, f"{BENEFIT}/measurements", {"month": "2026-01", "value": 5})
    post(reporter, f"{BASE}/measurements", {"measurements": [one("2026-01", 6) | OTHER]})
    key, other = Measurement.objects.order_by("pk").values_list("pk", flat=True)
    doubt = {"measurements": [key], "remark": "Which ledger?"}
    assert post(client, f"{BASE}/measurements/verify", {"measurements": [key]}).status_code == 403
    assert post(client, f"{BASE}/measurements/contest", doubt | {"measurements": [key, other]}).status_code == 403
    assert json.loads(post(client, f"{BASE}/measurements/contest", doubt).content)[0]["is_contested"] is True


def test_evidence_is_filed_listed_and_given_out(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    sent = {"month": "2026-01", "file": SimpleUploadedFile("a.txt", b"90"), "remark": "Ledger"}
    added = client.post(f"{BENEFIT}/evidence", sent)
    assert added.status_code == 201
    assert json.loads(client.get(f"{BENEFIT}/evidence").content)["items"] == [json.loads(added.content)]
    file = client.get(f"{BASE}/evidence/{json.loads(added.content)['id']}")
    assert file.content == b"90"
    refused = client.post(f"{BENEFIT}/evidence", sent | {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 422


def test_requests_are_listed_and_waived(portfolio: Portfolio, owner: User, program: Program, now: datetime) -> None:
    asked = Request.objects.create(
        portfolio=portfolio,
        benefit=Benefit.objects.get(code="ALPHA-B"),
        month=date(2026, 1, 1),
        due_on=date(2026, 2, 15),
        opened_at=now,
    )
    client = program(owner)
    listed = json.loads(client.get(f"{BASE}/requests?stands=late").content)["items"]
    assert [(row["benefit"], row["month"], row["stands"]) for row in listed] == [("ALPHA-B", "2026-01", "late")]
    waived = post(client, f"{BASE}/requests/{asked.pk}/waive", {"reason": "Not live yet"})
    assert (waived.status_code, json.loads(waived.content)["stands"]) == (200, "waived")


def test_months_are_closed_and_opened(portfolio: Portfolio, owner: User, finance: User, program: Program) -> None:
    client = program(finance)
    assert post(client, f"{BASE}/closings", {"until": "2026-01"}).status_code == 201
    refused = post(program(owner), f"{BENEFIT}/measurements", {"month": "2026-01", "value": 5})
    assert (refused.status_code, "is closed" in refused.content.decode()) == (422, True)
    assert post(client, f"{BASE}/closings/reopen", {"until": None, "reason": "Wrong"}).status_code == 201
    assert [row["until"] for row in json.loads(client.get(f"{BASE}/closings").content)["items"]] == [None, "2026-01"]
