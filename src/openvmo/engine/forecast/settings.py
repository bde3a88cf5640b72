"""What every part of a forecast needs to know, and the entries that it simulates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from openvmo.engine.forecast.factors import Factors
from openvmo.engine.forecast.program import NOTHING
from openvmo.engine.model import Initiative, Option, Portfolio
from openvmo.engine.reference import ReferenceTable

REPLICATES = 8
"""Independent sets of balanced trials; trial `i` belongs to set `i % REPLICATES`."""


class Sampling(StrEnum):
    """How trials are placed: evenly spread over what may happen, or at random."""

    BALANCED = "balanced"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Places:
    """The rows of programmes, objectives and drivers among their totals; "" is for those without one."""

    programmes: Mapping[str, int]
    objectives: Mapping[str, int]
    drivers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Settings:
    """What every part of a forecast needs.

    Args:
        frame: the portfolio without its initiatives: start, horizon, discount rate, pools.
        trials: number of trials.
        seed: seed of the draws.
        sampling: how trials are placed.
        factors: what initiatives have in common.
        places: rows of the totals.
        quantum: money that all totals are multiples of, a power of two.
        quantiles: the quantities of an entry whose quantiles are wanted.
    """

    frame: Portfolio
    trials: int
    seed: int
    sampling: Sampling
    factors: Factors
    places: Places
    quantum: float
    quantiles: tuple[str, ...]

    @property
    def replicates(self) -> int:
        """Number of balanced replicates; 0 when every trial is independent."""
        return 0 if self.sampling is Sampling.PLAIN else REPLICATES

    @property
    def replicates_log(self) -> int:
        """Binary logarithm of the number of balanced replicates; NOTHING draws plainly."""
        return NOTHING if self.sampling is Sampling.PLAIN else REPLICATES.bit_length() - 1


@dataclass(frozen=True, slots=True)
class WaitRows:
    """The rows of the months that an entry waits for; NOTHING when it waits for nothing.

    Args:
        start: for the start of its work.
        benefit: for all its benefits.
        single: for one benefit, by its id, together with all its benefits' wait.
    """

    start: int = NOTHING
    benefit: int = NOTHING
    single: Mapping[str, int] = field(default_factory=dict)

    def renumbered(self, number: Callable[[int], int]) -> WaitRows:
        """The same rows by other numbers."""

        def new(row: int) -> int:
            return row if row == NOTHING else number(row)

        return WaitRows(new(self.start), new(self.benefit), {key: new(row) for key, row in self.single.items()})

    def all(self) -> tuple[int, ...]:
        """Every row that is waited for."""
        return tuple(row for row in (self.start, self.benefit, *self.single.values()) if row != NOTHING)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One option of an initiative in one view.

    Args:
        initiative: the initiative.
        option: the option.
        references: the reference classes of the view; empty for the inside view.
        counts: whether it is part of the totals.
        waits: what it waits for.
    """

    initiative: Initiative
    option: Option
    references: ReferenceTable
    counts: bool = False
    waits: WaitRows = WaitRows()
