"""What people read for the words of realisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REQUEST_STATES = {"open": _("Open"), "answered": _("Answered"), "waived": _("Waived")}
HANDOVER_STATES = {
    "proposed": _("Proposed"),
    "accepted": _("Accepted"),
    "declined": _("Declined"),
    "withdrawn": _("Withdrawn"),
}
# What a new hand-over asks for; an organisation changes the list with each proposal.
HANDOVER_CONDITIONS = (
    _("The measure is in place and gives figures"),
    _("The source of the figures is agreed"),
    _("The target is agreed"),
    _("The benefit is booked in the unit's budget"),
    _("The reviews are agreed"),
)
REVIEW_VERDICTS = {
    "sustained": _("Sustained"),
    "at_risk": _("At risk"),
    "lost": _("Lost"),
    "retire": _("Nothing more to follow"),
}
