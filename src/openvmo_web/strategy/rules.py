"""What an objective of a file says as a row, how a measure stands, and how far an objective has come."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast

from openvmo.engine.model import Objective
from openvmo.engine.model.kinds import Direction, Frequency

K = TypeVar("K", bound=Hashable)


def objective_values(objective: Objective) -> dict[str, Any]:
    """Return the values of an objective's row, without its place in the tree."""
    return {
        "code": objective.id,
        "name": objective.name,
        "weight": objective.weight,
        "description": objective.description,
    }


def levels(objectives: Iterable[Objective]) -> Iterator[list[Objective]]:
    """Yield the objectives level by level, so that each comes after the one above it.

    An objective whose parent is not among them stands at the top.

    Raises:
        ValueError: some objectives are above one another in a circle.
    """
    waiting = {objective.id: objective for objective in objectives}
    while waiting:
        level = [objective for objective in waiting.values() if objective.parent not in waiting]
        if not level:
            circle = ", ".join(sorted(waiting))
            message = f"these objectives are part of one another in a circle: {circle}"
            raise ValueError(message)
        yield level
        for objective in level:
            del waiting[objective.id]


# How a measure stands

ON_TRACK, ATTENTION, CRITICAL = "on_track", "attention", "critical"
UNJUDGED, STALE, UNMEASURED = "unjudged", "stale", "unmeasured"
STATES = (CRITICAL, ATTENTION, STALE, UNMEASURED, UNJUDGED, ON_TRACK)

PERIOD_DAYS = {
    Frequency.MONTHLY: 31,
    Frequency.QUARTERLY: 92,
    Frequency.HALF_YEARLY: 183,
    Frequency.YEARLY: 366,
}
# Figures come in after their period has ended: only after half a period more are they called stale.
PERIODS_UNTIL_STALE = 1.5


class Aim(Protocol):
    """What a measure should do, as far as the rules need to know it."""

    @property
    def direction(self) -> str:
        """Whether it should rise, fall or stay."""
        ...

    @property
    def frequency(self) -> str:
        """How often it is measured."""
        ...

    @property
    def baseline(self) -> Decimal | None:
        """Where it stood."""
        ...

    @property
    def baseline_date(self) -> date | None:
        """On which day it stood there."""
        ...

    @property
    def target(self) -> Decimal | None:
        """Where it should come to, or stay."""
        ...

    @property
    def target_date(self) -> date | None:
        """By which day."""
        ...

    @property
    def caution_at(self) -> Decimal | None:
        """From which value on it needs attention; of a measure that should stay, from which distance to the target."""
        ...

    @property
    def critical_at(self) -> Decimal | None:
        """From which value on it is critical; of a measure that should stay, from which distance to the target."""
        ...


@dataclass(frozen=True)
class Observed:
    """The newest value of a measure and its day."""

    on: date
    value: Decimal


def aim_problems(aim: Aim) -> dict[str, str]:
    """Return what does not fit together in a measure: the name of the problem by the field where it shows."""
    if aim.direction == Direction.NOT_STATED:
        return {"direction": "no_direction"}
    dated = {
        "baseline_date": _if(aim.baseline is None and aim.baseline_date is not None, "day_without_baseline"),
        "target_date": _if(aim.target is None and aim.target_date is not None, "day_without_target")
        or _if(_both(aim.baseline_date, aim.target_date, lambda first, last: last <= first), "target_before_baseline"),
    }
    valued = _stay_problems(aim) if aim.direction == Direction.MAINTAIN else _move_problems(aim)
    return {field: problem for field, problem in (dated | valued).items() if problem}


def progress_of(aim: Aim, value: Decimal) -> float | None:
    """Return how far a value has come from the baseline to the target: 0 at the baseline, 1 at the target.

    It may lie outside: below 0 when things got worse, above 1 when the target is passed. None when it cannot be said:
    baseline or target is missing, or the measure should stay where it is.
    """
    if aim.direction == Direction.MAINTAIN or aim.baseline is None or aim.target is None or aim.baseline == aim.target:
        return None
    return float((value - aim.baseline) / (aim.target - aim.baseline))


def score_of(aim: Aim, value: Decimal) -> float | None:
    """Return what a value counts in the progress of its objective: 0 for nothing reached, 1 for all; None if unknown.

    A measure that should rise or fall scores its progress, within 0 and 1. One that should stay scores 1 up to the
    distance that needs attention, falls to 0 at the critical distance, and scores 0 beyond the first if none is stated.
    """
    if aim.direction != Direction.MAINTAIN:
        progress = progress_of(aim, value)
        return None if progress is None else min(1.0, max(0.0, progress))
    if aim.target is None:
        return None
    distance, tolerated = abs(value - aim.target), aim.caution_at or Decimal(0)
    if distance <= tolerated:
        return 1.0
    if aim.critical_at is None or distance >= aim.critical_at:
        return 0.0
    return float((aim.critical_at - distance) / (aim.critical_at - tolerated))


def state_of(aim: Aim, newest: Observed | None, today: date) -> str:
    """Return how a measure stands: by its newest value, unless there is none or it is too old to be trusted."""
    if newest is None:
        return UNMEASURED
    if is_stale(aim.frequency, newest.on, today):
        return STALE
    return _judged(aim, newest)


def is_stale(frequency: str, on: date, today: date) -> bool:
    """Return whether a value of a day is older than the frequency of its measure allows."""
    days = next((days for known, days in PERIOD_DAYS.items() if known == frequency), None)
    return days is not None and (today - on).days > PERIODS_UNTIL_STALE * days


def on_line(aim: Aim, day: date) -> Decimal | None:
    """Return where the straight line from baseline to target stands on a day; None when an end of it is not stated."""
    ends = (aim.baseline, aim.baseline_date, aim.target, aim.target_date)
    if None in ends or aim.direction == Direction.MAINTAIN:
        return None
    baseline, first, target, last = cast("tuple[Decimal, date, Decimal, date]", ends)
    gone = min(max((day - first).days, 0), (last - first).days)
    return baseline + (target - baseline) * gone / (last - first).days


def _judged(aim: Aim, newest: Observed) -> str:
    """How a value stands against the thresholds, or without any against the line to the target."""
    if aim.direction == Direction.MAINTAIN:
        return _held(aim, newest.value)
    if aim.caution_at is None and aim.critical_at is None:
        return _against_target(aim, newest)
    if _is_beyond(aim, newest.value, aim.critical_at):
        return CRITICAL
    return ATTENTION if _is_beyond(aim, newest.value, aim.caution_at) else ON_TRACK


def _held(aim: Aim, value: Decimal) -> str:
    if aim.target is None:
        return UNJUDGED
    distance = abs(value - aim.target)
    if aim.critical_at is not None and distance >= aim.critical_at:
        return CRITICAL
    return ON_TRACK if distance == 0 or (aim.caution_at is not None and distance < aim.caution_at) else ATTENTION


def _against_target(aim: Aim, newest: Observed) -> str:
    if aim.target is None:
        return UNJUDGED
    if newest.value == aim.target or not _is_beyond(aim, newest.value, aim.target):
        return ON_TRACK
    if aim.target_date is not None and newest.on >= aim.target_date:
        return CRITICAL
    line = on_line(aim, newest.on)
    if line is None:
        return UNJUDGED
    return ON_TRACK if newest.value == line or not _is_beyond(aim, newest.value, line) else ATTENTION


def _is_beyond(aim: Aim, value: Decimal, threshold: Decimal | None) -> bool:
    """Whether a value has reached a threshold from the good side."""
    if threshold is None:
        return False
    return value <= threshold if aim.direction == Direction.INCREASE else value >= threshold


def _both(first: Any, second: Any, fails: Callable[[Any, Any], bool]) -> bool:
    return first is not None and second is not None and fails(first, second)


def _if(holds: object, problem: str) -> str:
    return problem if holds else ""


def _move_problems(aim: Aim) -> dict[str, str]:
    """What does not fit where a measure should rise or fall: each further point lies on the better side of the last."""
    rises = aim.direction == Direction.INCREASE
    wrong_way = "target_not_above_baseline" if rises else "target_not_below_baseline"

    def not_better(worse: Decimal, better: Decimal) -> bool:
        return better <= worse if rises else better >= worse

    return {
        "target": _if(_both(aim.baseline, aim.target, not_better), wrong_way),
        "caution_at": _if(_both(aim.caution_at, aim.target, not_better), "threshold_beyond_target"),
        "critical_at": _if(_both(aim.critical_at, aim.caution_at, not_better), "critical_before_caution")
        or _if(_both(aim.critical_at, aim.target, not_better), "threshold_beyond_target"),
    }


def _stay_problems(aim: Aim) -> dict[str, str]:
    """What does not fit where a measure should stay: thresholds are distances to the target, the critical one wider."""
    return {
        "target": _if(aim.target is None, "no_value_to_keep"),
        "caution_at": _if(aim.caution_at is not None and aim.caution_at <= 0, "distance_not_positive"),
        "critical_at": _if(aim.critical_at is not None and aim.critical_at <= 0, "distance_not_positive")
        or _if(_both(aim.caution_at, aim.critical_at, lambda near, far: far <= near), "critical_before_caution"),
    }


# How much an objective counts, and how far it has come


@dataclass(frozen=True)
class Progress:
    """How far an objective has come.

    Attributes:
        share: 0 to 1; None while nothing is measured.
        measured: How many measures, of the objective and all below it, have a value that counts.
        total: How many measures there are.
        is_unweighted: Whether somewhere children counted alike because their weights are not all stated.
    """

    share: float | None
    measured: int
    total: int
    is_unweighted: bool = False


def shares_of(weights: Mapping[K, float | None]) -> dict[K, float | None]:
    """Return the share of each sibling: its weight by the sum of all; None for all unless every weight is stated.

    One alone has the whole.
    """
    if len(weights) == 1:
        return dict.fromkeys(weights, 1.0)
    stated = {name: weight for name, weight in weights.items() if weight is not None}
    total = sum(stated.values())
    if len(stated) < len(weights) or total == 0:
        return dict.fromkeys(weights)
    return {name: weight / total for name, weight in stated.items()}


def rolled_up(scores: Sequence[float | None], children: Sequence[tuple[float | None, Progress]]) -> Progress:
    """Return the progress of an objective from the scores of its own measures and from its children.

    Its measures count alike; its children by their weights, or alike when these are not all stated. Where it has both,
    the measures together count as much as the children together. What is not measured is left out, and counted.

    Args:
        scores: For each measure of its own 0 to 1; None where it has none.
        children: For each child its share among its siblings, None if not stated, and its progress.
    """
    known = [(weight, child) for weight, child in children if child.share is not None]
    is_alike = len(known) > 1 and any(weight is None for weight, _child in known)
    parts = [
        _mean([(1.0, score) for score in scores if score is not None]),
        _mean([(1.0 if is_alike or weight is None else weight, child.share or 0.0) for weight, child in known]),
    ]
    return Progress(
        share=_mean([(1.0, part) for part in parts if part is not None]),
        measured=sum(score is not None for score in scores) + sum(child.measured for _weight, child in children),
        total=len(scores) + sum(child.total for _weight, child in children),
        is_unweighted=is_alike or any(child.is_unweighted for _weight, child in known),
    )


def _mean(weighted: Sequence[tuple[float, float]]) -> float | None:
    total = sum(weight for weight, _value in weighted)
    return sum(weight * value for weight, value in weighted) / total if total else None


def is_below(key: int, above: int, parents: Mapping[int, int | None]) -> bool:
    """Return whether one thing of a tree is another, or stands somewhere below it."""
    passed: set[int] = set()
    place: int | None = key
    while place is not None and place not in passed:
        if place == above:
            return True
        passed.add(place)
        place = parents.get(place)
    return False
