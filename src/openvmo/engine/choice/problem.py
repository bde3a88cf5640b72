"""A choice to be made: candidates, rules, and the ways to change the rules and solve again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from openvmo.engine.choice import constraints
from openvmo.engine.choice.candidates import BoolArray, Candidates
from openvmo.engine.choice.constraints import Label, RowKind, Rows
from openvmo.engine.choice.solve import Progress, Solution, solve


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Candidates and the rules for taking them."""

    candidates: Candidates
    rows: Rows

    @property
    def is_integer(self) -> BoolArray:
        """Which columns are whole: the alternatives; the enabled parts follow from them."""
        return np.arange(self.candidates.columns) < len(self.candidates.owner)

    def solve(
        self, *, time_limit: float = np.inf, node_limit: int | None = None, progress: Progress | None = None
    ) -> Solution:
        """The best selection of whole alternatives."""
        return solve(
            self.candidates.objective,
            self.rows,
            self.is_integer,
            time_limit=time_limit,
            node_limit=node_limit,
            progress=progress,
        )

    def relaxed(self) -> Solution:
        """The best selection when shares of alternatives may be taken, with the price of each limit."""
        return solve(self.candidates.objective, self.rows, np.zeros(self.candidates.columns, dtype=bool))

    def without(self, kinds: set[RowKind]) -> Problem:
        """The same problem without the rules of these kinds."""
        return dataclasses.replace(self, rows=self.rows.where([label.kind not in kinds for label in self.rows.labels]))

    def forced(self, initiative: str, *, is_in: bool) -> Problem:
        """The same problem with one initiative taken, or left out, whatever was said about it before."""
        about_it = {Label(kind, (initiative,)) for kind in (RowKind.MANDATORY, RowKind.FORBIDDEN)}
        others = self.rows.where([label not in about_it for label in self.rows.labels])
        rule = constraints.mandatory if is_in else constraints.forbidden
        return dataclasses.replace(self, rows=constraints.stacked([others, rule(self.candidates, [initiative])]))
