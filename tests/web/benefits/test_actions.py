"""Benefits and versions of plans."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from tests.web.small_portfolio import option_of

from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.actions import benefit_add, benefit_change, plan_record
from openvmo_web.benefits.models import Benefit, Profile
from openvmo_web.portfolio.models import CostLine, Initiative, Option, Plan, Portfolio


@pytest.fixture
def alpha(portfolio: Portfolio) -> Initiative:
    return Initiative.objects.select_related("portfolio", "current_plan").get(portfolio=portfolio, code="ALPHA")


@pytest.fixture
def benefit(alpha: Initiative) -> Benefit:
    return Benefit.objects.select_related("initiative").get(initiative=alpha)


def test_it_adds_and_changes_a_benefit(alpha: Initiative, owner: User, now: datetime) -> None:
    benefit = benefit_add(
        initiative=alpha, code="B2", name="Fewer letters", kind="quantifiable", unit="letters", by=owner, at=now
    )
    benefit_change(benefit=benefit, name="Fewer letters sent", by=owner, at=now)
    assert benefit.position == 1
    assert [entry.action for entry in trail(owner, benefit)] == ["benefit.change", "benefit.add"]


def test_a_plan_that_says_the_same_adds_nothing(alpha: Initiative, owner: User, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    plan = plan_record(
        initiative=alpha, options=[option_of(100.0, 90.0, benefit="ALPHA-B")], reason="Again", by=owner, at=now
    )
    assert (plan.number, plan.reason, Plan.objects.filter(initiative=alpha).count()) == (1, "First plan", 1)
    assert AuditEntry.objects.count() == entries


def test_another_plan_is_a_new_version_with_all_that_belongs_to_it(
    alpha: Initiative, owner: User, now: datetime
) -> None:
    plan = plan_record(
        initiative=alpha, options=[option_of(120.0, 90.0, benefit="ALPHA-B")], reason="Dearer", by=owner, at=now
    )
    alpha.refresh_from_db()
    assert (plan.number, alpha.current_plan) == (2, plan)
    assert (plan.cost_likely, plan.go_live, plan.annual_benefit_likely) == (Decimal(120), date(2027, 4, 1), Decimal(90))
    option = Option.objects.get(plan=plan)
    assert CostLine.objects.get(option=option).amount_high == Decimal(156)
    assert Profile.objects.get(option=option).benefit.code == "ALPHA-B"
    newest = trail(owner, alpha).first()
    assert newest is not None
    assert (newest.action, newest.changes, newest.note) == ("plan.record", {"plan": [1, 2]}, "Dearer")


def test_a_plan_that_names_an_unknown_benefit_is_refused_whole(alpha: Initiative, owner: User, now: datetime) -> None:
    with pytest.raises(ValidationError, match="names the benefit nobody, which it does not have"):
        plan_record(initiative=alpha, options=[option_of(1.0, 1.0, benefit="nobody")], reason="?", by=owner, at=now)
    assert Plan.objects.filter(initiative=alpha).count() == 1


def test_who_may_only_look_records_no_plan(alpha: Initiative, member: User, now: datetime) -> None:
    with pytest.raises(Refused):
        plan_record(initiative=alpha, options=[], reason="Mine", by=member, at=now)
    assert Plan.objects.filter(initiative=alpha).count() == 1


@pytest.mark.parametrize("table", ["portfolio_plan", "portfolio_option", "portfolio_costline", "benefits_profile"])
def test_the_database_keeps_versions_as_they_are(portfolio: Portfolio, table: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
