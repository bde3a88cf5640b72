"""From plans to a program for the compiled kernel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import value_schedule
from openvmo.engine.forecast.estimates import KNOTS, table
from openvmo.engine.forecast.program import (
    ARRIVAL,
    ENTRY,
    FACTOR,
    GAIN,
    GROUP,
    LINE,
    NOTHING,
    RISK,
    SCHEDULE,
    STRETCH,
    VARIABLE,
    WINDOW,
    Program,
    Records,
)
from openvmo.engine.forecast.settings import Entry, Settings
from openvmo.engine.forecast.streams import EVENT, POOL, QUANTITY, stream_key
from openvmo.engine.model import Anchor, Benefit, CostLine, Option, Profile
from openvmo.engine.model.schedule import benefit_schedule, planned_go_live, planned_start, sunk_share, valued_profiles
from openvmo.engine.quantities import AnnualRate, Estimate
from openvmo.engine.reference import Dimension, Shape

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Timing = tuple[Anchor, int, int | None, int]
Line = tuple[int, bool, int]
Gain = tuple[int, float, bool, int, int]

_NOTHING_PAID = Estimate.certain(0.0)
_TWO_TO_32 = 2**32


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain quantity of an entry, as people know it.

    Args:
        label: what it is, such as the name of a cost line.
        kind: "slip", "cost", "benefit", "risk cost", "risk slip", or "reference" for a reference class.
        variable: its number in the program.
    """

    label: str
    kind: str
    variable: int


def lower(settings: Settings, entries: Iterable[Entry]) -> Program:
    """The program of some entries."""
    lowering = Lowering(settings)
    for entry in entries:
        lowering.add(entry)
    return lowering.program()


@dataclass(slots=True)
class _Variables:
    """The uncertain quantities so far: key, sign, whether pooled, constant, kind of quantiles and row among them."""

    rows: list[tuple[int, float, bool, float, int, int]] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    amounts: list[Estimate] = field(default_factory=list)
    differences: list[Estimate] = field(default_factory=list)
    shapes: dict[Shape, int] = field(default_factory=dict)

    def add_amount(
        self, name: tuple[str, str], key: int, estimate: Estimate, sign: float = 1.0, *, pooled: bool = False
    ) -> int:
        """A quantity that is an amount."""
        if estimate.low is None or estimate.is_certain:
            return self._add(name, (key, sign, pooled, estimate.likely, 0, NOTHING))
        self.amounts.append(estimate)
        return self._add(name, (key, sign, pooled, 0.0, 0, len(self.amounts) - 1))

    def add_difference(self, name: tuple[str, str], key: int, estimate: Estimate) -> int:
        """A quantity that is a difference, such as a slip."""
        if estimate.low is None or estimate.is_certain:
            return self._add(name, (key, 1.0, False, estimate.likely, 1, NOTHING))
        self.differences.append(estimate)
        return self._add(name, (key, 1.0, False, 0.0, 1, len(self.differences) - 1))

    def add_shape(self, name: tuple[str, str], key: int, shape: Shape, sign: float) -> int:
        """The factor of a reference class."""
        if not shape.has_spread:
            return self._add(name, (key, sign, False, shape.mean, 2, NOTHING))
        row = self.shapes.setdefault(shape, len(self.shapes))
        return self._add(name, (key, sign, False, 0.0, 2, row))

    def _add(self, name: tuple[str, str], row: tuple[int, float, bool, float, int, int]) -> int:
        self.rows.append(row)
        number = len(self.inputs)
        self.inputs.append(Input(name[0], name[1], number))
        return number

    def quantiles(self) -> Singles:
        """The quantiles of amounts, differences and shapes at the knots, in this order."""
        parts = [table(self.amounts), table(self.differences, difference=True)]
        parts += [shape.table(KNOTS).astype(np.float32) for shape in self.shapes]
        return np.concatenate(
            [np.zeros((1, KNOTS.size), np.float32), *(part.reshape(-1, KNOTS.size) for part in parts)]
        )

    def records(self) -> Records:
        """The quantities, each with its row among the quantiles."""
        begins = (1, 1 + len(self.amounts), 1 + len(self.amounts) + len(self.differences))
        rows = [
            (key, sign, pooled, row if row == NOTHING else begins[kind] + row, constant)
            for key, sign, pooled, constant, kind, row in self.rows
        ]
        return np.array(rows, dtype=VARIABLE)


@dataclass(slots=True)
class _Schedules:
    """The schedules of benefits so far: each kind of growth, duration and decay once."""

    discount: Floats
    number: dict[tuple[object, ...], int] = field(default_factory=dict)
    back: list[int] = field(default_factory=list)
    level: list[Singles] = field(default_factory=list)
    present: list[Singles] = field(default_factory=list)
    windows: list[tuple[int, int, Floats]] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])

    def add(self, profile: Profile, earliest: int) -> int:
        """The number of a profile's schedule, whose first effect is not before the month `earliest`."""
        back = max(-earliest, 0)
        name = (profile.ramp_months, profile.ramp_shape, profile.curve, profile.duration, profile.decay, back)
        if name not in self.number:
            self._append(profile, back)
            self.number[name] = len(self.number)
        return self.number[name]

    def _append(self, profile: Profile, back: int) -> None:
        months = self.discount.size
        shares = benefit_schedule(profile, np.array([-profile.offset]), months + back)[0]
        level, present = (np.empty(back + months + 1, dtype=np.float32) for _ in range(2))
        value_schedule(shares, self.discount, back, level, present)
        self.back.append(back)
        self.level.append(level)
        self.present.append(present)
        self.windows.extend(_windows(shares))
        self.ends.append(len(self.windows))


def _windows(shares: Floats) -> list[tuple[int, int, Floats]]:
    """The changes of the shares from month to month, in windows of a length that the kernel adds at once."""
    change = np.diff(shares, prepend=0.0)
    padded = np.concatenate([change, np.zeros(WINDOW)])
    windows: list[tuple[int, int, Floats]] = []
    end = 0
    for month in np.flatnonzero(change).tolist():
        if month >= end:
            part = padded[month : month + WINDOW]
            windows.append((month, WINDOW if part[1:].any() else 1, part))
            end = month + WINDOW
    return windows


class Lowering:
    """Writes a program, entry by entry."""

    def __init__(self, settings: Settings) -> None:
        frame = settings.frame
        self._settings = settings
        self._discount = AnnualRate(frame.discount_rate).factors(frame.horizon)
        self._pools = {pool.id: pool for pool in frame.pools}
        self._variables = _Variables()
        self._schedules = _Schedules(self._discount)
        self._entries: list[tuple[Any, ...]] = []
        self._factors: list[tuple[int, float]] = []
        self._risks: list[tuple[int, int, int, float]] = []
        self._groups: list[tuple[bool, int, int, int, int, float, int]] = []
        self._lines: list[Line] = []
        self._arrivals: list[tuple[int, int, int, int]] = []
        self._gains: list[Gain] = []
        self._rhythms: dict[int, int] = {}

    @property
    def inputs(self) -> Sequence[Input]:
        """The quantities so far."""
        return self._variables.inputs

    def add(self, entry: Entry) -> None:
        """Add an entry."""
        frame, initiative, option = self._settings.frame, entry.initiative, entry.option
        begin, planned = planned_start(frame, option), planned_go_live(frame, option)
        begins = (len(self._factors), len(self._risks), len(self._groups), len(self._arrivals))
        slip = self._variables.add_difference(("", "slip"), self._key(entry, "slip"), option.slip)
        stretch, cost, benefit = (self._reference(entry, dimension) for dimension in _DIMENSIONS)
        self._factors.extend(self._settings.factors.of[initiative.id])
        self._add_risks(entry)
        self._add_costs(entry, begin, is_scaled=cost != NOTHING)
        self._add_arrivals(entry, begin, planned, is_scaled=benefit != NOTHING)
        self._entries.append(
            (
                begin,
                planned,
                entry.counts,
                self._settings.places.programmes[initiative.programme],
                self._settings.factors.own[initiative.id],
                entry.waits.start,
                slip,
                NOTHING if option.slip.is_certain else stretch,
                cost,
                benefit,
                *begins,
            )
        )

    def _end_of_entries(self) -> tuple[Any, ...]:
        """A record after the last entry, which says where the lists of that one end."""
        ends = (len(self._factors), len(self._risks), len(self._groups), len(self._arrivals))
        return (0, 0, False, 0, 0.0, *[NOTHING] * 5, *ends)

    def _key(self, entry: Entry, *names: str) -> int:
        return stream_key(self._settings.seed, QUANTITY, entry.initiative.id, *names)

    def _reference(self, entry: Entry, dimension: Dimension) -> int:
        known = entry.references.get(entry.initiative.reference_class)
        shape = None if known is None else known.shape(dimension)
        if shape is None:
            return NOTHING
        sign = -1.0 if dimension is Dimension.BENEFIT else 1.0
        return self._variables.add_shape(
            (dimension, "reference"), self._key(entry, "reference", dimension), shape, sign
        )

    def _add_risks(self, entry: Entry) -> None:
        for risk in entry.option.risks:
            slip = NOTHING
            if risk.slip != _NOTHING_PAID:
                key = self._key(entry, "risk slip", risk.id)
                slip = self._variables.add_difference((risk.name, "risk slip"), key, risk.slip)
            event = stream_key(self._settings.seed, EVENT, entry.initiative.id, risk.id)
            self._risks.append((event, round(risk.probability * _TWO_TO_32), slip, risk.benefit_loss))

    def _add_costs(self, entry: Entry, begin: int, *, is_scaled: bool) -> None:
        """The option's costs; lines with the same timing are one group."""
        lines: dict[Timing, list[Line]] = {}
        first: dict[Timing, CostLine] = {}
        for line in entry.option.costs:
            variable = self._variables.add_amount((line.name, "cost"), self._key(entry, "cost", line.id), line.amount)
            timing = (line.anchor, line.offset, line.months, line.every)
            first.setdefault(timing, line)
            lines.setdefault(timing, []).append((variable, is_scaled and not line.amount.is_certain, NOTHING))
        for number, risk in enumerate(entry.option.risks):
            if risk.cost == _NOTHING_PAID:
                continue
            key = self._key(entry, "risk cost", risk.id)
            variable = self._variables.add_amount((risk.name, "risk cost"), key, risk.cost)
            first.setdefault(_AT_GO_LIVE, _PAID_AT_GO_LIVE)
            lines.setdefault(_AT_GO_LIVE, []).append((variable, is_scaled and not risk.cost.is_certain, number))
        for timing, members in lines.items():
            self._add_group(first[timing], entry.option, begin, members)

    def _add_group(self, line: CostLine, option: Option, begin: int, members: Sequence[Line]) -> None:
        is_at_go_live = line.anchor is Anchor.GO_LIVE
        first = begin + line.offset + (option.duration if is_at_go_live else 0)
        share = 1.0 if first >= 0 else 1 - sunk_share(line, option, begin)
        if share <= 0:
            return
        rhythm = self._rhythms.setdefault(line.every, len(self._rhythms))
        months = NOTHING if line.months is None else line.months
        self._groups.append((is_at_go_live, line.offset, months, line.every, rhythm, share, len(self._lines)))
        self._lines.extend(members)

    def _add_arrivals(self, entry: Entry, begin: int, planned: int, *, is_scaled: bool) -> None:
        """The option's benefits in money; those with the same schedule, offset and wait are one arrival."""
        benefits = {benefit.id: benefit for benefit in entry.initiative.benefits}
        earliest = planned if planned <= 0 else max(begin, 0) + 1
        gains: dict[tuple[int, int, int], list[Gain]] = {}
        for profile, value in valued_profiles(entry.initiative, entry.option, self._settings.frame.pools):
            benefit = benefits[profile.benefit]
            schedule = self._schedules.add(profile, earliest + profile.offset)
            wait = entry.waits.single.get(benefit.id, entry.waits.benefit)
            places = self._settings.places
            gain = (
                self._add_gain(entry, benefit, profile),
                value,
                is_scaled and not profile.annual.is_certain,
                places.objectives[benefit.objective],
                places.drivers[benefit.driver],
            )
            gains.setdefault((schedule, profile.offset, wait), []).append(gain)
        for arrival, members in gains.items():
            self._arrivals.append((*arrival, len(self._gains)))
            self._gains.extend(members)

    def _add_gain(self, entry: Entry, benefit: Benefit, profile: Profile) -> int:
        """The yearly value; benefits that claim shares of one pool meet the same gain of the pool."""
        if benefit.pool in self._pools and benefit.claim is not None:
            key = stream_key(self._settings.seed, POOL, benefit.pool)
            return self._variables.add_amount((benefit.name, "benefit"), key, profile.annual, -1.0, pooled=True)
        key = self._key(entry, "benefit", benefit.id)
        return self._variables.add_amount((benefit.name, "benefit"), key, profile.annual, -1.0)

    def program(self) -> Program:
        """The program of what was added."""
        schedules = self._schedules
        sizes = [0, *(level.size for level in schedules.level)]
        return Program(
            entries=np.array([*self._entries, self._end_of_entries()], dtype=ENTRY),
            factors=np.array(self._factors, dtype=FACTOR),
            risks=np.array(self._risks, dtype=RISK),
            groups=np.array([*self._groups, (False, 0, 0, 1, 0, 0.0, len(self._lines))], dtype=GROUP),
            lines=np.array(self._lines, dtype=LINE),
            arrivals=np.array([*self._arrivals, (0, 0, NOTHING, len(self._gains))], dtype=ARRIVAL),
            gains=np.array(self._gains, dtype=GAIN),
            variables=self._variables.records(),
            schedules=np.array(
                list(zip(np.cumsum(sizes), [*schedules.back, 0], schedules.ends, strict=True)), dtype=SCHEDULE
            ),
            windows=np.array([(first, months) for first, months, _ in schedules.windows], dtype=STRETCH),
            quantiles=self._variables.quantiles(),
            pooled=np.array(self._settings.factors.pooled, dtype=np.float32),
            level=np.concatenate([np.zeros(0, np.float32), *schedules.level]),
            present=np.concatenate([np.zeros(0, np.float32), *schedules.present]),
            changes=np.array([change for _, _, change in schedules.windows], dtype=np.float64).reshape(-1, WINDOW),
            payments=self._payments(),
            months=np.array([self._settings.frame.horizon], dtype=np.int32),
            replicates=np.array([self._settings.replicates_log], dtype=np.int32),
        )

    def _payments(self) -> Floats:
        """Sums of discount factors along each rhythm: those of payments in months before, in steps of the rhythm."""
        months = self._discount.size
        longest = max(self._rhythms, default=1)
        sums = np.zeros((max(len(self._rhythms), 1), months + longest + 1))
        for every, row in self._rhythms.items():
            for month in range(months):
                sums[row, month + every] = sums[row, month] + self._discount[month]
        return sums


_DIMENSIONS = (Dimension.DURATION, Dimension.COST, Dimension.BENEFIT)
_PAID_AT_GO_LIVE = CostLine(id="risk", name="Risk", amount=_NOTHING_PAID, anchor=Anchor.GO_LIVE, months=1)
_AT_GO_LIVE = (Anchor.GO_LIVE, 0, 1, 1)
