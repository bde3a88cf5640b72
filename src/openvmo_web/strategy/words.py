"""What people read for the words of the strategy, which the benefits share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Direction, Frequency, Timing, ValueDriver

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
