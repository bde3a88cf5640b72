"""What people read for the words of the benefits' closed vocabularies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import BenefitClass, RampShape, ValueDriver

CLASSES = {
    BenefitClass.CASHABLE: _("Cashable"),
    BenefitClass.NON_CASHABLE: _("Non-cashable"),
    BenefitClass.QUANTIFIABLE: _("Quantifiable"),
    BenefitClass.QUALITATIVE: _("Qualitative"),
}
DRIVERS = {
    ValueDriver.FINANCIAL: _("Financial"),
    ValueDriver.OPERATIONAL: _("Operational"),
    ValueDriver.CUSTOMER: _("Customer"),
    ValueDriver.STRATEGIC: _("Strategic"),
    ValueDriver.RISK: _("Risk"),
    ValueDriver.SOCIAL: _("Social"),
}
RAMP_SHAPES = {RampShape.STEP: _("At once"), RampShape.LINEAR: _("Evenly"), RampShape.S_CURVE: _("S-curve")}
