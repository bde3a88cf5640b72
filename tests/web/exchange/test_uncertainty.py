"""Whatever the engine's records say of uncertainty is stored and comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from tests.web.conftest import NOW, person

from openvmo.engine import model
from openvmo.engine.model import kinds
from openvmo.engine.quantities import Estimate, Family, Month
from openvmo.files import read_bytes, to_bytes
from openvmo_web.access.models import User
from openvmo_web.benefits.analysis import risk_record
from openvmo_web.common.database import restore_guards
from openvmo_web.exchange.actions import import_apply, import_preview, portfolio_export
from openvmo_web.exchange.models import Import
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.maps.actions import claim_remove, node_change
from openvmo_web.maps.models import Claim, Link, Node
from openvmo_web.portfolio.models import Portfolio, Risk
from openvmo_web.portfolio.rules import plan_digest

DIGEST_OF_OLD = "379d9a9b0092dfc9c60e6e8a85a100aaa2bfd323b487f8d1f577a376cb5be7d1"
ESTIMATES = (
    Estimate.pert(80.0, 100.0, 150.0),
    Estimate.triangular(80.0, 100.0, 150.0, tail=0.05),
    Estimate.uniform(10.0, 20.0),
    Estimate.normal(100.0, 10.0),
    Estimate.lognormal(100.0, 0.4),
    Estimate.discrete({0.0: 0.7, 250.0: 0.3}),
    Estimate.empirical([3.0, 5.0, 8.0, 8.0]),
    Estimate(100.0, low=80.0, high=140.0, tail=0.2),
    Estimate(100.0),
)


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: object) -> None:
    """Keep uploaded files in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def manager(db: None) -> User:
    """Manages all portfolios."""
    return person("mia@example.org", "Mia Manager", "portfolio_manager")


@pytest.fixture
def later(now: datetime) -> datetime:
    """The next day."""
    return now + timedelta(days=1)


def stored(estimate: Estimate) -> Estimate:
    """The estimate with the six decimals that are kept."""
    if estimate.family not in (Family.NORMAL, Family.LOGNORMAL):
        return estimate
    low, high = (None if part is None else round(part, 6) for part in (estimate.low, estimate.high))
    return replace(estimate, low=low, high=high)


def everything() -> model.Portfolio:
    """A portfolio in which each record says all that it can of uncertainty."""
    return model.Portfolio(
        name="All kinds",
        currency="GBP",
        price_base=2026,
        start=Month(2026, 4),
        initiatives=(_initiative("A", "a1"), _initiative("B", "b1")),
        dependencies=(
            model.Dependency(kind=kinds.DependencyKind.ENABLES, source="A", target="B", benefit="b1"),
            model.Dependency(kind=kinds.DependencyKind.FINISH_TO_START, source="A", target="B"),
        ),
        pools=(
            model.Pool(id="hours", name="Hours saved", annual=Estimate.pert(100.0, 200.0, 400.0), unit="hours"),
            model.Pool(id="rent", name="Less rent", annual=Estimate(5e5), unit="", value_per_unit=None),
            model.Pool(id="overtime", name="Less overtime", annual=Estimate(40.0), unit="hours"),
            model.Pool(id="days", name="Days", annual=Estimate(10.0), unit="days", value_per_unit=12.5),
        ),
        correlations=(model.Correlation(first="B", second="A", value=0.35),),
    )


def _initiative(id: str, benefit: str) -> model.Initiative:
    costs = tuple(
        model.CostLine(id=f"c{number}", name="Cost", amount=stored(estimate), every=3, months=24)
        for number, estimate in enumerate(ESTIMATES)
    )
    risks = tuple(
        model.Risk(id=f"r{number}", name="Risk", probability=0.2, cost=stored(estimate), slip=estimate)
        for number, estimate in enumerate(ESTIMATES)
    )
    profile = model.Profile(
        benefit=benefit,
        annual=stored(Estimate.lognormal(100.0, 0.2)),
        ramp_shape=kinds.RampShape.CURVE,
        curve=(0.1, 0.4, 1.0),
    )
    option = model.Option(
        id="now",
        start=Month(2026, 4),
        duration=12,
        slip=Estimate.triangular(-1.0, 2.0, 6.0),
        costs=costs,
        profiles=(profile,),
        risks=risks,
    )
    claiming = model.Benefit(
        id=benefit, name="Hours", kind=kinds.BenefitClass.QUANTIFIABLE, unit="hours", pool="hours", claim=0.4
    )
    return model.Initiative(id=id, name=id, options=(option,), benefits=(claiming,))


def taken_in(stated: model.Portfolio, into: Portfolio | None, by: User, at: datetime) -> Import:
    return import_preview(content=to_bytes(stated, "json"), file_name="plan.json", portfolio=into, by=by, at=at)


@pytest.fixture
def held(manager: User, now: datetime) -> Portfolio:
    """The whole portfolio, imported."""
    imported = taken_in(everything(), None, manager, now)
    assert imported.state == "previewed", imported.findings
    portfolio = import_apply(imported=imported, by=manager, at=now).portfolio
    assert portfolio is not None
    return portfolio


def test_everything_comes_back_as_it_was(held: Portfolio, now: datetime) -> None:
    assert portfolio_as_known(held, now) == replace(everything(), id=held.slug)


@pytest.mark.parametrize("format", ["json", "native_workbook", "csv_folder"])
def test_an_exported_file_says_the_same(held: Portfolio, manager: User, now: datetime, format: str) -> None:
    name, content, _type = portfolio_export(portfolio=held, format=format, by=manager, at=now)
    assert read_bytes(content, name).portfolio == replace(everything(), id=held.slug)


def test_the_same_file_changes_nothing_the_second_time(held: Portfolio, manager: User, now: datetime) -> None:
    imported = taken_in(everything(), held, manager, now)
    assert (imported.state, imported.changes) == ("previewed", [])


def test_claims_are_on_the_map_and_linked(held: Portfolio) -> None:
    claims = Claim.objects.filter(outcome__portfolio=held, removed_at=None)
    assert {(claim.outcome.code, claim.benefit.code, str(claim.share)) for claim in claims} == {
        ("hours", "a1", "0.400000"),
        ("hours", "b1", "0.400000"),
    }
    links = Link.objects.filter(portfolio=held)
    assert {(link.source_node.code, link.target_benefit.code) for link in links} == {("hours", "a1"), ("hours", "b1")}  # type: ignore[union-attr]


def test_a_file_without_shares_takes_none_away(held: Portfolio, manager: User, now: datetime) -> None:
    silent = replace(
        everything(),
        pools=(),
        initiatives=tuple(
            replace(one, benefits=tuple(replace(benefit, pool="", claim=None) for benefit in one.benefits))
            for one in everything().initiatives
        ),
    )
    imported = taken_in(silent, held, manager, now)
    assert imported.changes == []


def test_a_claim_moves_to_the_pool_that_a_file_names(held: Portfolio, manager: User, now: datetime) -> None:
    first, second = everything().initiatives
    (benefit,) = first.benefits
    moved = replace(first, benefits=(replace(benefit, pool="overtime", claim=0.5),))
    stated = replace(everything(), initiatives=(moved, second))
    imported = import_apply(imported=taken_in(stated, held, manager, now), by=manager, at=now)
    assert imported.state == "applied"
    assert portfolio_as_known(held, now) == replace(stated, id=held.slug)


def test_claims_over_the_whole_are_refused(held: Portfolio, manager: User, now: datetime) -> None:
    first, second = everything().initiatives
    more = replace(first, benefits=(replace(first.benefits[0], claim=0.7),))
    imported = taken_in(replace(everything(), initiatives=(more, second)), held, manager, now)
    assert imported.state == "refused"
    assert [(one["code"], one["sheet"], one["column"]) for one in imported.findings if one["severity"] == "error"] == [
        ("claim.over", "Benefits", "claim")
    ]


def test_a_pool_keeps_out_of_what_is_no_outcome(held: Portfolio, manager: User, now: datetime) -> None:
    Node.objects.create(portfolio=held, kind="enabler", code="tool", name="A tool")
    tool = model.Pool(id="tool", name="Tool", annual=Estimate(1.0))
    imported = taken_in(replace(everything(), pools=(*everything().pools, tool)), held, manager, now)
    assert [one["code"] for one in imported.findings if one["severity"] == "error"] == ["import.pool_kind"]


def test_a_past_portfolio_has_the_shares_of_then(
    held: Portfolio, manager: User, now: datetime, later: datetime
) -> None:
    for claim in Claim.objects.filter(outcome__portfolio=held, benefit__code="b1"):
        claim_remove(claim=claim, by=manager, at=later)
    node_change(node=Node.objects.get(portfolio=held, code="hours"), pool=300, by=manager, at=later)
    assert portfolio_as_known(held, now) == replace(everything(), id=held.slug)
    today = portfolio_as_known(held, later)
    assert today.pools[0].annual == Estimate.pert(100.0, 300.0, 400.0)
    assert [benefit.claim for one in today.initiatives for benefit in one.benefits] == [0.4, None]


def test_an_estimate_that_six_decimals_cannot_hold_is_refused(manager: User, now: datetime) -> None:
    fine = replace(everything().pools[1], annual=Estimate.uniform(0.0, 1e-6))
    imported = taken_in(replace(everything(), pools=(everything().pools[0], fine)), None, manager, now)
    assert [one["code"] for one in imported.findings if one["severity"] == "error"] == ["import.estimate_too_fine"]


def test_a_plan_without_the_new_columns_keeps_its_digest() -> None:
    """As it was worked out before estimates had families and risks an uncertain slip."""
    option = model.Option(
        id="now",
        start=Month(2026, 4),
        duration=6,
        costs=(model.CostLine(id="c", name="Cost", amount=Estimate(10.0, low=8.0, high=14.0)),),
        profiles=(model.Profile(benefit="b", annual=Estimate(5.0)),),
        risks=(model.Risk(id="r", name="Risk", probability=0.5, slip=Estimate.certain(2.0)),),
    )
    assert plan_digest([option]) == DIGEST_OF_OLD


@pytest.mark.django_db(transaction=True)
def test_slips_of_older_risks_are_certain() -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    before = [("portfolio", "0004_portfolio_closed_until")]
    try:
        _migrated(before)
        others = [node for node in newest if node[0] != "portfolio"]
        _old_risk(MigrationExecutor(connection).loader.project_state([*others, *before]).apps)
    finally:
        _migrated(newest)
    risk = Risk.objects.get()
    assert risk_record(risk).slip == Estimate.certain(3.0)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE portfolio_risk SET name = 'changed'")


def _migrated(to: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    restore_guards(using="default")


def _old_risk(apps: Any) -> None:
    """A risk that costs three months, as it was stored before."""
    tables = {name: apps.get_model("portfolio", name) for name in ("Portfolio", "Initiative", "Plan", "Option", "Risk")}
    by = apps.get_model("access", "User").objects.create(email="o@example.org", name="O", joined_at=NOW)
    start = date(2026, 4, 1)
    frame = {"currency": "GBP", "price_base": 2026, "starts": start, "horizon": 60, "discount_rate": 0.0}
    portfolio = tables["Portfolio"].objects.create(slug="old", name="Old", **frame)
    initiative = tables["Initiative"].objects.create(portfolio=portfolio, code="A", name="A")
    plan = tables["Plan"].objects.create(initiative=initiative, number=1, recorded_at=NOW, recorded_by=by)
    option = tables["Option"].objects.create(plan=plan, position=0, code="now", starts=start, duration=6)
    tables["Risk"].objects.create(option=option, position=0, code="r", name="R", probability=0.5, cost_likely=0, slip=3)
