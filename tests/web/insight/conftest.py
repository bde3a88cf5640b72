"""The small portfolio and its finished runs."""

from datetime import datetime

import pytest

from openvmo_web.access.models import User
from openvmo_web.insight.models import Run
from openvmo_web.portfolio.models import Portfolio
from tests.web.small_portfolio import portfolio_make, run_done


@pytest.fixture
def portfolio(owner: User, portfolio_id: int, now: datetime) -> Portfolio:
    """The small portfolio, managed by the owner."""
    return portfolio_make(portfolio_id, by=owner, at=now)


@pytest.fixture
def forecast(portfolio: Portfolio, owner: User, now: datetime) -> Run:
    """A finished forecast."""
    return run_done(portfolio, "forecast", by=owner, at=now)


@pytest.fixture
def choice(portfolio: Portfolio, owner: User, now: datetime) -> Run:
    """A finished choice: money for 200 a year."""
    return run_done(portfolio, "choose", by=owner, at=now)
