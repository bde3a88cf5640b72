"""The people and the benefit of the tests of realisation."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.web.conftest import person

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import plan_record
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Initiative, Portfolio


@pytest.fixture
def finance(portfolio: Portfolio) -> User:
    """Verifies and closes months; reports nothing."""
    return person("fiona@example.org", "Fiona Finance", "finance", portfolio.pk)


@pytest.fixture
def measurer(portfolio: Portfolio) -> User:
    """Measures the benefit of ALPHA, and no other."""
    return person("mia@example.org", "Mia Measurer", "measurer", portfolio.pk)


@pytest.fixture
def holder(portfolio: Portfolio) -> User:
    """Owns the benefit of ALPHA."""
    return person("otto@example.org", "Otto Own", "benefit_owner", portfolio.pk)


@pytest.fixture
def alpha(portfolio: Portfolio, owner: User, now: datetime) -> Initiative:
    """An initiative in operation: live since July 2025, a steady 1,200 a year from the first month on."""
    initiative = Initiative.objects.select_related("portfolio", "current_plan").get(portfolio=portfolio, code="ALPHA")
    Initiative.objects.filter(pk=initiative.pk).update(state="operation")
    option = model.Option(
        id="plan",
        start=Month(2025, 1),
        duration=6,
        profiles=(model.Profile(benefit="ALPHA-B", annual=Estimate(1200.0, low=900.0, high=1500.0)),),
    )
    plan_record(initiative=initiative, options=[option], reason="As it went", by=owner, at=now)
    initiative.refresh_from_db()
    return initiative


@pytest.fixture
def benefit(alpha: Initiative, holder: User, measurer: User) -> Benefit:
    """Measured every month by its measurer, in money."""
    row = Benefit.objects.get(initiative=alpha)
    people = {"owner": holder, "owner_name": holder.name, "measurer": measurer, "measurer_name": measurer.name}
    Benefit.objects.filter(pk=row.pk).update(frequency="monthly", data_source="General ledger", **people)
    return Benefit.objects.select_related("initiative__portfolio", "owner", "measurer").get(pk=row.pk)
