"""The reference workload of the forecast: what every contestant simulates.

Work of one year or so with a PERT cost spread over its duration and a triangular slip, three benefits (lognormal, PERT
and triangular) that grow along an S-curve of 3 to 12 months beginning 0 to 3 months after go-live, one risk event that
costs and one that takes benefits, all moved together by a factor of the portfolio and one of the programme.
"""

from __future__ import annotations

import random

from openvmo.engine.forecast import Loadings
from openvmo.engine.model import (
    Benefit,
    BenefitClass,
    CostLine,
    Initiative,
    Option,
    Portfolio,
    Profile,
    Programme,
    RampShape,
    Risk,
    ValueDriver,
)
from openvmo.engine.quantities import Estimate, Month

START = Month(2026, 1)
MONTHS = 60
PROGRAMMES = 5
LOADINGS = Loadings(portfolio=0.3, theme=0.0, programme=0.4)
DISCOUNT_RATE = 0.035


def workload(initiatives: int, *, seed: int = 1) -> Portfolio:
    """The workload at any size, always the same for the same seed."""
    chance = random.Random(seed)
    return Portfolio(
        id="reference",
        name="Reference workload",
        currency="GBP",
        price_base=2026,
        start=START,
        horizon=MONTHS,
        discount_rate=DISCOUNT_RATE,
        programmes=tuple(Programme(id=f"P{number}", name=f"Programme {number}") for number in range(PROGRAMMES)),
        initiatives=tuple(_initiative(chance, number) for number in range(initiatives)),
    )


def _initiative(chance: random.Random, number: int) -> Initiative:
    code = f"I{number:05}"
    benefits = tuple(
        Benefit(id=f"{code}-B{place}", name=f"Gain {place}", kind=BenefitClass.CASHABLE, driver=ValueDriver.FINANCIAL)
        for place in range(3)
    )
    return Initiative(
        id=code,
        name=f"Work {number}",
        programme=f"P{number % PROGRAMMES}",
        options=(_plan(chance, benefits),),
        benefits=benefits,
    )


def _plan(chance: random.Random, benefits: tuple[Benefit, ...]) -> Option:
    size = chance.lognormvariate(14.0, 1.0)
    ramp = {"offset": chance.randrange(4), "ramp_months": chance.randrange(3, 13), "ramp_shape": RampShape.S_CURVE}
    yearly = [size * chance.uniform(0.1, 0.3) for _ in range(3)]
    gains = (
        Estimate.lognormal(yearly[0], chance.uniform(0.2, 0.6)),
        Estimate.pert(yearly[1] * chance.uniform(0.4, 0.8), yearly[1], yearly[1] * chance.uniform(1.2, 1.8)),
        Estimate.triangular(yearly[2] * chance.uniform(0.4, 0.8), yearly[2], yearly[2] * chance.uniform(1.2, 1.8)),
    )
    cost = Estimate.pert(size * chance.uniform(0.7, 0.95), size, size * chance.uniform(1.2, 2.2))
    impact = size * chance.uniform(0.05, 0.2)
    return Option(
        id="plan",
        start=START + chance.randrange(12),
        duration=chance.randrange(6, 19),
        slip=Estimate.triangular(0.0, chance.uniform(0.5, 3.0), chance.uniform(4.0, 12.0)),
        costs=(CostLine(id="build", name="Build", amount=cost),),
        profiles=tuple(
            Profile(benefit=benefit.id, annual=gain, **ramp) for benefit, gain in zip(benefits, gains, strict=True)
        ),
        risks=(
            Risk(
                id="A",
                name="Something breaks",
                probability=chance.uniform(0.05, 0.3),
                cost=Estimate.triangular(impact * 0.5, impact, impact * 2.0),
            ),
            Risk(
                id="B", name="Few use it", probability=chance.uniform(0.05, 0.3), benefit_loss=chance.uniform(0.1, 0.5)
            ),
        ),
    )
