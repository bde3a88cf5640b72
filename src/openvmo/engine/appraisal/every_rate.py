"""Every internal rate of return of a series, whatever its flows: the search behind `irr` and `xirr`.

With x = log(1 + r) the present value of flows a at times t is f(x) = sum of a * exp(-t * x). Split into flows in and
flows out, f is the difference of two falling functions, and so is its slope; between two points each lies within
bounds that the end points give. An interval is left out when the bounds exclude zero, is closed in on when the slope
keeps its sign, and is halved otherwise. So no rate is missed, however many there are and wherever they lie: rates of
zero and more are sought from the first flow on, negative ones in the same way from the last flow back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.appraisal.cashflows import Floats

Integers = NDArray[np.int64]

FARTHEST_UP, FARTHEST_DOWN = 700.0, 36.0
"""Limits of |log(1 + r)|, beyond which 1 + r is no number: above 1e304, and below 1e-15, where r would read -100 %."""

_NARROW = 1e-11
_FLAT = 1e-14
_FLAT_WIDTH = 1e-4
_ZERO = 1e-12
_TINY = 1e-300
_STEPS = 200
_BLOCK = 256


def sign_changes(columns: Floats) -> Integers:
    """Changes of sign along each series, zeros left out: by Descartes' rule a bound on the number of rates.

    Args:
        columns: flows in the order of time, an array of shape (periods, series).
    """
    first = np.argmax(columns != 0, axis=0)
    is_out = columns[first, np.arange(columns.shape[1])] < 0
    changes = np.zeros(columns.shape[1], dtype=np.uint32)
    for flow in columns:
        turns = (flow < 0) != is_out
        turns &= flow != 0
        is_out ^= turns
        changes += turns
    return changes.astype(np.int64)


def every_rate(times: Floats, flows: Floats) -> tuple[Integers, Floats]:
    """Every rate above -100 % at which the present value of each series is zero.

    Args:
        times: when the flows happen, rising, an array of shape (periods,).
        flows: array of shape (series, periods).

    Returns:
        The series of each rate and the rate for a unit of time, two arrays of the same length, in the order of series
        and rate. Series without a flow have none.
    """
    found = [_rates_of_block(times, flows[at : at + _BLOCK], at) for at in range(0, len(flows), _BLOCK)]
    owners = np.concatenate([owner for owner, _ in found]) if found else np.zeros(0, dtype=np.int64)
    rates = np.concatenate([rate for _, rate in found]) if found else np.zeros(0)
    return owners, rates


def _rates_of_block(times: Floats, flows: Floats, first: int) -> tuple[Integers, Floats]:
    moving = np.flatnonzero(flows.any(axis=1))
    moved = flows[moving]
    gross = np.abs(moved).sum(axis=1)
    net = moved.sum(axis=1)
    # What rounding leaves of flows that add up to nothing is nothing, from both sides.
    balance = np.where(np.abs(net) <= 4 * np.finfo(float).eps * gross, 0.0, net / gross)
    scaled = moved / gross[:, None]
    is_flow = moved != 0
    columns = np.arange(times.size)
    begin = times[np.argmax(is_flow, axis=1)]
    end = times[np.max(np.where(is_flow, columns, 0), axis=1)]
    upward = _Side(np.maximum(times - begin[:, None], 0.0), scaled, balance, FARTHEST_UP)
    downward = _Side(np.maximum(end[:, None] - times, 0.0), scaled, balance, FARTHEST_DOWN)
    up, down = upward.roots(includes_zero=True), downward.roots(includes_zero=False)
    owner, logs = _without_repeats(up.joined(down.reversed()))
    return moving[owner] + first, np.expm1(logs)


@dataclass(frozen=True, slots=True)
class _Points:
    """The present value at points, and sums from which bounds between points follow, arrays of shape (points,)."""

    x: Floats
    value: Floats
    gain: Floats
    loss: Floats
    gain_slope: Floats
    loss_slope: Floats

    def __getitem__(self, chosen: NDArray[np.bool_]) -> _Points:
        return _Points(*(getattr(self, name)[chosen] for name in self.__slots__))

    def joined(self, other: _Points) -> _Points:
        return _Points(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Found:
    """Roots with the series that they belong to, and whether f touches zero there without a sure change of sign."""

    owner: Integers
    x: Floats
    touch: NDArray[np.bool_]

    def reversed(self) -> _Found:
        return _Found(self.owner, -self.x, self.touch)

    def joined(self, other: _Found) -> _Found:
        return _Found(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Side:
    """Rates on one side of zero: f(x) = sum of flows * exp(-distances * x) for x from 0 to `farthest`.

    Args:
        distances: from the flow that counts most far out, an array of shape (series, periods), none negative.
        flows: array of shape (series, periods), scaled so that each series has gross flows of 1.
        balance: f(0) of each series.
        farthest: the largest x.
    """

    distances: Floats
    flows: Floats
    balance: Floats
    farthest: float

    def roots(self, *, includes_zero: bool) -> _Found:
        """Every root, those of neighbouring intervals in which f is zero as far as rounding tells included."""
        owner = np.arange(len(self.flows))
        low = self._at_zero()
        high = self._at(owner, self._limit())
        found: list[tuple[Integers, Floats, Floats, NDArray[np.bool_]]] = []
        for _ in range(_STEPS):
            is_open, crosses, touches = _judged(low, high, includes_zero=includes_zero)
            # A point at which f is zero is itself the crossing.
            end = np.where(low.value == 0, low.x, high.x)
            for chosen, is_touch in ((crosses, False), (touches, True)):
                found.append((owner[chosen], low.x[chosen], end[chosen], np.full(int(chosen.sum()), is_touch)))
            owner, low, high = owner[is_open], low[is_open], high[is_open]
            if not owner.size:
                break
            middle = self._at(owner, (low.x + high.x) / 2)
            owner, low, high = np.concatenate([owner, owner]), low.joined(middle), middle.joined(high)
        owners, lows, highs, touch = (np.concatenate(parts) for parts in zip(*found, strict=True))
        roots = np.where(touch, (lows + highs) / 2, self._closed_in(owners, lows, highs))
        return _Found(owners, roots, touch)

    def _at_zero(self) -> _Points:
        zero = self._at(np.arange(len(self.flows)), np.zeros(len(self.flows)))
        return _Points(zero.x, self.balance, zero.gain, zero.loss, zero.gain_slope, zero.loss_slope)

    def _at(self, owner: Integers, x: Floats) -> _Points:
        distances, flows = self.distances[owner], self.flows[owner]
        present = flows * np.exp(-distances * x[:, None])
        gains, losses = np.maximum(present, 0.0), np.maximum(-present, 0.0)
        gain, loss = gains.sum(axis=1), losses.sum(axis=1)
        return _Points(x, gain - loss, gain, loss, (distances * gains).sum(axis=1), (distances * losses).sum(axis=1))

    def _limit(self) -> Floats:
        """The x beyond which the leading flow outweighs all the others together."""
        is_later = (self.distances > 0) & (self.flows != 0)
        later = np.where(is_later, np.abs(self.flows), 0.0).sum(axis=1)
        leading = np.where(self.distances == 0, np.abs(self.flows), 0.0).sum(axis=1)
        nearest = np.min(np.where(is_later, self.distances, np.inf), axis=1)
        outweighed = np.maximum(np.log(np.maximum(later, _TINY)) - np.log(np.maximum(leading, _TINY)), 0.0) / nearest
        limit: Floats = np.minimum(outweighed * (1 + 1e-9) + 1e-9, self.farthest)
        return limit

    def _closed_in(self, owner: Integers, low: Floats, high: Floats) -> Floats:
        """The crossing within each interval in which f rises or falls throughout: Newton's method, else halving."""
        low, high, x = low.copy(), high.copy(), (low + high) / 2
        sign = np.sign(self._at(owner, low).value)
        for step in range(_STEPS):
            points = self._at(owner, x)
            is_before = np.sign(points.value) == sign
            low, high = np.where(is_before, x, low), np.where(is_before, high, x)
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = x + points.value / (points.gain_slope - points.loss_slope)
            # Every third step halves, so that a crossing which Newton's method creeps towards is reached as well.
            is_inside = (newton > low) & (newton < high) & (step % 3 != 2)
            following = np.where(is_inside, newton, (low + high) / 2)
            is_settled = np.abs(following - x) <= 4 * np.finfo(float).eps * (1e-3 + x)
            x = following
            if is_settled.all():
                break
        return x


def _judged(
    low: _Points, high: _Points, *, includes_zero: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which intervals have to be halved, which hold one crossing, and in which f only touches zero."""
    margin = 1e-16
    is_free = (low.gain - high.loss < -margin) | (high.gain - low.loss > margin)
    is_free &= low.value != 0
    is_steady = (high.gain_slope > low.loss_slope) | (high.loss_slope > low.gain_slope)
    starts_at_zero = (low.value == 0) & ((low.x > 0) | includes_zero)
    has_crossing = (low.value * high.value < 0) | starts_at_zero
    width = high.x - low.x
    gross_low, gross_high = low.gain + low.loss, high.gain + high.loss
    is_flat = (np.abs(low.value) <= _FLAT * gross_low) & (np.abs(high.value) <= _FLAT * gross_high)
    is_end = (width <= _NARROW) | (is_flat & (width <= _FLAT_WIDTH))
    is_undecided = ~is_free & ~is_steady
    crosses = ~is_free & is_steady & has_crossing
    is_near_zero = np.minimum(np.abs(low.value) / gross_low, np.abs(high.value) / gross_high) <= _ZERO
    touches = is_undecided & is_end & (has_crossing | is_near_zero)
    return is_undecided & ~is_end, crosses, touches


def _without_repeats(found: _Found) -> tuple[Integers, Floats]:
    """The roots in order, one for neighbouring intervals in which f is zero as far as rounding tells."""
    order = np.lexsort((found.x, found.owner))
    owner, x, touch = found.owner[order], found.x[order], found.touch[order]
    is_near = (owner[1:] == owner[:-1]) & (x[1:] - x[:-1] <= _FLAT_WIDTH) & (touch[1:] | touch[:-1])
    if not owner.size:
        return owner, x
    first = np.flatnonzero(np.concatenate([[True], ~is_near]))
    middle: Floats = np.add.reduceat(x, first) / np.diff(first, append=x.size)
    return owner[first], middle
