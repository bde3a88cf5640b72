"""Hand-overs, reviews and tasks for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.realisation.cast import benefit_in, on, person_in, proposed_to

from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import User
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.models import Handover, Review

pytestmark = pytest.mark.django_db
BENEFIT = "/api/v1/portfolios/agency/initiatives/ALPHA/benefits/ALPHA-B"
Program = Callable[[User], Client]


@pytest.fixture
def program(now: datetime) -> Program:
    """A program with a token of somebody."""

    def client(user: User) -> Client:
        _token, secret = token_issue(name="test", by=user, at=now)
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return client


@pytest.fixture
def sustainer(portfolio: Portfolio, now: datetime) -> User:
    """Leads the unit in which the benefit stays."""
    return person_in(portfolio, "sven@example.org", "Sven Sustainer", "sustainer", now)


def send(client: Client, address: str, body: dict[str, Any]) -> tuple[int, Any]:
    answer = client.post(address, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_it_hands_over_and_reviews(program: Program, owner: User, sustainer: User) -> None:
    conditions = [{"text": "Measure in place"}]
    status, made = send(
        program(owner), f"{BENEFIT}/handovers", {"sustainer": "Sven@example.org", "conditions": conditions}
    )
    assert (status, made["state"], made["sustainer"]) == (201, "proposed", "Sven Sustainer")
    client = program(sustainer)
    tasks = client.get("/api/v1/me/tasks").json()
    benefit = Handover.objects.get().benefit_id
    assert [(task["kind"], task["address"]) for task in tasks] == [
        ("handover", f"/p/agency/benefits/{benefit}/handover/")
    ]
    address = f"/api/v1/portfolios/agency/handovers/{made['id']}"
    status, problem = send(client, f"{address}/accept", {"conditions": conditions})
    assert (status, problem["code"]) == (422, "invalid")
    met = [{"text": "Measure in place", "is_met": True}]
    status, taken = send(client, f"{address}/accept", {"conditions": met, "answer": "Gladly."})
    assert (status, taken["state"], taken["answered_by"]) == (200, "accepted", "Sven Sustainer")
    assert client.get(f"{BENEFIT}/handovers").json()["count"] == 1
    (review,) = client.get("/api/v1/portfolios/agency/reviews?is_held=false").json()["items"]
    assert (review["benefit"], review["held_on"]) == ("ALPHA-B", None)
    today = timezone.localdate().isoformat()
    status, held = send(
        client,
        f"/api/v1/portfolios/agency/reviews/{review['id']}/record",
        {"held_on": today, "verdict": "sustained", "remark": "Holds."},
    )
    assert (status, held["held_on"], held["recorded_by"]) == (200, today, "Sven Sustainer")
    assert Review.objects.filter(held_on=None).count() == 1


def test_it_plans_and_filters_reviews(program: Program, portfolio: Portfolio, owner: User) -> None:
    client = program(owner)
    day = timezone.localdate().replace(month=12, day=31).isoformat()
    status, planned = send(client, f"{BENEFIT}/reviews", {"due_on": day})
    assert (status, planned["due_on"]) == (200, day)
    assert client.get(f"/api/v1/portfolios/agency/reviews?due_before={day}").json()["count"] == 0
    assert client.get("/api/v1/portfolios/agency/reviews?is_held=false").json()["count"] == 1
    assert send(client, f"{BENEFIT}/reviews", {"due_on": 20300101})[0] == 422
    assert send(client, f"{BENEFIT}/reviews", {"due_on": "2030-02-30"})[0] == 422


def test_it_refuses_others(program: Program, portfolio: Portfolio, owner: User, sustainer: User, now: datetime) -> None:
    other = person_in(portfolio, "mia@example.org", "Mia Measurer", "measurer", now)
    client = program(other)
    assert send(client, f"{BENEFIT}/handovers", {"sustainer": "sven@example.org"})[0] == 403
    handover = proposed_to(benefit_in(portfolio), sustainer, by=owner, at=now)
    address = f"/api/v1/portfolios/agency/handovers/{handover.pk}"
    assert send(client, f"{address}/decline", {"answer": "No."})[0] == 403
    assert client.post(f"{address}/withdraw").status_code == 403
    review = Review.objects.create(
        portfolio=handover.benefit.initiative.portfolio, benefit=handover.benefit, due_on=on("2026-03-01")
    )
    recorded = {"held_on": "2026-03-01", "verdict": "lost"}
    assert send(client, f"/api/v1/portfolios/agency/reviews/{review.pk}/record", recorded)[0] == 403
    assert send(program(owner), f"{BENEFIT}/handovers", {"sustainer": "nobody@example.org"})[0] == 422
    assert (Handover.objects.get().state, Review.objects.get().held_on) == ("proposed", None)
    assert program(owner).post(f"{address}/withdraw").json()["state"] == "withdrawn"
