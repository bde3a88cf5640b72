"""Why nothing fits: the rules that contradict each other, or the budgets that are too small and by how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from openvmo.engine.choice.constraints import Label, RowKind, Rows
from openvmo.engine.choice.problem import Problem
from openvmo.engine.choice.solve import Status, solve
from openvmo.engine.quantities.amounts import compact_amount

_ALWAYS_POSSIBLE = {RowKind.ONE_OPTION, RowKind.ENABLES}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule that cannot be kept together with the others.

    Args:
        kind: which rule.
        subjects: the initiatives' ids, or the year of a budget.
        excess: money by which a budget must be exceeded; None for other rules.
        text: the rule in words.
    """

    kind: RowKind
    subjects: tuple[str, ...]
    excess: float | None
    text: str


class InfeasibleError(ValueError):
    """No portfolio keeps all rules; `conflicts` lists those that cannot be kept together."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        """Keep the conflicts and say them all."""
        self.conflicts = tuple(conflicts)
        rules = "; ".join(conflict.text for conflict in self.conflicts)
        super().__init__(f"No portfolio keeps all rules: {rules}. Raise the budget, or drop one of these rules.")


def conflicts_of(problem: Problem, currency: str) -> tuple[Conflict, ...]:
    """The rules of a problem without solution that cannot be kept together.

    Contradictions between the rules about initiatives come first; only without any are the budgets looked at, and then
    with the
    smallest excess in all, each year's excess measured against its largest cost.
    """
    contradiction = _contradiction(problem.without({RowKind.BUDGET}))
    if contradiction:
        return tuple(
            Conflict(label.kind, label.subjects, None, _rule_in_words(label, problem)) for label in contradiction
        )
    return tuple(
        Conflict(label.kind, label.subjects, excess, _shortage_in_words(label.subjects[0], excess, limit, currency))
        for label, excess, limit in _budget_excess(problem)
    )


def _contradiction(problem: Problem) -> tuple[Label, ...]:
    """A smallest set of rules that contradict each other: a rule is dropped for good when the rest still do."""
    if _is_possible(problem.rows, problem):
        return ()
    rows = problem.rows
    for label in problem.rows.labels:
        fewer = rows.where([other != label for other in rows.labels])
        if label.kind not in _ALWAYS_POSSIBLE and not _is_possible(fewer, problem):
            rows = fewer
    return tuple(dict.fromkeys(label for label in rows.labels if label.kind not in _ALWAYS_POSSIBLE))


def _is_possible(rows: Rows, problem: Problem) -> bool:
    nothing = np.zeros(problem.candidates.columns)
    return solve(nothing, rows, problem.is_integer).status is not Status.INFEASIBLE


def _budget_excess(problem: Problem) -> list[tuple[Label, float, float]]:
    """Each budget that must be exceeded, by how much, and its limit."""
    rows = problem.rows
    budgets = np.flatnonzero([label.kind is RowKind.BUDGET for label in rows.labels])
    sizes = abs(rows.matrix[budgets]).max(axis=1).toarray().ravel()
    sizes[sizes == 0] = 1.0
    excess = sparse.csr_array((-sizes, (budgets, np.arange(len(budgets)))), shape=(len(rows.labels), len(budgets)))
    relaxed = Rows(
        rows.labels, sparse.csr_array(sparse.hstack([rows.matrix, excess], format="csr")), rows.lower, rows.upper
    )
    columns = problem.candidates.columns
    solution = solve(
        np.concatenate([np.zeros(columns), -np.ones(len(budgets))]),
        relaxed,
        np.concatenate([problem.is_integer, np.zeros(len(budgets), dtype=bool)]),
        upper=np.concatenate([np.ones(columns), np.full(len(budgets), np.inf)]),
    )
    taken = np.round(solution.columns[:columns])
    over = rows.matrix[budgets] @ taken - rows.upper[budgets]
    return [
        (rows.labels[row], float(amount), float(rows.upper[row]))
        for row, amount, size in zip(budgets, over, sizes, strict=True)
        if amount > 1e-9 * size
    ]


def _shortage_in_words(year: str, excess: float, limit: float, currency: str) -> str:
    need, more, available = (f"{currency} {compact_amount(amount)}" for amount in (limit + excess, excess, limit))
    return f"what must be taken needs {need} in {year}, {more} more than the budget of {available}"


def _rule_in_words(label: Label, problem: Problem) -> str:
    first, last = label.subjects[0], label.subjects[-1]
    match label.kind:
        case RowKind.MANDATORY if len(problem.candidates.active_options_of(first)) == 0:
            return f"{first} is mandatory but has no option that does the work"
        case RowKind.REQUIRES:
            return f"{last} requires {first}"
        case RowKind.EXCLUDES:
            return f"{first} and {last} exclude each other"
        case _:
            return f"{first} is {label.kind}"
