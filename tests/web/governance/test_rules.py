"""Exactly one decider, or the name of the hole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvmo_web.governance.rules import Ambiguity, Hole, Right, decider_for, problems_of

TEAM = Right("fund", Decimal(100), "team")
BOARD = Right("fund", None, "board")


@pytest.mark.parametrize(("amount", "decider"), [(0, "team"), (100, "team"), (101, "board"), (10**15, "board")])
def test_the_lowest_limit_that_holds_the_amount_decides(amount: int, decider: str) -> None:
    assert decider_for([BOARD, TEAM], "fund", Decimal(amount)) == decider


def test_an_amount_above_all_limits_is_a_hole() -> None:
    with pytest.raises(Hole) as hole:
        decider_for([TEAM], "fund", Decimal(101))
    assert hole.value.above == Decimal(100)


def test_a_kind_without_rights_is_a_hole() -> None:
    with pytest.raises(Hole) as hole:
        decider_for([TEAM], "stop", Decimal(1))
    assert hole.value.above is None


def test_two_bodies_with_one_limit_are_an_ambiguity() -> None:
    rights = [BOARD, Right("fund", None, "council")]
    with pytest.raises(Ambiguity) as ambiguity:
        decider_for(rights, "fund", Decimal(1))
    assert ambiguity.value.deciders == ("board", "council")


def test_it_lists_every_problem_kind_by_kind() -> None:
    rights = [TEAM, Right("fund", Decimal(100), "twin")]
    found = [(type(problem), problem.kind) for problem in problems_of(rights, ["fund", "stop"])]
    assert found == [(Ambiguity, "fund"), (Hole, "fund"), (Hole, "stop")]


def test_rights_in_order_have_no_problem() -> None:
    assert list(problems_of([TEAM, BOARD], ["fund"])) == []


limits = st.one_of(st.none(), st.decimals(min_value=0, max_value=10**9, places=2))


@given(st.lists(limits, max_size=6), st.decimals(min_value=0, max_value=10**9, places=2))
def test_rights_without_a_problem_always_name_one_decider(stated: list[Decimal | None], amount: Decimal) -> None:
    rights = [Right("fund", limit, f"body {number}") for number, limit in enumerate(stated)]
    if not list(problems_of(rights, ["fund"])):
        assert decider_for(rights, "fund", amount) in {right.decider for right in rights}
