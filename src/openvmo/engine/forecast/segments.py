"""Segments of trials, the scores of the common factors in them, and the kernel's workspace.

A segment is as many trials as are simulated and sorted at once. It bounds memory whatever the number of trials.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import BLOCK, Scratch, factor_scores
from openvmo.engine.forecast.program import Program
from openvmo.engine.forecast.settings import Sampling, Settings
from openvmo.engine.forecast.sobol import sobol_columns
from openvmo.engine.forecast.streams import FACTOR, stream_key

MOST = 16 * BLOCK
"""Trials of the longest segment."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Some trials, one after another.

    Args:
        first_block: number of the first block.
        trials: number of trials; only the last segment may end within a block.
    """

    first_block: int
    trials: int

    @property
    def blocks(self) -> int:
        """Blocks that its trials lie in."""
        return -(-self.trials // BLOCK)

    @property
    def padded(self) -> int:
        """Trials of all its blocks."""
        return self.blocks * BLOCK

    @property
    def first(self) -> int:
        """Number of its first trial."""
        return self.first_block * BLOCK


def segments_of(trials: int) -> Iterator[Segment]:
    """The segments of a run: as few as memory allows, and nearly equal."""
    blocks, most = -(-trials // BLOCK), MOST // BLOCK
    count = -(-blocks // most)
    ends = [blocks * number // count for number in range(count + 1)]
    for first, end in pairwise(ends):
        yield Segment(first, min(end * BLOCK, trials) - first * BLOCK)


def scores_of_factors(settings: Settings, segment: Segment) -> NDArray[np.float32]:
    """The scores of the common factors, (factors, trials in whole blocks)."""
    names = settings.factors.names
    scores = np.empty((len(names), segment.padded), dtype=np.float32)
    scratch = scratch_for(0)
    for dimension, name in enumerate(names):
        key = np.uint64(stream_key(settings.seed, FACTOR, *name))
        columns = sobol_columns(dimension)
        factor_scores(key, columns, segment.first_block, settings.replicates_log, scratch, scores[dimension])
    return scores if settings.sampling is Sampling.PLAIN else _turned(scores, settings.factors.direction)


def _turned(scores: NDArray[np.float32], direction: tuple[float, ...]) -> NDArray[np.float32]:
    """Independent scores, turned so that the first of them lies along the direction that moves everything.

    The first dimension of the balanced sequence is the most even one. A reflection that takes the first axis to the
    direction leaves the scores independent and standard normal. It is written as sums in a fixed order.
    """
    mirror = np.array(direction, dtype=np.float32)
    mirror[0] -= 1
    size = float(np.sum(mirror.astype(np.float64) ** 2))
    if size == 0:
        return scores
    along = np.zeros(scores.shape[1], dtype=np.float32)
    for weight, row in zip(mirror, scores, strict=True):
        along += weight * row
    along *= np.float32(2 / size)
    for weight, row in zip(mirror, scores, strict=True):
        np.subtract(row, weight * along, out=row)
    return scores


def scratch_for(risks: int) -> Scratch:
    """Workspace for entries with at most so many risk events."""
    return Scratch(
        words=np.zeros((3, BLOCK), dtype=np.uint32),
        single=np.zeros((12, BLOCK), dtype=np.float32),
        whole=np.zeros((5, BLOCK), dtype=np.int32),
        happens=np.zeros((risks, BLOCK), dtype=np.float32),
    )


def most_risks(program: Program) -> int:
    """The greatest number of risk events of an entry."""
    return int(np.diff(program.entries["risks"]).max(initial=0))
