"""What people read for the words of governance's closed vocabularies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STATES = {
    "proposed": _("Proposed"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "withdrawn": _("Withdrawn"),
}
KINDS = {"fund_portfolio": _("Fund the portfolio")}
VERDICTS = {"fund": _("Fund"), "decline": _("Do not fund")}
