"""The organisation's templates, and the papers that are written with them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.scope import Scoped, ScopedAppendOnly
from openvmo_web.common.fields import word
from openvmo_web.common.models import AppendOnly, Record
from openvmo_web.papers import words


class Template(Record):
    """A kind of paper as the organisation wants it written."""

    kind = word(words.KINDS, verbose_name=_("kind"))
    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return self.name


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
