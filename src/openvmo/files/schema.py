"""The fields of the model's records as files see them: kind, unit, meaning and default, read from the records."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import types
import typing
from dataclasses import dataclass
from typing import Any

from openvmo.engine.quantities import Estimate, Month


class FieldKind(enum.StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    MONTH = "month"
    DATE = "date"
    WORD = "word"
    NUMBERS = "list of numbers"
    OUTCOMES = "list of outcomes"
    ESTIMATE = "estimate"
    RECORDS = "records"


_PLAIN_KINDS: dict[type, FieldKind] = {
    str: FieldKind.TEXT,
    float: FieldKind.NUMBER,
    int: FieldKind.WHOLE,
    bool: FieldKind.YES_NO,
    Month: FieldKind.MONTH,
    datetime.date: FieldKind.DATE,
    Estimate: FieldKind.ESTIMATE,
}


WRITTEN_AS_TEXT = frozenset({FieldKind.TEXT, FieldKind.NUMBERS, FieldKind.OUTCOMES})
"""The kinds whose cells a spreadsheet program must take as they are, however they begin."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    Args:
        name: name of the field, which is also its heading in files.
        kind: what it holds.
        about: one sentence that says what it means.
        unit: unit of the value, "" when it has none.
        is_required: whether a record cannot be made without it.
        default: value when none is given; None for a required field.
        holds: the vocabulary of a word, the record type of nested records, else None.
    """

    name: str
    kind: FieldKind
    about: str
    unit: str
    is_required: bool
    default: Any
    holds: type[Any] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that the field may hold, empty when it is not a word."""
        if self.kind is not FieldKind.WORD or self.holds is None:
            return ()
        return tuple(member.value for member in self.holds)


_FIELDS: dict[type[Any], tuple[Field, ...]] = {}  # worked out once for each record type


def fields_of(record: type[Any]) -> tuple[Field, ...]:
    """The fields of a record type, in the order in which they are declared."""
    if record not in _FIELDS:
        _FIELDS[record] = _fields_of(record)
    return _FIELDS[record]


def _fields_of(record: type[Any]) -> tuple[Field, ...]:
    hints = typing.get_type_hints(record)
    return tuple(_field(declared, hints[declared.name]) for declared in dataclasses.fields(record))


def _field(declared: dataclasses.Field[Any], hint: Any) -> Field:
    kind, holds = _kind_of(hint)
    is_required = declared.default is dataclasses.MISSING and declared.default_factory is dataclasses.MISSING
    return Field(
        name=declared.name,
        kind=kind,
        about=declared.metadata["about"],
        unit=declared.metadata["unit"],
        is_required=is_required,
        default=_default_of(declared),
        holds=holds,
    )


def _default_of(declared: dataclasses.Field[Any]) -> Any:
    if declared.default_factory is not dataclasses.MISSING:
        return declared.default_factory()
    return None if declared.default is dataclasses.MISSING else declared.default


def _kind_of(hint: Any) -> tuple[FieldKind, type[Any] | None]:
    """The kind for a type hint; a hint that no file can hold is a mistake in the model and raises."""
    if isinstance(hint, types.UnionType):
        (hint,) = [member for member in typing.get_args(hint) if member is not types.NoneType]
    if typing.get_origin(hint) is tuple:
        held = typing.get_args(hint)[0]
        return (FieldKind.NUMBERS, None) if held is float else (FieldKind.RECORDS, held)
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return FieldKind.WORD, hint
    if hint in _PLAIN_KINDS:
        return _PLAIN_KINDS[hint], None
    message = f"files cannot hold a field of type {hint}"
    raise TypeError(message)
