"""What a worker does for a run: it computes, tells how far it is, and keeps the result."""

from __future__ import annotations

from datetime import time

from django.db import transaction
from django.utils import timezone

from openvmo_web.insight.actions import recomputation_finish, run_fail, run_finish
from openvmo_web.insight.analysis import ANALYSIS_ERRORS, run_compare, run_execute
from openvmo_web.insight.models import Recomputation, Run
from openvmo_web.insight.queries import snapshot_of
from openvmo_web.insight.sums import sums_refresh_all
from openvmo_web.jobs.context import JobContext
from openvmo_web.jobs.registry import daily, task
from openvmo_web.portfolio.models import Portfolio

EARLY = time(5)


class NoResult(Exception):
    """The inputs allow no result, and another attempt would find the same."""


@task("insight.run")
def run_task(context: JobContext, *, run: int) -> dict[str, str]:
    """Compute a run from its frozen inputs and keep what comes out."""
    asked = Run.objects.get(pk=run)
    try:
        result = run_execute(asked.kind, snapshot_of(asked), asked.parameters, progress=context.tick)
    except ANALYSIS_ERRORS as problem:
        with transaction.atomic():
            context.fence()
            run_fail(run=asked, reason=str(problem), at=timezone.now())
        raise NoResult(str(problem)) from problem
    with transaction.atomic():
        context.fence()
        run_finish(run=asked, result=result, at=timezone.now())
    return {"digest": result.digest}


@task("insight.recompute")
def recompute_task(context: JobContext, *, recomputation: int) -> dict[str, bool]:
    """Compute a finished run a second time and keep whether every digit agrees."""
    again = Recomputation.objects.select_related("run__snapshot").get(pk=recomputation)
    comparison = run_compare(again.run, progress=context.tick)
    with transaction.atomic():
        context.fence()
        recomputation_finish(recomputation=again, comparison=comparison, at=timezone.now())
    return {"agrees": comparison.agrees}


@task("insight.sums")
def sums_task(context: JobContext, *, day: str) -> dict[str, str | int]:
    """Work out the money of all initiatives by month: a month may have passed."""
    found = list(Portfolio.objects.order_by("pk"))
    for number, portfolio in enumerate(found):
        context.tick(number / len(found), portfolio.name)
        sums_refresh_all(portfolio.pk, timezone.now())
    return {"day": day, "portfolios": len(found)}


daily("insight.sums", at=EARLY)
