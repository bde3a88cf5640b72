"""What papers take from the rooms above them, and a paper as a PDF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import typst
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from openvmo_web.common.charts import palette
from openvmo_web.common.formats import current_locale, formatted
from openvmo_web.insight.models import Worth
from openvmo_web.papers.facts import Subject
from openvmo_web.papers.models import PaperVersion
from openvmo_web.papers.words import answer_shown, shown


def net_present_value(subject: Subject) -> Sequence[str]:
    """Return what the newest finished forecast says an initiative is worth, in lines of text."""
    worths = Worth.objects.filter(initiative=subject.initiative, run__kind="forecast")
    worth = worths.select_related("run").order_by("-run__started_at").first()
    if worth is None:
        return []
    money, locale = f"money-short:{subject.initiative.portfolio.currency}", current_locale()
    values = {
        "mean": formatted(worth.npv_mean, money, locale),
        "low": formatted(worth.npv_p10, money, locale),
        "high": formatted(worth.npv_p90, money, locale),
        "loss": formatted(worth.probability_of_loss, "percent-whole", locale),
        "day": formatted(worth.run.started_at, "day", locale),
    }
    return [
        _("%(mean)s expected; in 8 of 10 futures %(low)s to %(high)s; chance of loss %(loss)s") % values,
        _("Forecast of %(day)s") % values,
    ]


def paper_pdf(version: PaperVersion) -> bytes:
    """Return a version of a paper as a tagged PDF that screen readers can follow (PDF/UA-1)."""
    source = resources.files("openvmo_web.reports").joinpath("typst/paper.typ").read_bytes()
    inputs = {"paper": json.dumps(_printable(version, current_locale()))}
    made = int(version.recorded_at.timestamp())
    return bytes(typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=made))


def paper_file_name(version: PaperVersion) -> str:
    """Return the name of the file: what it is about in letters that every system takes, and the version."""
    paper = version.paper
    about = paper.benefit.code if paper.benefit else paper.initiative.code
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in about).strip("-")
    return f"{paper.template.code}-{safe or paper.pk}-v{version.number}.pdf"


def _printable(version: PaperVersion, locale: str) -> dict[str, Any]:
    """The paper as texts, ready to be set."""
    language, _separator, region = locale.partition("_")
    paper = version.paper
    return {
        "title": str(paper.template),
        "subtitle": str(paper.benefit or paper.initiative),
        "made": _("Version %(number)s, %(name)s, %(day)s")
        % {"number": version.number, "name": version.recorded_by, "day": _day(version.recorded_at, locale)},
        "language": language,
        "region": region or None,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "palette": dict(palette("light")),
        "nothing": _("Nothing is said."),
        "empty": _("Still empty."),
        "answers": [
            {
                "title": shown(section.title),
                "lines": answer_shown(section, version.values.get(section.key, "")).splitlines(),
                "wanted": section.required,
            }
            for section in version.template_version.asks
        ],
    }


def _day(moment: datetime, locale: str) -> str:
    return formatted(moment, "day", locale)
