"""The template tags of the design system: ``{% load vmo %}``.

Small things (an icon, a formatted amount) are made here; larger ones render a template of ``common/components``.
The living style page at ``/design/`` shows each of them.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BoundField, CheckboxInput, Form
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import escape, format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from openvmo_web.common import formats
from openvmo_web.common.charts import Chart, Column, chart_payload
from openvmo_web.common.widgets import (
    SEVERITY_TONES,
    Fact,
    FilterChip,
    Finding,
    Progress,
    Severity,
    Status,
    Tab,
    TimelineEntry,
    Tone,
)

register = template.Library()
# A few notes are read at a glance; more of them are folded.
MOST_OPEN_NOTES = 3


@cache
def icon_names() -> frozenset[str]:
    """Return the names of the icons in the sprite."""
    return frozenset(json.loads(resources.files("openvmo_web.common").joinpath("icons.json").read_text("utf-8")))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon; without a label it is decoration and hidden from assistive technology."""
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"There is no icon {name!r}. Add it to common/icons.json.")
    reference = f"{static('common/dist/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, reference)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', reference)


def not_known() -> SafeString:
    """Return the mark of a value that is not known, which is not the same as nought."""
    return format_html(
        '<span class="not-known"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>',
        formats.NOT_KNOWN,
        gettext("Not known"),
    )


def value_as_html(value: object, code: str) -> SafeString:
    """Return a value in a format; a shortened amount keeps its exact form within reach."""
    if not formats.is_known(value):
        return not_known()
    locale = formats.current_locale()
    text = formats.formatted(value, code, locale)
    if "-short" not in code:
        return format_html('<span class="value">{}</span>', text)
    exact = formats.formatted(value, code.replace("-short", ""), locale)
    return format_html('<data class="value" value="{}" title="{}">{}</data>', str(value), exact, text)


@register.filter
def money(amount: formats.Number | None, currency: str) -> SafeString:
    """Write an exact amount: ``{{ cost|money:"GBP" }}``."""
    return value_as_html(amount, f"money:{currency}")


@register.filter
def money_whole(amount: formats.Number | None, currency: str) -> SafeString:
    """Write an amount in whole units of its currency."""
    return value_as_html(amount, f"money-whole:{currency}")


@register.filter
def money_short(amount: formats.Number | None, currency: str) -> SafeString:
    """Write an amount in short form, such as £1.2bn, with the exact one as its title."""
    return value_as_html(amount, f"money-short:{currency}")


@register.filter
def number(value: formats.Number | None, decimals: int | None = None) -> SafeString:
    """Write a number with grouped digits: ``{{ days|number }}`` or ``{{ ratio|number:2 }}``."""
    if not formats.is_known(value):
        return not_known()
    return format_html('<span class="value">{}</span>', formats.number(value, formats.current_locale(), decimals))  # type: ignore[arg-type]


@register.filter
def percent(share: formats.Number | None, decimals: int = 1) -> SafeString:
    """Write a share as a percentage: 0.125 reads 12.5%."""
    if not formats.is_known(share):
        return not_known()
    return format_html('<span class="value">{}</span>', formats.percent(share, formats.current_locale(), decimals))


@register.filter
def as_format(value: object, code: str) -> SafeString:
    """Write a value in the format of a code, such as ``money-short:GBP``, when the template does not know which."""
    return value_as_html(value, code)


@register.filter
def day(value: date | None) -> SafeString:
    """Write a calendar day: 3 Apr 2026."""
    if value is None:
        return not_known()
    text = formats.day(value, formats.current_locale())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def month(value: date | str | None) -> SafeString:
    """Write a month: Apr 2026."""
    return not_known() if value is None else format_html("{}", formats.month(value, formats.current_locale()))


@register.filter
def moment(value: datetime | None) -> SafeString:
    """Write a day and time of the current time zone."""
    if value is None:
        return not_known()
    text = formats.moment(value, formats.current_locale())
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), date_format(value, "c"), text)


@register.simple_tag
def status(label: str | Status, tone: Tone = "neutral", icon_name: str = "") -> SafeString:
    """Show a state by word, colour and icon: ``{% status "On track" tone="positive" %}`` or ``{% status state %}``."""
    shown = label if isinstance(label, Status) else Status(label, tone, icon_name)
    return format_html('<span class="status tone-{}">{}{}</span>', shown.tone, icon(shown.symbol), shown.label)


@register.simple_tag
def delta(change: formats.Number | None, code: str = "number", better: str = "up") -> SafeString:
    """Show a change with its sign and direction; ``better`` says whether up, down or neither is good."""
    if change is None or not formats.is_known(change):
        return not_known()
    direction = "up" if change > 0 else "down" if change < 0 else "steady"
    tone = "neutral" if better == "neither" or not change else "positive" if direction == better else "critical"
    words = {"up": gettext("Up"), "down": gettext("Down"), "steady": gettext("No change")}[direction]
    amount = formats.formatted(abs(change), code, formats.current_locale())
    return format_html(
        '<span class="delta tone-{}">{}<span class="visually-hidden">{}</span> {}</span>',
        tone,
        icon("steady" if direction == "steady" else direction),
        words,
        amount,
    )


@register.inclusion_tag("common/components/tile.html")
def tile(
    label: str,
    value: object,
    format: str = "text",
    *,
    footnote: str = "",
    url: str = "",
    change: formats.Number | None = None,
    change_format: str = "",
    better: str = "up",
    tone: str = "",
) -> dict[str, Any]:
    """Show one figure: what it is, its value, what it rests on, and the link to its formula."""
    return {
        "label": label,
        "value": value if format == "text" and formats.is_known(value) else value_as_html(value, format),
        "footnote": footnote,
        "url": url,
        "change": change,
        "change_format": change_format or format,
        "better": better,
        "tone": tone,
    }


@register.inclusion_tag("common/components/facts.html")
def facts(items: Sequence[Fact]) -> dict[str, Any]:
    """List labelled values."""
    return {"items": items}


@register.inclusion_tag("common/components/tabs.html")
def tabs(items: Sequence[Tab], label: str = "") -> dict[str, Any]:
    """Show the views of one thing as a row of links."""
    return {"items": items, "label": label or gettext("Views")}


@register.inclusion_tag("common/components/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, Any]:
    """Show what happened, newest first as given."""
    return {"entries": entries}


@register.inclusion_tag("common/components/findings.html")
def findings(items: Sequence[Finding]) -> dict[str, Any]:
    """List what is to be corrected or known; many notes fold away, so that they do not hide what matters more."""
    listed = [(item, severity_status(item.severity)) for item in items]
    notes = [pair for pair in listed if pair[0].severity == "info"]
    folded = notes if len(notes) > MOST_OPEN_NOTES else []
    return {
        "prominent": [pair for pair in listed if pair not in folded],
        "folded": folded,
        "summary": _findings_summary(items),
    }


def severity_status(severity: Severity) -> Status:
    """Return a severity as a state in words."""
    words = {"error": gettext("Error"), "warning": gettext("Warning"), "info": gettext("Note")}
    return Status(words[severity], SEVERITY_TONES[severity])


def _findings_summary(items: Sequence[Finding]) -> str:
    errors = sum(item.severity == "error" for item in items)
    warnings = sum(item.severity == "warning" for item in items)
    return ", ".join(
        [
            ngettext("%(count)d error", "%(count)d errors", errors) % {"count": errors},
            ngettext("%(count)d warning", "%(count)d warnings", warnings) % {"count": warnings},
        ]
    )


@register.inclusion_tag("common/components/progress.html", takes_context=True)
def progress(context: template.Context, job: Progress) -> dict[str, Any]:
    """Show long work with its progress and a way to stop it; a script keeps it up to date."""
    return {"job": job, "state": progress_status(job), "csrf_token": context.get("csrf_token")}


def progress_status(job: Progress) -> Status:
    """Return the state of long work in words."""
    return {
        "queued": Status(gettext("Waiting"), "neutral", "clock"),
        "running": Status(gettext("Running"), "info", "running"),
        "succeeded": Status(gettext("Finished"), "positive"),
        "failed": Status(gettext("Failed"), "critical"),
        "cancelled": Status(gettext("Stopped"), "caution", "stop"),
    }[job.status]


@register.simple_tag
def chart(
    drawing: Chart, *, title: str, description: str = "", unit: str = "", size: str = "medium", heading: str = "h3"
) -> SafeString:
    """Draw a chart under the question that it answers, with its numbers in a table beside it."""
    locale = formats.current_locale()
    payload = chart_payload(drawing, locale)
    return render_to_string(
        "common/components/chart.html",
        {
            "chart": drawing,
            "title": title,
            "description": description,
            "unit": unit,
            "size": size,
            "heading": heading,
            "columns": drawing.columns,
            "body": _chart_rows(drawing.columns, payload["rows"]),
            "payload": json_script(payload, encoder=DjangoJSONEncoder),
        },
    )


def _chart_rows(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> SafeString:
    """Return the numbers of a chart as rows of a table; joined here, for a template takes ten times as long."""
    opened = ['<td class="num">' if column.is_number else "<td>" for column in columns]
    lines = []
    for first, *others in rows:
        cells = "".join(f"{tag}{escape(cell)}</td>" for tag, cell in zip(opened[1:], others, strict=True))
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return mark_safe("".join(lines))  # noqa: S308 - every text in it was escaped


@register.simple_block_tag
def panel(content: str, title: str = "", subtitle: str = "", url: str = "", *, flush: bool = False) -> SafeString:
    """Frame content under a heading; ``flush`` lets a table reach the frame."""
    return _wrapped("panel", content, title=title, subtitle=subtitle, url=url, flush=flush)


@register.simple_block_tag
def notice(content: str, tone: Tone = "info", title: str = "") -> SafeString:
    """Say something that the reader must see before going on."""
    return _wrapped("notice", content, tone=tone, title=title, status=Status(title, tone))


@register.simple_block_tag
def empty(content: str, title: str, icon_name: str = "info") -> SafeString:
    """Say why there is nothing here and what to do next; the content holds the sentence and the action."""
    return _wrapped("empty", content, title=title, icon_name=icon_name)


@register.simple_block_tag
def menu(content: str, label: str, icon_name: str = "", align: str = "end", *, plain: bool = False) -> SafeString:
    """Hold links and buttons under a button."""
    return _wrapped("menu", content, label=label, icon_name=icon_name, align=align, plain=plain)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context, content: str, name: str, title: str, action: str, label: str, tone: str = "accent"
) -> SafeString:
    """Ask before something is done: a dialog with a form that posts to ``action``.

    Opened by ``<button type="button" data-dialog="name">``. The content says what will happen and may hold more fields.
    """
    token = context.get("csrf_token")
    return _wrapped("confirm", content, name=name, title=title, action=action, label=label, tone=tone, csrf_token=token)


@register.simple_block_tag
def hint(content: str, text: str) -> SafeString:
    """Explain a term on pointing at it or reaching it by keyboard."""
    return _wrapped("hint", content, text=text)


def _wrapped(component: str, content: str, **values: Any) -> SafeString:
    return render_to_string(f"common/components/{component}.html", {"content": content, **values})


@register.inclusion_tag("common/components/filters.html", takes_context=True)
def filters(context: template.Context, form: Form, target: str = "#list", search: str = "search") -> dict[str, Any]:
    """Show the form of a filter set: the search field, the filters behind a button, and what is in force as chips."""
    query = form.data if isinstance(form.data, QueryDict) else QueryDict()
    fields = [field for field in form if field.name != search and not field.is_hidden]
    return {
        "form": form,
        "search": form[search] if search in form.fields else None,
        "fields": fields,
        "hidden": form.hidden_fields(),
        "chips": _chips(form, query),
        "target": target,
        "sort": query.get("sort", ""),
        "path": context["request"].path,
    }


def _chips(form: Form, query: QueryDict) -> list[FilterChip]:
    return [
        FilterChip(str(field.label), _chosen_words(field), _without(query, field))
        for field in form.visible_fields()
        if any(query.getlist(name) not in ([], [""]) for name in _parameters(field))
    ]


def _parameters(field: BoundField) -> list[str]:
    """A range field has several inputs, each with its own parameter."""
    return [field.html_name, *(f"{field.html_name}_{end}" for end in ("min", "max", "after", "before"))]


def _chosen_words(field: BoundField) -> str:
    if isinstance(field.field.widget, CheckboxInput):
        return gettext("Yes")
    words = {str(value): str(label) for value, label in getattr(field.field, "choices", [])}
    raw = field.value()
    values = raw if isinstance(raw, list | tuple) else [raw]
    return ", ".join(words.get(str(value), str(value)) for value in values if value not in (None, ""))


def _without(query: QueryDict, field: BoundField) -> str:
    remaining = query.copy()
    for name in [*_parameters(field), "page"]:
        remaining.pop(name, None)
    return f"?{remaining.urlencode()}"


@register.filter
def aria_sort(column: Any) -> str:
    """Return the sort state of a table's column in the words of ARIA."""
    if not column.is_ordered:
        return "none"
    return "descending" if column.order_by_alias.is_descending else "ascending"


@register.simple_tag
def text_direction() -> str:
    """Return whether the active language is written from left to right or from right to left."""
    return "rtl" if translation.get_language_bidi() else "ltr"


@register.filter
def initials(name: str) -> str:
    """Return the first letters of a name's first and last word."""
    words = str(name).split()
    return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"


@register.filter
def fraction_to_whole(fraction: float | Decimal | None) -> int:
    """Return a fraction as a whole number of hundredths, as a progress bar needs it."""
    return round(100 * (fraction or 0))
