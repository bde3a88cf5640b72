"""What is written about the strategy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, TypeVar, Unpack
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require, require_somewhere
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.common.merge import Changes, changes_of_new, history_add, row_change, rows_merge
from openvmo_web.common.models import Record
from openvmo_web.strategy import words
from openvmo_web.strategy.analysis import CONSISTENT_UP_TO, Weights, WeightsError, weights_from
from openvmo_web.strategy.models import Driver, Measure, Objective, Reading, Weighing
from openvmo_web.strategy.queries import in_force, siblings_under
from openvmo_web.strategy.rules import aim_problems, is_below, levels, objective_values

R = TypeVar("R", bound=Record)
NAMED = 5


class CannotChange(ValueError):
    """The strategy cannot be changed like this as things stand; the message says why and what to do."""


class ObjectiveValues(TypedDict, total=False):
    """What can be changed of an objective besides its place in the tree."""

    name: str
    description: str
    weight: float | None
    owner: User | None
    starts: date | None
    ends: date | None


class DriverValues(TypedDict, total=False):
    """What can be changed of a value driver."""

    name: str
    kind: str
    description: str
    position: int
    is_active: bool


class MeasureValues(TypedDict, total=False):
    """What can be changed of a measure."""

    objective: Objective
    name: str
    kind: str
    description: str
    unit: str
    direction: str
    baseline: Decimal | None
    baseline_date: date | None
    target: Decimal | None
    target_date: date | None
    frequency: str
    data_source: str
    timing: str
    caution_at: Decimal | None
    critical_at: Decimal | None
    owner: User | None
    position: int


def objective_add(
    *, code: str, parent: Objective | None = None, by: User, at: datetime, **values: Unpack[ObjectiveValues]
) -> Objective:
    """Add an objective under another one, or at the top.

    Raises:
        Refused: `by` may not change the strategy.
        ValidationError: a value does not fit, or another objective has the code.
        CannotChange: the objective above is retired.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        _check_in_force(parent)
        return _add(Objective(code=code, parent=parent), _by_months(values), "strategy.objective_add", by=by, at=at)


def objective_change(
    *, objective: Objective, note: str = "", by: User, at: datetime, **values: Unpack[ObjectiveValues]
) -> Objective:
    """Change what an objective says; what is already so leaves no trace.

    Raises:
        Refused: `by` may not change the strategy.
        ValidationError: a value does not fit.
    """
    require(by, "strategy.change")
    return _change(objective, _by_months(values), "strategy.objective_change", by=by, at=at, note=note)


def objective_move(*, objective: Objective, parent: Objective | None, by: User, at: datetime) -> Objective:
    """Put an objective, with all below it, under another one or at the top.

    Its weight goes: it was a share among other siblings.

    Raises:
        Refused: `by` may not change the strategy.
        CannotChange: it would stand below itself, or the objective above is retired.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        parents = dict(Objective.objects.select_for_update().values_list("pk", "parent_id"))
        if parents[objective.pk] == (parent.pk if parent else None):
            return Objective.objects.get(pk=objective.pk)
        _check_in_force(parent)
        if parent is not None and is_below(parent.pk, objective.pk, parents):
            names = {"objective": objective, "parent": parent}
            raise CannotChange(
                _("“%(parent)s” is “%(objective)s” itself or stands below it. Choose one outside that branch.") % names
            )
        moved = {"parent": parent, "weight": None}
        return _change(objective, moved, "strategy.objective_move", by=by, at=at)


def objective_retire(*, objective: Objective, note: str = "", by: User, at: datetime) -> Objective:
    """Stop pursuing an objective; it stays readable and can be restored.

    Raises:
        Refused: `by` may not change the strategy.
        CannotChange: objectives below it or benefits still serve it.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        objective = Objective.objects.select_for_update().get(pk=objective.pk)
        if objective.retired_at is not None:
            return objective
        _check_unused(objective)
        return _change(objective, {"retired_at": at}, "strategy.objective_retire", by=by, at=at, note=note)


def objective_restore(*, objective: Objective, by: User, at: datetime) -> Objective:
    """Pursue a retired objective again.

    Raises:
        Refused: `by` may not change the strategy.
        CannotChange: the objective above it is retired.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        objective = Objective.objects.select_for_update().get(pk=objective.pk)
        _check_in_force(objective.parent)
        return _change(objective, {"retired_at": None}, "strategy.objective_restore", by=by, at=at)


def objective_set(
    *,
    code: str,
    name: str,
    parent: Objective | None = None,
    weight: float | None = None,
    description: str = "",
    by: User,
    at: datetime,
) -> Objective:
    """Add an objective, or bring the one with this code into line; stating what already holds changes nothing."""
    require(by, "strategy.change")
    values = {"code": code, "name": name, "parent": parent, "weight": weight, "description": description}
    Objective(**values).full_clean(validate_unique=False)
    with transaction.atomic():
        merged = rows_merge(Objective, _present([code]), {code: values}, key=lambda row: row.code)
        record_all(_deeds(merged.added, merged.changed), by=by, at=at)
    return merged.rows[code]


def objectives_import(
    *, objectives: Sequence[model.Objective], by: User, at: datetime, gesture: UUID | None = None
) -> dict[str, Objective]:
    """Bring the objectives of a file into line; return all that it names, by code.

    The strategy belongs to the whole organisation: only a new or different objective needs the right to change it.
    """
    deeds: list[Deed] = []
    rows: dict[str, Objective] = {}
    with transaction.atomic():
        present = list(
            _present([code for objective in objectives for code in (objective.id, objective.parent) if code])
        )
        above = {row.code: row for row in present}
        for level in levels(objectives):
            wanted = {one.id: objective_values(one) | {"parent": above.get(one.parent)} for one in level}
            merged = rows_merge(
                Objective, [row for row in present if row.code in wanted], wanted, key=lambda row: row.code
            )
            deeds += _deeds(merged.added, merged.changed)
            rows |= merged.rows
            above |= rows
        if deeds:
            require(by, "strategy.change")
        record_all(deeds, by=by, at=at, gesture=gesture)
    return rows


def weights_set(
    *, parent: Objective | None, method: str, answers: Any, reason: str = "", by: User, at: datetime
) -> Weighing:
    """Weigh the objectives right below one, or at the top, against one another.

    Args:
        parent: The objective above them; None weighs those at the top.
        method: ``direct``, ``swing`` or ``pairwise``.
        answers: For direct and swing a number by code; for pairwise triples of two codes and how many times as
            important the first is.
        reason: Why; needed where pairwise answers contradict one another.
        by: Who weighs.
        at: When.

    Raises:
        Refused: `by` may not change the strategy.
        CannotChange: no weights follow from the answers, they do not answer for exactly these objectives, or they
            contradict one another and no reason is given.
    """
    require(by, "strategy.change")
    if method not in words.WEIGHING_METHODS:
        raise ValidationError({"method": _("There is no such way to weigh.")})
    with transaction.atomic():
        list(Objective.objects.select_for_update().filter(parent=parent, retired_at=None))
        siblings = {one.code: one for one in siblings_under(parent)}
        found = _weights(method, answers, list(siblings), reason)
        weighing = Weighing.objects.create(
            parent=parent,
            method=method,
            answers=answers,
            weights=dict(found.shares),
            consistency=found.consistency,
            reason=reason.strip(),
            recorded_at=at,
            recorded_by=by,
        )
        gesture = uuid4()
        changed = [(one, row_change(one, {"weight": found.shares[code]})) for code, one in siblings.items()]
        deeds = [Deed("strategy.objective_weigh", one, changes, reason.strip()) for one, changes in changed if changes]
        record_all([_weighed(weighing), *deeds], by=by, at=at, gesture=gesture)
    return weighing


def driver_add(*, code: str, by: User, at: datetime, **values: Unpack[DriverValues]) -> Driver:
    """Add a value driver in the organisation's own words.

    Raises:
        Refused: `by` may not change the strategy.
        ValidationError: a value does not fit, or another driver has the code.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        return _add(Driver(code=code), values, "strategy.driver_add", by=by, at=at)


def driver_change(*, driver: Driver, by: User, at: datetime, **values: Unpack[DriverValues]) -> Driver:
    """Change a value driver, or take it out of use; what is already so leaves no trace.

    Raises:
        Refused: `by` may not change the strategy.
        ValidationError: a value does not fit.
    """
    require(by, "strategy.change")
    return _change(driver, values, "strategy.driver_change", by=by, at=at)


def measure_add(*, code: str, by: User, at: datetime, **values: Unpack[MeasureValues]) -> Measure:
    """Add what shows whether an objective is being reached.

    Raises:
        Refused: `by` may not change the strategy.
        ValidationError: a value does not fit, or direction, baseline, target and thresholds do not fit together.
        CannotChange: the objective is retired.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        _check_in_force(values.get("objective"))
        return _add(Measure(code=code), values, "strategy.measure_add", by=by, at=at)


def measure_change(
    *, measure: Measure, note: str = "", by: User, at: datetime, **values: Unpack[MeasureValues]
) -> Measure:
    """Change a measure; its values stay as they were recorded.

    Raises:
        Refused: `by` may not change the strategy.
        ValidationError: a value does not fit, or direction, baseline, target and thresholds do not fit together.
        CannotChange: the objective that it should belong to is retired.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        if "objective" in values and values["objective"].pk != measure.objective_id:
            _check_in_force(values["objective"])
        return _change(measure, values, "strategy.measure_change", by=by, at=at, note=note)


def measure_retire(*, measure: Measure, note: str = "", by: User, at: datetime) -> Measure:
    """Stop measuring; the values stay readable."""
    require(by, "strategy.change")
    if measure.retired_at is not None:
        return measure
    return _change(measure, {"retired_at": at}, "strategy.measure_retire", by=by, at=at, note=note)


def measure_restore(*, measure: Measure, by: User, at: datetime) -> Measure:
    """Measure again.

    Raises:
        Refused: `by` may not change the strategy.
        CannotChange: the objective is retired.
    """
    require(by, "strategy.change")
    with transaction.atomic():
        _check_in_force(measure.objective)
        return _change(measure, {"retired_at": None}, "strategy.measure_restore", by=by, at=at)


def reading_record(
    *, measure: Measure, on: date, value: Decimal, source: str = "", remark: str = "", by: User, at: datetime
) -> Reading | None:
    """Record the value of a measure on a day; another value for the same day supersedes the earlier one.

    Returns:
        The new row, or None when exactly that was recorded already.

    Raises:
        Refused: `by` neither owns the measure nor may change the strategy.
        ValidationError: a value does not fit, or the day lies in the future.
        CannotChange: the measure is retired.
    """
    _require_recording(by, measure)
    values = {"measure": measure, "on": on, "value": value, "source": source.strip(), "remark": remark.strip()}
    recorded = {"recorded_at": at, "recorded_by": by}
    Reading(**values, **recorded).full_clean()
    if on > timezone.localdate(at):
        raise ValidationError({"on": _("This day has not come yet. Give the day on which the value was observed.")})
    with transaction.atomic():
        # One at a time, so that no two rows supersede the same one.
        if Measure.objects.select_for_update().get(pk=measure.pk).retired_at is not None:
            raise CannotChange(
                _("“%(measure)s” is retired. Restore it before recording values.") % {"measure": measure}
            )
        present = in_force().filter(measure=measure, on=on)
        wanted = {on: values}
        added = history_add(Reading, present, wanted, key=lambda row: row.on, recorded=recorded)
        record_all([_read(row, old) for row, old in added], by=by, at=at)
    return added[0][0] if added else None


def _add(row: R, values: Mapping[str, Any], action: str, *, by: User, at: datetime) -> R:
    for name, value in values.items():
        setattr(row, name, value)
    _check(row, values)
    row.save()
    record(by=by, at=at, action=action, on=row, changes=changes_of_new(row))
    return row


def _change(row: R, values: Mapping[str, Any], action: str, *, by: User, at: datetime, note: str = "") -> R:
    """Store what differs, checked as a whole, and record it."""
    with transaction.atomic():
        held = type(row)._default_manager.select_for_update().get(pk=row.pk)
        candidate = copy(held)
        for name, value in values.items():
            setattr(candidate, name, value)
        _check(candidate, values, held)
        changes = row_change(held, values)
        if changes:
            record(by=by, at=at, action=action, on=held, changes=changes, note=note.strip())
    return held


def _check(row: Record, values: Mapping[str, Any], held: Any = None) -> None:
    """Refuse a row that is not right as a whole, and an owner who has left."""
    row.full_clean()
    owner = values.get("owner")
    if owner is not None and not owner.is_active and not (held and held.owner_id == owner.pk):
        raise ValidationError(
            {"owner": _("%(name)s is no longer active. Name somebody who can sign in.") % {"name": owner}}
        )
    if isinstance(row, Measure):
        problems = aim_problems(row)
        if problems:
            raise ValidationError({field: words.PROBLEMS[problem] for field, problem in problems.items()})


def _by_months(values: ObjectiveValues) -> dict[str, Any]:
    """The values with the time frame in whole months, as it is kept."""
    stated: dict[str, Any] = dict(values)
    frame = {name: stated[name].replace(day=1) for name in ("starts", "ends") if stated.get(name)}
    return stated | frame


def _check_in_force(objective: Objective | None) -> None:
    if objective is not None and objective.retired_at is not None:
        raise CannotChange(
            _("“%(objective)s” is retired. Restore it first, or choose another objective.") % {"objective": objective}
        )


def _check_unused(objective: Objective) -> None:
    """Refuse to retire what other things serve, and say which."""
    children = list(objective.children.filter(retired_at=None).values_list("name", flat=True)[: NAMED + 1])
    if children:
        raise CannotChange(
            _("These objectives still stand below “%(objective)s”: %(names)s. Retire or move them first.")
            % {"objective": objective, "names": _some(children)}
        )
    serving = list(objective.benefits.exclude(state="retired").values_list("name", flat=True)[: NAMED + 1])
    if serving:
        raise CannotChange(
            _("Benefits still serve “%(objective)s”: %(names)s. Retire them, or let them serve another objective.")
            % {"objective": objective, "names": _some(serving)}
        )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    return f"{shown}, …" if len(names) > NAMED else shown


def _weights(method: str, answers: Any, codes: Sequence[str], reason: str) -> Weights:
    try:
        found = weights_from(method, answers, codes)
    except WeightsError as error:
        raise CannotChange(str(error)) from error
    if (found.consistency or 0) > CONSISTENT_UP_TO and not reason.strip():
        raise CannotChange(
            _("The answers contradict one another. Look again at the one named below, or say why they should stand.")
        )
    return found


def _weighed(weighing: Weighing) -> Deed:
    changes: Changes = {
        "method": (None, str(weighing.get_method_display())),
        "weights": (None, [f"{code}: {share:.3f}" for code, share in weighing.weights.items()]),
        "consistency": (None, weighing.consistency),
    }
    return Deed("strategy.weights_set", weighing, changes, weighing.reason)


def _require_recording(by: User, measure: Measure) -> None:
    """Let the owner of a measure record its values, beside those who may change the strategy."""
    if by.pk == measure.owner_id:
        require_somewhere(by, "strategy.view")
    else:
        require(by, "strategy.change")


def _read(row: Reading, old: Reading | None) -> Deed:
    changes: Changes = {"value": (old.value if old else None, row.value)}
    return Deed("strategy.reading_correct" if old else "strategy.reading_record", row, changes, row.remark)


def _present(codes: Sequence[str]) -> QuerySet[Objective]:
    return Objective.objects.filter(code__in=codes).select_related("parent")


def _deeds(added: Sequence[Objective], changed: Sequence[tuple[Objective, Changes]]) -> list[Deed]:
    new = [Deed("strategy.objective_add", row, changes_of_new(row)) for row in added]
    return new + [Deed("strategy.objective_change", row, changes) for row, changes in changed]
