"""What is written about the benefits of the register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.benefits.models import Benefit
from openvmo_web.benefits.rules import benefit_values
from openvmo_web.common.merge import changes_of_new, row_change, rows_merge
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.strategy.models import Objective


def benefit_add(
    *, initiative: Initiative, code: str, name: str, kind: str, by: User, at: datetime, **values: Any
) -> Benefit:
    """Add a benefit to an initiative; how it arrives is part of the plan."""
    require(by, "benefit.change", portfolio_id=initiative.portfolio_id)
    position = initiative.benefits.count()
    benefit = Benefit(initiative=initiative, position=position, code=code, name=name, kind=kind, **values)
    benefit.full_clean()
    with transaction.atomic():
        benefit.save()
        changes = changes_of_new(benefit)
        record(by=by, at=at, action="benefit.add", on=benefit, portfolio_id=initiative.portfolio_id, changes=changes)
    return benefit


def benefit_change(*, benefit: Benefit, by: User, at: datetime, note: str = "", **values: Any) -> Benefit:
    """Change a benefit's fields, given by name; what stays the same is not recorded."""
    portfolio_id = benefit.initiative.portfolio_id
    require(by, "benefit.change", portfolio_id=portfolio_id)
    with transaction.atomic():
        changes = row_change(benefit, values)
        benefit.full_clean()
        if changes:
            record(
                by=by, at=at, action="benefit.change", on=benefit, portfolio_id=portfolio_id, changes=changes, note=note
            )
    return benefit


def benefits_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Mapping[str, Initiative],
    objectives: Mapping[str, Objective],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> dict[tuple[int, str], Benefit]:
    """Bring the benefits of a file into line; return all of the portfolio's, by initiative key and code."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    with transaction.atomic():
        rows = Benefit.objects.filter(initiative__portfolio=portfolio).select_related("initiative", "objective")
        present = {_benefit_key(row): row for row in rows}
        wanted = {
            (initiatives[one.id].pk, benefit.id): benefit_values(benefit)
            | {"initiative": initiatives[one.id], "objective": objectives.get(benefit.objective)}
            for one in stated
            for benefit in one.benefits
        }
        merged = rows_merge(Benefit, present.values(), _with_positions(wanted, present), key=_benefit_key)
        deeds = [Deed("benefit.add", row, changes_of_new(row)) for row in merged.added]
        deeds += [Deed("benefit.change", row, changes) for row, changes in merged.changed]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    return merged.rows


def _with_positions(wanted: Mapping[Any, Any], present: Mapping[Any, Benefit]) -> dict[Any, Any]:
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


def _benefit_key(row: Benefit) -> tuple[int, str]:
    return (row.initiative_id, row.code)
