"""Whatever happens to the strategy, any moment of it can be read again."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openvmo_web.access.models import User
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.timeline import shown
from openvmo_web.strategy.actions import (
    CannotChange,
    measure_change,
    objective_change,
    objective_move,
    objective_restore,
    objective_retire,
    reading_record,
    weights_set,
)
from openvmo_web.strategy.models import Measure, Objective
from openvmo_web.strategy.queries import newest_values, strategy_of

CODES = st.sampled_from(["A", "A1", "A2", "B"])
STEPS = st.one_of(
    st.tuples(st.just("rename"), CODES, st.sampled_from(["One", "Two", "Three"])),
    st.tuples(st.just("move"), CODES, st.one_of(st.none(), CODES)),
    st.tuples(st.just("retire"), CODES, st.none()),
    st.tuples(st.just("restore"), CODES, st.none()),
    st.tuples(st.just("weigh"), st.none(), st.lists(st.integers(1, 9), min_size=4, max_size=4)),
    st.tuples(st.just("target"), st.none(), st.integers(50, 150)),
    st.tuples(st.just("read"), st.integers(1, 3), st.integers(0, 100)),
)


def step(kind: str, subject: Any, value: Any, *, by: User, at: datetime) -> None:
    """Carry out one random action; one that is refused changes nothing."""
    if kind == "weigh":
        top = Objective.objects.filter(parent=None, retired_at=None).values_list("code", flat=True)
        answers = dict(zip(sorted(top), value, strict=False))
        weights_set(parent=None, method="direct", answers=answers, by=by, at=at)
    elif kind == "target":
        measure_change(measure=Measure.objects.get(), target=Decimal(value), by=by, at=at)
    elif kind == "read":
        day = at.date() - timedelta(days=subject)
        reading_record(measure=Measure.objects.get(), on=day, value=Decimal(value), by=by, at=at)
    else:
        objective = Objective.objects.get(code=subject)
        if kind == "rename":
            objective_change(objective=objective, name=value, by=by, at=at)
        elif kind == "move":
            parent = Objective.objects.filter(code=value).first()
            objective_move(objective=objective, parent=parent, by=by, at=at)
        else:
            action = objective_retire if kind == "retire" else objective_restore
            action(objective=objective, by=by, at=at)


def state(viewer: User, at: datetime, *, is_past: bool) -> Any:
    """All that is known of the strategy, in plain values."""
    found = strategy_of(viewer, at, is_past=is_past)
    objectives = {row.code: row.state_values for row in found.objectives}
    measures = {row.code: row.state_values for row in found.measures}
    return objectives, measures, newest_values(at)


@given(steps=st.lists(STEPS, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
def test_as_known_on_equals_what_was_known_then(
    steps: list[tuple[str, Any, Any]], tree: dict[str, Objective], measure: Any, executive: User, now: datetime
) -> None:
    if not Measure.objects.exists():
        measure("M", tree["B"])
    at = AuditEntry.objects.latest("at").at
    seen = {at: state(executive, at, is_past=False)}
    for kind, subject, value in steps:
        at += timedelta(hours=1)
        try:
            step(kind, subject, value, by=executive, at=at)
        except CannotChange:
            assert state(executive, at, is_past=False) == seen[at - timedelta(hours=1)]
        seen[at] = state(executive, at, is_past=False)
    assert {moment: state(executive, moment, is_past=True) for moment in seen} == seen


@given(steps=st.lists(STEPS, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
def test_a_replay_of_the_audit_trail_gives_the_same(
    steps: list[tuple[str, Any, Any]], tree: dict[str, Objective], measure: Any, executive: User, now: datetime
) -> None:
    if not Measure.objects.exists():
        measure("M", tree["B"])
    at = AuditEntry.objects.latest("at").at
    for kind, subject, value in steps:
        at += timedelta(hours=1)
        try:
            step(kind, subject, value, by=executive, at=at)
        except CannotChange:
            continue
    rows: list[Objective | Measure] = [*Objective.objects.all(), *Measure.objects.all()]
    for row in rows:
        assert replayed(row) == {name: plain(getattr(row, name)) for name in replayed(row)}


def replayed(row: Objective | Measure) -> dict[str, str]:
    """The newest value of each field that the trail of a record names, without names of other records as of then."""
    related = {field.name for field in row._meta.concrete_fields if field.is_relation}
    entries = AuditEntry.objects.filter(kind=row.record_kind, key=row.record_key).order_by("at", "id")
    changes = [change for entry in entries for change in entry.changes.items()]
    return {name: shown(after) for name, (_before, after) in changes if name not in related}


def plain(value: Any) -> str:
    """A value as the trail shows it, once it has been stored."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return shown(f"{value:.6f}" if isinstance(value, Decimal) else None if value is None else str(value))
