"""What is written about requests for measurements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import record
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.common.merge import BATCH
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.analysis import standings_refresh
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.rules import LOOK_BACK, Effect, due_on, is_expected, last_full_month, months_due

# Nobody is asked about work that is not funded, or that was given up.
FOLLOWED_STATES = ("approved", "delivery", "operation", "closed")


def requests_open(*, portfolio: Portfolio, at: datetime) -> int:
    """Ask for the measurements of all periods that have ended; a nightly job, which may run twice.

    Who is to answer is looked at afresh for all open requests: the measurer, else the owner, as long as they are
    active. What is no longer followed is waived, with the reason.

    Args:
        portfolio: The portfolio.
        at: Now.

    Returns:
        How many requests are new.
    """
    opened = 0
    unexpected: list[int] = []
    for benefits in _followed(portfolio):
        with transaction.atomic():
            effects = _effects([benefit.pk for benefit in benefits])
            new = _requests_new(portfolio, benefits, effects, at)
            Request.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
            _addressees_refresh(benefits)
        opened += len(new)
        unexpected += _unexpected(portfolio, benefits, effects)
    with transaction.atomic():
        if opened:
            changes = {"requests": (None, opened)}
            record(by=None, at=at, action="request.open", on=portfolio, portfolio_id=portfolio.pk, changes=changes)
        _unfollowed_waive(portfolio, unexpected, at)
    return opened


def request_waive(*, request: Request, reason: str, by: User, at: datetime) -> Request:
    """Do without a measurement, with a reason; what is waived counts neither as due nor as missing.

    Those who report for all benefits may do so, not the people whom a single benefit names.

    Raises:
        ValidationError: no reason is given, or the request was answered or waived before.
    """
    require(by, "measurement.add", portfolio_id=request.portfolio_id)
    if not reason.strip():
        raise ValidationError(_("Say why no measurement is needed for this month."))
    with transaction.atomic():
        present = Request.objects.select_for_update().get(pk=request.pk)
        if present.state != "open":
            raise ValidationError(_("This request is not open any more: there is nothing to waive."))
        request.state, request.reason = "waived", reason.strip()
        request.save(update_fields=["state", "reason"])
        changes = {f"{request.month:%Y-%m}": ("open", "waived")}
        record(
            by=by,
            at=at,
            action="request.waive",
            on=request.benefit,
            portfolio_id=request.portfolio_id,
            changes=changes,
            note=request.reason,
        )
        standings_refresh([request.benefit_id], at)
    return request


def _followed(portfolio: Portfolio) -> Iterator[list[Benefit]]:
    """Yield the benefits of funded work that are measured, a batch at a time."""
    rows = Benefit.objects.filter(initiative__portfolio=portfolio, initiative__state__in=FOLLOWED_STATES)
    rows = rows.exclude(state="retired").exclude(frequency="not_stated")
    rows = rows.select_related("owner", "measurer").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _requests_new(
    portfolio: Portfolio, benefits: Sequence[Benefit], effects: Mapping[int, Effect], at: datetime
) -> list[Request]:
    """The requests that are due and that nobody has made before."""
    until = last_full_month(timezone.localdate(at))
    since = _since(portfolio, until)
    keys = [benefit.pk for benefit in benefits]
    asked = set(Request.objects.filter(benefit__in=keys).values_list("benefit", "month"))
    reported = _reported(keys, since)
    return [
        request
        for benefit in benefits
        if benefit.pk in effects
        for month in months_due(
            benefit.frequency,
            effects[benefit.pk],
            since=since,
            until=until,
            fiscal_year_start=portfolio.fiscal_year_start,
        )
        if (benefit.pk, month.first_day) not in asked
        for request in _request(portfolio, benefit, month, reported.get((benefit.pk, month.first_day)), at)
    ]


def _since(portfolio: Portfolio, until: Month) -> Month:
    """The first month to ask for: not longer ago than we look back, and not closed."""
    earliest = until + (1 - LOOK_BACK)
    return earliest if portfolio.closed_until is None else max(earliest, Month.of(portfolio.closed_until) + 1)


def _request(
    portfolio: Portfolio, benefit: Benefit, month: Month, reported_at: datetime | None, at: datetime
) -> list[Request]:
    """The request for a month: answered already where it was reported in time, none where it was reported later."""
    due = due_on(month, benefit.due_days)
    if reported_at is not None and timezone.localdate(reported_at) > due:
        return []
    return [
        Request(
            portfolio=portfolio,
            benefit=benefit,
            month=month.first_day,
            due_on=due,
            state="open" if reported_at is None else "answered",
            addressee=_addressee(benefit),
            opened_at=at,
            answered_at=reported_at,
        )
    ]


def _addressee(benefit: Benefit) -> User | None:
    """Who is to answer: the measurer, else the owner; nobody where neither is active."""
    return next((person for person in (benefit.measurer, benefit.owner) if person and person.is_active), None)


def _addressees_refresh(benefits: Sequence[Benefit]) -> None:
    """Bring who is to answer the open requests into line with whom the benefits now name."""
    wanted = {benefit.pk: _addressee(benefit) for benefit in benefits}
    changed: defaultdict[User | None, list[int]] = defaultdict(list)
    for pk, benefit, addressee in Request.objects.filter(benefit__in=wanted, state="open").values_list(
        "pk", "benefit", "addressee"
    ):
        person = wanted[benefit]
        if addressee != (person and person.pk):
            changed[person].append(pk)
    for person, requests in changed.items():
        Request.objects.filter(pk__in=requests).update(addressee=person)


def _unexpected(portfolio: Portfolio, benefits: Sequence[Benefit], effects: Mapping[int, Effect]) -> list[int]:
    """The open requests, by key, for months in which the plan in force expects nothing of the benefit any more."""
    frequencies = {benefit.pk: benefit.frequency for benefit in benefits}
    asked = Request.objects.filter(benefit__in=frequencies, state="open").values_list("pk", "benefit", "month")
    return [
        pk
        for pk, benefit, month in asked
        if benefit not in effects
        or not is_expected(frequencies[benefit], effects[benefit], Month.of(month), portfolio.fiscal_year_start)
    ]


def _unfollowed_waive(portfolio: Portfolio, unexpected: Sequence[int], at: datetime) -> None:
    """Waive what is still asked for although nobody follows it any more; each reason is told and recorded."""
    rows = Request.objects.filter(portfolio=portfolio, state="open")
    _waive(portfolio, rows.filter(benefit__state="retired"), _("The benefit was retired."), at)
    given_up = rows.exclude(benefit__initiative__state__in=FOLLOWED_STATES)
    _waive(portfolio, given_up, _("The initiative is not funded or was stopped: its benefits are not followed."), at)
    unknown = rows.filter(benefit__frequency="not_stated")
    _waive(portfolio, unknown, _("Nobody says any more how often the benefit is measured."), at)
    reason = _("The plan in force expects nothing of the benefit in this month.")
    for start in range(0, len(unexpected), BATCH):
        _waive(portfolio, rows.filter(pk__in=unexpected[start : start + BATCH]), reason, at)


def _waive(portfolio: Portfolio, rows: QuerySet[Request], reason: str, at: datetime) -> None:
    benefits = dict(rows.values_list("pk", "benefit"))
    if not benefits:
        return
    rows.update(state="waived", reason=reason)
    record(
        by=None,
        at=at,
        action="request.close",
        on=portfolio,
        portfolio_id=portfolio.pk,
        changes={"requests": (len(benefits), None)},
        note=reason,
    )
    standings_refresh(set(benefits.values()), at)


def _effects(keys: Collection[int]) -> dict[int, Effect]:
    """When each benefit is planned to bring something, by the first option of the plan in force."""
    return {
        row.benefit_id: Effect.of(
            Month.of(row.option.starts) + row.option.duration,
            offset=row.offset,
            ramp_months=row.growth_months,
            duration=row.duration,
        )
        for row in profiles_in_force(keys).select_related("option")
    }


def _reported(keys: Collection[int], since: Month) -> dict[tuple[int, date], datetime]:
    """When each month was first reported."""
    rows = Measurement.objects.filter(benefit__in=keys, month__gte=since.first_day).order_by()
    first = rows.values_list("benefit", "month").annotate(first=Min("recorded_at"))
    return {(benefit, month): at for benefit, month, at in first}
