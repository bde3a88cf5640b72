"""Runs and decisions through the API."""

import hashlib
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.api.conftest import Program

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.governance.models import Body, Decision
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of
from openvmo_web.jobs.worker import Worker
from openvmo_web.portfolio.models import Initiative, Portfolio

ROOT = "/api/v1/portfolios/agency"
RUNS = f"{ROOT}/runs"
DECISIONS = f"{ROOT}/decisions"
JSON = "application/json"


def test_it_starts_a_forecast_and_shows_its_result(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    started = client.post(f"{RUNS}/forecast", {"trials": 200, "seed": 7}, content_type=JSON)
    assert started.status_code == 202
    run = Run.objects.get()
    assert started.json() == {
        "id": run.pk,
        "kind": "forecast",
        "state": "queued",
        "progress": 0.0,
        "parameters": {
            "assumed_bcr": None,
            "benefit_years": 10,
            "loadings": None,
            "outside_view": True,
            "precision": None,
            "references": None,
            "sampling": "balanced",
            "seed": 7,
            "trials": 200,
        },
        "inputs": run.snapshot.digest,
        "result_digest": "",
        "engine_version": "",
        "failure": "",
        "started_by": "Olga Owner",
        "started_at": started.json()["started_at"],
        "finished_at": None,
    }
    early = client.get(f"{RUNS}/{run.pk}/result")
    assert early.status_code == 409
    assert early.json() == {"code": "conflict", "message": "This run has no result. It is: Waiting.", "details": []}
    Worker().run_until_idle()
    run.refresh_from_db()
    shown = client.get(f"{RUNS}/{run.pk}").json()
    assert (shown["state"], shown["progress"], shown["result_digest"]) == ("succeeded", 1.0, run.result_digest)
    assert client.get(RUNS).json() == {"items": [shown], "count": 1}


def test_it_gives_result_and_inputs_to_the_byte(forecast: Run, owner: User, program: Program) -> None:
    client = program(owner)
    result, inputs = client.get(f"{RUNS}/{forecast.pk}/result"), client.get(f"{RUNS}/{forecast.pk}/inputs")
    assert result.json() == document_of(forecast)
    assert hashlib.sha256(result.content).hexdigest() == forecast.result_digest
    assert hashlib.sha256(inputs.content).hexdigest() == forecast.snapshot.digest
    assert [one["id"] for one in inputs.json()["portfolio"]["initiatives"]] == ["ALPHA", "BETA", "GAMMA", "DELTA"]


def test_it_chooses_within_the_budgets_of_the_request(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    body = {"trials": 200, "budgets": {"each_year": 110}, "mandatory": ["GAMMA"]}
    run = client.post(f"{RUNS}/choose", body, content_type=JSON).json()["id"]
    Worker().run_until_idle()
    rows = client.get(f"{RUNS}/{run}/result").json()["initiatives"]
    assert {row["initiative"]: row["is_in"] for row in rows}["GAMMA"] is True


@pytest.mark.parametrize(
    ("kind", "body", "where"),
    [
        ("forecast", {"trials": 99}, "body.trials"),
        ("forecast", {"trials": "many"}, "body.trials"),
        ("forecast", {"trials": 100.5}, "body.trials"),
        ("forecast", {"assumed_bcr": -1}, "body.assumed_bcr"),
        ("forecast", {"budgets": None}, "body.budgets"),
        ("choose", {"mandatory": "GAMMA"}, "body.mandatory"),
    ],
)
def test_it_names_the_parameter_that_does_not_fit(
    kind: str, body: dict[str, Any], where: str, portfolio: Portfolio, owner: User, program: Program
) -> None:
    answer = program(owner).post(f"{RUNS}/{kind}", body, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [detail["where"] for detail in answer.json()["details"]] == [where]
    assert Run.objects.count() == 0


@pytest.mark.parametrize("budgets", [{}, {"soon": 1}, {"2026": -1}, "60%", 5, {"each_year": 1, "2026": 1}])
def test_it_refuses_budgets_that_say_nothing_clear(
    budgets: object, portfolio: Portfolio, owner: User, program: Program
) -> None:
    answer = program(owner).post(f"{RUNS}/choose", {"budgets": budgets}, content_type=JSON)
    assert answer.status_code == 422
    assert all(detail["where"].startswith("body.budgets") for detail in answer.json()["details"])


def test_it_runs_nothing_on_an_empty_portfolio(portfolio: Portfolio, owner: User, program: Program) -> None:
    empty = Portfolio.objects.get()
    empty.pk, empty.slug = 2, "empty"
    empty.save(force_insert=True)
    owner.assignments.update(portfolio_id=None)
    answer = program(owner).post("/api/v1/portfolios/empty/runs/forecast", {}, content_type=JSON)
    assert answer.status_code == 409
    assert answer.json()["message"] == (
        "The portfolio has no initiatives yet. Add or import initiatives, then start the run."
    )


def test_it_cancels_a_run(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    run = client.post(f"{RUNS}/forecast", {}, content_type=JSON).json()["id"]
    assert client.post(f"{RUNS}/{run}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{RUNS}/{run + 1}/cancel").status_code == 404


def test_only_those_with_the_right_start_runs(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    owner.assignments.update(role="benefit_owner")
    answer = client.post(f"{RUNS}/forecast", {}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"], Run.objects.count()) == (403, "refused", 0)


def test_it_lists_runs_with_a_fixed_number_of_queries(portfolio: Portfolio, owner: User, program: Program) -> None:
    client = program(owner)
    client.post(f"{RUNS}/forecast", {}, content_type=JSON)
    client.get(RUNS)
    with CaptureQueriesContext(connection) as one:
        client.get(RUNS)
    for seed in range(5):
        client.post(f"{RUNS}/forecast", {"seed": seed}, content_type=JSON)
    with CaptureQueriesContext(connection) as six:
        assert client.get(RUNS).json()["count"] == 6
    assert len(six) == len(one) <= 12


def test_it_proposes_a_choice_and_has_it_decided(
    choice: Run, board: Body, owner: User, executive: User, program: Program
) -> None:
    body = {"run": choice.pk, "title": "Fund 2026/27", "rationale": "Best value."}
    made = program(owner).post(DECISIONS, body, content_type=JSON)
    assert made.status_code == 201
    shown = made.json()
    assert shown == {
        "number": 1,
        "title": "Fund 2026/27",
        "rationale": "Best value.",
        "state": "proposed",
        "amount": shown["amount"],
        "run": choice.pk,
        "evidence_digest": Decision.objects.get().evidence_digest,
        "decider": "Board",
        "proposed_by": "Olga Owner",
        "proposed_at": shown["proposed_at"],
        "decided_by": None,
        "decided_at": None,
        "remark": "",
        "items": shown["items"],
    }
    funded = {row["initiative"]: row["is_in"] for row in document_of(choice)["initiatives"]}
    assert {item["initiative"]: item["verdict"] == "fund" for item in shown["items"]} == funded
    again = program(owner).post(DECISIONS, body, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    approved = program(executive).post(f"{DECISIONS}/1/approve", {"remark": "Go."}, content_type=JSON)
    assert approved.status_code == 200
    assert {name: approved.json()[name] for name in ("state", "decided_by", "remark")} == {
        "state": "approved",
        "decided_by": "Eva Executive",
        "remark": "Go.",
    }
    assert set(Initiative.objects.filter(state="approved").values_list("code", flat=True)) == {
        code for code, is_in in funded.items() if is_in
    }
    late = program(executive).post(f"{DECISIONS}/1/reject", {"remark": "No."}, content_type=JSON)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    listed = program(owner).get(DECISIONS).json()
    assert (listed["count"], listed["items"][0]["state"]) == (1, "approved")
    assert "items" not in listed["items"][0]


def test_who_proposed_does_not_decide(proposal: Decision, owner: User, program: Program) -> None:
    client = program(owner)
    kept = AuditEntry.objects.count()
    answer = client.post(f"{DECISIONS}/1/approve", {}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (403, "refused")
    proposal.refresh_from_db()
    assert (proposal.state, AuditEntry.objects.count()) == ("proposed", kept)


def test_a_rejection_needs_its_reason(proposal: Decision, executive: User, program: Program) -> None:
    client = program(executive)
    assert client.post(f"{DECISIONS}/1/reject", {}, content_type=JSON).status_code == 409
    assert (
        client.post(f"{DECISIONS}/1/reject", {"remark": "Too dear."}, content_type=JSON).json()["state"] == "rejected"
    )


def test_its_proposer_takes_a_proposal_back(proposal: Decision, owner: User, program: Program) -> None:
    assert program(owner).post(f"{DECISIONS}/1/withdraw", {}, content_type=JSON).json()["state"] == "withdrawn"


def test_only_a_finished_choice_can_be_proposed(forecast: Run, board: Body, owner: User, program: Program) -> None:
    body = {"run": forecast.pk, "title": "x", "rationale": "y"}
    assert program(owner).post(DECISIONS, body, content_type=JSON).status_code == 409
    assert program(owner).post(DECISIONS, {**body, "run": 99}, content_type=JSON).status_code == 404
    missing = program(owner).post(DECISIONS, json.dumps({"run": forecast.pk}), content_type=JSON)
    assert [one["where"] for one in missing.json()["details"]] == ["body.title", "body.rationale"]
    assert Decision.objects.count() == 0


def test_it_says_what_changed_between_two_forecasts(forecast: Run, owner: User, program: Program) -> None:
    client = program(owner)
    client.post(f"{RUNS}/forecast", {**forecast.parameters, "seed": 8}, content_type=JSON)
    Worker().run_until_idle()
    later = Run.objects.get(kind="forecast", parameters__seed=8)
    found = client.get(f"{RUNS}/{later.pk}/since/{forecast.pk}").json()
    assert found["causes"] == ["seed"]
    assert found["parameters"] == [{"place": ["parameters", "seed"], "before": 7, "after": 8}]
    before, after = (document_of(run)["totals"]["npv"]["mean"] for run in (forecast, later))
    assert (found["totals"][0]["before"], found["totals"][0]["after"]) == (before, after)
