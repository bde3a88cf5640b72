"""When a failed attempt is repeated."""

from openvmo_web.jobs.rules import retry_delay


def test_it_waits_twice_as_long_each_time_and_five_minutes_at_most() -> None:
    seconds = [retry_delay(attempt).total_seconds() for attempt in (1, 2, 3, 4, 7, 40)]
    assert seconds == [5, 10, 20, 40, 300, 300]
