"""Forecasts, baselines and the past of benefits for programs."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.web.api.conftest import Program

from openvmo_web.access.models import User
from openvmo_web.benefits.actions import baseline_adopt
from openvmo_web.benefits.models import Baseline, Benefit, Profile
from openvmo_web.portfolio.models import Initiative, Portfolio

STATED = {"annual_likely": 70, "annual_low": 40, "annual_high": 90, "offset": 6, "reason": "Roll-out is late"}


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    Initiative.objects.filter(code="ALPHA").update(state="delivery")
    return Benefit.objects.get(code="ALPHA-B")


@pytest.fixture
def at_benefit(benefit: Benefit, portfolio: Portfolio) -> str:
    return f"/api/v1/portfolios/{portfolio.slug}/benefits/{benefit.pk}"


def sent(browser: Client, url: str, body: dict[str, Any]) -> Any:
    """The answer to a body."""
    return browser.post(url, body, content_type="application/json")


def test_a_forecast_is_recorded_and_listed(at_benefit: str, owner: User, program: Program) -> None:
    browser = program(owner)
    answer = sent(browser, f"{at_benefit}/forecasts", STATED)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["plan"], made["annual_likely"], made["first_month"]) == (2, "70.000000", "2027-10")
    listed = browser.get(f"{at_benefit}/forecasts").json()
    assert [(row["plan"], row["reason"]) for row in listed["items"]] == [(2, "Roll-out is late"), (1, "First plan")]


@pytest.mark.parametrize(
    ("stated", "shape", "curve"),
    [
        ({"family": "pert", "tail": 0.0}, {"family": "pert", "tail": 0.0, "outcomes": []}, []),
        ({"tail": 0.05}, {"family": "three_point", "tail": 0.05, "outcomes": []}, []),
        (
            {
                "annual_low": None,
                "annual_high": None,
                "family": "discrete",
                "outcomes": [[40, 0.3], [70, 0.7]],
                "ramp_shape": "curve",
                "curve": [0.2, 1.0],
            },
            {"family": "discrete", "tail": 0.1, "outcomes": [[40.0, 0.3], [70.0, 0.7]]},
            [0.2, 1.0],
        ),
    ],
)
def test_a_forecast_may_have_any_family(
    at_benefit: str,
    owner: User,
    program: Program,
    stated: dict[str, Any],
    shape: dict[str, Any],
    curve: list[float],
) -> None:
    answer = sent(program(owner), f"{at_benefit}/forecasts", STATED | stated)
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["annual_shape"], answer.json()["curve"]) == (shape, curve)


@pytest.mark.parametrize(
    "wrong",
    [
        {"annual_low": 80},
        {"annual_high": None},
        {"decay": 2},
        {"duration": 0},
        {"reason": ""},
        {"reason": "   "},
        {"ramp_shape": "sudden"},
        {"ramp_shape": "curve"},
        {"curve": [0.5, 1.0]},
        {"family": "bell"},
        {"family": "normal"},
        {"tail": 0.5},
        {"tail": 1e-300},
        {"family": "normal", "annual_low": 0, "annual_likely": 5e-7, "annual_high": 1e-6},
        {"family": "discrete", "outcomes": [[70, 0.5], [80, 0.4]]},
    ],
)
def test_a_wrong_forecast_is_refused(at_benefit: str, owner: User, program: Program, wrong: dict[str, Any]) -> None:
    before = Profile.objects.count()
    answer = sent(program(owner), f"{at_benefit}/forecasts", STATED | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert Profile.objects.count() == before


def test_the_plan_in_force_is_adopted_once(at_benefit: str, executive: User, owner: User, program: Program) -> None:
    refused = sent(program(owner), f"{at_benefit}/baselines", {"reason": "Funded in 2024"})
    assert refused.status_code == 403
    browser = program(executive)
    made = sent(browser, f"{at_benefit}/baselines", {"reason": "Funded in 2024"})
    assert (made.status_code, made.json()["number"], made.json()["profile"]["plan"]) == (201, 1, 1)
    again = sent(browser, f"{at_benefit}/baselines", {"reason": "Again"})
    assert again.status_code == 422
    assert "has a baseline already" in again.json()["message"]
    assert Baseline.objects.count() == 1


def test_a_promise_is_renewed(
    at_benefit: str,
    benefit: Benefit,
    portfolio: Portfolio,
    owner: User,
    executive: User,
    program: Program,
    now: datetime,
) -> None:
    address, browser = f"{at_benefit}/promise", program(executive)
    body = {"target": 20, "target_date": "2027-09-30", "reason": "The law came later"}
    unpromised = sent(browser, address, body)
    assert (unpromised.status_code, "There is no baseline yet" in unpromised.json()["message"]) == (422, True)
    baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Old", by=executive, at=now)
    assert sent(program(owner), address, body).status_code == 403
    wrong = ({"accrual": "level"}, {"name": "Other"}, {"reason": " "}, {"target_date": "2027-02-30"})
    assert [sent(browser, address, body | told).status_code for told in wrong] == [422] * 4
    assert Baseline.objects.count() == 1
    made = sent(browser, address, body)
    assert (made.status_code, made.json()["target"], made.json()["target_date"]) == (200, "20.000000", "2027-09-30")
    listed = browser.get(f"{at_benefit}/baselines").json()["items"]
    assert [(row["number"], row["reason"], row["measure"]["target"]) for row in listed] == [
        (2, "The law came later", "20.000000"),
        (1, "Old", None),
    ]


def test_a_benefit_reads_as_known_on_a_day(
    at_benefit: str,
    benefit: Benefit,
    portfolio: Portfolio,
    owner: User,
    executive: User,
    now: datetime,
    program: Program,
) -> None:
    baseline_adopt(portfolio=portfolio, benefits=[benefit], reason="Old", by=executive, at=now)
    browser = program(owner)
    sent(browser, f"{at_benefit}/forecasts", STATED)
    then, today = (browser.get(f"{at_benefit}/known{on}").json() for on in (f"?on={now:%Y-%m-%d}", ""))
    assert (then["on"], then["values"]["name"]) == (f"{now:%Y-%m-%d}", "Less paper")
    assert (then["forecast"]["plan"], today["forecast"]["plan"]) == (1, 2)
    assert then["baseline"]["number"] == today["baseline"]["number"] == 1
    answer = browser.patch(at_benefit, '{"category": "Paper"}', content_type="application/json")
    assert answer.status_code == 200
    before, after = (browser.get(f"{at_benefit}{on}").json() for on in (f"?on={now:%Y-%m-%d}", ""))
    assert (before["category"], after["category"], before["initiative"]) == ("", "Paper", after["initiative"])
    assert before["standing"] is None
    assert browser.get(f"{at_benefit}?on=2020-01-01").status_code == 404
    assert browser.get(f"{at_benefit}/known?on=2020-01-01").status_code == 404
    assert browser.get(f"{at_benefit}/known?on=2026-02-31").status_code == 422
    assert browser.get(f"{at_benefit}/baselines?on=2020-01-01").json()["items"] == []
