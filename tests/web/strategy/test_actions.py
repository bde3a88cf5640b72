"""Stating what the organisation wants."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.models import Record
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.actions import (
    CannotChange,
    driver_add,
    driver_change,
    measure_add,
    measure_change,
    measure_restore,
    measure_retire,
    objective_add,
    objective_change,
    objective_move,
    objective_restore,
    objective_retire,
    objective_set,
    objectives_import,
    reading_record,
    weights_set,
)
from openvmo_web.strategy.models import Measure, Objective, Reading, Weighing
from openvmo_web.strategy.queries import newest_values, readings_of, row_known
from openvmo_web.strategy.rules import Observed

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


def trail_of(viewer: User, on: Record) -> list[AuditEntry]:
    return list(trail(viewer, on)) or list(AuditEntry.objects.filter(key=on.record_key))


def test_it_adds_with_owner_and_whole_months(executive: User, owner: User, now: datetime) -> None:
    values: dict[str, Any] = {"name": "Sooner", "owner": owner, "starts": date(2026, 1, 15), "ends": date(2026, 12, 24)}
    added = objective_add(code="A", **values, by=executive, at=now)
    assert (added.owner, added.starts, added.ends) == (owner, date(2026, 1, 1), date(2026, 12, 1))
    assert [(entry.action, entry.changes["owner"]) for entry in trail_of(executive, added)] == [
        ("strategy.objective_add", [None, "Olga Owner"])
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A", "weight": -1.0}, "__all__"),
        ({"name": "A", "starts": date(2026, 2, 1), "ends": date(2026, 1, 1)}, "__all__"),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, Any], field: str, executive: User, now: datetime) -> None:
    with pytest.raises(ValidationError) as refusal:
        objective_add(code="A", **values, by=executive, at=now)
    assert list(refusal.value.message_dict) == [field]
    assert (Objective.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_code_belongs_to_one_objective(objective: Callable[..., Objective]) -> None:
    objective("A")
    with pytest.raises(ValidationError, match="already exists"):
        objective("A")


def test_who_has_left_cannot_become_owner_but_may_stay_it(
    objective: Callable[..., Objective], owner: User, executive: User, now: datetime
) -> None:
    owned = objective("A", owner=owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    owner.refresh_from_db()
    with pytest.raises(ValidationError, match="Olga Owner is no longer active"):
        objective("B", owner=owner)
    changed = objective_change(objective=owned, name="Later", owner=owner, by=executive, at=now)
    assert (changed.name, changed.owner, Objective.objects.count()) == ("Later", owner, 1)


def test_a_change_keeps_the_whole_state_and_nothing_new_leaves_no_trace(
    objective: Callable[..., Objective], executive: User, now: datetime
) -> None:
    first = objective("A")
    for name in ("Later", "Later"):
        objective_change(objective=first, name=name, note="Because", by=executive, at=now + timedelta(days=1))
    assert [(entry.action, entry.changes, entry.note) for entry in trail_of(executive, first)][:-1] == [
        ("strategy.objective_change", {"name": ["Objective A", "Later"]}, "Because")
    ]
    before = row_known(first, now)
    after = row_known(first, now + timedelta(days=2))
    assert before is not None
    assert after is not None
    assert (before.name, after.name, row_known(first, now - timedelta(days=1))) == ("Objective A", "Later", None)


def test_it_moves_with_all_below_and_loses_its_weight(
    tree: dict[str, Objective], executive: User, now: datetime
) -> None:
    moved = objective_move(objective=tree["A1"], parent=tree["B"], by=executive, at=now)
    assert (moved.parent, moved.weight) == (tree["B"], None)
    top = objective_move(objective=moved, parent=None, by=executive, at=now)
    assert top.parent is None
    entries = AuditEntry.objects.count()
    objective_move(objective=top, parent=None, by=executive, at=now)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("below", ["A", "A1", "A11"])
def test_it_never_stands_below_itself(
    below: str, tree: dict[str, Objective], objective: Callable[..., Objective], executive: User, now: datetime
) -> None:
    deepest = objective("A11", parent=tree["A1"])
    entries = AuditEntry.objects.count()
    with pytest.raises(CannotChange, match="is “Objective A” itself or stands below it"):
        objective_move(objective=tree["A"], parent=(tree | {"A11": deepest})[below], by=executive, at=now)
    assert (Objective.objects.get(code="A").parent, AuditEntry.objects.count()) == (None, entries)


def test_it_is_not_retired_while_others_stand_below(tree: dict[str, Objective], executive: User, now: datetime) -> None:
    with pytest.raises(CannotChange, match="still stand below “Objective A”: “Objective A1”, “Objective A2”"):
        objective_retire(objective=tree["A"], by=executive, at=now)
    assert Objective.objects.filter(retired_at=None).count() == 4


def test_it_is_not_retired_while_benefits_serve_it(
    portfolio: Portfolio, tree: dict[str, Objective], executive: User, now: datetime
) -> None:
    Benefit.objects.filter(code="ALPHA-B").update(objective=tree["B"])
    name = Benefit.objects.get(code="ALPHA-B").name
    with pytest.raises(CannotChange, match=f"Benefits still serve “Objective B”: “{name}”"):
        objective_retire(objective=tree["B"], by=executive, at=now)
    Benefit.objects.filter(code="ALPHA-B").update(state="retired")
    assert objective_retire(objective=tree["B"], by=executive, at=now).retired_at == now


def test_it_is_retired_once_and_restored(tree: dict[str, Objective], executive: User, now: datetime) -> None:
    for _again in range(2):
        objective_retire(objective=tree["B"], note="Reached", by=executive, at=now)
    restored = objective_restore(objective=tree["B"], by=executive, at=now)
    assert restored.retired_at is None
    assert [entry.action for entry in trail_of(executive, restored)][:2] == [
        "strategy.objective_restore",
        "strategy.objective_retire",
    ]


def test_nothing_is_put_under_what_is_retired(
    tree: dict[str, Objective],
    objective: Callable[..., Objective],
    measure: Callable[..., Measure],
    executive: User,
    now: datetime,
) -> None:
    kept = measure("M", tree["A1"])
    child = objective("C", parent=tree["B"])
    objective_retire(objective=child, by=executive, at=now)
    retired = objective_retire(objective=tree["B"], by=executive, at=now)
    with pytest.raises(CannotChange, match="“Objective B” is retired"):
        objective("D", parent=retired)
    with pytest.raises(CannotChange, match="is retired"):
        objective_move(objective=tree["A1"], parent=retired, by=executive, at=now)
    with pytest.raises(CannotChange, match="is retired"):
        objective_restore(objective=child, by=executive, at=now)
    with pytest.raises(CannotChange, match="is retired"):
        measure("N", retired)
    with pytest.raises(CannotChange, match="is retired"):
        measure_change(measure=kept, objective=retired, by=executive, at=now)


def test_it_weighs_siblings_and_keeps_the_answers(tree: dict[str, Objective], executive: User, now: datetime) -> None:
    made = weights_set(parent=None, method="direct", answers={"A": 1, "B": 3}, reason="Board", by=executive, at=now)
    assert (made.method, made.answers, made.weights, made.consistency, made.reason) == (
        "direct",
        {"A": 1, "B": 3},
        {"A": 0.25, "B": 0.75},
        None,
        "Board",
    )
    assert dict(Objective.objects.filter(parent=None).values_list("code", "weight")) == {"A": 0.25, "B": 0.75}
    entries = AuditEntry.objects.filter(gesture=AuditEntry.objects.get(action="strategy.weights_set").gesture)
    assert sorted(entry.action for entry in entries) == [
        "strategy.objective_weigh",
        "strategy.objective_weigh",
        "strategy.weights_set",
    ]
    assert row_known(tree["A"], now + timedelta(1)).weight == 0.25  # type: ignore[union-attr]


def test_it_weighs_by_swing_and_by_pairs(tree: dict[str, Objective], executive: User, now: datetime) -> None:
    swing = weights_set(parent=tree["A"], method="swing", answers={"A1": 100, "A2": 60}, by=executive, at=now)
    assert swing.weights == {"A1": 0.625, "A2": 0.375}
    pairs = weights_set(parent=tree["A"], method="pairwise", answers=[["A1", "A2", 3]], by=executive, at=now)
    assert (pairs.weights, pairs.consistency) == ({"A1": pytest.approx(0.75), "A2": pytest.approx(0.25)}, 0.0)


@pytest.mark.parametrize(
    ("method", "answers", "words"),
    [
        ("direct", {"A": 1}, "no number is given for: B"),
        ("direct", {"A": 1, "B": 1, "A1": 1}, "not weighed here: A1"),
        ("direct", {"A": 0, "B": 0}, "all numbers are 0"),
        ("direct", [1, 2], "a number for each name"),
        ("swing", {"A": 101, "B": 1}, "at most 100"),
        ("pairwise", [], "not compared yet: A and B"),
        ("pairwise", [["A", "B"]], "triples of two names and a ratio"),
        ("pairwise", [["A", "B", "much"]], "triples of two names and a ratio"),
        ("pairwise", [["A", "C", 2]], "not weighed here: C"),
    ],
)
def test_answers_from_which_nothing_follows_are_refused(
    method: str, answers: Any, words: str, tree: dict[str, Objective], executive: User, now: datetime
) -> None:
    with pytest.raises(CannotChange, match=words):
        weights_set(parent=None, method=method, answers=answers, by=executive, at=now)
    assert (Weighing.objects.count(), Objective.objects.get(code="A").weight) == (0, 3.0)


def test_contradictory_answers_need_a_reason(
    tree: dict[str, Objective], objective: Callable[..., Objective], executive: User, now: datetime
) -> None:
    objective("C")
    answers = [["A", "B", 9], ["B", "C", 9], ["A", "C", 1]]
    with pytest.raises(CannotChange, match="contradict one another"):
        weights_set(parent=None, method="pairwise", answers=answers, reason=" ", by=executive, at=now)
    made = weights_set(parent=None, method="pairwise", answers=answers, reason="Agreed", by=executive, at=now)
    assert made.consistency is not None
    assert made.consistency > 0.1


def test_there_is_no_other_way_to_weigh(executive: User, now: datetime) -> None:
    with pytest.raises(ValidationError, match="no such way to weigh"):
        weights_set(parent=None, method="guess", answers={}, by=executive, at=now)


@given(stated=st.lists(st.floats(0.01, 1000), min_size=3, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_weights_of_siblings_always_add_up(
    stated: list[float], tree: dict[str, Objective], objective: Callable[..., Objective], executive: User, now: datetime
) -> None:
    if not Objective.objects.filter(code="C").exists():
        objective("C")
    answers = dict(zip("ABC", stated, strict=True))
    weights_set(parent=None, method="direct", answers=answers, by=executive, at=now)
    weights = list(Objective.objects.filter(parent=None).order_by("code").values_list("weight", flat=True))
    assert sum(weight or 0 for weight in weights) == pytest.approx(1, abs=1e-12)
    assert weights == pytest.approx([one / sum(stated) for one in stated])


def test_drivers_are_added_changed_and_taken_out_of_use(executive: User, now: datetime) -> None:
    driver = driver_add(code="TIME", name="Time of citizens", kind="customer", by=executive, at=now)
    changed = driver_change(driver=driver, is_active=False, by=executive, at=now)
    assert (changed.kind, changed.is_active) == ("customer", False)
    assert trail_of(executive, driver)[0].changes == {"is_active": [True, False]}
    with pytest.raises(ValidationError, match="already exists"):
        driver_add(code="TIME", name="Again", kind="risk", by=executive, at=now)
    with pytest.raises(ValidationError, match="not a valid choice"):
        driver_change(driver=driver, kind="luck", by=executive, at=now)


def test_measures_are_added_changed_retired_and_restored(
    tree: dict[str, Objective], measure: Callable[..., Measure], executive: User, now: datetime
) -> None:
    added = measure("M", tree["B"])
    measure_change(measure=added, target=Decimal(90), note="Agreed", by=executive, at=now)
    for _again in range(2):
        retired = measure_retire(measure=added, note="Not needed", by=executive, at=now)
        added.refresh_from_db()
    assert retired.retired_at == now
    measure_restore(measure=retired, by=executive, at=now)
    actions = [entry.action for entry in trail_of(executive, added)]
    assert actions == [f"strategy.measure_{verb}" for verb in ("restore", "retire", "change", "add")]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"direction": "not_stated"}, "direction", "rise, fall or stay"),
        ({"target": Decimal(-1)}, "target", "above the baseline"),
        ({"direction": "decrease"}, "target", "below the baseline"),
        ({"caution_at": Decimal(100)}, "caution_at", "as good as the target or better"),
        ({"unit": ""}, "unit", "cannot be blank"),
    ],
)
def test_a_measure_that_does_not_fit_together_is_refused(
    values: dict[str, Any],
    field: str,
    words: str,
    tree: dict[str, Objective],
    measure: Callable[..., Measure],
    executive: User,
    now: datetime,
) -> None:
    kept = measure("KEPT", tree["B"])
    with pytest.raises(ValidationError) as refusal:
        measure("M", tree["B"], **values)
    assert words in refusal.value.message_dict[field][0]
    with pytest.raises(ValidationError):
        measure_change(measure=kept, **values, by=executive, at=now)
    assert [(row.code, row.target) for row in Measure.objects.all()] == [("KEPT", Decimal(100))]


def test_values_are_recorded_by_the_owner_and_corrected(
    tree: dict[str, Objective], measure: Callable[..., Measure], member: User, executive: User, now: datetime
) -> None:
    measured = measure("M", tree["B"], owner=member)
    day = date(2026, 2, 28)
    first = reading_record(measure=measured, on=day, value=Decimal("10.5"), source="Survey", by=member, at=now)
    again = reading_record(measure=measured, on=day, value=Decimal("10.5"), source="Survey", by=member, at=now)
    later = now + timedelta(hours=1)
    second = reading_record(measure=measured, on=day, value=Decimal(12), remark="Recount", by=executive, at=later)
    assert (again, second is not None and second.supersedes) == (None, first)
    assert [(row.value, row.recorded_by) for row in readings_of(measured)] == [(Decimal(12), executive)]
    assert [row.value for row in readings_of(measured, now)] == [Decimal("10.5")]
    assert newest_values(now)[measured.pk] == Observed(day, Decimal("10.5"))
    assert newest_values(later)[measured.pk] == Observed(day, Decimal(12))
    assert newest_values(now - timedelta(seconds=1)) == {}
    assert [
        (entry.action, entry.changes, entry.note) for entry in AuditEntry.objects.filter(kind="strategy.reading")
    ] == [
        ("strategy.reading_correct", {"value": ["10.500000", "12"]}, "Recount"),
        ("strategy.reading_record", {"value": [None, "10.5"]}, ""),
    ]


def test_only_its_owner_and_who_may_change_the_strategy_record_values(
    tree: dict[str, Objective], measure: Callable[..., Measure], member: User, now: datetime
) -> None:
    with pytest.raises(Refused, match="Change the strategy"):
        reading_record(measure=measure("M", tree["B"]), on=now.date(), value=Decimal(1), by=member, at=now)
    assert Reading.objects.count() == 0


def test_an_owner_without_a_role_records_nothing(
    tree: dict[str, Objective], measure: Callable[..., Measure], stranger: User, now: datetime
) -> None:
    owned = measure("M", tree["B"], owner=stranger)
    with pytest.raises(Refused, match="See the strategy"):
        reading_record(measure=owned, on=now.date(), value=Decimal(1), by=stranger, at=now)


def test_a_day_to_come_and_a_retired_measure_take_no_value(
    tree: dict[str, Objective], measure: Callable[..., Measure], executive: User, now: datetime
) -> None:
    measured = measure("M", tree["B"])
    tomorrow = now.date() + timedelta(days=1)
    with pytest.raises(ValidationError, match="This day has not come yet"):
        reading_record(measure=measured, on=tomorrow, value=Decimal(1), by=executive, at=now)
    with pytest.raises(ValidationError):
        reading_record(measure=measured, on=now.date(), value=Decimal("NaN"), by=executive, at=now)
    measure_retire(measure=measured, by=executive, at=now)
    with pytest.raises(CannotChange, match="“Measure M” is retired"):
        reading_record(measure=measured, on=now.date(), value=Decimal(1), by=executive, at=now)
    assert Reading.objects.count() == 0


def test_who_may_not_change_the_strategy_changes_nothing(
    tree: dict[str, Objective], measure: Callable[..., Measure], owner: User, executive: User, now: datetime
) -> None:
    measured, driver = measure("M", tree["B"]), driver_add(code="D", name="D", kind="risk", by=executive, at=now)
    entries = AuditEntry.objects.count()
    deeds: list[Callable[[], object]] = [
        lambda: objective_add(code="X", name="X", by=owner, at=now),
        lambda: objective_change(objective=tree["A"], name="X", by=owner, at=now),
        lambda: objective_move(objective=tree["A1"], parent=None, by=owner, at=now),
        lambda: objective_retire(objective=tree["B"], by=owner, at=now),
        lambda: objective_restore(objective=tree["B"], by=owner, at=now),
        lambda: weights_set(parent=None, method="direct", answers={"A": 1, "B": 1}, by=owner, at=now),
        lambda: driver_add(code="X", name="X", by=owner, at=now),
        lambda: driver_change(driver=driver, name="X", by=owner, at=now),
        lambda: measure_add(code="X", name="X", unit="%", objective=tree["A"], by=owner, at=now),
        lambda: measure_change(measure=measured, name="X", by=owner, at=now),
        lambda: measure_retire(measure=measured, by=owner, at=now),
        lambda: measure_restore(measure=measured, by=owner, at=now),
    ]
    for deed in deeds:
        with pytest.raises(Refused, match="Change the strategy"):
            deed()
    assert AuditEntry.objects.count() == entries


def test_readings_and_weighings_are_never_changed(
    tree: dict[str, Objective], measure: Callable[..., Measure], executive: User, now: datetime
) -> None:
    reading_record(measure=measure("M", tree["B"]), on=now.date(), value=Decimal(1), by=executive, at=now)
    weights_set(parent=None, method="direct", answers={"A": 1, "B": 1}, by=executive, at=now)
    for table in ("strategy_reading", "strategy_weighing"):
        for statement in (f"UPDATE {table} SET recorded_at = recorded_at", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
