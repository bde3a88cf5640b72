"""When a failed attempt is repeated."""

from datetime import timedelta

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=5)


def retry_delay(attempt: int) -> timedelta:
    """Return how long to wait after an attempt (1 is the first): 5 s, 10 s, 20 s, … and 5 minutes at most."""
    return min(FIRST_DELAY * (1 << (attempt - 1)), LONGEST_DELAY)
