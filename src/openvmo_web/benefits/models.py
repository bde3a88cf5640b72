"""Benefits: what the value is, how it is planned to arrive, and what was measured."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import RampShape, ValueDriver
from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.benefits import words
from openvmo_web.common.fields import amount, month, word
from openvmo_web.common.models import AppendOnly


class Benefit(Scoped):
    """A measurable gain for named beneficiaries."""

    portfolio_path = "initiative__portfolio_id"

    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="benefits")
    objective = models.ForeignKey(
        "strategy.Objective",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="benefits",
        verbose_name=_("objective"),
    )
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300)
    kind = word(words.CLASSES, verbose_name=_("class"))
    driver = word(words.DRIVERS, verbose_name=_("value driver"), default=ValueDriver.FINANCIAL)
    is_disbenefit = models.BooleanField(_("dis-benefit"), default=False)
    beneficiaries = models.CharField(_("beneficiaries"), max_length=300, blank=True)
    owner_name = models.CharField(_("owner"), max_length=200, blank=True)
    owner = models.ForeignKey("access.User", models.SET_NULL, null=True, blank=True, related_name="benefits_owned")
    measurer_name = models.CharField(_("measurer"), max_length=200, blank=True)
    sustainer_name = models.CharField(_("sustainer"), max_length=200, blank=True)
    measure = models.CharField(_("measure"), max_length=300, blank=True)
    unit = models.CharField(_("unit"), max_length=64, blank=True)
    value_per_unit = amount(verbose_name=_("value of one unit a year"), null=True, blank=True)

    class Meta:
        ordering = ("initiative", "position")
        constraints = (models.UniqueConstraint(fields=("initiative", "code"), name="benefit_code_unique"),)

    def __str__(self) -> str:
        return self.name


class Profile(AppendOnly):
    """How a benefit arrives if an option of one plan version is taken."""

    option = models.ForeignKey("portfolio.Option", models.PROTECT, related_name="profiles")
    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="profiles")
    position = models.PositiveSmallIntegerField()
    annual_low = amount(verbose_name=_("a year, low (P10)"), null=True)
    annual_likely = amount(verbose_name=_("a year, likely (P50)"))
    annual_high = amount(verbose_name=_("a year, high (P90)"), null=True)
    offset = models.SmallIntegerField(_("months from go-live"), default=0)
    ramp_months = models.PositiveSmallIntegerField(_("ramp in months"), default=0)
    ramp_shape = word(words.RAMP_SHAPES, verbose_name=_("ramp"), default=RampShape.LINEAR)
    duration = models.PositiveSmallIntegerField(_("duration in months"), null=True)
    decay = models.FloatField(_("decay a year"), default=0.0)

    class Meta:
        ordering = ("option", "position")
        constraints = (
            models.UniqueConstraint(fields=("option", "benefit"), name="profile_unique"),
            models.CheckConstraint(condition=Q(decay__range=(0, 1)), name="profile_decay_is_share"),
        )

    def __str__(self) -> str:
        return str(self.benefit)


class Measurement(ScopedAppendOnly):
    """An observed value of a benefit in a month; a correction supersedes, it does not erase."""

    portfolio_path = "benefit__initiative__portfolio_id"

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="measurements")
    month = month(verbose_name=_("month"))
    value = amount(verbose_name=_("value"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_verified = models.BooleanField(_("verified by another person"), default=False)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    class Meta:
        ordering = ("benefit", "month", "recorded_at")
        indexes = (models.Index(fields=("benefit", "month"), name="measurement_by_month"),)

    def __str__(self) -> str:
        return f"{self.benefit} {self.month:%Y-%m}"
