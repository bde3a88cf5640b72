"""Files on their way into a portfolio."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.fields import word
from openvmo_web.common.models import Record
from openvmo_web.exchange import words


class Import(Record):
    """One uploaded file, what was found in it, and what it would change.

    The file itself and all that was found stay, so that anyone can see later where a figure came from.
    """

    portfolio = models.ForeignKey("portfolio.Portfolio", models.PROTECT, null=True, related_name="imports")
    slug = models.SlugField(_("address of the portfolio"), max_length=64, blank=True)
    name = models.CharField(_("name of the portfolio"), max_length=300, blank=True)
    file = models.FileField(_("uploaded file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file"), max_length=255)
    file_digest = models.CharField(max_length=64)
    format = models.CharField(_("format"), max_length=32, blank=True)
    document = models.TextField(blank=True)
    base_digest = models.CharField(max_length=64, blank=True)
    findings = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    left_alone = models.JSONField(default=list)
    state = word(words.STATES, verbose_name=_("state"), default="reading")
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, related_name="+")
    uploaded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    applied_at = models.DateTimeField(_("imported at"), null=True)

    class Meta:
        ordering = ("-uploaded_at", "-pk")

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("exchange:import", args=[self.pk])
