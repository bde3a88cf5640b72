"""A town with three initiatives, small enough to follow and fast to forecast."""

from __future__ import annotations

from openvmo.engine.model import (
    Benefit,
    BenefitClass,
    Budget,
    CostLine,
    Initiative,
    Option,
    Portfolio,
    Profile,
)
from openvmo.engine.quantities import Estimate, Month

START = Month(2026, 4)


def initiative(name: str, cost: float, benefit: float | None, *, months: int = 12) -> Initiative:
    """An initiative with one plan; a benefit of None is not stated in money."""
    return Initiative(
        id=name,
        name=f"The {name}",
        options=(
            Option(
                id="plan",
                name="Current plan",
                start=START,
                duration=months,
                costs=(CostLine(id="build", name="Build", amount=Estimate(cost, low=0.9 * cost, high=1.4 * cost)),),
                profiles=()
                if benefit is None
                else (
                    Profile(benefit=f"{name}-gain", annual=Estimate(benefit, low=0.5 * benefit, high=1.2 * benefit)),
                ),
            ),
        ),
        benefits=() if benefit is None else (Benefit(id=f"{name}-gain", name="Gain", kind=BenefitClass.CASHABLE),),
    )


def town(*initiatives: Initiative, budgets: tuple[Budget, ...] = ()) -> Portfolio:
    """The town with these initiatives, or with its bridge, library and pool."""
    return Portfolio(
        id="town",
        name="Town",
        currency="GBP",
        price_base=2026,
        start=START,
        horizon=60,
        fiscal_year_start=4,
        budgets=budgets,
        initiatives=initiatives
        or (initiative("bridge", 900e6, 400e6), initiative("library", 300e6, 180e6), initiative("pool", 200e6, 20e6)),
    )
