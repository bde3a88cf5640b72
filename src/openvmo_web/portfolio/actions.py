"""What is written about portfolios, programmes, initiatives, dependencies and budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from openvmo.engine import model
from openvmo.engine.model.kinds import InitiativeState
from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import Deed, record, record_all
from openvmo_web.common.fields import stored_amount
from openvmo_web.common.merge import Merged, row_change, rows_merge
from openvmo_web.portfolio.changes import refresh
from openvmo_web.portfolio.models import Budget, Correlation, Dependency, Initiative, Portfolio, Programme
from openvmo_web.portfolio.rules import initiative_values, portfolio_values, programme_values
from openvmo_web.strategy.models import Objective


def portfolio_add(
    *,
    slug: str,
    name: str,
    currency: str,
    price_base: int,
    starts: date,
    horizon: int = 120,
    discount_rate: float = 0.035,
    fiscal_year_start: int = 1,
    description: str = "",
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> Portfolio:
    """Add an empty portfolio."""
    require(by, "portfolio.add")
    portfolio = Portfolio(
        slug=slug,
        name=name,
        description=description,
        currency=currency,
        price_base=price_base,
        starts=starts,
        horizon=horizon,
        discount_rate=discount_rate,
        fiscal_year_start=fiscal_year_start,
    )
    portfolio.full_clean()
    with transaction.atomic():
        portfolio.save()
        changes = {"name": (None, name)}
        record(
            by=by,
            at=at,
            action="portfolio.add",
            on=portfolio,
            portfolio_id=portfolio.pk,
            changes=changes,
            gesture=gesture,
        )
    return portfolio


def portfolio_change(*, portfolio: Portfolio, by: User, at: datetime, note: str = "", **values: Any) -> Portfolio:
    """Change a portfolio's own fields, given by name; what stays the same is not recorded."""
    require(by, "portfolio.change", portfolio_id=portfolio.pk)
    _change(portfolio, "portfolio.change", portfolio.pk, values, by, at, note)
    return portfolio


def portfolio_import(
    *,
    portfolio: Portfolio,
    stated: model.Portfolio,
    objectives: Mapping[str, Objective],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> Portfolio:
    """Bring a portfolio's own fields into line with a file, and let it serve the file's objectives."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    with transaction.atomic():
        changes = row_change(portfolio, portfolio_values(stated))
        if changes:
            deed = Deed("portfolio.change", portfolio, changes)
            record_all([deed], by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
        portfolio.objectives.add(*objectives.values())
    return portfolio


def programme_add(
    *, portfolio: Portfolio, code: str, name: str, owner_name: str = "", description: str = "", by: User, at: datetime
) -> Programme:
    """Add a programme to a portfolio."""
    require(by, "portfolio.change", portfolio_id=portfolio.pk)
    programme = Programme(portfolio=portfolio, code=code, name=name, owner_name=owner_name, description=description)
    programme.full_clean()
    with transaction.atomic():
        programme.save()
        changes = {"name": (None, name)}
        record(by=by, at=at, action="programme.add", on=programme, portfolio_id=portfolio.pk, changes=changes)
    return programme


def programme_change(*, programme: Programme, by: User, at: datetime, note: str = "", **values: Any) -> Programme:
    """Change a programme's fields, given by name."""
    require(by, "portfolio.change", portfolio_id=programme.portfolio_id)
    _change(programme, "programme.change", programme.portfolio_id, values, by, at, note)
    return programme


def programmes_import(
    *, portfolio: Portfolio, programmes: Sequence[model.Programme], by: User, at: datetime, gesture: UUID | None = None
) -> dict[str, Programme]:
    """Bring the programmes of a file into line; return all of the portfolio's programmes, by code."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    wanted = {one.id: programme_values(one) | {"portfolio": portfolio} for one in programmes}
    with transaction.atomic():
        present = portfolio.programmes.select_related("portfolio")
        merged = rows_merge(Programme, present, wanted, key=lambda row: row.code)
        _record_merged(merged, "programme", portfolio, by, at, gesture)
    return merged.rows


def initiative_add(*, portfolio: Portfolio, code: str, name: str, by: User, at: datetime, **values: Any) -> Initiative:
    """Add an initiative, by default a proposal; its first plan is recorded by ``plan_record``."""
    require(by, "initiative.change", portfolio_id=portfolio.pk)
    initiative = Initiative(portfolio=portfolio, code=code, name=name, **values)
    initiative.full_clean()
    with transaction.atomic():
        initiative.save()
        changes = {"name": (None, name)}
        record(by=by, at=at, action="initiative.add", on=initiative, portfolio_id=portfolio.pk, changes=changes)
    return initiative


def initiative_change(*, initiative: Initiative, by: User, at: datetime, note: str = "", **values: Any) -> Initiative:
    """Change an initiative's fields, given by name; its plan changes by ``plan_record`` only."""
    require(by, "initiative.change", portfolio_id=initiative.portfolio_id)
    before = initiative.state
    with transaction.atomic():
        _change(initiative, "initiative.change", initiative.portfolio_id, values, by, at, note)
        if initiative.state != before:
            refresh([initiative.pk], at)
    return initiative


def initiatives_import(
    *,
    portfolio: Portfolio,
    initiatives: Sequence[model.Initiative],
    programmes: Mapping[str, Programme],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> dict[str, Initiative]:
    """Bring the initiatives of a file into line; return all of the portfolio's initiatives, by code."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    wanted = {
        one.id: initiative_values(one) | {"portfolio": portfolio, "programme": programmes.get(one.programme)}
        for one in initiatives
    }
    with transaction.atomic():
        present = portfolio.initiatives.select_related("portfolio", "programme", "current_plan")
        merged = rows_merge(Initiative, present, wanted, key=lambda row: row.code)
        _record_merged(merged, "initiative", portfolio, by, at, gesture)
        refresh([row.pk for row, changes in merged.changed if "state" in changes], at)
    return merged.rows


def initiatives_approve(
    *, initiatives: Sequence[Initiative], note: str, by: User, at: datetime, gesture: UUID | None = None
) -> list[Initiative]:
    """Move the proposals among the initiatives that a decision funds to approved; return those that moved."""
    for portfolio_id in {initiative.portfolio_id for initiative in initiatives}:
        require(by, "decision.decide", portfolio_id=portfolio_id)
    with transaction.atomic():
        moved = [one for one in initiatives if one.state == InitiativeState.PROPOSAL]
        Initiative.objects.filter(pk__in=[one.pk for one in moved]).update(state=InitiativeState.APPROVED)
        for one in moved:
            one.state = InitiativeState.APPROVED
            changes = {"state": (InitiativeState.PROPOSAL, InitiativeState.APPROVED)}
            deed = Deed("initiative.change", one, changes, note)
            record_all([deed], by=by, at=at, portfolio_id=one.portfolio_id, gesture=gesture)
        refresh([one.pk for one in moved], at)
    return moved


def dependency_set(*, kind: str, source: Initiative, target: Initiative, by: User, at: datetime) -> Dependency:
    """State how one initiative leans on another; stating it twice changes nothing."""
    require(by, "portfolio.change", portfolio_id=source.portfolio_id)
    with transaction.atomic():
        dependency = Dependency.objects.filter(kind=kind, source=source, target=target).first()
        if dependency is None:
            dependency = Dependency(portfolio=source.portfolio, kind=kind, source=source, target=target)
            dependency.full_clean()
            dependency.save()
            changes = {"dependency": (None, str(dependency))}
            record(
                by=by, at=at, action="dependency.set", on=dependency, portfolio_id=source.portfolio_id, changes=changes
            )
    return dependency


def dependencies_import(
    *,
    portfolio: Portfolio,
    dependencies: Sequence[model.Dependency],
    initiatives: Mapping[str, Initiative],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[Dependency]:
    """Add the dependencies of a file that are not yet known; return the new ones."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    wanted = {
        (str(one.kind), initiatives[one.source].pk, initiatives[one.target].pk, one.benefit): {
            "portfolio": portfolio,
            "kind": str(one.kind),
            "source": initiatives[one.source],
            "target": initiatives[one.target],
            "benefit_code": one.benefit,
        }
        for one in dependencies
    }
    with transaction.atomic():
        present = portfolio.dependencies.select_related("portfolio", "source", "target")
        merged = rows_merge(
            Dependency, present, wanted, key=lambda row: (row.kind, row.source_id, row.target_id, row.benefit_code)
        )
        deeds = [Deed("dependency.set", row, {"dependency": (None, str(row))}) for row in merged.added]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    return merged.added


def correlations_import(
    *,
    portfolio: Portfolio,
    correlations: Sequence[model.Correlation],
    initiatives: Mapping[str, Initiative],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> dict[frozenset[str], Correlation]:
    """Bring the correlations of a file into line; return all of the portfolio's, by the codes of the two."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    with transaction.atomic():
        present = {_pair(row): row for row in portfolio.correlations.select_related("portfolio", "first", "second")}
        wanted = {
            pair: {
                "portfolio": portfolio,
                # The pair stays named in the order in which it is known.
                "first": present[pair].first if pair in present else initiatives[one.first],
                "second": present[pair].second if pair in present else initiatives[one.second],
                "value": float(one.value),
            }
            for one in correlations
            for pair in [frozenset({one.first, one.second})]
        }
        merged = rows_merge(Correlation, present.values(), wanted, key=_pair)
        changed = [*((row, {"value": (None, row.value)}) for row in merged.added), *merged.changed]
        deeds = [Deed("correlation.set", row, changes) for row, changes in changed]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    return merged.rows


def _pair(row: Correlation) -> frozenset[str]:
    """The two initiatives that a correlation joins; which is named first says nothing."""
    return frozenset({row.first.code, row.second.code})


def budget_set(*, portfolio: Portfolio, year: int, amount: float, by: User, at: datetime) -> Budget:
    """Set the money available in a financial year; setting the same amount twice changes nothing."""
    require(by, "portfolio.change", portfolio_id=portfolio.pk)
    with transaction.atomic():
        merged = _budgets_merge(portfolio, [model.Budget(year=year, amount=amount)], by, at, None)
    return merged.rows[year]


def budgets_import(
    *, portfolio: Portfolio, budgets: Sequence[model.Budget], by: User, at: datetime, gesture: UUID | None = None
) -> dict[int, Budget]:
    """Bring the budgets of a file into line; return all of the portfolio's budgets, by financial year."""
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    with transaction.atomic():
        return _budgets_merge(portfolio, budgets, by, at, gesture).rows


def _budgets_merge(
    portfolio: Portfolio, budgets: Sequence[model.Budget], by: User, at: datetime, gesture: UUID | None
) -> Merged[int, Budget]:
    wanted = {
        one.year: {"portfolio": portfolio, "year": one.year, "amount": stored_amount(one.amount)} for one in budgets
    }
    merged = rows_merge(Budget, portfolio.budgets.select_related("portfolio"), wanted, key=lambda row: row.year)
    changed = [*((row, {"amount": (None, row.amount)}) for row in merged.added), *merged.changed]
    deeds = [Deed("budget.set", row, changes) for row, changes in changed]
    record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    return merged


def _change(
    row: Portfolio | Programme | Initiative,
    action: str,
    portfolio_id: int,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    note: str,
) -> None:
    with transaction.atomic():
        changes = row_change(row, values)
        row.full_clean()
        if changes:
            record(by=by, at=at, action=action, on=row, portfolio_id=portfolio_id, changes=changes, note=note)


def _record_merged(
    merged: Merged[str, Any], word: str, portfolio: Portfolio, by: User, at: datetime, gesture: UUID | None
) -> None:
    new = [Deed(f"{word}.add", row, {"name": (None, row.name)}) for row in merged.added]
    changed = [Deed(f"{word}.change", row, changes) for row, changes in merged.changed]
    record_all(new + changed, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
