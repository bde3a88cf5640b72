"""What an import preview shows."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from tests.files.portfolios import portfolios

from openvmo.engine.model import Budget, CostLine, Initiative, Option, Portfolio
from openvmo.engine.quantities import Estimate, Month
from openvmo.files import Change, Difference, portfolio_differences

LINE = CostLine(id="c", name="Build", amount=Estimate(10.0))
OPTION = Option(id="now", start=Month(2026, 5), duration=3, costs=(LINE,))
OLD = Portfolio(
    currency="GBP",
    price_base=2026,
    start=Month(2026, 4),
    initiatives=(Initiative(id="A", name="Alpha", options=(OPTION,)), Initiative(id="B", name="Beta")),
    budgets=(Budget(year=2026, amount=5.0),),
)


def test_it_shows_what_came_went_and_changed() -> None:
    option = dataclasses.replace(OPTION, duration=4, costs=(dataclasses.replace(LINE, amount=Estimate(12.5)),))
    initiatives = (Initiative(id="C", name="Gamma"), Initiative(id="A", name="Alpha", options=(option,)))
    new = dataclasses.replace(OLD, initiatives=initiatives, budgets=(Budget(year=2026, amount=6.0),))
    assert portfolio_differences(OLD, new) == (
        Difference("Initiatives", ("B",), "", None, None, Change.REMOVED),
        Difference("Initiatives", ("C",), "", None, None, Change.ADDED),
        Difference("Options", ("A", "now"), "duration", 3, 4, Change.CHANGED),
        Difference("Costs", ("A", "now", "c"), "amount_likely", 10.0, 12.5, Change.CHANGED),
        Difference("Budgets", ("2026",), "amount", 5.0, 6.0, Change.CHANGED),
    )


def test_it_ignores_the_order_of_records() -> None:
    new = dataclasses.replace(OLD, initiatives=tuple(reversed(OLD.initiatives)))
    assert portfolio_differences(OLD, new) == ()


@settings(max_examples=40, deadline=None)
@given(portfolios())
def test_it_shows_nothing_between_a_portfolio_and_itself(portfolio: Portfolio) -> None:
    assert portfolio_differences(portfolio, portfolio) == ()
