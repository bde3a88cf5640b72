"""The list of people and their roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.forms import RoleForm
from openvmo_web.access.models import User
from openvmo_web.common.tables import ListTable, StatusColumn
from openvmo_web.common.widgets import Status


def active_status(is_active: bool) -> Status:  # noqa: FBT001 - the value of a cell
    """Return whether a person can sign in, in words."""
    return Status(gettext("Active"), "positive") if is_active else Status(gettext("Not active"), "neutral")


class PeopleTable(ListTable):
    """People, whether they can sign in, and the roles that they hold."""

    caption = _("People")
    empty_help = _("Try another name or e-mail address.")

    name = tables.Column(verbose_name=_("Name"))
    email = tables.Column(verbose_name=_("E-mail"))
    is_active = StatusColumn(verbose_name=_("Can sign in"), words=active_status)
    roles = tables.Column(verbose_name=_("Roles"), empty_values=(), orderable=False)
    leaving = tables.Column(verbose_name=_("Leaving"), empty_values=(), orderable=False)

    class Meta(ListTable.Meta):
        empty_text = _("Nobody found")
        order_by = ("name",)

    def __init__(self, *args: Any, viewer: User, places: Mapping[int, str], **options: Any) -> None:
        """Build the table.

        Args:
            args: as django-tables2 takes them.
            viewer: whose rights say which roles can be taken away.
            places: the names, by key, of the portfolios in which the viewer may give roles.
            options: as django-tables2 takes them.
        """
        super().__init__(*args, **options)
        self.viewer = viewer
        self.places = places
        if not viewer.scope_of("access.assign").everything:
            self.columns.hide("leaving")

    def render_leaving(self, record: Any) -> SafeString:
        """Return the way to shut a person out, or to let him in again."""
        words = gettext("Deactivate") if record.is_active else gettext("Let in again")
        return format_html(
            '<a class="btn btn-sm" href="{}">{}<span class="visually-hidden">: {}</span></a>',
            reverse("access:leave", args=[record.pk]),
            words,
            record.name,
        )

    def render_roles(self, record: Any) -> SafeString:
        """Return the roles of a person, each with its place and the way to take it away."""
        scope = self.viewer.scope_of("access.assign")
        roles = [
            {
                "assignment": assignment,
                "dialog": f"revoke-{assignment.pk}",
                "place": self.places.get(assignment.portfolio_id),
                "may_revoke": scope.covers(assignment.portfolio_id),
            }
            for assignment in record.roles_held
        ]
        values = {
            "person": record,
            "roles": roles,
            "dialog": f"give-role-{record.pk}",
            "form": RoleForm(places=self.places, viewer=self.viewer, auto_id=f"person-{record.pk}-%s"),
            "csrf_token": self.context.get("csrf_token"),
        }
        return render_to_string("access/roles.html", values)
