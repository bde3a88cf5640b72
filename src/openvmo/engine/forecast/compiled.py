"""The compiled part of the simulation: one alternative in one block of trials, from random bits to money by month.

Everything that a trial touches is in this one file, because numba keys its cache of compiled code to the file that a
function stands in. The functions use only + - * /, square roots, comparisons and table look-ups, without reordering
(no fastmath), so that they give the same bits compiled and interpreted, on any number of threads and on any processor
with the arithmetic of IEEE 754.

Money that is added up over alternatives is first rounded to a multiple of one power of two (`rounded`). Such numbers
add up exactly in any order, so totals do not depend on threads, chunks or the order of initiatives.

The kernel reads a `Program` (flat arrays, see `program.py`) and writes into `Tallies`; `Scratch` is its workspace. A
block is small enough for all of it to stay in the processor's second cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numba
import numpy as np
from numba.core import config
from numpy.typing import NDArray

from openvmo.engine.forecast.estimates import SCORE_P90
from openvmo.engine.forecast.program import WINDOW, Program

Function = TypeVar("Function", bound=Callable[..., object])
Single = NDArray[np.float32]
Double = NDArray[np.float64]
Integers = NDArray[np.int32]
Words = NDArray[np.uint32]

BLOCK = 1_024
"""Trials of one block."""

# Adding a ramp to a row of months is sixteen sums in a row, which only this pass of the compiler turns into two.
config.SLP_VECTORIZE = 1


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, and keep the code on disk where a folder for it can be written."""
    options = {"nogil": True, "error_model": "numpy"}
    try:
        made: Function = numba.njit(cache=True, **options)(function)
    except RuntimeError:
        made = numba.njit(**options)(function)
    return made


class Tallies(NamedTuple):
    """What a run adds up, for the trials of one segment.

    Args:
        values: (entries, 6, trials) cost, its present value, benefit, its present value, NPV and go-live.
        monthly_cost: (entries, months + 1) month-to-month change of the cost, added up over the trials.
        cost_flows: (trials, months + 1) month-to-month change of the cost of the current plans.
        benefit_flows: (trials, months + WINDOW) the same of their benefits.
        programmes: (programmes, 4, trials) cost, its present value, benefit and its present value.
        objectives: (objectives, 2, trials) benefit and its present value.
        drivers: (drivers, 2, trials) the same by kind of value.
    """

    values: Single
    monthly_cost: Double
    cost_flows: Double
    benefit_flows: Double
    programmes: Double
    objectives: Double
    drivers: Double


class Scratch(NamedTuple):
    """Workspace for one block; every array has room for BLOCK trials."""

    words: Words
    cells: Integers
    tail: Single
    scores: Single
    common: Single
    shared: Single
    factor: Single
    drawn: Single
    amount: Single
    kept: Single
    happens: Single
    months: Single
    start: Integers
    go_live: Integers
    first: Integers
    totals: Single
    present: Single
    level: Single


# --------------------------------------------------------------------------------------------------------------------
# Random numbers
# --------------------------------------------------------------------------------------------------------------------

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_M0, _M1 = _MULTIPLIERS
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_NONE = np.uint64(0)
_LANES = BLOCK // 4


@compiled
def _round(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    first, second = _M0 * c0, _M1 * c2
    return (second >> _HALF) ^ c1 ^ k0, second & _LOW, (first >> _HALF) ^ c3 ^ k1, first & _LOW


@compiled
def random_words(key: np.uint64, block: int, words: Words) -> None:
    """Fill a block with 32 random bits a trial.

    Source: Philox4x32-10 of J. Salmon and others, Parallel random numbers: as easy as 1, 2, 3 (2011),
    https://doi.org/10.1145/2063384.2063405. Its counter is the number of the block and lane, its key the stream's.
    """
    key_low, key_high = key & _LOW, key >> _HALF
    for lane in range(_LANES):
        c0, c1, c2, c3 = np.uint64(block * _LANES + lane) & _LOW, _NONE, _NONE, _NONE
        k0, k1 = key_low, key_high
        for _ in range(10):
            c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
        words[lane] = np.uint32(c0)
        words[_LANES + lane] = np.uint32(c1)
        words[2 * _LANES + lane] = np.uint32(c2)
        words[3 * _LANES + lane] = np.uint32(c3)


# --------------------------------------------------------------------------------------------------------------------
# From bits to amounts
# --------------------------------------------------------------------------------------------------------------------

_SIGN = np.uint32(31)
_STEP = np.float32(2.0**-32)
_HALF_STEP = np.float32(2.0**-33)
_ZERO, _HALF_OF_ONE, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
# Logarithm of a number from 1 to 2 by its distance from 1.5; the error is below 4e-8.
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8 = (
    np.float32(coefficient)
    for coefficient in (
        0.405465104, 0.666666166, -0.222221368, 0.0987917516, -0.0494096183, 0.0259673295, -0.014338342,
        0.0102438286, -0.00615147096,
    )
)  # fmt: skip
_LOG_2, _MIDDLE = np.float32(0.69314718056), np.float32(1.5)
_A0, _A1, _A2, _A3 = (np.float32(a) for a in (3.3871327179, 50.434271938, 159.29113202, 59.109374720))
_B1, _B2, _B3 = (np.float32(b) for b in (17.895169469, 78.757757664, 67.187563600))
_C0, _C1, _C2, _C3 = (np.float32(c) for c in (1.4234372777, 2.7568153900, 1.3067284816, 0.17023821103))
_D1, _D2 = (np.float32(d) for d in (0.73700164250, 0.12021132975))
_NEAR, _NEAR_SQUARE, _FAR = np.float32(0.075), np.float32(0.180625), np.float32(1.6)


@compiled
def normal_scores(words: Words, tail: Single, scores: Single) -> None:
    """Standard normal scores of random bits; the first bit is the sign. `tail` is workspace.

    Source: PPND7 of M. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484; with single precision the error
    is below 1e-6.
    """
    for i in range(words.size):
        tail[i] = np.float32(np.int32(words[i] & 0x7FFFFFFF)) * _STEP + _HALF_STEP
    bits, mantissa = tail.view(np.int32), scores.view(np.int32)
    for i in range(words.size):
        mantissa[i] = (bits[i] & 0x7FFFFF) | 0x3F800000
    for i in range(words.size):
        chance, m = tail[i], scores[i] - _MIDDLE
        exponent = np.float32(np.int32((bits[i] >> 23) - 127))
        logarithm = exponent * _LOG_2 + (
            _L0 + m * (_L1 + m * (_L2 + m * (_L3 + m * (_L4 + m * (_L5 + m * (_L6 + m * (_L7 + m * _L8)))))))
        )
        r = np.sqrt(-logarithm) - _FAR
        far = (((_C3 * r + _C2) * r + _C1) * r + _C0) / ((_D2 * r + _D1) * r + _ONE)
        q = _HALF_OF_ONE - chance
        s = _NEAR_SQUARE - q * q
        near = q * (((_A3 * s + _A2) * s + _A1) * s + _A0) / (((_B3 * s + _B2) * s + _B1) * s + _ONE)
        score = near if chance > _NEAR else far
        scores[i] = score if words[i] >> _SIGN else -score


_CELLS_A_SCORE = np.float32(32 / SCORE_P90)
_MIDDLE_CELL = np.float32(128.0)
_LAST_CELL = np.float32(255.99998)
_NEXT = np.uint32(1)


@compiled
def amounts_at(quantiles: Single, scores: Single, cells: Integers, amounts: Single) -> None:
    """Amounts at scores, linear between the knots and flat beyond them; `cells` is workspace."""
    for i in range(scores.size):
        place = scores[i] * _CELLS_A_SCORE + _MIDDLE_CELL
        place = _ZERO if place < _ZERO else place
        place = _LAST_CELL if place > _LAST_CELL else place
        cells[i] = np.int32(place)
        amounts[i] = place - np.float32(cells[i])
    for i in range(scores.size):
        cell = np.uint32(cells[i])
        lower = quantiles[cell]
        amounts[i] = lower + amounts[i] * (quantiles[cell + _NEXT] - lower)


@compiled
def draw(program: Program, entry: int, variable: int, block: int, scratch: Scratch, amounts: Single) -> None:
    """The amounts of one variable in a block of trials."""
    row = program.row[variable]
    if row < 0:
        amounts[:] = program.constant[variable]
        return
    random_words(program.key[variable], block, scratch.words)
    normal_scores(scratch.words, scratch.tail, scratch.scores)
    scores, sign = scratch.scores, program.sign[variable]
    if program.pooled[variable]:
        common, own = scratch.shared, program.shared[1]
    else:
        common, own = scratch.common, program.own[entry]
    for i in range(BLOCK):
        scores[i] = sign * common[i] + own * scores[i]
    amounts_at(program.quantiles[row], scores, scratch.cells, amounts)


# --------------------------------------------------------------------------------------------------------------------
# Time
# --------------------------------------------------------------------------------------------------------------------


@compiled
def _mix_factors(program: Program, entry: int, factors: Single, at: int, scratch: Scratch) -> None:
    """What all quantities of the entry have in common, and what those of pools have."""
    common, shared = scratch.common, scratch.shared
    common[:] = _ZERO
    for place in range(program.factor_from[entry], program.factor_from[entry + 1]):
        scores, weight = factors[program.factor_of[place]], program.factor_weight[place]
        for i in range(BLOCK):
            common[i] += weight * scores[at + i]
    for i in range(BLOCK):
        shared[i] = program.shared[0] * factors[0, at + i]


@compiled
def _let_happen(program: Program, entry: int, block: int, scratch: Scratch) -> None:
    """Which risk events happen (1 or 0), and what they leave of the benefits."""
    kept, words = scratch.kept, scratch.words
    kept[:] = _ONE
    first = program.risk_from[entry]
    for risk in range(first, program.risk_from[entry + 1]):
        happens, loss = scratch.happens[risk - first], program.risk_loss[risk]
        random_words(program.risk_key[risk], block, words)
        threshold = program.risk_threshold[risk]
        for i in range(BLOCK):
            happens[i] = _ONE if np.uint64(words[i]) < threshold else _ZERO
        if loss > _ZERO:
            for i in range(BLOCK):
                kept[i] *= _ONE - loss * happens[i]


@compiled
def _set_times(
    program: Program, entry: int, block: int, at: int, waits: NDArray[np.int16], scratch: Scratch
) -> None:
    """Start and go-live in months from the portfolio's start."""
    begin, planned = program.begin[entry], program.planned[entry]
    start, go_live, months, drawn = scratch.start, scratch.go_live, scratch.months, scratch.drawn
    start[:] = begin
    if planned <= 0:
        go_live[:] = planned
        return
    ahead = max(begin, 0)
    draw(program, entry, program.slip[entry], block, scratch, drawn)
    for i in range(BLOCK):
        months[i] = np.float32(planned - ahead) + drawn[i]
    first = program.risk_from[entry]
    for risk in range(first, program.risk_from[entry + 1]):
        if program.risk_slip[risk] >= 0:
            draw(program, entry, program.risk_slip[risk], block, scratch, drawn)
            happens = scratch.happens[risk - first]
            for i in range(BLOCK):
                months[i] += drawn[i] * happens[i]
    if program.stretch[entry] >= 0:
        draw(program, entry, program.stretch[entry], block, scratch, drawn)
        for i in range(BLOCK):
            months[i] *= drawn[i]
    for i in range(BLOCK):
        whole = max(np.rint(months[i]), _ONE)
        go_live[i] = ahead + np.int32(min(whole, _LONGEST))
    row = program.wait_start[entry]
    if row >= 0 and begin >= 0:
        for i in range(BLOCK):
            delay = max(np.int32(waits[row, at + i]) - begin, 0)
            start[i] += delay
            go_live[i] += delay


_LONGEST = np.float32(30_000.0)


@compiled
def go_live_times(
    program: Program, entry: int, first_block: int, factors: Single, waits: NDArray[np.int16], scratch: Scratch,
    months: NDArray[np.int16],
) -> None:  # fmt: skip
    """Go-live of one entry in every trial of a segment, (trials,)."""
    for place in range(months.size // BLOCK):
        at = place * BLOCK
        _mix_factors(program, entry, factors, at, scratch)
        _let_happen(program, entry, first_block + place, scratch)
        _set_times(program, entry, first_block + place, at, waits, scratch)
        for i in range(BLOCK):
            months[at + i] = np.int16(min(scratch.go_live[i], 32_000))


# --------------------------------------------------------------------------------------------------------------------
# Costs
# --------------------------------------------------------------------------------------------------------------------


@compiled
def rounded(amount: float, magic: float) -> float:
    """The amount to the nearest multiple of the quantum that belongs to this magic number (1.5 x 2^52 quanta)."""
    return (amount + magic) - magic


@compiled
def _group_amounts(program: Program, entry: int, group: int, block: int, scratch: Scratch) -> None:
    """What the lines of a group cost together."""
    amount, drawn, factor = scratch.amount, scratch.drawn, scratch.factor
    amount[:] = _ZERO
    for line in range(program.line_from[group], program.line_from[group + 1]):
        draw(program, entry, program.line_variable[line], block, scratch, drawn)
        if program.line_scaled[line]:
            for i in range(BLOCK):
                drawn[i] *= factor[i]
        if program.line_risk[line] >= 0:
            happens = scratch.happens[program.line_risk[line]]
            for i in range(BLOCK):
                drawn[i] *= happens[i]
        for i in range(BLOCK):
            amount[i] += drawn[i]


@compiled
def _set_payments(program: Program, group: int, scratch: Scratch) -> None:
    """First payment, number of payments, and money a payment, in `first`, `cells` and `amount`."""
    anchor = scratch.go_live if program.group_at_go_live[group] else scratch.start
    start, go_live, first, payments, amount = (
        scratch.start, scratch.go_live, scratch.first, scratch.cells, scratch.amount
    )  # fmt: skip
    offset, months = np.int32(program.group_offset[group]), np.int32(program.group_months[group])
    every, share = np.int32(program.group_every[group]), program.group_share[group]
    lead = np.int32(0) if program.group_at_go_live[group] else offset
    for i in range(BLOCK):
        length = months if months >= 0 else go_live[i] - start[i] - lead
        begin = anchor[i] + offset
        until = begin + max(length, 1)
        if every == 1:
            begin = max(begin, 0)
            count = max(until - begin, 1)
        else:
            begin += (max(-begin, 0) + every - 1) // every * every
            count = max((until - begin + every - 1) // every, 1)
        first[i], payments[i] = begin, count
        amount[i] = amount[i] * share / np.float32(count)


@compiled
def _add_costs(
    program: Program, entry: int, block: int, at: int, count: int, magic: float, tallies: Tallies, scratch: Scratch
) -> None:
    horizon = program.horizon[0]
    cost, cost_pv = tallies.values[entry, COST], tallies.values[entry, COST_PV]
    if program.cost_factor[entry] >= 0:
        draw(program, entry, program.cost_factor[entry], block, scratch, scratch.factor)
    for group in range(program.group_from[entry], program.group_from[entry + 1]):
        _group_amounts(program, entry, group, block, scratch)
        _set_payments(program, group, scratch)
        every, before = program.group_every[group], program.payments[program.group_rhythm[group]]
        first, payments, amount = scratch.first, scratch.cells, scratch.amount
        for i in range(count):
            begin = min(first[i], horizon)
            left = horizon - begin if every == 1 else (horizon - begin + every - 1) // every
            paid = min(payments[i], left)
            cost[at + i] += amount[i] * np.float32(paid)
            # `before` holds sums along the rhythm, shifted so that a payment in month m is in the sum at m + every.
            value = before[begin + paid * every] - before[begin]
            cost_pv[at + i] += np.float32(amount[i] * value)
        _add_cost_by_month(tallies.monthly_cost[entry], every, horizon, count, scratch)
        if program.counts[entry]:
            _add_cost_flows(tallies.cost_flows, every, horizon, at, count, magic, scratch)


@compiled
def _add_cost_by_month(monthly: Double, every: int, horizon: int, count: int, scratch: Scratch) -> None:
    first, payments, amount = scratch.first, scratch.cells, scratch.amount
    for i in range(count):
        paid = np.float64(amount[i])
        if paid == 0.0:
            continue
        if every == 1:
            monthly[min(first[i], horizon)] += paid
            monthly[min(first[i] + payments[i], horizon)] -= paid
            continue
        for payment in range(payments[i]):
            month = min(first[i] + payment * every, horizon)
            monthly[month] += paid
            monthly[min(month + 1, horizon)] -= paid


@compiled
def _add_cost_flows(
    flows: Double, every: int, horizon: int, at: int, count: int, magic: float, scratch: Scratch
) -> None:
    first, payments, amount = scratch.first, scratch.cells, scratch.amount
    for i in range(count):
        paid = rounded(np.float64(amount[i]), magic)
        if paid == 0.0:
            continue
        row = flows[at + i]
        if every == 1:
            row[min(first[i], horizon)] += paid
            row[min(first[i] + payments[i], horizon)] -= paid
            continue
        for payment in range(payments[i]):
            month = min(first[i] + payment * every, horizon)
            row[month] += paid
            row[min(month + 1, horizon)] -= paid


# --------------------------------------------------------------------------------------------------------------------
# Benefits
# --------------------------------------------------------------------------------------------------------------------


@compiled
def _set_first_effects(
    program: Program, arrival: int, at: int, waits: NDArray[np.int16], scratch: Scratch
) -> None:
    """Month of the first effect, and what a steady yearly value of one then adds up to."""
    schedule = program.arrival_schedule[arrival]
    back, origin = program.schedule_back[schedule], program.schedule_from[schedule]
    offset, row = program.arrival_offset[arrival], program.arrival_wait[arrival]
    first, go_live, horizon = scratch.first, scratch.go_live, program.horizon[0]
    for i in range(BLOCK):
        first[i] = np.int32(min(max(go_live[i] + offset, -back), horizon))
    if row >= 0:
        for i in range(BLOCK):
            waiting = np.int32(waits[row, at + i]) + offset
            first[i] = np.int32(min(max(np.int64(first[i]), waiting), horizon))
    for i in range(BLOCK):
        place = origin + back + first[i]
        scratch.level[i] = program.schedule_level[place]
        scratch.present[i] = program.schedule_present[place]


@compiled
def _add_benefits(
    program: Program, entry: int, block: int, at: int, count: int, magic: float, waits: NDArray[np.int16],
    tallies: Tallies, scratch: Scratch,
) -> None:  # fmt: skip
    if program.benefit_factor[entry] >= 0:
        draw(program, entry, program.benefit_factor[entry], block, scratch, scratch.factor)
    for arrival in range(program.arrival_from[entry], program.arrival_from[entry + 1]):
        _set_first_effects(program, arrival, at, waits, scratch)
        scratch.totals[:] = _ZERO
        for gain in range(program.gain_from[arrival], program.gain_from[arrival + 1]):
            _add_gain(program, entry, gain, block, at, count, magic, tallies, scratch)
        if program.counts[entry]:
            _add_benefit_flows(program, program.arrival_schedule[arrival], at, count, magic, tallies, scratch)


@compiled
def _add_gain(
    program: Program, entry: int, gain: int, block: int, at: int, count: int, magic: float, tallies: Tallies,
    scratch: Scratch,
) -> None:  # fmt: skip
    drawn, kept, factor, totals = scratch.drawn, scratch.kept, scratch.factor, scratch.totals
    level, present, weight = scratch.level, scratch.present, program.gain_weight[gain]
    benefit, benefit_pv = tallies.values[entry, BENEFIT], tallies.values[entry, BENEFIT_PV]
    draw(program, entry, program.gain_variable[gain], block, scratch, drawn)
    if program.gain_scaled[gain]:
        for i in range(BLOCK):
            drawn[i] *= factor[i]
    for i in range(BLOCK):
        drawn[i] *= weight * kept[i]
        totals[i] += drawn[i]
    for i in range(count):
        benefit[at + i] += drawn[i] * level[i]
        benefit_pv[at + i] += drawn[i] * present[i]
    if program.counts[entry]:
        objective = tallies.objectives[program.gain_objective[gain]]
        driver = tallies.drivers[program.gain_driver[gain]]
        for i in range(count):
            whole = rounded(np.float64(drawn[i] * level[i]), magic)
            today = rounded(np.float64(drawn[i] * present[i]), magic)
            objective[0, at + i] += whole
            objective[1, at + i] += today
            driver[0, at + i] += whole
            driver[1, at + i] += today


@compiled
def _add_benefit_flows(
    program: Program, schedule: int, at: int, count: int, magic: float, tallies: Tallies, scratch: Scratch
) -> None:
    horizon, first, totals = program.horizon[0], scratch.first, scratch.totals
    for window in range(program.window_from[schedule], program.window_from[schedule + 1]):
        begin, change = program.window_first[window], program.window_change[window]
        if program.window_length[window] == 1:
            for i in range(count):
                month = min(max(first[i] + begin, 0), horizon)
                tallies.benefit_flows[at + i, month] += rounded(totals[i] * change[0], magic)
            continue
        for i in range(count):
            month, amount = first[i] + begin, np.float64(totals[i])
            row = tallies.benefit_flows[at + i]
            if month >= 0:
                _add_window(row, min(month, horizon), amount, change, magic)
            else:
                for place in range(WINDOW):
                    row[max(month + place, 0)] += rounded(amount * change[place], magic)


@compiled
def _add_window(row: Double, month: int, amount: float, change: Double, magic: float) -> None:
    """Add a window of changes to a row of months; written out so that the compiler makes vectors of it."""
    months = row[month : month + WINDOW]
    months[0] += (amount * change[0] + magic) - magic
    months[1] += (amount * change[1] + magic) - magic
    months[2] += (amount * change[2] + magic) - magic
    months[3] += (amount * change[3] + magic) - magic
    months[4] += (amount * change[4] + magic) - magic
    months[5] += (amount * change[5] + magic) - magic
    months[6] += (amount * change[6] + magic) - magic
    months[7] += (amount * change[7] + magic) - magic
    months[8] += (amount * change[8] + magic) - magic
    months[9] += (amount * change[9] + magic) - magic
    months[10] += (amount * change[10] + magic) - magic
    months[11] += (amount * change[11] + magic) - magic
    months[12] += (amount * change[12] + magic) - magic
    months[13] += (amount * change[13] + magic) - magic
    months[14] += (amount * change[14] + magic) - magic
    months[15] += (amount * change[15] + magic) - magic


# --------------------------------------------------------------------------------------------------------------------
# All entries in all blocks
# --------------------------------------------------------------------------------------------------------------------

COST, COST_PV, BENEFIT, BENEFIT_PV, NPV, GO_LIVE = range(6)


@compiled
def simulate(
    program: Program, first_block: int, magic: float, factors: Single, waits: NDArray[np.int16], tallies: Tallies,
    scratch: Scratch,
) -> None:  # fmt: skip
    """Simulate every entry in every trial of a segment and add up what counts.

    Args:
        program: the entries.
        first_block: number of the segment's first block.
        magic: 1.5 x 2^52 quanta of the totals.
        factors: (factors, trials) scores of the common factors; the first is the portfolio's. Whole blocks.
        waits: (rows, trials) months that entries wait for. Whole blocks.
        tallies: where everything is added up; `values` is set.
        scratch: workspace.
    """
    trials, entries = tallies.values.shape[2], program.begin.size
    for place in range((trials + BLOCK - 1) // BLOCK):
        at = place * BLOCK
        count = min(BLOCK, trials - at)
        for entry in range(entries):
            _simulate_block(program, entry, first_block + place, at, count, magic, factors, waits, tallies, scratch)


@compiled
def _simulate_block(
    program: Program, entry: int, block: int, at: int, count: int, magic: float, factors: Single,
    waits: NDArray[np.int16], tallies: Tallies, scratch: Scratch,
) -> None:  # fmt: skip
    values = tallies.values[entry]
    values[:, at : at + count] = _ZERO
    _mix_factors(program, entry, factors, at, scratch)
    _let_happen(program, entry, block, scratch)
    _set_times(program, entry, block, at, waits, scratch)
    _add_costs(program, entry, block, at, count, magic, tallies, scratch)
    _add_benefits(program, entry, block, at, count, magic, waits, tallies, scratch)
    for i in range(count):
        values[NPV, at + i] = values[BENEFIT_PV, at + i] - values[COST_PV, at + i]
        values[GO_LIVE, at + i] = np.float32(scratch.go_live[i])
    if program.counts[entry]:
        programme = tallies.programmes[program.programme[entry]]
        for quantity in range(4):
            for i in range(count):
                programme[quantity, at + i] += rounded(np.float64(values[quantity, at + i]), magic)


# --------------------------------------------------------------------------------------------------------------------
# Schedules and summaries
# --------------------------------------------------------------------------------------------------------------------


@compiled
def value_schedule(shares: Double, discount: Double, back: int, level: Single, present: Single) -> None:
    """Sum and present value of monthly shares by the month of the first effect, from `back` months before the start.

    Args:
        shares: (months + back,) share of the yearly value in each month from the first effect.
        discount: (months,) discount factors.
        back: months before the portfolio's start.
        level: (back + months + 1,) set to the sums.
        present: the same for present values.
    """
    months = discount.size
    for place in range(back + months + 1):
        first = place - back
        total, value = 0.0, 0.0
        for month in range(max(first, 0), months):
            total += shares[month - first]
            value += shares[month - first] * discount[month]
        level[place] = np.float32(total)
        present[place] = np.float32(value)


_SIDE = 64


@compiled
def moments(values: Single, means: Double, squares: Double, lanes: Double) -> None:
    """Mean of each row, and the sum of the squared distances from it; `lanes` is workspace for two rows of numbers.

    The sums run in lanes, side by side, in an order that does not depend on the processor.
    """
    rows, trials = values.shape
    for row in range(rows):
        numbers, origin = values[row], np.float64(values[row, 0])
        lanes[:] = 0.0
        whole = trials - trials % _SIDE
        for at in range(0, whole, _SIDE):
            part = numbers[at : at + _SIDE]
            for lane in range(_SIDE):
                distance = np.float64(part[lane]) - origin
                lanes[0, lane] += distance
                lanes[1, lane] += distance * distance
        for at in range(whole, trials):
            distance = np.float64(numbers[at]) - origin
            lanes[0, at - whole] += distance
            lanes[1, at - whole] += distance * distance
        total, square = 0.0, 0.0
        for lane in range(_SIDE):
            total += lanes[0, lane]
            square += lanes[1, lane]
        means[row] = origin + total / trials
        squares[row] = max(square - total * total / trials, 0.0)


# --------------------------------------------------------------------------------------------------------------------
# One entry alone
# --------------------------------------------------------------------------------------------------------------------


@compiled
def amounts_of(
    program: Program, variables: NDArray[np.int64], first_block: int, factors: Single, scratch: Scratch, scores: Single,
    amounts: Single,
) -> None:  # fmt: skip
    """Scores and amounts of some variables of the first entry in every trial, (variables, trials in whole blocks)."""
    for place in range(factors.shape[1] // BLOCK):
        at = place * BLOCK
        _mix_factors(program, 0, factors, at, scratch)
        for row in range(variables.size):
            draw(program, 0, variables[row], first_block + place, scratch, amounts[row, at : at + BLOCK])
            scores[row, at : at + BLOCK] = scratch.scores


@compiled
def events_of(program: Program, first_block: int, scratch: Scratch, events: Single) -> None:
    """Whether each risk event of the first entry happens, (risks, trials in whole blocks)."""
    for place in range(events.shape[1] // BLOCK):
        at = place * BLOCK
        _let_happen(program, 0, first_block + place, scratch)
        events[:, at : at + BLOCK] = scratch.happens


@compiled
def yearly_values(program: Program, first_block: int, factors: Single, scratch: Scratch, values: Single) -> None:
    """What the only benefit of the first entry is worth a year once steady, (trials in whole blocks,)."""
    for place in range(values.size // BLOCK):
        at = place * BLOCK
        _mix_factors(program, 0, factors, at, scratch)
        _let_happen(program, 0, first_block + place, scratch)
        if program.benefit_factor[0] >= 0:
            draw(program, 0, program.benefit_factor[0], first_block + place, scratch, scratch.factor)
        draw(program, 0, program.gain_variable[0], first_block + place, scratch, scratch.drawn)
        for i in range(BLOCK):
            value = scratch.drawn[i] * scratch.kept[i]
            values[at + i] = value * scratch.factor[i] if program.gain_scaled[0] else value
