"""Whatever is done to a map, any moment of it can be read again, and the whole of an outcome is never exceeded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.maps.cast import SmallMap

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.benefits.actions import benefit_change, benefit_retire
from openvmo_web.benefits.models import Benefit
from openvmo_web.maps.actions import (
    claim_remove,
    claim_set,
    gesture_undo,
    link_add,
    link_change,
    link_remove,
    node_add,
    node_change,
    node_remove,
)
from openvmo_web.maps.checks import CannotMap
from openvmo_web.maps.models import Claim, Link, Node
from openvmo_web.maps.queries import Scope, map_of
from openvmo_web.portfolio.models import Portfolio

PLACES = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(["enabler", "change", "outcome"]), st.none()),
    st.tuples(st.just("rename"), PLACES, st.sampled_from(["One", "Two", "Three"])),
    st.tuples(st.just("remove"), PLACES, st.booleans()),
    st.tuples(st.just("link"), PLACES, PLACES),
    st.tuples(st.just("weaken"), PLACES, st.sampled_from([None, 0.1, 0.5])),
    st.tuples(st.just("unlink"), PLACES, st.none()),
    st.tuples(st.just("claim"), PLACES, st.sampled_from(["0.1", "0.38", "0.6", "1"])),
    st.tuples(st.just("give back"), PLACES, st.none()),
    st.tuples(st.just("retire"), PLACES, st.none()),
    st.tuples(st.just("take up"), PLACES, st.none()),
    st.tuples(st.just("undo"), st.none(), st.none()),
)


def nth(rows: Any, place: int) -> Any:
    """The row at a place, round and round; those who have none are refused."""
    found = list(rows.order_by("pk"))
    if not found:
        message = "there is none"
        raise CannotMap(message)
    return found[place % len(found)]


def step(kind: str, subject: Any, value: Any, portfolio: Portfolio, *, by: User, at: datetime) -> None:
    """Carry out one random action."""
    nodes = Node.objects.filter(portfolio=portfolio, removed_at=None)
    links = Link.objects.filter(portfolio=portfolio, removed_at=None)
    claims = Claim.objects.filter(removed_at=None)
    benefits = Benefit.objects.filter(initiative__portfolio=portfolio)
    outcomes = nodes.filter(kind="outcome")
    here: dict[str, Any] = {"portfolio": portfolio}
    deeds: dict[str, tuple[Callable[..., object], Callable[[], dict[str, Any]]]] = {
        "add": (node_add, lambda: here | {"kind": subject, "name": "New"}),
        "rename": (node_change, lambda: {"node": nth(nodes, subject), "name": value}),
        "remove": (node_remove, lambda: {"node": nth(nodes, subject), "cascade": value}),
        "link": (link_add, lambda: here | {"source": nth(nodes, subject), "target": nth(nodes, value)}),
        "weaken": (link_change, lambda: {"link": nth(links, subject), "strength": value}),
        "unlink": (link_remove, lambda: {"link": nth(links, subject)}),
        "claim": (
            claim_set,
            lambda: {"outcome": nth(outcomes, 0), "benefit": nth(benefits, subject), "share": Decimal(value)},
        ),
        "give back": (claim_remove, lambda: {"claim": nth(claims, subject)}),
        "retire": (benefit_retire, lambda: {"benefit": nth(benefits, subject), "reason": "Not pursued"}),
        "take up": (benefit_change, lambda: {"benefit": nth(benefits, subject), "state": "identified"}),
        "undo": (gesture_undo, lambda: here),
    }
    act, values = deeds[kind]
    act(**values(), by=by, at=at)


def state(viewer: User, portfolio: Portfolio, at: datetime | None) -> Any:
    """All that the map says at a moment, in plain values."""
    found = map_of(viewer, portfolio, Scope(at=at))
    rows: list[Node | Benefit | Link | Claim] = [
        *found.nodes.values(),
        *found.benefits.values(),
        *found.links,
        *found.claims,
    ]
    return sorted(((row.record_kind, row.pk, row.state_values) for row in rows), key=lambda one: one[:2]), found.values


def check_whole() -> None:
    """The claims that count, added up by outcome, never exceed the whole."""
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for claim in Claim.objects.filter(removed_at=None).exclude(benefit__state="retired"):
        totals[claim.outcome_id] += claim.share
    assert all(total <= 1 for total in totals.values())


def play(steps: list[tuple[str, Any, Any]], small_map: SmallMap, by: User) -> dict[datetime, Any]:
    """Carry out the steps an hour apart; return what the map said after each of them."""
    portfolio = small_map.portfolio
    at = AuditEntry.objects.latest("at").at
    seen = {at: state(by, portfolio, None)}
    for kind, subject, value in steps:
        at += timedelta(hours=1)
        try:
            step(kind, subject, value, portfolio, by=by, at=at)
        except (CannotMap, ValidationError):
            assert state(by, portfolio, None) == seen[at - timedelta(hours=1)]
        seen[at] = state(by, portfolio, None)
        check_whole()
    return seen


@given(steps=st.lists(STEPS, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6)
def test_as_known_on_equals_what_was_known_then_and_the_trail_replays_to_it(
    steps: list[tuple[str, Any, Any]], small_map: SmallMap, owner: User
) -> None:
    seen = play(steps, small_map, owner)
    assert {at: state(owner, small_map.portfolio, at) for at in seen} == seen
    rows: list[Node | Link | Claim] = [*Node.objects.all(), *Link.objects.all(), *Claim.objects.all()]
    for row in rows:
        told = replayed(row)
        assert told == {name: getattr(row, name) for name in told}
        stated = {name for name, value in row.state_values.items() if value != row._meta.get_field(name).get_default()}
        assert stated <= {name for entry in entries_of(row) for name in entry.changes}


def entries_of(row: Node | Link | Claim) -> list[AuditEntry]:
    """What was done to a row, the oldest first."""
    return list(AuditEntry.objects.filter(kind=row.record_kind, key=row.record_key).order_by("at", "id"))


def replayed(row: Node | Link | Claim) -> dict[str, Any]:
    """The newest value of each field that the trail of a row names, other rows left out: they go by their names."""
    fields = {field.name: field for field in row._meta.concrete_fields if not field.is_relation}
    changes = [change for entry in entries_of(row) for change in entry.changes.items()]
    return {name: fields[name].to_python(after) for name, (_before, after) in changes if name in fields}
