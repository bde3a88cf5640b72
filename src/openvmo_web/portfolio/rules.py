"""What a portfolio of a file or a form says, as the values of its rows, and when two versions of a plan are equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Family
from openvmo_web.common.fields import stored_amount

# What an estimate's low and high mean unless it says otherwise: P10 and P90.
USUAL_TAIL = 0.1
# What the digest of a plan leaves out where a row says it, as rows did before the columns were there.
UNSTATED: Mapping[str, Any] = {
    "slip_shape": {},
    "amount_shape": {},
    "cost_shape": {},
    "annual_shape": {},
    "every": 1,
    "curve": [],
}


def portfolio_values(portfolio: model.Portfolio) -> dict[str, Any]:
    """Return the values of a portfolio's row, without its address."""
    return {
        "name": portfolio.name,
        "description": portfolio.description,
        "currency": portfolio.currency,
        "price_base": portfolio.price_base,
        "starts": portfolio.start.first_day,
        "horizon": portfolio.horizon,
        "discount_rate": portfolio.discount_rate,
        "fiscal_year_start": portfolio.fiscal_year_start,
    }


def programme_values(programme: model.Programme) -> dict[str, Any]:
    """Return the values of a programme's row."""
    return {
        "code": programme.id,
        "name": programme.name,
        "owner_name": programme.owner,
        "description": programme.description,
    }


def initiative_values(initiative: model.Initiative) -> dict[str, Any]:
    """Return the values of an initiative's row, without its programme and its plan."""
    return {
        "code": initiative.id,
        "name": initiative.name,
        "unit": initiative.unit,
        "category": initiative.category,
        "state": str(initiative.state),
        "selection": str(initiative.selection),
        "reference_class": initiative.reference_class,
        "lead_name": initiative.lead,
        "description": initiative.description,
    }


def option_values(option: model.Option) -> dict[str, Any]:
    """Return the values of an option's row, without what belongs to it."""
    return {
        "code": option.id,
        "name": option.name,
        "kind": str(option.kind),
        "starts": option.start.first_day,
        "duration": option.duration,
        **estimate_values("slip", option.slip, kept=_number),
    }


def cost_line_values(line: model.CostLine) -> dict[str, Any]:
    """Return the values of a cost line's row."""
    return {
        "code": line.id,
        "name": line.name,
        "kind": str(line.kind),
        **estimate_values("amount", line.amount),
        "anchor": str(line.anchor),
        "offset": line.offset,
        "months": line.months,
        "every": line.every,
    }


def risk_values(risk: model.Risk) -> dict[str, Any]:
    """Return the values of a risk's row."""
    return {
        "code": risk.id,
        "name": risk.name,
        "probability": float(risk.probability),
        **estimate_values("cost", risk.cost),
        **estimate_values("slip", risk.slip, kept=_number),
        "benefit_loss": float(risk.benefit_loss),
    }


def profile_values(profile: model.Profile) -> dict[str, Any]:
    """Return the values of a profile's row, without its benefit."""
    return {
        **estimate_values("annual", profile.annual),
        "offset": profile.offset,
        "ramp_months": profile.ramp_months,
        "ramp_shape": str(profile.ramp_shape),
        "duration": profile.duration,
        "decay": float(profile.decay),
        "curve": [float(share) for share in profile.curve],
    }


def estimate_values(
    name: str, estimate: Estimate, *, kept: Callable[[float], Decimal | float] = stored_amount
) -> dict[str, Any]:
    """Return the columns of an uncertain quantity.

    Args:
        name: What the columns begin with.
        estimate: The quantity.
        kept: How its numbers are stored.
    """
    return {
        f"{name}_low": None if estimate.low is None else kept(estimate.low),
        f"{name}_likely": kept(estimate.likely),
        f"{name}_high": None if estimate.high is None else kept(estimate.high),
        f"{name}_shape": shape_values(estimate, kept=kept),
    }


def shape_values(estimate: Estimate, *, kept: Callable[[float], Decimal | float] = stored_amount) -> dict[str, Any]:
    """Return how a quantity is distributed beside its low, likely and high value; empty for P10, P50 and P90."""
    shape: dict[str, Any] = {}
    if estimate.family is not Family.THREE_POINT:
        shape["family"] = str(estimate.family)
    if estimate.tail != USUAL_TAIL:
        shape["tail"] = float(estimate.tail)
    if estimate.outcomes:
        shape["outcomes"] = [[float(kept(value)), chance] for value, chance in estimate.outcomes]
    return shape


def _number(value: float) -> float:
    return float(value)


def plan_digest(options: Sequence[model.Option]) -> str:
    """Return the digest of a plan's content as it is stored: equal plans have equal digests, whoever states them."""
    content = [
        {
            **_stated(option_values(option)),
            "costs": [_stated(cost_line_values(line)) for line in option.costs],
            "profiles": [
                _stated(profile_values(profile)) | {"benefit": profile.benefit} for profile in option.profiles
            ],
            "risks": [_stated(_risk_in_digest(risk)) for risk in option.risks],
        }
        for option in options
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those that say what their absence means: older versions of a plan keep their digests."""
    return {name: value for name, value in values.items() if name not in UNSTATED or value != UNSTATED[name]}


def _risk_in_digest(risk: model.Risk) -> dict[str, Any]:
    """The values of a risk, with a slip of certain months as one number."""
    values = risk_values(risk)
    if not risk.slip.is_certain or not risk.slip.likely.is_integer():
        return values
    return {name: value for name, value in values.items() if not name.startswith("slip_")} | {
        "slip": int(risk.slip.likely)
    }


def plan_totals(options: Sequence[model.Option], worth: Mapping[str, float]) -> dict[str, Any]:
    """Return what lists show of a plan: cost, start, go-live and steady yearly benefit of its first option.

    What the plan does not say is None: no cost line is not a cost of nought.

    Args:
        options: The plan.
        worth: What one unit of each benefit counts in money, negative for a dis-benefit; without a value: absent.
    """
    if not options:
        return {"cost_likely": None, "starts": None, "go_live": None, "annual_benefit_likely": None}
    current = options[0]
    annual = [
        worth[profile.benefit] * profile.annual.likely for profile in current.profiles if profile.benefit in worth
    ]
    return {
        "cost_likely": stored_amount(sum(line.amount.likely for line in current.costs)) if current.costs else None,
        "starts": current.start.first_day,
        "go_live": current.go_live.first_day,
        "annual_benefit_likely": stored_amount(sum(annual)) if annual else None,
    }
