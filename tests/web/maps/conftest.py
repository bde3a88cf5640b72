"""The small map, drawn by the owner."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.web.maps.cast import SmallMap, map_make

from openvmo_web.access.models import User
from openvmo_web.portfolio.models import Portfolio


@pytest.fixture
def small_map(portfolio: Portfolio, owner: User, now: datetime) -> SmallMap:
    """The small map of the standing portfolio."""
    return map_make(portfolio, by=owner, at=now)
