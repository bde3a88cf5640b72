"""When a failed attempt is repeated, and for which day a daily task is due."""

from datetime import date, datetime, time, timedelta

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=5)


def retry_delay(attempt: int) -> timedelta:
    """Return how long to wait after an attempt (1 is the first): 5 s, 10 s, 20 s, … and 5 minutes at most."""
    return min(FIRST_DELAY * (1 << (attempt - 1)), LONGEST_DELAY)


def day_due(now: datetime, at: time) -> date:
    """Return the day for which a daily task is due: today from its time on, before that yesterday.

    Days before are not made up for: whoever looks at what is due today sees what was due then.

    Args:
        now: The present moment in the time zone of the server.
        at: The time of the day at which the task is due.
    """
    return now.date() if now.time() >= at else now.date() - timedelta(days=1)
