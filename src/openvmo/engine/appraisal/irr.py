"""Internal rate of return."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openvmo.engine.appraisal.cashflows import AppraisalError, Floats, as_cashflows

LOWEST_RATE = -0.9999
HIGHEST_RATE = 10_000.0

_GRID = np.linspace(-math.log1p(HIGHEST_RATE), -math.log1p(LOWEST_RATE), 4_001)
_STEPS = 30
_TOLERANCE = 1e-13


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
        NoRateError: no rate does it, as when all flows have one sign. Where the flows change sign more than once, rates
            are sought between -99.99 % and 1,000,000 % a period.
        SeveralRatesError: several rates do; it names them.
        AppraisalError: a flow is missing.

    Source: Brealey, Myers and Allen, Principles of Corporate Finance, the internal rate of return and its pitfalls.

    >>> round(irr([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]), 6)
    0.086631
    """
    flows = as_cashflows(cashflows)
    if flows.ndim != 1:
        message = "irr takes one series; use irr_many for an array of shape (series, periods)"
        raise AppraisalError(message)
    if _sign_changes(flows[None, :])[0] > 1:
        return _only(_roots(flows))
    rate = irr_many(flows[None, :]).rates[0]
    return _only([] if np.isnan(rate) else [float(rate)])


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
    rates = np.full(len(flows), np.nan)
    changes = _sign_changes(flows)
    rates[changes == 1] = _single_rates(flows[changes == 1])
    counts = np.isfinite(rates).astype(np.int64)
    for number in np.flatnonzero((changes > 1) | ((changes == 1) & np.isnan(rates))):
        roots = _roots(flows[number])
        counts[number] = len(roots)
        rates[number] = roots[0] if len(roots) == 1 else np.nan
    return Rates(rates, counts)


def _sign_changes(flows: Floats) -> NDArray[np.int64]:
    """Changes of sign along each series, zeros left out: by Descartes' rule a bound on the number of rates."""
    positive = flows > 0
    position = np.where(flows != 0, np.arange(flows.shape[1]), -1)
    latest = np.maximum(np.maximum.accumulate(position, axis=1), 0)
    sign = np.where(np.take_along_axis(positive, latest, axis=1), 1, -1)
    begun = np.maximum.accumulate(flows != 0, axis=1)
    changes: NDArray[np.int64] = ((sign[:, 1:] != sign[:, :-1]) & begun[:, :-1]).sum(axis=1)
    return changes


def _single_rates(flows: Floats) -> Floats:
    """Halley's method in the discount factor v, for series with one change of sign; NaN where it does not settle."""
    factors = _first_guesses(flows)
    rates = np.full(len(flows), np.nan)
    searched = np.arange(len(flows))
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            v = factors[searched]
            value, slope, bend = _horner(flows[searched], v)
            step = 2 * value * slope / (2 * slope * slope - value * bend)
            factors[searched] = v - step
            is_settled = np.abs(step) <= _TOLERANCE * np.abs(v - step)
            found = searched[is_settled]
            rates[found] = np.where(factors[found] > 0, 1 / factors[found] - 1, np.nan)
            searched = searched[~is_settled]
            if not searched.size:
                break
    return rates


def _first_guesses(flows: Floats) -> Floats:
    """The discount factor at which inflows and outflows would be equal if each came at once at its mean time."""
    periods = np.arange(flows.shape[1])
    inflows, outflows = np.maximum(flows, 0.0), np.maximum(-flows, 0.0)
    inflow, outflow = inflows.sum(axis=1), outflows.sum(axis=1)
    apart = inflows @ periods / inflow - outflows @ periods / outflow
    # The guess may be poor, but it has to be a factor that the search may begin with.
    guesses: Floats = np.exp(np.clip(np.log(outflow / inflow) / apart, _GRID[0], _GRID[-1]))
    return guesses


def _horner(flows: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
    """Value, first and second derivative of the sum of flows times v**t."""
    value, slope, half_bend = np.zeros_like(v), np.zeros_like(v), np.zeros_like(v)
    for period in range(flows.shape[1] - 1, -1, -1):
        half_bend = half_bend * v + slope
        slope = slope * v + value
        value = value * v + flows[:, period]
    return value, slope, 2 * half_bend


def _roots(flows: Floats) -> list[float]:
    """Every rate that brings the value to zero, ascending: scan the range and close in on each crossing."""
    if not flows.any():
        return []
    from scipy.optimize import brentq  # loads slowly, and few series need it

    values = _scaled_values(_GRID, flows)
    exact = [float(log_factor) for log_factor in _GRID[values == 0]]
    crossings = np.flatnonzero(values[:-1] * values[1:] < 0)
    found = [
        float(brentq(_scaled_values, _GRID[number], _GRID[number + 1], args=(flows,), xtol=1e-15, rtol=1e-14))
        for number in crossings
    ]
    return sorted(math.expm1(-log_factor) for log_factor in exact + found)


def _scaled_values(log_factors: ArrayLike, flows: Floats) -> Floats:
    """The net present value at each logarithm of the discount factor, scaled so that it neither overflows nor vanishes.

    Where later flows weigh more, the last one has the weight 1 instead of the first: no power exceeds 1.
    """
    factors = np.exp(-np.abs(log_factors))
    return np.where(np.less_equal(log_factors, 0), np.polyval(flows[::-1], factors), np.polyval(flows, factors))


def _only(rates: Sequence[float]) -> float:
    if not rates:
        message = "no rate brings the net present value to zero: compare by net present value instead."
        raise NoRateError(message)
    if len(rates) > 1:
        raise SeveralRatesError(rates)
    return rates[0]
