"""How a measure stands, and how far an objective has come."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvmo_web.strategy.rules import (
    Observed,
    Progress,
    aim_problems,
    is_below,
    is_stale,
    on_line,
    progress_of,
    rolled_up,
    score_of,
    shares_of,
    state_of,
)
from openvmo_web.strategy.words import MEASURE_STATES, PROBLEMS, STATE_TONES


@dataclass(frozen=True)
class Aim:
    """A measure in plain values: from 10 on 1 Jan to 20 on 31 Dec 2026."""

    direction: str = "increase"
    frequency: str = "quarterly"
    baseline: Decimal | None = Decimal(10)
    baseline_date: date | None = date(2026, 1, 1)
    target: Decimal | None = Decimal(20)
    target_date: date | None = date(2027, 1, 1)
    caution_at: Decimal | None = None
    critical_at: Decimal | None = None


RISING = Aim()
FALLING = Aim(direction="decrease", baseline=Decimal(20), target=Decimal(10))
STAYING = Aim(direction="maintain", baseline=None, baseline_date=None, target=Decimal(10), target_date=None)
JULY = date(2026, 7, 2)  # half of the way: 182 of 365 days


@pytest.mark.parametrize(
    ("aim", "value", "progress", "score"),
    [
        (RISING, 15, 0.5, 0.5),
        (RISING, 25, 1.5, 1.0),
        (RISING, 5, -0.5, 0.0),
        (FALLING, 15, 0.5, 0.5),
        (FALLING, 25, -0.5, 0.0),
        (replace(RISING, baseline=None), 15, None, None),
        (replace(RISING, target=None), 15, None, None),
        (replace(RISING, target=Decimal(10)), 15, None, None),
        (STAYING, 10, None, 1.0),
        (STAYING, 11, None, 0.0),
        (replace(STAYING, caution_at=Decimal(2), critical_at=Decimal(6)), 12, None, 1.0),
        (replace(STAYING, caution_at=Decimal(2), critical_at=Decimal(6)), 7, None, 0.75),
        (replace(STAYING, caution_at=Decimal(2), critical_at=Decimal(6)), 16, None, 0.0),
        (replace(STAYING, critical_at=Decimal(4)), 13, None, 0.25),
        (replace(STAYING, target=None), 13, None, None),
    ],
)
def test_it_says_how_far_a_value_has_come(aim: Aim, value: int, progress: float | None, score: float | None) -> None:
    assert (progress_of(aim, Decimal(value)), score_of(aim, Decimal(value))) == (progress, score)


@pytest.mark.parametrize(
    ("aim", "value", "state"),
    [
        # Against the line from baseline to target, which on 2 July stands at 14.986.
        (RISING, "15", "on_track"),
        (RISING, "14.9", "attention"),
        (FALLING, "15", "on_track"),
        (FALLING, "15.1", "attention"),
        (replace(RISING, target_date=date(2026, 7, 1)), "19", "critical"),
        (replace(RISING, target_date=date(2026, 7, 1)), "20", "on_track"),
        (replace(RISING, baseline_date=None), "19", "unjudged"),
        (replace(RISING, baseline_date=None), "21", "on_track"),
        (replace(RISING, target=None, target_date=None), "19", "unjudged"),
        # Against thresholds, which count themselves.
        (replace(RISING, caution_at=Decimal(15), critical_at=Decimal(12)), "15.1", "on_track"),
        (replace(RISING, caution_at=Decimal(15), critical_at=Decimal(12)), "15", "attention"),
        (replace(RISING, caution_at=Decimal(15), critical_at=Decimal(12)), "12", "critical"),
        (replace(FALLING, caution_at=Decimal(15), critical_at=Decimal(18)), "14.9", "on_track"),
        (replace(FALLING, caution_at=Decimal(15), critical_at=Decimal(18)), "17.9", "attention"),
        (replace(FALLING, caution_at=Decimal(15), critical_at=Decimal(18)), "18", "critical"),
        (replace(RISING, critical_at=Decimal(12)), "12.1", "on_track"),
        (replace(RISING, caution_at=Decimal(12)), "1", "attention"),
        # By the distance to the value to keep.
        (STAYING, "10", "on_track"),
        (STAYING, "10.1", "attention"),
        (replace(STAYING, caution_at=Decimal(1), critical_at=Decimal(3)), "10.9", "on_track"),
        (replace(STAYING, caution_at=Decimal(1), critical_at=Decimal(3)), "9", "attention"),
        (replace(STAYING, caution_at=Decimal(1), critical_at=Decimal(3)), "7", "critical"),
        (replace(STAYING, target=None), "10", "unjudged"),
    ],
)
def test_it_judges_the_newest_value(aim: Aim, value: str, state: str) -> None:
    assert state_of(aim, Observed(JULY, Decimal(value)), JULY) == state


def test_without_a_value_it_is_not_measured_and_with_an_old_one_out_of_date() -> None:
    assert state_of(RISING, None, JULY) == "unmeasured"
    assert state_of(RISING, Observed(date(2026, 2, 1), Decimal(30)), JULY) == "stale"


@pytest.mark.parametrize(
    ("frequency", "last_fresh"),
    [("monthly", 46), ("quarterly", 138), ("half_yearly", 274), ("yearly", 549), ("once", 3000), ("not_stated", 3000)],
)
def test_a_value_is_fresh_for_a_period_and_a_half(frequency: str, last_fresh: int) -> None:
    first = date(2026, 1, 1)
    day = date.fromordinal(first.toordinal() + last_fresh)
    assert not is_stale(frequency, first, day)
    assert is_stale(frequency, first, date.fromordinal(day.toordinal() + 1)) is (last_fresh < 3000)


def test_the_line_is_straight_and_stops_at_its_ends() -> None:
    days = [date(2025, 6, 1), date(2026, 1, 1), date(2026, 3, 15), date(2027, 1, 1), date(2028, 1, 1)]
    assert [on_line(RISING, day) for day in days] == [10, 10, 12, 20, 20]
    assert on_line(replace(RISING, target_date=None), JULY) is None
    assert on_line(STAYING, JULY) is None


@pytest.mark.parametrize(
    ("aim", "problems"),
    [
        (RISING, {}),
        (FALLING, {}),
        (STAYING, {}),
        (replace(RISING, caution_at=Decimal(15), critical_at=Decimal(12)), {}),
        (replace(STAYING, caution_at=Decimal(1), critical_at=Decimal(2)), {}),
        (replace(RISING, direction="not_stated"), {"direction": "no_direction"}),
        (replace(RISING, baseline=Decimal(20)), {"target": "target_not_above_baseline"}),
        (replace(FALLING, target=Decimal(30)), {"target": "target_not_below_baseline"}),
        (replace(RISING, baseline=None), {"baseline_date": "day_without_baseline"}),
        (replace(RISING, target=None), {"target_date": "day_without_target"}),
        (replace(RISING, target_date=date(2026, 1, 1)), {"target_date": "target_before_baseline"}),
        (replace(RISING, caution_at=Decimal(20)), {"caution_at": "threshold_beyond_target"}),
        (replace(FALLING, caution_at=Decimal(9)), {"caution_at": "threshold_beyond_target"}),
        (replace(RISING, critical_at=Decimal(21)), {"critical_at": "threshold_beyond_target"}),
        (
            replace(RISING, caution_at=Decimal(12), critical_at=Decimal(12)),
            {"critical_at": "critical_before_caution"},
        ),
        (replace(STAYING, target=None), {"target": "no_value_to_keep"}),
        (replace(STAYING, caution_at=Decimal(0)), {"caution_at": "distance_not_positive"}),
        (replace(STAYING, critical_at=Decimal(-1)), {"critical_at": "distance_not_positive"}),
        (
            replace(STAYING, caution_at=Decimal(2), critical_at=Decimal(1)),
            {"critical_at": "critical_before_caution"},
        ),
    ],
)
def test_it_finds_what_does_not_fit_together(aim: Aim, problems: dict[str, str]) -> None:
    assert aim_problems(aim) == problems
    assert set(problems.values()) <= set(PROBLEMS)


def test_every_state_has_a_word_and_a_tone() -> None:
    assert list(MEASURE_STATES) == list(STATE_TONES)


def test_shares_are_known_when_all_weights_are() -> None:
    assert shares_of({"a": 3.0, "b": 1.0}) == {"a": 0.75, "b": 0.25}
    assert shares_of({"a": 3.0, "b": None}) == {"a": None, "b": None}
    assert shares_of({"a": 0.0, "b": 0.0}) == {"a": None, "b": None}
    assert shares_of({"alone": None}) == {"alone": 1.0}
    assert shares_of({}) == {}


def test_measures_count_alike_and_what_is_not_measured_is_counted_apart() -> None:
    assert rolled_up([0.25, None, 0.75], []) == Progress(0.5, measured=2, total=3)
    assert rolled_up([None], []) == Progress(None, measured=0, total=1)
    assert rolled_up([], []) == Progress(None, measured=0, total=0)


def test_children_count_by_their_weights_among_those_that_are_measured() -> None:
    children = [(0.6, Progress(1.0, 1, 1)), (0.2, Progress(0.5, 2, 3)), (0.2, Progress(None, 0, 4))]
    assert rolled_up([], children) == Progress(pytest.approx(0.875), measured=3, total=8)  # type: ignore[arg-type]


def test_children_count_alike_while_weights_are_missing_and_it_says_so() -> None:
    children = [(None, Progress(1.0, 1, 1)), (None, Progress(0.5, 1, 1))]
    assert rolled_up([], children) == Progress(0.75, measured=2, total=2, is_unweighted=True)
    assert rolled_up([], [(1.0, Progress(0.75, 2, 2, is_unweighted=True))]).is_unweighted


def test_measures_and_children_count_half_each() -> None:
    assert rolled_up([0.2, 0.4], [(1.0, Progress(0.9, 1, 1))]) == Progress(pytest.approx(0.6), 3, 3)  # type: ignore[arg-type]


def test_a_child_without_weight_does_not_count() -> None:
    assert rolled_up([], [(0.0, Progress(1.0, 1, 1)), (1.0, Progress(0.5, 1, 1))]).share == 0.5


@given(st.lists(st.one_of(st.none(), st.floats(0, 1))), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1))))
def test_progress_stays_between_the_least_and_the_most(
    scores: list[float | None], children: list[tuple[float, float]]
) -> None:
    found = rolled_up(scores, [(weight, Progress(share, 1, 1)) for weight, share in children])
    known = [score for score in scores if score is not None] + [share for weight, share in children if weight]
    if known and found.share is not None:
        assert min(known) - 1e-9 <= found.share <= max(known) + 1e-9
    else:
        assert found.share is None


def test_it_knows_what_stands_below_and_survives_a_circle() -> None:
    parents = {1: None, 2: 1, 3: 2, 8: 9, 9: 8}
    assert [is_below(key, 1, parents) for key in (1, 2, 3, 8)] == [True, True, True, False]
