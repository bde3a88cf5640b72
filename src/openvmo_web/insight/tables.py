"""The lists of this room: runs, and the rows of a result."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.fields import label_of
from openvmo_web.common.tables import FormatColumn, ListTable, StatusColumn, with_note
from openvmo_web.common.templatetags.vmo import moment, month, status, value_as_html
from openvmo_web.common.widgets import Status
from openvmo_web.insight import words
from openvmo_web.insight.models import Run
from openvmo_web.insight.references import ReferenceFigure
from openvmo_web.insight.results import Alternative, Chosen, Interval
from openvmo_web.portfolio.models import Portfolio


def short_money(row: Alternative | Chosen) -> str:
    """Return the format of an amount in the currency of its row."""
    return f"money-short:{row.currency}"


def choice_status(is_in: bool) -> Status:  # noqa: FBT001 - the value of a cell
    """Return whether an initiative is in a choice, in words."""
    return Status(gettext("Chosen"), "positive") if is_in else Status(gettext("Not chosen"), "neutral")


class PortfolioTable(ListTable):
    """A table of one portfolio, with links to its initiatives."""

    def __init__(self, *args: Any, portfolio: Portfolio, **kwargs: Any) -> None:
        """Build the table.

        Args:
            args: as django-tables2 takes them.
            portfolio: to which the rows belong.
            kwargs: as django-tables2 takes them.
        """
        super().__init__(*args, **kwargs)
        self.portfolio = portfolio

    def initiative_cell(self, row: Alternative | Chosen) -> SafeString:
        """A link to an initiative, with the option and the programme below."""
        address = reverse("portfolio:initiative", args=[self.portfolio.slug, row.initiative])
        below = " · ".join(part for part in (row.option_name, row.programme) if part)
        return with_note(format_html('<a href="{}">{}</a>', address, row.initiative_name), below)


class RunTable(ListTable):
    """The runs of a portfolio."""

    caption = _("Runs")

    kind = tables.Column(verbose_name=_("Analysis"))
    started_at = tables.Column(verbose_name=_("Started"))
    started_by = tables.Column(verbose_name=_("By"), order_by="started_by__name")
    stands = StatusColumn(verbose_name=_("State"), words=words.status_of)
    headline = FormatColumn(
        verbose_name=_("Expected net present value"), format=lambda run: f"money-short:{run.portfolio.currency}"
    )

    class Meta(ListTable.Meta):
        order_by = ("-started_at",)
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}

    def render_kind(self, record: Run) -> SafeString:
        """The kind and number, which lead to the run."""
        return format_html(
            '<a href="{}">{} {}</a>', record.get_absolute_url(), label_of(words.KINDS, record.kind), record.pk
        )

    def render_started_at(self, record: Run) -> SafeString:
        """Day and time."""
        return moment(record.started_at)


class AlternativeTable(PortfolioTable):
    """What each option of each initiative is worth."""

    caption = _("What each option is worth")
    empty_help = _("No option matches these filters. Clear them to see all.")

    initiative_name = tables.Column(verbose_name=_("Initiative"), attrs={"td": {"class": "cell-name"}})
    npv = FormatColumn(verbose_name=_("Net present value"), format=short_money)
    interval = tables.Column(verbose_name=_("P10 to P90"), order_by="npv_p10", attrs={"td": {"class": "cell-line"}})
    probability_of_loss = FormatColumn(verbose_name=_("Chance of loss"), format="percent-whole")
    cost = FormatColumn(verbose_name=_("Forward cost"), format=short_money)
    benefit = FormatColumn(verbose_name=_("Benefits (present value)"), format=short_money)
    bcr = FormatColumn(verbose_name=_("Benefit-cost ratio"), format="number")
    go_live = tables.Column(verbose_name=_("Go-live (P50)"), attrs={"td": {"class": "cell-line"}})
    sunk = FormatColumn(verbose_name=_("Sunk cost"), format=short_money)

    class Meta(ListTable.Meta):
        order_by = ("-npv",)

    def __init__(self, *args: Any, run: int, **kwargs: Any) -> None:
        """Build the table.

        Args:
            args: as django-tables2 takes them.
            run: key of the forecast, which has a page for each initiative.
            kwargs: as `PortfolioTable` takes them.
        """
        super().__init__(*args, **kwargs)
        self.run = run

    def render_initiative_name(self, record: Alternative) -> SafeString:
        """The initiative, which leads to its forecast, with its option and programme."""
        address = reverse("insight:run-initiative", args=[self.portfolio.slug, self.run, record.initiative])
        below = " · ".join(part for part in (record.option_name, record.programme) if part)
        return with_note(format_html('<a href="{}">{}</a>', address, record.initiative_name), below)

    def render_interval(self, record: Alternative) -> SafeString:
        """The range as a bar and in figures."""
        code = short_money(record)
        low, high = value_as_html(record.npv_p10, code), value_as_html(record.npv_p90, code)
        return format_html("{}{}", interval_bar(record.interval), with_note("", gettext("{} to {}"), low, high))

    def render_go_live(self, record: Alternative) -> SafeString:
        """The expected month, with the planned one where it differs."""
        differs = record.go_live != record.go_live_planned
        return with_note(month(record.go_live), gettext("planned {}") if differs else "", month(record.go_live_planned))


class ChosenTable(PortfolioTable):
    """What a choice says about each initiative."""

    caption = _("Initiatives chosen and not chosen")
    empty_help = _("No initiative matches these filters. Clear them to see all.")

    initiative_name = tables.Column(verbose_name=_("Initiative"), attrs={"td": {"class": "cell-name"}})
    is_in = StatusColumn(verbose_name=_("Choice"), words=choice_status)
    value = FormatColumn(verbose_name=_("Value"), format=short_money)
    cost = FormatColumn(verbose_name=_("Forward cost"), format=short_money)
    reason = tables.Column(verbose_name=_("Why"), orderable=False, attrs={"td": {"class": "wide"}})
    regret = FormatColumn(verbose_name=_("Lost if reversed"), format=short_money)
    threshold = FormatColumn(verbose_name=_("Change that flips it"), format=short_money)

    class Meta(ListTable.Meta):
        pass

    def render_initiative_name(self, record: Chosen) -> SafeString:
        """The initiative with its option and programme."""
        return self.initiative_cell(record)


class ReferenceTable(ListTable):
    """Published reference classes, one row for each figure."""

    caption = _("Published reference classes")
    empty_help = _("No class matches these filters. Clear them to see all.")

    name = tables.Column(verbose_name=_("Class"), attrs={"td": {"class": "cell-name"}})
    dimension = tables.Column(verbose_name=_("Dimension"))
    mean = FormatColumn(verbose_name=_("Mean"), format="percent-whole")
    p10 = FormatColumn(verbose_name=_("P10"), format="percent-whole")
    p50 = FormatColumn(verbose_name=_("P50"), format="percent-whole")
    p90 = FormatColumn(verbose_name=_("P90"), format="percent-whole")
    cases = FormatColumn(verbose_name=_("Cases"), format="integer")
    used = FormatColumn(verbose_name=_("Initiatives"), format="integer")
    source = tables.Column(verbose_name=_("Source"), attrs={"td": {"class": "wide"}})

    class Meta(ListTable.Meta):
        order_by = ("name",)

    def render_name(self, record: ReferenceFigure) -> SafeString:
        """The class, with the id by which an initiative names it."""
        return with_note(record.name, "{}", format_html("<code>{}</code>", record.id))

    def render_dimension(self, record: ReferenceFigure) -> str:
        """Cost, duration or benefit, in words."""
        return label_of(words.DIMENSIONS, record.dimension)

    def render_source(self, record: ReferenceFigure) -> SafeString:
        """Who published it and when, with what a reader must know of it."""
        year = "" if record.year is None or str(record.year) in record.source else f" ({record.year})"
        link = format_html('<a href="{}" rel="noreferrer">{}{}</a>', record.url, record.source, year)
        flag = "" if record.is_confirmed else status(Status(gettext("Not confirmed"), "caution"))
        return with_note(format_html("{} {}", link, flag), record.note)


def interval_bar(interval: Interval) -> SafeString:
    """Draw a range as a bar with its mean and, where it lies within, nought; the figures stand beside it as text."""
    zero = "" if interval.zero is None else _upright("interval-zero", interval.zero)
    return format_html(
        '<svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}'
        '<rect class="interval-range" x="{}" y="3" width="{}" height="4"/>{}</svg>',
        zero,
        interval.low,
        interval.width,
        _upright("interval-mean", interval.mean),
    )


def _upright(name: str, at: float) -> SafeString:
    return format_html('<line class="{0}" x1="{1}" x2="{1}" y1="0" y2="10"/>', name, at)
