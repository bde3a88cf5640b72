"""A small strategy: two aims at the top, two below the first, each end of a branch with measures."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.web.api.conftest import program

from openvmo_web.access.models import User
from openvmo_web.strategy.actions import measure_add, objective_add
from openvmo_web.strategy.models import Measure, Objective

__all__ = ["program"]


@pytest.fixture
def objective(executive: User, now: datetime) -> Callable[..., Objective]:
    """Add an objective: ``objective("A", weight=0.5)``."""

    def added(code: str, **values: Any) -> Objective:
        return objective_add(**{"code": code, "name": f"Objective {code}"} | values, by=executive, at=now)

    return added


@pytest.fixture
def measure(executive: User, now: datetime) -> Callable[..., Measure]:
    """Add a measure that should rise from 0 to 100 within 2026."""
    usual: dict[str, Any] = {
        "unit": "%",
        "direction": "increase",
        "baseline": Decimal(0),
        "baseline_date": date(2026, 1, 1),
        "target": Decimal(100),
        "target_date": date(2026, 12, 31),
        "frequency": "quarterly",
    }

    def added(code: str, objective: Objective, **values: Any) -> Measure:
        stated = usual | {"name": f"Measure {code}"} | values
        return measure_add(code=code, objective=objective, **stated, by=executive, at=now)

    return added


@pytest.fixture
def tree(objective: Callable[..., Objective]) -> dict[str, Objective]:
    """A (weight 3) above A1 (1) and A2 (1), and B (1)."""
    above = objective("A", weight=3.0)
    below = {code: objective(code, parent=above, weight=1.0) for code in ("A1", "A2")}
    return {"A": above, **below, "B": objective("B", weight=1.0)}
