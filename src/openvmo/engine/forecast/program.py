"""A program for the compiled kernel: what the plans say, as flat arrays.

Lists of different lengths lie one after another; `x_from[i]` and `x_from[i + 1]` say where those of item `i` begin and
end. An *entry* is one option of an initiative in one view (outside, with reference classes, or inside). A *variable* is
one uncertain quantity of an entry: a stream of random numbers and a row of quantiles. A *group* is a set of cost lines
with the same timing, an *arrival* a set of benefits with the same schedule. `lowering.py` writes programs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Small = NDArray[np.int16]
Single = NDArray[np.float32]
Double = NDArray[np.float64]
Numbers = NDArray[np.int64]
Keys = NDArray[np.uint64]


class Program(NamedTuple):
    """Entries with all that they consist of; `NOTHING` marks what is absent.

    Args:
        horizon: months of the appraisal, one number in an array.
        begin: month of the planned start of each entry, from the portfolio's start.
        planned: month of the planned go-live.
        counts: whether the entry is a current plan in the outside view, and so part of the totals.
        programme: its row among the programmes' totals.
        factor_from: where its common factors begin.
        factor_of: the factor.
        factor_weight: its weight.
        own: weight of what is a quantity's own.
        wait_start: row of the month that the work waits for.
        slip: variable of the months of slip.
        stretch: variable of the reference class's factor on time; the others on cost and benefit.
        risk_from: where its risk events begin.
        risk_key: stream of the event.
        risk_threshold: the event happens when 32 random bits are below.
        risk_slip: variable of the months that it adds.
        risk_loss: share of the benefits that it takes.
        group_from: where its groups of costs begin.
        group_at_go_live: whether the offset counts from go-live.
        group_offset: months from the anchor.
        group_months: months of the lines; NOTHING spreads them over the whole work.
        group_every: months between payments.
        group_rhythm: row of `payments`.
        group_share: share of the amount that is still to come.
        line_from: where the lines of a group begin.
        line_variable: variable of the amount.
        line_scaled: whether the reference class's factor applies.
        line_risk: the risk event, counted within its entry, without which nothing is paid.
        arrival_from: where an entry's arrivals begin.
        arrival_schedule: the schedule.
        arrival_offset: months from go-live.
        arrival_wait: row of the month that the benefits wait for.
        gain_from: where the benefits of an arrival begin.
        gain_variable: variable of the yearly value.
        gain_weight: money per unit, negative for a dis-benefit.
        gain_scaled: whether the reference class's factor applies.
        gain_objective: row among the objectives' totals.
        gain_driver: row among the drivers' totals.
        key: stream of each variable.
        sign: -1 for what falls in bad times.
        pooled: whether several initiatives share the variable, which then moves with the portfolio's factor alone.
        row: its row of quantiles; NOTHING when it is certain.
        constant: its value when it is certain.
        quantiles: (rows, knots) amounts at the knots.
        shared: weight of the portfolio's factor and of what is its own for pooled variables.
        schedule_from: where the look-ups of a schedule begin, by month of the first effect.
        schedule_back: months before the portfolio's start that they reach back.
        schedule_level: sum of the shares by month of the first effect.
        schedule_present: present value of the shares.
        window_from: where the windows of a schedule begin.
        window_first: month after the first effect in which the window begins.
        window_length: 1, or WINDOW.
        window_change: (windows, WINDOW) change of the share from month to month.
        payments: (rhythms, months + 1) sum of the discount factors of payments before a month, by months between
            payments.
    """

    horizon: Numbers
    begin: Numbers
    planned: Numbers
    counts: Flags
    programme: Numbers
    factor_from: Numbers
    factor_of: Numbers
    factor_weight: Single
    own: Single
    wait_start: Numbers
    slip: Numbers
    stretch: Numbers
    cost_factor: Numbers
    benefit_factor: Numbers
    risk_from: Numbers
    risk_key: Keys
    risk_threshold: Keys
    risk_slip: Numbers
    risk_loss: Single
    group_from: Numbers
    group_at_go_live: Flags
    group_offset: Numbers
    group_months: Numbers
    group_every: Numbers
    group_rhythm: Numbers
    group_share: Single
    line_from: Numbers
    line_variable: Numbers
    line_scaled: Flags
    line_risk: Numbers
    arrival_from: Numbers
    arrival_schedule: Numbers
    arrival_offset: Numbers
    arrival_wait: Numbers
    gain_from: Numbers
    gain_variable: Numbers
    gain_weight: Single
    gain_scaled: Flags
    gain_objective: Numbers
    gain_driver: Numbers
    key: Keys
    sign: Single
    pooled: Flags
    row: Numbers
    constant: Single
    quantiles: Single
    shared: Single
    schedule_from: Numbers
    schedule_back: Numbers
    schedule_level: Single
    schedule_present: Single
    window_from: Numbers
    window_first: Numbers
    window_length: Numbers
    window_change: Double
    payments: Double


NOTHING = -1
WINDOW = 16
"""Months of a ramp that are added at once."""
