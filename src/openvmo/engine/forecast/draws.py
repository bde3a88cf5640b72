"""Random numbers that belong to what they are for, not to the order in which they are drawn.

Each stream is keyed by the seed, its purpose and the ids that it serves. So neither the order of initiatives, nor
chunks, nor workers change a number, and adding an initiative changes no other's. A longer run begins with the trials of
a shorter one. Options of one initiative share the streams of lines with the same id: they are compared in the same
futures.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Loadings:
    """How strongly uncertain quantities move together (a Gaussian copula with common factors).

    Args:
        portfolio: weight of the factor that all initiatives share; two quantities of different programmes are
            correlated by its square.
        programme: weight of the factor that a programme shares; within one the squares add up.

    Bad times raise costs and slips and lower benefits. The defaults give a correlation of 0.09 between programmes and
    of 0.25 within one. They are a judgement, not a measurement: try others when the spread of a total decides.

    Raises:
        ValueError: a weight is negative, or the squares add up to more than 1.
    """

    portfolio: float = 0.3
    programme: float = 0.4

    def __post_init__(self) -> None:
        if min(self.portfolio, self.programme) < 0 or self.portfolio**2 + self.programme**2 > 1:
            message = f"loadings are zero or more and their squares add up to at most 1: {self}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """The random numbers of one initiative.

    Args:
        seed: seed of the run.
        initiative: id of the initiative.
        common: (trials,) weighted sum of the factors that it shares with others.
        own: weight of what is its own, so that each score has variance 1.
    """

    seed: int
    initiative: str
    common: Floats
    own: float

    def scores(self, *key: str, sign: float = 1.0) -> Floats:
        """Standard normal scores of one quantity, (trials,); `sign` is -1 for what falls in bad times."""
        alone = _generator(self.seed, "quantity", self.initiative, *key).standard_normal(self.common.size)
        scores: Floats = sign * self.common + self.own * alone
        return scores

    def uniforms(self, *key: str) -> Floats:
        """Independent numbers between 0 and 1, (trials,)."""
        return _generator(self.seed, "event", self.initiative, *key).random(self.common.size)


def draws_of(seed: int, trials: int, loadings: Loadings, initiative: str, programme: str) -> Draws:
    """The random numbers of an initiative; without a programme it shares only the portfolio's factor."""
    common = loadings.portfolio * _generator(seed, "portfolio").standard_normal(trials)
    shared = loadings.portfolio**2
    if programme:
        common += loadings.programme * _generator(seed, "programme", programme).standard_normal(trials)
        shared += loadings.programme**2
    return Draws(seed, initiative, common, math.sqrt(1 - shared))


def _generator(seed: int, *key: str) -> np.random.Generator:
    """A counter-based generator whose key is the digest of the seed and of what it is for."""
    name = json.dumps([seed, *key]).encode()
    digest = hashlib.blake2b(name, digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
