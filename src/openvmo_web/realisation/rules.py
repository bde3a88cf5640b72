"""When measurements are due, late and missing, and what a measured value may be: plain rules on plain values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from openvmo.engine.model.kinds import Frequency
from openvmo.engine.quantities import Month

Stand = Literal["open", "late", "missing", "answered", "waived"]

# Months of a period; what is measured once has a period of one month.
LENGTHS: dict[str, int] = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
    Frequency.ONCE: 1,
    Frequency.NOT_STATED: 1,
}
# Nobody is asked for what ended more than a year before the first look: that is history, which is imported.
LOOK_BACK = 12
LARGEST = 1e17


@dataclass(frozen=True)
class Effect:
    """The months in which a benefit is planned to bring something.

    Attributes:
        first: The first month.
        steady: The first month at the full value.
        last: The last month; None without an end.
    """

    first: Month
    steady: Month
    last: Month | None

    @classmethod
    def of(cls, go_live: Month, *, offset: int, ramp_months: int, duration: int | None) -> Effect:
        """Return the months of a profile that counts from a go-live."""
        first = go_live + offset
        return cls(first, first + ramp_months, None if duration is None else first + max(duration - 1, 0))


def period_end(frequency: str, month: Month, fiscal_year_start: int) -> Month:
    """Return the last month of the period in which a month falls.

    Args:
        frequency: How often the benefit is measured.
        month: The month.
        fiscal_year_start: First month of the financial year; quarters, half-years and years count from it.

    >>> str(period_end("quarterly", Month(2026, 5), 4)), str(period_end("yearly", Month(2026, 5), 4))
    ('2026-06', '2027-03')
    """
    length = LENGTHS[frequency]
    return month + (length - 1 - (month.month - fiscal_year_start) % length)


def period_months(frequency: str, month: Month, fiscal_year_start: int) -> tuple[Month, ...]:
    """Return the months of the period in which a month falls, oldest first; the arguments are those of ``period_end``.

    >>> [str(month) for month in period_months("quarterly", Month(2026, 5), 1)]
    ['2026-04', '2026-05', '2026-06']
    """
    end, length = period_end(frequency, month, fiscal_year_start), LENGTHS[frequency]
    return tuple(end + back for back in range(1 - length, 1))


def months_due(
    frequency: str, effect: Effect, *, since: Month, until: Month, fiscal_year_start: int
) -> tuple[Month, ...]:
    """Return the last months of the periods for which a measurement is due, oldest first.

    Periods run from the first month of effect to the last. What is measured once is due for the first month at the
    full value. Nothing is due while nobody has said how often the benefit is measured.

    Args:
        frequency: How often the benefit is measured.
        effect: The months in which it is planned to bring something.
        since: Periods that end before are left out.
        until: Periods that end later are not over yet.
        fiscal_year_start: First month of the financial year.
    """
    if frequency == Frequency.NOT_STATED:
        return ()
    if frequency == Frequency.ONCE:
        at = _month_of_once(effect)
        return (at,) if since <= at <= until else ()
    length = LENGTHS[frequency]
    end = period_end(frequency, max(effect.first, since), fiscal_year_start)
    # The last period of a benefit may end after the benefit itself does: it is measured all the same.
    last = until if effect.last is None else min(period_end(frequency, effect.last, fiscal_year_start), until)
    return tuple(end + months for months in range(0, max(last - end + 1, 0), length))


def is_expected(frequency: str, effect: Effect, month: Month, fiscal_year_start: int) -> bool:
    """Return whether a measurement that was asked for is one that the plan still expects.

    Args:
        frequency: How often the benefit is measured.
        effect: The months in which it is now planned to bring something.
        month: The month that was asked for: the last one of a period.
        fiscal_year_start: First month of the financial year.

    >>> effect = Effect(Month(2026, 5), Month(2026, 5), Month(2026, 9))
    >>> [is_expected("quarterly", effect, Month(2026, month), 1) for month in (3, 6, 9, 12)]
    [False, True, True, False]
    """
    if frequency == Frequency.ONCE:
        return month == _month_of_once(effect)
    is_over = effect.last is not None and month > period_end(frequency, effect.last, fiscal_year_start)
    return month >= effect.first and not is_over


def _month_of_once(effect: Effect) -> Month:
    return effect.steady if effect.last is None else min(effect.steady, effect.last)


def due_on(month: Month, due_days: int) -> date:
    """Return the day by which a period's measurement is to be reported.

    Args:
        month: The period's last month.
        due_days: Days to report after its end.

    >>> due_on(Month(2026, 12), 15)
    datetime.date(2027, 1, 15)
    """
    return (month + 1).first_day - timedelta(days=1) + timedelta(days=due_days)


def missing_before(frequency: str, today: date) -> date:
    """Return the day such that what was due before it and is still open counts as missing.

    That is one further period after the day on which it was due.

    >>> missing_before("quarterly", date(2026, 11, 22))
    datetime.date(2026, 8, 22)
    """
    first = (Month.of(today) + -LENGTHS[frequency]).first_day
    following = (Month.of(first) + 1).first_day
    return min(first + timedelta(days=today.day - 1), following - timedelta(days=1))


def overdue_before(frequency: str, today: date) -> tuple[tuple[Stand, date], ...]:
    """Return how an open request stands that was due before a day, the gravest first; any other one is open.

    >>> overdue_before("monthly", date(2026, 3, 16))
    (('missing', datetime.date(2026, 2, 16)), ('late', datetime.date(2026, 3, 16)))
    """
    return ("missing", missing_before(frequency, today)), ("late", today)


def stand_of(state: str, frequency: str, due: date, today: date) -> Stand:
    """Return where a request stands today: open, late, missing, answered or waived."""
    if state != "open":
        return "waived" if state == "waived" else "answered"
    return next((stand for stand, day in overdue_before(frequency, today) if due < day), "open")


def last_full_month(today: date) -> Month:
    """Return the last month that is over."""
    return Month.of(today) + -1


def split_evenly(value: float, parts: int) -> tuple[float, ...]:
    """Return a whole in equal parts at six decimals; the last one takes what rounding leaves.

    >>> split_evenly(100.0, 3)
    (33.333333, 33.333333, 33.333334)
    """
    part = round(value / parts, 6)
    return (*[part] * (parts - 1), round(value - part * (parts - 1), 6))


def is_measurable(value: float) -> bool:
    """Return whether a value can be kept: a number, and of a size that the database holds."""
    return math.isfinite(value) and abs(value) <= LARGEST


def same_unit(stated: str, own: str, currency: str) -> bool:
    """Return whether a stated unit is the benefit's own; an empty own unit means money.

    Args:
        stated: The unit beside the value; empty says nothing and so fits.
        own: The unit of the benefit.
        currency: The portfolio's currency, which may stand for money.
    """
    wanted = own or currency
    return not stated.strip() or stated.strip().casefold() == wanted.casefold()


def reading_of_months(read: Iterable[Month], frequency: str, fiscal_year_start: int) -> dict[Month, Month]:
    """Return which reading of a level stands for which month: one that is taken once a period stands for all of it.

    A month with a reading of its own keeps it; the other months of the period have the period's last reading.

    Args:
        read: The months in which the level was read.
        frequency: How often the benefit is measured.
        fiscal_year_start: First month of the financial year.

    >>> stands = reading_of_months([Month(2026, 6)], "quarterly", 1)
    >>> {str(month): str(reading) for month, reading in stands.items()}
    {'2026-04': '2026-06', '2026-05': '2026-06', '2026-06': '2026-06'}
    """
    own = sorted(read)
    whole = {month: last for last in own for month in period_months(frequency, last, fiscal_year_start)}
    return whole | {month: month for month in own}
