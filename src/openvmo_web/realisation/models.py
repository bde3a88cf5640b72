"""What is asked of the people who own, measure and sustain benefits, and what they took over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.common.fields import month, word
from openvmo_web.common.models import AppendOnly
from openvmo_web.realisation import words


class Request(Scoped):
    """A measurement that is due: asked for once a period, answered by a measurement or waived with a reason."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="measurement_requests")
    benefit = models.ForeignKey("benefits.Benefit", models.PROTECT, related_name="requests")
    # The last month of the period that the measurement is for.
    month = month(verbose_name=_("month"))
    due_on = models.DateField(_("due on"))
    state = word(words.REQUEST_STATES, verbose_name=_("state"), default="open")
    # Who is to answer: the measurer, else the owner, as named when it was last looked at.
    addressee = models.ForeignKey(
        "access.User", models.PROTECT, null=True, related_name="measurement_requests", verbose_name=_("addressee")
    )
    opened_at = models.DateTimeField(_("opened at"))
    reminded_at = models.DateTimeField(_("last reminded at"), null=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    reason = models.CharField(_("reason for waiving"), max_length=500, blank=True)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = (models.UniqueConstraint(fields=("benefit", "month"), name="request_once_a_month"),)
        indexes = (
            models.Index(fields=("portfolio", "due_on"), condition=Q(state="open"), name="request_open_by_due"),
            models.Index(fields=("addressee", "due_on"), condition=Q(state="open"), name="request_open_by_addressee"),
        )

    def __str__(self) -> str:
        return f"{self.benefit} {self.month:%Y-%m}"


class Handover(Scoped):
    """A benefit passed to the leader who sustains it after go-live; once answered it stays as it is."""

    portfolio_path = "benefit__initiative__portfolio_id"

    benefit = models.ForeignKey("benefits.Benefit", models.PROTECT, related_name="handovers")
    sustainer = models.ForeignKey("access.User", models.PROTECT, related_name="handovers", verbose_name=_("sustainer"))
    state = word(words.HANDOVER_STATES, verbose_name=_("state"), default="proposed")
    # Each condition of the hand-over with whether it is met and a note.
    conditions = models.JSONField(_("conditions"), default=list)
    message = models.TextField(_("message"), blank=True)
    proposed_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        ordering = ("-proposed_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("benefit",), condition=Q(state="proposed"), name="handover_one_at_a_time"),
        )

    def __str__(self) -> str:
        return f"{self.benefit}: {self.sustainer}"


class Review(Scoped):
    """A look at a benefit in operation: planned for a day, held once, and then kept as it was."""

    portfolio_path = "portfolio_id"

    # That of the benefit's initiative, beside it so that a list of a hundred thousand needs no join.
    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+")
    benefit = models.ForeignKey("benefits.Benefit", models.PROTECT, related_name="reviews")
    due_on = models.DateField(_("due on"))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    verdict = word(words.REVIEW_VERDICTS, verbose_name=_("verdict"), blank=True, default="")
    remark = models.TextField(_("what was found and agreed"), blank=True)
    recorded_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"), null=True)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = (models.UniqueConstraint(fields=("benefit",), condition=Q(held_on=None), name="review_one_open"),)
        indexes = (
            models.Index(fields=("due_on",), condition=Q(held_on=None), name="review_open_by_due"),
            # The order of the list: PostgreSQL takes what is not known for the latest.
            models.Index(fields=("portfolio", "-held_on", "due_on", "id"), name="review_open_first"),
        )

    def __str__(self) -> str:
        return f"{self.benefit} {self.due_on:%Y-%m-%d}"


class Unverified(Scoped):
    """A measurement in force that nobody has verified: what verifiers work through.

    Nothing here is an original: ``realisation.analysis`` keeps it in line with the measurements, as it does the
    standings, so that the work of verifiers is found at once among millions of figures that are done with.
    """

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+")
    benefit = models.ForeignKey("benefits.Benefit", models.CASCADE, related_name="+")
    measurement = models.OneToOneField("benefits.Measurement", models.CASCADE, related_name="unverified")
    month = month(verbose_name=_("month"))

    class Meta:
        ordering = ("month", "pk")
        indexes = (models.Index(fields=("portfolio", "month"), name="unverified_by_month"),)

    def __str__(self) -> str:
        return str(self.measurement)


class Arrival(Scoped):
    """What each month was to bring and brought of a benefit, in money, so that statements of many add up at once.

    Nothing here is an original: ``realisation.analysis`` works it out together with the standing. ``amounts`` is what
    ``realisation.amounts`` packs; it reaches a year ahead of the months that were over.
    """

    portfolio_path = "portfolio_id"

    benefit = models.OneToOneField("benefits.Benefit", models.CASCADE, related_name="arrival")
    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+")
    is_in_money = models.BooleanField(_("has a value in money"))
    first = month(verbose_name=_("first month"))
    amounts = models.BinaryField(_("amounts"))

    class Meta:
        ordering = ("benefit",)

    def __str__(self) -> str:
        return str(self.benefit)


class PeriodClosing(ScopedAppendOnly):
    """When the months of a portfolio were closed to measurements, or opened again, by whom and why."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="period_closings")
    until = month(verbose_name=_("closed until"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ("recorded_at", "pk")

    def __str__(self) -> str:
        return f"{self.portfolio} {self.recorded_at:%Y-%m-%d}"


class Digest(AppendOnly):
    """An e-mail that told a person what waits for him; at most one a day."""

    user = models.ForeignKey("access.User", models.PROTECT, related_name="digests")
    day = models.DateField(_("day"))
    items = models.PositiveIntegerField(_("things that waited"))
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        ordering = ("-day", "pk")
        constraints = (models.UniqueConstraint(fields=("user", "day"), name="digest_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.user} {self.day:%Y-%m-%d}"
