"""Does the outside view keep what it promises? Learn from some finished work, and test it on the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.evidence.calibrate import calibrate
from openvmo.engine.evidence.history import FinishedWork
from openvmo.engine.reference import Dimension, ReferenceTable, Shape

Floats = NDArray[np.float64]

LEVELS = tuple(round(0.1 * step, 1) for step in range(1, 10))


@dataclass(frozen=True, slots=True)
class Validation:
    """How well learned classes foretold work that they had not seen, in one dimension.

    Args:
        dimension: cost, duration or benefit.
        cases: number of finished works that were foretold.
        coverage: share of them between P10 and P90; close to 0.8 when the ranges are honest.
        below: share of them below P10; close to 0.1.
        above: share of them above P90; close to 0.1.
        pinball: mean pinball loss over P10, P20 ... P90, in shares of the plan; the lower the better.
        pinball_pooled: the same when all work is one class.
        pinball_plan: the same when the plan is believed as it stands.
    """

    dimension: Dimension
    cases: int
    coverage: float
    below: float
    above: float
    pinball: float
    pinball_pooled: float
    pinball_plan: float

    @property
    def standard_error(self) -> float:
        """Standard error of the coverage, if it is 0.8 in truth."""
        return float(np.sqrt(0.8 * 0.2 / self.cases))


def validate(
    history: Sequence[FinishedWork],
    *,
    by: Sequence[str] = (),
    folds: int = 10,
    leave_out: str | None = None,
    published: ReferenceTable | None = None,
    seed: int = 1,
) -> tuple[Validation, ...]:
    """Cross-validate reference classes: what they say of work that was kept apart when they were learned.

    Args:
        history: finished work.
        by: columns that make the classes.
        folds: number of parts, each kept apart once; the parts are drawn at random.
        leave_out: a column instead, each of whose values is kept apart once, such as "country".
        published: as in `calibrate`.
        seed: of the drawing of parts.

    Returns:
        One entry for each dimension in which anything could be foretold.

    Raises:
        ValueError: there are fewer than two parts.

    Source: R. Koenker and G. Bassett, Regression quantiles, Econometrica 46 (1978) 33-50, for the pinball loss.
    """
    foretold: dict[Dimension, list[tuple[float, Shape, Shape]]] = {dimension: [] for dimension in Dimension}
    for kept, apart in _parts(history, folds, leave_out, seed):
        classes = calibrate(kept, by=by, published=published)
        pooled = classes if not by else calibrate(kept, published=published)
        for work in apart:
            for dimension in Dimension:
                ratio, shape = work.ratio(dimension), classes.shape_for(work, dimension)
                together = pooled.shape_for(work, dimension)
                if ratio is not None and shape is not None and together is not None:
                    foretold[dimension].append((ratio, shape, together))
    return tuple(_summary(dimension, cases) for dimension, cases in foretold.items() if cases)


def _parts(
    history: Sequence[FinishedWork], folds: int, leave_out: str | None, seed: int
) -> list[tuple[list[FinishedWork], list[FinishedWork]]]:
    """What is learned from and what is kept apart, part by part."""
    if leave_out is None:
        part_of = [str(number) for number in np.random.default_rng(seed).permutation(len(history)) % max(folds, 1)]
    else:
        part_of = [work.classes.get(leave_out, "") for work in history]
    parts = sorted(set(part_of))
    if len(parts) < 2:
        message = "a cross-validation needs at least two parts: more finished work, more folds, or another column"
        raise ValueError(message)
    pairs = list(zip(history, part_of, strict=True))
    return [
        ([work for work, part in pairs if part != apart], [work for work, part in pairs if part == apart])
        for apart in parts
    ]


def _summary(dimension: Dimension, cases: Sequence[tuple[float, Shape, Shape]]) -> Validation:
    ratios = np.array([ratio for ratio, _, _ in cases])
    quantiles = _quantiles([shape for _, shape, _ in cases])
    pooled = _quantiles([shape for _, _, shape in cases])
    below, above = ratios < quantiles[:, 0], ratios > quantiles[:, -1]
    return Validation(
        dimension=dimension,
        cases=len(cases),
        coverage=float(1 - below.mean() - above.mean()),
        below=float(below.mean()),
        above=float(above.mean()),
        pinball=pinball_loss(ratios, quantiles),
        pinball_pooled=pinball_loss(ratios, pooled),
        pinball_plan=pinball_loss(ratios, np.ones_like(quantiles)),
    )


def _quantiles(shapes: Sequence[Shape]) -> Floats:
    """The quantiles at the levels, (shapes, levels); each shape is asked once."""
    known = {id(shape): [shape.quantile(level) for level in LEVELS] for shape in shapes}
    return np.array([known[id(shape)] for shape in shapes])


def pinball_loss(outcomes: Floats, quantiles: Floats) -> float:
    """Mean pinball loss of quantile forecasts at P10, P20 ... P90.

    Args:
        outcomes: what came, (cases,).
        quantiles: what was foretold, (cases, 9).

    >>> pinball_loss(np.array([1.0]), np.ones((1, 9)))
    0.0
    """
    levels = np.array(LEVELS)
    misses = outcomes[:, None] - quantiles
    return float(np.maximum(levels * misses, (levels - 1) * misses).mean())
