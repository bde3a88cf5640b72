"""What people read for the states of an import and for what it would do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STATES = {
    "reading": _("Being read"),
    "previewed": _("Waiting for confirmation"),
    "refused": _("Not importable"),
    "applied": _("Imported"),
    "discarded": _("Discarded"),
}
SEVERITIES = {"error": _("Error"), "warning": _("Warning"), "note": _("Note")}
EFFECTS = {"add": _("New"), "change": _("Changed")}
RECORDS = {
    "portfolio": _("Portfolio"),
    "objective": _("Objective"),
    "programme": _("Programme"),
    "initiative": _("Initiative"),
    "benefit": _("Benefit"),
    "plan": _("Plan"),
    "milestone": _("Milestone"),
    "status": _("Status report"),
    "actual": _("Actual cost"),
    "measurement": _("Measurement"),
    "dependency": _("Dependency"),
    "pool": _("Pool"),
    "correlation": _("Correlation"),
    "budget": _("Budget"),
}
