"""What is read about measurements, requests, evidence and closed months, always for a viewer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may
from openvmo_web.benefits.models import Benefit, Evidence, Measurement
from openvmo_web.common.fields import amount
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.models import PeriodClosing, Request, Unverified
from openvmo_web.realisation.rules import LENGTHS, overdue_before

NUMBER: DecimalField = amount()  # type: ignore[type-arg]


def requests_of(viewer: User, portfolio: Portfolio, today: date) -> QuerySet[Request]:
    """Return the requests of a portfolio, longest due first, each with ``stands``: open, late, missing, and so on."""
    overdue = [
        When(benefit__frequency=frequency, due_on__lt=day, then=Value(stand))
        for frequency in LENGTHS
        for stand, day in overdue_before(frequency, today)
    ]
    answered = When(~Q(state="open"), then=F("state"))
    stands = Case(answered, *overdue, default=Value("open"), output_field=CharField())
    rows = Request.objects.visible_to(viewer).filter(portfolio=portfolio).annotate(stands=stands)
    return rows.select_related("benefit__initiative", "addressee").order_by("due_on", "pk")


def request_of(viewer: User, portfolio: Portfolio, pk: int) -> Request:
    """Return one request of a portfolio.

    Raises:
        Http404: there is none that the viewer may see.
    """
    rows = Request.objects.visible_to(viewer).filter(portfolio=portfolio, pk=pk)
    request = rows.select_related("benefit__initiative__portfolio", "addressee").first()
    if request is None:
        raise Http404(_("There is no request %(pk)s in this portfolio.") % {"pk": pk})
    return request


def answerable() -> Q:
    """Return the condition under which a request can still be answered: it is open, and so is its month.

    Nobody is asked, reminded or sent to a page for what the entry page would refuse.
    """
    return Q(state="open") & in_open_month() & ~Q(benefit__state="retired")


def in_open_month(month: str = "month", portfolio: str = "portfolio") -> Q:
    """Return the condition under which a month is not closed, given how one gets to it and to its portfolio."""
    return Q(**{f"{portfolio}__closed_until": None}) | Q(**{f"{month}__gt": F(f"{portfolio}__closed_until")})


def next_request(viewer: User) -> Request | None:
    """Return the request to a person that has been due longest and can still be answered; None when nothing waits."""
    rows = Request.objects.visible_to(viewer).filter(answerable(), addressee=viewer)
    return rows.select_related("benefit", "portfolio").order_by("due_on", "pk").first()


def oldest_request(benefit: Benefit) -> Request | None:
    """Return the request for a benefit that has been due longest and can still be answered; None when there is none."""
    return Request.objects.filter(answerable(), benefit=benefit).order_by("due_on", "pk").first()


def benefit_of(viewer: User, portfolio: Portfolio, pk: int) -> Benefit:
    """Return a benefit of a portfolio with all that its measurement needs.

    Raises:
        Http404: there is none that the viewer may see.
    """
    rows = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio, pk=pk)
    benefit = rows.select_related("initiative__portfolio", "objective", "owner", "measurer").first()
    if benefit is None:
        raise Http404(_("There is no benefit %(pk)s in this portfolio.") % {"pk": pk})
    return benefit


def measurable_by(viewer: User, portfolio: Portfolio) -> QuerySet[Benefit]:
    """Return the benefits of a portfolio whose measurements a person may report: all of them, or those in his name."""
    rows = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio).exclude(state="retired")
    if not may(viewer, "measurement.add", portfolio.pk):
        own = Q(owner=viewer) | Q(measurer=viewer)
        rows = rows.filter(own) if may(viewer, "benefit.own", portfolio.pk) else rows.none()
    return rows.select_related("initiative__portfolio", "objective").order_by("initiative__name", "position", "pk")


def measurements_in_force(benefits: Collection[int], since: Month, until: Month) -> QuerySet[Measurement]:
    """Return what is in force for some benefits, as many as a page shows, from a month to a month."""
    rows = Measurement.objects.filter(benefit__in=benefits, superseded_by=None)
    return rows.filter(month__gte=since.first_day, month__lte=until.first_day).order_by("benefit", "month")


def history_of(benefit: Benefit, count: int) -> list[Measurement]:
    """Return the last values of a benefit that are in force, the newest month first."""
    rows = Measurement.objects.filter(benefit=benefit, superseded_by=None).select_related("reported_by", "recorded_by")
    return list(rows.order_by("-month")[:count])


def measurements_known(benefit: Benefit, at: datetime) -> QuerySet[Measurement]:
    """Return the measurements of a benefit as they were known at a moment, oldest month first."""
    later = Measurement.objects.filter(supersedes=OuterRef("pk"), recorded_at__lte=at)
    rows = Measurement.objects.filter(~Exists(later), benefit=benefit, recorded_at__lte=at)
    return rows.select_related("recorded_by", "reported_by").order_by("month")


def measurements_named(viewer: User, portfolio: Portfolio, keys: Iterable[int]) -> list[Measurement]:
    """Return the measurements of a portfolio with these keys, without those that the viewer may not see."""
    rows = Measurement.objects.visible_to(viewer).filter(benefit__initiative__portfolio=portfolio, pk__in=list(keys))
    return list(rows.select_related("benefit__initiative__portfolio", "reported_by", "recorded_by").order_by("pk"))


def unverified_of(viewer: User, portfolio: Portfolio) -> QuerySet[Unverified]:
    """Return the measurements in open months that nobody has verified, oldest month first.

    Each has ``previous``, the value of the measured month before.
    """
    before = Measurement.objects.filter(
        benefit=OuterRef("benefit"), month__lt=OuterRef("month"), superseded_by=None
    ).order_by("-month")
    rows = Unverified.objects.visible_to(viewer).filter(portfolio=portfolio)
    if portfolio.closed_until is not None:
        rows = rows.filter(month__gt=portfolio.closed_until)
    rows = rows.annotate(previous=Subquery(before.values("value")[:1], output_field=NUMBER))
    related = ("benefit__initiative", "benefit__objective", "measurement__reported_by", "measurement__recorded_by")
    return rows.select_related(*related).order_by("month", "pk")


def evidence_for(keys: Collection[tuple[int, date]]) -> dict[tuple[int, date], list[Evidence]]:
    """Return the evidence of some benefits and months, as many as a page shows."""
    found: defaultdict[tuple[int, date], list[Evidence]] = defaultdict(list)
    months = {month for _benefit, month in keys}
    rows = Evidence.objects.filter(benefit__in={benefit for benefit, _month in keys}, month__in=months)
    for row in rows.select_related("recorded_by").order_by("recorded_at", "pk"):
        found[row.benefit_id, row.month].append(row)
    return found


def evidence_of(viewer: User, portfolio: Portfolio, pk: int) -> Evidence:
    """Return one file of a portfolio.

    Raises:
        Http404: there is none that the viewer may see.
    """
    rows = Evidence.objects.visible_to(viewer).filter(benefit__initiative__portfolio=portfolio, pk=pk)
    evidence = rows.select_related("benefit", "recorded_by").first()
    if evidence is None:
        raise Http404(_("There is no file %(pk)s in this portfolio.") % {"pk": pk})
    return evidence


def closings_of(viewer: User, portfolio: Portfolio) -> QuerySet[PeriodClosing]:
    """Return when months were closed and opened again, the newest first."""
    rows = PeriodClosing.objects.visible_to(viewer).filter(portfolio=portfolio)
    return rows.select_related("recorded_by").order_by("-recorded_at", "-pk")


def work_left(viewer: User, portfolio: Portfolio, since: Month) -> dict[date, tuple[int, int]]:
    """Return for each month how many requests are open and how many measurements are not verified.

    Args:
        viewer: Who reads.
        portfolio: A portfolio that the viewer was shown.
        since: The first month.
    """
    asked = Request.objects.visible_to(viewer).filter(portfolio=portfolio, state="open", month__gte=since.first_day)
    told = Unverified.objects.visible_to(viewer).filter(portfolio=portfolio, month__gte=since.first_day)
    waiting = dict(asked.order_by().values_list("month").annotate(count=Count("pk")))
    unverified = dict(told.order_by().values_list("month").annotate(count=Count("pk")))
    return {month: (waiting.get(month, 0), unverified.get(month, 0)) for month in waiting.keys() | unverified.keys()}


def addressees_of(viewer: User, portfolio: Portfolio) -> QuerySet[User]:
    """Return the people who are asked for measurements of a portfolio, by name."""
    asked = Request.objects.visible_to(viewer).filter(portfolio=portfolio, state="open", addressee=OuterRef("pk"))
    return User.objects.filter(Exists(asked)).order_by("name", "pk")


def exported_measurements(viewer: User, portfolio: Portfolio, since: Month, until: Month) -> QuerySet[Measurement]:
    """Return what is in force in a portfolio from a month to a month, by initiative, benefit and month."""
    rows = Measurement.objects.visible_to(viewer).filter(benefit__initiative__portfolio=portfolio, superseded_by=None)
    rows = rows.filter(month__gte=since.first_day, month__lte=until.first_day)
    related = ("benefit__initiative", "reported_by", "recorded_by")
    return rows.select_related(*related).order_by("benefit__initiative__code", "benefit__position", "month", "pk")
