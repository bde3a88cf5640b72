"""The entries of the log as a reader sees them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, DecimalField, Field, Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.registry import words_of
from openvmo_web.common import formats
from openvmo_web.common.widgets import Change, TimelineEntry

# Exact decimals travel through JSON as text, with all six decimals that they are stored with.
STORED_AMOUNT = re.compile(r"-?\d+\.\d{6}")
STORED_MONTH = re.compile(r"\d{4}-\d{2}")
STORED_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
STORED_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")


def timeline_of(entries: Iterable[AuditEntry]) -> list[TimelineEntry]:
    """Return the entries of a timeline, in the given order and in the reader's language."""
    return [
        TimelineEntry(
            at=entry.at,
            actor=entry.actor_name,
            sentence=entry.sentence,
            note=entry.note,
            changes=[
                Change(
                    field_label(entry.kind, field),
                    value_shown(entry.kind, field, before, words_of(entry.action)),
                    value_shown(entry.kind, field, after, words_of(entry.action)),
                )
                for field, (before, after) in entry.changes.items()
            ],
        )
        for entry in entries
    ]


def field_label(kind: str, field: str) -> str:
    """Return how a field is called on the pages, or its plain name where the kind has no such field."""
    column = column_of(kind, field)
    if column is not None:
        return str(capfirst(str(column.verbose_name)))
    if STORED_MONTH.fullmatch(field) or STORED_DAY.fullmatch(field):
        return _as_time(field)
    return str(capfirst(field.replace("_", " ")))


def value_shown(kind: str, field: str, value: object, words: Mapping[str, str | Promise] | None = None) -> str:
    """Return an old or new value of a field as a reader knows it: words by their labels, days in the reader's format.

    Args:
        kind: The kind of the record.
        field: The name of the field, or what the entry calls the value.
        value: The value as it was stored in the entry.
        words: What people read for words that the record itself does not keep.
    """
    column = column_of(kind, field)
    if isinstance(value, list):
        return ", ".join(value_shown(kind, field, item, words) for item in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not isinstance(value, str):
        return shown(value)
    labels = words or {} if column is None else dict(column.flatchoices)
    if value in labels:
        return str(labels[value])
    return _as_time(value) if column is None or isinstance(column, DateField | DecimalField) else value


def model_of(kind: str) -> type[Model] | None:
    """Return the model of a kind, or None when it is no longer kept."""
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def column_of(kind: str, field: str) -> "Field[Any, Any] | None":
    """Return the column of a kind that a name means, or None where it has no such column."""
    model = model_of(kind)
    if model is None:
        return None
    try:
        found = model._meta.get_field(field)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def _as_time(text: str) -> str:
    """A month, day or moment in the reader's format; other text as ``shown`` has it."""
    locale = formats.current_locale()
    try:
        if STORED_MONTH.fullmatch(text):
            return formats.month(text, locale)
        if STORED_DAY.fullmatch(text):
            return formats.day(date.fromisoformat(text), locale)
        if STORED_MOMENT.fullmatch(text):
            return formats.moment(datetime.fromisoformat(text), locale)
    except ValueError:
        return text
    return shown(text)


def shown(value: object) -> str:
    """Return an old or new value as text in the reader's language; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, str) and STORED_AMOUNT.fullmatch(value):
        return formats.formatted(Decimal(value), "number", formats.current_locale())
    return str(value)
