"""The organisation's templates, and the papers that are written with them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.common.fields import word
from openvmo_web.common.models import AppendOnly, Record
from openvmo_web.papers import words
from openvmo_web.papers.rules import KINDS_OF_BENEFITS, Section, completeness, missing, sections_from


class Template(Record):
    """A kind of paper as the organisation wants it written."""

    kind = word(words.KINDS, verbose_name=_("kind"))
    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return words.shown(self.name)

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("papers:template", args=[self.code])

    @property
    def is_of_benefit(self) -> bool:
        """Whether it is filled in for each benefit, rather than for each initiative."""
        return self.kind in KINDS_OF_BENEFITS


class TemplateVersion(AppendOnly):
    """The sections of a template as they stood; papers keep the version that they were written with."""

    template = models.ForeignKey(Template, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    # Each section: key, title, help, kind, required, choices, fact.
    sections = models.JSONField(_("sections"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("template", "number")
        constraints = (models.UniqueConstraint(fields=("template", "number"), name="template_version_unique"),)

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"

    @property
    def asks(self) -> tuple[Section, ...]:
        """What it asks for, in its order."""
        return sections_from(self.sections)


class Paper(Scoped):
    """A charter, business case, benefit profile or risk assessment of an initiative or of one of its benefits."""

    portfolio_path = "initiative__portfolio_id"

    template = models.ForeignKey(Template, models.PROTECT, related_name="papers")
    initiative = models.ForeignKey("portfolio.Initiative", models.PROTECT, related_name="papers")
    benefit = models.ForeignKey("benefits.Benefit", models.PROTECT, null=True, blank=True, related_name="papers")

    class Meta:
        ordering = ("template", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("template", "initiative"), condition=Q(benefit=None), name="paper_once_an_initiative"
            ),
            models.UniqueConstraint(
                fields=("template", "benefit"), condition=Q(benefit__isnull=False), name="paper_once_a_benefit"
            ),
        )

    def __str__(self) -> str:
        return f"{self.template}: {self.benefit or self.initiative}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("papers:paper", args=[self.initiative.portfolio.slug, self.pk])


class PaperVersion(ScopedAppendOnly):
    """What a paper said when somebody saved it."""

    portfolio_path = "paper__initiative__portfolio_id"

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="versions")
    template_version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("version"))
    values = models.JSONField(_("values by section"))
    note = models.CharField(_("what changed"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("paper", "number")
        constraints = (models.UniqueConstraint(fields=("paper", "number"), name="paper_version_unique"),)

    def __str__(self) -> str:
        return f"{self.paper} v{self.number}"

    @property
    def completeness(self) -> float:
        """The share of the wanted sections that have an answer."""
        return completeness(self.template_version.asks, self.values)

    @property
    def missing(self) -> list[Section]:
        """The sections that are wanted and empty."""
        return missing(self.template_version.asks, self.values)
