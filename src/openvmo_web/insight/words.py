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

CHANCES = {
    "npv_positive": (_("Chance of paying back"), _("Net present value above nought.")),
    "cost_within_plan": (_("Chance to cost no more than planned"), _("Cost of all current plans together.")),
    "benefit_reaches_plan": (_("Chance to bring what was planned"), _("Benefits of all current plans together.")),
    "all_budgets": (_("Chance to keep every budget"), _("Each financial year within its budget.")),
}
GROUPS = {"programmes": _("Programmes"), "objectives": _("Objectives"), "drivers": _("Drivers of value")}
SAMPLING = {"balanced": _("Evenly spread"), "plain": _("At random")}
INPUTS = {
    "slip": _("Delay"),
    "cost": _("Cost of %(name)s"),
    "benefit": _("Benefit: %(name)s"),
    "risk": _("Whether it happens: %(name)s"),
    "risk cost": _("Cost if it happens: %(name)s"),
    "risk slip": _("Delay if it happens: %(name)s"),
    "reference": _("How such work turned out: %(name)s"),
}
FACTORS = {
    "portfolio": _("What all initiatives share"),
    "theme": _("What the theme %(name)s shares"),
    "programme": _("What the programme %(name)s shares"),
    "factor": _("What several initiatives share: %(name)s"),
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

FORECAST_FORMULAS = FORMULAS | {
    "cumulative": (
        _("Cumulative net value"),
        _(
            "Benefits less costs from the start to each month, added up in every future by itself and not discounted. "
            "The band of a month holds so many of the futures in that month; no single future runs along its edge."
        ),
    ),
    "plan": (
        _("Plan as stated"),
        _("Likely costs and benefits at the planned dates: no delay, no risk event, no outside view."),
    ),
    "chance": (
        _("Chances"),
        _(
            "The share of simulated futures in which it holds. Planned cost and benefits are those of the plan as "
            "stated; a budget is kept when the year's cost is at most the budget."
        ),
    ),
    "error": (
        _("Standard error"),
        _(
            "How far the figure would typically move if it were simulated again with another seed. It becomes half as "
            "large with about four times as many futures. It says nothing of whether the inputs are right."
        ),
    ),
    "years": (
        _("Cost against budget"),
        _("The cost of each financial year, not discounted, in every future; sunk cost is not in it."),
    ),
    "drivers": (
        _("What drives the value"),
        _(
            "The bar runs from the mean value in the futures in which the input is about its P10 to the mean in those "
            "in which it is about its P90. The share of the variance is what would be gone on average if the input "
            "were known. Inputs that move together share what they explain, so that shares may add up to over 100%."
        ),
    ),
    "information": (
        _("Worth of knowing"),
        _(
            "Expected value of perfect information: the mean over what the input may turn out to be of the better of "
            "going on and leaving it, less the better of both as they look today. It is the most that finding out "
            "may cost. It is nought where no outcome of the input would change the decision."
        ),
    ),
    "groups": (
        _("Programmes, objectives and drivers"),
        _(
            "The current plans of a group added up in every future before percentiles are taken. Objectives and "
            "drivers have benefits only: costs belong to initiatives, which may serve several."
        ),
    ),
    "unit": (
        _("Benefits in their own unit"),
        _(
            "What the benefit brings a year at its steady value, and over the whole horizon, in its measure's unit. "
            "Money is shown only where a value per unit was agreed."
        ),
    ),
}

INITIATIVE_FORMULAS = (
    "npv",
    "loss",
    "cost",
    "range",
    "bcr",
    "view",
    "cumulative",
    "plan",
    "drivers",
    "unit",
    "information",
    "error",
)
BENEFIT_FORMULAS = ("unit", "range", "plan", "error")


def status_of(state: str) -> Status:
    """Return where a run stands, in a word with its tone."""
    return Status(str(STATES[state]), TONES[state], ICONS.get(state, ""))  # type: ignore[arg-type]
