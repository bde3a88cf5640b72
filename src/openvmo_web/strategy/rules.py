"""What an objective of a file or a form says, as the values of its row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from openvmo.engine.model import Objective


def objective_values(objective: Objective) -> dict[str, Any]:
    """Return the values of an objective's row, without its place in the tree."""
    return {
        "code": objective.id,
        "name": objective.name,
        "weight": objective.weight,
        "description": objective.description,
    }


def levels(objectives: Iterable[Objective]) -> Iterator[list[Objective]]:
    """Yield the objectives level by level, so that each comes after the one above it.

    An objective whose parent is not among them stands at the top.

    Raises:
        ValueError: some objectives are above one another in a circle.
    """
    waiting = {objective.id: objective for objective in objectives}
    while waiting:
        level = [objective for objective in waiting.values() if objective.parent not in waiting]
        if not level:
            circle = ", ".join(sorted(waiting))
            message = f"these objectives are part of one another in a circle: {circle}"
            raise ValueError(message)
        yield level
        for objective in level:
            del waiting[objective.id]
