"""What people read for the words of the benefits' closed vocabularies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Accrual, BenefitClass, BenefitTerm, Level, RampShape

CLASSES = {
    BenefitClass.CASHABLE: _("Cashable"),
    BenefitClass.NON_CASHABLE: _("Non-cashable"),
    BenefitClass.QUANTIFIABLE: _("Quantifiable"),
    BenefitClass.QUALITATIVE: _("Qualitative"),
}
RAMP_SHAPES = {RampShape.STEP: _("At once"), RampShape.LINEAR: _("Evenly"), RampShape.S_CURVE: _("S-curve")}
TERMS = {BenefitTerm.NOT_STATED: _("Not stated"), BenefitTerm.SHORT: _("Short term"), BenefitTerm.LONG: _("Long term")}
ACCRUALS = {Accrual.FLOW: _("What the month brought"), Accrual.LEVEL: _("Where the measure stood")}
LEVELS = {
    Level.NOT_STATED: _("Not stated"),
    Level.LOW: _("Low"),
    Level.MEDIUM: _("Medium"),
    Level.HIGH: _("High"),
}
STATES = {
    "identified": _("Identified"),
    "agreed": _("Agreed"),
    "arriving": _("Arriving"),
    "sustained": _("Sustained"),
    "retired": _("Retired"),
}
ASSUMPTION_STATES = {"open": _("Open"), "holds": _("Holds"), "failed": _("Failed")}
