"""Column types that every app writes the same way."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import models


def amount(**options: Any) -> models.DecimalField[Any, Any]:
    """Money or a measured quantity: exact decimals at rest, rounded half to even at the sixth decimal."""
    return models.DecimalField(max_digits=24, decimal_places=6, **options)


def month(**options: Any) -> models.DateField[Any, Any]:
    """A calendar month, stored as its first day."""
    return models.DateField(**options)


def word(labels: Mapping[Any, Any], **options: Any) -> models.CharField[Any, Any]:
    """One word of a closed vocabulary, stored as the word that files and the API use.

    Args:
        labels: The words with what people read, in the order in which a form offers them.
    """
    return models.CharField(max_length=24, choices=[(str(word), label) for word, label in labels.items()], **options)


def label_of(labels: Mapping[Any, Any], value: str | StrEnum) -> str:
    """Return what people read for a word."""
    return str(next(label for word, label in labels.items() if str(word) == str(value)))
