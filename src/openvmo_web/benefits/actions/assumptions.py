"""What is written about the assumptions on which benefits rest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from openvmo_web.access.models import User
from openvmo_web.audit.actions import record
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Assumption, Benefit
from openvmo_web.common.merge import changes_of, changes_of_new, row_change


def assumption_add(
    *, benefit: Benefit, text: str, expires_on: date | None = None, remark: str = "", by: User, at: datetime
) -> Assumption:
    """Note something that a benefit rests on.

    Args:
        benefit: The benefit.
        text: What has to hold.
        expires_on: By when somebody has to check it; None when it has no such day.
        remark: Anything else.
        by: Who notes it: one who may for all benefits, or the owner of this one.
        at: When.

    Raises:
        Refused: `by` may not.
        ValidationError: by field, what cannot be noted.
    """
    require_for(by, "assumption.change", benefit)
    portfolio_id = benefit.initiative.portfolio_id
    assumption = Assumption(benefit=benefit, text=text, expires_on=expires_on, remark=remark)
    assumption.full_clean(exclude=["benefit"])
    with transaction.atomic():
        assumption.save()
        changes = changes_of_new(assumption)
        record(by=by, at=at, action="assumption.add", on=assumption, portfolio_id=portfolio_id, changes=changes)
    return assumption


def assumption_change(*, assumption: Assumption, by: User, at: datetime, **values: Any) -> Assumption:
    """Change an assumption, or say whether it holds; what stays the same is not recorded.

    Raises:
        Refused: `by` may neither for all benefits nor owns this one.
        ValidationError: by field, what cannot be noted; nothing was changed.
    """
    portfolio_id = assumption.benefit.initiative.portfolio_id
    with transaction.atomic():
        # What another person has changed since it was read stays.
        held = Assumption.objects.select_for_update(of=("self",)).select_related("benefit__initiative")
        assumption.refresh_from_db(from_queryset=held)
        require_for(by, "assumption.change", assumption.benefit)
        stated = Assumption(benefit=assumption.benefit)
        for field in ("text", "expires_on", "state", "remark"):
            setattr(stated, field, values.get(field, getattr(assumption, field)))
        stated.full_clean(exclude=["benefit"])
        if changes_of(assumption, values):
            changes = row_change(assumption, values)
            record(by=by, at=at, action="assumption.change", on=assumption, portfolio_id=portfolio_id, changes=changes)
    return assumption
