"""The lists of this room: templates, and the papers of an initiative."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.tables import FormatColumn, ListTable
from openvmo_web.common.templatetags.vmo import status
from openvmo_web.common.widgets import Status
from openvmo_web.papers.models import TemplateVersion


class TemplateTable(ListTable):
    """The templates of the organisation, each with its newest version."""

    caption = _("Templates")
    empty_help = _("No template fits.")

    template = tables.Column(
        verbose_name=_("Template"), order_by="template__name", attrs={"td": {"class": "cell-name"}}
    )
    kind = tables.Column(verbose_name=_("Kind"), accessor="template__get_kind_display", order_by="template__kind")
    asks = FormatColumn(verbose_name=_("Sections"), format="integer", orderable=False)
    number = FormatColumn(verbose_name=_("Version"), format="integer")
    recorded_at = FormatColumn(verbose_name=_("Changed"), format="day")
    recorded_by = tables.Column(verbose_name=_("By"), order_by="recorded_by__name", empty_values=())
    is_active = tables.Column(verbose_name=_("State"), accessor="template__is_active", order_by="template__is_active")

    class Meta(ListTable.Meta):
        row_attrs = {"data-href": lambda record: record.template.get_absolute_url()}

    def render_template(self, record: TemplateVersion) -> SafeString:
        """The name, which leads to the template."""
        return format_html('<a href="{}">{}</a>', record.template.get_absolute_url(), record.template)

    def render_asks(self, record: TemplateVersion) -> int:
        """How many sections it has."""
        return len(record.sections)

    def render_recorded_by(self, record: TemplateVersion) -> str:
        """Who recorded the version; those of the product came with it."""
        return record.recorded_by.name if record.recorded_by else gettext("came with OpenVMO")

    def render_is_active(self, record: TemplateVersion) -> SafeString:
        """Whether it is in use."""
        is_active = record.template.is_active
        return status(Status(gettext("In use"), "positive") if is_active else Status(gettext("Retired")))
