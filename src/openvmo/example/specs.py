"""What the example's initiatives and benefits are, as its tables state them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from openvmo.engine.model import BenefitClass, OptionKind, Selection, ValueDriver

MONEY = (BenefitClass.CASHABLE, BenefitClass.NON_CASHABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitSpec:
    """One benefit: `annual` is the planned steady value a year, None for one that is told in words.

    One with a `baseline` is measured as a level, which moves from there to the `target`.
    """

    id: str
    name: str
    kind: BenefitClass
    annual: float | None
    unit: str
    value_per_unit: float | None
    objective: str
    driver: ValueDriver
    beneficiaries: str
    is_disbenefit: bool
    measure: str
    baseline: float | None
    target: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeSpec:
    """One initiative: `start` in months from the month in which the story ends, costs in thousands."""

    id: str
    programme: str
    name: str
    unit: str
    category: str
    lead: str
    start: int
    duration: int
    capital: float
    running: float
    reference_class: str
    selection: Selection
    variants: tuple[OptionKind, ...]
    risk: str
    risk_probability: float
    milestone: str
    description: str
    benefits: tuple[BenefitSpec, ...]

    @property
    def planned_go_live(self) -> int:
        """The first month after the work, as planned at the beginning."""
        return self.start + self.duration


@cache
def initiative_specs() -> tuple[InitiativeSpec, ...]:
    """All initiatives in the order of the table."""
    benefits: dict[str, list[BenefitSpec]] = {}
    for row in rows_of("benefits.csv"):
        benefits.setdefault(row["initiative"], []).append(_benefit(row))
    return tuple(_initiative(row, tuple(benefits[row["id"]])) for row in rows_of("initiatives.csv"))


def _benefit(row: dict[str, str]) -> BenefitSpec:
    return BenefitSpec(
        id=row["id"],
        name=row["name"],
        kind=BenefitClass(row["kind"]),
        annual=_number(row["annual"]),
        unit=row["unit"],
        value_per_unit=_number(row["value_per_unit"]),
        objective=row["objective"],
        driver=ValueDriver(row["driver"]),
        beneficiaries=row["beneficiaries"],
        is_disbenefit=row["is_disbenefit"] == "yes",
        measure=row["measure"],
        baseline=_number(row["baseline"]),
        target=_number(row["target"]),
    )


def _initiative(row: dict[str, str], benefits: tuple[BenefitSpec, ...]) -> InitiativeSpec:
    return InitiativeSpec(
        id=row["id"],
        programme=row["programme"],
        name=row["name"],
        unit=row["unit"],
        category=row["category"],
        lead=row["lead"],
        start=int(row["start"]),
        duration=int(row["duration"]),
        capital=float(row["capital"]) * 1000,
        running=float(row["running"]) * 1000,
        reference_class=row["reference_class"],
        selection=Selection(row["selection"]),
        variants=tuple(OptionKind(word) for word in row["variants"].split()),
        risk=row["risk"],
        risk_probability=float(row["risk_probability"]),
        milestone=row["milestone"],
        description=row["description"],
        benefits=benefits,
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of the example."""
    text = resources.files("openvmo.example").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
