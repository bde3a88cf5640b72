"""What is read about runs, always for a viewer."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, Value, When
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.benefits.models import Benefit
from openvmo_web.common.actor import Actor
from openvmo_web.insight.models import Recomputation, Run, Snapshot
from openvmo_web.portfolio.models import Initiative, Plan, Portfolio

PARSED_RESULTS = 4
EARLIER_SHOWN = 5


def classes_in_use(viewer: Actor | AnonymousUser) -> dict[str, int]:
    """Return the reference classes that initiatives name, with how many do that the viewer may see."""
    named = Initiative.objects.visible_to(viewer).exclude(reference_class="").order_by()
    return dict(named.values_list("reference_class").annotate(Count("pk")))


def runs_of(viewer: Actor | AnonymousUser, portfolio: Portfolio) -> QuerySet[Run]:
    """Return the runs of a portfolio, newest first, each with `stands` as a list can filter and sort by it.

    The results themselves are not read: they are long.
    """
    stands = Case(
        When(result_digest__gt="", then=Value("succeeded")),
        When(failure__gt="", then=Value("failed")),
        default=F("job__status"),
        output_field=CharField(),
    )
    runs = Run.objects.visible_to(viewer).filter(portfolio=portfolio).annotate(stands=stands)
    return runs.select_related("portfolio", "job", "started_by").defer("result", "parameters")


def run_of(viewer: Actor | AnonymousUser, portfolio: Portfolio, pk: int) -> Run:
    """Return one run of a portfolio.

    Raises:
        Http404: there is none that the viewer may see.
    """
    runs = (
        Run.objects.visible_to(viewer)
        .filter(portfolio=portfolio)
        .select_related("portfolio", "job", "started_by", "snapshot")
    )
    run = runs.defer("result", "snapshot__document").filter(pk=pk).first()
    if run is None:
        raise Http404(_("There is no run %(pk)s in this portfolio.") % {"pk": pk})
    return run


def latest_run(viewer: Actor | AnonymousUser, portfolio: Portfolio, kind: str) -> Run | None:
    """Return the run of a kind that finished last; None when none has finished."""
    finished = Run.objects.visible_to(viewer).filter(portfolio=portfolio, kind=kind, result_digest__gt="")
    return finished.select_related("portfolio", "started_by").defer("result").order_by("-finished_at", "-pk").first()


def earlier_forecasts(viewer: Actor | AnonymousUser, run: Run) -> list[Run]:
    """Return the last finished forecasts before a run that the viewer was shown, the latest first."""
    found = Run.objects.visible_to(viewer).filter(portfolio=run.portfolio_id, kind="forecast", pk__lt=run.pk)
    return list(found.exclude(result_digest="").defer("result").order_by("-started_at", "-pk")[:EARLIER_SHOWN])


def benefit_keys(viewer: Actor | AnonymousUser, initiative: Initiative) -> dict[str, int]:
    """Return the keys of an initiative's benefits by their codes."""
    return dict(Benefit.objects.visible_to(viewer).filter(initiative=initiative).values_list("code", "pk"))


def benefit_seen(viewer: Actor | AnonymousUser, portfolio: Portfolio, pk: int) -> Benefit:
    """Return a benefit of a portfolio with its initiative.

    Raises:
        Http404: there is none that the viewer may see.
    """
    benefits = Benefit.objects.visible_to(viewer).select_related("initiative__portfolio")
    benefit = benefits.filter(initiative__portfolio=portfolio, pk=pk).first()
    if benefit is None:
        raise Http404(_("There is no benefit %(pk)s in this portfolio.") % {"pk": pk})
    return benefit


def document_of(run: Run) -> dict[str, Any]:
    """Return the result document of a finished run. It is shared between pages: do not change it."""
    return _parsed(run.pk, run.result_digest)


@lru_cache(maxsize=PARSED_RESULTS)
def _parsed(pk: int, _digest: str) -> dict[str, Any]:
    # A finished run never changes, so that its key and digest name the document for good.
    document: dict[str, Any] = json.loads(_result(pk))
    return document


def result_of(run: Run) -> str:
    """Return the result of a finished run as the canonical JSON text whose SHA-256 is the run's digest."""
    return _result(run.pk)


def _result(pk: int) -> str:
    return Run.objects.values_list("result", flat=True).get(pk=pk)


def plans_as_known(portfolio: Portfolio, at: datetime) -> QuerySet[Plan]:
    """Return the last plan of each initiative that was recorded at or before a moment."""
    recorded = Plan.objects.filter(recorded_at__lte=at)
    later = recorded.filter(initiative=OuterRef("initiative"), number__gt=OuterRef("number"))
    return recorded.filter(~Exists(later), initiative__portfolio=portfolio)


def snapshot_of(run: Run) -> str:
    """Return the frozen inputs of a run as canonical JSON text."""
    return Snapshot.objects.values_list("document", flat=True).get(pk=run.snapshot_id)


def latest_recomputation(run: Run) -> Recomputation | None:
    """Return the newest second computation of a run; None when nobody has asked for one."""
    return run.recomputations.select_related("job", "started_by").order_by("-started_at", "-pk").first()
