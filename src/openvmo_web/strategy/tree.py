"""The tree of objectives with what is known of each: shares, measures, progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from openvmo_web.common.widgets import Status
from openvmo_web.strategy.models import Measure, Objective
from openvmo_web.strategy.rules import STATES, Observed, Progress, progress_of, rolled_up, score_of, shares_of, state_of
from openvmo_web.strategy.words import state_status


@dataclass(frozen=True)
class Standing:
    """How one measure stands.

    Attributes:
        measure: The measure.
        newest: Its newest value; None when it has none.
        state: One of ``rules.STATES``.
        progress: From 0 at the baseline to 1 at the target, or beyond; None when it cannot be said.
        score: What it counts in the progress of its objective.
    """

    measure: Measure
    newest: Observed | None
    state: str
    progress: float | None
    score: float | None

    @property
    def status(self) -> Status:
        """The state in a word with its tone."""
        return state_status(self.state)


@dataclass(frozen=True)
class Branch:
    """One objective with all below it.

    Attributes:
        objective: The objective.
        depth: How many stand above it.
        share: Its share among its siblings; None while their weights are not all stated.
        whole: Its share of the whole strategy; None while a weight on the way is not stated.
        standings: Its own measures.
        children: The objectives right below it, the weightiest first.
        progress: How far it has come, its children included.
    """

    objective: Objective
    depth: int
    share: float | None
    whole: float | None
    standings: list[Standing]
    children: list[Branch]
    progress: Progress

    @property
    def worst(self) -> Standing | None:
        """The one of its own measures that stands worst; None when it has no measure."""
        return min(self.standings, key=lambda one: STATES.index(one.state), default=None)

    def __iter__(self) -> Iterator[Branch]:
        """Yield this objective and all below it, each before what stands below it."""
        yield self
        for child in self.children:
            yield from child


def standing_of(measure: Measure, newest: Observed | None, today: date) -> Standing:
    """Return how a measure stands on a day."""
    return Standing(
        measure=measure,
        newest=newest,
        state=state_of(measure, newest, today),
        progress=progress_of(measure, newest.value) if newest else None,
        score=score_of(measure, newest.value) if newest else None,
    )


def tree_of(
    objectives: Iterable[Objective], measures: Iterable[Measure], newest: Mapping[int, Observed], today: date
) -> list[Branch]:
    """Return the objectives at the top, each with all below it; retired objectives and measures are left out.

    Args:
        objectives: All objectives.
        measures: All measures.
        newest: The newest value of each measure by its key.
        today: The day as of which measures are judged.
    """
    active = {one.pk: one for one in objectives if one.retired_at is None}
    below: dict[int | None, list[Objective]] = {}
    for one in active.values():
        below.setdefault(one.parent_id if one.parent_id in active else None, []).append(one)
    standings: dict[int, list[Standing]] = {}
    for measure in measures:
        if measure.retired_at is None:
            found = standing_of(measure, newest.get(measure.pk), today)
            standings.setdefault(measure.objective_id, []).append(found)
    return _branches(None, below, standings, depth=0, whole=1.0)


def all_of(branches: Iterable[Branch]) -> list[Branch]:
    """Return the branches and all below them, each before what stands below it."""
    return [one for branch in branches for one in branch]


def _branches(
    above: int | None,
    below: Mapping[int | None, list[Objective]],
    standings: Mapping[int, list[Standing]],
    *,
    depth: int,
    whole: float | None,
) -> list[Branch]:
    siblings = sorted(below.get(above, ()), key=lambda one: (-(one.weight or 0), one.code))
    shares = shares_of({one.pk: one.weight for one in siblings})
    return [
        _branch(one, below, standings, depth=depth, share=shares[one.pk], whole=_part(whole, shares[one.pk]))
        for one in siblings
    ]


def _branch(
    objective: Objective,
    below: Mapping[int | None, list[Objective]],
    standings: Mapping[int, list[Standing]],
    *,
    depth: int,
    share: float | None,
    whole: float | None,
) -> Branch:
    children = _branches(objective.pk, below, standings, depth=depth + 1, whole=whole)
    own = standings.get(objective.pk, [])
    progress = rolled_up([one.score for one in own], [(child.share, child.progress) for child in children])
    return Branch(objective, depth, share, whole, own, children, progress)


def _part(whole: float | None, share: float | None) -> float | None:
    return None if whole is None or share is None else whole * share
