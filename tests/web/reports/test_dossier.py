"""The page of one initiative, today and as known on a past day."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.web.reports.test_cockpit import text_of
from tests.web.small_portfolio import option_of

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import plan_record
from openvmo_web.delivery.actions import milestone_set
from openvmo_web.governance.models import Decision
from openvmo_web.insight.models import Run, Worth
from openvmo_web.portfolio.actions import dependency_set, initiative_add
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.reports.dossier import dossier_of

Browser = Callable[[User], Client]


@pytest.fixture
def alpha(arrived: Portfolio) -> Initiative:
    return Initiative.objects.select_related("portfolio", "programme", "current_plan").get(code="ALPHA")


def test_it_shows_the_plan_beside_what_was_seen(alpha: Initiative, owner: User, later: datetime) -> None:
    dossier = dossier_of(owner, alpha, later)
    [option], [benefit] = dossier.options, dossier.benefits
    assert (option.start, option.go_live, option.cost, option.annual_benefit) == ("2026-04", "2027-04", 100.0, 90.0)
    assert (benefit.first_month, benefit.last_month, benefit.last_value, benefit.measured) == (
        "2027-04",
        "2027-05",
        6.0,
        2,
    )
    assert (benefit.is_in_money, benefit.is_verified) == (True, False)
    assert dossier.spent == 10.0
    assert dossier.arriving is not None
    assert dossier.spending is not None


def test_it_shows_what_was_known_on_a_past_day(alpha: Initiative, owner: User, now: datetime, later: datetime) -> None:
    plan_record(
        initiative=alpha, options=[option_of(120.0, 70.0, benefit="ALPHA-B")], reason="Dearer", by=owner, at=later
    )
    before, today = dossier_of(owner, alpha, now), dossier_of(owner, alpha, later)
    assert [option.cost for option in before.options] == [100.0]
    assert [option.cost for option in today.options] == [120.0]
    assert [plan.number for plan in before.seen.plans] == [1]
    assert [plan.number for plan in today.seen.plans] == [2, 1]
    assert (before.spent, before.benefits[0].measured) == (None, 0)


def test_it_shows_the_forecast_that_was_known(alpha: Initiative, forecast: Run, owner: User, later: datetime) -> None:
    finished = forecast.finished_at
    assert finished is not None
    early = dossier_of(owner, alpha, finished - timedelta(seconds=1))
    assert (early.forecast, early.seen.worth) == (None, None)
    assert dossier_of(owner, alpha, finished).seen.worth == Worth.objects.get(initiative=alpha)


def test_it_knows_nothing_before_the_initiative_was_recorded(alpha: Initiative, owner: User) -> None:
    dossier = dossier_of(owner, alpha, datetime(2020, 1, 1, tzinfo=timezone.get_current_timezone()))
    assert (dossier.record, dossier.options, dossier.benefits, dossier.arriving) == (None, [], [], None)


def test_the_page_tells_the_whole_story(
    alpha: Initiative, proposal: Decision, owner: User, now: datetime, signed_in: Browser
) -> None:
    beta = Initiative.objects.get(code="BETA")
    dependency_set(kind="finish_to_start", source=beta, target=alpha, by=owner, at=now)
    milestone = model.Milestone(id="M1", name="Cut over", planned=Month(2026, 9), retires="Data loss")
    milestone_set(initiative=alpha, milestone=milestone, by=owner, at=now)
    page = text_of(signed_in(owner).get("/p/agency/initiatives/ALPHA/").content)
    assert "Initiative ALPHA ALPHA" in page
    assert "Whole-life cost £100 likely, current plan" in page
    assert "Depends on Initiative BETA" in page
    assert "Cut over Open planned Sept 2026 · retires: Data loss" in page
    assert "Fund 2026/27 Fund · Proposed" in page
    assert "Version 1: £100" in page


def test_the_page_reads_the_past(alpha: Initiative, owner: User, signed_in: Browser) -> None:
    answer = signed_in(owner).get("/p/agency/initiatives/ALPHA/", {"on": "2026-03-05"})
    page = text_of(answer.content)
    assert "You are reading the past" in page
    assert "5 Mar 2026" in page
    assert "Nobody has reviewed the delivery yet." in page


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_only_days_that_were_can_be_read(day: str, alpha: Initiative, owner: User, signed_in: Browser) -> None:
    assert signed_in(owner).get("/p/agency/initiatives/ALPHA/", {"on": day}).status_code == 404


def test_a_code_may_hold_slashes(portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser) -> None:
    initiative = initiative_add(portfolio=portfolio, code="IT/2026/7", name="Slashed", by=owner, at=now)
    assert initiative.get_absolute_url() == "/p/agency/initiatives/IT/2026/7/"
    assert signed_in(owner).get(initiative.get_absolute_url()).status_code == 200
    assert "IT/2026/7" in text_of(signed_in(owner).get("/p/agency/initiatives/").content)


def test_an_initiative_without_anything_says_so(
    portfolio: Portfolio, owner: User, now: datetime, signed_in: Browser
) -> None:
    initiative_add(portfolio=portfolio, code="BARE", name="Bare", by=owner, at=now)
    page = text_of(signed_in(owner).get("/p/agency/initiatives/BARE/").content)
    assert "There is no plan yet" in page
    assert "No benefits are recorded" in page
    assert "Whole-life cost –" in page


def test_the_page_needs_few_queries_however_much_it_shows(
    alpha: Initiative, owner: User, later: datetime, signed_in: Browser
) -> None:
    browser = signed_in(owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/p/agency/initiatives/ALPHA/").status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(5):
        plan_record(
            initiative=alpha,
            options=[option_of(100.0 + number, 70.0, benefit="ALPHA-B")],
            reason="Again",
            by=owner,
            at=later + timedelta(days=number),
        )
        milestone = model.Milestone(id=f"M{number}", name="Step", planned=Month(2026, 9))
        milestone_set(initiative=alpha, milestone=milestone, by=owner, at=later)
        other = initiative_add(portfolio=alpha.portfolio, code=f"O{number}", name="Other", by=owner, at=later)
        dependency_set(kind="finish_to_start", source=other, target=alpha, by=owner, at=later)
    assert queries() == few <= 40
