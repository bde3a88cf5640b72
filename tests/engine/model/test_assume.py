"""Assumed benefits are explicit, named and of the size that was asked for."""

from __future__ import annotations

import pytest
from tests.engine.plans import START, initiative, option, portfolio

from openvmo.engine.appraisal import appraise
from openvmo.engine.model import assume_benefits, check_portfolio
from openvmo.engine.model.assume import assumed_initiatives

BARE = portfolio(initiative("alpha", option(profiles=())), horizon=120)


def test_its_present_value_is_the_ratio_times_that_of_the_cost() -> None:
    assumed = assume_benefits(BARE, benefit_cost_ratio=1.5, years=5)
    assert appraise(assumed, "alpha").bcr == pytest.approx(1.5, rel=1e-12)
    assert assumed_initiatives(assumed) == ("alpha",)
    assert check_portfolio(assumed) == ()


def test_it_counts_what_was_spent_before() -> None:
    begun = portfolio(initiative("alpha", option(start=START + -6, profiles=())), horizon=120)
    plan = appraise(assume_benefits(begun, benefit_cost_ratio=2.0), "alpha")
    assert float(plan.benefit_pv) == pytest.approx(2 * (float(plan.cost_pv) + 600.0), rel=1e-12)


def test_it_leaves_stated_benefits_alone() -> None:
    assert assume_benefits(portfolio(), benefit_cost_ratio=2.0) == portfolio()


def test_it_adds_nothing_beyond_the_horizon() -> None:
    late = portfolio(initiative("alpha", option(start=START + 100, profiles=())))
    assert assume_benefits(late, benefit_cost_ratio=2.0) == late


@pytest.mark.parametrize(("ratio", "years"), [(-0.1, 10), (1.0, 0)])
def test_it_refuses_impossible_assumptions(ratio: float, years: int) -> None:
    with pytest.raises(ValueError, match="not"):
        assume_benefits(BARE, benefit_cost_ratio=ratio, years=years)
