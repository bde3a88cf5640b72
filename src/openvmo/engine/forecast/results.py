"""What a forecast says: distributions of alternatives, groups and totals, fans, and what any of it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.precision import total_error
from openvmo.engine.forecast.settings import Sampling
from openvmo.engine.forecast.summaries import LEVELS, MONEY, QUANTITIES, Summaries
from openvmo.engine.model import Finding, Initiative, Option, Portfolio
from openvmo.engine.quantities import Month

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
GroupKind = Literal["programme", "objective", "driver"]
FanKind = Literal["cost", "benefit", "net", "cumulative_net"]

FAN_KINDS: tuple[FanKind, ...] = get_args(FanKind)
FAN_LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)


class NotKept(LookupError):
    """Every trial of a quantity was asked for, but it was not kept."""

    def __init__(self, quantity: str) -> None:
        super().__init__(f'the trials of {quantity} were not kept: forecast with keep=("{quantity}",)')


@dataclass(frozen=True, slots=True)
class Alternative:
    """One option of one initiative, by their ids."""

    initiative: str
    option: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """An uncertain number in short, over all trials.

    Args:
        mean: expected value.
        standard_error: standard error of the mean that comes from the number of trials.
        p5: one chance in twenty of being below; the other percentiles likewise.
        quantile_errors: standard errors of the five percentiles, in their order.
    """

    mean: float
    standard_error: float
    p5: float
    p10: float
    p50: float
    p90: float
    p95: float
    quantile_errors: tuple[float, ...] = ()

    @classmethod
    def of(cls, values: Floats | Singles, replicates: int = 0) -> Distribution:
        """Summarise one value a trial, an array of shape (trials,).

        `replicates` are the independent sets that the trials come in, by turns; 0 when each is independent. The errors
        of the percentiles count as if each were: in balanced trials they are smaller.
        """
        if values.size == 0:
            return cls.of(np.zeros(1))
        ordered = np.sort(values.astype(np.float64))
        levels = np.array(LEVELS)
        away = np.sqrt(levels * (1 - levels) / values.size)
        percentiles, lower, upper = (
            np.quantile(ordered, np.clip(level, 0.0, 1.0)) for level in (levels, levels - away, levels + away)
        )
        error = total_error(values.astype(np.float64), replicates)
        mean = float(np.mean(ordered))
        p5, p10, p50, p90, p95 = (float(value) for value in percentiles)
        return cls(mean, error, p5, p10, p50, p90, p95, tuple(float(value) for value in (upper - lower) / 2))

    @classmethod
    def from_summaries(cls, summaries: Summaries, *place: int) -> Distribution:
        """One of several uncertain numbers that have been summarised."""
        trials = summaries.trials
        variance = float(summaries.squares[place]) / max(trials - 1, 1)
        quantiles, errors = summaries.quantiles[place], summaries.quantile_errors[place]
        mean, error = float(summaries.mean[place]), sqrt(variance / trials)
        means = summaries.replicates[place]
        if means.size and trials > means.size:
            error = float(np.std(means, ddof=1)) / sqrt(means.size)
        p5, p10, p50, p90, p95 = (float(value) for value in quantiles)
        return cls(mean, error, p5, p10, p50, p90, p95, tuple(float(value) for value in errors))


@dataclass(frozen=True, slots=True)
class AlternativeSummary:
    """What the forecast says of one alternative.

    Args:
        alternative: the initiative and the option.
        is_current: whether the option is the initiative's current plan (its first).
        npv: present value of benefits less costs, in money.
        cost: undiscounted forward cost, in money.
        cost_pv: present value of forward costs, in money.
        benefit: undiscounted benefit in money.
        benefit_pv: present value of benefits, in money.
        go_live: months from the portfolio's start to go-live; negative when it lies before.
        planned_go_live: the planned month.
        probability_of_loss: share of trials with a negative NPV.
        bcr: expected present value of benefits over that of costs; None when the costs are zero.
        roi: expected undiscounted benefit less cost, over cost; None when the costs are zero.
        sunk: money spent before the portfolio's start; in none of the other figures.
    """

    alternative: Alternative
    is_current: bool
    npv: Distribution
    cost: Distribution
    cost_pv: Distribution
    benefit: Distribution
    benefit_pv: Distribution
    go_live: Distribution
    planned_go_live: Month
    probability_of_loss: float
    bcr: float | None
    roi: float | None
    sunk: float


@dataclass(frozen=True, slots=True)
class PortfolioSummary:
    """What the forecast says of some alternatives together; the fields mean what they do in AlternativeSummary."""

    npv: Distribution
    cost: Distribution
    cost_pv: Distribution
    benefit: Distribution
    benefit_pv: Distribution
    probability_of_loss: float
    bcr: float | None
    roi: float | None
    sunk: float


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """What the current plans bring for one programme, objective or kind of value.

    Args:
        kind: "programme", "objective" or "driver".
        id: id of the programme or objective, or the name of the driver; empty for what belongs to none.
        name: its name.
        benefit: undiscounted benefit in money.
        benefit_pv: present value of benefits, in money.
        npv: present value of benefits less costs; None for objectives and drivers, as costs are of initiatives.
        cost: undiscounted forward cost; None likewise.
        cost_pv: present value of forward costs; None likewise.
    """

    kind: GroupKind
    id: str
    name: str
    benefit: Distribution
    benefit_pv: Distribution
    npv: Distribution | None = None
    cost: Distribution | None = None
    cost_pv: Distribution | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BenefitSummary:
    """What one benefit of a current plan may bring, in its own unit; a dis-benefit is a positive loss.

    Args:
        initiative: id of its initiative.
        benefit: its id.
        name: its name.
        unit: its unit, empty for money.
        annual: the steady value a year, risks and reference class included.
        total: all that arrives within the horizon.
        money: the total in money, negative for a dis-benefit; None when no value was agreed.
        fan: percentiles month by month.
        planned: what the plan says, by month.
    """

    initiative: str
    benefit: str
    name: str
    unit: str
    annual: Distribution
    total: Distribution
    money: Distribution | None
    fan: Fan
    planned: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """One uncertain quantity of an initiative's current plan, in every trial.

    Args:
        label: what it is, such as the name of a cost line; empty for the slip.
        kind: "slip", "cost", "benefit", "risk cost", "risk slip", "risk" (whether the event happens), or "reference"
            (a factor of the reference class).
        scores: (trials,) standard normal scores; for an event 1 and 0.
        values: (trials,) values in the input's unit.
    """

    label: str
    kind: str
    scores: Singles
    values: Singles


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """Percentiles month by month, in money a month (or money, for a cumulative fan).

    Args:
        months: the months, from the portfolio's start to its horizon.
        p5: array of shape (months,); one chance in twenty of being below. The other percentiles likewise.
    """

    months: tuple[Month, ...]
    p5: Floats
    p10: Floats
    p25: Floats
    p50: Floats
    p75: Floats
    p90: Floats
    p95: Floats


class Detail(Protocol):
    """What is worked out anew when it is asked for; see `detail.py`."""

    def fans(self, initiative: Initiative) -> Mapping[FanKind, Floats]:
        """Percentiles of an initiative's current plan by month, (levels, months)."""

    def values(self, initiative: Initiative, option: Option, quantity: str) -> Singles:
        """A quantity of an alternative in every trial."""

    def inputs(self, initiative: Initiative) -> tuple[Input, ...]:
        """The uncertain quantities of an initiative's current plan."""

    def factors(self) -> Mapping[tuple[str, ...], Singles]:
        """The scores of the common factors."""

    def benefits(self, initiative: Initiative) -> tuple[BenefitSummary, ...]:
        """The benefits of an initiative's current plan."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """How a portfolio may turn out.

    Args:
        portfolio: what was forecast.
        trials: number of simulated futures.
        seed: seed of the random draws.
        sampling: how the trials are placed.
        replicates: number of independent sets of trials; trial `i` belongs to the set `i % replicates`.
        alternatives: every option of every initiative, in the portfolio's order: the columns of the arrays.
        current: the columns that are the initiatives' current plans.
        years: financial years, each named by the calendar year in which it starts.
        annual_cost: (alternatives, years) expected undiscounted cost.
        sunk: (alternatives,) money spent before the portfolio's start.
        findings: what a reader must know about these numbers.
        totals: cost, cost_pv, benefit, benefit_pv and npv of all current plans together in each trial, (trials,).
        yearly: undiscounted cost and benefit of all current plans by financial year in each trial, (trials, years).

    Money is in the portfolio's currency at its price base. Quantiles over more trials than a segment holds are means of
    those of the segments; the stated errors hold for them.
    """

    portfolio: Portfolio
    trials: int
    seed: int
    sampling: Sampling
    replicates: int
    alternatives: tuple[Alternative, ...]
    current: tuple[int, ...]
    years: tuple[int, ...]
    annual_cost: Floats
    sunk: Floats
    findings: tuple[Finding, ...]
    totals: Mapping[str, Floats]
    yearly: Mapping[str, Singles]
    _summaries: Summaries
    _inside: tuple[int, ...]
    _kept: Mapping[str, Singles]
    _fans: Mapping[FanKind, Floats]
    _groups: Mapping[GroupKind, Mapping[str, Summaries]]
    _detail: Detail

    @property
    def npv(self) -> Singles:
        """(trials, alternatives) present value of benefits less costs, from the portfolio's start on.

        This and the other arrays raise `NotKept` when the forecast was made without keeping them.
        """
        return self._array("npv")

    @property
    def cost(self) -> Singles:
        """(trials, alternatives) undiscounted forward cost."""
        return self._array("cost")

    @property
    def cost_pv(self) -> Singles:
        """(trials, alternatives) present value of forward costs."""
        return self._array("cost_pv")

    @property
    def benefit(self) -> Singles:
        """(trials, alternatives) undiscounted benefit."""
        return self._array("benefit")

    @property
    def benefit_pv(self) -> Singles:
        """(trials, alternatives) present value of benefits."""
        return self._array("benefit_pv")

    @property
    def go_live(self) -> Singles:
        """(trials, alternatives) months from the portfolio's start to go-live."""
        return self._array("go_live")

    def column(self, initiative: str, option: str | None = None) -> int:
        """The column of an alternative in the arrays; without an option that of the current plan.

        Raises:
            KeyError: the portfolio has no such alternative.
        """
        for number, alternative in enumerate(self.alternatives):
            if alternative.initiative == initiative and option in (None, alternative.option):
                return number
        raise KeyError(initiative if option is None else f"{initiative}/{option}")

    def table(self) -> tuple[AlternativeSummary, ...]:
        """A summary of each alternative, in the order of `alternatives`."""
        return self._table(range(len(self.alternatives)))

    @property
    def inside(self) -> tuple[AlternativeSummary, ...]:
        """The summaries of the alternatives without reference classes: the plans as stated."""
        return self._table(self._inside)

    def _table(self, places: Iterable[int]) -> tuple[AlternativeSummary, ...]:
        """Summaries of the alternatives, found at these places among all that were made."""
        options = [option for initiative in self.portfolio.initiatives for option in initiative.options]
        current = set(self.current)
        return tuple(
            alternative_summary(
                self.alternatives[number],
                self._summaries,
                place,
                is_current=number in current,
                planned_go_live=option.go_live,
                sunk=float(self.sunk[number]),
            )
            for number, (place, option) in enumerate(zip(places, options, strict=True))
        )

    def summary(self, columns: tuple[int, ...] | None = None) -> PortfolioSummary:
        """The alternatives in these columns taken together; None takes every initiative's current plan.

        Raises:
            NotKept: columns are given, and not all quantities were kept.
        """
        if columns is None:
            return _portfolio_summary(self.totals, float(self.sunk[list(self.current)].sum()), self.replicates)
        chosen = list(columns)
        totals = {name: self._array(name)[:, chosen].sum(axis=1, dtype=np.float64) for name in MONEY}
        return _portfolio_summary(totals, float(self.sunk[chosen].sum()), self.replicates)

    def fan(self, kind: FanKind, initiative: str | None = None) -> Fan:
        """Percentiles month by month.

        Args:
            kind: "cost", "benefit", "net" (benefit less cost), or "cumulative_net"; undiscounted.
            initiative: id of one initiative, whose current plan is shown; None shows all current plans together.

        Raises:
            KeyError: the portfolio has no such initiative.
        """
        fans = self._fans if initiative is None else self._detail.fans(self.portfolio.initiative(initiative))
        return fan_of(self.portfolio, fans[kind])

    def groups(self, kind: GroupKind) -> tuple[GroupSummary, ...]:
        """What the current plans bring by programme, objective or kind of value, those in the plans by their ids."""
        names = _names_of(self.portfolio, kind)
        return tuple(
            _group_summary(kind, id, names.get(id, id), summaries) for id, summaries in self._groups[kind].items()
        )

    def group(self, kind: GroupKind, id: str) -> GroupSummary:
        """What the current plans bring for one programme, objective or kind of value.

        Raises:
            KeyError: no current plan belongs to it.
        """
        return _group_summary(kind, id, _names_of(self.portfolio, kind).get(id, id), self._groups[kind][id])

    def benefits(self, initiative: str | None = None) -> tuple[BenefitSummary, ...]:
        """The benefits of the current plans in their own units, of one initiative or of all; worked out anew.

        Raises:
            KeyError: the portfolio has no such initiative.
        """
        chosen = self.portfolio.initiatives if initiative is None else (self.portfolio.initiative(initiative),)
        return tuple(summary for one in chosen for summary in self._detail.benefits(one))

    def inputs(self, initiative: str) -> tuple[Input, ...]:
        """The uncertain quantities of an initiative's current plan in every trial; drawn anew.

        Raises:
            KeyError: the portfolio has no such initiative.
        """
        return self._detail.inputs(self.portfolio.initiative(initiative))

    def factors(self) -> Mapping[tuple[str, ...], Singles]:
        """The scores of the common factors in every trial, (trials,), by name such as ("programme", "tax")."""
        return self._detail.factors()

    def sample(self, quantity: str = "npv", initiative: str | None = None, option: str | None = None) -> Floats:
        """A quantity in every trial, (trials,): of all current plans together, or of one alternative.

        It is worked out anew when it was not kept.

        Args:
            quantity: cost, cost_pv, benefit, benefit_pv, npv; for an alternative also go_live.
            initiative: id of an initiative; None takes all current plans together.
            option: id of an option; None takes the current plan.

        Raises:
            KeyError: there is no such quantity or alternative.
        """
        if initiative is None:
            return self.totals[quantity]
        place = self.column(initiative, option)
        if quantity in self._kept:
            return np.asarray(self._kept[quantity][place], dtype=np.float64)
        owner = self.portfolio.initiative(initiative)
        return np.asarray(self._detail.values(owner, owner.option(option), quantity), dtype=np.float64)

    def _array(self, quantity: str) -> Singles:
        if quantity not in self._kept:
            raise NotKept(quantity)
        return self._kept[quantity].T


def fan_of(portfolio: Portfolio, percentiles: Floats) -> Fan:
    """A fan from (levels, months)."""
    months = tuple(portfolio.start + offset for offset in range(portfolio.horizon))
    return Fan(months, *percentiles)


def alternative_summary(
    alternative: Alternative,
    summaries: Summaries,
    place: int,
    *,
    is_current: bool,
    planned_go_live: Month,
    sunk: float,
) -> AlternativeSummary:
    """The summary of one alternative, from those of all."""
    of = {name: Distribution.from_summaries(summaries, place, column) for column, name in enumerate(QUANTITIES)}
    return AlternativeSummary(
        alternative=alternative,
        is_current=is_current,
        **of,
        planned_go_live=planned_go_live,
        probability_of_loss=float(summaries.below_zero[place, QUANTITIES.index("npv")]),
        bcr=ratio(of["benefit_pv"].mean, of["cost_pv"].mean),
        roi=ratio(of["benefit"].mean - of["cost"].mean, of["cost"].mean),
        sunk=sunk,
    )


def ratio(numerator: float, denominator: float) -> float | None:
    """The quotient; None when the denominator is zero, because no number is right then."""
    return None if denominator == 0 else numerator / denominator


def _portfolio_summary(totals: Mapping[str, Floats], sunk: float, replicates: int) -> PortfolioSummary:
    of = {name: Distribution.of(totals[name], replicates) for name in MONEY}
    return PortfolioSummary(
        **of,
        probability_of_loss=float(np.mean(totals["npv"] < 0)),
        bcr=ratio(of["benefit_pv"].mean, of["cost_pv"].mean),
        roi=ratio(of["benefit"].mean - of["cost"].mean, of["cost"].mean),
        sunk=sunk,
    )


def _names_of(portfolio: Portfolio, kind: GroupKind) -> dict[str, str]:
    if kind == "programme":
        return {programme.id: programme.name for programme in portfolio.programmes}
    if kind == "objective":
        return {objective.id: objective.name for objective in portfolio.objectives}
    return {}


def _group_summary(kind: GroupKind, id: str, name: str, summaries: Summaries) -> GroupSummary:
    names = MONEY if kind == "programme" else ("benefit", "benefit_pv")
    of = {name: Distribution.from_summaries(summaries, column) for column, name in enumerate(names)}
    return GroupSummary(kind, id, name, **of)
