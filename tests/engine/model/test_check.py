"""Every problem of a portfolio, with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.engine.plans import START, initiative, option, portfolio

from openvmo.engine.model import (
    Anchor,
    Budget,
    Correlation,
    CostLine,
    Dependency,
    DependencyKind,
    Measurement,
    Objective,
    OptionKind,
    Pool,
    Portfolio,
    Profile,
    Programme,
    RampShape,
    Risk,
    Severity,
    check_portfolio,
)
from openvmo.engine.quantities import Estimate

ALPHA, BETA = initiative("alpha"), initiative("beta")
GAMMA = initiative("gamma")
CONTRADICTING = tuple(
    Correlation(first=first, second=second, value=value)
    for first, second, value in (("alpha", "beta", 1.0), ("beta", "gamma", 1.0), ("alpha", "gamma", 0.0))
)
POOL = Pool(id="rent", name="Rent", annual=Estimate(100.0))
COST = CostLine(id="c", name="c", amount=Estimate(1.0))
RISK = Risk(id="r", name="r", probability=0.5)


def waits(source: str, target: str, kind: DependencyKind = DependencyKind.FINISH_TO_START) -> Dependency:
    return Dependency(kind=kind, source=source, target=target)


def with_option(**changes: Any) -> Portfolio:
    return portfolio(initiative("alpha", option(**changes)))


def with_profile(**changes: Any) -> Portfolio:
    profile = Profile(benefit="saving", annual=Estimate(1.0))
    return with_option(profiles=(replace(profile, **changes),))


def with_risk(**changes: Any) -> Portfolio:
    return with_option(risks=(replace(RISK, **changes),))


def with_claims(*claims: float, **changes: Any) -> Portfolio:
    claiming = [
        replace(one, benefits=(replace(one.benefits[0], pool="rent", claim=claim, **changes),))
        for one, claim in zip((ALPHA, BETA, GAMMA), claims, strict=False)
    ]
    return portfolio(*claiming, pools=(POOL,))


def related(first: str, second: str, value: float = 0.5) -> Correlation:
    return Correlation(first=first, second=second, value=value)


def enables(benefit: str, kind: DependencyKind = DependencyKind.ENABLES) -> Portfolio:
    return portfolio(ALPHA, BETA, dependencies=(replace(waits("alpha", "beta", kind), benefit=benefit),))


def test_it_finds_nothing_in_a_good_portfolio() -> None:
    assert check_portfolio(portfolio()) == ()


@pytest.mark.parametrize(
    ("bad", "code", "place"),
    [
        (portfolio(currency="pounds"), "portfolio.currency", "Portfolio, column currency"),
        (portfolio(horizon=0), "portfolio.horizon", "Portfolio, column horizon"),
        (portfolio(horizon=1_201), "portfolio.horizon", "Portfolio, column horizon"),
        (portfolio(discount_rate=3.5), "portfolio.discount_rate", "Portfolio, column discount_rate"),
        (portfolio(fiscal_year_start=13), "portfolio.fiscal_year_start", "Portfolio, column fiscal_year_start"),
        (
            portfolio(objectives=(Objective(id="o", name="o", parent="x"),)),
            "parent.unknown",
            "Objectives, column parent",
        ),
        (
            portfolio(objectives=(Objective(id="o", name="o", parent="p"), Objective(id="p", name="p", parent="o"))),
            "parent.circle",
            "Objectives, column parent",
        ),
        (
            portfolio(objectives=(Objective(id="o", name="o", weight=1.5),)),
            "weight.not_a_share",
            "Objectives, column weight",
        ),
        (portfolio(programmes=(Programme(id="", name="p"),)), "id.missing", "Programmes, column id"),
        (portfolio(ALPHA, ALPHA), "id.repeated", "Initiatives, column id"),
        (portfolio(replace(ALPHA, programme="x")), "programme.unknown", "Initiatives, column programme"),
        (
            portfolio(replace(ALPHA, benefits=(replace(ALPHA.benefits[0], objective="x"),))),
            "objective.unknown",
            "Benefits, column objective",
        ),
        (
            portfolio(replace(ALPHA, benefits=(replace(ALPHA.benefits[0], value_per_unit=-1.0),))),
            "benefit.value_negative",
            "Benefits, column value_per_unit",
        ),
        (
            portfolio(replace(ALPHA, measurements=(Measurement(benefit="x", month=START, value=1.0),))),
            "benefit.unknown",
            "Measurements, column benefit",
        ),
        (with_option(duration=0), "duration.too_small", "Options, column duration"),
        (with_option(duration=200_000), "duration.too_large", "Options, column duration"),
        (with_option(slip=Estimate(-1e9)), "slip.too_large", "Options, column slip"),
        (
            with_option(costs=(replace(COST, amount=Estimate(1.0, low=1e-300, high=2.0)),)),
            "amount.too_wide",
            "Costs, column amount",
        ),
        (with_option(costs=(COST, COST)), "id.repeated", "Costs, column id"),
        (with_option(costs=(replace(COST, months=0),)), "months.too_small", "Costs, column months"),
        (with_profile(benefit="x"), "benefit.unknown", "Profiles, column benefit"),
        (with_profile(decay=-0.1), "decay.not_a_share", "Profiles, column decay"),
        (with_profile(duration=0), "duration.too_small", "Profiles, column duration"),
        (with_profile(ramp_months=-1), "ramp_months.too_small", "Profiles, column ramp_months"),
        (with_risk(probability=1.2), "probability.not_a_share", "Risks, column probability"),
        (with_risk(benefit_loss=-0.1), "benefit_loss.not_a_share", "Risks, column benefit_loss"),
        (portfolio(ALPHA, dependencies=(waits("x", "alpha"),)), "source.unknown", "Dependencies, column source"),
        (portfolio(ALPHA, dependencies=(waits("alpha", "alpha"),)), "dependency.self", "Dependencies, column target"),
        (
            portfolio(ALPHA, BETA, dependencies=(waits("alpha", "beta"), waits("beta", "alpha"))),
            "source.circle",
            "Dependencies, column source",
        ),
        (
            portfolio(budgets=(Budget(year=2026, amount=1.0), Budget(year=2026, amount=2.0))),
            "year.repeated",
            "Budgets, column year",
        ),
        (portfolio(budgets=(Budget(year=2026, amount=-1.0),)), "amount.too_small", "Budgets, column amount"),
        (with_option(costs=(replace(COST, every=0),)), "every.too_small", "Costs, column every"),
        (with_profile(ramp_shape=RampShape.CURVE), "curve.missing", "Profiles, column curve"),
        (with_profile(curve=(0.5, 1.0)), "curve.unused", "Profiles, column ramp_shape"),
        (
            with_profile(ramp_shape=RampShape.CURVE, curve=(0.5, 1.2)),
            "curve.not_a_share",
            "Profiles, column curve",
        ),
        (with_risk(slip=Estimate(2.0, low=-1.0, high=3.0)), "slip.too_small", "Risks, column slip"),
        (with_claims(0.6, 0.6), "claim.over", "Benefits, column claim"),
        (with_claims(1.5), "claim.not_a_share", "Benefits, column claim"),
        (with_claims(0.5, unit="hours"), "claim.unit", "Benefits, column unit"),
        (replace(with_claims(0.5), pools=()), "pool.unknown", "Benefits, column pool"),
        (portfolio(pools=(POOL, POOL)), "id.repeated", "Pools, column id"),
        (portfolio(pools=(replace(POOL, annual=Estimate(0.0)),)), "pool.nothing", "Pools, column annual"),
        (portfolio(ALPHA, correlations=(related("alpha", "x"),)), "second.unknown", "Correlations, column second"),
        (
            portfolio(ALPHA, correlations=(related("alpha", "alpha"),)),
            "correlation.self",
            "Correlations, column second",
        ),
        (
            portfolio(ALPHA, BETA, correlations=(related("alpha", "beta"), related("beta", "alpha"))),
            "correlation.repeated",
            "Correlations, column second",
        ),
        (
            portfolio(ALPHA, BETA, correlations=(related("alpha", "beta", 1.2),)),
            "correlation.value",
            "Correlations, column value",
        ),
        (enables("nothing"), "benefit.unknown", "Dependencies, column benefit"),
        (
            enables("saving-beta", DependencyKind.REQUIRES),
            "dependency.benefit",
            "Dependencies, column benefit",
        ),
    ],
)
def test_it_refuses(bad: Portfolio, code: str, place: str) -> None:
    errors = [finding for finding in check_portfolio(bad) if finding.severity is Severity.ERROR]
    assert (errors[0].code, errors[0].where) == (code, place)
    assert errors[0].problem.endswith(".")
    assert errors[0].remedy.endswith(".")


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        (portfolio(replace(ALPHA, options=())), "option.none"),
        (with_option(start=START + 50, costs=()), "horizon.short"),
        (with_option(start=START + 45, costs=(replace(COST, months=20),)), "horizon.costs"),
        (with_option(costs=(replace(COST, anchor=Anchor.GO_LIVE),)), "cost.open_ended"),
        (with_option(costs=(replace(COST, amount=Estimate(-1.0)),)), "cost.negative"),
        (with_profile(annual=Estimate(-1.0)), "benefit.negative"),
        (portfolio(ALPHA, BETA, GAMMA, correlations=CONTRADICTING), "correlation.repaired"),
    ],
)
def test_it_warns(odd: Portfolio, code: str) -> None:
    assert [(finding.severity, finding.code) for finding in check_portfolio(odd)] == [(Severity.WARNING, code)]


def test_it_lists_every_problem_at_once() -> None:
    bad = portfolio(initiative("alpha", option(duration=0), programme="x"), currency="?")
    assert [finding.code for finding in check_portfolio(bad)] == [
        "portfolio.currency",
        "programme.unknown",
        "duration.too_small",
    ]


def test_it_lets_two_initiatives_enable_each_other() -> None:
    enables = DependencyKind.ENABLES
    both = (waits("alpha", "beta", enables), waits("beta", "alpha", enables))
    assert check_portfolio(portfolio(ALPHA, BETA, dependencies=both)) == ()


def test_doing_nothing_may_take_no_time() -> None:
    assert check_portfolio(with_option(kind=OptionKind.DO_NOTHING, duration=0)) == ()


def test_it_names_the_circle() -> None:
    circle = portfolio(ALPHA, BETA, dependencies=(waits("alpha", "beta"), waits("beta", "alpha")))
    problem = "There is an initiative that waits for itself in a circle: alpha - beta - alpha."
    assert check_portfolio(circle)[0].problem == problem


def test_a_repair_says_how_far_it_moved() -> None:
    (finding,) = check_portfolio(portfolio(ALPHA, BETA, GAMMA, correlations=CONTRADICTING))
    assert finding.problem == (
        "The correlations contradict each other. The nearest possible ones are used: they move by up to 0.239, "
        "by 0.528 in all (root of the sum of squares); alpha and beta from 1 to 0.761."
    )
    assert (finding.sheet, finding.column, finding.value) == ("Correlations", "value", "1.0")


def test_a_share_without_its_pool_is_incomplete() -> None:
    alpha = replace(ALPHA, benefits=(replace(ALPHA.benefits[0], claim=0.5),))
    (finding,) = check_portfolio(portfolio(alpha))
    assert (finding.code, finding.where) == ("claim.incomplete", "Benefits, column pool")


def test_costs_after_the_horizon_are_counted_in_months() -> None:
    cut = with_option(start=START + 45, costs=(replace(COST, months=20),))
    (finding,) = check_portfolio(cut)
    assert finding.problem == (
        "c of alpha, option plan is paid over 20 months, of which 5 lie after the end of the appraisal: "
        "what is paid then does not count."
    )
    assert finding.remedy == "Lengthen the horizon to 65 months, or shorten the cost line."
