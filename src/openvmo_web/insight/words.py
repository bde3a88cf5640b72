"""What people read for the kinds of analysis, where a run stands, and what each figure means."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openvmo_web.common.widgets import Status

KINDS = {"forecast": _("Forecast"), "choose": _("Choice")}
STATES = {
    "queued": _("Waiting"),
    "running": _("Running"),
    "succeeded": _("Finished"),
    "failed": _("Failed"),
    "cancelled": _("Stopped"),
}
TONES = {"queued": "neutral", "running": "info", "succeeded": "positive", "failed": "critical", "cancelled": "caution"}
ICONS = {"queued": "clock", "running": "running", "cancelled": "stop"}

FAN = {
    "p5": _("P5"),
    "p10": _("P10"),
    "p25": _("P25"),
    "p50": _("Middle of all futures (P50)"),
    "p75": _("P75"),
    "p90": _("P90"),
    "p95": _("P95"),
    "p5-p95": _("9 in 10 futures"),
    "p10-p90": _("8 in 10 futures"),
    "p25-p75": _("Half of all futures"),
}

TOTALS = {
    "npv": _("Net present value"),
    "cost": _("Forward cost"),
    "cost_pv": _("Forward cost, present value"),
    "benefit_pv": _("Benefits, present value"),
}
CAUSES = {
    "engine": _("The version of OpenVMO: the same inputs may be computed differently."),
    "seed": _("The draws: seed, number of futures or sampling. Figures move by chance."),
    "parameters": _("Parameters of the run."),
    "inputs": _("Figures of the portfolio."),
}

DIMENSIONS = {"cost": _("Cost"), "duration": _("Duration"), "benefit": _("Benefit")}

FORMULAS = {
    "npv": (
        _("Net present value"),
        _(
            "Benefits less costs, each month discounted to the valuation month: "
            "the sum of (benefit - cost) / (1 + rate)^(months / 12). What was spent before the valuation month is sunk "
            "and is not in it."
        ),
    ),
    "loss": (
        _("Probability of loss"),
        _("The share of simulated futures in which the net present value is below nought."),
    ),
    "cost": (_("Forward cost"), _("All costs from the valuation month on, not discounted, at the price base.")),
    "benefit": (
        _("Present value of benefits"),
        _("All financial benefits of the horizon, discounted to the valuation month."),
    ),
    "range": (
        _("P10 to P90"),
        _("In one future in ten the figure is below P10, in one in ten above P90. Eight in ten lie between."),
    ),
    "bcr": (_("Benefit-cost ratio"), _("Present value of benefits divided by the present value of forward costs.")),
    "sunk": (
        _("Sunk cost"),
        _("What was spent before the valuation month. It is shown apart and enters no comparison."),
    ),
    "view": (
        _("Inside and outside view"),
        _(
            "The inside view uses the plan's own figures. The outside view multiplies them by what happened to "
            "finished work of the same reference class."
        ),
    ),
}


def status_of(state: str) -> Status:
    """Return where a run stands, in a word with its tone."""
    return Status(str(STATES[state]), TONES[state], ICONS.get(state, ""))  # type: ignore[arg-type]
