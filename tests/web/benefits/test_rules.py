"""When a benefit is complete, what its title lacks, what contradicts itself, in which order its states follow."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from openvmo_web.benefits.rules import (
    contradictions,
    doam,
    doam_score,
    frozen_refusal,
    is_stated,
    state_refusal,
    title_hints,
)

COMPLETE: dict[str, Any] = {
    "kind": "quantifiable",
    "description": "Letters that nobody has to print.",
    "beneficiaries": "Applicants",
    "observable": "The mail room closes at noon.",
    "attribution": "Only the portal replaces letters.",
    "owner_name": "Olga Owner",
    "measure": "Letters sent",
    "baseline": Decimal(900),
    "baseline_date": date(2026, 1, 1),
    "target": Decimal(0),
    "target_date": date(2027, 1, 1),
    "frequency": "monthly",
    "data_source": "Mail room",
}
PLAIN: dict[str, Any] = {
    "accrual": "flow",
    "direction": "not_stated",
    "baseline": None,
    "baseline_date": None,
    "target": None,
    "target_date": None,
    "unit": "letters",
}


def test_nought_says_something_and_empty_words_do_not() -> None:
    assert [is_stated(value) for value in (0, "0", Decimal(0), False)] == [True] * 4
    assert [is_stated(value) for value in (None, "", "  ", "not_stated")] == [False] * 4


def test_a_complete_benefit_passes_all_four() -> None:
    assert [(test.letter, test.missing) for test in doam(COMPLETE)] == [("D", ()), ("O", ()), ("A", ()), ("M", ())]


def test_nothing_said_passes_none_and_is_told_what_to_do() -> None:
    tests = doam({})
    assert doam_score({}) == 0
    assert [len(test.missing) for test in tests] == [2, 1, 2, 7]
    assert tests[1].missing == ("Say what people will see happen when it arrives.",)


@pytest.mark.parametrize(
    ("field", "letter"),
    [("beneficiaries", "D"), ("observable", "O"), ("owner_name", "A"), ("attribution", "A"), ("target_date", "M")],
)
def test_each_gap_opens_one_test(field: str, letter: str) -> None:
    assert [test.letter for test in doam(COMPLETE | {field: ""}) if not test.is_passed] == [letter]


def test_an_owner_with_an_account_is_an_owner() -> None:
    assert doam_score(COMPLETE | {"owner_name": "", "owner": 7}) == 4


def test_what_is_told_in_words_is_measured_without_figures() -> None:
    without = COMPLETE | {"kind": "qualitative", "baseline": None, "baseline_date": None, "target": None}
    assert doam_score(without | {"target_date": None}) == 4
    assert doam_score(without | {"data_source": ""}) == 3


def test_typed_texts_count_as_stored_values_do() -> None:
    assert doam_score({name: str(value) for name, value in COMPLETE.items()}) == 4


@pytest.mark.parametrize("title", ["", "Fewer days to decide a claim", "Sign-in calls avoided", "Faster answers"])
def test_a_clear_title_gets_no_hint(title: str) -> None:
    assert title_hints(title) == []


def test_a_vague_title_is_told_what_to_say() -> None:
    assert title_hints("Better service for citizens") == [
        "“better” cannot be measured. Say what there will be fewer, less, more of, or what will be faster."
    ]
    assert title_hints("Service for citizens") == [
        "Say the change first: fewer, faster, more, less, avoided … For example “Fewer days to decide a claim”."
    ]
    assert title_hints("Fewer") == ["Say of what: name the thing that is measured."]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        ({"accrual": "level"}, ["baseline", "direction"]),
        ({"accrual": "level", "baseline": Decimal(9), "direction": "decrease"}, []),
        ({"direction": "increase", "baseline": Decimal(5), "target": Decimal(5)}, ["target"]),
        ({"direction": "increase", "baseline": Decimal(5), "target": Decimal(6)}, []),
        ({"direction": "decrease", "baseline": Decimal(5), "target": Decimal(6)}, ["target"]),
        ({"direction": "maintain", "baseline": Decimal(5), "target": Decimal(4)}, []),
        ({"baseline_date": date(2026, 5, 1), "target_date": date(2026, 5, 1)}, ["target_date"]),
    ],
)
def test_it_finds_what_contradicts_itself(values: dict[str, Any], fields: list[str]) -> None:
    assert [one.fields[0] for one in contradictions(PLAIN | values)] == fields


def test_units_are_never_mixed() -> None:
    assert contradictions(PLAIN, " Letters ") == []
    (mismatch,) = contradictions(PLAIN | {"unit": ""}, "days")
    assert mismatch.fields == ("strategic_measure", "unit")
    assert mismatch.problem == "The strategic measure counts in days, the benefit in money: they cannot be added up."


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("identified", "agreed", True),
        ("identified", "arriving", False),
        ("agreed", "identified", True),
        ("arriving", "sustained", True),
        ("sustained", "identified", False),
        ("retired", "identified", True),
        ("agreed", "retired", False),
    ],
)
def test_states_follow_one_another(before: str, after: str, allowed: bool) -> None:
    assert (state_refusal(before, after, has_owner=True) == "") is allowed


def test_nobody_agrees_to_what_nobody_owns() -> None:
    refusal = "Name an owner first: nobody has agreed to a benefit for which nobody answers."
    assert state_refusal("identified", "agreed", has_owner=False) == refusal


def test_a_frozen_field_names_the_decision() -> None:
    assert frozen_refusal(["Unit", "Target"], 12) == (
        "The baseline of decision 12 promises Unit, Target: only renewing the promise changes that."
    )
    assert frozen_refusal(["Unit"], None) == "The baseline promises Unit: only renewing the promise changes that."
