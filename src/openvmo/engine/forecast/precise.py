"""As many trials as a wished precision needs, and no more.

What is to be known is the mean NPV of all current plans together. Its standard error is taken as a share of a scale:
the absolute value of the mean or, where that is smaller, the standard deviation of the NPV, because a share of almost
nothing cannot be reached and says nothing. Trials are doubled until the share is small enough or the most trials are
used up; the last forecast is kept, so its numbers are those of a forecast with that many trials.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from openvmo.engine.forecast.precision import total_error
from openvmo.engine.forecast.results import Forecast

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Precision:
    """How surely the mean NPV of all current plans together is to be known.

    Args:
        relative: greatest standard error, as a share of the mean's absolute value or of the NPV's standard deviation,
            whichever is larger.
        most_trials: number of trials with which to stop in any case.

    Raises:
        ValueError: the share is not between 0 and 1, or there is less than one trial.
    """

    relative: float = 0.01
    most_trials: int = 1_000_000

    def __post_init__(self) -> None:
        if not 0 < self.relative < 1:
            message = f"a precision is a share between 0 and 1, such as 0.01, not {self.relative}"
            raise ValueError(message)
        if self.most_trials < 1:
            message = f"a forecast needs at least one trial, not {self.most_trials}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class ReachedPrecision:
    """How surely the mean NPV of all current plans together is known.

    Args:
        error: standard error of the mean, in money; NaN when there are too few trials to tell.
        scale: the mean's absolute value or the NPV's standard deviation, whichever is larger, in money.
    """

    error: float
    scale: float

    @property
    def relative(self) -> float:
        """The error as a share of the scale; 0 when nothing is uncertain, NaN when there are too few trials."""
        return self.error / self.scale if self.scale else self.error

    def meets(self, precision: Precision) -> bool:
        """Whether it is as good as was wished."""
        return self.relative <= precision.relative


def reached_precision(forecast: Forecast) -> ReachedPrecision:
    """How surely the mean NPV of a forecast is known.

    Balanced trials come in independent sets; the error is how far the means of the sets differ. It is itself rough:
    with eight sets within about a quarter of its size.

    Source: A. B. Owen, Monte Carlo theory, methods and examples (2013), chapter 17, https://artowen.su.domains/mc/.
    """
    npv = forecast.totals["npv"]
    if npv.size == 0:
        return ReachedPrecision(math.nan, math.nan)
    spread = float(np.std(npv, ddof=1)) if npv.size > 1 else 0.0
    return ReachedPrecision(total_error(npv, forecast.replicates), max(abs(float(np.mean(npv))), spread))


def until_precise(
    run: Callable[[int, Progress | None], Forecast], trials: int, precision: Precision, progress: Progress | None
) -> Forecast:
    """Forecast with twice as many trials each time, until the precision is reached.

    Args:
        run: forecasts with a number of trials, and tells its progress.
        trials: number of trials of the first forecast.
        precision: what is wished.
        progress: told the share done and a sentence; each forecast counts for half of what was left, as nobody knows
            which is the last.
    """
    trials, done = min(trials, precision.most_trials), 0.0
    while True:
        result = run(trials, _half(progress, done))
        if trials >= precision.most_trials or reached_precision(result).meets(precision):
            if progress is not None:
                progress(1.0, f"Simulated {trials:,} futures.")
            return result
        trials, done = min(2 * trials, precision.most_trials), (1 + done) / 2


def _half(progress: Progress | None, done: float) -> Progress | None:
    if progress is None:
        return None
    return lambda share, sentence: progress(done + share * (1 - done) / 2, sentence)
