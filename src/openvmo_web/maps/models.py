"""The benefits map: which enablers and changes lead to which outcomes, and which benefits claim how much of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.scope import Scoped
from openvmo_web.common.fields import amount, month, shape, word
from openvmo_web.common.models import Record, Versioned
from openvmo_web.maps import words


class Node(Scoped, Versioned):
    """An enabler, a change or an outcome; benefits and objectives stand on the map as themselves."""

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="map_nodes")
    initiative = models.ForeignKey(
        "portfolio.Initiative",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="map_nodes",
        verbose_name=_("initiative that brings it"),
    )
    kind = word(words.KINDS, verbose_name=_("kind"))
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(
        "access.User", models.SET_NULL, null=True, blank=True, related_name="map_nodes_owned", verbose_name=_("owner")
    )
    state = word(words.STATES, verbose_name=_("state"), default="planned")
    due = month(verbose_name=_("in place by"), null=True, blank=True)
    # Only of outcomes: the whole gain a year that its benefits share; empty when none was agreed.
    pool = amount(verbose_name=_("gain a year that its benefits share"), null=True, blank=True)
    pool_low = amount(verbose_name=_("gain a year, low"), null=True, blank=True)
    pool_high = amount(verbose_name=_("gain a year, high"), null=True, blank=True)
    pool_shape = shape()
    pool_unit = models.CharField(_("unit of the gain"), max_length=64, blank=True, help_text=_("Empty means money."))
    pool_value = amount(verbose_name=_("value of one unit of the gain"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, editable=False)

    class Meta:
        ordering = ("kind", "name")
        constraints = (
            models.UniqueConstraint(fields=("portfolio", "code"), name="node_code_unique"),
            models.CheckConstraint(
                condition=Q(pool__isnull=True) | Q(kind="outcome", pool__gt=0),
                name="node_pool_of_outcome_positive",
                violation_error_message=_("Only an outcome has a gain to share, and it is more than nought."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Link(Scoped, Versioned):
    """One thing on the map leads to another; a removed link stays for those who look back.

    A benefit leads to its objective without a link: the register says which one it serves.
    """

    portfolio_path = "portfolio_id"

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, related_name="map_links")
    source_node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="links_out")
    source_benefit = models.ForeignKey(
        "benefits.Benefit", models.PROTECT, null=True, blank=True, related_name="links_out"
    )
    target_node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="links_in")
    target_benefit = models.ForeignKey(
        "benefits.Benefit", models.PROTECT, null=True, blank=True, related_name="links_in"
    )
    # How much of the target is lost without the source; empty: all of it.
    strength = models.FloatField(_("share of the target that hangs on it"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, editable=False)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(source_node__isnull=True) ^ Q(source_benefit__isnull=True), name="link_has_one_source"
            ),
            models.CheckConstraint(
                condition=Q(target_node__isnull=True) ^ Q(target_benefit__isnull=True), name="link_has_one_target"
            ),
            models.CheckConstraint(
                condition=Q(strength__isnull=True) | Q(strength__gt=0, strength__lte=1),
                name="link_strength_is_share",
                violation_error_message=_("A share lies above 0%% and up to 100%%."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_node or self.source_benefit} → {self.target_node or self.target_benefit}"


class Claim(Scoped, Versioned):
    """The share of an outcome's gain that a benefit claims; the claims of an outcome never exceed the whole."""

    portfolio_path = "outcome__portfolio_id"

    outcome = models.ForeignKey(Node, models.PROTECT, related_name="claims")
    benefit = models.ForeignKey("benefits.Benefit", models.PROTECT, related_name="claims")
    share = models.DecimalField(_("share"), max_digits=9, decimal_places=6)
    removed_at = models.DateTimeField(_("removed at"), null=True, editable=False)

    class Meta:
        ordering = ("outcome", "benefit")
        constraints = (
            models.UniqueConstraint(
                fields=("outcome", "benefit"),
                condition=Q(removed_at=None),
                name="claim_once_an_outcome",
                violation_error_message=_("The benefit claims a share of this outcome already."),
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1),
                name="claim_is_share",
                violation_error_message=_("A share lies above 0%% and up to 100%%."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.benefit}: {self.outcome}"


class Place(Record):
    """Where somebody put a thing on the map; what has no place is laid out by itself."""

    portfolio = models.ForeignKey("portfolio.Portfolio", models.CASCADE, related_name="map_places")
    # "node", "benefit" or "objective", and its key.
    kind = models.CharField(max_length=16)
    key = models.BigIntegerField()
    x = models.FloatField()
    y = models.FloatField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("portfolio", "kind", "key"), name="place_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
