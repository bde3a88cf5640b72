"""What speaks against new values of a benefit: told field by field, before anything is written."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.queries import holders_of
from openvmo_web.benefits import words
from openvmo_web.benefits.guards import objections_to
from openvmo_web.benefits.models import Baseline, Benefit, Measurement
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.benefits.rules import (
    FROZEN,
    MEANING,
    contradictions,
    frozen_refusal,
    promise_refusal,
    state_refusal,
)
from openvmo_web.common.merge import BATCH, changes_of

# The people whom a benefit names, each beside the name as stated.
PEOPLE = ("owner", "measurer", "sustainer")
RELATIONS = tuple(field.name for field in Benefit._meta.concrete_fields if field.is_relation)
HIGHEST, LOWEST = 1, 5

Problems = dict[str, list[str]]
Told = tuple[Benefit, Mapping[str, Any]]


@dataclass(frozen=True)
class Known:
    """What is looked up about benefits that are to change: at once, however many they are.

    Attributes:
        frozen: Those that have a baseline, from ``frozen_by``.
        strangers: Keys of the people chosen anew who cannot see the portfolio, and so could not act for a benefit.
        objections: What other rooms say against the new values, by key: fields with problems; from ``objections_to``.
    """

    frozen: Mapping[int, int | None] = field(default_factory=dict)
    strangers: Collection[int] = ()
    objections: Mapping[int, Sequence[tuple[str, str]]] = field(default_factory=dict)


def known_about(told: Sequence[Told], portfolio_id: int) -> Known:
    """Return what has to be known to check new values of benefits of one portfolio, in few queries."""
    keys = [row.pk for row, _values in told if not row._state.adding]
    return Known(frozen_by(keys), _strangers(told, portfolio_id), objections_to(told))


def frozen_by(benefits: Iterable[int]) -> dict[int, int | None]:
    """Return which benefits, given by keys, have a baseline, each with the number of the decision that set it."""
    keys, found = list(benefits), dict[int, int | None]()
    for start in range(0, len(keys), BATCH):
        rows = Baseline.objects.filter(benefit__in=keys[start : start + BATCH]).order_by("benefit", "number")
        found.update(rows.values_list("benefit", "decision"))
    return found


def with_names(row: Benefit, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which people and their names go together.

    Whoever is chosen gives the name, and whoever is let go takes it along; a name alone that differs from the present
    one belongs to nobody with an account. Who has no account stays when no account is chosen.
    """
    told = dict(values)
    for role in PEOPLE:
        name = f"{role}_name"
        if told.get(role) is not None:
            told[name] = told[role].name
        elif role in told:
            told.setdefault(name, "" if getattr(row, f"{role}_id") else getattr(row, name))
        elif name in told and told[name] != getattr(row, name):
            told[role] = None
    return told


def change_problems(row: Benefit, values: Mapping[str, Any], known: Known) -> Problems:
    """Return what speaks against giving a benefit new values; nothing when they can be stored.

    What was wrong before and is not touched stays as it is: an old gap does not keep people from naming an owner.

    Args:
        row: The benefit as it is, or a new one that is not stored yet; it stays as it is.
        values: The new values by field.
        known: From ``known_about``.
    """
    is_new = row._state.adding
    names = set(values) if is_new else set(changes_of(row, values))
    candidate = copy.copy(row)
    for name in names:
        setattr(candidate, name, values[name])
    problems: defaultdict[str, list[str]] = defaultdict(list)
    for name, told in [
        *_invalid(candidate, names, is_new=is_new),
        *_contradicting(candidate, names, is_new=is_new),
        *(_frozen(names, known.frozen[row.pk]) if row.pk in known.frozen else ()),
        *(_out_of_order(row, candidate) if "state" in names and not is_new else ()),
        *_inactive(row, candidate, names),
        *_seeing_nothing(row, values, known),
        *known.objections.get(row.pk, ()),
    ]:
        problems[name].append(told)
    return dict(problems)


def bulk_problems(told: Sequence[Told], portfolio_id: int) -> list[tuple[Benefit, Problems]]:
    """Return the benefits of one portfolio that cannot get their values, each with the problems by field."""
    known = known_about(told, portfolio_id)
    found = [(row, change_problems(row, values, known)) for row, values in told]
    return [(row, problems) for row, problems in found if problems]


def with_doubt(row: Benefit, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values that open again what finance has vouched for, where they change it."""
    if row.validated_at is not None and set(changes_of(row, values)) & set(FROZEN):
        return {**values, "validated_at": None, "validated_by": None}
    return values


def renewal_refusal(benefit: Benefit, by: User) -> str:
    """Return why a person cannot renew what was promised of a benefit as things stand; empty when that can be done."""
    if benefit.owner_id == by.pk:
        return str(words.OWN_PROMISE)
    if not Baseline.objects.filter(benefit=benefit).exists():
        return str(words.NEVER_PROMISED)
    if refusal := cannot_be_promised(benefit):
        return refusal
    return "" if profiles_in_force([benefit.pk]).exists() else words.NOT_PLANNED % {"benefit": benefit}


def cannot_be_promised(benefit: Benefit) -> str:
    """Return why nothing can be promised of a benefit outside a decision, with its initiative; empty when it can."""
    initiative = benefit.initiative
    return promise_refusal(str(benefit), str(initiative), state=benefit.state, work=initiative.state)


def renewal_problems(row: Benefit, values: Mapping[str, Any]) -> Problems:
    """Return what speaks against promising new values of a benefit; nothing when they can be stored.

    Args:
        row: The benefit as it is; it stays as it is.
        values: What is promised anew, by field.
    """
    foreign = [name for name in values if name not in FROZEN]
    if foreign:
        return {name: [words.NOT_PROMISED % {"field": label_of_field(name)}] for name in foreign}
    changed = changes_of(row, values)
    if not changed:
        return {NON_FIELD_ERRORS: [str(words.SAME_PROMISE)]}
    problems = change_problems(row, values, Known(objections=objections_to([(row, values)])))
    meaning = [name for name in MEANING if name in changed]
    if meaning and Measurement.objects.filter(benefit=row).exists():
        return problems | {name: [words.MEASURED_ALREADY % {"field": label_of_field(name)}] for name in meaning}
    return problems


def label_of_field(name: str) -> str:
    """Return what people read for a field of a benefit."""
    return capfirst(str(Benefit._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _invalid(candidate: Benefit, names: set[str], *, is_new: bool) -> list[tuple[str, str]]:
    """What the columns themselves refuse: too long, or not one of the words."""
    untouched = () if is_new else {field.name for field in Benefit._meta.concrete_fields} - names
    found = []
    if "priority" in names and candidate.priority is not None and not HIGHEST <= candidate.priority <= LOWEST:
        found.append(("priority", _("A priority is 1, the highest, to 5.")))
    try:
        # The database is not asked: thousands of rows are checked at once.
        candidate.clean_fields(exclude={*RELATIONS, *untouched})
    except ValidationError as refusal:
        found += [(name, message) for name, messages in refusal.message_dict.items() for message in messages]
    return found


def _contradicting(candidate: Benefit, names: set[str], *, is_new: bool) -> list[tuple[str, str]]:
    measure = candidate.strategic_measure
    found = contradictions(candidate.state_values, measure.unit if measure else None)
    return [(one.fields[0], one.problem) for one in found if is_new or names & set(one.fields)]


def _frozen(names: set[str], decision: int | None) -> list[tuple[str, str]]:
    return [(name, frozen_refusal([label_of_field(name)], decision)) for name in FROZEN if name in names]


def _out_of_order(row: Benefit, candidate: Benefit) -> list[tuple[str, str]]:
    refusal = state_refusal(row.state, candidate.state, has_owner=bool(candidate.owner_name))
    return [("state", refusal)] if refusal else []


def _inactive(row: Benefit, candidate: Benefit, names: set[str]) -> list[tuple[str, str]]:
    """Who has left can neither answer for a benefit nor measure it; nor be called back with one that was retired."""
    refusal = _("%(person)s is no longer active. Choose somebody who is.")
    is_back = row.state == "retired" and candidate.state != "retired"
    people: list[tuple[str, User]] = [
        (role, person) for role in PEOPLE if (role in names or is_back) and (person := getattr(candidate, role))
    ]
    return [(role, refusal % {"person": person}) for role, person in people if not person.is_active]


def _seeing_nothing(row: Benefit, values: Mapping[str, Any], known: Known) -> list[tuple[str, str]]:
    refusal = _("%(person)s cannot see this portfolio. Give the person a role in it first, or choose another one.")
    chosen = _chosen_anew(row, values)
    return [(role, refusal % {"person": person}) for role, person in chosen if person.pk in known.strangers]


def _strangers(told: Iterable[Told], portfolio_id: int) -> set[int]:
    """Whoever is chosen anew and cannot see the portfolio; an old choice does not keep others from their work."""
    chosen = {person.pk for row, values in told for _role, person in _chosen_anew(row, values) if person.is_active}
    if not chosen:
        return set()
    return chosen - set(holders_of("portfolio.view", portfolio_id).filter(pk__in=chosen).values_list("pk", flat=True))


def _chosen_anew(row: Benefit, values: Mapping[str, Any]) -> list[tuple[str, User]]:
    chosen: list[tuple[str, User]] = [(role, values[role]) for role in PEOPLE if values.get(role) is not None]
    return [(role, one) for role, one in chosen if row._state.adding or getattr(row, f"{role}_id") != one.pk]
