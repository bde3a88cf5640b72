"""Who may propose that a benefit passes to somebody, and who answers that."""

from __future__ import annotations

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may
from openvmo_web.benefits.models import Benefit
from openvmo_web.realisation.models import Handover


def may_propose_handover(user: User, benefit: Benefit) -> bool:
    """Return whether a person may propose a hand-over: the benefit's owner, and whoever changes the register."""
    portfolio_id = benefit.initiative.portfolio_id
    is_owner = benefit.owner_id == user.pk and may(user, "benefit.own", portfolio_id)
    return is_owner or may(user, "benefit.change", portfolio_id)


def may_answer_handover(user: User, handover: Handover) -> bool:
    """Return whether a person may answer a hand-over: the sustainer, and whoever takes over for others.

    Nobody answers his own proposal to somebody else.
    """
    portfolio_id = handover.benefit.initiative.portfolio_id
    if handover.sustainer_id == user.pk:
        return may(user, "benefit.own", portfolio_id)
    return may(user, "handover.accept", portfolio_id) and handover.proposed_by_id != user.pk
