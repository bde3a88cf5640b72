"""Every operation of the API and what a token of each role gets there: the one table, complete.

404 hides what one may not see, 403 refuses what one may not do; nobody at all is asked for a token.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from tests.web.api.conftest import Program
from tests.web.maps.cast import map_make
from tests.web.realisation.cast import benefit_in, person_in

from openvmo.engine.quantities import Month
from openvmo_web.access.models import Assignment, SavedView, User
from openvmo_web.benefits.actions import assumption_add
from openvmo_web.exchange.actions import import_preview, portfolio_export
from openvmo_web.exchange.api import api
from openvmo_web.governance.models import Decision
from openvmo_web.papers.actions import paper_save
from openvmo_web.papers.models import Template
from openvmo_web.realisation.actions import evidence_add, handover_propose
from openvmo_web.realisation.models import Request, Review
from openvmo_web.strategy.actions import driver_add, measure_add, objective_add

ROLES = ("nobody", "viewer", "elsewhere", "owner", "executive", "administrator")
PORTFOLIO = "/api/v1/portfolios/{slug}"
INITIATIVE = f"{PORTFOLIO}/initiatives/{{code}}"
MEASUREMENTS = f"{INITIATIVE}/benefits/{{benefit}}/measurements"
EVIDENCE = f"{INITIATIVE}/benefits/{{benefit}}/evidence"
REGISTER = f"{PORTFOLIO}/benefits"
BENEFIT = f"{REGISTER}/{{pk}}"
RUN = f"{PORTFOLIO}/runs/{{pk}}"
MAP = f"{PORTFOLIO}/map"
DECISION = f"{PORTFOLIO}/decisions/{{number}}"
HANDOVER = f"{PORTFOLIO}/handovers/{{pk}}"
REVIEW = f"{PORTFOLIO}/reviews/{{pk}}"
IMPORT = "/api/v1/imports/{pk}"
STRATEGY = "/api/v1/strategy"
OBJECTIVE = f"{STRATEGY}/objectives/{{pk}}"
MEASURE = f"{STRATEGY}/measures/{{pk}}"
DRIVER = f"{STRATEGY}/drivers/{{pk}}"

TEMPLATE = {"name": "Short charter", "sections": [{"title": "Why?"}]}
REPORTED = {"measurements": [{"initiative": "ALPHA", "benefit": "ALPHA-B", "month": "2026-01", "value": 1}]}
ALL = (401, 403, 200, 200, 200, 200)
VIEWERS = (401, 403, 404, 200, 200, 200)
CHANGED = (401, 403, 404, 200, 403, 200)
STRATEGY_ADDED = (401, 403, 403, 403, 201, 201)
STRATEGY_CHANGED = (401, 403, 403, 403, 200, 200)


@dataclass(frozen=True)
class Row:
    """One operation: its address and method, the statuses in the order of ``ROLES``, and what is sent."""

    address: str
    statuses: tuple[int, int, int, int, int, int]
    method: str = "get"
    body: dict[str, Any] = field(default_factory=dict)


TABLE = [
    Row("/api/v1/me", ALL),
    Row("/api/v1/portfolios", ALL),
    Row(PORTFOLIO, VIEWERS),
    Row(f"{PORTFOLIO}/initiatives", VIEWERS),
    Row(INITIATIVE, VIEWERS),
    Row("/api/v1/templates", ALL),
    Row("/api/v1/templates", (401, 403, 201, 201, 403, 201), "post", {**TEMPLATE, "kind": "charter"}),
    Row("/api/v1/templates/{template}", ALL),
    Row("/api/v1/templates/{template}", (401, 403, 200, 200, 403, 200), "put", TEMPLATE),
    Row(f"{INITIATIVE}/papers", VIEWERS),
    Row(f"{INITIATIVE}/papers/{{template}}", VIEWERS),
    Row(f"{INITIATIVE}/papers/{{template}}", (401, 403, 404, 200, 403, 200), "put", {"values": {}}),
    Row(f"{INITIATIVE}/benefits", VIEWERS),
    Row(MEASUREMENTS, VIEWERS),
    Row(MEASUREMENTS, (401, 403, 404, 201, 403, 201), "post", {"month": "2026-01", "value": 1}),
    Row("/api/v1/me/tasks", ALL),
    Row(f"{INITIATIVE}/benefits/{{benefit}}/handovers", VIEWERS),
    Row(f"{INITIATIVE}/benefits/{{benefit}}/handovers", (401, 403, 404, 422, 403, 422), "post", {"sustainer": "x"}),
    Row(f"{HANDOVER}/accept", (401, 403, 404, 403, 200, 403), "post"),
    Row(f"{HANDOVER}/decline", (401, 403, 404, 403, 200, 403), "post", {"answer": "No."}),
    Row(f"{HANDOVER}/withdraw", (401, 403, 404, 200, 403, 200), "post"),
    Row(f"{PORTFOLIO}/reviews", VIEWERS),
    Row(f"{INITIATIVE}/benefits/{{benefit}}/reviews", (401, 403, 404, 200, 403, 200), "post", {"due_on": "2999-01-01"}),
    Row(f"{REVIEW}/record", (401, 403, 404, 200, 403, 200), "post", {"held_on": "2026-03-02", "verdict": "lost"}),
    Row(f"{PORTFOLIO}/measurements", (401, 403, 404, 200, 403, 200), "post", REPORTED),
    Row(f"{PORTFOLIO}/measurements/unverified", VIEWERS),
    # Nobody of these roles verifies: that right is finance's.
    Row(f"{PORTFOLIO}/measurements/verify", (401, 403, 404, 403, 403, 403), "post", {"measurements": [1]}),
    Row(
        f"{PORTFOLIO}/measurements/contest",
        # Owners may contest what they see; this measurement is not there.
        (401, 403, 404, 404, 404, 404),
        "post",
        {"measurements": [1], "remark": "Which ledger?"},
    ),
    Row(EVIDENCE, VIEWERS),
    Row(EVIDENCE, (401, 403, 404, 201, 403, 201), "post"),
    Row(f"{PORTFOLIO}/evidence/{{file}}", VIEWERS),
    Row(f"{PORTFOLIO}/requests", VIEWERS),
    Row(f"{PORTFOLIO}/requests/{{asked}}/waive", (401, 403, 404, 200, 403, 200), "post", {"reason": "Not live"}),
    Row(f"{PORTFOLIO}/closings", VIEWERS),
    Row(f"{PORTFOLIO}/closings", (401, 403, 404, 403, 403, 403), "post", {"until": "2026-01"}),
    Row(f"{PORTFOLIO}/closings/reopen", (401, 403, 404, 403, 403, 403), "post", {"reason": "Wrong ledger"}),
    Row(REGISTER, VIEWERS),
    Row(REGISTER, (401, 403, 404, 201, 403, 201), "post", {"initiative": "ALPHA", "name": "Fewer", "kind": "cashable"}),
    Row(REGISTER, (401, 403, 404, 404, 404, 404), "patch", {"benefits": [2**40], "values": {"category": "None"}}),
    Row(f"{REGISTER}/views", VIEWERS),
    Row(f"{REGISTER}/views", (401, 403, 404, 201, 201, 201), "post", {"name": "Mine"}),
    Row(f"{REGISTER}/views/{{key}}", CHANGED, "patch", {"name": "Ours", "is_shared": True}),
    Row(f"{REGISTER}/views/{{key}}", (401, 403, 404, 204, 403, 204), "delete"),
    Row(BENEFIT, VIEWERS),
    Row(BENEFIT, CHANGED, "patch", {"category": "Paper"}),
    Row(f"{BENEFIT}/retire", CHANGED, "post", {"reason": "Came by itself"}),
    # Nothing is promised of it yet: who may set baselines reads so.
    Row(f"{BENEFIT}/promise", (401, 403, 404, 403, 422, 403), "post", {"target": 9, "reason": "Seen anew"}),
    Row(f"{BENEFIT}/validate", (401, 403, 404, 403, 403, 403), "post"),
    Row(f"{BENEFIT}/assumptions", VIEWERS),
    Row(f"{BENEFIT}/assumptions", (401, 403, 404, 201, 403, 201), "post", {"text": "Paper stays dear"}),
    Row(f"{BENEFIT}/assumptions/{{key}}", CHANGED, "patch", {"state": "holds"}),
    Row(f"{BENEFIT}/known", VIEWERS),
    Row(f"{BENEFIT}/forecasts", VIEWERS),
    Row(f"{BENEFIT}/forecasts", (401, 403, 404, 201, 403, 201), "post", {"annual_likely": 1, "reason": "Seen anew"}),
    Row(f"{BENEFIT}/baselines", VIEWERS),
    # Its initiative is not funded: who may set baselines reads that the decision will.
    Row(f"{BENEFIT}/baselines", (401, 403, 404, 403, 422, 403), "post", {"reason": "Funded before"}),
    Row(f"{PORTFOLIO}/runs", VIEWERS),
    Row(RUN, VIEWERS),
    Row(f"{RUN}/result", VIEWERS),
    Row(f"{RUN}/inputs", VIEWERS),
    # The run is a choice: whoever sees it reads that only forecasts are compared.
    Row(f"{RUN}/since/{{earlier}}", (401, 403, 404, 409, 409, 409)),
    Row(f"{RUN}/cancel", VIEWERS, "post"),
    Row(f"{PORTFOLIO}/runs/forecast", (401, 403, 404, 202, 202, 202), "post"),
    Row(f"{PORTFOLIO}/runs/choose", (401, 403, 404, 202, 202, 202), "post"),
    Row(f"{PORTFOLIO}/decisions", VIEWERS),
    # The choice was proposed already: whoever may propose hears of the conflict.
    Row(f"{PORTFOLIO}/decisions", (401, 403, 404, 409, 403, 409), "post", {"title": "Again", "rationale": "Why"}),
    Row(DECISION, VIEWERS),
    Row(f"{DECISION}/approve", (401, 403, 404, 403, 200, 403), "post"),
    Row(f"{DECISION}/reject", (401, 403, 404, 403, 200, 403), "post", {"remark": "No."}),
    Row(f"{DECISION}/withdraw", (401, 403, 404, 200, 403, 403), "post"),
    Row(f"{PORTFOLIO}/owners", VIEWERS),
    Row(f"{PORTFOLIO}/owners/{{owner}}/statement", VIEWERS),
    Row(f"{PORTFOLIO}/statement", VIEWERS),
    Row(f"{PORTFOLIO}/coverage", VIEWERS),
    Row(f"{STRATEGY}/objectives", ALL),
    Row(f"{STRATEGY}/objectives", STRATEGY_ADDED, "post", {"code": "NEW", "name": "New aim"}),
    Row(OBJECTIVE, ALL),
    Row(OBJECTIVE, STRATEGY_CHANGED, "patch", {"name": "Newer"}),
    Row(f"{OBJECTIVE}/retire", STRATEGY_CHANGED, "post"),
    Row(f"{OBJECTIVE}/restore", STRATEGY_CHANGED, "post"),
    Row(f"{STRATEGY}/weighings", ALL),
    Row(f"{STRATEGY}/weighings", STRATEGY_ADDED, "post", {"method": "direct", "answers": {"AIM": 1}}),
    Row(f"{STRATEGY}/measures", ALL),
    Row(
        f"{STRATEGY}/measures",
        (401, 403, 404, 404, 404, 404),
        "post",
        {"code": "NEW", "name": "New", "unit": "%", "objective": 999_999},
    ),
    Row(MEASURE, ALL),
    Row(MEASURE, STRATEGY_CHANGED, "patch", {"name": "Newer"}),
    Row(f"{MEASURE}/retire", STRATEGY_CHANGED, "post"),
    Row(f"{MEASURE}/restore", STRATEGY_CHANGED, "post"),
    Row(f"{MEASURE}/readings", ALL),
    Row(f"{MEASURE}/readings", STRATEGY_ADDED, "post", {"on": "2026-03-01", "value": 1}),
    Row(f"{STRATEGY}/drivers", ALL),
    Row(f"{STRATEGY}/drivers", STRATEGY_ADDED, "post", {"code": "NEW", "name": "New"}),
    Row(DRIVER, ALL),
    Row(DRIVER, STRATEGY_CHANGED, "patch", {"name": "Newer"}),
    Row(f"{PORTFOLIO}/export", VIEWERS),
    Row("/api/v1/imports", ALL),
    Row("/api/v1/imports", (401, 403, 404, 201, 403, 201), "post"),
    Row(IMPORT, (401, 403, 404, 200, 404, 200)),
    Row(f"{IMPORT}/confirm", (401, 403, 404, 200, 404, 200), "post"),
    Row(f"{IMPORT}/discard", (401, 403, 404, 200, 404, 200), "post"),
    Row(MAP, VIEWERS),
    Row(f"{MAP}/what-if", VIEWERS, "post", {"cut": []}),
    Row(f"{MAP}/nodes", (401, 403, 404, 201, 403, 201), "post", {"kind": "change", "name": "New"}),
    Row(f"{MAP}/nodes/{{node}}", VIEWERS),
    Row(f"{MAP}/nodes/{{node}}", CHANGED, "patch", {"name": "Newer"}),
    Row(f"{MAP}/nodes/{{node}}/remove", CHANGED, "post"),
    Row(f"{MAP}/links", (401, 403, 404, 404, 404, 404), "post", {"source": "node-999999", "target": "node-999998"}),
    Row(f"{MAP}/links/{{link}}", CHANGED, "patch", {"strength": 0.5}),
    Row(f"{MAP}/links/{{link}}/remove", CHANGED, "post"),
    Row(
        f"{MAP}/claims",
        (401, 403, 404, 404, 404, 404),
        "post",
        {"outcome": "node-999999", "benefit": "benefit-999999", "share": 0.1},
    ),
    Row(f"{MAP}/claims/{{claim}}/remove", CHANGED, "post"),
    Row(
        f"{MAP}/places",
        (401, 403, 404, 409, 403, 409),
        "post",
        {"places": [{"id": "node-999999", "x": 0, "y": 0}]},
    ),
    Row(f"{MAP}/undo", (401, 403, 404, 200, 403, 409), "post"),
]


@pytest.fixture
def clients(
    program: Program, stranger: User, member: User, owner: User, executive: User, administrator: User, now: datetime
) -> dict[str, Client]:
    """A program of each role; one of them has its role in another portfolio."""
    was = Assignment.objects.get(user=member)
    Assignment.objects.filter(pk=was.pk).update(role="analyst")
    Assignment.objects.create(user=stranger, role="portfolio_manager", portfolio_id=99, granted_at=now)
    users = (member, stranger, owner, executive, administrator)
    clients = {"nobody": Client()} | dict(zip(ROLES[1:], map(program, users), strict=True))
    Assignment.objects.filter(pk=was.pk).update(role="viewer")
    return clients


@pytest.fixture
def places(proposal: Decision, owner: User, executive: User, now: datetime) -> dict[str, dict[str, Any]]:
    """What stands in the addresses: of imports, and of everything else."""
    portfolio = proposal.portfolio
    initiative = portfolio.initiatives.get(code="ALPHA")
    charter = Template.objects.get(code="charter")
    paper_save(template=charter, initiative=initiative, values={"value": "Fewer forms"}, by=owner, at=now)
    parts = {"slug": portfolio.slug, "code": "ALPHA", "benefit": "ALPHA-B", "number": 1, "run": proposal.run_id}
    parts["earlier"] = proposal.run_id
    parts |= {"template": charter.code, "owner": owner.pk}
    drawn = map_make(portfolio, by=owner, at=now)
    _name, content, _type = portfolio_export(portfolio=portfolio, format="json", by=owner, at=now)
    imported = import_preview(content=content, file_name="p.json", portfolio=portfolio, by=owner, at=now)
    parts |= {"node": drawn.law.pk, "link": drawn.link.pk, "claim": drawn.claim.pk}
    measured = benefit_in(portfolio, "ALPHA-B")
    request = Request.objects.create(
        portfolio=portfolio, benefit=measured, month=date(2026, 1, 1), due_on=date(2026, 2, 15), opened_at=now
    )
    shown = evidence_add(benefit=measured, month=Month(2026, 1), name="ledger.txt", content=b"90", by=owner, at=now)
    parts |= {"asked": request.pk, "file": shown.pk}
    benefit = benefit_in(portfolio, "GAMMA-B")
    sustainer = person_in(portfolio, "sven@example.org", "Sven Sustainer", "sustainer", now)
    handover = handover_propose(benefit=benefit, sustainer=sustainer, conditions=(), by=owner, at=now)
    review = Review.objects.create(portfolio=benefit.initiative.portfolio, benefit=benefit, due_on=now.date())
    aim = objective_add(code="AIM", name="Aim", by=executive, at=now)
    kpi = measure_add(code="KPI", objective=aim, name="KPI", unit="%", direction="increase", by=executive, at=now)
    driver = driver_add(code="OWN", name="Own driver", kind="social", by=executive, at=now)
    assumption = assumption_add(benefit=benefit, text="Paper stays dear", by=owner, at=now)
    view = {"page": "benefits:register", "portfolio_id": portfolio.pk, "name": "Shared", "is_shared": True}
    parts |= {"key": SavedView.objects.create(user=owner, **view).pk}
    return {
        IMPORT: {"pk": imported.pk},
        OBJECTIVE: {"pk": aim.pk},
        MEASURE: {"pk": kpi.pk},
        DRIVER: {"pk": driver.pk},
        HANDOVER: {**parts, "pk": handover.pk},
        REVIEW: {**parts, "pk": review.pk},
        BENEFIT: {**parts, "pk": benefit.pk, "key": assumption.pk},
        RUN: {**parts, "pk": proposal.run_id},
    }


def filled(address: str, places: dict[str, dict[str, Any]]) -> str:
    """The address of one of the things."""
    kinds = (IMPORT, OBJECTIVE, MEASURE, DRIVER, HANDOVER, REVIEW, BENEFIT)
    kind = next((prefix for prefix in kinds if address.startswith(prefix)), RUN)
    return address.format(**places[kind])


def status(client: Client, row: Row, places: dict[str, dict[str, Any]]) -> int:
    """Ask once, and undo what the answer did."""
    address = filled(row.address, places)
    with transaction.atomic():
        if row.method == "get":
            answer = client.get(address)
        elif address == "/api/v1/imports":
            answer = client.post(address, {"file": SimpleUploadedFile("p.json", b"{}"), "portfolio": "agency"})
        elif row.address == EVIDENCE:
            answer = client.post(address, {"file": SimpleUploadedFile("new.txt", b"91"), "month": "2026-01"})
        else:
            proposed = {"run": places[RUN]["run"]} if "title" in row.body else {}
            send = getattr(client, row.method)
            answer = send(address, json.dumps(row.body | proposed), content_type="application/json")
        transaction.set_rollback(True)
    return answer.status_code


def test_it_answers_each_role_as_the_table_says(clients: dict[str, Client], places: dict[str, dict[str, Any]]) -> None:
    found = {(row.method, row.address): tuple(status(clients[role], row, places) for role in ROLES) for row in TABLE}
    assert found == {(row.method, row.address): row.statuses for row in TABLE}


def test_it_has_a_row_for_every_operation() -> None:
    described = api.get_openapi_schema(path_prefix="/api/")["paths"]
    operations = {(method, address) for address, methods in described.items() for method in methods}
    assert operations == {(row.method, row.address) for row in TABLE}
    assert len(TABLE) == len(operations)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_every_operation_knows_the_same_days(
    clients: dict[str, Client], places: dict[str, dict[str, Any]], day: str
) -> None:
    asked = _read_as_known()
    assert len(asked) >= 14
    answers = [clients["owner"].get(f"{filled(address, places)}?on={day}") for address in asked]
    found = {(answer.status_code, answer.json()["message"]) for answer in answers}
    assert found == {(404, f"Nothing is known of {day}: give a day from 1970 until today.")}


def test_no_operation_takes_a_day_that_is_none(clients: dict[str, Client], places: dict[str, dict[str, Any]]) -> None:
    for address in _read_as_known():
        assert clients["owner"].get(f"{filled(address, places)}?on=2026-02-31").status_code in (404, 422), address


def _read_as_known() -> list[str]:
    """The operations that read as known on a day."""
    described = api.get_openapi_schema(path_prefix="/api/")["paths"]
    names = {
        address: {parameter["name"] for parameter in methods.get("get", {}).get("parameters", ())}
        for address, methods in described.items()
    }
    return [address for address, found in names.items() if "on" in found]
