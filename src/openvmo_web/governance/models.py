"""Bodies, decision rights, and decisions with their evidence."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.common.fields import amount, word
from openvmo_web.governance import words


class Body(Scoped):
    """A group that decides together, such as an investment board."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="bodies")
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=300)
    members = models.ManyToManyField("access.User", related_name="bodies", blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = _("bodies")
        constraints = (models.UniqueConstraint(fields=("portfolio", "code"), name="body_code_unique"),)

    def __str__(self) -> str:
        return self.name


class DecisionRight(Scoped):
    """The body that decides on a kind of decision up to a size; without it nobody does."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="decision_rights")
    kind = word(words.KINDS, verbose_name=_("kind"))
    up_to = amount(verbose_name=_("up to"), null=True, blank=True)
    decider = models.ForeignKey(Body, models.PROTECT, related_name="decision_rights")

    class Meta:
        ordering = ("kind", "up_to")
        constraints = (
            models.UniqueConstraint(
                fields=("portfolio", "kind", "up_to"),
                name="decision_right_one_decider",
                violation_error_message=_("Exactly one body decides on each kind and size of decision."),
            ),
            # Databases take two unknowns for different, so the right without a limit needs a rule of its own.
            models.UniqueConstraint(
                fields=("portfolio", "kind"),
                condition=Q(up_to=None),
                name="decision_right_one_decider_of_all",
                violation_error_message=_("Exactly one body decides on each kind of decision without a limit."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.decider}"


class Decision(Scoped):
    """A proposed or taken decision, with the run that it rests on."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField(_("number"))
    kind = word(words.KINDS, verbose_name=_("kind"))
    title = models.CharField(_("title"), max_length=300)
    rationale = models.TextField(_("rationale"))
    state = word(words.STATES, verbose_name=_("state"), default="proposed")
    amount = amount(verbose_name=_("amount"))
    run = models.ForeignKey("insight.Run", models.PROTECT, related_name="decisions")
    evidence_digest = models.CharField(max_length=64)
    decider = models.ForeignKey(Body, models.PROTECT, related_name="decisions")
    proposed_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("portfolio", "number"), name="decision_number_unique"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | Q(~Q(state="proposed"), decided_by__isnull=False, decided_at__isnull=False),
                name="decision_decided_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address of its page."""
        return reverse("governance:decision", args=[self.portfolio.slug, self.number])


class DecisionItem(ScopedAppendOnly):
    """What a decision says about one initiative, and the plan version that it baselines."""

    portfolio_path = "decision__portfolio_id"

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="items")
    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="decision_items")
    plan = models.ForeignKey("portfolio.Plan", models.PROTECT, null=True, related_name="decision_items")
    verdict = word(words.VERDICTS, verbose_name=_("verdict"))
    option_code = models.CharField(_("option"), max_length=200, blank=True)
    cost = amount(verbose_name=_("cost"), null=True)
    value = amount(verbose_name=_("value"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ("decision", "pk")
        constraints = (models.UniqueConstraint(fields=("decision", "initiative"), name="decision_item_unique"),)

    def __str__(self) -> str:
        return f"{self.initiative}: {self.get_verdict_display()}"
