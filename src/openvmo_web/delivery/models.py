"""How the work goes: milestones, reviews, money spent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Confidence
from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.common.fields import amount, month, word
from openvmo_web.portfolio import words


class Milestone(Scoped):
    """A dated event that retires a named risk."""

    portfolio_path = "initiative__portfolio_id"

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300)
    planned = month(verbose_name=_("planned"))
    forecast = month(verbose_name=_("forecast"), null=True, blank=True)
    reached = month(verbose_name=_("reached"), null=True, blank=True)
    retires = models.CharField(_("risk that it retires"), max_length=300, blank=True)

    class Meta:
        ordering = ("initiative", "position")
        constraints = (models.UniqueConstraint(fields=("initiative", "code"), name="milestone_code_unique"),)

    def __str__(self) -> str:
        return self.name


class StatusReport(ScopedAppendOnly):
    """What a reviewer said about delivery at a date."""

    portfolio_path = "initiative__portfolio_id"

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="status_reports")
    as_at = models.DateField(_("as at"))
    confidence = word(words.CONFIDENCES, verbose_name=_("delivery confidence"), default=Confidence.NOT_STATED)
    commentary = models.TextField(_("commentary"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    class Meta:
        ordering = ("initiative", "as_at", "recorded_at")
        indexes = (models.Index(fields=("initiative", "as_at"), name="status_by_date"),)

    def __str__(self) -> str:
        return f"{self.initiative} {self.as_at}"


class ActualCost(ScopedAppendOnly):
    """Money spent by an initiative in a month; a correction supersedes, it does not erase."""

    portfolio_path = "initiative__portfolio_id"

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="actual_costs")
    month = month(verbose_name=_("month"))
    amount = amount(verbose_name=_("amount"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    class Meta:
        ordering = ("initiative", "month", "recorded_at")
        indexes = (models.Index(fields=("initiative", "month"), name="actual_cost_by_month"),)

    def __str__(self) -> str:
        return f"{self.initiative} {self.month:%Y-%m}"
