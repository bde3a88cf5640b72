"""What people read for the words of the strategy, which the benefits share, and for what its rules refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Direction, Frequency, Timing, ValueDriver
from openvmo_web.common.fields import label_of
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.strategy import rules

DRIVERS = {
    ValueDriver.FINANCIAL: _("Financial"),
    ValueDriver.OPERATIONAL: _("Operational"),
    ValueDriver.CUSTOMER: _("Customer"),
    ValueDriver.STRATEGIC: _("Strategic"),
    ValueDriver.RISK: _("Risk"),
    ValueDriver.SOCIAL: _("Social"),
}
DIRECTIONS = {
    Direction.NOT_STATED: _("Not stated"),
    Direction.INCREASE: _("Should rise"),
    Direction.DECREASE: _("Should fall"),
    Direction.MAINTAIN: _("Should stay"),
}
FREQUENCIES = {
    Frequency.NOT_STATED: _("Not stated"),
    Frequency.MONTHLY: _("Every month"),
    Frequency.QUARTERLY: _("Every quarter"),
    Frequency.HALF_YEARLY: _("Every half-year"),
    Frequency.YEARLY: _("Every year"),
    Frequency.ONCE: _("Once"),
}
TIMINGS = {
    Timing.NOT_STATED: _("Not stated"),
    Timing.LEADING: _("Leading"),
    Timing.LAGGING: _("Lagging"),
}
MEASURE_KINDS = {"kpi": _("Measure"), "key_result": _("Key result")}
WEIGHING_METHODS = {"direct": _("Stated directly"), "swing": _("Swing points"), "pairwise": _("Pairwise comparison")}

MEASURE_STATES = {
    rules.ON_TRACK: _("On track"),
    rules.ATTENTION: _("Needs attention"),
    rules.CRITICAL: _("Critical"),
    rules.STALE: _("Out of date"),
    rules.UNMEASURED: _("Not measured"),
    rules.UNJUDGED: _("Nothing to compare with"),
}
STATE_TONES: dict[str, Tone] = {
    rules.ON_TRACK: "positive",
    rules.ATTENTION: "caution",
    rules.CRITICAL: "critical",
    rules.STALE: "caution",
    rules.UNMEASURED: "neutral",
    rules.UNJUDGED: "neutral",
}
STATE_ICONS = {rules.STALE: "clock", rules.UNMEASURED: "measure", rules.UNJUDGED: "help"}

PROBLEMS = {
    "no_direction": _("Say whether the measure should rise, fall or stay where it is."),
    "day_without_baseline": _("State the baseline that was taken on this day, or clear the day."),
    "day_without_target": _("State the target that is to be reached on this day, or clear the day."),
    "target_before_baseline": _("The target is due on or before the day of the baseline. Give a later day."),
    "target_not_above_baseline": _("The measure should rise, so that the target lies above the baseline."),
    "target_not_below_baseline": _("The measure should fall, so that the target lies below the baseline."),
    "threshold_beyond_target": _(
        "This value is as good as the target or better. Set the threshold on the worse side of the target."
    ),
    "critical_before_caution": _(
        "A measure becomes critical only after it needs attention. Set the critical threshold further from the target."
    ),
    "no_value_to_keep": _("Say at which value the measure should stay."),
    "distance_not_positive": _(
        "The measure should stay at its target, so that thresholds are distances to it: give a number above 0."
    ),
}

# Saaty's scale; the reciprocals stand for the other way round.
IMPORTANCE = {
    9: _("extremely more important"),
    8: _("between very strongly and extremely"),
    7: _("very strongly more important"),
    6: _("between strongly and very strongly"),
    5: _("strongly more important"),
    4: _("between moderately and strongly"),
    3: _("moderately more important"),
    2: _("between equally and moderately"),
}


def state_status(state: str) -> Status:
    """Return how a measure stands, in a word with its tone."""
    return Status(label_of(MEASURE_STATES, state), STATE_TONES[state], STATE_ICONS.get(state, ""))
