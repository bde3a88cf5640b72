"""What is read about hand-overs, reviews and what waits for a person, always for a viewer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo_web.access.models import User
from openvmo_web.access.permissions import scope_of
from openvmo_web.access.queries import holders_of
from openvmo_web.benefits.models import Assumption, Benefit, Measurement, Standing
from openvmo_web.common import formats
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.models import Digest, Handover, Request, Review
from openvmo_web.realisation.queries import answerable, in_open_month
from openvmo_web.realisation.waiting import Group, Item, Kind

LISTED = 25
# How long before its day something begins to wait.
REVIEW_NOTICE = timedelta(days=14)
ASSUMPTION_NOTICE = timedelta(days=30)

Rows = QuerySet[Any]


def benefit_shown(viewer: User, portfolio: Portfolio, pk: int) -> Benefit:
    """Return a benefit of a portfolio that the viewer was shown.

    Raises:
        Http404: there is none.
    """
    rows = Benefit.objects.filter(initiative__portfolio=portfolio, pk=pk).visible_to(viewer)
    found: Benefit | None = rows.select_related("initiative__portfolio", "owner", "sustainer").first()
    if found is None:
        raise Http404(_("There is no such benefit in this portfolio."))
    return found


def handovers_of(viewer: User, benefit: Benefit) -> QuerySet[Handover]:
    """Return the hand-overs of a benefit, the newest first."""
    rows = Handover.objects.visible_to(viewer).filter(benefit=benefit)
    return rows.select_related("benefit__initiative__portfolio", "sustainer", "proposed_by", "answered_by")


def handover_shown(viewer: User, portfolio: Portfolio, pk: int) -> Handover:
    """Return a hand-over in a portfolio that the viewer was shown.

    Raises:
        Http404: there is none.
    """
    rows = Handover.objects.visible_to(viewer).filter(benefit__initiative__portfolio=portfolio, pk=pk)
    found: Handover | None = rows.select_related("benefit__initiative__portfolio", "sustainer").first()
    if found is None:
        raise Http404(_("There is no such hand-over in this portfolio."))
    return found


def possible_sustainers(portfolio_id: int) -> QuerySet[User]:
    """Return the people who can take benefits of a portfolio over."""
    return holders_of("benefit.own", portfolio_id)


def reviews_of(viewer: User, portfolio: Portfolio) -> QuerySet[Review]:
    """Return the planned and the held reviews of a portfolio's benefits; of retired benefits the held ones alone."""
    rows = Review.objects.visible_to(viewer).filter(portfolio=portfolio)
    rows = rows.exclude(held_on=None, benefit__state="retired")
    return rows.select_related(
        "benefit__initiative__portfolio", "benefit__owner", "benefit__sustainer", "recorded_by"
    ).order_by("due_on", "pk")


def review_shown(viewer: User, portfolio: Portfolio, pk: int) -> Review:
    """Return a review in a portfolio that the viewer was shown.

    Raises:
        Http404: there is none.
    """
    found = reviews_of(viewer, portfolio).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such review in this portfolio."))
    return found


def answers_for(person: User, path: str = "benefit__") -> Q:
    """Return the condition that a person answers for a benefit in operation: its sustainer, else its owner."""
    return Q(**{f"{path}sustainer": person}) | Q(**{f"{path}sustainer": None, f"{path}owner": person})


def waiting_for(viewer: User, at: datetime, *, listed: int = LISTED) -> list[Group]:
    """Return what waits for a person in all portfolios, in the order in which it is read; empty groups are left out.

    Args:
        viewer: The person.
        at: The present moment.
        listed: How many of each kind are listed; all are counted.
    """
    today = timezone.localdate(at)
    kinds: Iterable[tuple[Kind, Rows, Callable[[Any, date], Item]]] = (
        ("measure", requests_to(viewer), _request_item),
        ("contested", _contested_of(viewer), _contested_item),
        ("handover", _handovers_to(viewer), _handover_item),
        ("review", _reviews_for(viewer, today), _review_item),
        ("assumption", _assumptions_of(viewer, today), _assumption_item),
        ("decay", _decaying_of(viewer), _decay_item),
    )
    groups = [_group(kind, rows, item_of, today, listed) for kind, rows, item_of in kinds]
    groups.insert(2, _to_verify(viewer))
    return [group for group in groups if group.count]


def waiting_count(viewer: User, today: date) -> int:
    """Return how many things are addressed to a person by name; one cheap query, for the navigation of each page."""
    asked = Request.objects.visible_to(viewer).filter(answerable(), addressee=OuterRef("pk"))
    reviews = _due_reviews(viewer, today)
    counts = [
        _count(asked, "addressee"),
        _count(_proposed(viewer).filter(sustainer=OuterRef("pk")), "sustainer"),
        _count(reviews.filter(benefit__sustainer=OuterRef("pk")), "benefit__sustainer"),
        _count(reviews.filter(benefit__sustainer=None, benefit__owner=OuterRef("pk")), "benefit__owner"),
    ]
    # Exactly one row: the person himself.
    return sum(User.objects.filter(pk=viewer.pk).values_list(*counts)[0])


def last_digest_of(person: User) -> Digest | None:
    """Return the newest e-mail that told a person what waits for him."""
    return Digest.objects.filter(user=person).order_by("-day").first()


def requests_to(viewer: User) -> QuerySet[Request]:
    """Return the requests for measurements that a person is to answer and can, the most urgent first."""
    rows = Request.objects.visible_to(viewer).filter(answerable(), addressee=viewer)
    return rows.select_related("benefit__initiative", "portfolio").order_by("due_on", "pk")


def _contested_of(viewer: User) -> QuerySet[Measurement]:
    rows = Measurement.objects.visible_to(viewer).filter(reported_by=viewer, is_contested=True, superseded_by=None)
    rows = rows.filter(in_open_month(portfolio="benefit__initiative__portfolio")).exclude(benefit__state="retired")
    return rows.select_related("benefit__initiative__portfolio").order_by("recorded_at", "pk")


def _handovers_to(viewer: User) -> QuerySet[Handover]:
    rows = _proposed(viewer).filter(sustainer=viewer)
    return rows.select_related("benefit__initiative__portfolio", "proposed_by").order_by("proposed_at", "pk")


def _proposed(viewer: User) -> QuerySet[Handover]:
    """The hand-overs that wait for an answer; of a retired benefit there is nothing left to sustain."""
    return Handover.objects.visible_to(viewer).filter(state="proposed").exclude(benefit__state="retired")


def _due_reviews(viewer: User, today: date) -> QuerySet[Review]:
    """The reviews whose day has come; a retired benefit is reviewed no more."""
    rows = Review.objects.visible_to(viewer).filter(held_on=None, due_on__lte=today + REVIEW_NOTICE)
    return rows.exclude(benefit__state="retired")


def _reviews_for(viewer: User, today: date) -> QuerySet[Review]:
    rows = _due_reviews(viewer, today).filter(answers_for(viewer))
    return rows.select_related("benefit__initiative__portfolio").order_by("due_on", "pk")


def _assumptions_of(viewer: User, today: date) -> QuerySet[Assumption]:
    rows = Assumption.objects.visible_to(viewer).filter(
        benefit__owner=viewer, state="open", expires_on__lte=today + ASSUMPTION_NOTICE
    )
    rows = rows.exclude(benefit__state="retired")
    return rows.select_related("benefit__initiative__portfolio").order_by("expires_on", "pk")


def _decaying_of(viewer: User) -> QuerySet[Standing]:
    named = Q(benefit__sustainer=viewer) | Q(benefit__owner=viewer)
    rows = Standing.objects.visible_to(viewer).filter(named, is_decaying=True).exclude(benefit__state="retired")
    return rows.select_related("benefit__initiative__portfolio").order_by("trend", "pk")


def _to_verify(viewer: User) -> Group:
    """One line for each portfolio: who verifies works through a queue and not through single values."""
    if not scope_of(viewer, "measurement.verify"):
        return Group("verify", (), 0)
    # Nobody verifies what he reports himself.
    own = Q(benefit__measurer=viewer) | Q(benefit__measurer=None, benefit__owner=viewer)
    rows = (
        Standing.objects.where_holds(viewer, "measurement.verify")
        .filter(in_open_month("last_month"), last_month__isnull=False, is_last_verified=False, is_last_contested=False)
        .exclude(own)
        .exclude(benefit__state="retired")
        .values("portfolio__slug", "portfolio__name")
        .annotate(waiting=Count("pk"), since=Max("last_reported_at"))
        .order_by("portfolio__name")
    )
    items = [_verify_item(row) for row in rows]
    return Group("verify", items, len(items))


def _count(rows: QuerySet[Any], by: str) -> Any:
    counted = rows.order_by().values(by).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _group(kind: Kind, rows: Rows, item_of: Callable[[Any, date], Item], today: date, listed: int) -> Group:
    found = [item_of(row, today) for row in rows[:listed]]
    return Group(kind, found, len(found) if len(found) < listed else rows.count())


def _place(benefit: Benefit) -> str:
    return f"{benefit.initiative.name} · {benefit.initiative.portfolio.name}"


def _start_of(day: date) -> datetime:
    """A day as a moment, for things that begin to wait on a day."""
    return timezone.make_aware(datetime.combine(day, time()))


def _request_item(row: Request, today: date) -> Item:
    address = reverse("realisation:measure", args=[row.portfolio.slug, row.benefit_id])
    return Item(
        title=row.benefit.name,
        detail=formats.month(row.month, formats.current_locale()),
        place=f"{row.benefit.initiative.name} · {row.portfolio.name}",
        url=f"{address}?month={row.month:%Y-%m}",
        since=row.opened_at,
        due_on=row.due_on,
        is_late=row.due_on < today,
        request=row.pk,
    )


def _contested_item(row: Measurement, _today: date) -> Item:
    address = reverse("realisation:measure", args=[row.benefit.initiative.portfolio.slug, row.benefit_id])
    month = formats.month(row.month, formats.current_locale())
    return Item(
        title=row.benefit.name,
        detail=f"{month}: {row.remark}" if row.remark else month,
        place=_place(row.benefit),
        url=f"{address}?month={row.month:%Y-%m}",
        since=row.recorded_at,
    )


def _verify_item(row: Mapping[str, Any]) -> Item:
    count = row["waiting"]
    return Item(
        title=row["portfolio__name"],
        detail=ngettext(
            "The latest value of %(count)d benefit is not verified",
            "The latest values of %(count)d benefits are not verified",
            count,
        )
        % {"count": count},
        place="",
        url=reverse("realisation:measurements-verify", args=[row["portfolio__slug"]]),
        since=row["since"],
    )


def _handover_item(row: Handover, _today: date) -> Item:
    return Item(
        title=row.benefit.name,
        detail=_("Proposed by %(name)s") % {"name": row.proposed_by},
        place=_place(row.benefit),
        url=reverse("realisation:handover", args=[row.benefit.initiative.portfolio.slug, row.benefit_id]),
        since=row.proposed_at,
    )


def _review_item(row: Review, today: date) -> Item:
    return Item(
        title=row.benefit.name,
        detail="",
        place=_place(row.benefit),
        url=reverse("realisation:review", args=[row.benefit.initiative.portfolio.slug, row.pk]),
        since=_start_of(row.due_on - REVIEW_NOTICE),
        due_on=row.due_on,
        is_late=row.due_on < today,
    )


def _assumption_item(row: Assumption, today: date) -> Item:
    expires: date = row.expires_on  # type: ignore[assignment]  # those without a day are not among them
    return Item(
        title=row.text,
        detail=row.benefit.name,
        place=_place(row.benefit),
        url=reverse("benefits:assumptions", args=[row.benefit.initiative.portfolio.slug, row.benefit_id]),
        since=_start_of(expires - ASSUMPTION_NOTICE),
        due_on=expires,
        is_late=expires < today,
    )


def _decay_item(row: Standing, _today: date) -> Item:
    change = formats.percent(row.trend or 0.0, formats.current_locale(), 0)
    return Item(
        title=row.benefit.name,
        detail=_("%(change)s against the three months before, and less than planned") % {"change": change},
        place=_place(row.benefit),
        url=row.benefit.get_absolute_url(),
        since=row.last_reported_at or _start_of(row.until),
    )
