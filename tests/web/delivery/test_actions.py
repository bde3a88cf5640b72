"""Milestones, reviews and money spent."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.delivery.actions import actual_record, milestone_set, status_record
from openvmo_web.delivery.models import ActualCost, Milestone, StatusReport
from openvmo_web.portfolio.models import Initiative, Portfolio

MAY = Month(2026, 5)


@pytest.fixture
def alpha(portfolio: Portfolio) -> Initiative:
    return Initiative.objects.select_related("portfolio").get(portfolio=portfolio, code="ALPHA")


def test_a_milestone_moves(alpha: Initiative, owner: User, now: datetime) -> None:
    for forecast in (None, Month(2026, 8), Month(2026, 8)):
        stated = model.Milestone(id="M1", name="Live", planned=MAY, forecast=forecast)
        milestone = milestone_set(initiative=alpha, milestone=stated, by=owner, at=now)
    assert Milestone.objects.count() == 1
    assert [entry.changes for entry in trail(owner, milestone)] == [
        {"forecast": [None, "2026-08-01"]},
        {"planned": [None, "2026-05-01"]},
    ]


def test_a_review_supersedes_that_of_the_same_day(alpha: Initiative, owner: User, now: datetime) -> None:
    day = date(2026, 5, 20)
    first = status_record(initiative=alpha, as_at=day, confidence="green", by=owner, at=now)
    second = status_record(initiative=alpha, as_at=day, confidence="red", by=owner, at=now)
    assert status_record(initiative=alpha, as_at=day, confidence="red", by=owner, at=now) is None
    assert second is not None
    assert second.supersedes == first
    alpha.refresh_from_db()
    assert alpha.confidence == "red"


def test_an_older_review_does_not_hide_the_newest(alpha: Initiative, owner: User, now: datetime) -> None:
    status_record(initiative=alpha, as_at=date(2026, 5, 20), confidence="amber", by=owner, at=now)
    status_record(initiative=alpha, as_at=date(2026, 2, 20), confidence="green", by=owner, at=now)
    alpha.refresh_from_db()
    assert alpha.confidence == "amber"


def test_a_corrected_amount_supersedes(alpha: Initiative, owner: User, now: datetime) -> None:
    actual_record(initiative=alpha, month=MAY, amount=10.0, by=owner, at=now)
    assert actual_record(initiative=alpha, month=MAY, amount=10.0, by=owner, at=now) is None
    actual_record(initiative=alpha, month=MAY, amount=12.0, by=owner, at=now)
    assert [row.amount for row in ActualCost.objects.filter(superseded_by=None)] == [Decimal(12)]
    newest = trail(owner, alpha).first()
    assert newest is not None
    assert newest.changes == {"2026-05": ["10.000000", "12.000000"]}


def test_who_may_only_look_changes_nothing(alpha: Initiative, member: User, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(Refused):
        milestone_set(initiative=alpha, milestone=model.Milestone(id="M1", name="Live", planned=MAY), by=member, at=now)
    with pytest.raises(Refused):
        status_record(initiative=alpha, as_at=date(2026, 5, 20), confidence="green", by=member, at=now)
    with pytest.raises(Refused):
        actual_record(initiative=alpha, month=MAY, amount=1.0, by=member, at=now)
    assert (Milestone.objects.count(), StatusReport.objects.count(), ActualCost.objects.count()) == (0, 0, 0)
    assert AuditEntry.objects.count() == entries
