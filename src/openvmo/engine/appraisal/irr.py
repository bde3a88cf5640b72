"""Internal rate of return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Floats, as_cashflows
from openvmo.engine.appraisal.every_rate import FARTHEST_DOWN, FARTHEST_UP, every_rate, sign_changes

_BLOCK = 4_096
_STEPS = 12
_FEW = 3
SETTLED = 1e-6
"""Halley's method triples the digits that are right with each step, so a step of this share leaves rounding alone."""


class NoRateError(AppraisalError):
    """No discount rate brings the net present value to zero."""


class SeveralRatesError(AppraisalError):
    """More than one discount rate brings the net present value to zero; `rates` holds them."""

    def __init__(self, rates: Iterable[float]) -> None:
        self.rates = tuple(rates)
        listed = ", ".join(f"{rate:.4%}" for rate in self.rates)
        super().__init__(
            f"{len(self.rates)} rates bring the net present value to zero ({listed}), because the flows change sign "
            "more than once: compare by net present value instead."
        )

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.rates,)


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Internal rates of many series.

    Args:
        rates: array of shape (series,); NaN where there is no rate, or more than one.
        counts: how many rates each series has, an array of shape (series,).
    """

    rates: Floats
    counts: NDArray[np.int64]


def irr(cashflows: Sequence[float] | NDArray[Any]) -> float:
    """The rate a period at which the net present value of a series is zero.

    Args:
        cashflows: money in (positive) and out (negative), one a period, the first at t = 0.

    Returns:
        The rate a period, a share. Monthly flows give a monthly rate r; a year is (1 + r)**12 - 1.

    Raises:
        NoRateError: no rate above -100 % does it, as when all flows have one sign.
        SeveralRatesError: several rates do; it names every one of them.
        AppraisalError: a flow is missing.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, the internal rate of return and its pitfalls.

    >>> round(irr([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]), 6)
    0.086631
    """
    flows = as_cashflows(cashflows)
    if flows.ndim != 1:
        message = "irr takes one series; use irr_many for an array of shape (series, periods)"
        raise AppraisalError(message)
    return only_rate(np.arange(flows.size, dtype=np.float64), flows, _by_period)


def irr_many(cashflows: ArrayLike) -> Rates:
    """The internal rate of each of many series.

    Args:
        cashflows: array of shape (series, periods), the first flow at t = 0.

    Returns:
        The rates, NaN where a series has none or several, and how many it has.

    Raises:
        AppraisalError: a flow is missing, or the array is not two-dimensional.

    >>> irr_many([[-100, 110], [100, 110]]).counts.tolist()
    [1, 0]
    """
    flows = as_cashflows(cashflows)
    if flows.ndim != 2:
        message = f"irr_many takes an array of shape (series, periods), not {flows.shape}"
        raise AppraisalError(message)
    return rates_of(np.arange(flows.shape[1], dtype=np.float64), flows, _by_period)


Method = Callable[[Floats, Floats], Floats]
"""A fast search, given times and flows of shape (periods, series) that change sign once: NaN if it does not settle."""


def only_rate(times: Floats, flows: Floats, method: Method) -> float:
    """The one rate of one series.

    Raises:
        NoRateError: it has none.
        SeveralRatesError: it has several.
    """
    found = rates_of(times, flows[None, :], method)
    if found.counts[0] == 1:
        return float(found.rates[0])
    rates = every_rate(times, flows[None, :])[1]
    if rates.size:
        raise SeveralRatesError(rates.tolist())
    message = "no rate brings the net present value to zero: compare by net present value instead."
    raise NoRateError(message)


def rates_of(times: Floats, flows: Floats, method: Method) -> Rates:
    """The rate of each series for a unit of time, by the fast method where there is one rate, else by the search."""
    rates = np.full(len(flows), np.nan)
    counts = np.zeros(len(flows), dtype=np.int64)
    for at in range(0, len(flows), _BLOCK):
        block = slice(at, at + _BLOCK)
        rates[block], counts[block] = _rates_of_block(times, flows[block], method)
    return Rates(rates, counts)


def _rates_of_block(times: Floats, flows: Floats, method: Method) -> tuple[Floats, NDArray[np.int64]]:
    columns = np.ascontiguousarray(flows.T)
    changes = sign_changes(columns)
    rates = np.full(len(flows), np.nan)
    simple = np.flatnonzero(changes == 1)
    if simple.size:
        rates[simple] = method(times, columns if simple.size == len(flows) else columns.take(simple, axis=1))
    counts = np.isfinite(rates).astype(np.int64)
    left = np.flatnonzero((changes > 0) & (counts == 0))
    owners, found = every_rate(times, flows[left])
    counts[left] = np.bincount(owners, minlength=left.size)
    is_only = counts[left][owners] == 1
    rates[left[owners[is_only]]] = found[is_only]
    return rates, counts


def settled(
    columns: Floats, guesses: Floats, step_of: Callable[[Floats, Floats], tuple[Floats, NDArray[np.bool_]]]
) -> Floats:
    """Where a search settles for each series; NaN where it does not. A series settles alike alone and among others.

    Args:
        columns: flows, an array of shape (periods, series).
        guesses: where to begin, an array of shape (series,).
        step_of: the next step of columns at their points, and whether it is the last.
    """
    points = np.full(guesses.shape, np.nan)
    searched = np.arange(guesses.size)
    is_open = np.ones(guesses.size, dtype=bool)
    for _ in range(_STEPS):
        step, is_last = step_of(columns, guesses)
        guesses = guesses - step
        is_new = is_open & is_last
        points[searched[is_new]] = guesses[is_new]
        is_open &= ~is_last
        left = np.flatnonzero(is_open)
        if not left.size:
            break
        # Only a few left are worth the copy that leaves the others out.
        if left.size < searched.size // _FEW:
            columns, guesses, searched, is_open = (
                columns.take(left, axis=1),
                guesses[left],
                searched[left],
                is_open[left],
            )
    return points


def first_guesses(times: Floats, columns: Floats) -> Floats:
    """log(1 + r) at which inflows and outflows would be equal if each came at once at its mean time.

    Args:
        times: array of shape (periods,).
        columns: flows with both signs, an array of shape (periods, series).
    """
    series = columns.shape[1]
    inflow, net, timed_inflow, timed_net = np.zeros(series), np.zeros(series), np.zeros(series), np.zeros(series)
    # Row by row, so that a series adds up in the same order alone and among others.
    for time, flow in zip(times, columns, strict=True):
        gain = np.maximum(flow, 0.0)
        inflow += gain
        net += flow
        gain *= time
        timed_inflow += gain
        timed_net += time * flow
    outflow = inflow - net
    apart = timed_inflow / inflow - (timed_inflow - timed_net) / outflow
    # The guess may be poor, but it has to be a number that the search may begin with.
    guesses: Floats = np.clip(np.log(inflow / outflow) / apart, -FARTHEST_DOWN, FARTHEST_UP)
    return guesses


def _by_period(times: Floats, columns: Floats) -> Floats:
    """Halley's method in the discount factor v = 1 / (1 + r), where the present value is a polynomial."""
    with np.errstate(all="ignore"):
        rates: Floats = 1 / settled(columns, np.exp(-first_guesses(times, columns)), _step_in_factor) - 1
    return rates


def _step_in_factor(columns: Floats, factors: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    value, slope, half_bend = _horner(columns, factors)
    step = value * slope / (slope * slope - value * half_bend)
    return step, np.maximum(np.abs(step), np.abs(value / slope)) <= SETTLED * factors


def _horner(columns: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
    """Value, first derivative and half the second derivative of the sum of flows times v**t."""
    value, slope, half_bend = columns[-1].copy(), np.zeros_like(v), np.zeros_like(v)
    for flow in columns[-2::-1]:
        half_bend *= v
        half_bend += slope
        slope *= v
        slope += value
        value *= v
        value += flow
    return value, slope, half_bend
