"""What a portfolio would be after an import, and what would differ from before: plain values, no rows.

An import adds and changes. It never takes anything away: what the portfolio has and the file has not is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from openvmo.engine import model
from openvmo.engine.quantities import Estimate
from openvmo.files.estimates import stated_part
from openvmo.files.schema import FieldKind, fields_of
from openvmo_web.common.fields import stored_amount

R = TypeVar("R")
LARGEST_AMOUNT = 1e15
SHOWN_LENGTH = 300


@dataclass(frozen=True)
class Change:
    """One difference that an import would make.

    Attributes:
        effect: "add" or "change".
        record: Kind of thing, a word of ``words.RECORDS``.
        key: What identifies it in a file, such as the id of an initiative, with the month for an observation.
        name: What people call it.
        field: The changed field as the workbook names it; empty for a new thing.
        before: What holds now, as text.
        after: What would hold.
    """

    effect: str
    record: str
    key: str
    name: str
    field: str = ""
    before: str = ""
    after: str = ""

    def as_dict(self) -> dict[str, str]:
        """The change as a row that JSON can hold."""
        return asdict(self)


def as_stored(portfolio: model.Portfolio) -> model.Portfolio:
    """Return the portfolio with its amounts as the database keeps them, so that a file can be compared with rows."""
    return replace(
        portfolio,
        initiatives=tuple(_initiative_as_stored(initiative) for initiative in portfolio.initiatives),
        budgets=tuple(replace(budget, amount=_amount(budget.amount)) for budget in portfolio.budgets),
        pools=tuple(_pool_as_stored(pool) for pool in portfolio.pools),
    )


def merged(present: model.Portfolio, stated: model.Portfolio) -> model.Portfolio:
    """Return the portfolio as it would be after a file was imported.

    Args:
        present: The portfolio as it stands; an empty one for a new portfolio.
        stated: What the file says.
    """
    stated = as_stored(stated)
    return replace(
        stated,
        id=present.id,
        objectives=_merged(present.objectives, stated.objectives, _id),
        programmes=_merged(present.programmes, stated.programmes, _id),
        initiatives=_merged(present.initiatives, stated.initiatives, _id, _initiative_merged),
        dependencies=_merged(present.dependencies, stated.dependencies, _dependency_key),
        pools=_merged(present.pools, stated.pools, _id),
        correlations=_merged(present.correlations, stated.correlations, _correlated, _correlation_merged),
        budgets=tuple(sorted(_merged(present.budgets, stated.budgets, _year), key=_year)),
    )


def with_known_ids(present: model.Portfolio, stated: model.Portfolio) -> tuple[model.Portfolio, int]:
    """Return what a file says under the ids that the portfolio uses, and how many initiatives were found by their name.

    An initiative whose id the portfolio does not know takes the id of the one with the same name, unless the file uses
    that id itself or the name is not unique. Letters and digits alone decide about a name.
    """
    known = {initiative.id for initiative in present.initiatives}
    used = {initiative.id for initiative in stated.initiatives}
    names = Counter(_plain_name(initiative) for initiative in present.initiatives)
    free = [one for one in present.initiatives if names[_plain_name(one)] == 1 and one.id not in used]
    ids = {_plain_name(one): one.id for one in free}
    twice = Counter(_plain_name(initiative) for initiative in stated.initiatives)
    renamed = {
        one.id: ids[_plain_name(one)]
        for one in stated.initiatives
        if one.id not in known and _plain_name(one) in ids and twice[_plain_name(one)] == 1
    }
    return (
        replace(
            stated,
            initiatives=tuple(replace(one, id=renamed.get(one.id, one.id)) for one in stated.initiatives),
            dependencies=tuple(
                replace(one, source=renamed.get(one.source, one.source), target=renamed.get(one.target, one.target))
                for one in stated.dependencies
            ),
            correlations=tuple(
                replace(one, first=renamed.get(one.first, one.first), second=renamed.get(one.second, one.second))
                for one in stated.correlations
            ),
        ),
        len(renamed),
    )


def left_alone(present: model.Portfolio, stated: model.Portfolio) -> list[dict[str, str]]:
    """Return the initiatives that the portfolio has and the file does not mention."""
    mentioned = {initiative.id for initiative in stated.initiatives}
    rest = (initiative for initiative in present.initiatives if initiative.id not in mentioned)
    return [{"key": initiative.id, "name": initiative.name} for initiative in rest]


def differences(before: model.Portfolio, after: model.Portfolio) -> Iterator[Change]:
    """Yield what differs between a portfolio as it stands and as it would be."""
    yield from _fields_changed("portfolio", after.id, after.name, before, after)
    yield from _compared("objective", before.objectives, after.objectives, _id, _name)
    yield from _compared("programme", before.programmes, after.programmes, _id, _name)
    yield from _compared("initiative", before.initiatives, after.initiatives, _id, _name)
    known = {initiative.id: initiative for initiative in before.initiatives}
    for initiative in after.initiatives:
        yield from _within(known.get(initiative.id), initiative)
    yield from _compared("dependency", before.dependencies, after.dependencies, _dependency_key, _dependency_name)
    yield from _compared("pool", before.pools, after.pools, _id, _name)
    yield from _compared("correlation", before.correlations, after.correlations, _correlated, _correlation_name)
    yield from _compared("budget", before.budgets, after.budgets, _year, lambda budget: str(budget.year))


def counts_of(changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """Return how many things of each kind are new and how many differ; two changed fields of a thing count once."""
    things: dict[str, dict[str, set[str]]] = {}
    for change in changes:
        things.setdefault(change.record, {"add": set(), "change": set()})[change.effect].add(change.key)
    return {record: {effect: len(keys) for effect, keys in effects.items()} for record, effects in things.items()}


def address_for(name: str, taken: Callable[[str], bool]) -> str:
    """Return an address for a new portfolio: its name in plain letters, with a number when it is taken."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:56] or "portfolio"
    candidates = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 1_000_000))
    return next(address for address in candidates if not taken(address))


def _within(before: model.Initiative | None, after: model.Initiative) -> Iterator[Change]:
    """What differs in what belongs to one initiative."""
    if before == after:
        return
    old = before or model.Initiative(id=after.id, name=after.name)
    yield from _compared("benefit", old.benefits, after.benefits, _id, _name, within=after.id)
    if before is None:
        yield Change("add", "plan", after.id, after.name)
    else:
        yield from _plan_changed(before, after)
    yield from _compared("milestone", old.milestones, after.milestones, _id, _name, within=after.id)

    def named(_observation: object) -> str:
        return after.name

    yield from _compared("status", old.status, after.status, _at, named, within=after.id)
    yield from _compared("actual", old.actuals, after.actuals, _month, named, within=after.id)
    yield from _compared("measurement", old.measurements, after.measurements, _measured, named, within=after.id)


def _plan_changed(before: model.Initiative, after: model.Initiative) -> Iterator[Change]:
    old, new = (dict(_flattened(initiative.options)) for initiative in (before, after))
    for place in [*old, *(place for place in new if place not in old)]:
        if old.get(place) != new.get(place):
            yield Change(
                "change", "plan", after.id, after.name, place, _cut(old.get(place, "")), _cut(new.get(place, ""))
            )
    order = tuple(tuple(option.id for option in initiative.options) for initiative in (before, after))
    if sorted(order[0]) == sorted(order[1]) and order[0] != order[1]:
        yield Change("change", "plan", after.id, after.name, "options", ", ".join(order[0]), ", ".join(order[1]))


def _flattened(records: Sequence[Any], place: str = "") -> Iterator[tuple[str, str]]:
    """The fields of nested records, each under the ids that lead to it."""
    for record in records:
        path = f"{place}{_own_key(record)}"
        for field in fields_of(type(record)):
            value = getattr(record, field.name)
            if field.kind is FieldKind.RECORDS:
                yield from _flattened(value, f"{path} · ")
            elif field.name not in ("id", "benefit"):
                yield f"{path} · {field.name}", _text(value)


def _compared(
    record: str,
    before: Sequence[R],
    after: Sequence[R],
    key: Callable[[R], Hashable],
    name: Callable[[R], str],
    *,
    within: str = "",
) -> Iterator[Change]:
    old = {key(one): one for one in before}
    for one in after:
        told = _told(key(one), within)
        earlier = old.get(key(one))
        if earlier is None:
            yield Change("add", record, told, name(one), after=_cut(_summary(one)))
        elif earlier != one:
            yield from _fields_changed(record, told, name(one), earlier, one)


def _fields_changed(record: str, key: str, name: str, before: Any, after: Any) -> Iterator[Change]:
    for field in fields_of(type(after)):
        if field.kind is FieldKind.RECORDS or field.name == "id":
            continue
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield Change("change", record, key, name, field.name, _cut(_text(old)), _cut(_text(new)))


def _merged(
    before: Sequence[R],
    after: Sequence[R],
    key: Callable[[R], Hashable],
    both: Callable[[R, R], R] = lambda _old, new: new,
) -> tuple[R, ...]:
    rows = {key(one): one for one in before}
    for one in after:
        rows[key(one)] = both(rows[key(one)], one) if key(one) in rows else one
    return tuple(rows.values())


def _initiative_merged(before: model.Initiative, after: model.Initiative) -> model.Initiative:
    return replace(
        after,
        benefits=_merged(before.benefits, after.benefits, _id, _benefit_merged),
        milestones=_merged(before.milestones, after.milestones, _id),
        status=_merged(before.status, after.status, _at),
        actuals=_merged(before.actuals, after.actuals, _month),
        measurements=_merged(before.measurements, after.measurements, _measured, _measurement_merged),
    )


def _benefit_merged(before: model.Benefit, after: model.Benefit) -> model.Benefit:
    """A file that says nothing of a share takes none away."""
    return after if after.pool else replace(after, pool=before.pool, claim=before.claim)


def _measurement_merged(before: model.Measurement, after: model.Measurement) -> model.Measurement:
    """What a person has verified stays verified as long as the figure is the same."""
    return replace(after, is_verified=after.is_verified or (before.is_verified and before.value == after.value))


def _initiative_as_stored(initiative: model.Initiative) -> model.Initiative:
    return replace(
        initiative,
        options=tuple(_option_as_stored(option) for option in initiative.options),
        benefits=tuple(
            replace(benefit, value_per_unit=_optional(benefit.value_per_unit), claim=_optional(benefit.claim))
            for benefit in initiative.benefits
        ),
        actuals=tuple(replace(actual, amount=_amount(actual.amount)) for actual in initiative.actuals),
        measurements=tuple(replace(one, value=_amount(one.value)) for one in initiative.measurements),
    )


def _option_as_stored(option: model.Option) -> model.Option:
    return replace(
        option,
        costs=tuple(replace(line, amount=_estimate(line.amount)) for line in option.costs),
        profiles=tuple(replace(profile, annual=_estimate(profile.annual)) for profile in option.profiles),
        risks=tuple(replace(risk, cost=_estimate(risk.cost)) for risk in option.risks),
    )


def _amount(value: float) -> float:
    return float(stored_amount(value)) if abs(value) < LARGEST_AMOUNT else value


def _optional(value: float | None) -> float | None:
    return None if value is None else _amount(value)


def _pool_as_stored(pool: model.Pool) -> model.Pool:
    return replace(pool, annual=_estimate(pool.annual), value_per_unit=_optional(pool.value_per_unit))


def _estimate(estimate: Estimate) -> Estimate:
    """The estimate with its numbers as stored; as it is when these do not fit its family any more."""
    try:
        return estimate_as_stored(estimate)
    except ValueError:
        return estimate


def estimate_as_stored(estimate: Estimate) -> Estimate:
    """Return an estimate with its numbers as the database keeps them.

    Raises:
        ValueError: they do not fit its family any more.
    """
    return replace(
        estimate,
        likely=_amount(estimate.likely),
        low=_optional(estimate.low),
        high=_optional(estimate.high),
        outcomes=tuple((_amount(value), chance) for value, chance in estimate.outcomes),
    )


def _summary(record: Any) -> str:
    """What a new observation says; other things are known by their name."""
    for field in ("amount", "value", "confidence"):
        if hasattr(record, field):
            return _text(getattr(record, field))
    return ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Estimate):
        return _estimate_text(value)
    if isinstance(value, tuple):
        return "; ".join(_text(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".")
    return str(value)


def _estimate_text(estimate: Estimate) -> str:
    """Likely, low and high, and what is unusual about them."""
    likely = _text(estimate.likely)
    spread = "" if estimate.low is None else f" ({_text(estimate.low)} … {_text(estimate.high)})"
    unusual = [stated_part(estimate, part) for part in ("family", "tail")]
    outcomes = [f"{value:g}: {chance:.4g}" for value, chance in estimate.outcomes]
    told = [str(one) for one in (*unusual, *outcomes) if one is not None]
    return f"{likely}{spread}" + (f" [{'; '.join(told)}]" if told else "")


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def _told(key: Hashable, within: str) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return " · ".join(str(part) for part in (within, *parts) if part != "")


def _own_key(record: Any) -> str:
    return str(record.benefit if isinstance(record, model.Profile) else record.id)


def _plain_name(initiative: model.Initiative) -> str:
    return "".join(sign for sign in initiative.name.casefold() if sign.isalnum())


def _id(record: Any) -> str:
    return str(record.id)


def _name(record: Any) -> str:
    return str(record.name)


def _year(budget: model.Budget) -> int:
    return budget.year


def _at(report: model.StatusReport) -> str:
    return report.at.isoformat()


def _month(actual: model.Actual) -> str:
    return str(actual.month)


def _measured(measurement: model.Measurement) -> tuple[str, str]:
    return (measurement.benefit, str(measurement.month))


def _dependency_key(dependency: model.Dependency) -> tuple[str, ...]:
    key = (str(dependency.kind), dependency.source, dependency.target)
    return (*key, dependency.benefit) if dependency.benefit else key


def _correlated(correlation: model.Correlation) -> tuple[str, ...]:
    """The two that a correlation joins; which is named first says nothing."""
    return tuple(sorted((correlation.first, correlation.second)))


def _correlation_name(correlation: model.Correlation) -> str:
    return f"{correlation.first} – {correlation.second}"


def _correlation_merged(before: model.Correlation, after: model.Correlation) -> model.Correlation:
    """The pair stays named in the order in which it is known."""
    return replace(before, value=after.value)


def _dependency_name(dependency: model.Dependency) -> str:
    return f"{dependency.source} → {dependency.target}"
