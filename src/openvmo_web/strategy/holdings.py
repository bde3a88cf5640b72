"""The objectives and measures that name people, for those who leave."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.holdings import NamedField, NamedRows
from openvmo_web.strategy.models import Measure, Objective


def _objectives() -> QuerySet[Objective]:
    return Objective.objects.filter(retired_at=None)


def _measures() -> QuerySet[Measure]:
    return Measure.objects.filter(retired_at=None)


OBJECTIVES = NamedRows(
    _objectives, (NamedField("owner", _("Owner of objectives")),), "strategy.objective_change", "name"
)
MEASURES = NamedRows(_measures, (NamedField("owner", _("Owner of measures")),), "strategy.measure_change", "name")
