"""The list of what the groups of a forecast come to."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.tables import FormatColumn, ListTable, with_note
from openvmo_web.common.templatetags.vmo import value_as_html
from openvmo_web.insight.outlook import Group


def _money(row: Group) -> str:
    return f"money-short:{row.currency}"


class GroupTable(ListTable):
    """What programmes, objectives or drivers of value come to."""

    caption = _("What each group comes to")

    name = tables.Column(verbose_name=_("Name"), attrs={"td": {"class": "cell-name"}})
    npv = FormatColumn(verbose_name=_("Net present value"), format=_money)
    cost = FormatColumn(verbose_name=_("Forward cost"), format=_money)
    benefit = FormatColumn(verbose_name=_("Benefits (present value)"), format=_money)

    class Meta(ListTable.Meta):
        order_by = ()

    def render_npv(self, record: Group) -> SafeString:
        """The expected value with its range."""
        return _with_range(record, record.npv, record.npv_low, record.npv_high)

    def render_benefit(self, record: Group) -> SafeString:
        """The expected benefits with their range."""
        return _with_range(record, record.benefit, record.benefit_low, record.benefit_high)


def _with_range(record: Group, value: float | None, low: float | None, high: float | None) -> SafeString:
    code = _money(record)
    ends = (value_as_html(low, code), value_as_html(high, code))
    return with_note(value_as_html(value, code), gettext("{} to {}"), *ends)
