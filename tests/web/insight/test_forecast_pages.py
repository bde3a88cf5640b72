"""The pages of a forecast: the whole portfolio, one initiative, one benefit."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.query_counts import as_many_queries_as_agreed
from tests.web.small_portfolio import run_done

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import benefit_add, plan_record
from openvmo_web.benefits.models import Benefit
from openvmo_web.insight import outlook, single
from openvmo_web.insight.models import Run
from openvmo_web.insight.queries import document_of
from openvmo_web.portfolio.actions import initiative_add
from openvmo_web.portfolio.models import Initiative, Portfolio

SignedIn = Callable[[User], Client]
# What documents did not hold before forecasts explained themselves.
NEW_PARTS = ("precision", "probabilities", "plan", "budgets", "groups", "drivers", "information", "benefits")


@pytest.fixture
def older(forecast: Run) -> Run:
    """A forecast as it was stored before it held what drives it."""
    document = {name: part for name, part in json.loads(forecast.result).items() if name not in NEW_PARTS}
    for row in document["alternatives"]:
        del row["fan"], row["drivers"]
    for spread in ("npv", "cost", "cost_pv", "benefit_pv"):
        del document["totals"][spread]["standard_error"], document["totals"][spread]["errors"]
    copy = Run.objects.get(pk=forecast.pk)
    copy.pk, copy.job, copy.result, copy.result_digest = None, None, json.dumps(document), "f" * 64
    copy._state.adding = True
    copy.save()
    return copy


def of_initiative(run: Run, code: str = "ALPHA") -> str:
    return reverse("insight:run-initiative", args=["agency", run.pk, code])


def of_benefit(run: Run, benefit: Benefit) -> str:
    return reverse("insight:run-benefit", args=["agency", run.pk, benefit.pk])


@pytest.fixture
def alphas(portfolio: Portfolio) -> Benefit:
    """The benefit of ALPHA."""
    return Benefit.objects.select_related("initiative__portfolio").get(code="ALPHA-B")


def test_the_run_says_how_likely_its_aims_hold_and_what_drives_it(
    forecast: Run, owner: User, signed_in: SignedIn
) -> None:
    page = signed_in(owner).get(forecast.get_absolute_url()).text
    for words in (
        "Where does the value go from here?",
        "Plan as stated",
        "Does the money suffice?",
        "Chance of paying back",
        "Chance to keep every budget",
        "What makes the value uncertain?",
        "Cost of Build, ALPHA",
        "What is it worth to know before deciding?",
        "Evenly spread",
        "Standard error of the expected value",
        'id="formula-information"',
        f'href="{of_initiative(forecast)}"',
    ):
        assert words in page


def test_an_initiative_shows_both_views_its_drivers_and_benefits(
    forecast: Run, alphas: Benefit, owner: User, signed_in: SignedIn
) -> None:
    page = signed_in(owner).get(of_initiative(forecast)).text
    for words in (
        "Where does its value go from here?",
        "Inside view",
        "names no reference class",
        "Cost of Build",
        "Less paper",
        f'href="{of_benefit(forecast, alphas)}"',
        f'href="{alphas.initiative.get_absolute_url()}"',
    ):
        assert words in page


def test_a_benefit_shows_when_it_arrives(forecast: Run, alphas: Benefit, owner: User, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(of_benefit(forecast, alphas)).text
    for words in ("When does the benefit arrive, and how surely?", "P95", f'href="{alphas.get_absolute_url()}"'):
        assert words in page
    assert "In money, over the horizon" not in page


def test_a_benefit_in_a_unit_says_that_no_value_was_agreed(
    portfolio: Portfolio, owner: User, now: datetime, signed_in: SignedIn
) -> None:
    before = now - timedelta(days=1)
    initiative = initiative_add(portfolio=portfolio, code="UNIT", name="Counted", by=owner, at=before)
    values = {"code": "U", "name": "Visits spared", "kind": "non_cashable", "unit": "visits"}
    benefit = benefit_add(initiative=initiative, **values, by=owner, at=before)
    profile = model.Profile(benefit="U", annual=Estimate(120.0, low=60.0, high=180.0))
    option = model.Option(id="plan", start=Month(2026, 4), duration=6, profiles=(profile,))
    plan_record(initiative=initiative, options=[option], reason="First plan", by=owner, at=before)
    run = run_done(portfolio, "forecast", by=owner, at=now)
    page = signed_in(owner).get(of_benefit(run, benefit)).text
    assert "visits a month" in page
    assert "No value per unit was agreed" in page
    assert "no value agreed" in signed_in(owner).get(of_initiative(run, "UNIT")).text


def test_the_pages_of_an_older_run_stand(older: Run, alphas: Benefit, owner: User, signed_in: SignedIn) -> None:
    client = signed_in(owner)
    run, initiative, benefit = (
        client.get(address) for address in (older.get_absolute_url(), of_initiative(older), of_benefit(older, alphas))
    )
    assert [run.status_code, initiative.status_code, benefit.status_code] == [200, 200, 200]
    assert "What makes the value uncertain?" not in run.text
    assert "This forecast does not list benefits" in initiative.text
    assert "This forecast says nothing of the benefit" in benefit.text


def test_what_the_run_does_not_know_is_said_and_what_is_not_there_is_not_found(
    forecast: Run, choice: Run, alphas: Benefit, owner: User, now: datetime, signed_in: SignedIn
) -> None:
    initiative_add(portfolio=forecast.portfolio, code="LATE", name="Later", by=owner, at=now)
    client = signed_in(owner)
    assert "This forecast says nothing of the initiative" in client.get(of_initiative(forecast, "LATE")).text
    assert client.get(of_initiative(forecast, "NONE")).status_code == 404
    assert client.get(of_initiative(choice)).status_code == 404
    assert client.get(of_benefit(choice, alphas)).status_code == 404
    assert client.get(reverse("insight:run-benefit", args=["agency", forecast.pk, 987_654])).status_code == 404


@pytest.mark.parametrize("page", ["run", "run-initiative", "run-benefit"])
def test_it_reads_a_forecast_in_few_queries(
    page: str, forecast: Run, alphas: Benefit, owner: User, signed_in: SignedIn
) -> None:
    addresses = {
        "run": forecast.get_absolute_url(),
        "run-initiative": of_initiative(forecast),
        "run-benefit": of_benefit(forecast, alphas),
    }
    client = signed_in(owner)
    client.get(addresses[page])
    with as_many_queries_as_agreed(f"insight:{page}"):
        assert client.get(addresses[page]).status_code == 200


@pytest.mark.parametrize(
    ("kind", "input", "words"),
    [
        ("slip", "", "Delay"),
        ("cost", "Build", "Cost of Build"),
        ("benefit", "Less paper", "Benefit: Less paper"),
        ("risk", "Flood", "Whether it happens: Flood"),
        ("risk cost", "Flood", "Cost if it happens: Flood"),
        ("risk slip", "Flood", "Delay if it happens: Flood"),
        ("reference", "cost", "How such work turned out: cost"),
        ("factor", "portfolio", "What all initiatives share"),
        ("factor", "theme Data", "What the theme Data shares"),
        ("factor", "programme One Land", "What the programme One Land shares"),
        ("factor", "weather", "What several initiatives share: weather"),
    ],
)
def test_every_input_has_words(kind: str, input: str, words: str) -> None:
    assert outlook.input_words({"kind": kind, "input": input}) == words


def test_the_tornado_keeps_the_figures_of_the_document(forecast: Run, portfolio: Portfolio) -> None:
    document = document_of(forecast)
    drivers = outlook.drivers_of(document["drivers"], portfolio, forecast.pk)
    chart = outlook.tornado_of(drivers, document["totals"]["npv"]["mean"], format="number")
    stated = [(row["low"], row["high"], row["share_of_variance"]) for row in document["drivers"]]
    assert [row[1:4] for row in chart.rows] == stated


def test_both_views_are_compared_on_one_scale(forecast: Run) -> None:
    document = document_of(forecast)
    plan = single.plan_of(document, "ALPHA")
    assert plan is not None
    value, cost, go_live = single.views_of(document, plan)
    assert value.inside is not None
    assert (value.inside.middle, value.outside.middle) == (plan["inside"]["npv"]["mean"], plan["npv"]["mean"])
    assert (cost.outside.low, go_live.outside.middle) == (plan["cost"]["p10"], plan["go_live"]["p50"])
    assert not single.differs([value, cost, go_live])


def test_a_benefit_keeps_its_initiative(forecast: Run, portfolio: Portfolio) -> None:
    document = document_of(forecast)
    initiative = Initiative.objects.get(portfolio=portfolio, code="BETA")
    (line,) = single.benefits_of(document, portfolio, forecast.pk, initiative.code, {"BETA-B": 7})
    assert line.url == reverse("insight:run-benefit", args=["agency", forecast.pk, 7])
    assert single.benefit_row(document, "BETA", "ALPHA-B") is None
