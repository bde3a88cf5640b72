"""A standing portfolio for the engine's tests, small enough to reckon by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from openvmo.engine.model import (
    Benefit,
    BenefitClass,
    CostLine,
    Initiative,
    Option,
    Portfolio,
    Profile,
)
from openvmo.engine.quantities import Estimate, Month

START = Month(2026, 4)


def option(**changes: Any) -> Option:
    """A year of work for 1,200, then 600 a year without a ramp."""
    plan = Option(
        id="plan",
        start=START,
        duration=12,
        slip=Estimate.certain(0.0),
        costs=(CostLine(id="build", name="Build", amount=Estimate.certain(1_200.0)),),
        profiles=(Profile(benefit="saving", annual=Estimate.certain(600.0)),),
    )
    return replace(plan, **changes)


def initiative(id: str = "alpha", *options: Option, **changes: Any) -> Initiative:
    """An initiative with a saving of its own; without options it has the standing one."""
    saving = Benefit(id=f"saving-{id}", name="Less spent", kind=BenefitClass.CASHABLE)
    named = tuple(_with_saving(plan, saving.id) for plan in options or (option(),))
    return replace(Initiative(id=id, name=id.title(), options=named, benefits=(saving,)), **changes)


def portfolio(*initiatives: Initiative, **changes: Any) -> Portfolio:
    """Five years from April 2026 at 10 % a year; without initiatives it has the standing one."""
    frame = Portfolio(
        currency="GBP",
        price_base=2026,
        start=START,
        horizon=60,
        discount_rate=0.10,
        fiscal_year_start=4,
        initiatives=initiatives or (initiative(),),
    )
    return replace(frame, **changes)


def _with_saving(plan: Option, benefit: str) -> Option:
    profiles = tuple(
        replace(profile, benefit=benefit) if profile.benefit == "saving" else profile for profile in plan.profiles
    )
    return replace(plan, profiles=profiles)
