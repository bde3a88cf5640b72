"""What initiatives have in common: factors that move their uncertain quantities together.

Every quantity has a standard normal score: a weighted sum of the factors of its initiative and of a part of its own (a
Gaussian copula). The factors are the portfolio's, one for each theme (the initiatives of one category) and one for each
programme. Where correlations between initiatives are stated, each of the initiatives named gets a factor of its own
beside those, with the weights that give what was stated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.model import Initiative, Portfolio
from openvmo.engine.model.correlations import nearest_correlation

Floats = NDArray[np.float64]
Weights = tuple[tuple[int, float], ...]

PORTFOLIO = ("portfolio",)
# Halvings of the interval in which the share of the shared factors is sought that stated correlations leave room for.
_HALVINGS = 40
# What a matrix may lack in being one of correlations, by the rounding of numbers.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Loadings:
    """How strongly uncertain quantities move together.

    Args:
        portfolio: weight of the factor that all initiatives share.
        theme: weight of the factor that initiatives of one category share.
        programme: weight of the factor that a programme shares.

    Two quantities are correlated by the sum of the squares of the weights of the factors that they share. Bad times
    raise costs and slips and lower benefits. The defaults give a correlation of 0.09 between unlike initiatives, 0.13
    within a category and 0.29 within a programme of one category. They are a judgement, not a measurement: try others
    when the spread of a total decides.

    Raises:
        ValueError: a weight is negative, or the squares add up to more than 1.
    """

    portfolio: float = 0.3
    theme: float = 0.2
    programme: float = 0.4

    def __post_init__(self) -> None:
        weights = (self.portfolio, self.theme, self.programme)
        if min(weights) < 0 or sum(weight**2 for weight in weights) > 1:
            message = f"loadings are zero or more and their squares add up to at most 1: {self}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Factors:
    """The common factors of a portfolio.

    Args:
        names: name of each factor; the first is the portfolio's.
        of: for each initiative the factors that it leans on, with their weights.
        own: weight of what is a quantity's own, by initiative, so that every score has variance 1.
        pooled: weights of the portfolio's factor and of what is its own, for quantities that initiatives share.
        direction: unit vector over the factors along which a portfolio of equal initiatives moves most. It follows
            from the names of the factors and their weights alone, so that no initiative changes another's scores.
    """

    names: tuple[tuple[str, ...], ...]
    of: Mapping[str, Weights]
    own: Mapping[str, float]
    pooled: tuple[float, float]
    direction: tuple[float, ...]


def factors_of(portfolio: Portfolio, loadings: Loadings) -> Factors:
    """The factors of a portfolio; their order and weights do not depend on the order of its initiatives."""
    themes = sorted({initiative.category for initiative in portfolio.initiatives} - {""})
    programmes = sorted({initiative.programme for initiative in portfolio.initiatives} - {""})
    names = [PORTFOLIO, *(("theme", name) for name in themes), *(("programme", name) for name in programmes)]
    number = {name: index for index, name in enumerate(names)}
    of = {initiative.id: _weights(initiative, number, loadings) for initiative in portfolio.initiatives}
    own = {key: math.sqrt(max(1 - sum(weight**2 for _, weight in weights), 0.0)) for key, weights in of.items()}
    stated = _stated_pairs(portfolio)
    if stated:
        of |= _correlated(stated, of, len(names))
        names += [("correlated", key) for key in _named(stated)]
    pooled = (loadings.portfolio, math.sqrt(1 - loadings.portfolio**2))
    return Factors(tuple(names), of, own, pooled, _direction(names, loadings))


def _direction(names: Sequence[tuple[str, ...]], loadings: Loadings) -> tuple[float, ...]:
    kinds = [name[0] for name in names]
    weight = {"portfolio": loadings.portfolio, "theme": loadings.theme, "programme": loadings.programme}
    moves = [weight.get(kind, 0.0) / kinds.count(kind) for kind in kinds]
    size = math.sqrt(sum(move**2 for move in moves))
    return tuple(move / size for move in moves) if size > 0 else (1.0, *[0.0] * (len(moves) - 1))


def _weights(initiative: Initiative, number: Mapping[tuple[str, ...], int], loadings: Loadings) -> Weights:
    weights = [(0, loadings.portfolio)]
    if initiative.category:
        weights.append((number["theme", initiative.category], loadings.theme))
    if initiative.programme:
        weights.append((number["programme", initiative.programme], loadings.programme))
    return tuple((factor, weight) for factor, weight in weights if weight > 0)


def _stated_pairs(portfolio: Portfolio) -> dict[tuple[str, str], float]:
    return {(stated.first, stated.second): stated.value for stated in portfolio.correlations}


def _named(stated: Mapping[tuple[str, str], float]) -> list[str]:
    return sorted({key for pair in stated for key in pair})


def _correlated(stated: Mapping[tuple[str, str], float], of: Mapping[str, Weights], factors: int) -> dict[str, Weights]:
    """Weights that give the initiatives named the correlations stated, and leave the others as they are.

    What initiatives have in common keeps its weight. Of the shared factors as much stays as the stated correlations
    leave room for; factors of the named initiatives' own add the rest.
    """
    named = _named(stated)
    shared, size = _directions(named, of, factors)
    wanted = shared @ shared.T
    np.fill_diagonal(wanted, 1.0)
    for (first, second), value in stated.items():
        row, column = named.index(first), named.index(second)
        wanted[row, column] = wanted[column, row] = value
    wanted = nearest_correlation(wanted).matrix
    kept = _room(wanted, shared @ shared.T)
    rest = _root(wanted - kept**2 * (shared @ shared.T))
    rows = np.hstack([kept * shared, rest]) * size[:, None]
    return {
        key: tuple((factor, float(weight)) for factor, weight in enumerate(row) if weight != 0)
        for key, row in zip(named, rows, strict=True)
    }


def _directions(named: Sequence[str], of: Mapping[str, Weights], factors: int) -> tuple[Floats, Floats]:
    """What each initiative has in common with others: a unit vector over the factors, and its weight."""
    weights = np.zeros((len(named), factors))
    for row, key in enumerate(named):
        for factor, weight in of[key]:
            weights[row, factor] = weight
    size: Floats = np.sqrt((weights**2).sum(axis=1))
    return weights / np.where(size > 0, size, 1.0)[:, None], size


def _room(wanted: Floats, shared: Floats) -> float:
    """The greatest share of the shared factors that leaves a matrix of covariances."""
    low, high = 0.0, 1.0
    if _is_positive(wanted - shared):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _is_positive(wanted - middle**2 * shared) else (low, middle)
    return low


def _is_positive(matrix: Floats) -> bool:
    return bool(np.linalg.eigvalsh(matrix)[0] >= -_ROUNDING)


def _root(matrix: Floats) -> Floats:
    """A matrix whose product with its transpose is the given one."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
