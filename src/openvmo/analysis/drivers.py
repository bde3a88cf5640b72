"""What drives the uncertainty of a forecast, and what it would be worth to know more, as parts of its document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openvmo.analysis.documents import Json, finite
from openvmo.engine.forecast import Forecast
from openvmo.engine.forecast.drivers import driver, information_value
from openvmo.engine.forecast.results import Input

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

MOST_EXPLAINED = 200
"""Initiatives whose drivers are worked out: those of least certain value."""
MOST_PORTFOLIO = 20
MOST_INITIATIVE = 5
MOST_INFORMATION = 20
# Enough for shares within about two hundredths, and quick: drivers rank inputs, they are no totals.
_TRIALS = 4_096
# Initiatives that are looked at for drivers of the whole portfolio.
_SCREENED = 50
# Knowing more is worth nothing where the decision is as good as certain.
_OPEN = (0.005, 0.995)


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """What was found of the drivers of a forecast.

    Args:
        portfolio: the inputs and common factors that drive the NPV of all current plans together, strongest first.
        initiatives: the drivers of each explained initiative's NPV, by its id.
        information: inputs by what it is worth to know them before going on with their initiative, highest first.
    """

    portfolio: list[Json]
    initiatives: dict[str, list[Json]]
    information: list[Json]


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """An input or a common factor that may drive the portfolio."""

    initiative: str
    label: str
    kind: str
    values: Singles


def explained(forecast: Forecast) -> Explained:
    """Find what drives a forecast.

    Args:
        forecast: a forecast that kept its NPV by trial.
    """
    total = forecast.totals["npv"][:_TRIALS]
    candidates = [_Candidate("", " ".join(name), "factor", scores) for name, scores in forecast.factors().items()]
    initiatives: dict[str, list[Json]] = {}
    information: list[Json] = []
    for place, (id, column) in enumerate(_least_certain(forecast)):
        result = forecast.npv[:_TRIALS, column].astype(np.float64)
        inputs = _strongest(forecast.inputs(id), result)
        initiatives[id] = [_driver(str(one.label), one.kind, one.values, result) for one in inputs]
        information += _information(id, inputs, result)
        if place < _SCREENED:
            candidates += [_Candidate(id, str(one.label), one.kind, one.values) for one in inputs]
    return Explained(
        portfolio=list(_portfolio(candidates, total)),
        initiatives=initiatives,
        information=sorted(information, key=lambda found: -found["evpi"])[:MOST_INFORMATION],
    )


def _least_certain(forecast: Forecast) -> list[tuple[str, int]]:
    """Current plans by the spread of their NPV, the widest first: id of the initiative and column."""
    columns = list(forecast.current)
    spread = np.std(forecast.npv[:_TRIALS, columns], axis=0, dtype=np.float64)
    order = np.argsort(-spread, kind="stable")[:MOST_EXPLAINED]
    chosen = [columns[place] for place in order if spread[place] > 0]
    return [(forecast.alternatives[column].initiative, column) for column in chosen]


def _strongest(inputs: Sequence[Input], result: Floats) -> list[Input]:
    """The inputs that move most with a result, found quickly from their scores."""
    if not inputs:
        return []
    strength = np.abs(_correlations(np.stack([one.scores[: result.size] for one in inputs]), result))
    return [inputs[place] for place in np.argsort(-strength, kind="stable")[:MOST_INITIATIVE]]


def _portfolio(candidates: Sequence[_Candidate], total: Floats) -> Iterator[Json]:
    if not candidates or np.std(total) == 0:
        return
    strength = np.abs(_correlations(np.stack([one.values[: total.size] for one in candidates]), total))
    chosen = [candidates[place] for place in np.argsort(-strength, kind="stable")[:MOST_PORTFOLIO]]
    rows = [{"initiative": one.initiative, **_driver(one.label, one.kind, one.values, total)} for one in chosen]
    yield from sorted(rows, key=lambda row: -row["share_of_variance"])


def _driver(label: str, kind: str, values: Singles, result: Floats) -> Json:
    found = driver(values[: result.size].astype(np.float64), result)
    return {
        "input": label,
        "kind": kind,
        "share_of_variance": finite(found.share_of_variance),
        "rank_correlation": finite(found.rank_correlation),
        "low": finite(found.low),
        "high": finite(found.high),
    }


def _information(initiative: str, inputs: Sequence[Input], result: Floats) -> list[Json]:
    """What knowing each input is worth, where the decision about the initiative is open."""
    if not _OPEN[0] < float(np.mean(result < 0)) < _OPEN[1]:
        return []
    found = [(one, information_value(one.scores[: result.size].astype(np.float64), result)) for one in inputs]
    return [
        {
            "initiative": initiative,
            "input": str(one.label),
            "kind": one.kind,
            "evpi": finite(worth.value),
            "standard_error": finite(worth.error),
        }
        for one, worth in found
        if worth.value > 0
    ]


def _correlations(rows: NDArray[np.float32], result: Floats) -> Floats:
    """The correlation of each row with a result; 0 for what does not vary."""
    centred = rows - rows.mean(axis=1, keepdims=True, dtype=np.float64)
    spread = np.sqrt((centred**2).mean(axis=1)) * np.std(result)
    shared = centred @ (result - result.mean()) / result.size
    correlations: Floats = np.divide(shared, spread, out=np.zeros_like(shared), where=spread > 0)
    return correlations
