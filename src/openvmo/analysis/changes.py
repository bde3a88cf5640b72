"""Why two runs of the same kind of analysis differ: inputs, parameters, seed, version; and by how much each initiative.

The expected value of a portfolio is the sum of those of its initiatives, so its change is theirs, added up: nothing has
to be run again. Draws belong to what they are for, so with one seed an initiative whose inputs did not change keeps its
figures to the last digit, unless it waits for one that changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Cause = Literal["engine", "seed", "parameters", "inputs"]
# What tells the entries of a list in a portfolio's document apart, where they have no id.
_KEYS = (
    ("id",),
    ("benefit", "month"),
    ("benefit",),
    ("kind", "source", "target"),
    ("first", "second"),
    ("month",),
    ("year",),
    ("at",),
)
_TOTALS = ("npv", "cost", "cost_pv", "benefit_pv")
# What is drawn, and how often: it changes figures by chance alone.
_CHANCE = ("seed", "trials", "sampling", "precision")
_SURE = 2.0


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between the inputs of two runs.

    Args:
        place: where it stands, from the outside in, such as ("initiatives", "INI-7", "options", "plan", "duration").
        before: what the earlier run had; None when it was not there.
        after: what the later run has; None when it is not there any more.
    """

    place: tuple[str, ...]
    before: Any
    after: Any

    @property
    def initiative(self) -> str:
        """Id of the initiative that it concerns; empty when it concerns the portfolio."""
        return self.place[1] if self.place[0] == "initiatives" and len(self.place) > 1 else ""


@dataclass(frozen=True, slots=True)
class Shift:
    """How far an expected figure moved.

    Args:
        name: what moved: the name of a total, or the id of an initiative.
        before: expected value in the earlier run; None when it has none.
        after: expected value in the later run; None when it has none.
        error: standard error of the difference as if both runs were drawn apart; NaN when one is not known.
        changes: number of changed inputs of the initiative; 0 for a total.
    """

    name: str
    before: float | None
    after: float | None
    error: float
    changes: int = 0

    @property
    def difference(self) -> float:
        """The later value less the earlier; what is not there counts as nothing."""
        return (self.after or 0.0) - (self.before or 0.0)

    @property
    def may_be_chance(self) -> bool:
        """Whether two runs that differ by their draws alone would often differ as much."""
        return abs(self.difference) <= _SURE * self.error


@dataclass(frozen=True, slots=True)
class RunChanges:
    """Why two forecasts differ.

    Args:
        causes: what differs between the two; empty when they are the same run.
        engine: version of the earlier and of the later run.
        parameters: the parameters that differ.
        inputs: what differs between the portfolios.
        totals: the expected totals of all current plans together.
        initiatives: expected NPV of the current plans, the largest difference first; those that did not move left out.
    """

    causes: tuple[Cause, ...]
    engine: tuple[str, str]
    parameters: tuple[Change, ...]
    inputs: tuple[Change, ...]
    totals: tuple[Shift, ...]
    initiatives: tuple[Shift, ...]

    @property
    def by_inputs(self) -> float:
        """How much of the change of the NPV comes from initiatives whose own inputs changed."""
        return math.fsum(shift.difference for shift in self.initiatives if shift.changes)

    @property
    def by_others(self) -> float:
        """How much comes from the others: they wait for changed ones, or were drawn or computed differently."""
        return math.fsum(shift.difference for shift in self.initiatives if not shift.changes)


def run_changes(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> RunChanges:
    """Compare two forecasts.

    Args:
        earlier: record of a forecast as `run_record` makes it.
        later: record of another one.

    Raises:
        ValueError: one of them is no forecast, or they are stated in different money.
    """
    _check(earlier, later)
    parameters = tuple(_walk(("parameters",), earlier["parameters"], later["parameters"]))
    inputs = tuple(_walk((), earlier["portfolio"]["portfolio"], later["portfolio"]["portfolio"]))
    engine = (str(earlier["document"]["engine_version"]), str(later["document"]["engine_version"]))
    return RunChanges(
        causes=tuple(_causes(engine, parameters, inputs)),
        engine=engine,
        parameters=parameters,
        inputs=inputs,
        totals=tuple(
            _shift(name, earlier["document"]["totals"].get(name), later["document"]["totals"].get(name))
            for name in _TOTALS
        ),
        initiatives=tuple(_initiatives(earlier["document"], later["document"], inputs)),
    )


def _check(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> None:
    if {earlier["kind"], later["kind"]} != {"forecast"}:
        message = f"only forecasts can be compared, not a {earlier['kind']} with a {later['kind']}"
        raise ValueError(message)
    before, after = (record["document"]["portfolio"] for record in (earlier, later))
    for name in ("currency", "price_base"):
        if before[name] != after[name]:
            message = f"the runs are stated in different money: {name} {before[name]} and {after[name]}"
            raise ValueError(message)


def _causes(engine: tuple[str, str], parameters: Sequence[Change], inputs: Sequence[Change]) -> Iterator[Cause]:
    if engine[0] != engine[1]:
        yield "engine"
    if any(change.place[1] in _CHANCE for change in parameters):
        yield "seed"
    if any(change.place[1] not in _CHANCE for change in parameters):
        yield "parameters"
    if inputs:
        yield "inputs"


def _initiatives(earlier: Mapping[str, Any], later: Mapping[str, Any], inputs: Sequence[Change]) -> list[Shift]:
    before, after = _current(earlier), _current(later)
    counts: dict[str, int] = {}
    for change in inputs:
        counts[change.initiative] = counts.get(change.initiative, 0) + 1
    shifts = (_shift(id, before.get(id), after.get(id), counts.get(id, 0)) for id in {**before, **after})
    moved = [shift for shift in shifts if shift.before != shift.after]
    return sorted(moved, key=lambda shift: (-abs(shift.difference), shift.name))


def _current(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The NPV of each initiative's current plan."""
    return {row["initiative"]: row["npv"] for row in document["alternatives"] if row["is_current"]}


def _shift(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, changes: int = 0) -> Shift:
    errors = [spread.get("standard_error") for spread in (before, after) if spread is not None]
    known = [error for error in errors if error is not None]
    return Shift(
        name,
        None if before is None else before["mean"],
        None if after is None else after["mean"],
        math.hypot(*known) if len(known) == len(errors) else math.nan,
        changes,
    )


def _walk(place: tuple[str, ...], before: Any, after: Any) -> Iterator[Change]:
    """The innermost places at which two documents differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before and after:
        for name in dict.fromkeys((*before, *after)):
            yield from _walk((*place, str(name)), before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and (key := _key_of([*before, *after])):
        yield from _walk(place, _by_key(before, key), _by_key(after, key))
    elif before != after:
        yield Change(place, before, after)


def _key_of(entries: Sequence[Any]) -> tuple[str, ...]:
    """The fields that tell the entries of a list apart; empty where nothing does."""
    if not entries or not all(isinstance(entry, Mapping) for entry in entries):
        return ()
    return next((key for key in _KEYS if all(name in entry for entry in entries for name in key)), ())


def _by_key(entries: Sequence[Mapping[str, Any]], key: Sequence[str]) -> dict[str, Any]:
    return {" ".join(str(entry[name]) for name in key): entry for entry in entries}
