"""When a benefit in operation fades away, and when it is looked at again: plain rules on plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from openvmo_web.benefits.rules import STATE_STEPS

WINDOW = 3
# Below this share of what was before, and of what was planned, a benefit is fading and not just fluctuating.
FADED_BELOW = 0.9
MONTHS_A_YEAR = 12
DEFAULT_REVIEW_MONTHS = 6
# Things that still wait are told again after this many days without an e-mail.
DAYS_OF_SILENCE = 7


def trend(gains: Sequence[float]) -> float | None:
    """Return how the last three measured months compare with the three before: 0.1 is ten per cent more.

    Args:
        gains: What the measured months brought, oldest first, in the direction of the benefit: of a dis-benefit the
            size of the harm, so that its trend says whether the harm grows.

    Returns:
        The mean of the last three by the mean of the three before, less one; None with fewer than six measured
        months, or when the three before brought nothing or less, so that there is no whole to compare with.
    """
    if len(gains) < 2 * WINDOW:
        return None
    before = fmean(gains[-2 * WINDOW : -WINDOW])
    if before <= 0:
        return None
    return fmean(gains[-WINDOW:]) / before - 1


def is_decaying(gains: Sequence[float], planned: Sequence[float]) -> bool:
    """Return whether a benefit fades away: less than before, and less than was planned.

    The mean of the last three measured months lies under 90 % of the mean of the three before, and under 90 % of
    what was planned for those same three months. The second half keeps a benefit out that ends or decays as planned.
    It is not asked of dis-benefits: less of them is better.

    Args:
        gains: What the measured months brought, oldest first; more is better.
        planned: What was planned for the same months.

    Raises:
        ValueError: The two do not have the same length.
    """
    if len(gains) != len(planned):
        raise ValueError(f"There are {len(gains)} measured and {len(planned)} planned months: they have to match.")
    change = trend(gains)
    if change is None or change >= FADED_BELOW - 1:
        return False
    return fmean(gains[-WINDOW:]) < FADED_BELOW * fmean(planned[-WINDOW:])


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where the month is too short for it."""
    years, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + (month + 1) // MONTHS_A_YEAR, (month + 1) % MONTHS_A_YEAR + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def first_review(start: date, every_months: int, today: date) -> date:
    """Return when a benefit in operation is first reviewed.

    Args:
        start: When it went live or was handed over.
        every_months: The months between its reviews.
        today: A rhythm that began long ago does not demand reviews of the past: the next one of it counts.
    """
    passed = 1
    while months_later(start, passed * every_months) < today:
        passed += 1
    return months_later(start, passed * every_months)


@dataclass(frozen=True)
class Condition:
    """What has to be in place before somebody takes a benefit over.

    Attributes:
        text: The condition.
        is_met: Whether it is.
        note: Evidence for it, or how and when it will be met.
    """

    text: str
    is_met: bool = False
    note: str = ""


def conditions_left(conditions: Iterable[Condition]) -> list[str]:
    """Return the conditions that are neither met nor provided for by a note."""
    return [condition.text for condition in conditions if not condition.is_met and not condition.note.strip()]


def state_handed_over(state: str) -> str:
    """Return the state of a benefit after somebody took it over: it arrives until a review finds it sustained."""
    return "arriving" if state in ("identified", "agreed") else state


def state_reviewed(state: str, verdict: str) -> str:
    """Return the state of a benefit after a review.

    A benefit that is lost or at risk no longer counts as sustained; one that was retired is followed no more. Else a
    review moves it as the register does: one that is not arriving yet keeps its state, whatever was found.

    >>> state_reviewed("arriving", "sustained"), state_reviewed("identified", "sustained")
    ('sustained', 'identified')
    """
    if verdict == "retire":
        return "retired"
    found = "arriving" if state == "sustained" else state
    wanted = "sustained" if verdict == "sustained" else found
    return wanted if wanted in STATE_STEPS[state] else state


def is_reminder_due(reminded_on: date | None, every_days: int, today: date) -> bool:
    """Return whether a person is told of a request for a measurement: at once, then after so many days each time.

    Args:
        reminded_on: When he was last told; None: never.
        every_days: The days between reminders, as the benefit says.
        today: The present day.
    """
    return reminded_on is None or reminded_on + timedelta(days=every_days) <= today


def is_news(since: date, told_on: date | None, today: date) -> bool:
    """Return whether something else that waits is worth an e-mail: it is new, or a week has passed without one.

    Args:
        since: When it began to wait.
        told_on: The day of the person's last e-mail; None: there was none.
        today: The present day.
    """
    return told_on is None or since >= told_on or told_on + timedelta(days=DAYS_OF_SILENCE) <= today
