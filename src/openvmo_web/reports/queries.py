"""What the composed pages read, always for a viewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.access.models import Assignment, User
from openvmo_web.access.permissions import may
from openvmo_web.audit.keeping import kept
from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.benefits.history import BENEFIT
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.formats import current_locale, day, month
from openvmo_web.common.widgets import Status
from openvmo_web.delivery.models import Milestone, StatusReport
from openvmo_web.exchange.models import Import
from openvmo_web.governance.models import DecisionItem
from openvmo_web.governance.queries import waiting_for
from openvmo_web.insight.models import Run, Worth
from openvmo_web.portfolio.models import Dependency, Initiative, Option, Plan, Portfolio
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.operations_queries import requests_to
from openvmo_web.reports.analysis import FUNDED, Picture, portfolio_picture

FRESH_FOR = timedelta(days=7)
LATEST_ACTIVITY = 8
MOST_REQUESTS = 5
TELLING = Q(action__startswith="exchange.") | Q(action__startswith="decision.")


@dataclass(frozen=True)
class Task:
    """Something that waits for the viewer: what it is, why, and where to do it."""

    title: str
    detail: str
    url: str
    status: Status


def picture_of(portfolio: Portfolio, at: datetime) -> Picture:
    """Return how a portfolio that the viewer was shown stands, in full as a document says it.

    It reads the whole portfolio, and is kept until something changes in it or the month ends. A page shows a glance.
    """
    name = f"reports.picture:{timezone.localdate(at):%Y-%m}"
    return kept(name, portfolio.pk, lambda: portfolio_picture(portfolio, at))


def tasks_of(viewer: User, portfolio: Portfolio, at: datetime) -> list[Task]:
    """Return what waits for the viewer in a portfolio, the most pressing first."""
    return [
        *_decisions_to_take(viewer, portfolio),
        *_measurements_to_report(viewer, portfolio, timezone.localdate(at)),
        *_imports_to_confirm(viewer, portfolio),
        *_failed_runs(viewer, portfolio, at),
    ]


def _decisions_to_take(viewer: User, portfolio: Portfolio) -> list[Task]:
    return [
        Task(
            title=_("Decide: %(title)s") % {"title": decision.title},
            detail=_("Proposed by %(name)s, waiting for %(body)s")
            % {"name": decision.proposed_by, "body": decision.decider},
            url=reverse("governance:decision", args=[portfolio.slug, decision.number]),
            status=Status(_("Decision"), "accent"),
        )
        for decision in waiting_for(viewer, portfolio).order_by("proposed_at")
    ]


def owner_of(portfolio: Portfolio, pk: int) -> User:
    """Return a person who owns or once owned a benefit of a portfolio that the viewer was shown, or has a role in it.

    Raises:
        Http404: the person is not known there.
    """
    named = Benefit.objects.filter(owner=OuterRef("pk"), initiative__portfolio=portfolio)
    of_portfolio = Q(portfolio_id=portfolio.pk) | Q(portfolio_id=None)
    has_role = Assignment.objects.filter(of_portfolio, user=OuterRef("pk"))
    found = User.objects.filter(Exists(named) | Exists(has_role), pk=pk).first()
    if found is None and Version.objects.filter(kind=BENEFIT, portfolio_id=portfolio.pk, values__owner=pk).exists():
        found = User.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no owner %(pk)s in this portfolio.") % {"pk": pk})
    return found


def _measurements_to_report(viewer: User, portfolio: Portfolio, today: date) -> list[Task]:
    """The most urgent of the measurements that are asked of the viewer: all of them are on the page of his tasks."""
    locale = current_locale()
    return [
        Task(
            title=_("Report: %(benefit)s") % {"benefit": request.benefit.name},
            detail=f"{month(request.month, locale)} · {request.benefit.initiative.name}",
            url=_entry_of(request, portfolio),
            status=_due_status(request.due_on, today, locale),
        )
        for request in requests_to(viewer).filter(portfolio=portfolio)[:MOST_REQUESTS]
    ]


def _entry_of(request: Request, portfolio: Portfolio) -> str:
    address = reverse("realisation:measure", args=[portfolio.slug, request.benefit_id])
    return f"{address}?month={request.month:%Y-%m}"


def _due_status(due_on: date, today: date, locale: str) -> Status:
    if due_on < today:
        return Status(_("Late"), "caution", "clock")
    return Status(_("Due %(day)s") % {"day": day(due_on, locale)}, "info", "clock")


def _imports_to_confirm(viewer: User, portfolio: Portfolio) -> list[Task]:
    return [
        Task(
            title=_("Confirm the import of %(file)s") % {"file": waiting.file_name},
            detail=_("Nothing has been changed yet"),
            url=reverse("exchange:import", args=[waiting.pk]),
            status=Status(_("Import"), "info"),
        )
        for waiting in Import.objects.filter(uploaded_by=viewer, state="previewed", slug=portfolio.slug).order_by(
            "uploaded_at"
        )
    ]


def _failed_runs(viewer: User, portfolio: Portfolio, at: datetime) -> list[Task]:
    failed = Run.objects.filter(portfolio=portfolio, started_by=viewer, started_at__gte=at - FRESH_FOR).exclude(
        failure=""
    )
    return [
        Task(
            title=_("Look at a run that failed: %(run)s") % {"run": run},
            detail=run.failure.splitlines()[0],
            url=reverse("insight:run", args=[portfolio.slug, run.pk]),
            status=Status(_("Failed"), "critical"),
        )
        for run in failed.defer("result")
    ]


def forecast_known(viewer: User, portfolio: Portfolio, at: datetime) -> Run | None:
    """Return the forecast that was the newest at a moment; None when none had finished."""
    finished = Run.objects.visible_to(viewer).filter(portfolio=portfolio, kind="forecast", finished_at__lte=at)
    known = finished.filter(result_digest__gt="").select_related("portfolio").defer("result")
    return known.order_by("-finished_at", "-pk").first()


def initiatives_in_doubt(viewer: User, portfolio: Portfolio) -> QuerySet[Initiative]:
    """Return the funded initiatives whose delivery reviewers doubt, the costliest first."""
    doubted = Initiative.objects.visible_to(viewer).filter(
        portfolio=portfolio, confidence__in=("red", "amber_red"), state__in=FUNDED
    )
    return doubted.select_related("current_plan").order_by("-current_plan__cost_likely", "name")


@dataclass(frozen=True)
class Activity:
    """What one gesture of a person did: the entry that says it best, and how many more it wrote."""

    entry: AuditEntry
    others: int


def latest_activity(viewer: User, portfolio: Portfolio) -> list[Activity]:
    """Return what was done last in a portfolio, the newest first, for those who may read the audit trail."""
    if not may(viewer, "audit.view", portfolio.pk):
        return []
    counts = kept("reports.activity", portfolio.pk, lambda: _latest_gestures(portfolio))
    entries = AuditEntry.objects.in_bulk(list(counts))
    return [Activity(entries[pk], count - 1) for pk, count in counts.items()]


def _latest_gestures(portfolio: Portfolio) -> dict[int, int]:
    """The entry that says best what each of the latest gestures did, with the number of its entries.

    All entries of a gesture bear its moment. An import or a decision writes one for each record that it touches: the
    one about itself says most. Otherwise the first does: the others follow from it.
    """
    entries = AuditEntry.objects.filter(portfolio_id=portfolio.pk)
    moments = list(entries.order_by("-at").values_list("at", flat=True).distinct()[:LATEST_ACTIVITY])
    gestures = (
        entries.filter(at__in=moments)
        .order_by("-at")
        .values("at")
        .annotate(root=Coalesce(Max("pk", filter=TELLING), Min("pk")), number=Count("pk"))
    )
    return {gesture["root"]: gesture["number"] for gesture in gestures}


@dataclass(frozen=True)
class Observations:
    """What belongs to one initiative besides its plan, as known at a moment."""

    status_reports: list[StatusReport]
    milestones: list[Milestone]
    plans: list[Plan]
    decisions: list[DecisionItem]
    needs: list[Dependency]
    needed_by: list[Dependency]
    worth: Worth | None


def observations_of(viewer: User, initiative: Initiative, at: datetime, forecast: Run | None) -> Observations:
    """Return the reviews, milestones, plan versions, decisions, dependencies and worth of an initiative."""
    reviews = StatusReport.objects.visible_to(viewer).filter(initiative=initiative, recorded_at__lte=at)
    decided = DecisionItem.objects.visible_to(viewer).filter(initiative=initiative, decision__proposed_at__lte=at)
    dependencies = Dependency.objects.select_related("source__portfolio", "target__portfolio")
    return Observations(
        status_reports=list(reviews.exclude(superseded_by__recorded_at__lte=at).order_by("-as_at")),
        milestones=list(Milestone.objects.visible_to(viewer).filter(initiative=initiative)),
        plans=list(initiative.plans.filter(recorded_at__lte=at).select_related("recorded_by").order_by("-number")),
        decisions=list(decided.select_related("decision__portfolio").order_by("-decision__number")),
        needs=list(dependencies.filter(target=initiative)),
        needed_by=list(dependencies.filter(source=initiative)),
        worth=Worth.objects.filter(run=forecast, initiative=initiative).first() if forecast else None,
    )


def options_of(plan: Plan | None) -> list[Option]:
    """Return the options of a plan version with their cost lines, profiles and risks."""
    if plan is None:
        return []
    return list(plan.options.prefetch_related("costs", "risks", "profiles__benefit").order_by("position"))
