"""A portfolio and its forecast as the arrays that a choice works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.results import Alternative
from openvmo.engine.model import DependencyKind, OptionKind, Portfolio

FloatArray = NDArray[np.float64]
# Trials are kept in single precision; what is added up of them is not.
TrialArray = NDArray[np.float32] | NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

INACTIVE = frozenset({OptionKind.DO_NOTHING, OptionKind.STOP})


class Valued(Protocol):
    """What a choice needs of a forecast; `openvmo.engine.forecast.Forecast` has it."""

    @property
    def alternatives(self) -> Sequence[Alternative]:
        """Every option of every initiative, in the portfolio's order."""

    @property
    def years(self) -> Sequence[int]:
        """Financial years of the annual costs."""

    @property
    def annual_cost(self) -> FloatArray:
        """Expected cost of each alternative in each financial year, (alternatives, years)."""

    @property
    def npv(self) -> TrialArray:
        """Present value net of cost, (trials, alternatives)."""

    @property
    def benefit_pv(self) -> TrialArray:
        """Present value of the benefits, (trials, alternatives)."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The alternatives as arrays; every array has one entry an alternative.

    Args:
        initiatives: ids of the initiatives, in the portfolio's order.
        owner: index of the alternative's initiative.
        is_active: False for options that do nothing or stop.
        value: what taking the alternative is worth.
        enabled_value: the part of the value that is lost unless every enabling initiative is taken too; 0 where none
            is named.
        cost: cost in each year, (alternatives, years).
        years: financial years of the costs.
        enabling: for an initiative's id the ids of the initiatives that enable its benefits.
    """

    initiatives: tuple[str, ...]
    owner: IntArray
    is_active: BoolArray
    value: FloatArray
    enabled_value: FloatArray
    cost: FloatArray
    years: tuple[int, ...]
    enabling: Mapping[str, tuple[str, ...]]

    @property
    def enabled(self) -> IntArray:
        """Alternatives whose benefits need another initiative; each has a second column in the model."""
        leaning = np.array([name in self.enabling for name in self.initiatives], dtype=bool)
        return np.flatnonzero(leaning[self.owner] & self.is_active)

    @property
    def columns(self) -> int:
        """Columns of the model: one an alternative, then one for each whose benefits need another initiative."""
        return len(self.owner) + len(self.enabled)

    @property
    def objective(self) -> FloatArray:
        """Value of each column of the model."""
        return np.concatenate([self.value - self.enabled_value, self.enabled_value[self.enabled]])

    def options_of(self, initiative: str) -> IntArray:
        """Alternatives of an initiative."""
        return np.flatnonzero(self.owner == self.initiatives.index(initiative))

    def active_options_of(self, initiative: str) -> IntArray:
        """Alternatives of an initiative that do the work."""
        options = self.options_of(initiative)
        return options[self.is_active[options]]

    def idle(self, taken: FloatArray) -> IntArray:
        """Alternatives that are taken without all the initiatives that enable their benefits."""
        active = {self.initiatives[owner] for owner in self.owner[(taken > 0) & self.is_active]}
        return np.array(
            [
                index
                for index in self.enabled
                if taken[index] > 0 and not active.issuperset(self.enabling[self.initiatives[self.owner[index]]])
            ],
            dtype=np.int64,
        )

    def worth_of(self, taken: FloatArray) -> float:
        """Value of the alternatives that are taken; benefits count only with what enables them."""
        return float(np.sum(self.value[taken > 0]) - np.sum(self.enabled_value[self.idle(taken)]))


def candidates_from(
    portfolio: Portfolio, forecast: Valued, *, measure: str, risk: float, years: Sequence[int]
) -> Candidates:
    """The candidates of a portfolio, valued by a forecast.

    Args:
        portfolio: where the options, their kinds and the enabling dependencies are stated.
        forecast: made from the same portfolio.
        measure: "npv" or "benefit_pv".
        risk: weight between 0 (the mean counts) and 1 (the mean of the worst tenth of the trials counts).
        years: financial years whose costs are limited.

    Raises:
        ValueError: the forecast has other alternatives than the portfolio.
    """
    pairs = [(initiative, option) for initiative in portfolio.initiatives for option in initiative.options]
    stated = [(initiative.id, option.id) for initiative, option in pairs]
    if stated != [(alternative.initiative, alternative.option) for alternative in forecast.alternatives]:
        message = "the forecast was made for other initiatives or options: forecast this portfolio again, then choose"
        raise ValueError(message)
    position = {initiative.id: index for index, initiative in enumerate(portfolio.initiatives)}
    enabling = enabling_initiatives(portfolio)
    benefit = prudent_value(forecast.benefit_pv, risk)
    leaning = np.array(
        [initiative.id in enabling and option.kind not in INACTIVE for initiative, option in pairs], dtype=bool
    )
    return Candidates(
        initiatives=tuple(position),
        owner=np.array([position[initiative.id] for initiative, _ in pairs], dtype=np.int64),
        is_active=np.array([option.kind not in INACTIVE for _, option in pairs], dtype=bool),
        value=prudent_value(forecast.npv, risk) if measure == "npv" else benefit,
        enabled_value=np.where(leaning, benefit, 0.0),
        cost=_costs_in(forecast, years),
        years=tuple(years),
        enabling=enabling,
    )


def enabling_initiatives(portfolio: Portfolio) -> dict[str, tuple[str, ...]]:
    """For each initiative whose benefits need others: their ids."""
    found: dict[str, tuple[str, ...]] = {}
    for dependency in portfolio.dependencies:
        if dependency.kind is DependencyKind.ENABLES:
            found[dependency.target] = (*found.get(dependency.target, ()), dependency.source)
    return found


def prudent_value(trials: TrialArray, risk: float) -> FloatArray:
    """Mean of each column, drawn by `risk` towards the mean of its worst tenth.

    Args:
        trials: (trials, alternatives).
        risk: 0 gives the mean, 1 the mean of the worst tenth.

    >>> prudent_value(np.array([[0.0], [10.0], [20.0], [30.0]]), 0.5)
    array([7.5])
    """
    mean = trials.mean(axis=0, dtype=np.float64)
    if risk == 0 or len(trials) == 0:
        return np.asarray(mean, dtype=np.float64)
    worst = np.sort(trials, axis=0)[: max(1, len(trials) // 10)].mean(axis=0, dtype=np.float64)
    return np.asarray((1 - risk) * mean + risk * worst, dtype=np.float64)


def _costs_in(forecast: Valued, years: Sequence[int]) -> FloatArray:
    costs = np.zeros((len(forecast.alternatives), len(years)))
    column = {year: index for index, year in enumerate(forecast.years)}
    for index, year in enumerate(years):
        if year in column:
            costs[:, index] = forecast.annual_cost[:, column[year]]
    return costs
