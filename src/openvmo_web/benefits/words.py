"""What people read for the words of the benefits' closed vocabularies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Accrual, BenefitClass, BenefitTerm, Level, RampShape
from openvmo.engine.quantities import Family

CLASSES = {
    BenefitClass.CASHABLE: _("Cashable"),
    BenefitClass.NON_CASHABLE: _("Non-cashable"),
    BenefitClass.QUANTIFIABLE: _("Quantifiable"),
    BenefitClass.QUALITATIVE: _("Qualitative"),
}
RAMP_SHAPES = {
    RampShape.STEP: _("At once"),
    RampShape.LINEAR: _("Evenly"),
    RampShape.S_CURVE: _("S-curve"),
    RampShape.CURVE: _("Given month by month"),
}
FAMILIES = {
    Family.THREE_POINT: _("Low, likely and high as stated, nothing more"),
    Family.PERT: _("PERT: likely is the most likely value, the ends are rare"),
    Family.TRIANGULAR: _("Triangular: likely is the most likely value"),
    Family.UNIFORM: _("Uniform: every value between low and high as likely"),
    Family.NORMAL: _("Normal: likely is the middle"),
    Family.LOGNORMAL: _("Lognormal: above zero, likely is the median"),
    Family.DISCRETE: _("Some values, each with its chance"),
    Family.EMPIRICAL: _("Observed values, each as likely as the others"),
}
# What an expert's low and high mean: the chance of lying below the one, and above the other.
TAILS = {
    "0.1": _("P10 and P90: one chance in ten beyond each"),
    "0.05": _("P5 and P95: one chance in twenty beyond each"),
    "0.01": _("P1 and P99: one chance in a hundred beyond each"),
    "0.0": _("The limits: nothing lies beyond"),
}
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

# The four tests of completeness: name and question.
TESTS = {
    "D": (_("Description"), _("Is it clear who gains what?")),
    "O": (_("Observable outcome"), _("Will people see it happen?")),
    "A": (_("Attribution"), _("Can this work claim it, and who answers for it?")),
    "M": (_("Measurement"), _("Is it agreed how and when it is measured?")),
}
# What to do about a field that a test of completeness misses.
REMEDIES = {
    "description": _("Describe the gain and the work that brings it."),
    "beneficiaries": _("Name for whom the gain is."),
    "observable": _("Say what people will see happen when it arrives."),
    "attribution": _("Say why this work can claim it, and what else contributes."),
    "owner": _("Name the owner who is accountable for it."),
    "measure": _("Name the measure that shows it."),
    "baseline": _("State the baseline: where the measure stands without the change."),
    "baseline_date": _("State the day on which the baseline was taken."),
    "target": _("State the target."),
    "target_date": _("State the day by which the target is to be reached."),
    "frequency": _("Agree how often it is measured."),
    "data_source": _("Name the source of the figures."),
}

# Translators: words, separated by spaces, that promise nothing that could be measured.
VAGUE_WORDS = _("better best improve improved improves improving improvement enhanced enhance optimised good")
# Translators: words, separated by spaces, that say in which way a measure changes.
CHANGE_WORDS = _(
    "fewer less lower reduced reduce reduction shorter smaller cheaper avoided avoid prevented saved save savings no "
    "more faster quicker sooner earlier higher increased increase larger longer greater additional extra new stopped "
    "ended doubled halved released freed retained"
)
TITLE_VAGUE = _("“%(word)s” cannot be measured. Say what there will be fewer, less, more of, or what will be faster.")
TITLE_WITHOUT_CHANGE = _(
    "Say the change first: fewer, faster, more, less, avoided … For example “Fewer days to decide a claim”."
)
TITLE_WITHOUT_MEASURE = _("Say of what: name the thing that is measured.")

MONEY = _("money")
LEVEL_WITHOUT_BASELINE = _("A measurement that states where the measure stood needs the baseline from which it moves.")
LEVEL_WITHOUT_DIRECTION = _(
    "A measurement that states where the measure stood needs to know which way the measure has to move."
)
TARGET_NOT_ABOVE = _("The measure should rise, so the target has to be above the baseline.")
TARGET_NOT_BELOW = _("The measure should fall, so the target has to be below the baseline.")
TARGET_BEFORE_BASELINE = _("The target is to be reached after the baseline was taken.")
OTHER_UNIT = _("The strategic measure counts in %(measure)s, the benefit in %(benefit)s: they cannot be added up.")
RETIRE_WITH_REASON = _("Retire the benefit with a reason; that is an action of its own.")
STATE_STEPS = _("From “%(before)s” a benefit goes to: %(steps)s.")
STATE_WITHOUT_OWNER = _("Name an owner first: nobody has agreed to a benefit for which nobody answers.")
FROZEN = _("The baseline promises %(fields)s: only renewing the promise changes that.")
FROZEN_BY = _("The baseline of decision %(decision)s promises %(fields)s: only renewing the promise changes that.")
NOT_PROMISED = _("%(field)s is not part of the promise: change the benefit itself.")
SAME_PROMISE = _("Nothing of the promise is different. State what changes.")
MEASURED_ALREADY = _(
    "%(field)s stays: the benefit has been measured, and its figures would mean something else. Retire it and state a "
    "new benefit."
)
NEVER_PROMISED = _("There is no baseline yet, so nothing is promised: change the benefit itself.")
OWN_PROMISE = _("You are accountable for this benefit: another person has to renew its promise.")
NOT_PLANNED = _("The plan in force does not say how “%(benefit)s” arrives: record a forecast first.")
RETIRED_UNPROMISED = _("“%(benefit)s” is retired: nothing more is promised of it.")
NOT_FUNDED = _("“%(initiative)s” is not funded yet: the decision to fund it sets its baselines.")
STOPPED_UNPROMISED = _("“%(initiative)s” was stopped: nothing more is promised of its benefits.")
