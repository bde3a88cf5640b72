"""Stating what the organisation wants."""

from datetime import datetime

import pytest

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.strategy.actions import objective_set, objectives_import
from openvmo_web.strategy.models import Objective

TREE = [
    model.Objective(id="B", name="Below", parent="A", weight=0.5),
    model.Objective(id="A", name="Above", weight=1.0),
]


def test_it_adds_then_changes_then_rests(executive: User, now: datetime) -> None:
    for weight in (0.5, 0.7, 0.7):
        objective = objective_set(code="A", name="Sooner", weight=weight, by=executive, at=now)
    assert [(entry.action, entry.changes) for entry in trail_of(executive, objective)] == [
        ("strategy.objective_change", {"weight": [0.5, 0.7]}),
        ("strategy.objective_add", {"code": [None, "A"], "name": [None, "Sooner"], "weight": [None, 0.5]}),
    ]


def test_who_may_not_is_refused_and_nothing_changes(member: User, now: datetime) -> None:
    with pytest.raises(Refused, match="Change the strategy"):
        objective_set(code="A", name="Mine", by=member, at=now)
    assert (Objective.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_it_imports_a_tree_in_any_order(executive: User, now: datetime) -> None:
    rows = objectives_import(objectives=TREE, by=executive, at=now)
    assert rows["B"].parent == rows["A"]


def test_an_import_that_changes_nothing_needs_no_right(executive: User, owner: User, now: datetime) -> None:
    objectives_import(objectives=TREE, by=executive, at=now)
    entries = AuditEntry.objects.count()
    assert sorted(objectives_import(objectives=TREE, by=owner, at=now)) == ["A", "B"]
    assert AuditEntry.objects.count() == entries


def test_an_import_that_changes_something_needs_the_right(owner: User, now: datetime) -> None:
    with pytest.raises(Refused):
        objectives_import(objectives=TREE, by=owner, at=now)
    assert Objective.objects.count() == 0


def test_a_circle_is_refused(executive: User, now: datetime) -> None:
    circle = [model.Objective(id="A", name="A", parent="B"), model.Objective(id="B", name="B", parent="A")]
    with pytest.raises(ValueError, match="in a circle: A, B"):
        objectives_import(objectives=circle, by=executive, at=now)


def trail_of(viewer: User, objective: Objective) -> list[AuditEntry]:
    return list(trail(viewer, objective)) or list(AuditEntry.objects.filter(key=objective.record_key))
