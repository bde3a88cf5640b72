"""The small portfolio, a board that decides, and a finished choice."""

from datetime import datetime

import pytest

from openvmo_web.access.models import User
from openvmo_web.governance.actions import body_set, decision_propose, right_set
from openvmo_web.governance.models import Body, Decision
from openvmo_web.insight.models import Run
from openvmo_web.portfolio.models import Portfolio
from tests.web.small_portfolio import portfolio_make, run_done


@pytest.fixture
def portfolio(owner: User, portfolio_id: int, now: datetime) -> Portfolio:
    """The small portfolio, managed by the owner."""
    return portfolio_make(portfolio_id, by=owner, at=now)


@pytest.fixture
def choice(portfolio: Portfolio, owner: User, now: datetime) -> Run:
    """A finished choice: money for 200 a year."""
    return run_done(portfolio, "choose", by=owner, at=now)


@pytest.fixture
def board(portfolio: Portfolio, executive: User, administrator: User, now: datetime) -> Body:
    """The board, which decides on everything; the executive is its only member."""
    body = body_set(portfolio=portfolio, code="BOARD", name="Board", members=[executive], by=administrator, at=now)
    right_set(portfolio=portfolio, kind="fund_portfolio", up_to=None, decider=body, by=administrator, at=now)
    return body


@pytest.fixture
def proposal(choice: Run, board: Body, owner: User, now: datetime) -> Decision:
    """The choice as a proposal of the owner to the board."""
    return decision_propose(run=choice, title="Fund 2026/27", rationale="Best value.", by=owner, at=now)
