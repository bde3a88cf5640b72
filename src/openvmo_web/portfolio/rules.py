"""What a portfolio of a file or a form says, as the values of its rows, and when two versions of a plan are equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from openvmo.engine import model
from openvmo.engine.quantities import Estimate
from openvmo_web.common.fields import stored_amount


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
        "slip_low": None if option.slip.low is None else float(option.slip.low),
        "slip_likely": float(option.slip.likely),
        "slip_high": None if option.slip.high is None else float(option.slip.high),
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
    }


def risk_values(risk: model.Risk) -> dict[str, Any]:
    """Return the values of a risk's row."""
    return {
        "code": risk.id,
        "name": risk.name,
        "probability": float(risk.probability),
        **estimate_values("cost", risk.cost),
        "slip": risk.slip,
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
    }


def estimate_values(name: str, estimate: Estimate) -> dict[str, Any]:
    """Return the three columns of an uncertain amount."""
    return {
        f"{name}_low": stored_amount(estimate.low),
        f"{name}_likely": stored_amount(estimate.likely),
        f"{name}_high": stored_amount(estimate.high),
    }


def plan_digest(options: Sequence[model.Option]) -> str:
    """Return the digest of a plan's content as it is stored: equal plans have equal digests, whoever states them."""
    content = [
        {
            **option_values(option),
            "costs": [cost_line_values(line) for line in option.costs],
            "profiles": [profile_values(profile) | {"benefit": profile.benefit} for profile in option.profiles],
            "risks": [risk_values(risk) for risk in option.risks],
        }
        for option in options
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


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
