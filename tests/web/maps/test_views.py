"""The pages of the map: what they show, and that the forms do what the drawing does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.web.maps.cast import SmallMap

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.maps import queries
from openvmo_web.maps.models import Claim, Link, Node, Place
from openvmo_web.strategy.models import Objective

MAP = "/p/agency/map/"
AS_JSON = {"Accept": "application/json"}

Browser = Callable[[User], Client]


@pytest.fixture
def editor(owner: User, signed_in: Browser) -> Client:
    """The browser of somebody who may change the map."""
    return signed_in(owner)


@pytest.fixture
def reader(member: User, signed_in: Browser) -> Client:
    """The browser of somebody who only looks."""
    return signed_in(member)


def drawing(client: Client, query: str = "") -> dict[str, Any]:
    """The map as the drawing script gets it."""
    document: dict[str, Any] = client.get(f"{MAP}data/{query}").json()
    return document


def test_it_shows_the_map_as_a_table(small_map: SmallMap, reader: Client) -> None:
    page = reader.get(MAP).content.decode()
    assert page.count('class="cell-name"') == 8
    assert "Faster service" in page
    assert "62% claimed" in page
    assert "At risk" in page
    assert "data-may-change" not in page
    assert "data-map-add" not in page


def test_an_empty_map_says_how_to_begin(small_map: SmallMap, editor: Client) -> None:
    page = editor.get(f"{MAP}?thing=node-999999").content.decode()
    assert "The map is empty" in page
    assert "Add the first thing" in page


def test_the_drawing_gets_words_and_places(small_map: SmallMap, reader: Client) -> None:
    document = drawing(reader)
    things = {thing["id"]: thing for thing in document["things"]}
    scanner = things[f"node-{small_map.scanner.pk}"]
    assert (scanner["kind"], scanner["state"], scanner["tone"]) == ("enabler", "In place", "positive")
    assert scanner["words"] == "Enabler: Scanner, In place, leads to 1, hangs on 0"
    assert things[f"node-{small_map.service.pk}"]["note"] == "62% claimed"
    assert things[f"benefit-{small_map.paper.pk}"]["note"] == "£542"
    assert things[f"benefit-{small_map.paper.pk}"]["weight"] == 1
    assert [band["title"] for band in document["bands"]][:2] == ["Enablers", "Changes"]
    assert {link["label"] for link in document["links"]} == {"", "50%", "25%", "20%"}


def test_it_adds_by_the_form_and_by_the_drawing(small_map: SmallMap, editor: Client) -> None:
    stated = {"kind": "outcome", "name": "Trust", "state": "planned", "pool": "12.5", "due": "2026-10"}
    answer = editor.post(f"{MAP}nodes/new/", stated)
    trust = Node.objects.get(name="Trust")
    assert (answer.status_code, answer["Location"]) == (302, f"{MAP}things/node-{trust.pk}/")
    assert (trust.code, trust.pool, f"{trust.due:%Y-%m}") == ("O2", Decimal("12.5"), "2026-10")
    told = editor.post(f"{MAP}nodes/new/", {"kind": "change", "name": "Use", "state": "planned"}, headers=AS_JSON)
    assert told.json()["chosen"] == f"node-{Node.objects.get(name='Use').pk}"
    assert "Use" in {thing["name"] for thing in told.json()["map"]["things"]}


def test_a_form_says_what_is_wrong(small_map: SmallMap, editor: Client) -> None:
    before = Node.objects.count()
    stated = {"kind": "change", "name": "", "state": "planned", "pool": "5", "initiative": "NONE"}
    for headers in ({}, AS_JSON):
        answer = editor.post(f"{MAP}nodes/new/", stated, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "There is no initiative “NONE”" in page
        assert "Only an outcome has a gain to share" in page
    assert Node.objects.count() == before


def test_a_taken_code_is_refused(small_map: SmallMap, editor: Client) -> None:
    stated = {"kind": "change", "name": "Again", "state": "planned", "code": small_map.law.code}
    answer = editor.post(f"{MAP}nodes/new/", stated)
    assert answer.status_code == 422
    assert "Another thing of this map has or had this code" in answer.content.decode()


def test_it_shows_a_thing_with_its_form(small_map: SmallMap, editor: Client, reader: Client) -> None:
    address = f"{MAP}things/node-{small_map.service.pk}/"
    page = editor.get(address).content.decode()
    assert "62% claimed, 38% left" in page
    assert f"{MAP}nodes/{small_map.service.pk}/change/" in page
    assert "Remove from the map" in page
    quiet = reader.get(address).content.decode()
    assert "62% claimed, 38% left" in quiet
    assert "<form method" not in quiet.split('id="content"')[1]
    assert reader.get(f"{MAP}things/benefit-{small_map.paper.pk}/").status_code == 200
    assert reader.get(f"{MAP}things/node-999999/").status_code == 404


def test_it_changes_a_thing(small_map: SmallMap, editor: Client) -> None:
    stated = {"kind": "enabler", "name": "Big scanner", "state": "under_way", "initiative": "BETA"}
    editor.post(f"{MAP}nodes/{small_map.scanner.pk}/change/", stated)
    small_map.scanner.refresh_from_db()
    assert (small_map.scanner.name, small_map.scanner.code) == ("Big scanner", "E1")
    assert small_map.scanner.initiative.code == "BETA"


def test_it_refuses_an_over_claim_in_words(small_map: SmallMap, editor: Client) -> None:
    address = f"{MAP}nodes/{small_map.service.pk}/claims/"
    answer = editor.post(address, {"benefit": f"benefit-{small_map.calls.pk}", "share": "40"}, headers=AS_JSON)
    assert answer.status_code == 422
    assert "38% is left" in answer.content.decode()
    assert Claim.objects.count() == 1
    fits = editor.post(address, {"benefit": f"benefit-{small_map.calls.pk}", "share": "38"}, headers=AS_JSON)
    assert fits.status_code == 200
    assert sum(claim.share for claim in Claim.objects.all()) == 1


def test_it_connects_and_refuses_circles_in_words(small_map: SmallMap, editor: Client) -> None:
    ends = {"source": f"node-{small_map.scanner.pk}", "target": f"node-{small_map.law.pk}"}
    assert editor.post(f"{MAP}links/new/", ends, headers=AS_JSON).status_code == 200
    back = {"source": ends["target"], "target": ends["source"]}
    answer = editor.post(f"{MAP}links/new/", back, headers=AS_JSON)
    assert answer.status_code == 409
    assert "Law → Scanner → Law" in answer.json()["message"]
    plain = editor.post(f"{MAP}links/new/", back, follow=True)
    assert "Law → Scanner → Law" in plain.content.decode()


def test_a_benefit_serves_an_objective_by_a_link(small_map: SmallMap, editor: Client) -> None:
    objective = Objective.objects.create(code="A", name="Serve better")
    benefit, aim = f"benefit-{small_map.paper.pk}", f"objective-{objective.pk}"
    assert editor.post(f"{MAP}links/new/", {"source": benefit, "target": aim}, headers=AS_JSON).status_code == 200
    small_map.paper.refresh_from_db()
    assert small_map.paper.objective == objective
    refused = editor.post(f"{MAP}links/new/", {"source": f"node-{small_map.law.pk}", "target": aim}, headers=AS_JSON)
    assert (refused.status_code, Link.objects.count()) == (409, 5)
    assert "only a benefit serves an objective" in refused.json()["message"]
    editor.post(f"{MAP}benefits/{small_map.paper.pk}/objective/", {"objective": ""})
    small_map.paper.refresh_from_db()
    assert small_map.paper.objective is None


def test_a_link_has_a_strength(small_map: SmallMap, editor: Client) -> None:
    address = f"{MAP}links/{small_map.link.pk}/"
    assert 'value="50"' in editor.get(address).content.decode()
    editor.post(address, {"strength": "12.5"})
    small_map.link.refresh_from_db()
    assert small_map.link.strength == 0.125
    assert editor.post(address, {"strength": "120"}).status_code == 422
    assert editor.post(f"{address}remove/").status_code == 302
    small_map.link.refresh_from_db()
    assert small_map.link.removed_at is not None


def test_it_removes_asks_about_claims_and_takes_back(small_map: SmallMap, editor: Client) -> None:
    address = f"{MAP}nodes/{small_map.service.pk}/remove/"
    refused = editor.post(address, headers=AS_JSON)
    assert refused.status_code == 409
    assert "while benefits claim shares of it" in refused.json()["message"]
    gone = editor.post(address, {"cascade": "yes"}, headers=AS_JSON).json()
    assert len(gone["map"]["things"]) == 7
    back = editor.post(f"{MAP}undo/", headers=AS_JSON).json()
    assert (len(back["map"]["things"]), back["chosen"]) == (8, f"node-{small_map.service.pk}")
    assert Claim.objects.get().removed_at is None


def test_it_keeps_places_and_tidies(small_map: SmallMap, editor: Client) -> None:
    id = f"node-{small_map.law.pk}"
    sent = {"places": json.dumps({id: {"x": 0, "y": 500}})}
    answer = editor.post(f"{MAP}places/", sent, headers=AS_JSON).json()
    assert {thing["id"]: thing["y"] for thing in answer["map"]["things"]}[id] == 500
    assert editor.post(f"{MAP}tidy/").status_code == 302
    assert Place.objects.count() == 0
    for broken in ("", "[]", '{"node-1": 5}', json.dumps({id: {"x": "a", "y": 0}})):
        assert editor.post(f"{MAP}places/", {"places": broken}).status_code == 404


def test_what_if_is_a_page_and_stores_nothing(small_map: SmallMap, reader: Client) -> None:
    before = AuditEntry.objects.count()
    address = f"{MAP}what-if/?cut=node-{small_map.scanner.pk}"
    page = reader.get(address).content.decode()
    assert "2 benefits hang on what is cut; £307 of forecast value is at stake." in page
    assert "50%" in page
    told = reader.get(address, headers=AS_JSON).json()
    assert told["losses"][f"benefit-{small_map.paper.pk}"] == 0.5
    assert told["labels"][f"node-{small_map.scanner.pk}"] == "Cut"
    assert told["labels"][f"benefit-{small_map.calls.pk}"] == "loses 10%"
    assert "Nothing is cut" in reader.get(f"{MAP}what-if/").content.decode()
    assert AuditEntry.objects.count() == before


def test_it_finds_by_name_and_shows_parts(small_map: SmallMap, reader: Client) -> None:
    page = reader.get(f"{MAP}?search=staff").content.decode()
    assert f"?also=node-{small_map.training.pk}#node-{small_map.training.pk}" in page
    assert "Nothing on the map has this" in reader.get(f"{MAP}?search=zebra").content.decode()
    assert "Benefits map: Initiative ALPHA" in reader.get(f"{MAP}?initiative=ALPHA").content.decode()
    assert reader.get(f"{MAP}?initiative=NONE").status_code == 404


def test_a_map_too_large_is_not_laid_out_anew(
    small_map: SmallMap, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_DRAWN", 3)
    answer = editor.post(f"{MAP}tidy/", headers=AS_JSON)
    assert answer.status_code == 409
    assert "do not fit on one map" in answer.json()["message"]
    assert editor.post(f"{MAP}tidy/").status_code == 302


def test_a_map_too_large_asks_for_a_part(small_map: SmallMap, reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_DRAWN", 3)
    page = reader.get(MAP)
    assert page.status_code == 200
    assert "are more than one drawing can show" in page.content.decode()
    assert reader.get(f"{MAP}data/").status_code == 409


def test_it_reads_as_known_on_a_day(small_map: SmallMap, editor: Client, now: datetime) -> None:
    before = editor.get(f"{MAP}?on={(now - timedelta(days=2)).date()}").content.decode()
    assert "As known on" in before
    assert "Scanner" not in before
    then = editor.get(f"{MAP}?on={now.date()}").content.decode()
    assert "Scanner" in then
    assert "data-may-change" not in then
    assert editor.get(f"{MAP}?on=yesterday").status_code == 404


def test_it_exports_the_network(small_map: SmallMap, editor: Client, reader: Client) -> None:
    text = editor.get(f"{MAP}export.csv").content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith('Kind,Name,State,Leads to,Hangs on,"Present value of its forecast (GBP')
    assert "Change,Staff scan,Planned,Faster service,Scanner; Law" in text
    assert reader.get(f"{MAP}export.csv").status_code == 403
    assert editor.get(f"{MAP}export.pdf").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["nodes/new/", "nodes/{node}/change/", "nodes/{node}/remove/", "nodes/{node}/claims/", "links/new/", "undo/"],
)
def test_who_only_looks_is_refused(small_map: SmallMap, reader: Client, address: str) -> None:
    where = MAP + address.format(node=small_map.service.pk)
    ends = {"source": f"node-{small_map.scanner.pk}", "target": f"node-{small_map.law.pk}"}
    before = AuditEntry.objects.count()
    assert reader.post(where, ends).status_code == 403
    assert reader.post(where, ends, headers=AS_JSON).status_code == 403
    assert AuditEntry.objects.count() == before
