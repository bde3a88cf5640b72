"""Column types that every app writes the same way."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from typing import Any, overload

from django.db import models
from django.utils.translation import gettext_lazy as _

AMOUNT_STEP = Decimal("0.000001")
# SQLite keeps numbers in binary and gives 15 digits back; the same are kept everywhere, so that all databases agree.
AMOUNT_DIGITS = Context(prec=15, rounding=ROUND_HALF_EVEN)
_WIDE = Context(prec=400, rounding=ROUND_HALF_EVEN)


def amount(**options: Any) -> models.DecimalField[Any, Any]:
    """Money or a measured quantity: exact decimals at rest, rounded half to even at the sixth decimal."""
    return models.DecimalField(max_digits=24, decimal_places=6, **options)


@overload
def stored_amount(value: float) -> Decimal: ...
@overload
def stored_amount(value: None) -> None: ...
def stored_amount(value: float | None) -> Decimal | None:
    """Return a number of the engine as an amount keeps it: to the sixth decimal, with at most 15 digits.

    >>> stored_amount(1234.5), stored_amount(1 / 3)
    (Decimal('1234.500000'), Decimal('0.333333'))
    """
    if value is None:
        return None
    stepped = Decimal(repr(float(value))).quantize(AMOUNT_STEP, context=_WIDE)
    return AMOUNT_DIGITS.create_decimal(stepped).quantize(AMOUNT_STEP, context=_WIDE)


def month(**options: Any) -> models.DateField[Any, Any]:
    """A calendar month, stored as its first day."""
    return models.DateField(**options)


def shape() -> models.JSONField[Any, Any]:
    """How an uncertain quantity is distributed beside its low, likely and high value.

    The keys are "family", "tail" and "outcomes" as in files; what is missing has the default that files give it, so an
    empty one is a three-point estimate from P10 to P90.
    """
    return models.JSONField(_("shape of the uncertainty"), default=dict, blank=True)


def word(labels: Mapping[Any, Any], **options: Any) -> models.CharField[Any, Any]:
    """One word of a closed vocabulary, stored as the word that files and the API use.

    Args:
        labels: The words with what people read, in the order in which a form offers them.
        options: Further options of the column.
    """
    return models.CharField(max_length=24, choices=[(str(word), label) for word, label in labels.items()], **options)


def label_of(labels: Mapping[Any, Any], value: str | StrEnum) -> str:
    """Return what people read for a word."""
    return str(next(label for word, label in labels.items() if str(word) == str(value)))
