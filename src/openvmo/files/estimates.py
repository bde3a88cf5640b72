"""The parts in which files state an estimate: low, likely, high, family, tail and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openvmo.engine.quantities import Estimate, Family

ESTIMATE_PARTS = ("low", "likely", "high", "family", "tail", "outcomes")

_DEFAULTS: dict[str, Any] = {"family": Family.THREE_POINT, "tail": 0.1, "outcomes": ()}


def stated_part(estimate: Estimate, part: str) -> Any:
    """What a file states of a part of an estimate; None where it is what an empty place means.

    Values that are equally likely are stated without their chances.
    """
    value = getattr(estimate, part)
    if part in _DEFAULTS and value == _DEFAULTS[part]:
        return None
    if part == "outcomes" and estimate.family is Family.EMPIRICAL:
        return tuple((outcome, None) for outcome, _ in value)
    return value


def estimate_of_parts(parts: Mapping[str, Any]) -> Estimate:
    """The estimate that its parts state; the inverse of `stated_part`.

    Args:
        parts: by their names; None or a missing part is what an empty place means. Outcomes are pairs of a value and
            its chance, or None in place of every chance when all are equally likely. With outcomes the other parts may
            be left out: without a family they are discrete when chances are given, else empirical.

    Raises:
        ValueError: they do not make an estimate; the text says why and what would.
    """
    given = {part: parts[part] for part in ESTIMATE_PARTS if parts.get(part) is not None}
    outcomes = given.get("outcomes", ())
    if not outcomes:
        return Estimate(**given)
    given["outcomes"] = _with_chances(outcomes, given.get("family"))
    given.setdefault("family", Family.EMPIRICAL if outcomes[0][1] is None else Family.DISCRETE)
    if "likely" not in given:
        given["likely"] = Estimate.of_outcomes(given["outcomes"], given["family"]).likely
    return Estimate(**given)


def _with_chances(outcomes: tuple[tuple[float, float | None], ...], family: Family | None) -> Any:
    """The outcomes with the chance of each."""
    missing = sum(chance is None for _, chance in outcomes)
    if missing == 0:
        return outcomes
    if missing < len(outcomes) or family is Family.DISCRETE:
        message = "some outcomes have no chance: write each as value: chance, such as 0: 0.7; 100: 0.3"
        raise ValueError(message)
    return tuple((value, 1 / len(outcomes)) for value, _ in outcomes)
