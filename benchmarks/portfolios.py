"""Invented portfolios of any size, always the same for the same seed."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from openvmo.engine.model import (
    Actual,
    Benefit,
    BenefitClass,
    Budget,
    Confidence,
    CostKind,
    CostLine,
    Initiative,
    InitiativeState,
    Measurement,
    Milestone,
    Option,
    Portfolio,
    Profile,
    Programme,
    RampShape,
    Risk,
    StatusReport,
)
from openvmo.engine.quantities import Estimate, Month

START = Month(2025, 4)
PROGRAMMES = 24
YEARS = 6
_UNITS = ("Transport", "Health", "Revenue", "Digital", "Education", "Justice", "Environment", "Defence")
_CATEGORIES = ("construction", "information technology", "transformation", "service")
_VERBS = ("Renew", "Merge", "Automate", "Replace", "Extend", "Simplify", "Insulate", "Digitise")
_THINGS = ("registers", "depots", "payments", "case handling", "stations", "clinics", "licences", "archives")
_STATES = (InitiativeState.PROPOSAL, InitiativeState.APPROVED, InitiativeState.DELIVERY, InitiativeState.OPERATION)


@dataclass(frozen=True, slots=True)
class Shape:
    """How much each initiative of an invented portfolio has."""

    costs: int = 3
    benefits: int = 2
    milestones: int = 2
    reviews: int = 2
    spent_months: int = 12
    measured_months: int = 12

    @property
    def rows(self) -> int:
        """Rows of a native workbook that one initiative takes: itself, its option, one risk, and all of the above."""
        nested = self.costs + 2 * self.benefits + self.milestones + self.reviews
        return 3 + nested + self.spent_months + self.benefits * self.measured_months


FULL = Shape()
LEAN = Shape(costs=2, benefits=1, milestones=1, reviews=1, spent_months=2, measured_months=2)


def portfolio(initiatives: int, *, shape: Shape = FULL, seed: int = 1) -> Portfolio:
    """A portfolio with uncertain plans, whose budgets pay for about half of it."""
    chance = random.Random(seed)
    made = tuple(_initiative(chance, number, shape) for number in range(initiatives))
    demand = sum(line.amount.likely for one in made for line in one.options[0].costs)
    return Portfolio(
        id="benchmark",
        name="Benchmark",
        currency="GBP",
        price_base=2025,
        start=START,
        horizon=120,
        fiscal_year_start=4,
        programmes=tuple(
            Programme(id=_programme(number), name=f"{_VERBS[number % 8]} {_THINGS[number // 3 % 8]} together")
            for number in range(PROGRAMMES)
        ),
        initiatives=made,
        budgets=tuple(Budget(year=START.year + year, amount=round(demand / 2 / YEARS)) for year in range(YEARS)),
    )


def _initiative(chance: random.Random, number: int, shape: Shape) -> Initiative:
    code = f"I{number:05}"
    benefits = tuple(_benefit(chance, f"{code}-B{index}") for index in range(shape.benefits))
    return Initiative(
        id=code,
        name=f"{chance.choice(_VERBS)} {chance.choice(_THINGS)} {number}",
        programme=_programme(chance.randrange(PROGRAMMES)),
        unit=chance.choice(_UNITS),
        category=chance.choice(_CATEGORIES),
        state=chance.choice(_STATES),
        lead=f"Lead {chance.randrange(400)}",
        description=f"Work number {number} of the benchmark, with a sentence as people write it. " * 3,
        options=(_option(chance, benefits, shape),),
        benefits=benefits,
        milestones=tuple(_milestone(chance, index) for index in range(shape.milestones)),
        status=tuple(_review(chance, index) for index in range(shape.reviews)),
        actuals=tuple(
            Actual(month=START + month, amount=_pounds(chance, 1e5), source="ledger")
            for month in range(shape.spent_months)
        ),
        measurements=tuple(
            Measurement(benefit=benefit.id, month=START + month, value=_pounds(chance, 5e4), source="controlling")
            for benefit in benefits
            for month in range(shape.measured_months)
        ),
    )


def _option(chance: random.Random, benefits: tuple[Benefit, ...], shape: Shape) -> Option:
    size = chance.lognormvariate(14.0, 1.2)
    return Option(
        id="plan",
        name="As planned",
        start=START + chance.randrange(-18, 24),
        duration=chance.randrange(6, 48),
        slip=Estimate(2.0, 0.0, 9.0),
        costs=tuple(
            CostLine(
                id=f"C{index}",
                name=f"Cost {index}",
                amount=_spread(chance, size / shape.costs),
                kind=CostKind.OPEX if index else CostKind.CAPEX,
            )
            for index in range(shape.costs)
        ),
        profiles=tuple(
            Profile(
                benefit=benefit.id,
                annual=_spread(chance, size / shape.benefits * chance.uniform(0.1, 0.6)),
                ramp_months=chance.randrange(0, 18),
                ramp_shape=RampShape.S_CURVE,
                duration=120,
            )
            for benefit in benefits
        ),
        risks=(Risk(id="R1", name="The supplier is late", probability=0.2, cost=_spread(chance, size / 20), slip=3),),
    )


def _benefit(chance: random.Random, code: str) -> Benefit:
    return Benefit(
        id=code,
        name=f"Less time for {chance.choice(_THINGS)}",
        kind=chance.choice((BenefitClass.CASHABLE, BenefitClass.NON_CASHABLE)),
        beneficiaries="Citizens and the staff who serve them",
        owner=f"Owner {chance.randrange(200)}",
    )


def _milestone(chance: random.Random, index: int) -> Milestone:
    return Milestone(id=f"M{index}", name=f"Stage {index} is proved", planned=START + chance.randrange(1, 40))


def _review(chance: random.Random, index: int) -> StatusReport:
    at = datetime.date(2025, 6, 1) + datetime.timedelta(days=91 * index)
    return StatusReport(at=at, confidence=chance.choice(tuple(Confidence)), commentary="On the way, with one concern.")


def _spread(chance: random.Random, likely: float) -> Estimate:
    middle = round(likely, 2)
    return Estimate(middle, round(middle * chance.uniform(0.7, 0.95), 2), round(middle * chance.uniform(1.1, 1.8), 2))


def _pounds(chance: random.Random, most: float) -> float:
    return round(chance.uniform(0.0, most), 2)


def _programme(number: int) -> str:
    return f"P{number:02}"
