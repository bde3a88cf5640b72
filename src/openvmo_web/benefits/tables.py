"""The table of the register: any of its columns, which can be changed in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openvmo_web.benefits import words
from openvmo_web.benefits.models import Assumption, Benefit
from openvmo_web.benefits.register import Shows, state_status, tests_status
from openvmo_web.common.fields import label_of
from openvmo_web.common.tables import NUMBER_CELLS, FormatColumn, KeyedRows, ListTable, StatusColumn, with_note
from openvmo_web.common.templatetags.vmo import icon, not_known, status, value_as_html
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.portfolio.models import Portfolio

ASSUMPTION_TONES: dict[str, Tone] = {"open": "info", "holds": "positive", "failed": "critical"}
STATUSES: Mapping[str, Callable[[Any], Status]] = {"state": state_status, "tests": tests_status}
NUMBERS = ("money", "amount", "integer", "percent")


def cell_of(shows: Shows, value: Any, currency: str) -> SafeString:
    """Return one value of a benefit as the register shows it."""
    if value is None or value == "":
        return not_known()
    if shows.kind in STATUSES:
        return status(STATUSES[shows.kind](value))
    if shows.kind == "flag":
        return format_html("{}", _("Yes") if value else _("No"))
    if shows.labels is not None:
        return format_html("{}", label_of(shows.labels, value))
    if shows.kind == "text":
        return format_html('<span class="cell-text">{}</span>', value)
    return value_as_html(value, shows.code(currency))


def value_of(shows: Shows, benefit: Benefit) -> Any:
    """Return what a benefit says in a column; None where nothing is known."""
    value: Any = benefit
    for step in shows.path.split("__"):
        value = getattr(value, step, None)
    return value


def cell_as_html(shows: Shows, benefit: Benefit, portfolio: Portfolio, *, is_fresh: bool = False) -> SafeString:
    """Return a cell that can be changed: a button that a form takes the place of.

    Args:
        shows: The column.
        benefit: The row.
        portfolio: To which it belongs.
        is_fresh: Whether it was just changed, so that the keyboard goes on from here.
    """
    shown = cell_of(shows, value_of(shows, benefit), portfolio.currency)
    if not shows.is_editable:
        return shown
    return format_html(
        '<button class="cell-edit" type="button" hx-get="{}" hx-target="closest .cell-place" hx-swap="innerHTML"{}>{}'
        '<span class="visually-hidden">{}</span></button>',
        reverse("benefits:cell", args=[portfolio.slug, benefit.pk, shows.name]),
        SafeString(" autofocus") if is_fresh else "",
        shown,
        _("Change %(field)s of %(benefit)s") % {"field": shows.label, "benefit": benefit.name},
    )


def name_as_html(benefit: Benefit, portfolio: Portfolio, *, is_editing: bool, is_fresh: bool = False) -> SafeString:
    """Return the name, which leads to the benefit, and where it can be changed a button that a form takes the place of.

    Args:
        benefit: The row.
        portfolio: To which it belongs.
        is_editing: Whether it can be changed in place.
        is_fresh: Whether it was just changed, so that the keyboard goes on from here.
    """
    address = reverse("benefits:benefit", args=[portfolio.slug, benefit.pk])
    link = format_html('<a href="{}">{}</a>', address, benefit.name)
    if not is_editing:
        return link
    return format_html(
        '{} <button class="button-icon" type="button" hx-get="{}" hx-target="closest .cell-place" hx-swap="innerHTML"'
        ' aria-label="{}"{}>{}</button>',
        link,
        reverse("benefits:cell", args=[portfolio.slug, benefit.pk, "name"]),
        _("Change the name of %(benefit)s") % {"benefit": benefit.name},
        SafeString(" autofocus") if is_fresh else "",
        icon("edit"),
    )


class ShownColumn(FormatColumn):
    """A column of the register."""

    def __init__(self, shows: Shows, portfolio: Portfolio, *, is_editing: bool) -> None:
        """Build the column.

        Args:
            shows: What it shows.
            portfolio: To which the rows belong.
            is_editing: Whether its cells can be changed in place.
        """
        options = {"attrs": NUMBER_CELLS} if shows.kind in NUMBERS else {}
        super().__init__(shows.label, accessor=shows.path, format="text", **options)
        self.shows = shows
        self.portfolio = portfolio
        self.is_editing = is_editing and shows.is_editable
        if self.is_editing:
            self.empty_values = ()

    def render(self, value: Any, record: Any) -> SafeString:
        """Return the cell as the page shows it."""
        if self.is_editing:
            return format_html('<div class="cell-place">{}</div>', cell_as_html(self.shows, record, self.portfolio))
        return cell_of(self.shows, value, self.portfolio.currency)

    def order(self, rows: QuerySet[Benefit], is_descending: bool) -> tuple[QuerySet[Benefit], bool]:  # noqa: FBT001
        """Sort: what is not known comes last in either order, equal ones by name."""
        by = self.shows.order
        first = by.desc(nulls_last=True) if is_descending else by.asc(nulls_last=True)
        return rows.order_by(first, "name", "pk"), True


class ChosenColumn(tables.Column):
    """A box that chooses the row for a change of several."""

    def __init__(self) -> None:
        super().__init__(_("Choose"), accessor="pk", orderable=False)

    def render(self, record: Benefit) -> SafeString:
        """Return the box; it belongs to the form below the list."""
        label = _("Choose %(benefit)s") % {"benefit": record.name}
        return format_html(
            '<input type="checkbox" name="chosen" value="{}" form="bulk" aria-label="{}">', record.pk, label
        )


class RegisterTable(ListTable):
    """The register of benefits; money stands in the portfolio's currency."""

    caption = gettext_lazy("Benefits of the portfolio")
    empty_help = gettext_lazy("Clear the filters to see all benefits.")

    name = tables.Column(
        gettext_lazy("Benefit"), order_by=("name", "pk"), attrs={"td": {"class": "cell-name cell-title"}}
    )

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("No benefit matches")
        order_by = ("name",)

    def __init__(
        self,
        rows: QuerySet[Benefit],
        *,
        portfolio: Portfolio,
        columns: Sequence[Shows],
        is_editing: bool = False,
        **kwargs: Any,
    ) -> None:
        """Build the table.

        Args:
            rows: The rows before they are sorted and cut into pages.
            portfolio: To which the rows belong.
            columns: What it shows beside the names.
            is_editing: Whether rows can be chosen and cells changed.
            kwargs: As django-tables2 takes them.
        """
        shown = [(one.name, ShownColumn(one, portfolio, is_editing=is_editing)) for one in columns]
        chosen = [("chosen", ChosenColumn())] if is_editing else []
        order = ["chosen", "name", "..."] if is_editing else ["name", "..."]
        super().__init__(KeyedRows(rows), extra_columns=[*chosen, *shown], sequence=order, **kwargs)
        self.portfolio = portfolio
        self.is_editing = is_editing

    def render_name(self, record: Benefit) -> SafeString:
        """The name, which leads to the benefit, with its initiative below."""
        name = name_as_html(record, self.portfolio, is_editing=self.is_editing)
        place = format_html('<div class="cell-place">{}</div>', name) if self.is_editing else name
        return with_note(place, f"{record.code} · {record.initiative.name}")


def assumption_status(state: str) -> Status:
    """Return whether an assumption holds, in a word with its tone."""
    return Status(label_of(words.ASSUMPTION_STATES, state), ASSUMPTION_TONES[state])


class AssumptionTable(ListTable):
    """What a benefit rests on."""

    caption = gettext_lazy("Assumptions of the benefit")

    text = tables.Column(gettext_lazy("Assumption"), linkify=False, orderable=False)
    expires_on = FormatColumn(gettext_lazy("To be checked by"), format="day", orderable=False)
    state = StatusColumn(gettext_lazy("State"), words=assumption_status, orderable=False)
    remark = tables.Column(gettext_lazy("Remark"), default=not_known, orderable=False)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("No assumption is noted")

    def __init__(self, rows: QuerySet[Assumption], *, address: str, **kwargs: Any) -> None:
        """Build the table; ``address`` is that of the page, to which each row adds its key."""
        super().__init__(rows, **kwargs)
        self.address = address

    def render_text(self, record: Assumption) -> SafeString:
        """The assumption, which leads to its change."""
        return format_html('<a href="{}?change={}">{}</a>', self.address, record.pk, record.text)
