"""What is read about the strategy."""

from __future__ import annotations

from collections.abc import Sequence

from openvmo.engine import model
from openvmo_web.common.merge import changes_of
from openvmo_web.strategy.models import Objective
from openvmo_web.strategy.rules import objective_values


def objectives_to_change(objectives: Sequence[model.Objective]) -> list[str]:
    """Return the codes of the objectives that are new to the organisation or differ from what it holds."""
    rows = Objective.objects.select_related("parent").filter(code__in=[one.id for one in objectives])
    held = {row.code: row for row in rows}
    return [one.id for one in objectives if one.id not in held or _differs(held[one.id], one)]


def _differs(row: Objective, stated: model.Objective) -> bool:
    above = row.parent.code if row.parent else ""
    return above != stated.parent or bool(changes_of(row, objective_values(stated)))
