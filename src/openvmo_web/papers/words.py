"""What people read for the words of the standard papers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from openvmo_web.common import formats
from openvmo_web.common.widgets import Status
from openvmo_web.papers.rules import LONGEST, MOST_SECTIONS, Section

KINDS = {
    "charter": _("Charter"),
    "business_case": _("Business case"),
    "benefit_profile": _("Benefit profile"),
    "risk_assessment": _("Risk assessment"),
}
SECTION_KINDS = {
    "text": _("Line of text"),
    "long_text": _("Text"),
    "number": _("Number"),
    "date": _("Date"),
    "choice": _("Choice"),
    "fact": _("Taken from the register"),
}
UNTITLED = _("Give the section a title: it is the question that the writer answers.")
SECTION_PROBLEMS = {
    "none": _("A template needs at least one section. Add one."),
    "many": _("A template has at most %(most)d sections. Join some of them.") % {"most": MOST_SECTIONS},
    "untitled": UNTITLED,
    "unknown_kind": _("Choose what kind of answer is wanted."),
    "too_few_choices": _("State at least two different choices, one on each line."),
    "unknown_fact": _("Choose the fact that is taken from the register."),
    "twice": _("Two sections have the same key. Remove one of them."),
}


def value_sentence(section: Section, code: str) -> str:
    """Return the sentence for a code of ``value_problem``."""
    sentences = {
        "too_long": gettext("This text is too long: write at most %(most)d characters.")
        % {"most": LONGEST.get(section.kind, 0)},
        "no_number": gettext("This is not a number that can be kept. Write it like 1250.5."),
        "no_day": gettext("This is not a day. Write it like 2026-03-31."),
        "no_choice": gettext("Choose one of: %(choices)s.") % {"choices": ", ".join(section.choices)},
    }
    return sentences[code]


def shown(text: str) -> str:
    """Return a text of a template in the reader's language, where the organisation has not rewritten it."""
    return gettext(text) if text else ""


def answer_shown(section: Section, value: str) -> str:
    """Return an answer as it is read: numbers and days by the reader's language, choices in his words."""
    if not value:
        return ""
    match section.kind:
        case "number":
            return formats.number(Decimal(value), formats.current_locale())
        case "date":
            return formats.day(date.fromisoformat(value), formats.current_locale())
        case "choice":
            return shown(value)
        case _:
            return value


def completeness_status(share: float | None, empty: int) -> Status:
    """Return how far a paper is: not begun (None), with sections that are wanted and empty, or complete."""
    if share is None:
        return Status(gettext("Not begun"))
    if empty:
        words = ngettext("%(count)d section is empty", "%(count)d sections are empty", empty) % {"count": empty}
        return Status(words, "caution")
    return Status(gettext("Complete"), "positive")
