"""What is read of one benefit as it was known at a moment: one or two queries a kind of row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Q, QuerySet

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.audit.queries import rows_known
from openvmo_web.benefits.models import Assumption, Baseline, Benefit, Evidence, Measurement, Profile
from openvmo_web.benefits.profile_queries import baselines_until, forecast_known, profiles_until
from openvmo_web.common.models import Versioned
from openvmo_web.maps.models import Claim, Link, Node
from openvmo_web.papers.models import Paper
from openvmo_web.realisation.analysis import Observed
from openvmo_web.realisation.models import Handover, Request, Review

V = TypeVar("V", bound=Versioned)
T = TypeVar("T", Claim, Link)
REQUESTS_SHOWN = 6


@dataclass(frozen=True)
class Known:
    """The rows about a benefit that were known at a moment, the newest first unless said otherwise.

    Attributes:
        forecast: The profile in the plan in force; None when that does not name the benefit.
        forecasts: The profiles of all versions of the plan until then.
        measurements: Those in force, and those that were superseded, by month.
        assumptions: With the nearest day first.
        leading: The links on the map by which other things lead to it.
    """

    forecast: Profile | None
    forecasts: Sequence[Profile]
    baselines: Sequence[Baseline]
    measurements: Sequence[Measurement]
    superseded: Sequence[Measurement]
    evidence: Sequence[Evidence]
    assumptions: Sequence[Assumption]
    requests: Sequence[Request]
    handovers: Sequence[Handover]
    reviews: Sequence[Review]
    leading: Sequence[Link]
    claims: Sequence[Claim]
    papers: Sequence[Paper]

    @property
    def baseline(self) -> Baseline | None:
        """The baseline that holds; None when there is none."""
        return self.baselines[0] if self.baselines else None

    @property
    def observed(self) -> list[Observed]:
        """The measurements in force as sums need them, oldest month first."""
        return [
            Observed(row.pk, Month.of(row.month), float(row.value), row.is_verified, row.is_contested)
            for row in reversed(self.measurements)
        ]


def known_of(viewer: User, benefit: Benefit, at: datetime, *, is_past: bool) -> Known:
    """Return what was known about a benefit that the viewer was shown.

    Args:
        viewer: Who reads.
        benefit: The benefit.
        at: The moment.
        is_past: Whether the moment is not the present one, so that what came later has to be left out.
    """
    recorded = Measurement.objects.visible_to(viewer).filter(benefit=benefit.pk, recorded_at__lte=at)
    rows = recorded.select_related("reported_by", "recorded_by").order_by("-month", "-recorded_at", "-pk")
    later = Q(superseded_by__recorded_at__lte=at)
    return Known(
        forecast=forecast_known(benefit, at),
        forecasts=list(profiles_until(benefit, at)),
        baselines=list(baselines_until(benefit, at)),
        measurements=list(rows.exclude(later)),
        superseded=list(rows.filter(later)),
        evidence=_evidence(viewer, benefit, at),
        assumptions=_assumptions(benefit, at, is_past=is_past),
        requests=_requests(viewer, benefit, at),
        handovers=_handovers(viewer, benefit, at),
        reviews=_reviews(viewer, benefit, at, is_past=is_past),
        leading=_leading(benefit, at, is_past=is_past),
        claims=_claims(benefit, at, is_past=is_past),
        papers=_papers(viewer, benefit, at),
    )


def _evidence(viewer: User, benefit: Benefit, at: datetime) -> list[Evidence]:
    rows = Evidence.objects.visible_to(viewer).filter(benefit=benefit.pk, recorded_at__lte=at)
    return list(rows.select_related("recorded_by").order_by("-month", "-recorded_at"))


def _assumptions(benefit: Benefit, at: datetime, *, is_past: bool) -> list[Assumption]:
    rows = _as_known(Assumption.objects.filter(benefit=benefit.pk), at, is_past=is_past)
    return sorted(rows, key=lambda row: (row.expires_on is None, row.expires_on, row.pk))


def _requests(viewer: User, benefit: Benefit, at: datetime) -> list[Request]:
    """The last requests; one that was answered later was still open."""
    rows = Request.objects.visible_to(viewer).filter(benefit=benefit.pk, opened_at__lte=at)
    found = list(rows.select_related("addressee").order_by("-month")[:REQUESTS_SHOWN])
    for row in found:
        if row.answered_at is not None and row.answered_at > at:
            row.state, row.answered_at = "open", None
    return found


def _handovers(viewer: User, benefit: Benefit, at: datetime) -> list[Handover]:
    """The hand-overs; one that was answered later was still only proposed."""
    rows = Handover.objects.visible_to(viewer).filter(benefit=benefit.pk, proposed_at__lte=at)
    found = list(rows.select_related("sustainer", "proposed_by", "answered_by").order_by("-proposed_at", "-pk"))
    for row in found:
        if row.answered_at is not None and row.answered_at > at:
            row.state, row.answer, row.answered_at, row.answered_by = "proposed", "", None, None
    return found


def _reviews(viewer: User, benefit: Benefit, at: datetime, *, is_past: bool) -> list[Review]:
    """The reviews that were held, and today the planned one too: when it was planned is not kept."""
    held = Q(recorded_at__lte=at)
    rows = Review.objects.visible_to(viewer).filter(held if is_past else held | Q(held_on=None), benefit=benefit.pk)
    return list(rows.select_related("recorded_by").order_by("-due_on", "-pk"))


def _leading(benefit: Benefit, at: datetime, *, is_past: bool) -> list[Link]:
    rows = Link.objects.filter(target_benefit=benefit.pk).select_related("source_node", "source_benefit")
    found = _in_force(rows, at, is_past=is_past)
    if is_past:
        nodes = rows_known(Node.objects.filter(pk__in=[row.source_node_id for row in found]), at)
        benefits = rows_known(Benefit.objects.filter(pk__in=[row.source_benefit_id for row in found]), at)
        for row in found:
            row.source_node = nodes.get(row.source_node_id or 0)
            row.source_benefit = benefits.get(row.source_benefit_id or 0)
    return found


def _claims(benefit: Benefit, at: datetime, *, is_past: bool) -> list[Claim]:
    rows = Claim.objects.filter(benefit=benefit.pk).select_related("outcome")
    found = _in_force(rows, at, is_past=is_past)
    if is_past:
        outcomes = rows_known(Node.objects.filter(pk__in=[row.outcome_id for row in found]), at)
        for row in found:
            row.outcome = outcomes[row.outcome_id]
    return found


def _in_force(rows: QuerySet[T], at: datetime, *, is_past: bool) -> list[T]:
    """What stood on the map at a moment."""
    return [row for row in _as_known(rows, at, is_past=is_past) if row.removed_at is None]


def _papers(viewer: User, benefit: Benefit, at: datetime) -> list[Paper]:
    rows = Paper.objects.visible_to(viewer).filter(benefit=benefit.pk, versions__recorded_at__lte=at).distinct()
    return list(rows.select_related("template", "initiative__portfolio", "benefit").order_by("template__name", "pk"))


def _as_known(rows: QuerySet[V], at: datetime, *, is_past: bool) -> list[V]:
    """Rows as they were known at a moment; the present needs no looking back."""
    return list(rows_known(rows, at if is_past else None).values())
