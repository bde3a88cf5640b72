"""What a worker does for benefits: it sets the baselines of a large portfolio."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo_web.benefits.actions import baseline_adopt
from openvmo_web.benefits.profile_queries import without_baseline
from openvmo_web.jobs.context import JobContext
from openvmo_web.jobs.registry import task
from openvmo_web.portfolio.models import Portfolio


@task("benefits.adopt")
def adopt_task(context: JobContext, *, portfolio: int, reason: str) -> dict[str, int]:
    """Take the plans in force as the baselines of all that was funded and has none."""
    context.tick(0.05, _("Setting the baselines in one transaction; nothing is visible before all of it is …"))
    if context.by is None:
        message = "baselines are always asked for by a person"
        raise ValueError(message)
    row = Portfolio.objects.get(pk=portfolio)
    with transaction.atomic():
        context.fence()
        waiting = list(without_baseline(context.by, row))
        added = baseline_adopt(portfolio=row, benefits=waiting, reason=reason, by=context.by, at=timezone.now())
    return {"set": len(added)}
