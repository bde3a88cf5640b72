"""Published selection problems with known optima, put to the choice as portfolios with one budget a year."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.engine.choice.small_portfolios import Course, portfolio_of

from openvmo.engine.choice import choose

pytestmark = pytest.mark.real

FIRST_YEAR = 2026
# Proven optimal; each is solved in a second or two.
KNAPSACKS = ("pb2", "pet5", "sento2", "weing2", "weing8", "weish02", "weish10", "hp2")


def test_it_solves_the_capital_rationing_of_lorie_and_savage(shared_data: Path) -> None:
    case = json.loads((shared_data / "optimisation/portfolio_selection/lorie_savage_1955.json").read_text())
    outlays = zip(case["outlay_period_1"], case["outlay_period_2"], strict=True)
    courses = {
        str(number): [Course(npv, outlay)]
        for number, (npv, outlay) in enumerate(zip(case["npv"], outlays, strict=True), start=1)
    }
    choice = choose(*portfolio_of(courses), budgets=dict(enumerate(case["budgets"], start=FIRST_YEAR)))
    expected = case["expected"]
    assert (choice.status, choice.value, choice.gap) == ("optimal", expected["integer_optimum"], 0)
    assert [int(alternative.initiative) for alternative in choice.selected] == expected["integer_selected"]
    prices = [row.shadow_price for row in choice.budgets]
    assert prices == pytest.approx(expected["lp_shadow_prices"], abs=5e-5)


@pytest.mark.parametrize("name", KNAPSACKS)
def test_it_reaches_the_proven_optimum(name: str, shared_data: Path) -> None:
    folder = shared_data / "optimisation/mkp"
    profits, weights, limits = _knapsack(folder / "sac94" / f"{name}.txt")
    courses = {str(item): [Course(profit, [weight[item] for weight in weights])] for item, profit in enumerate(profits)}
    choice = choose(*portfolio_of(courses), budgets=dict(enumerate(limits, start=FIRST_YEAR)))
    assert choice.value == _best_known(folder / "best_known.csv")[name]
    assert all(row.slack >= 0 for row in choice.budgets)


def _knapsack(path: Path) -> tuple[list[float], list[list[float]], list[float]]:
    """Profits, weights by limit, and limits, of a file that holds: 1, items, limits, optimum, and these numbers."""
    words = [float(word) for word in path.read_text().split()]
    items, limits, numbers = int(words[1]), int(words[2]), words[4:]
    rows = [numbers[start : start + items] for start in range(0, items * (limits + 1), items)]
    return rows[0], rows[1:], numbers[items * (limits + 1) :]


def _best_known(path: Path) -> dict[str, float]:
    with path.open(newline="") as lines:
        return {row["instance"]: float(row["best_known"]) for row in csv.DictReader(lines)}
