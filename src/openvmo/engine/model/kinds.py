"""The closed vocabularies of the model; each value is the word used in files, pages and the API."""

from __future__ import annotations

from enum import StrEnum


class OptionKind(StrEnum):
    """What a course of action does to an initiative."""

    DO_NOTHING = "do_nothing"
    CONTINUE = "continue"
    STOP = "stop"
    PIVOT = "pivot"
    SCALE = "scale"
    DEFER = "defer"
    VARIANT = "variant"


class Selection(StrEnum):
    """Whether an initiative may be chosen freely."""

    FREE = "free"
    MANDATORY = "mandatory"
    FORBIDDEN = "forbidden"


class InitiativeState(StrEnum):
    """Where an initiative stands in its life."""

    PROPOSAL = "proposal"
    APPROVED = "approved"
    DELIVERY = "delivery"
    OPERATION = "operation"
    CLOSED = "closed"
    STOPPED = "stopped"


class CostKind(StrEnum):
    """Capital or running cost."""

    CAPEX = "capex"
    OPEX = "opex"


class Anchor(StrEnum):
    """The event from which an offset in months is counted."""

    START = "start"
    GO_LIVE = "go_live"


class BenefitClass(StrEnum):
    """How a benefit counts: in money that can be banked, in money, in another unit, or in words."""

    CASHABLE = "cashable"
    NON_CASHABLE = "non_cashable"
    QUANTIFIABLE = "quantifiable"
    QUALITATIVE = "qualitative"


class ValueDriver(StrEnum):
    """The kind of value."""

    FINANCIAL = "financial"
    OPERATIONAL = "operational"
    CUSTOMER = "customer"
    STRATEGIC = "strategic"
    RISK = "risk"
    SOCIAL = "social"


class BenefitTerm(StrEnum):
    """Whether a benefit arrives soon after go-live or years later."""

    NOT_STATED = "not_stated"
    SHORT = "short"
    LONG = "long"


class Direction(StrEnum):
    """Which way a measure has to move."""

    NOT_STATED = "not_stated"
    INCREASE = "increase"
    DECREASE = "decrease"
    MAINTAIN = "maintain"


class Accrual(StrEnum):
    """What a measurement of a month states: what the month brought, or where the measure stood."""

    FLOW = "flow"
    LEVEL = "level"


class Frequency(StrEnum):
    """How often a measure is measured."""

    NOT_STATED = "not_stated"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    ONCE = "once"


class Timing(StrEnum):
    """Whether a measure moves before the result does, or with it."""

    NOT_STATED = "not_stated"
    LEADING = "leading"
    LAGGING = "lagging"


class Level(StrEnum):
    """How much of something there is, in words."""

    NOT_STATED = "not_stated"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RampShape(StrEnum):
    """How a benefit grows from nothing to its steady value."""

    STEP = "step"
    LINEAR = "linear"
    S_CURVE = "s_curve"
    CURVE = "curve"


class DependencyKind(StrEnum):
    """How one initiative leans on another."""

    FINISH_TO_START = "finish_to_start"
    REQUIRES = "requires"
    EXCLUDES = "excludes"
    ENABLES = "enables"


class Confidence(StrEnum):
    """Delivery confidence as reviewers state it, from likely to unachievable."""

    GREEN = "green"
    AMBER_GREEN = "amber_green"
    AMBER = "amber"
    AMBER_RED = "amber_red"
    RED = "red"
    NOT_STATED = "not_stated"
