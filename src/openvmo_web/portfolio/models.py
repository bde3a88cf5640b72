"""Portfolios, what is in them, and the versions of their plans."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Anchor, Confidence, CostKind, InitiativeState, OptionKind, Selection
from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.common.fields import amount, label_of, month, shape, word
from openvmo_web.common.models import AppendOnly
from openvmo_web.portfolio import words


class Portfolio(Scoped):
    """A set of initiatives that compete for the same money."""

    portfolio_path = "pk"

    slug = models.SlugField(_("address"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    price_base = models.PositiveSmallIntegerField(_("price base"))
    starts = month(verbose_name=_("valuation month"))
    horizon = models.PositiveSmallIntegerField(_("horizon in months"))
    discount_rate = models.FloatField(_("discount rate"))
    fiscal_year_start = models.PositiveSmallIntegerField(_("first month of the financial year"), default=1)
    closed_until = month(
        verbose_name=_("closed until"),
        null=True,
        blank=True,
        help_text=_("Measurements of this month and those before are final."),
    )
    objectives = models.ManyToManyField("strategy.Objective", related_name="portfolios", blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(fiscal_year_start__range=(1, 12)), name="portfolio_fiscal_year_start_is_month"
            ),
            models.CheckConstraint(condition=Q(horizon__gte=1), name="portfolio_horizon_positive"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("portfolio:home", args=[self.slug])


class Programme(Scoped):
    """Initiatives that must move together."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="programmes")
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300)
    owner_name = models.CharField(_("owner"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("portfolio", "code"), name="programme_code_unique"),)

    def __str__(self) -> str:
        return self.name


class Initiative(Scoped):
    """A piece of work that may be funded."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="initiatives")
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="initiatives", verbose_name=_("programme")
    )
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=200, blank=True)
    state = word(words.STATES, verbose_name=_("state"), default=InitiativeState.PROPOSAL)
    selection = word(words.SELECTIONS, verbose_name=_("selection"), default=Selection.FREE)
    reference_class = models.CharField(_("reference class"), max_length=64, blank=True)
    lead_name = models.CharField(_("lead"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    # Where the newest version of the plan and the newest review stand, so that lists of 10,000 sort and filter quickly.
    # Only the actions that record a plan or a status write them.
    current_plan = models.OneToOneField(
        "Plan", models.PROTECT, null=True, blank=True, related_name="current_of", editable=False
    )
    confidence = word(
        words.CONFIDENCES, verbose_name=_("delivery confidence"), default=Confidence.NOT_STATED, editable=False
    )

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("portfolio", "code"), name="initiative_code_unique"),)
        indexes = (
            models.Index(fields=("portfolio", "name"), name="initiative_by_name"),
            # The filters of the register offer the units and categories that occur.
            models.Index(fields=("portfolio", "unit"), name="initiative_by_unit"),
            models.Index(fields=("portfolio", "category"), name="initiative_by_category"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("portfolio:initiative", args=[self.portfolio.slug, self.code])


class Dependency(Scoped):
    """How one initiative leans on another."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="dependencies")
    kind = word(words.DEPENDENCY_KINDS, verbose_name=_("kind"))
    source = models.ForeignKey(Initiative, models.PROTECT, related_name="dependents")
    target = models.ForeignKey(Initiative, models.PROTECT, related_name="dependencies")
    # Benefits live above this room.
    benefit_code = models.CharField(
        _("benefit that it enables"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("Empty means all of the target's."),
    )

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("portfolio", "kind", "source", "target", "benefit_code"), name="dependency_unique"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="dependency_on_another"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target}"

    @property
    def need(self) -> str:
        """What the target needs of the source, in words that follow the source's name."""
        return label_of(words.NEEDS, self.kind)


class Correlation(Scoped):
    """How closely the fortunes of two initiatives move together."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="correlations")
    first = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    second = models.ForeignKey(Initiative, models.PROTECT, related_name="+")
    value = models.FloatField(_("correlation"))

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("portfolio", "first", "second"), name="correlation_unique"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="correlation_with_another"),
            models.CheckConstraint(condition=Q(value__range=(-1, 1)), name="correlation_in_range"),
        )

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"


class Budget(Scoped):
    """Money available in one financial year."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="budgets")
    year = models.PositiveSmallIntegerField(_("financial year"))
    amount = amount(verbose_name=_("amount"))

    class Meta:
        ordering = ("year",)
        constraints = (
            models.UniqueConstraint(fields=("portfolio", "year"), name="budget_year_unique"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_not_negative"),
        )

    def __str__(self) -> str:
        return str(self.year)


class Plan(ScopedAppendOnly):
    """One version of an initiative's options with their costs, benefits and risks.

    A change of the plan is a new version; what a decision rested on stays as it was.
    """

    portfolio_path = "initiative__portfolio_id"

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField(_("version"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    digest = models.CharField(max_length=64)
    # Totals of the first option, the current plan; None where the plan does not say. They stay, as the version does.
    cost_likely = amount(verbose_name=_("whole-life cost"), null=True)
    starts = month(verbose_name=_("start"), null=True)
    go_live = month(verbose_name=_("go-live"), null=True)
    annual_benefit_likely = amount(verbose_name=_("steady benefit a year"), null=True)

    class Meta:
        ordering = ("initiative", "number")
        constraints = (models.UniqueConstraint(fields=("initiative", "number"), name="plan_number_unique"),)
        indexes = (models.Index(fields=("initiative", "recorded_at"), name="plan_as_known_on"),)

    def __str__(self) -> str:
        return f"{self.initiative} v{self.number}"


class Option(AppendOnly):
    """One course of action in a version of a plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="options")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300, blank=True)
    kind = word(words.OPTION_KINDS, verbose_name=_("kind"), default=OptionKind.CONTINUE)
    starts = month(verbose_name=_("start"))
    duration = models.PositiveSmallIntegerField(_("duration in months"))
    slip_low = models.FloatField(_("slip, low"), null=True)
    slip_likely = models.FloatField(_("slip, likely"), default=0.0)
    slip_high = models.FloatField(_("slip, high"), null=True)
    slip_shape = shape()

    class Meta:
        ordering = ("plan", "position")
        constraints = (models.UniqueConstraint(fields=("plan", "code"), name="option_code_unique"),)

    def __str__(self) -> str:
        return self.name or self.code


class CostLine(AppendOnly):
    """An amount spread evenly over some months of an option."""

    option = models.ForeignKey(Option, models.PROTECT, related_name="costs")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300)
    kind = word(words.COST_KINDS, verbose_name=_("kind"), default=CostKind.CAPEX)
    amount_low = amount(verbose_name=_("low (P10)"), null=True)
    amount_likely = amount(verbose_name=_("likely (P50)"))
    amount_high = amount(verbose_name=_("high (P90)"), null=True)
    amount_shape = shape()
    anchor = word(words.ANCHORS, verbose_name=_("counted from"), default=Anchor.START)
    offset = models.SmallIntegerField(_("offset in months"), default=0)
    months = models.PositiveSmallIntegerField(_("months"), null=True)
    every = models.PositiveSmallIntegerField(_("months between payments"), default=1)

    class Meta:
        ordering = ("option", "position")
        constraints = (models.UniqueConstraint(fields=("option", "code"), name="cost_line_code_unique"),)

    def __str__(self) -> str:
        return self.name


class Risk(AppendOnly):
    """An event that may happen to an option."""

    option = models.ForeignKey(Option, models.PROTECT, related_name="risks")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300)
    probability = models.FloatField(_("probability"))
    cost_low = amount(verbose_name=_("cost, low (P10)"), null=True)
    cost_likely = amount(verbose_name=_("cost, likely (P50)"))
    cost_high = amount(verbose_name=_("cost, high (P90)"), null=True)
    cost_shape = shape()
    slip_low = models.FloatField(_("slip in months, low"), null=True)
    slip_likely = models.FloatField(_("slip in months, likely"), default=0.0)
    slip_high = models.FloatField(_("slip in months, high"), null=True)
    slip_shape = shape()
    benefit_loss = models.FloatField(_("share of benefits lost"), default=0.0)

    class Meta:
        ordering = ("option", "position")
        constraints = (
            models.UniqueConstraint(fields=("option", "code"), name="risk_code_unique"),
            models.CheckConstraint(condition=Q(probability__range=(0, 1)), name="risk_probability_is_share"),
        )

    def __str__(self) -> str:
        return self.name
