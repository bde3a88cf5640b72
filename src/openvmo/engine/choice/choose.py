"""The best set of options under yearly budgets and rules, and why each initiative is in or out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from openvmo.engine.choice import constraints
from openvmo.engine.choice.candidates import Candidates, FloatArray, Valued, candidates_from
from openvmo.engine.choice.conflicts import InfeasibleError, conflicts_of
from openvmo.engine.choice.constraints import RowKind, Rows
from openvmo.engine.choice.problem import Problem
from openvmo.engine.choice.reasons import Reason, Settled, reason_for
from openvmo.engine.choice.solve import Progress, Solution, Status
from openvmo.engine.forecast.results import Alternative
from openvmo.engine.model import DependencyKind, Portfolio, Selection

MEASURES = ("npv", "benefit_pv")


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """The money of one financial year, in the portfolio's currency at its price base.

    Args:
        year: calendar year in which the financial year starts.
        available: the budget.
        demand: expected cost if every initiative followed its current plan.
        used: expected cost of what is chosen.
        slack: available less used.
        shadow_price: value gained for one more unit of money in this year, when shares of options could be bought.
    """

    year: int
    available: float
    demand: float
    used: float
    slack: float
    shadow_price: float


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Which options to take.

    Args:
        status: "optimal", or "time_limit" when the search ended before the best was proved.
        measure: what the value measures.
        value: worth of what is selected, in the portfolio's currency at its price base.
        bound: no selection is worth more.
        gap: (bound - value) as a share of the value; None when the value is zero and the bound is not.
        selected: the alternatives that are taken, in the portfolio's order.
        budgets: one row a limited year.
    """

    status: Status
    measure: str
    value: float
    bound: float
    gap: float | None
    selected: tuple[Alternative, ...]
    budgets: tuple[BudgetRow, ...]
    _settled: Settled = field(repr=False)
    _alternatives: tuple[Alternative, ...] = field(repr=False)
    _reasons: dict[str, Reason] = field(default_factory=dict, repr=False)

    def why(self, initiative: str) -> Reason:
        """Why an initiative is in or out.

        The choice is made again with the initiative forced the other way; the answer is kept.

        Raises:
            KeyError: the portfolio has no such initiative.
        """
        if initiative not in self._settled.problem.candidates.initiatives:
            raise KeyError(initiative)
        if initiative not in self._reasons:
            self._reasons[initiative] = reason_for(self._settled, initiative)
        return self._reasons[initiative]

    @property
    def idle(self) -> tuple[Alternative, ...]:
        """Alternatives that are taken without all the initiatives that enable their benefits."""
        return tuple(self._alternatives[index] for index in self._settled.problem.candidates.idle(self._settled.taken))

    def considered(self, initiative: str) -> str | None:
        """Id of the option that is taken or, when none is, of the best that does work; None when there is none."""
        option = self._settled.option_considered(initiative)
        return None if option is None else self._alternatives[option].option

    def value_of(self, initiative: str) -> float:
        """Worth of the option that is considered, without benefits that nothing enables; 0 when there is none."""
        option = self._settled.option_considered(initiative)
        if option is None:
            return 0.0
        candidates = self._settled.problem.candidates
        is_idle = option in candidates.idle(self._settled.taken)
        return float(candidates.value[option] - is_idle * candidates.enabled_value[option])

    def npv_trials(self, forecast: Valued) -> FloatArray:
        """Net present value of the selection in each trial, (trials,); benefits count only with what enables them."""
        taken = self._settled.taken
        idle = self._settled.problem.candidates.idle(taken)
        worth = forecast.npv[:, taken > 0].sum(axis=1, dtype=np.float64)
        total: FloatArray = worth - forecast.benefit_pv[:, idle].sum(axis=1, dtype=np.float64)
        return total


def choose(
    portfolio: Portfolio,
    forecast: Valued,
    *,
    budgets: Mapping[int, float] | None = None,
    mandatory: Collection[str] = (),
    forbidden: Collection[str] = (),
    measure: str = "npv",
    risk: float = 0.0,
    time_limit: float = 30.0,
    progress: Progress | None = None,
) -> Choice:
    """Choose the options of highest value that keep the budgets and the rules.

    At most one option an initiative is taken. One that is not taken costs and brings nothing, unless it has an option
    of kind
    `do_nothing` or `stop`: then that option counts with its own numbers. An initiative whose predecessor
    (`finish_to_start`) or
    prerequisite (`requires`) is not taken cannot be taken; one whose enabling initiative is not taken has costs and no
    benefits.

    Args:
        portfolio: the initiatives, their options, dependencies and selection.
        forecast: made from the same portfolio.
        budgets: money available in each financial year, in the portfolio's currency at its price base; years that are
            not named
            are not limited. None takes the portfolio's budgets.
        mandatory: ids of initiatives that must be taken, beside those that the portfolio says are.
        forbidden: ids of initiatives that must not be taken, beside those that the portfolio says are not.
        measure: what counts as value: "npv" or "benefit_pv".
        risk: between 0 and 1; 0 counts each option's mean, 1 the mean of the worst tenth of its trials. Options are
            weighed one by
            one, which is cautious: risks that cancel out between them are counted in full.
        time_limit: seconds after which the best selection found so far is returned, with its gap.
        progress: called with a share of the time limit and a sentence; may raise to cancel.

    Returns:
        The choice; with the same inputs always the same one, unless the time limit ended the search.

    Raises:
        ValueError: an id or measure is unknown, a budget is not a number of at least 0, risk is not between 0 and 1,
        or the forecast
            was made for other alternatives.
        InfeasibleError: no selection keeps all rules; says which rules, and by how much a budget is too small.
        TimeoutError: nothing was found within the time limit.

    Source: Lorie and Savage (1955), Journal of Business 28(4), for the problem; Weingartner (1963) for its form as a
    programme.
    """
    limits = {budget.year: budget.amount for budget in portfolio.budgets} if budgets is None else dict(budgets)
    _check(portfolio, [*mandatory, *forbidden], limits, measure, risk)
    years = sorted(limits)
    candidates = candidates_from(portfolio, forecast, measure=measure, risk=risk, years=years)
    problem = Problem(candidates, _rules(portfolio, candidates, limits, mandatory, forbidden))
    solution = problem.solve(time_limit=time_limit, progress=progress)
    if solution.status is Status.INFEASIBLE:
        raise InfeasibleError(conflicts_of(problem, portfolio.currency))
    if not solution.is_found:
        message = f"no portfolio was found within {time_limit:g} seconds: raise the time limit"
        raise TimeoutError(message)
    return _choice(portfolio, forecast, problem, solution, measure)


def _check(portfolio: Portfolio, named: Iterable[str], limits: Mapping[int, float], measure: str, risk: float) -> None:
    known = {initiative.id for initiative in portfolio.initiatives}
    unknown = sorted(set(named) - known)
    if unknown:
        message = (
            f"the portfolio has no initiative {', '.join(unknown)}: mandatory and forbidden take ids of initiatives"
        )
        raise ValueError(message)
    for year, amount in limits.items():
        if not (np.isfinite(amount) and amount >= 0):
            message = f"the budget of {year} must be a number of at least 0, not {amount}"
            raise ValueError(message)
    if measure not in MEASURES:
        message = f"measure must be one of {', '.join(MEASURES)}, not {measure!r}"
        raise ValueError(message)
    if not 0 <= risk <= 1:
        message = f"risk must be between 0 (the mean counts) and 1 (the worst tenth counts), not {risk}"
        raise ValueError(message)


def _rules(
    portfolio: Portfolio,
    candidates: Candidates,
    limits: Mapping[int, float],
    mandatory: Collection[str],
    forbidden: Collection[str],
) -> Rows:
    return constraints.stacked(
        [
            constraints.one_option(candidates),
            constraints.yearly_budgets(candidates, limits),
            constraints.mandatory(candidates, _named(portfolio, mandatory, Selection.MANDATORY)),
            constraints.forbidden(candidates, _named(portfolio, forbidden, Selection.FORBIDDEN)),
            constraints.requires(
                candidates, _pairs(portfolio, {DependencyKind.REQUIRES, DependencyKind.FINISH_TO_START})
            ),
            constraints.excludes(candidates, _pairs(portfolio, {DependencyKind.EXCLUDES})),
            constraints.enables(candidates),
        ]
    )


def _named(portfolio: Portfolio, named: Collection[str], selection: Selection) -> list[str]:
    """Initiatives named by the caller or by the portfolio, in the portfolio's order."""
    return [
        initiative.id
        for initiative in portfolio.initiatives
        if initiative.id in named or initiative.selection is selection
    ]


def _pairs(portfolio: Portfolio, kinds: set[DependencyKind]) -> list[tuple[str, str]]:
    found = [
        (dependency.source, dependency.target) for dependency in portfolio.dependencies if dependency.kind in kinds
    ]
    return list(dict.fromkeys(found))


def _choice(portfolio: Portfolio, forecast: Valued, problem: Problem, solution: Solution, measure: str) -> Choice:
    candidates = problem.candidates
    taken = np.round(solution.columns[: len(candidates.owner)])
    value = candidates.worth_of(taken)
    bound = value if solution.status is Status.OPTIMAL else max(value, solution.bound)
    alternatives = tuple(forecast.alternatives)
    return Choice(
        status=solution.status,
        measure=measure,
        value=value,
        bound=bound,
        gap=_gap(value, bound),
        selected=tuple(alternatives[index] for index in np.flatnonzero(taken)),
        budgets=_budget_rows(problem, taken),
        _alternatives=alternatives,
        _settled=Settled(
            problem=problem,
            taken=taken,
            value=value,
            currency=portfolio.currency,
            option_ids=tuple(alternative.option for alternative in alternatives),
        ),
    )


def _gap(value: float, bound: float) -> float | None:
    if bound == value:
        return 0.0
    return (bound - value) / abs(value) if value else None


def _budget_rows(problem: Problem, taken: FloatArray) -> tuple[BudgetRow, ...]:
    candidates = problem.candidates
    prices = problem.relaxed().prices
    limits = [row for row, label in enumerate(problem.rows.labels) if label.kind is RowKind.BUDGET]
    plans = np.unique(candidates.owner, return_index=True)[1]
    demand = candidates.cost[plans].sum(axis=0)
    used = candidates.cost[taken > 0].sum(axis=0)
    return tuple(
        BudgetRow(
            year=year,
            available=float(problem.rows.upper[row]),
            demand=float(demand[index]),
            used=float(used[index]),
            slack=float(problem.rows.upper[row] - used[index]),
            shadow_price=max(0.0, float(prices[row])),
        )
        for index, (year, row) in enumerate(zip(candidates.years, limits, strict=True))
    )
