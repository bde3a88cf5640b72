"""What the organisation wants."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Direction, Frequency, Timing, ValueDriver
from openvmo_web.common.fields import amount, month, word
from openvmo_web.common.models import AppendOnly, Record, Versioned
from openvmo_web.strategy import words


class Objective(Versioned):
    """An aim of the strategy; aims form a tree that the whole organisation shares."""

    code = models.CharField(_("code"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=300)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    weight = models.FloatField(_("weight"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(
        "access.User", models.SET_NULL, null=True, blank=True, related_name="objectives_owned", verbose_name=_("owner")
    )
    starts = month(verbose_name=_("from"), null=True, blank=True)
    ends = month(verbose_name=_("until"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gte=0),
                name="objective_weight_not_negative",
                violation_error_message=_("A weight is 0 or more."),
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="objective_ends_after_start",
                violation_error_message=_("The time frame ends before it starts."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the objective's page."""
        return reverse("strategy:objective", args=[self.pk])


class Driver(Record):
    """A kind of value in the organisation's own words, under one of the six kinds that all organisations share."""

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = word(words.DRIVERS, verbose_name=_("kind of value"), default=ValueDriver.FINANCIAL)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class Measure(Versioned):
    """What shows whether an objective is being reached: a KPI, or a key result of a time frame."""

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="measures", verbose_name=_("objective"))
    code = models.CharField(_("code"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=300)
    kind = word(words.MEASURE_KINDS, verbose_name=_("kind"), default="kpi")
    description = models.TextField(_("description"), blank=True)
    unit = models.CharField(_("unit"), max_length=64)
    direction = word(words.DIRECTIONS, verbose_name=_("direction"), default=Direction.INCREASE)
    baseline = amount(verbose_name=_("baseline"), null=True, blank=True)
    baseline_date = models.DateField(_("baseline taken on"), null=True, blank=True)
    target = amount(verbose_name=_("target"), null=True, blank=True)
    target_date = models.DateField(_("target to be reached on"), null=True, blank=True)
    frequency = word(words.FREQUENCIES, verbose_name=_("measured"), default=Frequency.QUARTERLY)
    data_source = models.CharField(_("source of the figures"), max_length=300, blank=True)
    timing = word(words.TIMINGS, verbose_name=_("leading or lagging"), default=Timing.NOT_STATED)
    caution_at = amount(verbose_name=_("needs attention from"), null=True, blank=True)
    critical_at = amount(verbose_name=_("critical from"), null=True, blank=True)
    owner = models.ForeignKey(
        "access.User", models.SET_NULL, null=True, blank=True, related_name="measures_owned", verbose_name=_("owner")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("objective", "position", "code")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the measure's page."""
        return reverse("strategy:measure", args=[self.pk])


class Reading(AppendOnly):
    """An observed value of a measure on a day; a correction supersedes, it does not erase."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="readings")
    on = models.DateField(_("day"))
    value = amount(verbose_name=_("value"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    class Meta:
        ordering = ("measure", "on", "recorded_at")
        indexes = (models.Index(fields=("measure", "on"), name="reading_by_day"),)

    def __str__(self) -> str:
        return f"{self.measure} {self.on:%Y-%m-%d}"


class Weighing(AppendOnly):
    """How the weights of the objectives under one objective were found: the answers, and what they give."""

    parent = models.ForeignKey(Objective, models.PROTECT, null=True, related_name="weighings")
    method = word(words.WEIGHING_METHODS, verbose_name=_("method"))
    answers = models.JSONField(_("answers"))
    weights = models.JSONField(_("weights by code"))
    consistency = models.FloatField(_("consistency ratio"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("recorded_at",)

    def __str__(self) -> str:
        return f"{self.parent or ''} {self.recorded_at:%Y-%m-%d}".strip()
