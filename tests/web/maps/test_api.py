"""The map for programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.web.maps.cast import SmallMap

from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import User
from openvmo_web.maps.models import Claim, Link, Node

MAP = "/api/v1/portfolios/agency/map"


@pytest.fixture
def program(owner: User, now: datetime) -> Client:
    """A program of the owner."""
    _token, secret = token_issue(name="test", by=owner, at=now)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def told(answer: Any, status: int = 200) -> Any:
    """What an answer with a status says."""
    assert answer.status_code == status, answer.content
    return answer.json()


def test_it_reads_the_map(small_map: SmallMap, program: Client) -> None:
    shown = told(program.get(MAP))
    things = {thing["id"]: thing for thing in shown["things"]}
    assert len(things) == 8
    outcome = things[f"node-{small_map.service.pk}"]
    assert (outcome["kind"], outcome["state"], outcome["pool"]) == ("outcome", "planned", "1000.000000")
    assert things[f"benefit-{small_map.paper.pk}"]["state"] == "Nothing due yet"
    assert {(link["source"], link["strength"]) for link in shown["links"]} >= {(f"node-{small_map.scanner.pk}", 0.5)}
    assert [claim["share"] for claim in shown["claims"]] == ["0.620000"]


def test_it_reads_a_part_and_a_past_day(small_map: SmallMap, program: Client, now: datetime) -> None:
    assert len(told(program.get(MAP, {"initiative": "GAMMA"}))["things"]) == 1
    assert len(told(program.get(MAP, {"thing": f"node-{small_map.service.pk}"}))["things"]) == 4
    day_before = told(program.get(MAP, {"on": str((now - timedelta(days=1)).date())}))
    assert {thing["kind"] for thing in day_before["things"]} == {"benefit"}
    told(program.get(MAP, {"on": "2999-01-01"}), 404)
    told(program.get(MAP, {"initiative": "NONE"}), 404)


def test_it_builds_a_map(small_map: SmallMap, program: Client) -> None:
    stated = {"kind": "outcome", "name": "Trust", "due": "2026-10", "initiative": "ALPHA", "owner": "olga@example.org"}
    made = told(program.post(f"{MAP}/nodes", stated, content_type="application/json"), 201)
    assert (made["code"], made["due"], made["initiative"], made["owner"]) == (
        "O2",
        "2026-10",
        "ALPHA",
        "olga@example.org",
    )
    address = f"{MAP}/nodes/{made['id']}"
    changed = told(program.patch(address, {"state": "in_place", "due": None}, content_type="application/json"))
    assert (changed["state"], changed["due"], changed["name"]) == ("in_place", None, "Trust")
    told(program.patch(address, {"name": None}, content_type="application/json"), 422)
    ends = {"source": f"node-{small_map.service.pk}", "target": f"node-{made['id']}", "strength": 0.5}
    link = told(program.post(f"{MAP}/links", ends, content_type="application/json"), 201)
    weaker = told(program.patch(f"{MAP}/links/{link['id']}", {"strength": 0.1}, content_type="application/json"))
    assert weaker["strength"] == 0.1
    assert told(program.post(f"{MAP}/undo")) == {"count": 1}
    assert Link.objects.get(pk=link["id"]).strength == 0.5


def test_it_refuses_in_words(small_map: SmallMap, program: Client) -> None:
    back = {"source": f"node-{small_map.service.pk}", "target": f"node-{small_map.training.pk}"}
    assert told(program.post(f"{MAP}/links", back, content_type="application/json"), 409)["code"] == "conflict"
    claim = {
        "outcome": f"node-{small_map.service.pk}",
        "benefit": f"benefit-{small_map.calls.pk}",
        "share": 0.4,
    }
    refused = told(program.post(f"{MAP}/claims", claim, content_type="application/json"), 409)
    assert "38% is left" in refused["message"]
    told(program.post(f"{MAP}/nodes/{small_map.service.pk}/remove", {}, content_type="application/json"), 409)
    unknown = {"kind": "change", "name": "X", "initiative": "NONE"}
    told(program.post(f"{MAP}/nodes", unknown, content_type="application/json"), 422)
    stranger = {"kind": "change", "name": "X", "owner": "nobody@example.org"}
    told(program.post(f"{MAP}/nodes", stranger, content_type="application/json"), 422)
    assert (Claim.objects.count(), Node.objects.count()) == (1, 4)


def test_it_says_what_would_be_lost(small_map: SmallMap, program: Client) -> None:
    cut = {"cut": [f"node-{small_map.scanner.pk}"]}
    lost = told(program.post(f"{MAP}/what-if", cut, content_type="application/json"))
    assert {hit["benefit"]: hit["share"] for hit in lost["benefits"]} == {
        f"benefit-{small_map.paper.pk}": 0.5,
        f"benefit-{small_map.calls.pk}": 0.1,
    }
    assert float(lost["total_at_stake"]) == pytest.approx(306.9784265, abs=1e-6)
    told(program.post(f"{MAP}/what-if", {"cut": ["node-999"]}, content_type="application/json"), 404)


def test_it_puts_things_somewhere(small_map: SmallMap, program: Client) -> None:
    place = {"id": f"node-{small_map.law.pk}", "x": 0, "y": 640}
    assert told(program.post(f"{MAP}/places", {"places": [place]}, content_type="application/json")) == {"count": 1}
    things = {thing["id"]: thing for thing in told(program.get(MAP))["things"]}
    assert things[place["id"]]["y"] == 640
