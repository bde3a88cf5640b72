"""What is written when months are closed to measurements, or opened again."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import record
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.models import PeriodClosing
from openvmo_web.realisation.refusals import month_words
from openvmo_web.realisation.rules import last_full_month


def period_close(*, portfolio: Portfolio, until: Month, reason: str = "", by: User, at: datetime) -> PeriodClosing:
    """Make the measurements of a month and of all months before final.

    Args:
        portfolio: The portfolio.
        until: The last month that is closed.
        reason: Why, if there is more to say.
        by: Who closes it.
        at: When.

    Raises:
        ValidationError: the month is not over, or it is closed already.
    """
    require(by, "period.close", portfolio_id=portfolio.pk)
    if until > last_full_month(timezone.localdate(at)):
        raise ValidationError(
            _("%(month)s is not over: close the months up to the last full one.") % {"month": month_words(until)}
        )
    with transaction.atomic():
        present = _locked(portfolio)
        if present.closed_until is not None and until <= Month.of(present.closed_until):
            raise ValidationError(_("%(month)s is closed already.") % {"month": month_words(until)})
        return _closing(portfolio, present.closed_until, until.first_day, "period.close", reason, by, at)


def period_reopen(*, portfolio: Portfolio, until: Month | None, reason: str, by: User, at: datetime) -> PeriodClosing:
    """Open closed months again.

    Args:
        portfolio: The portfolio.
        until: The last month that stays closed; None opens all.
        reason: Why.
        by: Who opens them.
        at: When.

    Raises:
        ValidationError: no reason is given, or nothing would be opened.
    """
    require(by, "period.close", portfolio_id=portfolio.pk)
    if not reason.strip():
        raise ValidationError(_("Say why final figures have to change."))
    with transaction.atomic():
        present = _locked(portfolio)
        if present.closed_until is None or (until is not None and until >= Month.of(present.closed_until)):
            raise ValidationError(_("These months are not closed: there is nothing to open."))
        stays = None if until is None else until.first_day
        return _closing(portfolio, present.closed_until, stays, "period.reopen", reason, by, at)


def _locked(portfolio: Portfolio) -> Portfolio:
    return Portfolio.objects.select_for_update().get(pk=portfolio.pk)


def _closing(
    portfolio: Portfolio, before: date | None, until: date | None, action: str, reason: str, by: User, at: datetime
) -> PeriodClosing:
    closing = PeriodClosing.objects.create(
        portfolio=portfolio, until=until, reason=reason.strip(), recorded_by=by, recorded_at=at
    )
    portfolio.closed_until = until
    portfolio.save(update_fields=["closed_until"])
    changes = {"closed_until": (before, until)}
    record(by=by, at=at, action=action, on=portfolio, portfolio_id=portfolio.pk, changes=changes, note=closing.reason)
    return closing
