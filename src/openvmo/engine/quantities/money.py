"""An amount of money that knows its currency and price base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self

from openvmo.engine.quantities.errors import UnitsError


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency, at the prices of one year.

    Args:
        amount: the amount in plain units of the currency, not thousands.
        currency: ISO 4217 code, such as "GBP".
        price_base: the year in whose prices the amount is stated.

    Raises:
        UnitsError: amounts of different currency or price base are added, subtracted or compared.

    >>> Money.of(100, "GBP", 2026) + Money.of(50, "GBP", 2026)
    Money(amount=Decimal('150'), currency='GBP', price_base=2026)
    """

    amount: Decimal
    currency: str
    price_base: int

    @classmethod
    def of(cls, amount: float | Decimal, currency: str, price_base: int) -> Self:
        """Money from a number; a float keeps the digits that it shows.

        >>> Money.of(0.1, "GBP", 2026).amount
        Decimal('0.1')
        """
        return cls(amount if isinstance(amount, Decimal) else Decimal(str(amount)), currency, price_base)

    def __add__(self, other: Money) -> Money:
        self._refuse_unlike(other, "added")
        return replace(self, amount=self.amount + other.amount)

    def __sub__(self, other: Money) -> Money:
        self._refuse_unlike(other, "subtracted")
        return replace(self, amount=self.amount - other.amount)

    def __neg__(self) -> Money:
        return replace(self, amount=-self.amount)

    def __lt__(self, other: Money) -> bool:
        self._refuse_unlike(other, "compared")
        return self.amount < other.amount

    def __float__(self) -> float:
        return float(self.amount)

    def _refuse_unlike(self, other: Money, verb: str) -> None:
        if self.currency != other.currency:
            message = (
                f"{self.currency} and {other.currency} cannot be {verb}: "
                "convert both to one currency first, at a rate that you can name."
            )
            raise UnitsError(message)
        if self.price_base != other.price_base:
            message = (
                f"Prices of {self.price_base} and of {other.price_base} cannot be {verb}: "
                "restate both at one price base first, with a named deflator."
            )
            raise UnitsError(message)
