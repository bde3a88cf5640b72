"""Benefits as they were known, and the first states of those that were there before states were kept."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from openvmo_web.access.models import User
from openvmo_web.audit.actions import record
from openvmo_web.audit.migrating import first_states
from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.benefits.actions import benefit_add, benefit_change
from openvmo_web.benefits.history import benefit_as_known, benefits_as_known
from openvmo_web.benefits.models import Benefit
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.strategy.models import Objective


@pytest.fixture
def benefit(portfolio: Portfolio) -> Benefit:
    return Benefit.objects.select_related("initiative").get(code="ALPHA-B")


def of_the_portfolio(portfolio: Portfolio) -> Any:
    return Benefit.objects.filter(initiative__portfolio=portfolio).order_by("pk")


def test_a_benefit_reads_as_it_was_known(benefit: Benefit, owner: User, now: datetime) -> None:
    later = now + timedelta(days=1)
    benefit_change(
        benefit=benefit, name="No paper", target=Decimal(5), target_date=later.date(), owner=owner, by=owner, at=later
    )
    before, after = benefit_as_known(benefit, now), benefit_as_known(benefit, later)
    assert before is not None
    assert after is not None
    assert (before.pk, before.name, before.target, before.owner) == (benefit.pk, "Less paper", None, None)
    assert (after.name, after.target, after.target_date, after.owner) == ("No paper", 5, later.date(), owner)
    assert benefit_as_known(benefit, now - timedelta(days=30)) is None


def test_the_portfolio_has_the_benefits_that_were_known(
    portfolio: Portfolio, benefit: Benefit, owner: User, now: datetime
) -> None:
    later = now + timedelta(days=1)
    objective = Objective.objects.create(code="PAPERLESS", name="Paperless")
    record(by=owner, at=now - timedelta(days=9), action="strategy.objective_add", on=objective)
    benefit_change(benefit=benefit, code="ALPHA-P", name="No paper", objective=objective, by=owner, at=later)
    benefit_add(initiative=benefit.initiative, code="B2", name="Fewer calls", kind="cashable", by=owner, at=later)

    then = {
        row.code: (row.name, row.objective) for row in benefits_as_known(portfolio, of_the_portfolio(portfolio), now)
    }
    today = {row.code: row.name for row in benefits_as_known(portfolio, of_the_portfolio(portfolio), later)}
    # Plans of all times name it by the code of today.
    assert then["ALPHA-P"] == ("Less paper", None)
    assert (today["ALPHA-P"], set(today) - set(then)) == ("No paper", {"B2"})

    alpha = portfolio_as_known(portfolio, now).initiatives[0]
    assert [row.name for row in alpha.benefits] == ["Less paper"]
    assert alpha.options[0].profiles[0].benefit == "ALPHA-P"
    assert [row.id for row in portfolio_as_known(portfolio, later).objectives] == ["PAPERLESS"]


def test_the_objective_of_a_benefit_is_the_one_of_then(
    portfolio: Portfolio, benefit: Benefit, owner: User, now: datetime
) -> None:
    later = now + timedelta(days=1)
    objective = Objective.objects.create(code="PAPERLESS", name="Paperless")
    record(by=owner, at=now - timedelta(days=9), action="strategy.objective_add", on=objective)
    benefit_change(benefit=benefit, objective=objective, by=owner, at=now - timedelta(hours=1))
    objective.name = "Without paper"
    objective.save()
    record(by=owner, at=later, action="strategy.objective_change", on=objective)

    def name_at(at: datetime) -> str:
        row = next(iter(benefits_as_known(portfolio, of_the_portfolio(portfolio).filter(pk=benefit.pk), at)))
        assert row.objective is not None
        return row.objective.name

    assert (name_at(now), name_at(later)) == ("Paperless", "Without paper")


def test_a_record_without_a_state_gets_its_first_at_the_migration(
    portfolio: Portfolio, benefit: Benefit, owner: User, now: datetime
) -> None:
    old = Benefit.objects.create(
        initiative=benefit.initiative, position=1, code="OLD", name="From before", kind="cashable", target=Decimal(3)
    )
    for day in (3, 1):
        AuditEntry.objects.create(
            at=now - timedelta(days=day),
            action="benefit.change",
            actor_name="Olga Owner",
            kind=old.record_kind,
            key=old.record_key,
            label=old.name,
            portfolio_id=portfolio.pk,
        )
    kept = Version.objects.filter(kind="benefits.benefit")
    before = kept.count()
    operation = first_states("benefits", "Benefit", portfolio_path="initiative__portfolio_id")
    for _again in range(2):
        operation.code(apps, None)
    state = kept.get(key=old.record_key)
    assert kept.count() == before + 1
    assert (state.at, state.portfolio_id, state.entry) == (now - timedelta(days=3), portfolio.pk, None)
    known = benefit_as_known(old, now)
    assert known is not None
    assert known.state_values == Benefit.objects.get(pk=old.pk).state_values
