"""The choice itself: published case, boundaries, rules one by one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.engine.choice.small_portfolios import Course, portfolio_of

from openvmo.engine.choice import Choice, InfeasibleError, choose
from openvmo.engine.model import Budget, DependencyKind, OptionKind, Selection

A_AND_B = {"A": [Course(10, [6, 1])], "B": [Course(7, [5, 1])]}


def taken(choice: Choice) -> list[tuple[str, str]]:
    return [(alternative.initiative, alternative.option) for alternative in choice.selected]


def test_it_takes_the_best_that_fits() -> None:
    choice = choose(*portfolio_of(A_AND_B), budgets={2026: 10})
    assert (choice.status, choice.value, choice.bound, choice.gap) == ("optimal", 10, 10, 0)
    assert taken(choice) == [("A", "o0")]


def test_it_takes_everything_of_value_without_a_budget() -> None:
    courses = {**A_AND_B, "C": [Course(-1, [0, 0])]}
    choice = choose(*portfolio_of(courses), budgets={})
    assert (choice.value, taken(choice)) == (17, [("A", "o0"), ("B", "o0")])


def test_it_fills_a_budget_to_the_last_unit() -> None:
    assert choose(*portfolio_of(A_AND_B), budgets={2026: 11}).value == 17
    assert choose(*portfolio_of(A_AND_B), budgets={2026: 10.999}).value == 10


def test_it_works_on_amounts_of_any_size() -> None:
    huge = {
        name: [Course(c.value * 1e11, [x * 1e11 for x in c.costs]) for c in options]
        for name, options in A_AND_B.items()
    }
    assert choose(*portfolio_of(huge), budgets={2026: 11e11}).value == 17e11
    assert choose(*portfolio_of(huge), budgets={2026: 11e11 - 1e4}).value == 10e11


def test_it_takes_the_portfolios_budgets_when_none_are_given() -> None:
    portfolio, numbers = portfolio_of(A_AND_B)
    portfolio = dataclasses.replace(portfolio, budgets=(Budget(year=2026, amount=10),))
    assert choose(portfolio, numbers).value == 10


def test_it_reports_the_budget_of_each_year() -> None:
    choice = choose(*portfolio_of(A_AND_B), budgets={2027: 5, 2026: 10})
    first, second = choice.budgets
    assert (first.year, first.available, first.demand, first.used, first.slack) == (2026, 10, 11, 6, 4)
    assert first.shadow_price == pytest.approx(7 / 5)
    assert (second.year, second.available, second.demand, second.used, second.slack) == (2027, 5, 2, 1, 4)
    assert second.shadow_price == 0


def test_it_takes_at_most_one_option() -> None:
    courses = {"A": [Course(10, [6]), Course(12, [9]), Course(4, [1])], "B": [Course(7, [5])]}
    choice = choose(*portfolio_of(courses), budgets={2026: 11})
    assert (choice.value, taken(choice)) == (17, [("A", "o0"), ("B", "o0")])


def test_it_counts_doing_nothing_with_its_own_numbers() -> None:
    courses = {"A": [Course(-5, [6]), Course(-8, [1], OptionKind.DO_NOTHING)], "B": [Course(7, [5])]}
    choice = choose(*portfolio_of(courses), budgets={2026: 7})
    assert (choice.value, taken(choice)) == (-1, [("A", "o1"), ("B", "o0")])
    assert not choice.why("A").is_in
    assert choice.why("A").option == "o1"


def test_it_keeps_mandatory_and_forbidden_from_both_sources() -> None:
    portfolio, numbers = portfolio_of(
        {**A_AND_B, "C": [Course(-3, [1, 0])]}, selection={"C": Selection.MANDATORY, "A": Selection.FORBIDDEN}
    )
    assert taken(choose(portfolio, numbers, budgets={2026: 10})) == [("B", "o0"), ("C", "o0")]
    assert taken(choose(portfolio, numbers, budgets={2026: 10}, forbidden=["B"])) == [("C", "o0")]
    plain, numbers = portfolio_of(A_AND_B)
    assert taken(choose(plain, numbers, budgets={2026: 10}, mandatory=["B"])) == [("B", "o0")]


@pytest.mark.parametrize("kind", [DependencyKind.REQUIRES, DependencyKind.FINISH_TO_START])
def test_it_takes_the_target_only_with_its_source(kind: DependencyKind) -> None:
    courses = {"A": [Course(-4, [3])], "B": [Course(7, [5])]}
    portfolio, numbers = portfolio_of(courses, dependencies=[(kind, "A", "B")])
    assert taken(choose(portfolio, numbers, budgets={2026: 8})) == [("A", "o0"), ("B", "o0")]
    assert taken(choose(portfolio, numbers, budgets={2026: 7})) == []


def test_it_takes_at_most_one_of_two_that_exclude_each_other() -> None:
    portfolio, numbers = portfolio_of(A_AND_B, dependencies=[(DependencyKind.EXCLUDES, "B", "A")])
    assert taken(choose(portfolio, numbers, budgets={})) == [("A", "o0")]


def test_it_counts_enabled_benefits_only_with_their_source() -> None:
    courses = {"A": [Course(-4, [3])], "B": [Course(7, [5], benefit=12)]}
    portfolio, numbers = portfolio_of(courses, dependencies=[(DependencyKind.ENABLES, "A", "B")])
    both = choose(portfolio, numbers, budgets={})
    assert (both.value, taken(both)) == (3, [("A", "o0"), ("B", "o0")])
    assert both.npv_trials(numbers).tolist() == [3]
    alone = choose(portfolio, numbers, budgets={}, forbidden=["A"], mandatory=["B"])
    assert (alone.value, taken(alone)) == (-5, [("B", "o0")])
    assert alone.npv_trials(numbers).tolist() == [-5]


def test_it_does_not_escape_a_disbenefit_that_a_source_brings() -> None:
    courses = {"A": [Course(4, [3])], "B": [Course(-9, [5], benefit=-4)]}
    portfolio, numbers = portfolio_of(courses, dependencies=[(DependencyKind.ENABLES, "A", "B")])
    assert choose(portfolio, numbers, budgets={}, mandatory=["A", "B"]).value == -5


def test_it_says_by_how_much_a_budget_is_too_small() -> None:
    with pytest.raises(InfeasibleError) as caught:
        choose(*portfolio_of(A_AND_B), budgets={2026: 10, 2027: 9}, mandatory=["A", "B"])
    (conflict,) = caught.value.conflicts
    assert (conflict.kind, conflict.subjects, conflict.excess) == ("budget", ("2026",), 1)
    assert str(caught.value) == (
        "No portfolio keeps all rules: what must be taken needs GBP 11 in 2026, GBP 1 more than the budget of GBP 10. "
        "Raise the budget, or drop one of these rules."
    )


def test_it_names_the_rules_that_contradict_each_other_and_no_others() -> None:
    portfolio, numbers = portfolio_of(
        {**A_AND_B, "C": [Course(1, [1, 1])]},
        dependencies=[(DependencyKind.REQUIRES, "A", "B"), (DependencyKind.EXCLUDES, "A", "C")],
    )
    with pytest.raises(InfeasibleError) as caught:
        choose(portfolio, numbers, budgets={2026: 10}, mandatory=["B"], forbidden=["A"])
    texts = [conflict.text for conflict in caught.value.conflicts]
    assert texts == ["B is mandatory", "A is forbidden", "B requires A"]


def test_it_weighs_the_worst_tenth_by_risk() -> None:
    portfolio, numbers = portfolio_of(A_AND_B)
    risky = np.column_stack([np.r_[-50.0, np.full(9, 20.0)], np.full(10, 7.0)])
    numbers = type(numbers)(numbers.alternatives, numbers.years, numbers.annual_cost, risky, risky)
    assert taken(choose(portfolio, numbers, budgets={2026: 10}, risk=0.0)) == [("A", "o0")]
    assert taken(choose(portfolio, numbers, budgets={2026: 10}, risk=0.5)) == [("B", "o0")]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"mandatory": ["X"]}, "the portfolio has no initiative X"),
        ({"budgets": {2026: -1}}, "the budget of 2026 must be a number of at least 0"),
        ({"measure": "beauty"}, "measure must be one of npv, benefit_pv"),
        ({"risk": 2}, "risk must be between 0"),
    ],
)
def test_it_refuses_what_it_cannot_use(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        choose(*portfolio_of(A_AND_B), **given)  # type: ignore[arg-type]


def test_it_refuses_the_forecast_of_another_portfolio() -> None:
    portfolio, _ = portfolio_of(A_AND_B)
    _, numbers = portfolio_of({"A": A_AND_B["A"]})
    with pytest.raises(ValueError, match="forecast this portfolio again"):
        choose(portfolio, numbers, budgets={})


def test_it_stops_when_progress_raises() -> None:
    class Stopped(Exception):
        pass

    def stop(_fraction: float, _message: str) -> None:
        raise Stopped

    courses = {f"I{n}": [Course(50 + (n * 37) % 41, [60 + (n * 53) % 47, 60 + (n * 31) % 43])] for n in range(60)}
    with pytest.raises(Stopped):
        choose(*portfolio_of(courses), budgets={2026: 2100, 2027: 2000}, progress=stop)


def test_it_limits_a_year_without_costs() -> None:
    choice = choose(*portfolio_of(A_AND_B), budgets={2026: 10, 2040: 0})
    assert [(row.year, row.available, row.used) for row in choice.budgets] == [(2026, 10, 6), (2040, 0, 0)]
    assert choice.why("B").code == "budget"
    with pytest.raises(InfeasibleError, match="GBP 1 more than the budget of GBP 10"):
        choose(*portfolio_of(A_AND_B), budgets={2026: 10, 2040: 0}, mandatory=["A", "B"])
