"""The portfolio as the engine is given it: frozen records, each field with its unit.

Money is in the portfolio's currency at its price base, in plain units (not thousands). Costs and benefits are positive
numbers; the sign of a cash flow is given by what it is. A dis-benefit is a benefit with `is_disbenefit`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from openvmo.engine.model.columns import column
from openvmo.engine.model.kinds import (
    Accrual,
    Anchor,
    BenefitClass,
    BenefitTerm,
    Confidence,
    CostKind,
    DependencyKind,
    Direction,
    Frequency,
    InitiativeState,
    Level,
    OptionKind,
    RampShape,
    Selection,
    Timing,
    ValueDriver,
)
from openvmo.engine.quantities import Estimate, Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What the strategy wants; objectives form a tree."""

    id: str = column("Short name, unique in the organisation.")
    name: str = column("What is wanted, in a few words.")
    parent: str = column("Id of the objective above, empty at the top.", default="")
    weight: float | None = column(
        "Importance among its siblings; None when not yet weighted.", unit="share", default=None
    )
    description: str = column("What reaching it means.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Initiatives that must move together for their benefits to arrive."""

    id: str = column("Short name, unique in the portfolio.")
    name: str = column("Name of the programme.")
    owner: str = column("Who owns the integrated benefits.", default="")
    description: str = column("The change that the programme brings.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """An amount spread evenly over some months of an option."""

    id: str = column("Short name, unique in the option.")
    name: str = column("What is paid for.")
    amount: Estimate = column("Total over the months of the line.", unit="money")
    kind: CostKind = column("Capital or running cost.", default=CostKind.CAPEX)
    anchor: Anchor = column("Event from which the offset is counted.", default=Anchor.START)
    offset: int = column("Months from the anchor to the first month of the line.", unit="months", default=0)
    months: int | None = column(
        "Number of months of the line; None spreads it over the option's whole duration, slip included.",
        unit="months",
        default=None,
    )
    every: int = column(
        "Months from one payment to the next, the first one in the first month of the line; 3 pays every quarter.",
        unit="months",
        default=1,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one benefit arrives if the option is taken."""

    benefit: str = column("Id of the benefit.")
    annual: Estimate = column(
        "Steady value a year: money for cashable and non-cashable benefits, else the benefit's own unit.",
        unit="money or unit a year",
    )
    offset: int = column("Months from go-live to the first effect.", unit="months", default=0)
    ramp_months: int = column("Months from the first effect to the steady value.", unit="months", default=0)
    ramp_shape: RampShape = column("Shape of the growth.", default=RampShape.LINEAR)
    duration: int | None = column(
        "Months from the first effect to the last; None lasts to the end of the horizon.", unit="months", default=None
    )
    decay: float = column("Share of the value lost each year once steady.", unit="share a year", default=0.0)
    curve: tuple[float, ...] = column(
        "Share of the steady value in each month from the first effect, for the ramp shape curve; "
        "after its end the last share stays.",
        unit="share",
        factory=tuple,
    )

    @property
    def growth_months(self) -> int:
        """Months from the first effect to the steady value."""
        return len(self.curve) if self.ramp_shape is RampShape.CURVE else self.ramp_months


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """An event that may happen to an option, with its effects if it does."""

    id: str = column("Short name, unique in the option.")
    name: str = column("What may happen.")
    probability: float = column("Chance that it happens at all.", unit="share")
    cost: Estimate = column("Added cost if it happens, paid at go-live.", unit="money", default=Estimate.certain(0.0))
    slip: Estimate = column("Added months before go-live if it happens.", unit="months", default=Estimate.certain(0.0))
    benefit_loss: float = column("Share of every benefit of the option lost if it happens.", unit="share", default=0.0)

    def __post_init__(self) -> None:
        stated: object = self.slip
        if isinstance(stated, int | float):  # months that are certain may be given as a number
            object.__setattr__(self, "slip", Estimate.certain(float(stated)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One course of action for an initiative."""

    id: str = column("Short name, unique in the initiative.")
    name: str = column("The course of action in a few words.", default="")
    kind: OptionKind = column("What it does to the initiative.", default=OptionKind.CONTINUE)
    start: Month = column("First month of work.")
    duration: int = column("Planned months of work from start to go-live.", unit="months")
    slip: Estimate = column(
        "Months by which go-live may differ from plan; negative is early.", unit="months", default=Estimate(0.0)
    )
    costs: tuple[CostLine, ...] = column("Its cost lines.", factory=tuple)
    profiles: tuple[Profile, ...] = column("How its benefits arrive.", factory=tuple)
    risks: tuple[Risk, ...] = column("Its risk events.", factory=tuple)

    @property
    def go_live(self) -> Month:
        """The planned first month after the work."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """A measurable gain for named beneficiaries."""

    id: str = column("Short name, unique in the portfolio.")
    name: str = column("Change verb and measure, such as 'Fewer days to decide a claim'.")
    kind: BenefitClass = column("How it counts.")
    objective: str = column("Id of the objective that it serves, empty when none is known.", default="")
    driver: ValueDriver = column("The kind of value.", default=ValueDriver.FINANCIAL)
    is_disbenefit: bool = column("Whether it is an unwanted effect, counted with the opposite sign.", default=False)
    beneficiaries: str = column("For whom the gain is.", default="")
    owner: str = column("Who is accountable for it.", default="")
    measurer: str = column("Who measures it.", default="")
    sustainer: str = column("The operational leader who keeps it after go-live.", default="")
    measure: str = column("The measure that shows it.", default="")
    unit: str = column("Unit of the measure; empty means money.", default="")
    value_per_unit: float | None = column(
        "Money that one unit is worth a year; None when no value was agreed.", unit="money", default=None
    )
    description: str = column("What the gain is and which work brings it.", default="")
    category: str = column("The organisation's own group of benefits.", default="")
    is_intangible: bool = column("Whether it is felt rather than counted.", default=False)
    term: BenefitTerm = column("Whether it arrives soon or after years.", default=BenefitTerm.NOT_STATED)
    priority: int | None = column("Priority set by the governing body, 1 the highest to 5.", default=None)
    losers: str = column("Who bears a loss for it.", default="")
    recipient: str = column("The unit whose budget or work the gain reaches.", default="")
    cost_centre: str = column("Cost centre in which it is booked.", default="")
    feature: str = column("The feature of the service or product that gives rise to it.", default="")
    observable: str = column("What people will see happen when it arrives.", default="")
    attribution: str = column("Why this work can claim it, and what else contributes.", default="")
    activities: str = column("What the business has to do so that it arrives.", default="")
    cost_to_realise: float | None = column(
        "Cost of those activities outside the initiative's plan; None when not known.", unit="money", default=None
    )
    accrual: Accrual = column(
        "Whether a measurement states what the month brought, or the level at which the measure stood.",
        default=Accrual.FLOW,
    )
    direction: Direction = column("Which way the measure has to move.", default=Direction.NOT_STATED)
    baseline: float | None = column("The measure before the change; None when not taken.", default=None)
    baseline_date: datetime.date | None = column("When the baseline was taken.", default=None)
    target: float | None = column("The measure to be reached; None when not set.", default=None)
    target_date: datetime.date | None = column("When the target is to be reached.", default=None)
    frequency: Frequency = column("How often it is measured.", default=Frequency.NOT_STATED)
    data_source: str = column("Where the figures come from.", default="")
    timing: Timing = column("Whether the measure leads or lags the result.", default=Timing.NOT_STATED)
    caution_at: float | None = column("Value of the measure from which it needs attention.", default=None)
    critical_at: float | None = column("Value of the measure from which it is critical.", default=None)
    evidence: Level = column("How strong the evidence for the estimate is.", default=Level.NOT_STATED)
    realisation_risk: Level = column("How likely it is that it does not arrive.", default=Level.NOT_STATED)
    review_months: int | None = column(
        "Months between reviews in operation; None when no review is agreed.", unit="months", default=None
    )
    pool: str = column(
        "Id of the pool that its gain is a share of; then the pool gives the yearly value, not the profile.", default=""
    )
    claim: float | None = column("Share of the pool's gain that it claims.", unit="share", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A dated event that retires a named risk."""

    id: str = column("Short name, unique in the initiative.")
    name: str = column("What will have happened.")
    planned: Month = column("Month in the plan.")
    forecast: Month | None = column("Month now expected, None when as planned.", default=None)
    reached: Month | None = column("Month in which it was reached, None while open.", default=None)
    retires: str = column("The risk that is gone once it is reached.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What a reviewer said about delivery at a date."""

    at: datetime.date = column("Date of the review.")
    confidence: Confidence = column("Delivery confidence.", default=Confidence.NOT_STATED)
    commentary: str = column("What was said.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """Money spent in a month."""

    month: Month = column("Month of the spending.")
    amount: float = column("Money spent; negative for a refund.", unit="money")
    source: str = column("Where the figure comes from.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """An observed value of a benefit's measure for a month."""

    benefit: str = column("Id of the benefit.")
    month: Month = column("Month that was measured.")
    value: float = column(
        "What the month brought, in money or the benefit's unit; for a benefit measured as a level, where it stood.",
        unit="money or unit a month, or the unit",
    )
    source: str = column("Where the figure comes from.", default="")
    is_verified: bool = column("Whether another person has verified it.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative:
    """A piece of work that may be funded; a proposal before funding."""

    id: str = column("Short name, unique in the portfolio.")
    name: str = column("Name of the initiative.")
    programme: str = column("Id of its programme, empty when none.", default="")
    unit: str = column("Department or unit that runs it.", default="")
    category: str = column("Kind of work, in the organisation's words.", default="")
    state: InitiativeState = column("Where it stands in its life.", default=InitiativeState.PROPOSAL)
    selection: Selection = column("Whether it may be chosen freely.", default=Selection.FREE)
    reference_class: str = column("Id of the reference class that it resembles, empty when none.", default="")
    lead: str = column("Who leads the work.", default="")
    description: str = column("What it does and why.", default="")
    options: tuple[Option, ...] = column("Its courses of action; the first is the current plan.", factory=tuple)
    benefits: tuple[Benefit, ...] = column("The benefits that it may bring.", factory=tuple)
    milestones: tuple[Milestone, ...] = column("Its milestones.", factory=tuple)
    status: tuple[StatusReport, ...] = column("Its status reports, oldest first.", factory=tuple)
    actuals: tuple[Actual, ...] = column("What it has spent, by month.", factory=tuple)
    measurements: tuple[Measurement, ...] = column("What its benefits have brought.", factory=tuple)

    def option(self, id: str | None = None) -> Option:
        """The option with this id; None gives the current plan, which is the first.

        Raises:
            KeyError: there is none.
        """
        for option in self.options:
            if id in (None, option.id):
                return option
        raise KeyError(self.id if id is None else f"{self.id}/{id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """How one initiative leans on another."""

    kind: DependencyKind = column("The kind of dependency.")
    source: str = column("Id of the initiative that must finish, be taken, or enable.")
    target: str = column("Id of the initiative that depends on it.")
    benefit: str = column(
        "Id of the one benefit of the target that the source enables; empty means all of them.", default=""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How closely the fortunes of two initiatives move together."""

    first: str = column("Id of one initiative.")
    second: str = column("Id of the other.")
    value: float = column("Correlation of what their uncertain quantities have in common, -1 to 1.", unit="share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A whole gain that several benefits share, each by its claim."""

    id: str = column("Short name, unique in the portfolio.")
    name: str = column("What the gain is.")
    annual: Estimate = column("The whole steady gain a year.", unit="money or unit a year")
    unit: str = column("Unit of the gain, empty for money.", default="")
    value_per_unit: float | None = column(
        "Money that one unit is worth where a benefit states none; None when no value was agreed.",
        unit="money",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Money available in one financial year."""

    year: int = column("Calendar year in which the financial year starts.", unit="year")
    amount: float = column("Money available.", unit="money")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Everything that a forecast or a choice needs, and nothing else."""

    id: str = column("Short name, used in addresses.", default="portfolio")
    name: str = column("Name of the portfolio.", default="Portfolio")
    currency: str = column("ISO 4217 code of every amount.")
    price_base: int = column("Year in whose prices every amount is stated.", unit="year")
    start: Month = column("Valuation month: what was spent before is sunk and stays out of every comparison.")
    horizon: int = column("Months from the start to the end of the appraisal.", unit="months", default=120)
    discount_rate: float = column("Real discount rate.", unit="share a year", default=0.035)
    fiscal_year_start: int = column("Month in which the financial year starts.", unit="month", default=1)
    description: str = column("What the portfolio is for, and where its data come from.", default="")
    objectives: tuple[Objective, ...] = column("What the strategy wants.", factory=tuple)
    programmes: tuple[Programme, ...] = column("Its programmes.", factory=tuple)
    initiatives: tuple[Initiative, ...] = column("Its initiatives.", factory=tuple)
    dependencies: tuple[Dependency, ...] = column("How initiatives lean on one another.", factory=tuple)
    budgets: tuple[Budget, ...] = column("Money available, by financial year.", factory=tuple)
    pools: tuple[Pool, ...] = column("Gains that several benefits share.", factory=tuple)
    correlations: tuple[Correlation, ...] = column(
        "Pairs of initiatives whose fortunes are known to move together, or against each other.", factory=tuple
    )

    def initiative(self, id: str) -> Initiative:
        """The initiative with this id.

        Raises:
            KeyError: there is none.
        """
        for initiative in self.initiatives:
            if initiative.id == id:
                return initiative
        raise KeyError(id)
