"""When a benefit fades away, and when it is reviewed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvmo_web.realisation import alarms
from openvmo_web.realisation.rules_operations import first_review, is_decaying, months_later, state_reviewed, trend

GAINS = st.lists(st.floats(min_value=0, max_value=1e6), min_size=6, max_size=24)


def test_it_compares_the_last_three_months_with_the_three_before() -> None:
    assert trend([1.0, 100.0, 100.0, 100.0, 110.0, 110.0, 110.0]) == pytest.approx(0.1)
    assert trend([100.0, 110.0, 90.0, 60.0, 80.0, 70.0]) == pytest.approx(-0.3)


def test_it_knows_no_trend_from_fewer_than_six_months_or_from_nothing() -> None:
    assert trend([100.0] * 5) is None
    assert trend([0.0, 0.0, 0.0, 10.0, 10.0, 10.0]) is None
    assert not is_decaying([100.0, 90.0, 80.0, 10.0, 5.0], [100.0] * 5)


def test_it_takes_less_than_before_and_less_than_planned_as_fading() -> None:
    fading = [100.0, 100.0, 100.0, 80.0, 80.0, 80.0]
    assert is_decaying(fading, [100.0] * 6)
    # It decays as planned.
    assert not is_decaying(fading, [100.0, 100.0, 100.0, 80.0, 80.0, 80.0])
    # Nine tenths exactly are still a fluctuation.
    assert not is_decaying([100.0, 100.0, 100.0, 90.0, 90.0, 90.0], [200.0] * 6)


def test_it_refuses_months_that_do_not_match() -> None:
    with pytest.raises(ValueError, match="6 measured and 5 planned months"):
        is_decaying([1.0] * 6, [1.0] * 5)


@given(GAINS)
def test_it_never_calls_a_benefit_fading_that_does_not_fall(gains: list[float]) -> None:
    assert not is_decaying(sorted(gains), [1e9] * len(gains))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 10, 15), 3, date(2027, 1, 15)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_it_counts_in_months(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_it_plans_the_first_review_after_today() -> None:
    assert first_review(date(2026, 4, 1), 6, date(2026, 5, 1)) == date(2026, 10, 1)
    assert first_review(date(2024, 4, 1), 6, date(2026, 5, 1)) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("state", "sustained", "lost", "retire"),
    [
        ("identified", "identified", "identified", "retired"),
        ("agreed", "agreed", "agreed", "retired"),
        ("arriving", "sustained", "arriving", "retired"),
        ("sustained", "sustained", "arriving", "retired"),
        ("retired", "retired", "retired", "retired"),
    ],
)
def test_a_review_moves_a_benefit_as_the_register_does(state: str, sustained: str, lost: str, retire: str) -> None:
    assert [state_reviewed(state, verdict) for verdict in ("sustained", "lost", "retire")] == [sustained, lost, retire]


def test_it_tells_listeners_what_began_and_what_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "_listeners", [])
    heard = []

    def listener(benefits: object, *, is_decaying: bool, at: datetime) -> None:
        heard.append((benefits, is_decaying, at))

    alarms.register_decay_listener(listener)
    alarms.register_decay_listener(listener)
    at = datetime(2026, 11, 2, tzinfo=UTC)
    alarms.announce_decay(begun=[1, 2], ended=[], at=at)
    alarms.announce_decay(begun=[], ended=[2], at=at)
    assert heard == [([1, 2], True, at), ([2], False, at)]
