"""Optimism-bias uplifts: what to add to a plan so that it is kept with a chosen confidence."""

from __future__ import annotations

import math
from collections.abc import Iterable

from openvmo.engine.reference.classes import Dimension, ReferenceClass


def uplift(known: ReferenceClass, dimension: Dimension, confidence: float) -> float:
    """What to add to a plan, as a share of it, so that the outcome is no worse with the chosen confidence.

    Args:
        known: the reference class of the work.
        dimension: cost, duration or benefit.
        confidence: probability that the corrected plan is kept, above 0 and below 1.

    Returns:
        The share to add: 0.32 is 32 % on top of the plan. For benefits it is negative where they fall short.

    Raises:
        ValueError: the class has no figure in this dimension, or only a mean, which says nothing of confidence.

    Source: HM Treasury, Supplementary Green Book Guidance: Optimism Bias; Department for Transport (2004).

    >>> from openvmo.engine.reference import reference_classes
    >>> round(uplift(reference_classes()["roads"], Dimension.COST, 0.8), 2)
    0.32
    """
    shape = known.shape(dimension)
    if shape is None or not shape.has_spread:
        reason = "only a mean was published" if shape is not None else "no figure was published"
        message = f"{known.name} gives no uplift of its {dimension} at a chosen confidence: {reason}"
        raise ValueError(message)
    return shape.quantile(1 - confidence if dimension is Dimension.BENEFIT else confidence) - 1


def combined_uplift(parts: Iterable[tuple[float, float]]) -> float:
    """The uplift of work made of parts of several kinds: each part's uplift by its share of the cost.

    Args:
        parts: (share, uplift) of each; the shares are 0 or more and add up to 1.

    Raises:
        ValueError: the shares do not add up to 1, or one is negative.

    Source: Mott MacDonald, Review of Large Public Procurement in the UK (HM Treasury, 2002): a building that is 30 %
    non-standard and 70 % standard.

    >>> round(combined_uplift([(0.3, 0.51), (0.7, 0.24)]), 3)
    0.321
    """
    stated = list(parts)
    shares = [share for share, _ in stated]
    if any(share < 0 for share in shares) or not math.isclose(math.fsum(shares), 1.0, abs_tol=1e-9):
        message = f"the shares must be 0 or more and add up to 1, not {shares}"
        raise ValueError(message)
    return math.fsum(share * added for share, added in stated)
