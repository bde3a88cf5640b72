"""What people read for the words of the standard papers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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
