"""A program for the compiled kernel: what the plans say, as flat arrays of records.

An *entry* is one option of an initiative in one view (outside, with reference classes, or inside). A *variable* is one
uncertain quantity of an entry: a stream of random numbers and a row of quantiles. A *group* is a set of cost lines with
the same timing, an *arrival* a set of benefits with the same schedule.

Lists of different lengths lie one after another. A record says where its list begins, the record after it where that
list ends; so those that own lists have one record more than there are of them. NOTHING marks what is absent.
`lowering.py` writes programs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = NDArray[np.void]
Single = NDArray[np.float32]
Double = NDArray[np.float64]

NOTHING = -1
WINDOW = 16
"""Months of a ramp that are added at once."""

ENTRY = np.dtype(
    [
        ("begin", np.int32),  # month of the planned start, from the portfolio's start
        ("planned", np.int32),  # month of the planned go-live
        ("counts", np.bool_),  # whether it is part of the totals: a current plan in the outside view
        ("programme", np.int32),  # its row among the programmes' totals
        ("own", np.float32),  # weight of what is a quantity's own
        ("wait", np.int32),  # row of the month that the work waits for
        ("slip", np.int32),  # variable of the months of slip
        ("stretch", np.int32),  # variable of the reference class's factor on the months to come
        ("cost_factor", np.int32),  # the same on costs
        ("benefit_factor", np.int32),  # the same on benefits
        ("factors", np.int32),  # where its common factors begin
        ("risks", np.int32),  # where its risk events begin
        ("groups", np.int32),  # where its groups of costs begin
        ("arrivals", np.int32),  # where its arrivals begin
    ]
)
FACTOR = np.dtype([("number", np.int32), ("weight", np.float32)])
RISK = np.dtype(
    [
        ("key", np.uint64),  # stream of the event
        ("threshold", np.uint64),  # it happens when 32 random bits are below
        ("slip", np.int32),  # variable of the months that it adds
        ("loss", np.float32),  # share of the benefits that it takes
    ]
)
GROUP = np.dtype(
    [
        ("at_go_live", np.bool_),  # whether the offset counts from go-live
        ("offset", np.int32),  # months from the anchor
        ("months", np.int32),  # months of the lines; NOTHING spreads them over the whole work
        ("every", np.int32),  # months between payments
        ("rhythm", np.int32),  # row of the sums of discount factors
        ("share", np.float32),  # share of the amount that is still to come
        ("lines", np.int32),  # where its lines begin
    ]
)
LINE = np.dtype(
    [
        ("variable", np.int32),  # of the amount
        ("scaled", np.bool_),  # whether the reference class's factor applies
        ("risk", np.int32),  # the event, counted within the entry, without which nothing is paid
    ]
)
ARRIVAL = np.dtype(
    [
        ("schedule", np.int32),
        ("offset", np.int32),  # months from go-live
        ("wait", np.int32),  # row of the month that the benefits wait for
        ("gains", np.int32),  # where its benefits begin
    ]
)
GAIN = np.dtype(
    [
        ("variable", np.int32),  # of the yearly value
        ("weight", np.float32),  # money a unit, negative for a dis-benefit
        ("scaled", np.bool_),  # whether the reference class's factor applies
        ("objective", np.int32),  # row among the objectives' totals
        ("driver", np.int32),  # row among the drivers' totals
    ]
)
VARIABLE = np.dtype(
    [
        ("key", np.uint64),  # its stream
        ("sign", np.float32),  # -1 for what falls in bad times
        ("pooled", np.bool_),  # whether initiatives share it; then it moves with the portfolio's factor alone
        ("row", np.int32),  # its row of quantiles; NOTHING when it is certain
        ("constant", np.float32),  # its value when it is certain
    ]
)
SCHEDULE = np.dtype(
    [
        ("begin", np.int32),  # where its look-ups by month of the first effect begin
        ("back", np.int32),  # months before the portfolio's start that they reach back
        ("windows", np.int32),  # where its windows begin
    ]
)
STRETCH = np.dtype(
    [
        ("first", np.int32),  # month after the first effect in which it begins
        ("months", np.int32),  # 1, or WINDOW
    ]
)


class Program(NamedTuple):
    """Entries with all that they consist of.

    Args:
        entries: and one record more, as for groups, arrivals and schedules.
        quantiles: (rows, knots) amounts at the knots.
        pooled: weights of the portfolio's factor and of what is its own, for pooled variables.
        level: sum of the shares of a schedule, by month of the first effect.
        present: their present value.
        windows: when the changes of a share begin, and how many months they take.
        changes: (windows, WINDOW) change of the share from month to month.
        payments: (rhythms, months + longest rhythm + 1) discount factors added up in steps of the rhythm.
        months: months of the appraisal, one number.
        replicates: binary logarithm of the number of balanced replicates, one number; NOTHING draws plainly.
    """

    entries: Records
    factors: Records
    risks: Records
    groups: Records
    lines: Records
    arrivals: Records
    gains: Records
    variables: Records
    schedules: Records
    windows: Records
    quantiles: Single
    pooled: Single
    level: Single
    present: Single
    changes: Double
    payments: Double
    months: NDArray[np.int32]
    replicates: NDArray[np.int32]
