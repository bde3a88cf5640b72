"""Who takes part in hand-overs and reviews: the people whom a benefit names, with the roles that let them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from openvmo_web.access.models import Assignment, User
from openvmo_web.benefits.models import Benefit
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.actions import handover_propose
from openvmo_web.realisation.models import Handover
from openvmo_web.realisation.rules_operations import Condition

CONDITIONS = (Condition("Measure in place"), Condition("Booked in the budget"))
MET = (Condition("Measure in place", is_met=True), Condition("Booked in the budget", note="In the budget of 2027"))


def person_in(portfolio: Portfolio, email: str, name: str, role: str, at: datetime) -> User:
    """A person with one role in the portfolio."""
    user = User.objects.create(email=email, name=name, joined_at=at)
    Assignment.objects.create(user=user, role=role, portfolio_id=portfolio.pk, granted_at=at)
    return user


def benefit_in(portfolio: Portfolio, code: str = "ALPHA-B", **values: Any) -> Benefit:
    """A benefit of the small portfolio, with some fields set past the actions."""
    Benefit.objects.filter(code=code, initiative__portfolio=portfolio).update(**values)
    found: Benefit = Benefit.objects.select_related("initiative__portfolio").get(code=code)
    return found


def proposed_to(benefit: Benefit, sustainer: User, *, by: User, at: datetime) -> Handover:
    """A hand-over that waits for an answer."""
    return handover_propose(
        benefit=benefit, sustainer=sustainer, conditions=CONDITIONS, message="All is in place.", by=by, at=at
    )


def on(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
