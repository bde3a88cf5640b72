"""Numbers in words and short forms, the same in every command."""

from __future__ import annotations

from openvmo.engine.quantities.amounts import compact_amount

NOTHING = "-"


def money(amount: float | None) -> str:
    """An amount in short, without its currency, which stands in the heading."""
    return NOTHING if amount is None else compact_amount(amount)


def share(value: float | None) -> str:
    """A share as a percentage without decimals; never rounded to a certainty that it is not.

    >>> share(0.251), share(0.0004), share(0.9999), share(0.0)
    ('25%', '<1%', '>99%', '0%')
    """
    if value is None:
        return NOTHING
    if 0 < value < 0.005:
        return "<1%"
    if 0.995 <= value < 1:
        return ">99%"
    return f"{value:.0%}"


def fine_share(value: float | None) -> str:
    """A small share as a percentage with two figures that count.

    >>> fine_share(0.00214), fine_share(0.034), fine_share(0.0)
    ('0.21%', '3.4%', '0%')
    """
    return NOTHING if value is None else f"{100 * value:.2g}%"


def ratio(value: float | None) -> str:
    """A ratio with two decimals."""
    return NOTHING if value is None else f"{value:.2f}"


def financial_year(year: int, first_month: int) -> str:
    """The name of a financial year.

    >>> financial_year(2026, 1), financial_year(2026, 4), financial_year(2099, 4)
    ('2026', '2026/27', '2099/00')
    """
    return str(year) if first_month == 1 else f"{year}/{(year + 1) % 100:02d}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "error"), counted(2, "error"), counted(0, "entry", "entries")
    ('1 error', '2 errors', '0 entries')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
