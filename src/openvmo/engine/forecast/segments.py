"""Segments of trials, the scores of the common factors in them, and the kernel's workspace.

A segment is as many trials as are simulated and sorted at once. It bounds memory whatever the number of trials.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.engine.forecast.compiled import BLOCK, Scratch, normal_scores, random_words
from openvmo.engine.forecast.program import Program
from openvmo.engine.forecast.settings import Settings
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
    for first, end in zip(ends, ends[1:], strict=False):
        yield Segment(first, min(end * BLOCK, trials) - first * BLOCK)


def factor_scores(settings: Settings, segment: Segment) -> NDArray[np.float32]:
    """The scores of the common factors, (factors, trials in whole blocks)."""
    names = settings.factors.names
    scores = np.empty((len(names), segment.padded), dtype=np.float32)
    words, tail = np.empty(BLOCK, dtype=np.uint32), np.empty(BLOCK, dtype=np.float32)
    for row, name in zip(scores, names, strict=True):
        key = np.uint64(stream_key(settings.seed, FACTOR, *name))
        for block in range(segment.blocks):
            random_words(key, segment.first_block + block, words)
            normal_scores(words, tail, row[block * BLOCK : (block + 1) * BLOCK])
    return scores


def scratch_for(program: Program) -> Scratch:
    """Workspace for a program."""
    single = {
        name: np.empty(BLOCK, dtype=np.float32)
        for name in (
            "tail", "scores", "common", "shared", "factor", "drawn", "amount", "kept", "months", "totals", "present",
            "level",
        )
    }  # fmt: skip
    whole = {name: np.empty(BLOCK, dtype=np.int32) for name in ("cells", "start", "go_live", "first")}
    risks = int(np.diff(program.risk_from).max(initial=0))
    return Scratch(
        words=np.empty(BLOCK, dtype=np.uint32), happens=np.empty((risks, BLOCK), dtype=np.float32), **single, **whole
    )
