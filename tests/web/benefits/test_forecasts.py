"""Forecasts of benefits: new versions of the plan in which one profile differs."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from tests.web.conftest import person

from openvmo.engine import model
from openvmo.engine.quantities import Estimate
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.actions import benefit_add, forecast_record
from openvmo_web.benefits.analysis import plan_options
from openvmo_web.benefits.models import Baseline, Benefit, Profile
from openvmo_web.portfolio.models import Initiative, Plan, Portfolio

LATER = model.Profile(
    benefit="ALPHA-B", annual=Estimate(70.0, low=40.0, high=90.0), offset=6, ramp_months=12, duration=60, decay=0.05
)


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    return Benefit.objects.select_related("initiative__current_plan").get(code="ALPHA-B")


@pytest.fixture
def holder(benefit: Benefit) -> User:
    """A benefit owner who is named by the benefit."""
    holder = person("bea@example.org", "Bea Holder", "benefit_owner", benefit.initiative.portfolio_id)
    Benefit.objects.filter(pk=benefit.pk).update(owner=holder)
    benefit.refresh_from_db()
    return holder


def counts() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Plan, Profile, Baseline, AuditEntry))


def test_a_forecast_is_a_new_version_of_the_plan(benefit: Benefit, owner: User, now: datetime) -> None:
    first = benefit.initiative.current_plan
    assert first is not None
    plan = forecast_record(benefit=benefit, profile=LATER, reason="Roll-out is late", by=owner, at=now)
    assert (plan.number, plan.reason, plan.annual_benefit_likely) == (2, "Roll-out is late", Decimal(70))
    assert Initiative.objects.get(pk=benefit.initiative_id).current_plan == plan
    before, after = plan_options(first)[0], plan_options(plan)[0]
    assert after.profiles == (LATER,)
    assert (after.costs, after.risks, after.go_live) == (before.costs, before.risks, before.go_live)
    entry = trail(owner, benefit).first()
    assert entry is not None
    assert (entry.action, entry.note) == ("forecast.record", "Roll-out is late")
    assert entry.changes["offset"] == [0, 6]
    assert "annual_low" in entry.changes


def test_a_forecast_adds_a_profile_where_there_is_none(
    benefit: Benefit, portfolio: Portfolio, owner: User, now: datetime
) -> None:
    new = benefit_add(initiative=benefit.initiative, code="B2", name="Fewer calls", kind="cashable", by=owner, at=now)
    profile = replace(LATER, benefit="B2")
    plan = forecast_record(benefit=new, profile=profile, reason="Found later", by=owner, at=now)
    assert [one.benefit for one in plan_options(plan)[0].profiles] == ["ALPHA-B", "B2"]


def test_the_same_forecast_adds_nothing(benefit: Benefit, owner: User, now: datetime) -> None:
    first = forecast_record(benefit=benefit, profile=LATER, reason="Late", by=owner, at=now)
    before = counts()
    again = forecast_record(benefit=benefit, profile=LATER, reason="Said again", by=owner, at=now + timedelta(days=1))
    assert (again, counts()) == (first, before)


def test_an_owner_forecasts_own_benefits_and_no_others(benefit: Benefit, holder: User, now: datetime) -> None:
    other = Benefit.objects.select_related("initiative").get(code="BETA-B")
    assert forecast_record(benefit=benefit, profile=LATER, reason="Late", by=holder, at=now).number == 2
    before = counts()
    with pytest.raises(Refused, match="Record forecasts of all benefits"):
        forecast_record(benefit=other, profile=replace(LATER, benefit="BETA-B"), reason="Late", by=holder, at=now)
    assert counts() == before


def test_a_viewer_forecasts_nothing(benefit: Benefit, member: User, now: datetime) -> None:
    before = counts()
    with pytest.raises(Refused):
        forecast_record(benefit=benefit, profile=LATER, reason="Late", by=member, at=now)
    assert counts() == before


@pytest.mark.parametrize(
    ("profile", "reason", "message"),
    [
        (LATER, "  ", "Say why the forecast changes"),
        (replace(LATER, decay=1.5), "Late", "decay"),
        (replace(LATER, ramp_months=-1), "Late", "ramp"),
        (replace(LATER, benefit="nobody"), "Late", "which it does not have"),
    ],
)
def test_an_impossible_forecast_is_refused_whole(
    benefit: Benefit, owner: User, now: datetime, profile: model.Profile, reason: str, message: str
) -> None:
    before = counts()
    with pytest.raises(ValidationError, match=message):
        forecast_record(benefit=benefit, profile=profile, reason=reason, by=owner, at=now)
    assert counts() == before


def test_without_a_plan_there_is_nothing_to_forecast(benefit: Benefit, owner: User, now: datetime) -> None:
    bare = Initiative.objects.create(portfolio_id=benefit.initiative.portfolio_id, code="EPS", name="Epsilon")
    new = benefit_add(initiative=bare, code="EPS-B", name="Fewer calls", kind="cashable", by=owner, at=now)
    with pytest.raises(ValidationError, match="has no plan yet"):
        forecast_record(benefit=new, profile=replace(LATER, benefit="EPS-B"), reason="Late", by=owner, at=now)
