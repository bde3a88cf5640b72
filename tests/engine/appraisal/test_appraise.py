"""All measures of one option's plan."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from tests.engine.plans import START, initiative, option, portfolio

from openvmo.engine.appraisal import appraise
from openvmo.engine.quantities import Money

FACTORS = 1.1 ** -(np.arange(60) / 12)


def test_it_appraises_the_standing_plan() -> None:
    plan = appraise(portfolio(), "alpha")
    assert plan.cost == Money(Decimal("1200.0"), "GBP", 2026)
    assert plan.benefit == Money(Decimal("2400.0"), "GBP", 2026)
    assert float(plan.cost_pv) == pytest.approx(100 * FACTORS[:12].sum(), rel=1e-12)
    assert float(plan.benefit_pv) == pytest.approx(50 * FACTORS[12:].sum(), rel=1e-12)
    assert float(plan.npv) == pytest.approx(float(plan.benefit_pv) - float(plan.cost_pv), rel=1e-12)
    assert plan.roi == pytest.approx(1.0)
    assert plan.bcr == pytest.approx(float(plan.benefit_pv) / float(plan.cost_pv), rel=1e-12)
    assert plan.payback_months == 35.0
    assert plan.discounted_payback_months is not None
    assert plan.discounted_payback_months > 35.0
    assert plan.warnings == ()


def test_its_rate_is_yearly() -> None:
    plan = appraise(portfolio(), "alpha")
    assert plan.irr is not None
    net = (plan.benefits - plan.costs).values
    assert (net * (1 + plan.irr) ** (-np.arange(60) / 12)).sum() == pytest.approx(0.0, abs=1e-8)


def test_it_keeps_sunk_cost_apart() -> None:
    begun = portfolio(initiative("alpha", option(start=START + -6)))
    plan = appraise(begun, "alpha")
    assert (float(plan.sunk), float(plan.cost)) == (600.0, 600.0)


def test_it_says_that_benefits_are_missing() -> None:
    plan = appraise(portfolio(initiative("alpha", option(profiles=()))), "alpha")
    assert [warning.code for warning in plan.warnings] == ["benefit.none", "irr.undefined"]
    assert (plan.irr, plan.payback_months, plan.bcr) == (None, None, 0.0)


def test_it_has_no_ratio_without_costs() -> None:
    plan = appraise(portfolio(initiative("alpha", option(costs=()))), "alpha")
    assert (plan.roi, plan.bcr, plan.payback_months) == (None, None, 0.0)


def test_it_takes_the_named_option() -> None:
    cheaper = option(id="cheaper", costs=())
    standing = portfolio(initiative("alpha", option(), cheaper))
    assert appraise(standing, "alpha").option == "plan"
    assert appraise(standing, "alpha", "cheaper").cost == Money(Decimal("0.0"), "GBP", 2026)


@pytest.mark.parametrize(("initiative_id", "option_id"), [("x", None), ("alpha", "x")])
def test_it_refuses_an_unknown_name(initiative_id: str, option_id: str | None) -> None:
    with pytest.raises(KeyError, match="x"):
        appraise(portfolio(), initiative_id, option_id)
