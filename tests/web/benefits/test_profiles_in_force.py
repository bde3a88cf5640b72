"""Which profile says how a benefit arrives: that of the plan in force, now or at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.web.benefits.test_forecasts import LATER

from openvmo_web.access.models import User
from openvmo_web.benefits.actions import forecast_record, plan_record
from openvmo_web.benefits.analysis import plan_options
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.portfolio.models import Portfolio


def likely(benefit: Benefit, at: datetime | None = None) -> list[Decimal]:
    """The steady values a year of the profiles in force."""
    return [row.annual_likely for row in profiles_in_force([benefit.pk], at)]


def test_it_is_that_of_the_plan_in_force(portfolio: Portfolio, owner: User, now: datetime) -> None:
    benefit = Benefit.objects.select_related("initiative").get(code="ALPHA-B")
    later = now + timedelta(days=1)
    first = likely(benefit, now)
    forecast_record(benefit=benefit, profile=LATER, reason="Late", by=owner, at=later)
    assert (likely(benefit), likely(benefit, later)) == ([Decimal(70)], [Decimal(70)])
    assert likely(benefit, now) == first == [Decimal(90)]
    assert likely(benefit, now - timedelta(days=365)) == []


def test_a_plan_that_no_longer_names_a_benefit_has_none(portfolio: Portfolio, owner: User, now: datetime) -> None:
    benefit = Benefit.objects.select_related("initiative").get(code="ALPHA-B")
    later = now + timedelta(days=1)
    option = replace(plan_options(benefit.initiative.current_plan)[0], profiles=())
    plan_record(initiative=benefit.initiative, options=[option], reason="Given up", by=owner, at=later)
    assert (likely(benefit), likely(benefit, later), likely(benefit, now)) == ([], [], [Decimal(90)])


def test_many_are_asked_for_at_once(portfolio: Portfolio) -> None:
    rows = Benefit.objects.filter(initiative__portfolio=portfolio)
    assert profiles_in_force(rows).count() == rows.count() == 4
