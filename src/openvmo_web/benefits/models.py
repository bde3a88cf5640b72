"""Benefits: what the value is, how it is planned to arrive, and what was measured."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Accrual, BenefitTerm, Direction, Frequency, Level, RampShape, Timing, ValueDriver
from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.benefits import words
from openvmo_web.common.fields import amount, month, shape, word
from openvmo_web.common.models import AppendOnly, Versioned
from openvmo_web.strategy import words as strategy_words


class Benefit(Scoped, Versioned):
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
    driver = word(strategy_words.DRIVERS, verbose_name=_("value driver"), default=ValueDriver.FINANCIAL)
    is_disbenefit = models.BooleanField(_("dis-benefit"), default=False)
    beneficiaries = models.CharField(_("beneficiaries"), max_length=300, blank=True)
    # Accountable, measuring, and keeping it after go-live: the name as stated, and the person where it is known.
    owner_name = models.CharField(_("owner"), max_length=200, blank=True)
    owner = models.ForeignKey("access.User", models.SET_NULL, null=True, blank=True, related_name="benefits_owned")
    measurer_name = models.CharField(_("measurer"), max_length=200, blank=True)
    measurer = models.ForeignKey(
        "access.User", models.SET_NULL, null=True, blank=True, related_name="benefits_measured"
    )
    sustainer_name = models.CharField(_("sustainer"), max_length=200, blank=True)
    sustainer = models.ForeignKey(
        "access.User", models.SET_NULL, null=True, blank=True, related_name="benefits_sustained"
    )
    measure = models.CharField(_("measure"), max_length=300, blank=True)
    unit = models.CharField(_("unit"), max_length=64, blank=True)
    value_per_unit = amount(verbose_name=_("value of one unit a year"), null=True, blank=True)
    # What the value is
    description = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=200, blank=True)
    value_driver = models.ForeignKey(
        "strategy.Driver",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="benefits",
        verbose_name=_("own value driver"),
    )
    is_intangible = models.BooleanField(_("intangible"), default=False)
    term = word(words.TERMS, verbose_name=_("term"), default=BenefitTerm.NOT_STATED)
    priority = models.PositiveSmallIntegerField(_("priority, 1 is highest"), null=True, blank=True)
    losers = models.CharField(_("who bears a loss"), max_length=300, blank=True)
    recipient = models.CharField(_("unit that receives it"), max_length=200, blank=True)
    cost_centre = models.CharField(_("cost centre"), max_length=64, blank=True)
    # Why it will come, and through whom
    feature = models.TextField(_("feature that gives rise to it"), blank=True)
    observable = models.TextField(_("what people will see"), blank=True)
    attribution = models.TextField(_("why this work can claim it"), blank=True)
    activities = models.TextField(_("what the business has to do"), blank=True)
    cost_to_realise = amount(verbose_name=_("cost of those activities"), null=True, blank=True)
    # How it shows
    strategic_measure = models.ForeignKey(
        "strategy.Measure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="benefits",
        verbose_name=_("strategic measure that it moves"),
    )
    accrual = word(words.ACCRUALS, verbose_name=_("what a measurement states"), default=Accrual.FLOW)
    direction = word(strategy_words.DIRECTIONS, verbose_name=_("direction"), default=Direction.NOT_STATED)
    baseline = amount(verbose_name=_("baseline of the measure"), null=True, blank=True)
    baseline_date = models.DateField(_("baseline taken on"), null=True, blank=True)
    target = amount(verbose_name=_("target"), null=True, blank=True)
    target_date = models.DateField(_("target to be reached on"), null=True, blank=True)
    frequency = word(strategy_words.FREQUENCIES, verbose_name=_("measured"), default=Frequency.NOT_STATED)
    data_source = models.CharField(_("source of the figures"), max_length=300, blank=True)
    timing = word(strategy_words.TIMINGS, verbose_name=_("leading or lagging"), default=Timing.NOT_STATED)
    caution_at = amount(verbose_name=_("needs attention from"), null=True, blank=True)
    critical_at = amount(verbose_name=_("critical from"), null=True, blank=True)
    evidence = word(words.LEVELS, verbose_name=_("strength of the evidence"), default=Level.NOT_STATED)
    realisation_risk = word(words.LEVELS, verbose_name=_("risk of not arriving"), default=Level.NOT_STATED)
    # How it is followed
    state = word(words.STATES, verbose_name=_("state"), default="identified")
    review_months = models.PositiveSmallIntegerField(_("months between reviews"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(_("days to report after a period"), default=15)
    remind_days = models.PositiveSmallIntegerField(_("days between reminders"), default=7)
    validated_at = models.DateTimeField(_("validated by finance at"), null=True, blank=True, editable=False)
    validated_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        ordering = ("initiative", "position")
        # The register stands in this order, and reads only the rows of its page.
        indexes = (models.Index(fields=("name", "id"), name="benefit_by_name"),)
        constraints = (
            models.UniqueConstraint(fields=("initiative", "code"), name="benefit_code_unique"),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__range=(1, 5)),
                name="benefit_priority_one_to_five",
                violation_error_message=_("A priority is 1, the highest, to 5."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("benefits:benefit", args=[self.initiative.portfolio.slug, self.pk])


class Assumption(Scoped, Versioned):
    """Something that a benefit rests on and that somebody has to check before a day."""

    portfolio_path = "benefit__initiative__portfolio_id"

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="assumptions")
    text = models.CharField(_("assumption"), max_length=500)
    expires_on = models.DateField(_("to be checked by"), null=True, blank=True)
    state = word(words.ASSUMPTION_STATES, verbose_name=_("state"), default="open")
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        ordering = ("benefit", "expires_on", "pk")

    def __str__(self) -> str:
        return self.text


class Profile(AppendOnly):
    """How a benefit arrives if an option of one plan version is taken."""

    option = models.ForeignKey("portfolio.Option", models.PROTECT, related_name="profiles")
    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="profiles")
    position = models.PositiveSmallIntegerField()
    annual_low = amount(verbose_name=_("a year, low (P10)"), null=True)
    annual_likely = amount(verbose_name=_("a year, likely (P50)"))
    annual_high = amount(verbose_name=_("a year, high (P90)"), null=True)
    annual_shape = shape()
    offset = models.SmallIntegerField(_("months from go-live"), default=0)
    ramp_months = models.PositiveSmallIntegerField(_("ramp in months"), default=0)
    ramp_shape = word(words.RAMP_SHAPES, verbose_name=_("ramp"), default=RampShape.LINEAR)
    duration = models.PositiveSmallIntegerField(_("duration in months"), null=True)
    decay = models.FloatField(_("decay a year"), default=0.0)
    # Of the ramp "curve": the share of the steady value in each month.
    curve = models.JSONField(_("given curve"), default=list, blank=True)

    class Meta:
        ordering = ("option", "position")
        constraints = (
            models.UniqueConstraint(fields=("option", "benefit"), name="profile_unique"),
            models.CheckConstraint(condition=Q(decay__range=(0, 1)), name="profile_decay_is_share"),
        )

    def __str__(self) -> str:
        return str(self.benefit)

    @property
    def growth_months(self) -> int:
        """Months from the first effect to the steady value."""
        return len(self.curve) if self.ramp_shape == RampShape.CURVE else self.ramp_months


class Baseline(ScopedAppendOnly):
    """What was promised of a benefit when it was funded; the newest holds, and none is ever changed."""

    portfolio_path = "benefit__initiative__portfolio_id"

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="baselines")
    # The profile belongs to an option of a version of the plan, which says when the benefit goes live.
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="baselines")
    number = models.PositiveIntegerField(_("version"))
    # Decisions live above this room.
    decision = models.PositiveIntegerField(_("number of the decision"), null=True)
    reason = models.CharField(_("reason"), max_length=500)
    # What the benefit said of its measure then: the baseline promises that, too.
    measure = models.JSONField(_("measure"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("benefit", "number")
        constraints = (models.UniqueConstraint(fields=("benefit", "number"), name="baseline_number_unique"),)

    def __str__(self) -> str:
        return f"{self.benefit} v{self.number}"


class Measurement(ScopedAppendOnly):
    """An observed value of a benefit in a month; a correction supersedes, it does not erase."""

    portfolio_path = "benefit__initiative__portfolio_id"

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="measurements")
    month = month(verbose_name=_("month"))
    value = amount(verbose_name=_("value"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_verified = models.BooleanField(_("verified by another person"), default=False)
    is_contested = models.BooleanField(_("contested"), default=False)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    # Who stated the value; whoever verifies or contests it records a row of his own, which keeps the reporter.
    reported_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    class Meta:
        ordering = ("benefit", "month", "recorded_at")
        indexes = (
            models.Index(fields=("benefit", "month"), name="measurement_by_month"),
            models.Index(fields=("benefit", "month"), condition=Q(is_contested=True), name="measurement_contested"),
        )

    def __str__(self) -> str:
        return f"{self.benefit} {self.month:%Y-%m}"


class Evidence(ScopedAppendOnly):
    """A file that shows what a month brought; it stays with the month when its value is corrected."""

    portfolio_path = "benefit__initiative__portfolio_id"

    benefit = models.ForeignKey(Benefit, models.PROTECT, related_name="evidence_files")
    month = month(verbose_name=_("month"))
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/", max_length=300)
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("benefit", "month", "recorded_at")
        indexes = (models.Index(fields=("benefit", "month"), name="evidence_by_month"),)

    def __str__(self) -> str:
        return self.name


class Standing(Scoped):
    """Where a benefit stands, worked out from its plan and measurements so that lists of 50,000 answer at once.

    Nothing here is an original: ``realisation.analysis`` works it out anew after each change, and every night for the
    month that has passed. Money in the portfolio's currency at its price base, dis-benefits negative; None where the
    benefit has no value in money or nothing is known.
    """

    portfolio_path = "portfolio_id"

    benefit = models.OneToOneField(Benefit, models.CASCADE, related_name="standing")
    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+")
    until = month(verbose_name=_("up to and with"))
    # Without a baseline the plan in force stands in for it.
    has_baseline = models.BooleanField(_("has a baseline"), default=False)
    annual_planned = amount(verbose_name=_("steady value a year, baseline"), null=True)
    annual_forecast = amount(verbose_name=_("steady value a year, forecast"), null=True)
    planned = amount(verbose_name=_("planned to date"), null=True)
    forecast = amount(verbose_name=_("forecast to date"), null=True)
    realised = amount(verbose_name=_("realised to date"), null=True)
    verified = amount(verbose_name=_("verified to date"), null=True)
    due = models.PositiveIntegerField(_("measurements due"), default=0)
    on_time = models.PositiveIntegerField(_("measurements on time"), default=0)
    missing = models.PositiveIntegerField(_("measurements missing"), default=0)
    last_month = month(verbose_name=_("last measured month"), null=True)
    last_value = amount(verbose_name=_("last measured value"), null=True)
    is_last_verified = models.BooleanField(_("last one verified"), default=False)
    is_last_contested = models.BooleanField(_("last one contested"), default=False)
    last_reported_at = models.DateTimeField(_("last reported at"), null=True)
    trend = models.FloatField(_("change of the last three months against the three before"), null=True)
    is_decaying = models.BooleanField(_("decaying"), default=False)
    doam = models.PositiveSmallIntegerField(_("tests of completeness passed"), default=0)

    class Meta:
        ordering = ("benefit",)
        indexes = (models.Index(fields=("portfolio", "realised"), name="standing_by_realised"),)

    def __str__(self) -> str:
        return str(self.benefit)
