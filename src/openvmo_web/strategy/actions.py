"""What is written about the strategy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.common.merge import Changes, rows_merge
from openvmo_web.strategy.models import Objective
from openvmo_web.strategy.rules import levels, objective_values


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
        for deed in _deeds(merged.added, merged.changed):
            record(by=by, at=at, action=deed.action, on=deed.on, changes=deed.changes)
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


def _present(codes: Sequence[str]) -> QuerySet[Objective]:
    return Objective.objects.filter(code__in=codes).select_related("parent")


def _deeds(added: Sequence[Objective], changed: Sequence[tuple[Objective, Changes]]) -> list[Deed]:
    new = [Deed("strategy.objective_add", row, {"name": (None, row.name)}) for row in added]
    return new + [Deed("strategy.objective_change", row, changes) for row, changes in changed]
