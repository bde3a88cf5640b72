"""What is read about the strategy, always for a viewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, may_somewhere, require_somewhere, scope_of
from openvmo_web.audit.queries import rows_known
from openvmo_web.common.actor import Actor
from openvmo_web.common.fields import AMOUNT_STEP
from openvmo_web.common.merge import changes_of
from openvmo_web.common.models import Versioned
from openvmo_web.strategy.models import Driver, Measure, Objective, Reading, Weighing
from openvmo_web.strategy.rules import Observed, objective_values
from openvmo_web.strategy.tree import Branch, all_of, tree_of

V = TypeVar("V", bound=Versioned)
Viewer = Actor | AnonymousUser


@dataclass(frozen=True)
class Strategy:
    """The whole strategy as it is known at a moment.

    Attributes:
        objectives: All objectives, retired ones too.
        measures: All measures, retired ones too.
        newest: The newest value of each measure by its key.
        today: The day of that moment.
    """

    objectives: list[Objective]
    measures: list[Measure]
    newest: dict[int, Observed]
    today: date

    @cached_property
    def tree(self) -> list[Branch]:
        """The objectives at the top, each with all below it."""
        return tree_of(self.objectives, self.measures, self.newest, self.today)

    @cached_property
    def branches(self) -> dict[int, Branch]:
        """All active objectives by their keys, each before what stands below it."""
        return {branch.objective.pk: branch for branch in all_of(self.tree)}

    @property
    def retired(self) -> list[Objective]:
        """The objectives that are no longer pursued."""
        return [one for one in self.objectives if one.retired_at is not None]


def strategy_of(viewer: Viewer, at: datetime, *, is_past: bool = False) -> Strategy:
    """Return the strategy as it is known at a moment.

    Args:
        viewer: Who reads; whoever may see the strategy somewhere sees all of it.
        at: The moment.
        is_past: Whether the moment lies back, so that the states of then are read.

    Raises:
        Refused: the viewer may see the strategy nowhere.
    """
    require_somewhere(viewer, "strategy.view")
    objectives = _known(Objective, at) if is_past else list(Objective.objects.all())
    measures = _known(Measure, at) if is_past else list(Measure.objects.all())
    prefetch_related_objects([*objectives, *measures], "owner")
    return Strategy(objectives, measures, newest_values(at), timezone.localdate(at))


def objective_of(viewer: Viewer, pk: int) -> Objective:
    """Return one objective.

    Raises:
        Http404: there is none that the viewer may see.
    """
    rows: QuerySet[Objective] = _seen_by(viewer, Objective.objects.select_related("owner", "parent"))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no objective %(number)s that you may see.") % {"number": pk})
    return found


def measures_of(viewer: Viewer) -> QuerySet[Measure]:
    """Return all measures with their objectives, retired ones too."""
    rows = Measure.objects.select_related("owner", "objective")
    return _seen_by(viewer, rows).order_by("objective__code", "position", "code")


def measure_of(viewer: Viewer, pk: int) -> Measure:
    """Return one measure.

    Raises:
        Http404: there is none that the viewer may see.
    """
    found = measures_of(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no measure %(number)s that you may see.") % {"number": pk})
    return found


def row_known(row: V, at: datetime) -> V | None:
    """Return a record as it was known at a moment; None when it was not."""
    return rows_known(type(row)._default_manager.filter(pk=row.pk), at).get(row.pk)


def readings_of(measure: Measure, at: datetime | None = None) -> QuerySet[Reading]:
    """Return the values of a measure in force, the oldest day first: now, or as they were known at a moment."""
    return in_force(at).filter(measure=measure).select_related("recorded_by").order_by("on")


def all_readings_of(measure: Measure, at: datetime) -> QuerySet[Reading]:
    """Return all values of a measure until a moment, the newest first; ``is_superseded``: it was corrected by then."""
    rows = Reading.objects.filter(measure=measure, recorded_at__lte=at).select_related("recorded_by")
    return rows.annotate(is_superseded=Exists(_corrections(at))).order_by("-on", "-recorded_at", "-pk")


def series_of(measures: Iterable[Measure], at: datetime) -> dict[int, list[Reading]]:
    """Return the values in force of several measures by their keys, the oldest day first."""
    series: dict[int, list[Reading]] = {measure.pk: [] for measure in measures}
    for reading in in_force(at).filter(measure__in=list(series)).order_by("on"):
        series[reading.measure_id].append(reading)
    return series


def in_force(at: datetime | None = None) -> QuerySet[Reading]:
    """Return the values that no other supersedes: now, or as it was known at a moment."""
    if at is None:
        return Reading.objects.filter(superseded_by=None)
    return Reading.objects.filter(~Exists(_corrections(at)), recorded_at__lte=at)


def _corrections(at: datetime) -> QuerySet[Reading]:
    """The values that supersede the one of an outer query until a moment."""
    return Reading.objects.filter(supersedes=OuterRef("pk"), recorded_at__lte=at)


def newest_values(at: datetime) -> dict[int, Observed]:
    """Return the newest value of each measure as known at a moment, by its key; measures without one are left out."""
    newest = in_force(at).filter(measure=OuterRef("pk")).order_by("-on")
    rows = Measure.objects.annotate(
        newest_on=Subquery(newest.values("on")[:1]), newest_value=Subquery(newest.values("value")[:1])
    )
    found = rows.filter(newest_on__isnull=False).order_by().values_list("pk", "newest_on", "newest_value")
    # A database may give a value out of a subquery without the decimals that it is stored with.
    return {key: Observed(on, value.quantize(AMOUNT_STEP)) for key, on, value in found}


def drivers_of(viewer: Viewer) -> QuerySet[Driver]:
    """Return the value drivers, each with the number of benefits that the viewer may see."""
    return _seen_by(viewer, Driver.objects.annotate(benefit_count=Count("benefits", filter=_benefits_seen(viewer))))


def driver_of(viewer: Viewer, pk: int) -> Driver:
    """Return one value driver.

    Raises:
        Http404: there is none that the viewer may see.
    """
    found = drivers_of(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no value driver %(number)s that you may see.") % {"number": pk})
    return found


def weighings_of(viewer: Viewer, at: datetime, parent: Objective | None = None) -> QuerySet[Weighing]:
    """Return how the weights under an objective, or at the top, were found until a moment, the newest first."""
    return all_weighings_of(viewer).filter(parent=parent, recorded_at__lte=at)


def all_weighings_of(viewer: Viewer) -> QuerySet[Weighing]:
    """Return how all weights were found, the newest first."""
    rows = Weighing.objects.select_related("parent", "recorded_by")
    return _seen_by(viewer, rows).order_by("-recorded_at", "-pk")


def siblings_under(parent: Objective | None) -> list[Objective]:
    """Return the active objectives right below one, or at the top, by their codes."""
    return list(Objective.objects.filter(parent=parent, retired_at=None).order_by("code"))


def benefit_counts(viewer: Viewer) -> dict[int, int]:
    """Return how many benefits serve each objective, by its key, as far as the viewer may see them."""
    rows = Objective.objects.order_by().annotate(benefit_count=Count("benefits", filter=_benefits_seen(viewer)))
    return dict(rows.values_list("pk", "benefit_count"))


def benefits_by_portfolio(viewer: Viewer, objective: Objective) -> list[dict[str, Any]]:
    """Return slug, name and number of benefits of each portfolio whose benefits serve an objective."""
    path = "benefits__initiative__portfolio__"
    portfolios = (
        Objective.objects.filter(pk=objective.pk).order_by(f"{path}name").values_list(f"{path}slug", f"{path}name")
    )
    # Counted under the condition, not filtered by it: a retired benefit must not hide its objective's others.
    rows = portfolios.annotate(count=Count("benefits", filter=_benefits_seen(viewer))).filter(count__gt=0)
    return [{"slug": slug, "name": name, "count": count} for slug, name, count in rows]


def possible_owners(held: User | None = None) -> QuerySet[User]:
    """Return who can own an objective or a measure: the active people, and who holds it now."""
    return User.objects.filter(Q(is_active=True) | Q(pk=held.pk if held else None)).order_by("name", "pk")


def may_record(viewer: Actor, measure: Measure) -> bool:
    """Return whether a person may record values of a measure: who may change the strategy, and its owner."""
    is_owner = measure.owner_id == viewer.pk and may_somewhere(viewer, "strategy.view")
    return is_owner or may(viewer, "strategy.change")


def objectives_to_change(objectives: Sequence[model.Objective]) -> list[str]:
    """Return the codes of the objectives that are new to the organisation or differ from what it holds."""
    rows = Objective.objects.select_related("parent").filter(code__in=[one.id for one in objectives])
    held = {row.code: row for row in rows}
    return [one.id for one in objectives if one.id not in held or _differs(held[one.id], one)]


def _differs(row: Objective, stated: model.Objective) -> bool:
    above = row.parent.code if row.parent else ""
    return above != stated.parent or bool(changes_of(row, objective_values(stated)))


def _seen_by(viewer: Viewer, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows for those who may see the strategy somewhere; the strategy is the same for all of them."""
    return rows if may_somewhere(viewer, "strategy.view") else rows.none()


def _benefits_seen(viewer: Viewer) -> Q:
    """Which benefits count: those of the portfolios that the viewer may see, without retired ones."""
    scope = scope_of(viewer, "portfolio.view")
    active = ~Q(benefits__state="retired")
    if scope.everything:
        return active
    return active & Q(benefits__initiative__portfolio_id__in=sorted(scope.portfolios))


def _known(kind: type[V], at: datetime) -> list[V]:
    """The records of a kind as they were known at a moment, by their codes."""
    rows = rows_known(kind._default_manager.all(), at).values()
    return sorted(rows, key=lambda row: row.code)  # type: ignore[attr-defined]
