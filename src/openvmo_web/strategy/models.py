"""What the organisation wants."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.models import Record


class Objective(Record):
    """An aim of the strategy; aims form a tree that the whole organisation shares."""

    code = models.CharField(_("code"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=300)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    weight = models.FloatField(_("weight"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gte=0),
                name="objective_weight_not_negative",
                violation_error_message=_("A weight is 0 or more."),
            ),
        )

    def __str__(self) -> str:
        return self.name
