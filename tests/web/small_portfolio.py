"""A small stored portfolio whose choice is easy to see: money for two of three initiatives that bring value."""

from __future__ import annotations

import datetime
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.management.color import no_style
from django.db import connection, models

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.benefits.actions import benefit_add, plan_record
from openvmo_web.insight.actions import run_start
from openvmo_web.insight.models import Run, Snapshot
from openvmo_web.insight.queries import snapshot_of
from openvmo_web.jobs.worker import Worker
from openvmo_web.portfolio.actions import budget_set, initiative_add
from openvmo_web.portfolio.models import Portfolio

if TYPE_CHECKING:
    from openvmo_web.access.models import User

QUICK = {"trials": 200, "seed": 7}
# Code, likely cost, likely benefit a year: the last one costs more than it brings.
PLANS = (("ALPHA", 100.0, 90.0), ("BETA", 80.0, 60.0), ("GAMMA", 60.0, 30.0), ("DELTA", 50.0, 2.0))


def portfolio_make(key: int, *, by: User, at: datetime.datetime) -> Portfolio:
    """Store the portfolio under a key, with plans recorded a day before `at`."""
    before = at - timedelta(days=1)
    portfolio = Portfolio.objects.create(
        pk=key,
        slug="agency",
        name="Agency",
        currency="GBP",
        price_base=2026,
        starts=datetime.date(2026, 4, 1),
        horizon=96,
        discount_rate=0.035,
        fiscal_year_start=4,
    )
    _count_on_from(Portfolio)
    for code, cost, annual in PLANS:
        initiative = initiative_add(portfolio=portfolio, code=code, name=f"Initiative {code}", by=by, at=before)
        benefit_add(initiative=initiative, code=f"{code}-B", name="Less paper", kind="cashable", by=by, at=before)
        options = [option_of(cost, annual, benefit=f"{code}-B")]
        plan_record(initiative=initiative, options=options, reason="First plan", by=by, at=before)
    for year, amount in ((2026, 200.0), (2027, 200.0)):
        budget_set(portfolio=portfolio, year=year, amount=amount, by=by, at=before)
    return portfolio


def _count_on_from(table: type[models.Model]) -> None:
    """Let the database give new rows the keys behind those that were given by hand."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table]):
            cursor.execute(statement)


def option_of(cost: float, annual: float, *, benefit: str) -> model.Option:
    """A plan of twelve months with one cost line and one benefit, both uncertain."""
    return model.Option(
        id="plan",
        name="As planned",
        start=Month(2026, 4),
        duration=12,
        costs=(model.CostLine(id="build", name="Build", amount=Estimate(cost, low=0.9 * cost, high=1.3 * cost)),),
        profiles=(model.Profile(benefit=benefit, annual=Estimate(annual, low=0.6 * annual, high=1.2 * annual)),),
    )


def run_done(portfolio: Portfolio, kind: str, *, by: User, at: datetime.datetime, **parameters: object) -> Run:
    """Start a run and let a worker finish it."""
    run = run_start(portfolio=portfolio, kind=kind, parameters={**QUICK, **parameters}, by=by, at=at)
    Worker().run_until_idle()
    run.refresh_from_db()
    return run


def tampered_copy(
    run: Run, at: datetime.datetime, before: str = '"likely":100.0', after: str = '"likely":101.0'
) -> Run:
    """A copy of a finished run whose frozen inputs were changed behind the server's back."""
    document = snapshot_of(run)
    assert before in document
    snapshot = Snapshot.objects.create(digest="0" * 64, document=document.replace(before, after), recorded_at=at)
    copy = Run.objects.get(pk=run.pk)
    copy.pk, copy.job, copy.snapshot = None, None, snapshot
    copy._state.adding = True
    copy.save()
    return copy
