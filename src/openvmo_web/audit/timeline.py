"""The entries of the log as a reader sees them."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.text import capfirst

from openvmo_web.audit.models import AuditEntry
from openvmo_web.common import formats
from openvmo_web.common.widgets import Change, TimelineEntry

# Exact decimals travel through JSON as text, with all six decimals that they are stored with.
STORED_AMOUNT = re.compile(r"-?\d+\.\d{6}")


def timeline_of(entries: Iterable[AuditEntry]) -> list[TimelineEntry]:
    """Return the entries of a timeline, in the given order and in the reader's language."""
    return [
        TimelineEntry(
            at=entry.at,
            actor=entry.actor_name,
            sentence=entry.sentence,
            note=entry.note,
            changes=[
                Change(field_label(entry.kind, field), shown(before), shown(after))
                for field, (before, after) in entry.changes.items()
            ],
        )
        for entry in entries
    ]


def field_label(kind: str, field: str) -> str:
    """Return how a field is called on the pages, or its plain name where the kind has no such field."""
    model = model_of(kind)
    if model is not None:
        try:
            return str(capfirst(str(getattr(model._meta.get_field(field), "verbose_name", field))))
        except FieldDoesNotExist:
            pass
    return str(capfirst(field.replace("_", " ")))


def model_of(kind: str) -> type[Model] | None:
    """Return the model of a kind, or None when it is no longer kept."""
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def shown(value: object) -> str:
    """Return an old or new value as text in the reader's language; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, str) and STORED_AMOUNT.fullmatch(value):
        return formats.formatted(Decimal(value), "number", formats.current_locale())
    return str(value)
