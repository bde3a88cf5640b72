"""How much money the agency has: about two thirds of what all plans together would take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from openvmo.engine.model import Anchor, Budget, Initiative, Option
from openvmo.engine.quantities import Month

# Work takes more than its plans say, and takes it later: measured by what it will take, both come to about two thirds.
SHARE_AT_FIRST = 0.85
SHARE_LATER = 1.05
ROUND_TO = 100_000
# Parliament gives the agency money for so many financial years at a time.
YEARS = 4


def budgets_for(
    initiatives: Iterable[Initiative], start: Month, fiscal_year_start: int, horizon: int
) -> tuple[Budget, ...]:
    """The budgets of the financial years from a month on, a fixed share of what all current plans would take.

    Args:
        initiatives: the initiatives that compete for the money.
        start: first month that counts.
        fiscal_year_start: month in which the financial year starts.
        horizon: months that count.
    """
    demand: defaultdict[int, float] = defaultdict(float)
    for initiative in initiatives:
        for month, amount in _spending(initiative.options[0]):
            if 0 <= month - start < horizon:
                demand[month.fiscal_year(fiscal_year_start)] += amount
    first = start.fiscal_year(fiscal_year_start)
    shares = {year: SHARE_AT_FIRST if year == first else SHARE_LATER for year in range(first, first + YEARS)}
    return tuple(Budget(year=year, amount=_rounded(demand[year] * share)) for year, share in shares.items())


def _spending(option: Option) -> Iterator[tuple[Month, float]]:
    """What a plan spends month by month if nothing goes wrong."""
    for line in option.costs:
        months = option.duration if line.months is None else line.months
        first = (option.start if line.anchor is Anchor.START else option.go_live) + line.offset
        yield from ((first + number, line.amount.likely / months) for number in range(months))


def _rounded(amount: float) -> float:
    return float(max(1, round(amount / ROUND_TO)) * ROUND_TO)
