"""Who owns the value, and whether it came: the figures of the benefits added up by owner or by unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from django.db.models import Case, Count, F, FloatField, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Abs, Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine.model.kinds import BenefitClass
from openvmo_web.access.models import User
from openvmo_web.audit.keeping import kept
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.export import ExportColumn
from openvmo_web.common.widgets import Status
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.amounts import share_of
from openvmo_web.reports.coverage_rows import STATES, Work

By = Literal["owner", "unit"]

# A change of less than this, of three months against the three before, is no trend.
STEADY = 0.05
# Whoever did nothing for his benefits for longer than this has fallen silent.
ENGAGED_FOR = timedelta(days=45)
# So far back the log is searched for deeds; reports of measurements are known however long ago they were.
SEARCHED = timedelta(days=92)


@dataclass(frozen=True)
class Line:
    """One owner or unit with the figures of all benefits; money in the portfolio's currency, dis-benefits negative.

    Args:
        owner: Key of the person; None for a unit, a name without an account, or nobody.
        name: Name of the person or unit; empty for nobody.
        is_active: Whether the person may still sign in; units and names are taken to be there.
        benefits: How many benefits there are.
        promised: Steady value a year by the baselines, in which `promised_cashable` is cashable.
        planned: Planned to date; the next three likewise, `realised_cashable` the cashable part.
        due: Measurements that were due, of which `on_time` came in time, and `missing` have not come.
        decaying: Benefits that fade away.
        contested: Benefits whose last measurement is contested.
        trend: Change of the last three months against the three before, weighted by promised value.
        has_account: Whether the owner, or one of the owners in the unit, can act here at all.
        active_at: When the owner, or one of the owners in the unit, last did something for benefits, as far back as the
            log is searched; None: not since then.
        reported_at: When anybody last reported a measurement of these benefits.
    """

    owner: int | None
    name: str
    is_active: bool
    benefits: int
    promised: Decimal | None
    promised_cashable: Decimal | None
    planned: Decimal | None
    forecast: Decimal | None
    realised: Decimal | None
    realised_cashable: Decimal | None
    verified: Decimal | None
    due: int
    on_time: int
    missing: int
    decaying: int
    contested: int
    trend: float | None
    has_account: bool
    active_at: datetime | None
    reported_at: datetime | None

    @property
    def sort_name(self) -> tuple[bool, str]:
        """By what the line is sorted: its name, and nobody after all others."""
        return (not self.name, self.name.casefold())

    @property
    def realised_share(self) -> float | None:
        """What was realised as a share of what was planned to date."""
        return share_of(self.realised, self.planned)

    @property
    def verified_share(self) -> float | None:
        """What was verified as a share of what was realised."""
        return share_of(self.verified, self.realised)

    @property
    def on_time_share(self) -> float | None:
        """The share of the measurements due that came in time."""
        return self.on_time / self.due if self.due else None

    @property
    def tended_at(self) -> datetime | None:
        """When the benefits were last looked after: by the owner, or where he has no account by whoever reports."""
        return self.active_at if self.has_account else self.reported_at

    @property
    def trend_status(self) -> Status | None:
        """The trend in a word with its arrow; None when nothing can be compared."""
        return trend_status(self.trend)


def trend_status(trend: float | None) -> Status | None:
    """Return a trend in a word with its arrow; None when there is none."""
    if trend is None:
        return None
    if abs(trend) < STEADY:
        return Status(_("Steady"), "neutral", "steady")
    return Status(_("Rising"), "positive", "up") if trend > 0 else Status(_("Falling"), "caution", "down")


def engagement(tended_at: datetime | None, at: datetime) -> Status:
    """Return in a word whether somebody looks after his benefits."""
    if tended_at is not None and at - tended_at <= ENGAGED_FOR:
        return Status(_("Engaged"), "positive")
    return Status(_("Silent"), "caution")


def benefits_held(viewer: User, portfolio: Portfolio, work: Work) -> QuerySet[Benefit]:
    """Return the benefits for which owners are held to account."""
    held = Benefit.objects.visible_to(viewer).filter(initiative__portfolio=portfolio)
    return held.filter(initiative__state__in=sorted(STATES[work]))


def lines_of(benefits: QuerySet[Benefit], portfolio: Portfolio, by: By, at: datetime) -> list[Line]:
    """Return the figures of benefits by owner or by unit, by name; what nobody owns comes last.

    Args:
        benefits: Which benefits count.
        portfolio: Their portfolio.
        by: What to add up by.
        at: Now: the log is searched a quarter of a year back from it.
    """
    hour = f"{timezone.localtime(at):%Y-%m-%d-%H}"
    rows = kept(f"reports.owners:{by}:{hour}:{_digest(benefits)}", portfolio.pk, lambda: list(_grouped(benefits, by)))
    persons = User.objects.in_bulk([row["owner_id"] for row in rows if row.get("owner_id")])
    done = kept(f"reports.active:{hour}", portfolio.pk, lambda: _active_at(portfolio, at))
    owners = _owners_in_units(benefits) if by == "unit" else {}
    lines = [_line(row, persons.get(row.get("owner_id")), owners.get(row["named"], ()), done) for row in rows]
    return sorted(lines, key=lambda line: (line.sort_name, line.owner or 0))


def _digest(benefits: QuerySet[Benefit]) -> str:
    """What tells one choice of benefits from another."""
    return sha256(repr(benefits.order_by().values("pk").query.sql_with_params()).encode()).hexdigest()


def _grouped(benefits: QuerySet[Benefit], by: By) -> Iterable[Mapping[str, Any]]:
    """The sums by owner or unit, from the database; persons have their key, others their name."""
    if by == "unit":
        return benefits.order_by().values(named=F("initiative__unit")).annotate(**_SUMS)
    named = Case(When(owner=None, then=F("owner_name")), default=Value(""))
    return benefits.order_by().values("owner_id", named=named).annotate(**_SUMS)


_ANNUAL = Cast("standing__annual_planned", FloatField())
_HAS_TREND = Q(standing__trend__isnull=False)
_CASHABLE = Q(kind=BenefitClass.CASHABLE)
_SUMS = {
    "benefits": Count("pk"),
    "promised": Sum("standing__annual_planned"),
    "promised_cashable": Sum("standing__annual_planned", filter=_CASHABLE),
    "planned": Sum("standing__planned"),
    "forecast": Sum("standing__forecast"),
    "realised": Sum("standing__realised"),
    "realised_cashable": Sum("standing__realised", filter=_CASHABLE),
    "verified": Sum("standing__verified"),
    "due": Sum("standing__due"),
    "on_time": Sum("standing__on_time"),
    "missing": Sum("standing__missing"),
    "decaying": Count("pk", filter=Q(standing__is_decaying=True)),
    "contested": Count("pk", filter=Q(standing__is_last_contested=True)),
    # The promise of a dis-benefit is negative: one that rises pulls the trend down.
    "moved": Sum(F("standing__trend") * _ANNUAL, filter=_HAS_TREND),
    "moving": Sum(Abs(_ANNUAL), filter=_HAS_TREND),
    "reported_at": Max("standing__last_reported_at"),
}


def _owners_in_units(benefits: QuerySet[Benefit]) -> dict[str, list[int]]:
    """The keys of the people who own benefits in each unit."""
    owners: defaultdict[str, list[int]] = defaultdict(list)
    rows = benefits.exclude(owner=None).order_by().values_list("initiative__unit", "owner_id").distinct()
    for unit, owner in rows:
        owners[unit].append(owner)
    return owners


def _line(row: Mapping[str, Any], person: User | None, owners: Sequence[int], done: Mapping[int, datetime]) -> Line:
    acting = [person.pk] if person else owners
    counted: dict[str, Any] = {name: row[name] or 0 for name in ("due", "on_time", "missing")}
    return Line(
        owner=row.get("owner_id"),
        name=person.name if person else row["named"],
        is_active=person is None or person.is_active,
        **{name: row[name] for name in _AS_THEY_ARE},
        **counted,
        trend=row["moved"] / row["moving"] if row["moving"] else None,
        has_account=bool(acting),
        active_at=max((done[owner] for owner in acting if owner in done), default=None),
    )


_AS_THEY_ARE = (
    "benefits",
    "promised",
    "promised_cashable",
    "planned",
    "forecast",
    "realised",
    "realised_cashable",
    "verified",
    "decaying",
    "contested",
    "reported_at",
)


def _active_at(portfolio: Portfolio, at: datetime) -> dict[int, datetime]:
    """When people last did something for benefits, by their keys, as far back as the log is searched."""
    return dict(
        AuditEntry.objects.filter(
            Q(kind__startswith="benefits.") | Q(kind__startswith="realisation."),
            portfolio_id=portfolio.pk,
            at__gt=at - SEARCHED,
            at__lte=at,
            actor_key__isnull=False,
        )
        .order_by()
        .values_list("actor_key")
        .annotate(last=Max("at"))
    )


def owners_export_columns(portfolio: Portfolio, by: By) -> list[ExportColumn]:
    """Return the headings of the owners as a file, with units."""
    money = _("%(currency)s, %(year)s prices") % {"currency": portfolio.currency, "year": portfolio.price_base}
    return [
        ExportColumn(_("Owner") if by == "owner" else _("Unit")),
        ExportColumn(_("Benefits")),
        ExportColumn(_("Promised a year"), money),
        ExportColumn(_("Promised a year, cashable"), money),
        ExportColumn(_("Planned to date"), money),
        ExportColumn(_("Forecast to date"), money),
        ExportColumn(_("Realised to date"), money),
        ExportColumn(_("Realised to date, cashable"), money),
        ExportColumn(_("Verified to date"), money),
        ExportColumn(_("Realised of planned"), _("share")),
        ExportColumn(_("Verified of realised"), _("share")),
        ExportColumn(_("Measurements due")),
        ExportColumn(_("Measurements on time")),
        ExportColumn(_("Measurements missing")),
        ExportColumn(_("Benefits decaying")),
        ExportColumn(_("Benefits contested")),
        ExportColumn(_("Trend"), _("share")),
        ExportColumn(_("Last deed of the owner") if by == "owner" else _("Last deed of an owner")),
        ExportColumn(_("Last report by anybody")),
    ]


def owners_export_row(line: Line) -> list[Any]:
    """Return one owner or unit as a row of a file, in the order of the headings."""
    return [
        line.name or _("Nobody"),
        line.benefits,
        line.promised,
        line.promised_cashable,
        line.planned,
        line.forecast,
        line.realised,
        line.realised_cashable,
        line.verified,
        line.realised_share,
        line.verified_share,
        line.due,
        line.on_time,
        line.missing,
        line.decaying,
        line.contested,
        line.trend,
        timezone.localdate(line.active_at) if line.active_at else None,
        timezone.localdate(line.reported_at) if line.reported_at else None,
    ]
