"""What people read for the words of realisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REQUEST_STATES = {"open": _("Open"), "answered": _("Answered"), "waived": _("Waived")}
HANDOVER_STATES = {"proposed": _("Proposed"), "accepted": _("Accepted"), "declined": _("Declined")}
REVIEW_VERDICTS = {
    "sustained": _("Sustained"),
    "at_risk": _("At risk"),
    "lost": _("Lost"),
    "retire": _("Nothing more to follow"),
}
