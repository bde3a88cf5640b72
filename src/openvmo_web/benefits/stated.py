"""What somebody states of benefits, beside the rows that there are: for files, where many are told at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openvmo_web.access.queries import people_named
from openvmo_web.benefits.checks import PEOPLE, with_names
from openvmo_web.benefits.models import Benefit
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


def wanted_rows(portfolio: Portfolio, wanted: Iterable[Wanted]) -> list[tuple[Benefit, dict[str, Any]]]:
    """Return for each stated benefit its row, a new one where it is not known, with the values that it is to get."""
    present = present_benefits(portfolio)
    by_key = {(one.initiative.pk, one.code): one for one in wanted}
    values = with_people({key: one.values for key, one in by_key.items()}, present)
    placed = with_positions(values, present)
    return [
        (present[key], values[key])
        if key in present
        else (unsaved(one.initiative, {"code": one.code, **placed[key]}), dict(placed[key]))
        for key, one in by_key.items()
    ]


def unsaved(initiative: Initiative, values: Mapping[str, Any]) -> Benefit:
    """Return a new benefit of an initiative that is not stored yet."""
    benefit = Benefit(initiative=initiative)
    for name, value in with_names(benefit, values).items():
        setattr(benefit, name, value)
    return benefit


def present_benefits(portfolio: Portfolio) -> dict[BenefitKey, Benefit]:
    """Return the benefits of a portfolio with all that they point at, by initiative key and code; in one query."""
    rows = Benefit.objects.filter(initiative__portfolio=portfolio)
    related = ("initiative", "objective", "value_driver", "strategic_measure", *PEOPLE)
    return {benefit_key(row): row for row in rows.select_related(*related)}


def with_people(
    wanted: Mapping[BenefitKey, Mapping[str, Any]], present: Mapping[BenefitKey, Benefit]
) -> dict[BenefitKey, dict[str, Any]]:
    """Give names that are new to a benefit the person whom they mean; in one query."""
    fresh = {
        (key, role): str(values[f"{role}_name"])
        for key, values in wanted.items()
        for role in PEOPLE
        if f"{role}_name" in values
        and (key not in present or getattr(present[key], f"{role}_name") != values[f"{role}_name"])
    }
    people = people_named({name for name in fresh.values() if name})
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
