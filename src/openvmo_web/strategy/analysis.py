"""What the engine works out for the strategy: weights from answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from openvmo.engine.priority import (
    CONSISTENT_UP_TO,
    MOST_COMPARED,
    Judgement,
    Weights,
    WeightsError,
    direct_weights,
    pairwise_weights,
    swing_weights,
)

__all__ = ["CONSISTENT_UP_TO", "MOST_COMPARED", "Judgement", "Weights", "WeightsError", "weights_from"]


def weights_from(method: str, answers: Any, names: Sequence[str]) -> Weights:
    """Return the weights of what is named, from the answers as they are stored.

    Args:
        method: ``direct``, ``swing`` or ``pairwise``.
        answers: for direct and swing a number for each name; for pairwise triples of two names and how many times as
            important the first is.
        names: all that is weighed, in the order of the result.

    Raises:
        WeightsError: the answers are not of this form or name something else, or no weights follow from them.
    """
    if method == "pairwise":
        pairs = _pairs(answers)
        _check_names([name for pair in pairs for name in pair], names)
        return pairwise_weights(pairs, names)
    if not isinstance(answers, Mapping):
        message = f"{method} answers are a number for each name, such as {{“A”: 60, “B”: 40}}"
        raise WeightsError(message)
    _check_names(list(answers), names)
    stated = {name: answers.get(name) for name in names}
    return direct_weights(stated) if method == "direct" else swing_weights(stated)


def _pairs(answers: Any) -> dict[tuple[str, str], float]:
    try:
        stated = [((first, second), float(ratio)) for first, second, ratio in answers]
        counts = Counter(pair for pair, _ratio in stated)
    except (TypeError, ValueError) as error:
        message = "pairwise answers are triples of two names and a ratio, such as [“A”, “B”, 3]"
        raise WeightsError(message) from error
    for (first, second), count in counts.items():
        if count > 1:
            message = f"{first} and {second} are compared twice; give one comparison for each pair"
            raise WeightsError(message)
    return dict(stated)


def _check_names(answered: Sequence[str], names: Sequence[str]) -> None:
    strange = sorted(set(answered) - set(names))
    if strange:
        message = f"these are not weighed here: {', '.join(strange)}"
        raise WeightsError(message)
