# ruff: noqa: FURB136 - a choice is compiled to vectors where min and max are not
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
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np
from numba.core import config
from numpy.typing import NDArray

from openvmo.engine.forecast.estimates import SCORE_P90
from openvmo.engine.forecast.program import NOTHING, WINDOW, Program, Records

Function = TypeVar("Function", bound=Callable[..., object])
Single = NDArray[np.float32]
Double = NDArray[np.float64]
Integers = NDArray[np.int32]
Small = NDArray[np.int16]
Words = NDArray[np.uint32]

BLOCK = 1_024
"""Trials of one block."""

# Adding a ramp to a row of months is sixteen sums in a row, which only this pass of the compiler turns into two.
setattr(config, "SLP_VECTORIZE", 1)  # noqa: B010 - the name is not declared


_compile: Any = numba.njit
_OPTIONS = {"nogil": True, "error_model": "numpy"}


def inner(function: Function) -> Function:
    """Compile a function that only compiled functions call: without what Python would need to call it."""
    made: Function = _compile(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    return made


def compiled(function: Function) -> Function:
    """Compile a function when it is first called, and keep the code on disk where a folder for it can be written."""
    try:
        made: Function = _compile(cache=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    except RuntimeError:
        made = _compile(**_OPTIONS)(function)
    return made


def processors() -> int:
    """How many threads numba would use: the processors of this process, or what its environment says."""
    return int(getattr(config, "NUMBA_NUM_THREADS"))  # noqa: B009 - the name is not declared


class Tallies(NamedTuple):
    """What a run adds up, for the trials of one segment.

    Args:
        values: (entries, 6, trials) cost, its present value, benefit, its present value, NPV and go-live.
        monthly_cost: (entries, SIDES, months + 1) month-to-month change of the cost, added up over the trials.
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
    """Workspace for one block.

    Args:
        words: (3, BLOCK) random bits, and what they are scrambled with.
        single: (rows, BLOCK) numbers; the constants below name the rows.
        whole: (rows, BLOCK) months and cells.
        happens: (risks, BLOCK) 1 where the event happens.
    """

    words: Words
    single: Single
    whole: Integers
    happens: Single


TAIL, SCORES, COMMON, SHARED, FACTOR, DRAWN, AMOUNT, KEPT, MONTHS, TOTALS, LEVEL, PRESENT = range(12)
CELLS, START, LIVE, FIRST, PAYMENTS = range(5)
COST, COST_PV, BENEFIT, BENEFIT_PV, NPV, GO_LIVE = range(6)


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


@inner
def _round(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    first, second = _M0 * c0, _M1 * c2
    return (second >> _HALF) ^ c1 ^ k0, second & _LOW, (first >> _HALF) ^ c3 ^ k1, first & _LOW


@inner
def _philox(
    counter: np.uint64, purpose: np.uint64, key: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four times 32 random bits for a counter.

    Source: Philox4x32-10 of J. Salmon and others, Parallel random numbers: as easy as 1, 2, 3 (2011),
    https://doi.org/10.1145/2063384.2063405.
    """
    c0, c1, c2, c3 = counter, purpose, _NONE, _NONE
    k0, k1 = key & _LOW, key >> _HALF
    for _ in range(10):
        c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inner
def plain_words(key: np.uint64, block: int, words: Words) -> None:
    """Fill a block with 32 independent random bits a trial."""
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


_SIDE = 64
"""Trials side by side; the number of replicates divides it."""
_SWAPS = tuple(
    (np.uint64(mask), np.uint64(shift))
    for mask, shift in ((0x55555555, 1), (0x33333333, 2), (0x0F0F0F0F, 4), (0x00FF00FF, 8), (0x0000FFFF, 16))
)
(_B0, _S0), (_B1_, _S1), (_B2_, _S2), (_B3_, _S3), (_B4, _S4) = _SWAPS
_K0, _K1, _K2, _K3 = (np.uint64(k) for k in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6))
_SCRAMBLE = np.uint64(1)
_NEXT_BIT = np.uint64(1)


@inner
def _reversed(word: np.uint64) -> np.uint64:
    """The 32 bits in the other order."""
    word = ((word & _B0) << _S0) | ((word >> _S0) & _B0)
    word = ((word & _B1_) << _S1) | ((word >> _S1) & _B1_)
    word = ((word & _B2_) << _S2) | ((word >> _S2) & _B2_)
    word = ((word & _B3_) << _S3) | ((word >> _S3) & _B3_)
    return ((word & _B4) << _S4) | (word >> _S4)


@inner
def _scrambled(word: np.uint64, seed: np.uint64) -> np.uint64:
    """Flip each bit at random, depending on the bits below it: Owen's scrambling of the word in reverse.

    Source: B. Burley, Practical hash-based Owen scrambling, Journal of Computer Graphics Techniques 9 (2020) 1-20,
    with the hash of S. Laine and T. Karras (2011).
    """
    word = (word + seed) & _LOW
    word ^= (word * _K0) & _LOW
    word ^= (word * _K1) & _LOW
    word ^= (word * _K2) & _LOW
    return word ^ ((word * _K3) & _LOW)


@inner
def number_trials(block: int, replicates: int, scratch: Scratch) -> None:
    """Set the number of each pair of trials within its replicate, with its bits in reverse."""
    numbers, shift = scratch.words[1], np.uint64(replicates + 1)
    for i in range(BLOCK):
        numbers[i] = np.uint32(_reversed((np.uint64(block * BLOCK + i) >> shift) & _LOW))


@inner
def _set_seeds(key: np.uint64, replicates: int, seeds: Words) -> None:
    """Seeds of the scrambling of each replicate, side by side: for the order, then for the values."""
    count = 1 << replicates
    for replicate in range(count):
        first, second, _, _ = _philox(np.uint64(replicate), _SCRAMBLE, key)
        for lane in range(replicate, _SIDE, count):
            seeds[lane], seeds[_SIDE + lane] = np.uint32(first), np.uint32(second)


@inner
def balanced_words(key: np.uint64, replicates: int, scratch: Scratch) -> None:
    """Fill a block with 32 bits a trial that lie evenly in each replicate.

    Of every 2^k pairs of trials of a replicate, one after another, one lies in each 2^k-th part of the whole; the
    second trial of a pair mirrors the first. Every stream has an order and a scrambling of its own, in each replicate
    another.
    """
    words, numbers, seeds = scratch.words[0], scratch.words[1], scratch.words[2]
    _set_seeds(key, replicates, seeds)
    for at in range(0, BLOCK, _SIDE):
        part, numbered = words[at : at + _SIDE], numbers[at : at + _SIDE]
        for lane in range(_SIDE):
            order = _reversed(_scrambled(np.uint64(numbered[lane]), np.uint64(seeds[lane])))
            word = _reversed(_scrambled(order, np.uint64(seeds[_SIDE + lane])))
            part[lane] = np.uint32(word ^ (_LOW * ((np.uint64(at + lane) >> np.uint64(replicates)) & _NEXT_BIT)))


@inner
def random_words(key: np.uint64, block: int, replicates: int, scratch: Scratch) -> None:
    """Fill the first words of the workspace with 32 random bits a trial: balanced, or plain without replicates."""
    if replicates < 0:
        plain_words(key, block, scratch.words[0])
    else:
        balanced_words(key, replicates, scratch)


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


@inner
def normal_scores(words: Words, tail: Single, scores: Single) -> None:
    """Standard normal scores of random bits; the first bit is the sign. `tail` is workspace.

    Source: PPND7 of M. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484; with single precision the error
    is below 1e-6.
    """
    for i in range(words.size):
        mirrored = np.int32(words[i]) ^ (np.int32(words[i]) >> 31)
        tail[i] = np.float32(np.int32(mirrored)) * _STEP + _HALF_STEP
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


@inner
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


@inner
def _weighted(scores: Single, own: np.float32, common: Single, sign: np.float32) -> None:
    """Scores of a quantity from what is its own, in place, and what it has in common with others."""
    for i in range(BLOCK):
        scores[i] = sign * common[i] + own * scores[i]


@inner
def _draw(
    variables: Records, variable: int, own: np.float32, pooled: Single, quantiles: Single, replicates: int, block: int,
    scratch: Scratch, amounts: Single,
) -> None:  # fmt: skip
    """The amounts of one variable in a block of trials."""
    record = variables[variable]
    row = record["row"]
    if row < 0:
        amounts[:] = record["constant"]
        return
    scores = scratch.single[SCORES]
    random_words(record["key"], block, replicates, scratch)
    normal_scores(scratch.words[0], scratch.single[TAIL], scores)
    if record["pooled"]:
        _weighted(scores, pooled[1], scratch.single[SHARED], record["sign"])
    else:
        _weighted(scores, own, scratch.single[COMMON], record["sign"])
    amounts_at(quantiles[row], scores, scratch.whole[CELLS], amounts)


@inner
def draw(program: Program, entry: int, variable: int, block: int, scratch: Scratch, row: int) -> Single:
    """The amounts of one variable of an entry in a block of trials, in a row of the workspace."""
    amounts = scratch.single[row]
    own = program.entries[entry]["own"]
    _draw(
        program.variables, variable, own, program.pooled, program.quantiles, program.replicates[0], block, scratch,
        amounts,
    )  # fmt: skip
    return amounts  # type: ignore[no-any-return]


@inner
def _multiply(amounts: Single, factors: Single) -> None:
    for i in range(BLOCK):
        amounts[i] *= factors[i]


@inner
def _add(amounts: Single, others: Single) -> None:
    for i in range(BLOCK):
        amounts[i] += others[i]


# --------------------------------------------------------------------------------------------------------------------
# Time
# --------------------------------------------------------------------------------------------------------------------


@inner
def _add_weighted(sums: Single, weight: np.float32, scores: Single) -> None:
    for i in range(BLOCK):
        sums[i] += weight * scores[i]


@inner
def _mix_factors(program: Program, entry: int, factors: Single, at: int, scratch: Scratch) -> None:
    """What all quantities of the entry have in common, and what those of pools have."""
    common, shared = scratch.single[COMMON], scratch.single[SHARED]
    common[:] = _ZERO
    shared[:] = _ZERO
    for place in range(program.entries[entry]["factors"], program.entries[entry + 1]["factors"]):
        factor = program.factors[place]
        _add_weighted(common, factor["weight"], factors[factor["number"], at : at + BLOCK])
    _add_weighted(shared, program.pooled[0], factors[0, at : at + BLOCK])


@inner
def _mark(words: Words, threshold: np.uint64, happens: Single) -> None:
    for i in range(BLOCK):
        happens[i] = _ONE if np.uint64(words[i]) < threshold else _ZERO


@inner
def _lose(kept: Single, loss: np.float32, happens: Single) -> None:
    for i in range(BLOCK):
        kept[i] *= _ONE - loss * happens[i]


@inner
def _let_happen(program: Program, entry: int, block: int, scratch: Scratch) -> None:
    """Which risk events happen (1 or 0), and what they leave of the benefits."""
    kept = scratch.single[KEPT]
    kept[:] = _ONE
    first = program.entries[entry]["risks"]
    for place in range(first, program.entries[entry + 1]["risks"]):
        risk, happens = program.risks[place], scratch.happens[place - first]
        random_words(risk["key"], block, program.replicates[0], scratch)
        _mark(scratch.words[0], risk["threshold"], happens)
        if risk["loss"] > _ZERO:
            _lose(kept, risk["loss"], happens)


_LONGEST = np.float32(30_000.0)


@inner
def _to_months(months: Single, ahead: np.int32, go_live: Integers) -> None:
    """Whole months, at least one, after the month `ahead`."""
    for i in range(BLOCK):
        rounded_months = np.rint(months[i])
        rounded_months = _ONE if rounded_months < _ONE else rounded_months
        rounded_months = _LONGEST if rounded_months > _LONGEST else rounded_months
        go_live[i] = ahead + np.int32(rounded_months)


@inner
def _wait(waits: Small, begin: np.int32, start: Integers, go_live: Integers) -> None:
    """Delay the work until what it waits for is live."""
    for i in range(BLOCK):
        delay = max(np.int32(waits[i]) - begin, np.int32(0))
        start[i] += delay
        go_live[i] += delay


@inner
def _set_times(program: Program, entry: int, block: int, at: int, waits: Small, scratch: Scratch) -> None:
    """Start and go-live in months from the portfolio's start."""
    record = program.entries[entry]
    begin, planned = record["begin"], record["planned"]
    start, go_live, months = scratch.whole[START], scratch.whole[LIVE], scratch.single[MONTHS]
    start[:] = begin
    if planned <= 0:
        go_live[:] = planned
        return
    ahead = max(begin, np.int32(0))
    months[:] = np.float32(planned - ahead)
    _add(months, draw(program, entry, record["slip"], block, scratch, DRAWN))
    first = record["risks"]
    for place in range(first, program.entries[entry + 1]["risks"]):
        slip = program.risks[place]["slip"]
        if slip >= 0:
            drawn = draw(program, entry, slip, block, scratch, DRAWN)
            _multiply(drawn, scratch.happens[place - first])
            _add(months, drawn)
    if record["stretch"] >= 0:
        _multiply(months, draw(program, entry, record["stretch"], block, scratch, DRAWN))
    _to_months(months, ahead, go_live)
    if record["wait"] >= 0 and begin >= 0:
        _wait(waits[record["wait"], at : at + BLOCK], begin, start, go_live)


@compiled
def go_live_times(
    program: Program, entry: int, first_block: int, factors: Single, waits: Small, scratch: Scratch, months: Small
) -> None:
    """Go-live of one entry in every trial of a segment, (trials in whole blocks,)."""
    for place in range(months.size // BLOCK):
        at = place * BLOCK
        number_trials(first_block + place, program.replicates[0], scratch)
        _mix_factors(program, entry, factors, at, scratch)
        _let_happen(program, entry, first_block + place, scratch)
        _set_times(program, entry, first_block + place, at, waits, scratch)
        for i in range(BLOCK):
            months[at + i] = np.int16(min(scratch.whole[LIVE, i], np.int32(32_000)))


# --------------------------------------------------------------------------------------------------------------------
# Costs
# --------------------------------------------------------------------------------------------------------------------


@inner
def rounded(amount: np.float64, magic: float) -> np.float64:
    """The amount to the nearest multiple of the quantum that belongs to this magic number (1.5 x 2^52 quanta)."""
    return (amount + magic) - magic


@inner
def _group_amounts(program: Program, entry: int, group: int, block: int, scratch: Scratch) -> None:
    """What the lines of a group cost together."""
    amount = scratch.single[AMOUNT]
    amount[:] = _ZERO
    for place in range(program.groups[group]["lines"], program.groups[group + 1]["lines"]):
        line = program.lines[place]
        drawn = draw(program, entry, line["variable"], block, scratch, DRAWN)
        if line["scaled"]:
            _multiply(drawn, scratch.single[FACTOR])
        if line["risk"] >= 0:
            _multiply(drawn, scratch.happens[line["risk"]])
        _add(amount, drawn)


@inner
def _set_lengths(
    months: np.int32, lead: np.int32, start: Integers, go_live: Integers, first: Integers, payments: Integers
) -> None:
    """From the first month of the lines, set the month after the last, in `payments`."""
    for i in range(BLOCK):
        length = months if months >= 0 else go_live[i] - start[i] - lead
        payments[i] = first[i] + max(length, np.int32(1))


@inner
def _set_monthly_payments(
    horizon: np.int32, share: np.float32, first: Integers, payments: Integers, amount: Single
) -> None:
    """From the months of the lines to first payment, number of payments and money a payment, month by month."""
    for i in range(BLOCK):
        begin = max(first[i], np.int32(0))
        count = max(payments[i] - begin, np.int32(1))
        amount[i] = amount[i] * share / np.float32(count)
        begin = min(begin, horizon)
        first[i], payments[i] = begin, min(begin + count, horizon) - begin


@inner
def _set_rhythmic_payments(
    every: np.int32, horizon: np.int32, share: np.float32, first: Integers, payments: Integers, amount: Single
) -> None:
    """The same with some months from one payment to the next; the first to come keeps the rhythm of those before."""
    for i in range(BLOCK):
        begin = first[i] + (max(-first[i], 0) + every - 1) // every * every
        count = max((payments[i] - begin + every - 1) // every, 1)
        amount[i] = amount[i] * share / np.float32(count)
        begin = min(begin, horizon)
        first[i], payments[i] = begin, min(count, (horizon - begin + every - 1) // every)


@inner
def _add_values(
    every: np.int32, sums: Double, first: Integers, payments: Integers, amount: Single, cost: Single, cost_pv: Single
) -> None:
    """Add the payments within the horizon, and their present value by the sums of discount factors."""
    for i in range(cost.size):
        begin = np.uint32(first[i])
        end = np.uint32(first[i] + payments[i] * every)
        cost[i] += amount[i] * np.float32(payments[i])
        cost_pv[i] += amount[i] * np.float32(sums[end] - sums[begin])


@inner
def _add_costs(
    program: Program, entry: int, block: int, at: int, count: int, magic: float, tallies: Tallies, scratch: Scratch
) -> None:
    record, horizon = program.entries[entry], program.months[0]
    cost, cost_pv = tallies.values[entry, COST, at : at + count], tallies.values[entry, COST_PV, at : at + count]
    first, payments, amount = scratch.whole[FIRST], scratch.whole[PAYMENTS], scratch.single[AMOUNT]
    start, go_live = scratch.whole[START], scratch.whole[LIVE]
    if record["cost_factor"] >= 0:
        draw(program, entry, record["cost_factor"], block, scratch, FACTOR)
    for place in range(record["groups"], program.entries[entry + 1]["groups"]):
        group = program.groups[place]
        _group_amounts(program, entry, place, block, scratch)
        offset, every, share = group["offset"], group["every"], group["share"]
        anchor = go_live if group["at_go_live"] else start
        for i in range(BLOCK):
            first[i] = anchor[i] + offset
        _set_lengths(group["months"], np.int32(0) if group["at_go_live"] else offset, start, go_live, first, payments)
        if every == 1:
            _set_monthly_payments(horizon, share, first, payments, amount)
        else:
            _set_rhythmic_payments(every, horizon, share, first, payments, amount)
        _add_values(every, program.payments[group["rhythm"]], first, payments, amount, cost, cost_pv)
        flows = tallies.cost_flows[at : at + (count if record["counts"] else 0)]
        monthly = tallies.monthly_cost[entry]
        if every == 1:
            _add_cost_flows(flows, monthly, magic, first, payments, amount[:count])
        else:
            _add_rhythmic_cost_flows(flows, monthly, every, magic, first, payments, amount[:count])


SIDES = 4
"""Sums of the same months side by side, so that one trial need not wait for the one before it."""
_LAST_SIDE = np.uint64(SIDES - 1)


@inner
def _add_change(
    flows: Double, monthly: Double, trial: int, begin: np.uint64, end: np.uint64, amount: np.float32, magic: float
) -> None:
    """Add money that is paid in each month from `begin` until before `end`.

    It is added to the entry's sum over the trials and, where the entry counts, to the trial's row.
    """
    paid, side = np.float64(amount), np.uint64(trial) & _LAST_SIDE
    monthly[side, begin] += paid
    monthly[side, end] -= paid
    if trial < len(flows):
        paid = rounded(paid, magic)
        flows[trial, begin] += paid
        flows[trial, end] -= paid


@inner
def _add_cost_flows(
    flows: Double, monthly: Double, magic: float, first: Integers, payments: Integers, amount: Single
) -> None:
    for i in range(amount.size):
        if amount[i] != _ZERO:
            _add_change(flows, monthly, i, np.uint64(first[i]), np.uint64(first[i] + payments[i]), amount[i], magic)


@inner
def _add_rhythmic_cost_flows(
    flows: Double, monthly: Double, every: np.int32, magic: float, first: Integers, payments: Integers, amount: Single
) -> None:
    for i in range(amount.size):
        for payment in range(payments[i]):
            month = first[i] + payment * every
            _add_change(flows, monthly, i, np.uint64(month), np.uint64(month + 1), amount[i], magic)


# --------------------------------------------------------------------------------------------------------------------
# Benefits
# --------------------------------------------------------------------------------------------------------------------


@inner
def _set_first_effects(offset: np.int32, back: np.int32, horizon: np.int32, go_live: Integers, first: Integers) -> None:
    for i in range(BLOCK):
        first[i] = min(max(go_live[i] + offset, -back), horizon)


@inner
def _wait_for_benefits(waits: Small, offset: np.int32, horizon: np.int32, first: Integers) -> None:
    for i in range(BLOCK):
        first[i] = min(max(first[i], np.int32(waits[i]) + offset), horizon)


@inner
def _look_up(by_month: Single, origin: np.int32, first: Integers, found: Single) -> None:
    for i in range(BLOCK):
        found[i] = by_month[np.uint32(origin + first[i])]


@inner
def _add_benefits(
    program: Program, entry: int, block: int, at: int, count: int, magic: float, waits: Small, tallies: Tallies,
    scratch: Scratch,
) -> None:  # fmt: skip
    record, horizon = program.entries[entry], program.months[0]
    first, totals = scratch.whole[FIRST], scratch.single[TOTALS]
    if record["benefit_factor"] >= 0:
        draw(program, entry, record["benefit_factor"], block, scratch, FACTOR)
    for place in range(record["arrivals"], program.entries[entry + 1]["arrivals"]):
        arrival = program.arrivals[place]
        schedule = program.schedules[arrival["schedule"]]
        _set_first_effects(arrival["offset"], schedule["back"], horizon, scratch.whole[LIVE], first)
        if arrival["wait"] >= 0:
            _wait_for_benefits(waits[arrival["wait"], at : at + BLOCK], arrival["offset"], horizon, first)
        _look_up(program.level, schedule["begin"] + schedule["back"], first, scratch.single[LEVEL])
        _look_up(program.present, schedule["begin"] + schedule["back"], first, scratch.single[PRESENT])
        totals[:] = _ZERO
        for gain in range(arrival["gains"], program.arrivals[place + 1]["gains"]):
            _add_gain(program, entry, gain, block, at, count, magic, tallies, scratch)
        if record["counts"]:
            for window in range(schedule["windows"], program.schedules[arrival["schedule"] + 1]["windows"]):
                part = program.windows[window]
                _add_benefit_flows(
                    tallies.benefit_flows[at : at + count], part["first"], part["months"], program.changes[window],
                    horizon, magic, first, totals[:count],
                )  # fmt: skip


@inner
def _add_arrived(amounts: Single, shares: Single, sums: Single) -> None:
    for i in range(sums.size):
        sums[i] += amounts[i] * shares[i]


@inner
def _add_to_groups(amounts: Single, shares: Single, magic: float, objective: Double, driver: Double) -> None:
    for i in range(objective.size):
        money = rounded(np.float64(amounts[i] * shares[i]), magic)
        objective[i] += money
        driver[i] += money


@inner
def _weigh(amounts: Single, weight: np.float32, kept: Single, totals: Single) -> None:
    """Turn units into money that risk events leave, and add it to the totals."""
    for i in range(BLOCK):
        amounts[i] *= weight * kept[i]
        totals[i] += amounts[i]


@inner
def _add_gain(
    program: Program, entry: int, gain: int, block: int, at: int, count: int, magic: float, tallies: Tallies,
    scratch: Scratch,
) -> None:  # fmt: skip
    record, end = program.gains[gain], at + count
    level, present = scratch.single[LEVEL], scratch.single[PRESENT]
    drawn = draw(program, entry, record["variable"], block, scratch, DRAWN)
    if record["scaled"]:
        _multiply(drawn, scratch.single[FACTOR])
    _weigh(drawn, record["weight"], scratch.single[KEPT], scratch.single[TOTALS])
    _add_arrived(drawn, level, tallies.values[entry, BENEFIT, at:end])
    _add_arrived(drawn, present, tallies.values[entry, BENEFIT_PV, at:end])
    if program.entries[entry]["counts"]:
        objective, driver = tallies.objectives[record["objective"]], tallies.drivers[record["driver"]]
        _add_to_groups(drawn, level, magic, objective[0, at:end], driver[0, at:end])
        _add_to_groups(drawn, present, magic, objective[1, at:end], driver[1, at:end])


@inner
def _add_benefit_flows(
    flows: Double, begin: np.int32, months: np.int32, change: Double, horizon: np.int32, magic: float, first: Integers,
    amounts: Single,
) -> None:  # fmt: skip
    """Add the changes of a window, in the months after each trial's first effect."""
    if months == 1:
        _add_one_change(flows, begin, change[0], horizon, magic, first, amounts)
        return
    earliest = np.int32(0)
    for i in range(amounts.size):
        earliest = min(earliest, first[i] + begin)
    if earliest < 0:
        _add_early_changes(flows, begin, change, horizon, magic, first, amounts)
    else:
        _add_changes(flows, begin, change, horizon, magic, first, amounts)


@inner
def _add_one_change(
    flows: Double, begin: np.int32, change: float, horizon: np.int32, magic: float, first: Integers, amounts: Single
) -> None:
    for i in range(amounts.size):
        month = np.uint64(min(max(first[i] + begin, np.int32(0)), horizon))
        flows[i, month] += rounded(np.float64(amounts[i]) * change, magic)


@inner
def _add_early_changes(
    flows: Double, begin: np.int32, change: Double, horizon: np.int32, magic: float, first: Integers, amounts: Single
) -> None:
    """Changes before the portfolio's start all fall into its first month."""
    for i in range(amounts.size):
        for place in range(WINDOW):
            month = np.uint64(min(max(first[i] + begin + place, 0), horizon))
            flows[i, month] += rounded(np.float64(amounts[i]) * change[place], magic)


@inner
def _add_changes(
    flows: Double, begin: np.int32, change: Double, horizon: np.int32, magic: float, first: Integers, amounts: Single
) -> None:
    """Written out, with the changes at hand, so that the compiler makes vectors of it."""
    (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15) = (
        change[0], change[1], change[2], change[3], change[4], change[5], change[6], change[7], change[8], change[9],
        change[10], change[11], change[12], change[13], change[14], change[15],
    )  # fmt: skip
    for i in range(amounts.size):
        amount, month = np.float64(amounts[i]), min(first[i] + begin, horizon)
        months = flows[i, month : month + WINDOW]
        months[0] += (amount * c0 + magic) - magic
        months[1] += (amount * c1 + magic) - magic
        months[2] += (amount * c2 + magic) - magic
        months[3] += (amount * c3 + magic) - magic
        months[4] += (amount * c4 + magic) - magic
        months[5] += (amount * c5 + magic) - magic
        months[6] += (amount * c6 + magic) - magic
        months[7] += (amount * c7 + magic) - magic
        months[8] += (amount * c8 + magic) - magic
        months[9] += (amount * c9 + magic) - magic
        months[10] += (amount * c10 + magic) - magic
        months[11] += (amount * c11 + magic) - magic
        months[12] += (amount * c12 + magic) - magic
        months[13] += (amount * c13 + magic) - magic
        months[14] += (amount * c14 + magic) - magic
        months[15] += (amount * c15 + magic) - magic


# --------------------------------------------------------------------------------------------------------------------
# All entries in all blocks
# --------------------------------------------------------------------------------------------------------------------


@compiled
def simulate(
    program: Program, first_block: int, magic: float, factors: Single, waits: Small, tallies: Tallies, scratch: Scratch
) -> None:
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
    trials = tallies.values.shape[2]
    for place in range((trials + BLOCK - 1) // BLOCK):
        at = place * BLOCK
        count = min(BLOCK, trials - at)
        number_trials(first_block + place, program.replicates[0], scratch)
        for entry in range(tallies.values.shape[0]):
            for quantity in range(NPV):
                tallies.values[entry, quantity, at : at + count] = _ZERO
            _mix_factors(program, entry, factors, at, scratch)
            _let_happen(program, entry, first_block + place, scratch)
            _set_times(program, entry, first_block + place, at, waits, scratch)
            _add_costs(program, entry, first_block + place, at, count, magic, tallies, scratch)
            _add_benefits(program, entry, first_block + place, at, count, magic, waits, tallies, scratch)
            _finish(program, entry, at, at + count, magic, tallies, scratch.whole[LIVE])


@inner
def _finish(program: Program, entry: int, at: int, end: int, magic: float, tallies: Tallies, go_live: Integers) -> None:
    """Net present value and go-live of an entry in a block, and its part of the totals."""
    values = tallies.values
    _subtract(values[entry, BENEFIT_PV, at:end], values[entry, COST_PV, at:end], values[entry, NPV, at:end])
    _to_single(go_live, values[entry, GO_LIVE, at:end])
    if program.entries[entry]["counts"]:
        programme = program.entries[entry]["programme"]
        for quantity in range(NPV):
            _add_rounded(tallies.programmes[programme, quantity, at:end], values[entry, quantity, at:end], magic)


@inner
def _subtract(amounts: Single, others: Single, differences: Single) -> None:
    for i in range(differences.size):
        differences[i] = amounts[i] - others[i]


@inner
def _to_single(months: Integers, numbers: Single) -> None:
    for i in range(numbers.size):
        numbers[i] = np.float32(months[i])


@inner
def _add_rounded(sums: Double, amounts: Single, magic: float) -> None:
    for i in range(sums.size):
        sums[i] += rounded(np.float64(amounts[i]), magic)


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


@compiled
def moments(values: Single, means: Double, squares: Double, replicates: Double, lanes: Double) -> None:
    """Mean of each row, the sum of the squared distances from it, and the means of its replicates.

    The sums run in lanes, side by side, in an order that does not depend on the processor. `lanes` is workspace for two
    rows of numbers.
    """
    rows, trials = values.shape
    for row in range(rows):
        numbers, origin = values[row], np.float64(values[row, 0])
        sums, powers = lanes[0], lanes[1]
        sums[:] = 0.0
        powers[:] = 0.0
        for at in range(0, trials, _SIDE):
            part = numbers[at : min(at + _SIDE, trials)]
            for lane in range(part.size):
                distance = np.float64(part[lane]) - origin
                sums[lane] += distance
                powers[lane] += distance * distance
        total, square = 0.0, 0.0
        for lane in range(_SIDE):
            total += sums[lane]
            square += powers[lane]
        means[row] = origin + total / trials
        squares[row] = max(square - total * total / trials, 0.0)
        _replicate_means(sums, origin, trials, replicates[row])


@inner
def _replicate_means(sums: Double, origin: float, trials: int, means: Double) -> None:
    """Means of the trials of each replicate, from the sums of the lanes."""
    count = means.size
    for replicate in range(count):
        total, number = 0.0, 0
        for lane in range(replicate, _SIDE, count):
            total += sums[lane]
            number += (trials - lane + _SIDE - 1) // _SIDE
        means[replicate] = origin + total / max(number, 1)


# --------------------------------------------------------------------------------------------------------------------
# Quantiles
# --------------------------------------------------------------------------------------------------------------------

BINS = 1_024
_PILOT = 256


class Selection(NamedTuple):
    """Workspace for the order statistics of rows of so many trials.

    Args:
        bins: (trials,) the bin of each value.
        counts: (BINS + 1,) values in the bins below.
        places: (BINS,) where the values of a bin are picked to; NOTHING where none is wanted.
        picked: (trials,) the values of the wanted bins, one bin after another.
    """

    bins: Integers
    counts: Integers
    places: Integers
    picked: Single


@compiled
def order_statistics(values: Single, ranks: NDArray[np.int64], found: Single, work: Selection) -> None:
    """The values at some ranks of each row, (rows, ranks); the ranks rise.

    Values are counted in bins that span a pilot sample; only the values of bins in which a rank falls are sorted.
    """
    for row in range(values.shape[0]):
        numbers = values[row]
        low, high = _span(numbers)
        if low == high:
            found[row] = low
            continue
        _count(numbers, low, high, work.bins, work.counts)
        _want(ranks, work.counts, work.places)
        _pick(numbers, work.bins, work.places, work.picked)
        _read(ranks, work.counts, work.picked, found[row])


@inner
def _span(numbers: Single) -> tuple[np.float32, np.float32]:
    """Least and greatest of some numbers spread over the row, or of all when those are the same.

    The step is odd: balanced trials repeat themselves in powers of two.
    """
    low = high = numbers[0]
    for step in (numbers.size // _PILOT | 1, 1):
        for i in range(0, numbers.size, step):
            low = min(low, numbers[i])
            high = max(high, numbers[i])
        if low < high:
            break
    return low, high


@inner
def _count(numbers: Single, low: np.float32, high: np.float32, bins: Integers, counts: Integers) -> None:
    """The bin of each number, and how many lie in the bins below; what is beyond the span is in the outermost bins."""
    scale = np.float32(BINS - 2) / (high - low)
    least, most = np.float32(-1.0), np.float32(BINS - 2)
    for i in range(numbers.size):
        place = (numbers[i] - low) * scale
        place = least if place < least else place
        place = most if place > most else place
        bins[i] = np.int32(place + _ONE)
    counts[:] = 0
    for i in range(numbers.size):
        counts[np.uint32(bins[i]) + _NEXT] += 1
    for cell in range(BINS):
        counts[cell + 1] += counts[cell]


@inner
def _want(ranks: NDArray[np.int64], counts: Integers, places: Integers) -> None:
    """Where the values of each bin that holds a rank are to be picked to."""
    places[:] = NOTHING
    cell, end = 0, 0
    for rank in ranks:
        while counts[cell + 1] <= rank:
            cell += 1
        if places[cell] == NOTHING:
            places[cell] = end
            end += counts[cell + 1] - counts[cell]


@inner
def _pick(numbers: Single, bins: Integers, places: Integers, picked: Single) -> None:
    for i in range(numbers.size):
        cell = np.uint32(bins[i])
        place = places[cell]
        if place >= 0:
            picked[place] = numbers[i]
            places[cell] = place + 1


@inner
def _read(ranks: NDArray[np.int64], counts: Integers, picked: Single, found: Single) -> None:
    """Sort what was picked of each wanted bin, and read the ranks."""
    cell, end, is_new = 0, 0, True
    for place in range(ranks.size):
        while counts[cell + 1] <= ranks[place]:
            cell += 1
            is_new = True
        size = counts[cell + 1] - counts[cell]
        if is_new:
            _sort(picked[end : end + size])
            end += size
            is_new = False
        found[place] = picked[end - size + ranks[place] - counts[cell]]


@inner
def _sort(numbers: Single) -> None:
    """Shell's sort: short, and fast for few numbers or for many that are the same."""
    gap = 1
    while gap < numbers.size // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, numbers.size):
            number, place = numbers[i], i
            while place >= gap and numbers[place - gap] > number:
                numbers[place] = numbers[place - gap]
                place -= gap
            numbers[place] = number
        gap //= 3


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
        number_trials(first_block + place, program.replicates[0], scratch)
        _mix_factors(program, 0, factors, at, scratch)
        for row in range(variables.size):
            amounts[row, at : at + BLOCK] = draw(program, 0, variables[row], first_block + place, scratch, DRAWN)
            scores[row, at : at + BLOCK] = scratch.single[SCORES]


@compiled
def events_of(program: Program, first_block: int, scratch: Scratch, events: Single) -> None:
    """Whether each risk event of the first entry happens, (risks, trials in whole blocks)."""
    for place in range(events.shape[1] // BLOCK):
        number_trials(first_block + place, program.replicates[0], scratch)
        _let_happen(program, 0, first_block + place, scratch)
        events[:, place * BLOCK : (place + 1) * BLOCK] = scratch.happens


@compiled
def yearly_values(program: Program, first_block: int, factors: Single, scratch: Scratch, values: Single) -> None:
    """What the only benefit of the first entry is worth a year once steady, (trials in whole blocks,)."""
    for place in range(values.size // BLOCK):
        at, block = place * BLOCK, first_block + place
        number_trials(block, program.replicates[0], scratch)
        _mix_factors(program, 0, factors, at, scratch)
        _let_happen(program, 0, block, scratch)
        yearly = draw(program, 0, program.gains[0]["variable"], block, scratch, AMOUNT)
        _multiply(yearly, scratch.single[KEPT])
        if program.gains[0]["scaled"]:
            _multiply(yearly, draw(program, 0, program.entries[0]["benefit_factor"], block, scratch, DRAWN))
        values[at : at + BLOCK] = yearly


@inner
def _digital_words(key: np.uint64, columns: Words, replicates: int, scratch: Scratch) -> None:
    """Fill a block with 32 bits a trial of a digital sequence: columns at the bits of the trial's number, scrambled."""
    words, numbers, seeds = scratch.words[0], scratch.words[1], scratch.words[2]
    _set_seeds(key, replicates, seeds)
    same = 2 << replicates
    for first in range(0, BLOCK, same):
        digits, word = np.uint64(numbers[first]), _NONE
        for bit in range(columns.size):
            if digits & (_TOP >> np.uint64(bit)):
                word ^= np.uint64(columns[bit])
        word = _reversed(word)
        for i in range(first, first + same):
            words[i] = np.uint32(_reversed(_scrambled(word, np.uint64(seeds[_SIDE + i % _SIDE]))))


_TOP = np.uint64(0x80000000)


@compiled
def factor_scores(
    key: np.uint64, columns: Words, first_block: int, replicates: int, scratch: Scratch, scores: Single
) -> None:
    """Scores of a common factor, (trials in whole blocks,).

    Balanced factors are the dimensions of one digital sequence, so that the trials lie evenly among all factors
    together: few factors move much of a portfolio.

    Args:
        key: stream of the factor.
        columns: (32,) columns of its generating matrix over the field of two elements; without them the factor lies
            evenly by itself alone.
        first_block: number of the first block.
        replicates: as in `Program`.
        scratch: workspace.
        scores: is set.
    """
    for place in range(scores.size // BLOCK):
        number_trials(first_block + place, replicates, scratch)
        if replicates < 0:
            plain_words(key, first_block + place, scratch.words[0])
        elif columns.size == 0:
            balanced_words(key, replicates, scratch)
        else:
            _digital_words(key, columns, replicates, scratch)
        normal_scores(scratch.words[0], scratch.single[TAIL], scores[place * BLOCK : (place + 1) * BLOCK])
