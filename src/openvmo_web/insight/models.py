"""Analysis runs and the inputs they rest on."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.scope import Scoped
from openvmo_web.common.fields import amount, month, word
from openvmo_web.common.models import AppendOnly
from openvmo_web.insight import words


class Snapshot(AppendOnly):
    """The inputs of a run exactly as they stood, stored once under their digest."""

    digest = models.CharField(max_length=64, unique=True)
    document = models.TextField()
    recorded_at = models.DateTimeField(_("recorded at"))

    def __str__(self) -> str:
        return self.digest[:12]


class Run(Scoped):
    """One analysis of a portfolio: its inputs, its parameters, and its result once it is finished."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="runs")
    kind = word(words.KINDS, verbose_name=_("kind"))
    parameters = models.JSONField(_("parameters"))
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs")
    job = models.OneToOneField("jobs.Job", models.PROTECT, null=True, related_name="run")
    engine_version = models.CharField(_("engine version"), max_length=32, blank=True)
    result = models.TextField(blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    headline = models.FloatField(_("net present value"), null=True)
    failure = models.TextField(_("why it failed"), blank=True)
    started_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        ordering = ("-started_at", "-pk")
        indexes = (models.Index(fields=("portfolio", "-started_at"), name="run_latest"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        """The address of its page."""
        return reverse("insight:run", args=[self.portfolio.slug, self.pk])

    @property
    def is_finished(self) -> bool:
        """Whether the run has its result."""
        return bool(self.result_digest)

    @property
    def state(self) -> str:
        """Where the run stands: succeeded once it has its result, else as its job stands."""
        if self.is_finished:
            return "succeeded"
        return "failed" if self.failure or self.job is None else str(self.job.status)


class Worth(AppendOnly):
    """What a finished forecast says about one initiative's current plan, as a row that lists can join and sort."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="worths")
    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="worths")
    npv_mean = amount(verbose_name=_("expected net present value"))
    npv_p10 = amount(verbose_name=_("net present value, low (P10)"))
    npv_p90 = amount(verbose_name=_("net present value, high (P90)"))
    probability_of_loss = models.FloatField(_("probability of loss"))

    class Meta:
        ordering = ("run", "initiative")
        constraints = (models.UniqueConstraint(fields=("run", "initiative"), name="worth_unique"),)

    def __str__(self) -> str:
        return str(self.initiative)


class Recomputation(Scoped):
    """A second computation of a finished run from its frozen inputs, and whether it came to the same digits."""

    portfolio_path = "run__portfolio_id"

    run = models.ForeignKey(Run, models.PROTECT, related_name="recomputations")
    job = models.OneToOneField("jobs.Job", models.PROTECT, null=True, related_name="recomputation")
    agrees = models.BooleanField(_("agrees to the last digit"), null=True)
    differences = models.JSONField(_("differences"), default=list)
    engine_version = models.CharField(_("engine version"), max_length=32, blank=True)
    started_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return f"{self.run}: {timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"


class InitiativeMoney(Scoped):
    """Planned and observed money of an initiative by month.

    Nothing here is an original: ``insight.sums`` works it out. ``amounts`` is what ``flows.MoneyByMonth`` packs.
    """

    portfolio_path = "portfolio_id"

    initiative = models.OneToOneField("portfolio.Initiative", models.CASCADE, related_name="money")
    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+", db_index=False)
    block = models.PositiveBigIntegerField(_("block"))
    first = month(verbose_name=_("first month"))
    amounts = models.BinaryField(_("amounts"))
    observed_from = month(verbose_name=_("observed from"), null=True)
    unvalued = models.PositiveIntegerField(_("benefits without a value in money"), default=0)

    class Meta:
        ordering = ("initiative",)
        indexes = (models.Index(fields=("portfolio", "block"), name="money_by_block"),)

    def __str__(self) -> str:
        return str(self.initiative)


class BlockMoney(Scoped):
    """The sum of the funded initiatives of a block, as ``insight.sums`` adds it up; no first month where none is."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+", db_index=False)
    block = models.PositiveBigIntegerField(_("block"))
    first = month(verbose_name=_("first month"), null=True)
    amounts = models.BinaryField(_("amounts"), default=bytes)
    observed_from = month(verbose_name=_("observed from"), null=True)
    unvalued = models.PositiveIntegerField(_("benefits without a value in money"), default=0)

    class Meta:
        ordering = ("portfolio", "block")
        constraints = (models.UniqueConstraint(fields=("portfolio", "block"), name="block_money_unique"),)

    def __str__(self) -> str:
        return f"{self.portfolio} {self.block}"


class YearMoney(Scoped):
    """The twelve months of a funded initiative before a month, as ``flows.year_before`` works them out."""

    portfolio_path = "portfolio_id"

    initiative = models.ForeignKey("portfolio.Initiative", models.CASCADE, related_name="+", db_index=False)
    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+", db_index=False)
    before = month(verbose_name=_("before"))
    planned_cost = models.FloatField(_("planned cost"), null=True)
    actual_cost = models.FloatField(_("actual cost"), null=True)
    planned_benefit = models.FloatField(_("planned benefit"), null=True)
    realised_benefit = models.FloatField(_("realised benefit"), null=True)

    class Meta:
        ordering = ("initiative", "before")
        indexes = (models.Index(fields=("portfolio", "before"), name="year_money_by_month"),)
        constraints = (models.UniqueConstraint(fields=("initiative", "before"), name="year_money_unique"),)

    def __str__(self) -> str:
        return f"{self.initiative} {self.before:%Y-%m}"


class Silence(Scoped):
    """A benefit of funded work that has fallen silent, or will soon, as ``flows.quiet_benefits`` finds it."""

    portfolio_path = "portfolio_id"

    benefit = models.OneToOneField("benefits.Benefit", models.CASCADE, related_name="silence")
    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="+", db_index=False)
    place = models.PositiveSmallIntegerField(_("place in the plan"))
    since = month(verbose_name=_("silent from"))
    last_measured = month(verbose_name=_("last measured"), null=True)

    class Meta:
        ordering = ("benefit__initiative", "place")
        indexes = (models.Index(fields=("portfolio", "since"), name="silence_by_month"),)

    def __str__(self) -> str:
        return str(self.benefit)
