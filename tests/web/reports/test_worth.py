"""What a plan is worth as planned, on the page of its initiative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.reports.test_cockpit import text_of
from tests.web.small_portfolio import option_of

from openvmo.engine.appraisal import appraise
from openvmo.engine.reference import value_bands
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import plan_record
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.reports.dossier import dossier_of
from openvmo_web.reports.worth import CATEGORIES, MEASURES, PlanWorth

Browser = Callable[[User], Client]


@pytest.fixture
def alpha(arrived: Portfolio) -> Initiative:
    return Initiative.objects.select_related("portfolio", "programme", "current_plan").get(code="ALPHA")


def worth_of(initiative: Initiative, viewer: User, at: datetime) -> PlanWorth:
    worth = dossier_of(viewer, initiative, at).plan_worth
    assert worth is not None
    return worth


def test_it_shows_every_measure_of_the_library(alpha: Initiative, owner: User, later: datetime) -> None:
    worth = worth_of(alpha, owner, later)
    known = portfolio_as_known(alpha.portfolio, later)
    figures = appraise(known, "ALPHA").figures()
    assert [(line.key, line.value) for line in worth.lines] == [(figure.measure, figure.value) for figure in figures]
    assert list(MEASURES) == [figure.measure for figure in figures]


def test_every_category_has_its_word() -> None:
    assert list(CATEGORIES) == [band.name for band in value_bands()]


def test_it_writes_values_in_their_formats(alpha: Initiative, owner: User, later: datetime) -> None:
    formats = {line.key: line.format for line in worth_of(alpha, owner, later).lines}
    assert (formats["npv"], formats["irr"], formats["payback"]) == ("money-short:GBP", "percent", "number")


def test_it_follows_the_plan_in_force(alpha: Initiative, owner: User, now: datetime, later: datetime) -> None:
    plan_record(
        initiative=alpha, options=[option_of(120.0, 70.0, benefit="ALPHA-B")], reason="Dearer", by=owner, at=later
    )
    costs = [float(worth_of(alpha, owner, at).appraisal.cost) for at in (now, later)]
    assert costs == pytest.approx([100.0, 120.0])


def test_a_plan_without_money_ahead_shows_nothing(alpha: Initiative, owner: User, later: datetime) -> None:
    nothing = replace(option_of(100.0, 90.0, benefit="ALPHA-B"), costs=(), profiles=())
    plan_record(initiative=alpha, options=[nothing], reason="Stopped", by=owner, at=later)
    assert dossier_of(owner, alpha, later).plan_worth is None


def test_it_says_what_to_know_of_the_figures(alpha: Initiative, owner: User, later: datetime) -> None:
    costly = replace(option_of(100.0, 90.0, benefit="ALPHA-B"), profiles=())
    plan_record(initiative=alpha, options=[costly], reason="Nothing comes of it", by=owner, at=later)
    said = worth_of(alpha, owner, later).findings
    assert [finding.what.split(":")[0] for finding in said] == [
        "ALPHA, option plan, states no benefit in money",
        "ALPHA, option plan, has no single internal rate of return",
    ]


def test_an_initiative_that_was_not_known_shows_nothing(alpha: Initiative, owner: User) -> None:
    at = datetime(2020, 1, 1, tzinfo=timezone.get_current_timezone())
    assert dossier_of(owner, alpha, at).plan_worth is None


def test_the_page_shows_each_measure_with_its_formula(alpha: Initiative, owner: User, signed_in: Browser) -> None:
    page = signed_in(owner).get(alpha.get_absolute_url())
    text = text_of(page.content)
    assert "What is the plan worth? Likely figures of the current plan from Apr 2026 on, at 3.5% a year." in text
    for measure in MEASURES.values():
        assert f"{measure.name} " in text
        assert str(measure.formula) in text
        assert str(measure.caution) in text
    assert "They rest on costs of £100 " in text
