"""Adding and changing portfolios, programmes, initiatives, dependencies and budgets."""

from datetime import date, datetime

import pytest

from openvmo.engine import model
from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused
from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.queries import trail
from openvmo_web.portfolio.actions import (
    budget_set,
    budgets_import,
    dependency_set,
    initiative_add,
    initiative_change,
    initiatives_import,
    portfolio_add,
    portfolio_change,
    programme_add,
    programme_change,
)
from openvmo_web.portfolio.models import Budget, Dependency, Initiative, Portfolio, Programme


def test_it_adds_a_portfolio_and_says_so(administrator: User, now: datetime) -> None:
    portfolio = portfolio_add(
        slug="parks", name="Parks", currency="GBP", price_base=2026, starts=date(2026, 4, 1), by=administrator, at=now
    )
    assert (portfolio.horizon, portfolio.discount_rate, portfolio.fiscal_year_start) == (120, 0.035, 1)
    (entry,) = trail(administrator, portfolio)
    assert (entry.action, entry.changes) == ("portfolio.add", {"name": [None, "Parks"]})


def test_the_manager_of_one_portfolio_adds_no_other(owner: User, now: datetime) -> None:
    with pytest.raises(Refused, match="Add portfolios"):
        portfolio_add(
            slug="parks", name="Parks", currency="GBP", price_base=2026, starts=date(2026, 4, 1), by=owner, at=now
        )
    assert not Portfolio.objects.filter(slug="parks").exists()


def test_it_records_old_and_new_of_what_changed_only(portfolio: Portfolio, owner: User, now: datetime) -> None:
    portfolio_change(portfolio=portfolio, name="Agency", horizon=60, by=owner, at=now)
    entry = trail(owner, portfolio).first()
    assert entry is not None
    assert (entry.action, entry.changes) == ("portfolio.change", {"horizon": [96, 60]})


def test_changing_nothing_records_nothing(portfolio: Portfolio, owner: User, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    portfolio_change(portfolio=portfolio, name="Agency", by=owner, at=now)
    assert AuditEntry.objects.count() == entries


def test_who_may_only_look_changes_nothing(portfolio: Portfolio, member: User, now: datetime) -> None:
    entries = AuditEntry.objects.count()
    alpha = Initiative.objects.get(code="ALPHA")
    with pytest.raises(Refused):
        portfolio_change(portfolio=portfolio, name="Mine", by=member, at=now)
    with pytest.raises(Refused):
        programme_add(portfolio=portfolio, code="P", name="Programme", by=member, at=now)
    with pytest.raises(Refused):
        initiative_change(initiative=alpha, name="Mine", by=member, at=now)
    with pytest.raises(Refused):
        budget_set(portfolio=portfolio, year=2026, amount=1.0, by=member, at=now)
    portfolio.refresh_from_db()
    alpha.refresh_from_db()
    assert (portfolio.name, alpha.name, Programme.objects.count()) == ("Agency", "Initiative ALPHA", 0)
    assert Budget.objects.get(year=2026).amount == 200
    assert AuditEntry.objects.count() == entries


def test_it_moves_an_initiative_into_a_programme(portfolio: Portfolio, owner: User, now: datetime) -> None:
    programme = programme_add(portfolio=portfolio, code="P", name="Programme", by=owner, at=now)
    programme_change(programme=programme, owner_name="Olga", by=owner, at=now)
    alpha = initiative_change(initiative=Initiative.objects.get(code="ALPHA"), programme=programme, by=owner, at=now)
    entry = trail(owner, alpha).first()
    assert entry is not None
    assert entry.changes == {"programme": [None, "Programme"]}
    assert [entry.action for entry in trail(owner, programme)] == ["programme.change", "programme.add"]


def test_it_states_a_dependency_once(portfolio: Portfolio, owner: User, now: datetime) -> None:
    alpha, beta = (Initiative.objects.get(code=code) for code in ("ALPHA", "BETA"))
    for _time in range(2):
        dependency = dependency_set(kind="requires", source=alpha, target=beta, by=owner, at=now)
    assert Dependency.objects.count() == 1
    assert [entry.action for entry in trail(owner, dependency)] == ["dependency.set"]


def test_it_sets_a_budget_again_only_when_it_differs(portfolio: Portfolio, owner: User, now: datetime) -> None:
    for amount in (250.0, 250.0):
        budget = budget_set(portfolio=portfolio, year=2026, amount=amount, by=owner, at=now)
    newest = trail(owner, budget).first()
    assert newest is not None
    assert newest.changes == {"amount": ["200.000000", "250.000000"]}
    assert trail(owner, budget).count() == 2


def test_an_import_adds_changes_and_leaves_alone(portfolio: Portfolio, owner: User, now: datetime) -> None:
    stated = [model.Initiative(id="ALPHA", name="Renamed"), model.Initiative(id="NEW", name="New")]
    rows = initiatives_import(portfolio=portfolio, initiatives=stated, programmes={}, by=owner, at=now)
    assert sorted(rows) == ["ALPHA", "BETA", "DELTA", "GAMMA", "NEW"]
    newest = trail(owner, rows["ALPHA"]).first()
    assert newest is not None
    assert newest.changes == {"name": ["Initiative ALPHA", "Renamed"]}
    assert [entry.action for entry in trail(owner, rows["NEW"])] == ["initiative.add"]
    assert trail(owner, rows["BETA"]).filter(at=now).count() == 0


def test_a_second_import_changes_nothing(portfolio: Portfolio, owner: User, now: datetime) -> None:
    budgets = [model.Budget(year=2026, amount=1 / 3), model.Budget(year=2030, amount=5.0)]
    budgets_import(portfolio=portfolio, budgets=budgets, by=owner, at=now)
    entries = AuditEntry.objects.count()
    budgets_import(portfolio=portfolio, budgets=budgets, by=owner, at=now)
    assert AuditEntry.objects.count() == entries
    assert list(Budget.objects.values_list("year", flat=True)) == [2026, 2027, 2030]


def test_it_refuses_an_initiative_without_a_name(portfolio: Portfolio, owner: User, now: datetime) -> None:
    with pytest.raises(Exception, match="name"):
        initiative_add(portfolio=portfolio, code="X", name="", by=owner, at=now)
    assert not Initiative.objects.filter(code="X").exists()
