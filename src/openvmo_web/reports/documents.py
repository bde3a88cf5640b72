"""Reports as a PDF and as a workbook."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import resources
from typing import Any

import typst
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.common.charts import palette
from openvmo_web.common.export import MEDIA_TYPES, ExportColumn, xlsx_bytes
from openvmo_web.common.formats import TEXT_CODES, current_locale, formatted
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.reports.contents import Contents, Sheet, contents_of
from openvmo_web.reports.pictures import chart_svg

CHART_WIDTH, CHART_HEIGHT = 760, 300
WIDE = 2
# So many rows of a table a PDF prints: each takes memory while it is set, and nobody reads thousands on paper.
MOST_PRINTED = 500


def portfolio_report_response(viewer: User, portfolio: Portfolio, at: datetime, format: str) -> HttpResponse:
    """Return the portfolio report as a download; `format` is a key of `WRITERS`."""
    locale = current_locale()
    name = f"{portfolio.slug}-{timezone.localdate(at)}"
    return report_response(contents_of(viewer, portfolio, at, locale), name, at, format)


def report_response(contents: Contents, name: str, at: datetime, format: str) -> HttpResponse:
    """Return a report as a download.

    Args:
        contents: What it says.
        name: File name without its ending.
        at: When it is made.
        format: A key of `WRITERS`.
    """
    writer, media_type = WRITERS[format]
    content = writer(contents, at, current_locale())
    name = f"{name}.{format}"
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def report_pdf(contents: Contents, at: datetime, locale: str) -> bytes:
    """Return the report as a tagged PDF that screen readers can follow (PDF/UA-1)."""
    source = resources.files("openvmo_web.reports").joinpath("typst/portfolio.typ").read_bytes()
    inputs = {"report": json.dumps(_printable(contents, at, locale))}
    return bytes(
        typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=int(at.timestamp()))
    )


def report_xlsx(contents: Contents, _at: datetime, _locale: str) -> bytes:
    """Return the report as a workbook: the figures first, then one sheet a table, unrounded."""
    figures = [[figure.label, figure.value, figure.note] for figure in contents.figures]
    summary = ([ExportColumn(contents.title), ExportColumn(""), ExportColumn(contents.subtitle)], figures)
    return xlsx_bytes(
        {contents.title: summary} | {sheet.title: (sheet.columns, sheet.rows) for sheet in contents.sheets}
    )


Writer = Callable[[Contents, datetime, str], bytes]
WRITERS: Mapping[str, tuple[Writer, str]] = {
    "pdf": (report_pdf, "application/pdf"),
    "xlsx": (report_xlsx, MEDIA_TYPES["xlsx"]),
}


def _printable(contents: Contents, at: datetime, locale: str) -> dict[str, Any]:
    """The report as texts, ready to be set."""
    language, _separator, region = locale.partition("_")
    return {
        "title": contents.title,
        "subtitle": contents.subtitle,
        "language": language,
        "region": region or None,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "made": formatted(at, "day", locale),
        "palette": dict(palette("light")),
        "summary": list(contents.summary),
        "figures": [{"label": figure.label, "value": figure.value, "note": figure.note} for figure in contents.figures],
        "pictures": [
            {
                "title": picture.title,
                "note": picture.note,
                "svg": chart_svg(picture.chart, locale, width=CHART_WIDTH, height=CHART_HEIGHT),
            }
            for picture in contents.pictures
        ],
        "sheets": [_printable_sheet(sheet, locale) for sheet in contents.sheets],
        "definitions": {
            "title": _("What the words mean"),
            "rows": [{"term": term, "meaning": meaning} for term, meaning in contents.definitions],
        },
        "signatures": {
            "title": _("Signatures"),
            "columns": [_("Role"), _("Name"), _("Signature"), _("Date")],
            "rows": [{"role": role, "name": name} for role, name in contents.signatures],
        },
    }


def _printable_sheet(sheet: Sheet, locale: str) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "note": " ".join(filter(None, (sheet.note, _left_out(sheet, locale)))),
        "empty": sheet.empty,
        "header": [sheet.columns[position].label for position in sheet.printed],
        "widths": [_width(sheet, position) for position in sheet.printed],
        "numbers": [sheet.formats[position] not in TEXT_CODES for position in sheet.printed],
        "rows": [
            [formatted(row[position], sheet.formats[position], locale) for position in sheet.printed]
            for row in sheet.rows[:MOST_PRINTED]
        ],
    }


def _left_out(sheet: Sheet, locale: str) -> str:
    """Say of how many rows the printed ones are the first; nothing where they are all."""
    there = len(sheet.rows) if sheet.total is None else sheet.total
    printed = min(len(sheet.rows), MOST_PRINTED)
    if printed == there:
        return ""
    return _("The first %(printed)s of %(there)s; the workbook holds all.") % {
        "printed": formatted(printed, "integer", locale),
        "there": formatted(there, "integer", locale),
    }


def _width(sheet: Sheet, position: int) -> int:
    """The share of the page that a column takes; 0 for figures and dates, which are as wide as their longest."""
    if sheet.formats[position] != "text":
        return 0
    return WIDE if position == sheet.widest else 1
