"""The list of what was funded without a baseline."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.tables import FormatColumn, ListTable


class UnpromisedTable(ListTable):
    """Funded initiatives with benefits for which nothing was frozen."""

    caption = _("Funded initiatives with benefits that have no baseline")

    name = tables.Column(
        verbose_name=_("Initiative"),
        linkify=lambda record: record.get_absolute_url(),
        attrs={"td": {"class": "cell-name"}},
    )
    state = tables.Column(verbose_name=_("State"), accessor="get_state_display", order_by="state")
    waiting = FormatColumn(verbose_name=_("Benefits without a baseline"), format="integer")
    plan = FormatColumn(
        verbose_name=_("Version of the plan in force"), accessor="current_plan__number", format="integer"
    )
    recorded_at = FormatColumn(verbose_name=_("Recorded"), accessor="current_plan__recorded_at", format="day")

    class Meta(ListTable.Meta):
        pass
