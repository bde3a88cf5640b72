"""The pages of runs."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.small_portfolio import QUICK, run_done

from openvmo.analysis import recompute
from openvmo_web.access.models import User
from openvmo_web.insight.actions import recomputation_start, run_start
from openvmo_web.insight.models import Run
from openvmo_web.jobs.worker import Worker
from openvmo_web.portfolio.models import Portfolio

SignedIn = Callable[[User], Client]
RUNS = "/p/agency/runs/"
# Session, user, portfolio and rights, rows, and what the frame of every page reads.
QUERIES_OF_THE_LIST = 14


def test_an_empty_list_says_what_to_do(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(RUNS)
    assert page.status_code == 200
    assert "No run yet" in page.text
    assert '/p/agency/runs/new/forecast/"' in page.text


def test_the_list_shows_filters_and_counts_queries(
    forecast: Run, owner: User, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(owner)
    client.get(RUNS)
    with CaptureQueriesContext(connection) as one:
        assert f"Forecast {forecast.pk}" in client.get(RUNS).text
    for _time in range(5):
        run_start(portfolio=forecast.portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    with CaptureQueriesContext(connection) as many:
        client.get(RUNS)
    assert len(one) == len(many) <= QUERIES_OF_THE_LIST
    assert "No run matches" not in client.get(f"{RUNS}?state=queued").text
    assert f"Forecast {forecast.pk}<" not in client.get(f"{RUNS}?state=queued").text


def test_a_finished_forecast_has_its_figures(forecast: Run, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(forecast.get_absolute_url())
    assert page.status_code == 200
    for words in (
        "Expected net present value",
        "Where does the value go from here",
        "Initiative ALPHA",
        forecast.result_digest,
    ):
        assert words in page.text


def test_its_rows_are_filtered_and_sorted(forecast: Run, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(f"{forecast.get_absolute_url()}?search=beta&only=current&sort=-cost")
    assert "Initiative BETA" in page.text
    assert "/initiatives/ALPHA/" not in page.text


def test_a_finished_choice_says_why(choice: Run, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(choice.get_absolute_url())
    assert page.status_code == 200
    for words in ("How far does the money go?", "2026/27", "Not chosen", "Propose this choice as a decision"):
        assert words in page.text


def test_a_waiting_run_shows_its_progress_and_is_cancelled(
    portfolio: Portfolio, owner: User, signed_in: SignedIn, now: datetime
) -> None:
    run = run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    client = signed_in(owner)
    page = client.get(run.get_absolute_url())
    assert f'data-events-url="/jobs/{run.job_id}/events"' in page.text
    assert f"{RUNS}{run.pk}/cancel/" in page.text
    assert client.post(f"{RUNS}{run.pk}/cancel/").status_code == 302
    assert "Stopped" in client.get(run.get_absolute_url()).text


def test_a_failed_run_says_why(portfolio: Portfolio, owner: User, signed_in: SignedIn, now: datetime) -> None:
    run = run_done(portfolio, "choose", by=owner, at=now, budgets={"2026": 1.0}, mandatory=["ALPHA"])
    assert "GBP 105 more than the budget" in signed_in(owner).get(run.get_absolute_url()).text


def test_the_form_starts_a_forecast(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    fields = {"trials": "200", "seed": "3", "outside_view": "on", "assumed_bcr": "", "benefit_years": "10"}
    answer = signed_in(owner).post(f"{RUNS}new/forecast/", fields)
    run = Run.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, run.get_absolute_url())
    assert run.parameters["seed"] == 3


def test_a_wrong_field_is_named(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    answer = signed_in(owner).post(f"{RUNS}new/forecast/", {"trials": "3", "seed": "1", "benefit_years": "10"})
    assert answer.status_code == 422
    assert "greater than or equal to 100" in answer.text
    assert not Run.objects.exists()


def test_the_form_of_a_choice_begins_with_the_budgets(portfolio: Portfolio, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(f"{RUNS}new/choose/")
    assert 'name="budget_2026" value="200"' in page.text
    assert "Initiative ALPHA (ALPHA)" in page.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mandatory": ["ALPHA"], "forbidden": ["ALPHA"]}, "Named in both lists: ALPHA"),
        ({"budget_2026": "", "budget_2027": ""}, "No year has an amount"),
        ({"money": "share", "share_of_demand": ""}, "Say how large the share is"),
    ],
)
def test_a_contradiction_is_named(
    portfolio: Portfolio, owner: User, signed_in: SignedIn, changes: dict[str, object], sentence: str
) -> None:
    fields = {"trials": 200, "seed": 1, "benefit_years": 10, "money": "years", "budget_2026": 200, "budget_2027": 200}
    answer = signed_in(owner).post(f"{RUNS}new/choose/", {**fields, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Run.objects.exists()


def test_the_form_of_a_choice_takes_a_share_of_the_demand(
    portfolio: Portfolio, owner: User, signed_in: SignedIn
) -> None:
    fields = {"trials": 200, "seed": 1, "benefit_years": 10, "money": "share", "share_of_demand": 60}
    assert signed_in(owner).post(f"{RUNS}new/choose/", fields).status_code == 302
    assert Run.objects.get().parameters["budgets"] == {"share_of_demand": 0.6}


def test_the_second_computation_is_shown(forecast: Run, owner: User, signed_in: SignedIn) -> None:
    client = signed_in(owner)
    client.post(f"{forecast.get_absolute_url()}recompute/")
    assert "Second computation" in client.get(forecast.get_absolute_url()).text
    Worker().run_until_idle()
    assert "Computed again: every digit agrees" in client.get(forecast.get_absolute_url()).text


def test_the_evidence_is_downloaded_and_holds(choice: Run, owner: User, signed_in: SignedIn) -> None:
    answer = signed_in(owner).get(f"{choice.get_absolute_url()}evidence.json")
    assert recompute(json.loads(answer.content)).agrees


@pytest.mark.parametrize("kind", ["forecast", "choice"])
def test_the_rows_are_downloaded(kind: str, request: pytest.FixtureRequest, owner: User, signed_in: SignedIn) -> None:
    run: Run = request.getfixturevalue(kind)
    lines = signed_in(owner).get(f"{run.get_absolute_url()}rows.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Code,Initiative,Programme")
    assert len(lines) == 5
    assert signed_in(owner).get(f"{run.get_absolute_url()}rows.pdf").status_code == 404


def test_a_failed_second_computation_is_told(forecast: Run, owner: User, signed_in: SignedIn, now: datetime) -> None:
    again = recomputation_start(run=forecast, by=owner, at=now)
    assert again.job is not None
    type(again.job).objects.filter(pk=again.job.pk).update(status="failed", error="The disk is full.")
    assert "The disk is full." in signed_in(owner).get(forecast.get_absolute_url()).text


GETS = ("", "new/forecast/", "new/choose/", "{pk}/", "{pk}/rows.csv", "{pk}/rows.xlsx", "{pk}/evidence.json")
POSTS = ("{pk}/cancel/", "{pk}/recompute/")
NO_START = {"new/forecast/", "new/choose/", *POSTS}
NO_EXPORT = {"{pk}/rows.csv", "{pk}/rows.xlsx", "{pk}/evidence.json"}


@pytest.mark.parametrize("address", [*GETS, *POSTS])
def test_each_address_answers_each_role(
    address: str, forecast: Run, owner: User, member: User, stranger: User, signed_in: SignedIn
) -> None:
    url = RUNS + address.format(pk=forecast.pk)

    def status(client: Client) -> int:
        return (client.post(url) if address in POSTS else client.get(url)).status_code

    expected = {
        owner: 302 if address in POSTS else 200,
        member: 403 if address in NO_START | NO_EXPORT else 200,
        stranger: 404,
    }
    assert {person: status(signed_in(person)) for person in expected} == expected
    assert status(Client()) == 302
