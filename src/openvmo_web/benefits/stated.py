"""What somebody states of benefits, beside the rows that there are: for files, where many are told at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from openvmo_web.access.queries import holders_of, people_named
from openvmo_web.benefits.checks import PEOPLE, with_names
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.merge import BATCH
from openvmo_web.portfolio.models import Initiative, Portfolio

BenefitKey = tuple[int, str]


@dataclass(frozen=True)
class Wanted:
    """What somebody states of one benefit.

    Attributes:
        initiative: The initiative to which it belongs.
        code: Its code.
        values: The stated fields by name; the others stay as they are.
    """

    initiative: Initiative
    code: str
    values: Mapping[str, Any]


def wanted_rows(
    present: Mapping[BenefitKey, Benefit], wanted: Iterable[Wanted], *, seen_in: int | None = None
) -> list[tuple[Benefit, dict[str, Any]]]:
    """Return for each stated benefit its row, a new one where it is not known, with the values that it is to get.

    Args:
        present: The benefits of the initiatives that are named, from ``present_benefits``.
        wanted: What is stated.
        seen_in: Key of a portfolio: a name then means a person only where that person can see it.
    """
    by_key = {(one.initiative.pk, one.code): one for one in wanted}
    values = with_people({key: one.values for key, one in by_key.items()}, present, seen_in)
    placed = with_positions(values, present)
    return [
        (present[key], with_names(present[key], values[key]))
        if key in present
        else _new(one.initiative, {"code": one.code, **placed[key]})
        for key, one in by_key.items()
    ]


def _new(initiative: Initiative, values: Mapping[str, Any]) -> tuple[Benefit, dict[str, Any]]:
    row = unsaved(initiative, values)
    return row, with_names(row, values)


def unsaved(initiative: Initiative, values: Mapping[str, Any]) -> Benefit:
    """Return a new benefit of an initiative that is not stored yet."""
    benefit = Benefit(initiative=initiative)
    for name, value in with_names(benefit, values).items():
        setattr(benefit, name, value)
    return benefit


def present_benefits(
    portfolio: Portfolio, named: Iterable[Wanted], *, is_held: bool = False
) -> dict[BenefitKey, Benefit]:
    """Return the benefits of the initiatives that a file names with all that they point at, in one query.

    Args:
        portfolio: The portfolio.
        named: What the file states.
        is_held: Whether others who would change them wait until the transaction is over.

    Returns:
        The benefits by initiative key and code.
    """
    initiatives = {one.initiative.pk for one in named}
    rows = (held_rows() if is_held else stated_rows()).filter(initiative__portfolio=portfolio)
    if len(initiatives) <= BATCH:
        rows = rows.filter(initiative__in=initiatives)
    return {benefit_key(row): row for row in rows.order_by("pk")}


def stated_rows() -> QuerySet[Benefit]:
    """Return benefits with all that they point at."""
    return Benefit.objects.select_related("initiative", "objective", "value_driver", "strategic_measure", *PEOPLE)


def held_rows() -> QuerySet[Benefit]:
    """Return benefits with all that they point at, held until the transaction is over.

    What an action changes it reads so first: a row that was read before may say what another person has changed since.
    """
    return stated_rows().select_for_update(of=("self",))


def hold(benefit: Benefit) -> None:
    """Bring a benefit up to what is stored, and hold it until the transaction is over."""
    benefit.refresh_from_db(from_queryset=held_rows())


def held(benefits: Iterable[int]) -> dict[int, Benefit]:
    """Return benefits by their keys, as they are stored and held until the transaction is over.

    They are held in the order of their keys, so that no two who change several wait for each other.
    """
    keys = sorted(set(benefits))
    found = dict[int, Benefit]()
    for start in range(0, len(keys), BATCH):
        rows = held_rows().filter(pk__in=keys[start : start + BATCH]).order_by("pk")
        found |= {row.pk: row for row in rows}
    return found


def with_people(
    wanted: Mapping[BenefitKey, Mapping[str, Any]], present: Mapping[BenefitKey, Benefit], seen_in: int | None = None
) -> dict[BenefitKey, dict[str, Any]]:
    """Give names that are new to a benefit the person whom they mean; the arguments are those of ``wanted_rows``."""
    fresh = {
        (key, role): str(values[f"{role}_name"])
        for key, values in wanted.items()
        for role in PEOPLE
        if f"{role}_name" in values
        and (key not in present or getattr(present[key], f"{role}_name") != values[f"{role}_name"])
    }
    people = people_named({name for name in fresh.values() if name})
    if seen_in is not None and people:
        seeing = set(holders_of("portfolio.view", seen_in).values_list("pk", flat=True))
        people = {name: person for name, person in people.items() if person.pk in seeing}
    told = {key: dict(values) for key, values in wanted.items()}
    for (key, role), name in fresh.items():
        told[key] |= {role: people.get(name)}
    return told


def with_positions(wanted: Mapping[Any, Any], present: Mapping[Any, Benefit]) -> dict[Any, Any]:
    """Give new benefits their places behind those that their initiative has; the others keep theirs."""
    next_position: defaultdict[int, int] = defaultdict(int)
    for row in present.values():
        next_position[row.initiative_id] = max(next_position[row.initiative_id], row.position + 1)
    placed = {}
    for key, values in wanted.items():
        if key in present:
            placed[key] = values
        else:
            placed[key] = values | {"position": next_position[key[0]]}
            next_position[key[0]] += 1
    return placed


def benefit_key(row: Benefit) -> BenefitKey:
    """Return what tells benefits of a portfolio apart: the key of the initiative, and the code."""
    return (row.initiative_id, row.code)
