"""What statements are read from: amounts kept for each benefit, or, of the past, everything as it was known then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.audit.keeping import kept
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.history import BENEFIT, benefits_as_known
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.common.merge import BATCH
from openvmo_web.common.widgets import Status
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.amounts import unpacked
from openvmo_web.realisation.analysis import AHEAD, Course, courses_known
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.rules import stand_of
from openvmo_web.reports.coverage_rows import STATES
from openvmo_web.reports.statement import (
    Asked,
    BenefitLine,
    ClassSum,
    Contested,
    Figures,
    Held,
    Period,
    Statement,
    Sums,
    by_size,
    grouped,
)

# So many of what has not come and of what is contested a page names; files name all.
LISTED = 20
# The past is worked out anew from every single measurement, which a page can do for so many benefits.
MOST_OF_THE_PAST = 5_000


@dataclass(frozen=True)
class Leaf:
    """The page of a list that is asked for; a number that there is not is that of the last."""

    number: int
    size: int

    def rows(self, count: int) -> slice:
        """Return its place among so many rows."""
        last = max(-(-count // self.size), 1)
        start = ((self.number if 1 <= self.number <= last else last) - 1) * self.size
        return slice(start, start + self.size)


def statement_now(
    viewer: User, portfolio: Portfolio, owner: User | None, period: Period, at: datetime, *, leaf: Leaf | None = None
) -> Statement:
    """Return a statement as of now, in a portfolio that the viewer was shown.

    Args:
        viewer: Who reads.
        portfolio: The portfolio.
        owner: Whose benefits, the largest first; None for those of all, by initiative.
        period: What it is about.
        at: Now.
        leaf: Which page of the benefits to list; None lists all, and all that is asked for and contested.
    """
    benefits = _benefits_now(viewer, portfolio, owner)
    asked, contested = _asked_now(portfolio, benefits, at), _contested_now(benefits)
    if owner is None:
        # The nightly job works amounts out without recording anything.
        name = f"reports.statement:{timezone.localtime(at):%Y-%m-%d-%H}"
        whole = kept(name, portfolio.pk, lambda: _whole(benefits, asked, contested, at))
        sums, unsettled = whole.sums, whole.unsettled
        listed = _of_keys(benefits, whole.keys[leaf.rows(len(whole.keys))] if leaf else whole.keys, at)
    else:
        held = list(_held_now(benefits, at))
        sums, listed = grouped(held), _cut(by_size(held, period), leaf)
        unsettled = _unsettled(asked, contested)
    if leaf:
        asked, contested = asked.filter(pk__in=unsettled.asked), contested.filter(pk__in=unsettled.contested)
    return Statement(
        portfolio=portfolio,
        owner=owner,
        period=period,
        at=at,
        sums=sums,
        lines=_lines(listed, period),
        asked=[_asked(row, row.benefit, at) for row in asked.select_related("benefit")],
        asked_count=unsettled.asked_count,
        contested=[_contested(row, row.benefit) for row in contested.select_related("benefit")],
        contested_count=unsettled.contested_count,
    )


def statement_known(
    viewer: User, portfolio: Portfolio, owner: User | None, period: Period, at: datetime, *, leaf: Leaf | None = None
) -> Statement:
    """Return a statement as known at a moment; the other arguments are those of ``statement_now``.

    Raises:
        Http404: the benefits are too many to work out their past.
    """
    courses = courses_known(_rows_known(viewer, portfolio, owner, at), at, ahead=period.ahead)
    by_key = {course.row.pk: course for course in courses}
    held = [_held_of(course) for course in courses]
    ordered = by_size(held, period) if owner else sorted(held, key=lambda one: _place(by_key[one.pk].row))
    benefits = {key: course.row for key, course in by_key.items()}
    asked, contested = _asked_known(benefits, at), _contested_known(benefits, at)
    most = LISTED if leaf else None
    return Statement(
        portfolio=portfolio,
        owner=owner,
        period=period,
        at=at,
        sums=grouped(held),
        lines=[_line(one, by_key[one.pk].row, period) for one in _cut(ordered, leaf)],
        asked=[_asked(row, benefits[row.benefit_id], at) for row in asked[:most]],
        asked_count=asked.count(),
        contested=[_contested(row, benefits[row.benefit_id]) for row in contested[:most]],
        contested_count=contested.count(),
    )


@dataclass(frozen=True)
class _Unsettled:
    """The keys of the first requests and measurements that a page names, and how many there are."""

    asked: list[int]
    asked_count: int
    contested: list[int]
    contested_count: int


def _unsettled(asked: QuerySet[Request], contested: QuerySet[Measurement]) -> _Unsettled:
    return _Unsettled(
        asked=list(asked.values_list("pk", flat=True)[:LISTED]),
        asked_count=asked.count(),
        contested=list(contested.values_list("pk", flat=True)[:LISTED]),
        contested_count=contested.count(),
    )


def _benefits_now(viewer: User, portfolio: Portfolio, owner: User | None) -> QuerySet[Benefit]:
    """The benefits of work that is funded."""
    rows = Benefit.objects.visible_to(viewer).filter(
        initiative__portfolio=portfolio, initiative__state__in=sorted(STATES["funded"])
    )
    return rows if owner is None else rows.filter(owner=owner)


@dataclass(frozen=True)
class _Whole:
    """What a statement of all benefits needs of more than its page: their sums, and their keys by initiative."""

    sums: Sums
    keys: tuple[int, ...]
    unsettled: _Unsettled


def _whole(
    benefits: QuerySet[Benefit], asked: QuerySet[Request], contested: QuerySet[Measurement], at: datetime
) -> _Whole:
    ordered = benefits.order_by("initiative__name", "initiative_id", "position").values_list("pk", flat=True)
    return _Whole(_sums_of(benefits, at), tuple(ordered), _unsettled(asked, contested))


def _sums_of(benefits: QuerySet[Benefit], at: datetime) -> Sums:
    """Add up many benefits, a batch at a time, so that they are never all in memory."""
    sums: dict[tuple[str, bool], ClassSum] = {}
    for batch in _batches(_held_now(benefits, at)):
        for key, part in grouped(batch).items():
            sums[key] = sums[key].plus(part) if key in sums else part
    return sums


def _batches(held: Iterable[Held]) -> Iterator[list[Held]]:
    waiting = iter(held)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _held_now(benefits: QuerySet[Benefit], at: datetime) -> Iterator[Held]:
    """Benefits with the amounts that are kept of them; what is not yet kept is worked out."""
    rows = benefits.filter(arrival__isnull=False).order_by()
    for pk, name, kind, is_disbenefit, has_baseline, is_in_money, first, stored in rows.values_list(
        "pk",
        "name",
        "kind",
        "is_disbenefit",
        "standing__has_baseline",
        "arrival__is_in_money",
        "arrival__first",
        "arrival__amounts",
    ).iterator(chunk_size=BATCH):
        yield Held(pk, name, kind, is_disbenefit, bool(has_baseline), is_in_money, unpacked(Month.of(first), stored))
    missing = list(benefits.filter(arrival=None).order_by().values_list("pk", flat=True))
    for start in range(0, len(missing), BATCH):
        some = Benefit.objects.filter(pk__in=missing[start : start + BATCH])
        courses = courses_known(list(some.select_related("objective", "initiative__portfolio")), at, ahead=_year_on(at))
        yield from map(_held_of, courses)


def _year_on(at: datetime) -> Month:
    return Month.of(timezone.localdate(at)) + AHEAD


def _held_of(course: Course) -> Held:
    row = course.row
    is_in_money = course.factor is not None
    return Held(row.pk, row.name, row.kind, row.is_disbenefit, course.has_baseline, is_in_money, course.amounts)


def _of_keys(benefits: QuerySet[Benefit], keys: Sequence[int], at: datetime) -> list[Held]:
    """Benefits in the order of their keys, read a batch at a time."""
    held: dict[int, Held] = {}
    for start in range(0, len(keys), BATCH):
        some = benefits.filter(pk__in=keys[start : start + BATCH])
        held |= {one.pk: one for one in _held_now(some, at)}
    return [held[key] for key in keys if key in held]


def _cut(held: list[Held], leaf: Leaf | None) -> list[Held]:
    return held[leaf.rows(len(held))] if leaf else held


def _lines(held: Sequence[Held], period: Period) -> list[BenefitLine]:
    """The benefits of a page, with what the page shows of them."""
    rows: dict[int, Benefit] = {}
    for start in range(0, len(held), BATCH):
        keys = [one.pk for one in held[start : start + BATCH]]
        rows |= Benefit.objects.filter(pk__in=keys).select_related("initiative").in_bulk()
    return [_line(one, rows[one.pk], period) for one in held]


def _line(held: Held, benefit: Benefit, period: Period) -> BenefitLine:
    return BenefitLine(held, benefit, benefit.initiative, Figures.of(held.amounts, period))


def _place(row: Benefit) -> tuple[str, int, int]:
    """Where a benefit stands in the statement of a portfolio."""
    return row.initiative.name, row.initiative_id, row.position


def _rows_known(viewer: User, portfolio: Portfolio, owner: User | None, at: datetime) -> list[Benefit]:
    """The benefits as they were at a moment, in work that is funded, with their initiatives of today."""
    rows = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio)
    if owner is not None:
        rows = rows.filter(Q(owner=owner) | Q(pk__in=_owners_changed_since(portfolio, at)))
    if rows.count() > MOST_OF_THE_PAST:
        raise Http404(
            _("The past is worked out for at most %(most)d benefits at once: read the statement of an owner.")
            % {"most": MOST_OF_THE_PAST}
        )
    initiatives = Initiative.objects.filter(portfolio=portfolio, benefits__in=rows).distinct()
    by_key = {row.pk: row for row in initiatives.select_related("portfolio").defer("description")}
    known = list(benefits_as_known(portfolio, rows.order_by("pk"), at))
    for row in known:
        row.initiative = by_key[row.initiative_id]
    owned = [row for row in known if owner is None or row.owner_id == owner.pk]
    return [row for row in owned if row.initiative.state in STATES["funded"]]


def _owners_changed_since(portfolio: Portfolio, at: datetime) -> list[int]:
    """The benefits that have passed to another owner since a moment."""
    changed = AuditEntry.objects.filter(
        portfolio_id=portfolio.pk, kind=BENEFIT, at__gt=at, changes__has_key="owner"
    ).values_list("key", flat=True)
    return [int(key) for key in changed]


def _asked_now(portfolio: Portfolio, benefits: QuerySet[Benefit], at: datetime) -> QuerySet[Request]:
    """The measurements of benefits that were due and have not come."""
    rows = Request.objects.filter(portfolio=portfolio, state="open", due_on__lt=timezone.localdate(at))
    return rows.filter(benefit__in=benefits.order_by()).order_by("due_on", "pk")


def _asked_known(benefits: Iterable[int], at: datetime) -> QuerySet[Request]:
    """The measurements that were due at a moment and had not come; one that was waived since is not asked for."""
    unanswered = Q(answered_at=None) | Q(answered_at__gt=at)
    rows = Request.objects.filter(unanswered, benefit__in=benefits, opened_at__lte=at)
    return rows.filter(due_on__lt=timezone.localdate(at)).exclude(state="waived").order_by("due_on", "pk")


def _asked(row: Request, benefit: Benefit, at: datetime) -> Asked:
    return Asked(benefit, row.month, row.due_on, _late(row, benefit, timezone.localdate(at)))


def _late(row: Request, benefit: Benefit, today: date) -> Status:
    stand = stand_of("open", benefit.frequency, row.due_on, today)
    return Status(_("Missing"), "critical") if stand == "missing" else Status(_("Late"), "caution", "clock")


def _contested_now(benefits: QuerySet[Benefit]) -> QuerySet[Measurement]:
    """The contested measurements in force: nobody has verified them, and of those there are few."""
    rows = Measurement.objects.filter(unverified__isnull=False, is_contested=True, benefit__in=benefits.order_by())
    return rows.order_by("month", "pk")


def _contested_known(benefits: Iterable[int], at: datetime) -> QuerySet[Measurement]:
    in_force = Q(superseded_by=None) | Q(superseded_by__recorded_at__gt=at)
    rows = Measurement.objects.filter(in_force, benefit__in=benefits, is_contested=True, recorded_at__lte=at)
    return rows.order_by("month", "pk")


def _contested(row: Measurement, benefit: Benefit) -> Contested:
    return Contested(benefit, row.month, row.remark)
