"""What people read for the words of the benefits map."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

KINDS = {"enabler": _("Enabler"), "change": _("Change"), "outcome": _("Outcome")}
STATES = {
    "planned": _("Planned"),
    "under_way": _("Under way"),
    "at_risk": _("At risk"),
    "in_place": _("In place"),
    "cut": _("Cut"),
}
