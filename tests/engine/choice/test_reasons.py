"""Why an initiative is in or out."""

from __future__ import annotations

import pytest
from tests.engine.choice.small_portfolios import Course, portfolio_of

from openvmo.engine.choice import choose
from openvmo.engine.model import DependencyKind

THREE = {"A": [Course(10, [6])], "B": [Course(7, [5])], "C": [Course(-2, [1])]}


def test_it_measures_what_leaving_out_would_lose() -> None:
    reason = choose(*portfolio_of(THREE), budgets={2026: 10}).why("A")
    assert (reason.is_in, reason.option, reason.code, reason.regret, reason.threshold) == (
        True,
        "o0",
        "worth_it",
        3,
        -3,
    )
    assert reason.text == (
        "It is worth GBP 10 and fits the budget. Leaving it out would lower the portfolio's value by GBP 3."
    )


def test_it_names_the_year_that_leaves_no_room() -> None:
    reason = choose(*portfolio_of(THREE), budgets={2026: 10}).why("B")
    assert (reason.is_in, reason.option, reason.code) == (False, None, "budget")
    assert (reason.regret, reason.threshold, reason.binding) == (3, 3, ("2026",))
    assert reason.text == (
        "It would be worth GBP 7, but the money of 2026 brings more elsewhere. "
        "Taking it would lower the portfolio's value by GBP 3."
    )


def test_the_threshold_is_where_the_choice_turns() -> None:
    for change, is_in in [(2.9, False), (3.1, True)]:
        courses = {**THREE, "B": [Course(7 + change, [5])]}
        assert choose(*portfolio_of(courses), budgets={2026: 10}).why("B").is_in is is_in


def test_it_says_that_it_costs_more_than_it_brings() -> None:
    reason = choose(*portfolio_of(THREE), budgets={2026: 12}).why("C")
    assert (reason.code, reason.regret) == ("no_value", 2)


def test_it_says_what_a_mandate_and_a_ban_cost() -> None:
    choice = choose(*portfolio_of(THREE), budgets={2026: 20}, mandatory=["C"], forbidden=["A"])
    mandate, ban = choice.why("C"), choice.why("A")
    assert (mandate.code, mandate.regret, mandate.threshold) == ("mandatory", -2, None)
    assert (ban.code, ban.regret, ban.threshold) == ("forbidden", -10, None)
    assert ban.text == "It is forbidden. Taking it would raise the portfolio's value by GBP 10."


def test_it_says_what_makes_taking_it_impossible() -> None:
    reason = choose(*portfolio_of(THREE), budgets={2026: 10}, mandatory=["A"]).why("B")
    assert (reason.code, reason.regret, reason.threshold, reason.binding) == ("impossible", None, None, ("2026",))
    assert reason.text == (
        "It cannot be taken: what must be taken needs GBP 11 in 2026, GBP 1 more than the budget of GBP 10."
    )


def test_it_names_what_is_needed_by_others() -> None:
    portfolio, numbers = portfolio_of(
        {"A": [Course(-2, [1])], "B": [Course(7, [5])]}, dependencies=[(DependencyKind.REQUIRES, "A", "B")]
    )
    reason = choose(portfolio, numbers, budgets={2026: 6}).why("A")
    assert (reason.code, reason.binding, reason.regret) == ("needed", ("B",), 5)


def test_it_names_the_missing_prerequisite_and_the_rival() -> None:
    portfolio, numbers = portfolio_of(
        {"A": [Course(-9, [1])], "B": [Course(7, [5])], "C": [Course(8, [1])], "D": [Course(9, [1])]},
        dependencies=[(DependencyKind.REQUIRES, "A", "B"), (DependencyKind.EXCLUDES, "C", "D")],
    )
    choice = choose(portfolio, numbers, budgets={})
    assert (choice.why("B").code, choice.why("B").binding, choice.why("B").regret) == ("prerequisite", ("A",), 2)
    assert (choice.why("C").code, choice.why("C").binding, choice.why("C").regret) == ("excluded", ("D",), 1)


def test_it_refuses_an_unknown_initiative() -> None:
    with pytest.raises(KeyError):
        choose(*portfolio_of(THREE), budgets={}).why("X")
