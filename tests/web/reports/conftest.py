"""The small portfolio two years on: some of its value has come, some money was spent."""

from datetime import UTC, datetime

import pytest

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.delivery.actions import actual_record, status_record
from openvmo_web.portfolio.actions import initiative_change
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import measurement_record

LATER = datetime(2028, 3, 10, 12, tzinfo=UTC)
STATES = {"ALPHA": "operation", "BETA": "operation", "GAMMA": "approved"}
# ALPHA planned 7.50 a month from 2027-04 and 8.33 of cost in 2027-03; BETA planned 5.00 a month.
MEASURED = (("ALPHA", (2027, 4), 5.0), ("ALPHA", (2027, 5), 6.0), ("BETA", (2028, 2), 5.0))


@pytest.fixture
def later() -> datetime:
    """The moment at which the value is looked for."""
    return LATER


@pytest.fixture
def arrived(portfolio: Portfolio, owner: User, later: datetime) -> Portfolio:
    """The small portfolio with three funded initiatives, three measurements and one month of spending."""
    initiatives = {initiative.code: initiative for initiative in portfolio.initiatives.all()}
    for code, state in STATES.items():
        initiative_change(initiative=initiatives[code], state=state, by=owner, at=later)
    for code, month, value in MEASURED:
        benefit = Benefit.objects.get(code=f"{code}-B")
        measurement_record(benefit=benefit, month=Month(*month), value=value, by=owner, at=later)
    actual_record(initiative=initiatives["ALPHA"], month=Month(2027, 3), amount=10.0, by=owner, at=later)
    status_record(initiative=initiatives["GAMMA"], as_at=later.date(), confidence="red", by=owner, at=later)
    return portfolio
