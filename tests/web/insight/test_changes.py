"""The page that says what changed between two forecasts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.test import Client
from tests.web.small_portfolio import QUICK, run_done

from openvmo.engine.quantities import Estimate
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import plan_record
from openvmo_web.insight.actions import run_start
from openvmo_web.insight.analysis import initiatives_as_known
from openvmo_web.insight.models import Run
from openvmo_web.portfolio.models import Initiative, Portfolio

SignedIn = Callable[[User], Client]


def since(later: Run, earlier: Run) -> str:
    return f"/p/agency/runs/{later.pk}/since/{earlier.pk}/"


@pytest.fixture
def later(forecast: Run, portfolio: Portfolio, owner: User, now: datetime) -> Run:
    """Another forecast, after the plan of ALPHA became dearer."""
    alpha = Initiative.objects.get(portfolio=portfolio, code="ALPHA")
    (stored,) = initiatives_as_known(portfolio, now, only=[alpha.pk]).values()
    option = stored.options[0]
    line = replace(option.costs[0], amount=Estimate.certain(1_000.0))
    plan_record(initiative=alpha, options=[replace(option, costs=(line,))], reason="Dearer", by=owner, at=now)
    return run_done(portfolio, "forecast", by=owner, at=now)


def test_it_says_what_changed_and_whose_value_moved(
    forecast: Run, later: Run, owner: User, signed_in: SignedIn
) -> None:
    page = signed_in(owner).get(since(later, forecast))
    assert page.status_code == 200
    for words in ("Figures of the portfolio.", "Initiative ALPHA", "Its own figures changed", "amount › likely"):
        assert words in page.text
    assert "Initiative BETA" not in page.text
    assert f"/runs/{later.pk}/since/{forecast.pk}/" in signed_in(owner).get(later.get_absolute_url()).text


def test_it_says_when_nothing_differs(
    forecast: Run, portfolio: Portfolio, owner: User, now: datetime, signed_in: SignedIn
) -> None:
    again = run_done(portfolio, "forecast", by=owner, at=now)
    assert "Nothing differs" in signed_in(owner).get(since(again, forecast)).text


def test_it_gives_the_changed_inputs_as_a_file(forecast: Run, later: Run, owner: User, signed_in: SignedIn) -> None:
    lines = signed_in(owner).get(f"{since(later, forecast)}inputs.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[:2] == ["Initiative", "What"]
    assert any(line.startswith("ALPHA,") and "likely" in line for line in lines[1:])


def test_it_compares_finished_forecasts_only(
    forecast: Run, choice: Run, portfolio: Portfolio, owner: User, now: datetime, signed_in: SignedIn
) -> None:
    waiting = run_start(portfolio=portfolio, kind="forecast", parameters=QUICK, by=owner, at=now)
    for other in (choice, waiting, forecast):
        assert signed_in(owner).get(since(forecast, other)).status_code == 404
