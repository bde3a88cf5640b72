"""Requests and measurements as lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.benefits.models import Benefit, Evidence
from openvmo_web.common.tables import NUMBER_CELLS, FormatColumn, ListTable, StatusColumn, with_note
from openvmo_web.common.templatetags.vmo import day, month, not_known, number, percent, status, value_as_html
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.forms import STANDS
from openvmo_web.realisation.models import PeriodClosing, Request, Unverified

STAND_TONES: dict[str, tuple[Tone, str]] = {
    "open": ("info", "clock"),
    "late": ("caution", ""),
    "missing": ("critical", ""),
    "answered": ("positive", ""),
    "waived": ("neutral", "blocked"),
}


def stand_status(stands: str) -> Status:
    """Return where a request stands in a word with its tone."""
    tone, icon = STAND_TONES[stands]
    return Status(str(STANDS[stands]), tone, icon)


def measurement_status(*, is_verified: bool, is_contested: bool) -> Status:
    """Return where a measurement stands in a word with its tone."""
    if is_verified:
        return Status(gettext("Verified"), "positive", "verify")
    return Status(gettext("Contested"), "critical") if is_contested else Status(gettext("Reported"), "info")


def quantity(value: Any, benefit: Benefit, currency: str) -> SafeString:
    """Return a value of a benefit with its unit: money, or a number and the unit."""
    if value is None:
        return not_known()
    if not benefit.unit:
        return value_as_html(value, f"money:{currency}")
    return format_html("{} {}", number(value), benefit.unit)


def measure_address(portfolio: Portfolio, benefit: int, asked: date) -> str:
    """Return the address of the page on which a month of a benefit is reported."""
    return f"{reverse('realisation:measure', args=[portfolio.slug, benefit])}?month={asked:%Y-%m}"


class RequestTable(ListTable):
    """Requests for measurements, longest due first."""

    caption = _("Measurements that are due")
    empty_help = _("Try another search, or clear the filters.")

    benefit = tables.Column(verbose_name=_("Benefit"), order_by="benefit__name", attrs={"td": {"class": "cell-name"}})
    month = FormatColumn(verbose_name=_("For"), format="month")
    due_on = FormatColumn(verbose_name=_("Due"), format="day")
    stands = StatusColumn(verbose_name=_("State"), words=stand_status)
    addressee = tables.Column(verbose_name=_("Who is asked"), order_by="addressee__name", default=_("Nobody"))
    reminders = tables.Column(verbose_name=_("Reminded"))
    waive = tables.Column(verbose_name=_("Action"), empty_values=(), orderable=False)

    class Meta(ListTable.Meta):
        empty_text = _("Nothing is due here")

    def __init__(self, *args: Any, portfolio: Portfolio, viewer: int, may_waive: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if may_waive else ("waive",), **kwargs)
        self.portfolio, self.viewer, self.may_waive = portfolio, viewer, may_waive

    def render_benefit(self, record: Request) -> SafeString:
        """The benefit, as the way to its entry page, with its initiative."""
        link = format_html('<a href="{}">{}</a>', self._address(record), record.benefit)
        return with_note(link, "{}", record.benefit.initiative)

    def _address(self, record: Request) -> str:
        """Where the viewer can answer it, else where he can read about the benefit."""
        is_own = self.viewer in (record.addressee_id, record.benefit.owner_id, record.benefit.measurer_id)
        if self.may_waive or is_own:
            return measure_address(self.portfolio, record.benefit_id, record.month)
        return reverse("benefits:benefit", args=[self.portfolio.slug, record.benefit_id])

    def render_reminders(self, record: Request) -> SafeString:
        """How often, and when last."""
        if not record.reminders or record.reminded_at is None:
            return format_html("{}", gettext("Not yet"))
        times = ngettext("once", "%(count)d times", record.reminders) % {"count": record.reminders}
        return with_note(times, gettext("last {}"), day(record.reminded_at))

    def render_waive(self, record: Request) -> SafeString:
        """The way to do without it, while it is open."""
        if record.state != "open":
            return SafeString("")
        address = reverse("realisation:request-waive", args=[self.portfolio.slug, record.pk])
        label = gettext("Waive the request for %(benefit)s") % {"benefit": record.benefit}
        return format_html('<a href="{}" aria-label="{}">{}</a>', address, label, gettext("Waive"))


class UnverifiedTable(ListTable):
    """Measurements that another person has to look at."""

    caption = _("Measurements to verify")
    empty_help = _("Every reported figure of an open month is verified, or none matches these filters.")

    chosen = tables.Column(verbose_name=_("Choose"), empty_values=(), orderable=False)
    benefit = tables.Column(verbose_name=_("Benefit"), order_by="benefit__name", attrs={"td": {"class": "cell-name"}})
    month = FormatColumn(verbose_name=_("Month"), format="month")
    value = tables.Column(
        verbose_name=_("Value and source"),
        order_by="measurement__value",
        empty_values=(),
        attrs=NUMBER_CELLS | {"td": {"class": "num with-source"}},
    )
    planned = tables.Column(verbose_name=_("Planned"), empty_values=(), orderable=False, attrs=NUMBER_CELLS)
    change = tables.Column(
        verbose_name=_("Against the month before"), empty_values=(), orderable=False, attrs=NUMBER_CELLS
    )
    state = tables.Column(verbose_name=_("State"), empty_values=(), order_by="measurement__is_contested")
    reporter = tables.Column(verbose_name=_("Reported by"), order_by="measurement__reported_by__name", empty_values=())
    evidence = tables.Column(verbose_name=_("Evidence"), empty_values=(), orderable=False)

    class Meta(ListTable.Meta):
        empty_text = _("Nothing to verify")

    def __init__(
        self,
        *args: Any,
        portfolio: Portfolio,
        viewer: int,
        may_verify: bool,
        may_contest: bool,
        planned: Mapping[int, float | None],
        evidence: Mapping[tuple[int, date], Sequence[Evidence]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, exclude=() if may_contest else ("chosen",), **kwargs)
        self.portfolio, self.viewer, self.may_verify = portfolio, viewer, may_verify
        self.planned, self.evidence = planned, evidence

    def render_chosen(self, record: Unverified) -> SafeString:
        """A box to choose it: for who verifies, and for the owner; one's own figure is for somebody else."""
        told = record.measurement
        if (told.reported_by_id or told.recorded_by_id) == self.viewer:
            return with_note("", gettext("yours"))
        if not self.may_verify and record.benefit.owner_id != self.viewer:
            return SafeString("")
        label = gettext("Choose %(benefit)s") % {"benefit": record.benefit}
        box = '<input type="checkbox" name="measurement" value="{}" aria-label="{}" form="judge">'
        return format_html(box, told.pk, label)

    def render_benefit(self, record: Unverified) -> SafeString:
        """The benefit, as the way to its page, with its initiative."""
        address = reverse("benefits:benefit", args=[self.portfolio.slug, record.benefit_id])
        return with_note(format_html('<a href="{}">{}</a>', address, record.benefit), "{}", record.benefit.initiative)

    def render_value(self, record: Unverified) -> SafeString:
        """What was reported, and where the figure comes from."""
        value = quantity(record.measurement.value, record.benefit, self.portfolio.currency)
        return with_note(value, "{}", record.measurement.source) if record.measurement.source else value

    def render_planned(self, record: Unverified) -> SafeString:
        """What was planned for the month."""
        return quantity(self.planned.get(record.pk), record.benefit, self.portfolio.currency)

    def render_change(self, record: Unverified) -> SafeString:
        """How far it lies from the measured month before."""
        before = record.previous  # type: ignore[attr-defined]
        if not before:
            return not_known()
        change = (record.measurement.value - before) / abs(before)
        return format_html("{}{}", "+" if change > 0 else "", percent(change))

    def render_state(self, record: Unverified) -> SafeString:
        """Reported, or contested with what is doubtful."""
        told = record.measurement
        shown = measurement_status(is_verified=told.is_verified, is_contested=told.is_contested)
        return with_note(status(shown), "{}", told.remark) if told.remark else status(shown)

    def render_reporter(self, record: Unverified) -> SafeString:
        """Who reported it, and when it was last touched."""
        told = record.measurement
        return with_note(told.reported_by or told.recorded_by, "{}", day(told.recorded_at))

    def render_evidence(self, record: Unverified) -> SafeString:
        """The files that show it."""
        files = self.evidence.get((record.benefit_id, record.month), ())
        at = ((reverse("realisation:evidence", args=[self.portfolio.slug, file.pk]), file.name) for file in files)
        return format_html_join(", ", '<a href="{}">{}</a>', at) if files else not_known()


class ClosingTable(ListTable):
    """When months were closed and opened again."""

    caption = _("Closings")
    empty_help = _("Close the months once their figures are final.")

    recorded_at = FormatColumn(verbose_name=_("When"), format="day")
    until = FormatColumn(verbose_name=_("Closed up to and with"), format="month")
    recorded_by = tables.Column(verbose_name=_("By"))
    reason = tables.Column(verbose_name=_("Remark"), attrs={"td": {"class": "wide"}})

    class Meta(ListTable.Meta):
        empty_text = _("No month was ever closed")
        orderable = False

    def render_until(self, record: PeriodClosing) -> SafeString:
        """The month, or that nothing stays closed."""
        return month(record.until) if record.until else format_html("{}", gettext("Nothing"))
