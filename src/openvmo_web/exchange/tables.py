"""The tables of the exchange room: imports, differences, findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.forms import Form
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from openvmo_web.common.export import ExportColumn
from openvmo_web.common.fields import label_of
from openvmo_web.common.templatetags.vmo import moment, status
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.exchange import words
from openvmo_web.exchange.models import Import

TEMPLATE = "common/table.html"
STATE_TONES: Mapping[str, Tone] = {
    "reading": "info",
    "previewed": "accent",
    "refused": "critical",
    "applied": "positive",
    "discarded": "neutral",
}
SEVERITY_TONES: Mapping[str, Tone] = {"error": "critical", "warning": "caution", "note": "info"}
EFFECT_TONES: Mapping[str, Tone] = {"add": "positive", "change": "caution"}
EFFECT_ICONS = {"add": "add", "change": "edit"}


class ImportTable(tables.Table):
    """The files that were taken in, the newest first."""

    file_name = tables.Column(verbose_name=_("File"), linkify=True)
    portfolio = tables.Column(verbose_name=_("Portfolio"), accessor="name", order_by="name", empty_values=())
    state = tables.Column(verbose_name=_("State"))
    uploaded_by = tables.Column(verbose_name=_("By"), order_by="uploaded_by__name")
    uploaded_at = tables.Column(verbose_name=_("Uploaded"))

    class Meta:
        template_name = TEMPLATE
        order_by = "-uploaded_at"

    caption = _("Files that were uploaded")

    def render_portfolio(self, record: Import) -> str:
        """Name the portfolio, the new one too."""
        return record.portfolio.name if record.portfolio else record.name

    def render_state(self, record: Import) -> SafeString:
        """Show the state in words."""
        return status(state_of(record))

    def render_uploaded_at(self, value: Any) -> SafeString:
        """Show when."""
        return moment(value)


class ChangeTable(tables.Table):
    """What an import would add and change."""

    effect = tables.Column(verbose_name=_("Effect"))
    record = tables.Column(verbose_name=_("Kind"))
    name = tables.Column(verbose_name=_("What"))
    field = tables.Column(verbose_name=_("Field"), default="")
    before = tables.Column(verbose_name=_("Before"), default="", orderable=False)
    after = tables.Column(verbose_name=_("After"), default="", orderable=False)

    class Meta:
        template_name = TEMPLATE
        empty_text = _("No difference matches")

    caption = _("Differences")

    def render_effect(self, value: str) -> SafeString:
        """Show the effect in a word."""
        return status(Status(label_of(words.EFFECTS, value), EFFECT_TONES[value], EFFECT_ICONS[value]))

    def render_record(self, value: str) -> str:
        """Show the kind in words."""
        return label_of(words.RECORDS, value)

    def render_name(self, record: Mapping[str, str]) -> SafeString:
        """Show the name with the key that identifies it in the file."""
        return format_html('{}<br><span class="text-secondary">{}</span>', record["name"], record["key"])


class FindingTable(tables.Table):
    """What was found in a file."""

    severity = tables.Column(verbose_name=_("Severity"))
    sheet = tables.Column(verbose_name=_("Sheet"), default="")
    row = tables.Column(verbose_name=_("Row"), default="")
    column = tables.Column(verbose_name=_("Column"), default="")
    value = tables.Column(verbose_name=_("Value"), default="", orderable=False)
    problem = tables.Column(verbose_name=_("Problem and remedy"), orderable=False)

    class Meta:
        template_name = TEMPLATE
        empty_text = _("No finding matches")

    caption = _("Findings")

    def render_severity(self, value: str) -> SafeString:
        """Show the severity in a word."""
        return status(Status(label_of(words.SEVERITIES, value), SEVERITY_TONES[value]))

    def render_problem(self, record: Mapping[str, str]) -> SafeString:
        """Show what is wrong and what to do."""
        return format_html('{}<br><span class="text-secondary">{}</span>', record["problem"], record["remedy"])


FINDING_COLUMNS = ("severity", "code", "file", "sheet", "row", "column", "value", "problem", "remedy")


def finding_export_columns() -> list[ExportColumn]:
    """Return the headings of the findings as a file: the same words as in the library."""
    return [ExportColumn(name) for name in FINDING_COLUMNS]


def finding_export_rows(findings: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Return the findings as rows of a file."""
    return [[finding.get(name) for name in FINDING_COLUMNS] for finding in findings]


def state_of(imported: Import) -> Status:
    """Return the state of an import as pages show it."""
    return Status(imported.get_state_display(), STATE_TONES[imported.state])


def filtered(rows: Sequence[Mapping[str, Any]], form: Form) -> list[Mapping[str, Any]]:
    """Return the rows that a filter form lets through: exact in its choices, any text in its search."""
    if not form.is_valid():
        return list(rows)
    chosen = {name: value for name, value in form.cleaned_data.items() if name != "search" and value}
    search = str(form.cleaned_data["search"]).casefold()
    return [
        row
        for row in rows
        if all(row[name] == value for name, value in chosen.items())
        and (not search or any(search in str(value).casefold() for value in row.values()))
    ]
