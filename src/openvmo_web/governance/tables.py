"""The lists of this room: decisions, and what a decision says about each initiative."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.fields import label_of
from openvmo_web.common.tables import FormatColumn, ListTable, StatusColumn
from openvmo_web.common.widgets import Status
from openvmo_web.governance import words
from openvmo_web.governance.models import Decision, DecisionItem


def verdict_status(verdict: str) -> Status:
    """Return a verdict in words with its tone."""
    return Status(label_of(words.VERDICTS, verdict), "positive" if verdict == "fund" else "neutral")


class DecisionTable(ListTable):
    """The decisions of a portfolio."""

    caption = _("Decisions")

    number = FormatColumn(verbose_name=_("No."), format="integer")
    title = tables.Column(verbose_name=_("Decision"))
    state = StatusColumn(verbose_name=_("State"), words=words.status_of)
    amount = FormatColumn(verbose_name=_("Forward cost"), format=lambda row: f"money-short:{row.portfolio.currency}")
    funded = FormatColumn(verbose_name=_("Initiatives funded"), format="integer")
    proposed_by = tables.Column(verbose_name=_("Proposed by"), order_by="proposed_by__name")
    proposed_at = FormatColumn(verbose_name=_("Proposed"), format="day")
    waits = tables.Column(verbose_name=_("With whom"), accessor="decider", order_by="decider__name")

    class Meta(ListTable.Meta):
        order_by = ("-number",)
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}

    def render_title(self, record: Decision) -> SafeString:
        """The title, which leads to the decision."""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.title)

    def render_waits(self, record: Decision) -> str:
        """The body that decides while it is open, and who decided afterwards."""
        if record.decided_by is None:
            return gettext("waits for %(body)s") % {"body": record.decider}
        return gettext("%(name)s, %(body)s") % {"name": record.decided_by, "body": record.decider}


class ItemTable(ListTable):
    """What a decision says about each initiative."""

    caption = _("What the decision says about each initiative")

    initiative = tables.Column(
        verbose_name=_("Initiative"),
        linkify=lambda record: record.initiative.get_absolute_url(),
        order_by="initiative__name",
        attrs={"td": {"class": "cell-name"}},
    )
    verdict = StatusColumn(verbose_name=_("Verdict"), words=verdict_status)
    option_code = tables.Column(verbose_name=_("Option"))
    plan = tables.Column(verbose_name=_("Plan version"), orderable=False)
    cost = FormatColumn(
        verbose_name=_("Forward cost"), format=lambda row: f"money-short:{row.initiative.portfolio.currency}"
    )
    value = FormatColumn(verbose_name=_("Value"), format=lambda row: f"money-short:{row.initiative.portfolio.currency}")
    reason = tables.Column(verbose_name=_("Why"), orderable=False, attrs={"td": {"class": "wide"}})

    class Meta(ListTable.Meta):
        pass

    def render_plan(self, record: DecisionItem) -> str:
        """The version that the decision rests on."""
        return gettext("version %(number)s") % {"number": record.plan.number} if record.plan else ""
