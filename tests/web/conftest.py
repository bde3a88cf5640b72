"""The standing cast of the server's tests: the same few people everywhere."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.db import connections
from django.test import Client, TransactionTestCase

# pytest reads this file before pytest-django has set Django up, and the models below need it.
django.setup()

from tests.web.database import guards_lifted
from tests.web.small_portfolio import portfolio_make, run_done

from openvmo_web.access.models import Assignment, User
from openvmo_web.governance.actions import body_set, decision_propose, right_set
from openvmo_web.governance.models import Body, Decision
from openvmo_web.insight.models import Run
from openvmo_web.portfolio.models import Portfolio

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
STANDING_PORTFOLIO_ID = 1


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Keep the test database of SQLite in a file, where worker processes find it by the settings that they share."""
    default = connections.databases["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"]["NAME"] = str(default["NAME"])
        # A test without a database may have left one here; Django removes its file but not the log beside it.
        connections.close_all()
        for left in Path(default["NAME"]).parent.glob(f"{Path(default['NAME']).name}*"):
            left.unlink()


@pytest.fixture(autouse=True, scope="session")
def sweep_past_the_guards() -> Iterator[None]:
    """Let tests that commit clean up after themselves although history may not be deleted.

    They leave what a new installation has: the templates of papers, which a migration brings.
    """
    templates = import_module("openvmo_web.papers.migrations.0003_default_templates")
    teardown = TransactionTestCase._fixture_teardown

    def with_guards_lifted(self: TransactionTestCase) -> None:
        with guards_lifted():
            teardown(self)
        templates.add(apps, None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", with_guards_lifted)
        yield


@pytest.fixture
def now() -> datetime:
    """The moment at which the cast acts."""
    return NOW


@pytest.fixture
def portfolio_id() -> int:
    """The key of the standing portfolio, in which the owner and the member have their roles."""
    return STANDING_PORTFOLIO_ID


def person(email: str, name: str, role: str = "", portfolio_id: int | None = None) -> User:
    """Return a new active user with one role, or with none."""
    user = User.objects.create(email=email, name=name, joined_at=NOW)
    if role:
        Assignment.objects.create(user=user, role=role, portfolio_id=portfolio_id, granted_at=NOW)
    return user


@pytest.fixture
def administrator(db: None) -> User:
    """Runs the office: gives roles, everywhere; decides nothing."""
    return person("ada@example.org", "Ada Admin", "administrator")


@pytest.fixture
def executive(db: None) -> User:
    """Decides, everywhere."""
    return person("eva@example.org", "Eva Executive", "executive")


@pytest.fixture
def owner(db: None, portfolio_id: int) -> User:
    """Manages the standing portfolio, and no other."""
    return person("olga@example.org", "Olga Owner", "portfolio_manager", portfolio_id)


@pytest.fixture
def member(db: None, portfolio_id: int) -> User:
    """May look at the standing portfolio, and do nothing else."""
    return person("max@example.org", "Max Member", "viewer", portfolio_id)


@pytest.fixture
def stranger(db: None) -> User:
    """Can sign in, and may nothing."""
    return person("stan@example.org", "Stan Stranger")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which somebody is signed in: ``signed_in(owner).get("/")``."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser


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
