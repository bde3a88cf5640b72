"""Templates and papers for programs."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from openvmo_web.access.actions import token_issue
from openvmo_web.access.models import User
from openvmo_web.papers.models import PaperVersion, Template
from openvmo_web.portfolio.models import Initiative

PAPERS = "/api/v1/portfolios/agency/initiatives/ALPHA/papers"


@pytest.fixture
def put(owner: User, now: Any) -> Callable[..., Any]:
    """Ask as the owner's program: ``put("put", address, body)``."""
    _token, secret = token_issue(name="papers", by=owner, at=now)
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    def ask(method: str, address: str, body: object = None) -> Any:
        send: Callable[..., Any] = getattr(client, method)
        return send(address, json.dumps(body), content_type="application/json") if body else send(address)

    return ask


def test_it_lists_templates(put: Callable[..., Any], template: Template) -> None:
    answer = put("get", "/api/v1/templates").json()
    assert answer["count"] == 5
    mine = next(row for row in answer["items"] if row["code"] == "short-charter")
    assert (mine["version"], mine["is_active"], mine["recorded_by"]) == (1, True, "Olga Owner")
    assert mine["sections"][0]["title"] == "Why?"
    assert next(row for row in answer["items"] if row["code"] == "charter")["recorded_by"] is None


def test_it_adds_and_changes_a_template(put: Callable[..., Any], initiative: Initiative) -> None:
    body = {"kind": "charter", "name": "Tiny", "sections": [{"title": "Why?", "required": True}]}
    added = put("post", "/api/v1/templates", body)
    assert (added.status_code, added.json()["code"]) == (201, "tiny")
    assert put("post", "/api/v1/templates", body).status_code == 409
    sections = [{"key": "why", "title": "Why so?"}, {"title": "Lead", "kind": "fact", "fact": "lead"}]
    changed = put("put", "/api/v1/templates/tiny", {"name": "Tiny", "sections": sections, "reason": "More"})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert [section["key"] for section in changed.json()["sections"]] == ["why", "lead"]


def test_it_names_each_wrong_section(put: Callable[..., Any], template: Template) -> None:
    sections = [{"title": "Fine"}, {"title": "Which?", "kind": "choice", "choices": ["one"]}]
    answer = put("put", "/api/v1/templates/short-charter", {"name": "Short", "sections": sections})
    assert answer.status_code == 422
    assert [detail["where"] for detail in answer.json()["details"]] == ["sections.1.choices"]


def test_it_saves_and_reads_a_paper(put: Callable[..., Any], template: Template, initiative: Initiative) -> None:
    address = f"{PAPERS}/short-charter"
    assert put("get", address).status_code == 404
    saved = put("put", address, {"values": {"who": "Citizens"}, "note": "First", "based_on": 0})
    assert saved.status_code == 200
    assert (saved.json()["version"], saved.json()["missing"]) == (1, ["why"])
    assert put("get", address).json()["values"]["who"] == "Citizens"
    assert put("get", f"{address}?on=2020-01-01").status_code == 404
    lines = {row["template"]: row for row in put("get", PAPERS).json()}
    assert lines["short-charter"]["version"] == 1
    assert (lines["charter"]["version"], lines["benefit-profile"]["benefit"]) == (None, "ALPHA-B")


def test_it_refuses_what_does_not_fit(put: Callable[..., Any], template: Template, initiative: Initiative) -> None:
    address = f"{PAPERS}/short-charter"
    wrong = put("put", address, {"values": {"when": "soon"}})
    assert wrong.status_code == 422
    assert wrong.json()["details"] == [{"where": "when", "message": "This is not a day. Write it like 2026-03-31."}]
    put("put", address, {"values": {"who": "Citizens"}})
    assert put("put", address, {"values": {"who": "Companies"}, "based_on": 0}).status_code == 409
    assert put("put", f"{PAPERS}/benefit-profile", {"values": {}, "note": "x"}).status_code == 404
    assert put("put", f"{PAPERS}/benefit-profile?benefit=ALPHA-B", {"values": {}, "note": "x"}).status_code == 200
    assert PaperVersion.objects.count() == 2
