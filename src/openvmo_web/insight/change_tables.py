"""The lists of what changed between two forecasts."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.tables import FormatColumn, ListTable, with_note
from openvmo_web.insight.change_rows import ChangeRow, Move
from openvmo_web.insight.tables import PortfolioTable


def _money(row: Move) -> str:
    return f"money-short:{row.currency}"


class MoveTable(PortfolioTable):
    """Whose expected value moved."""

    caption = _("Whose value moved")
    empty_text = _("No initiative moved.")

    initiative_name = tables.Column(verbose_name=_("Initiative"), attrs={"td": {"class": "cell-name"}})
    before = FormatColumn(verbose_name=_("Before"), format=_money)
    after = FormatColumn(verbose_name=_("After"), format=_money)
    difference = FormatColumn(verbose_name=_("Change"), format=_money)
    changes = tables.Column(verbose_name=_("Why"), orderable=True)

    class Meta(ListTable.Meta):
        order_by = ()

    def render_initiative_name(self, record: Move) -> SafeString:
        """The initiative, which leads to its page."""
        address = reverse("portfolio:initiative", args=[self.portfolio.slug, record.initiative])
        return with_note(format_html('<a href="{}">{}</a>', address, record.initiative_name), record.initiative)

    def render_changes(self, record: Move) -> str:
        """Why it moved, as far as the two runs tell."""
        if record.before is None:
            return gettext("New in this run")
        if record.after is None:
            return gettext("No longer there")
        if record.changes:
            return gettext("Its own figures changed (%(count)d)") % {"count": record.changes}
        if record.is_chance:
            return gettext("May be chance alone: drawn anew")
        return gettext("Waits for another, or was computed differently")


class ChangeTable(PortfolioTable):
    """Every input that differs."""

    caption = _("What was changed")
    empty_text = _("No input differs.")

    initiative = tables.Column(verbose_name=_("Initiative"), empty_values=())
    what = tables.Column(verbose_name=_("What"))
    before = tables.Column(verbose_name=_("Before"), orderable=False)
    after = tables.Column(verbose_name=_("After"), orderable=False)

    class Meta(ListTable.Meta):
        order_by = ()

    def render_initiative(self, record: ChangeRow) -> SafeString | str:
        """The code of the initiative, which leads to its page; the portfolio has none."""
        if not record.initiative:
            return gettext("Portfolio")
        address = reverse("portfolio:initiative", args=[self.portfolio.slug, record.initiative])
        return format_html('<a href="{}">{}</a>', address, record.initiative)
