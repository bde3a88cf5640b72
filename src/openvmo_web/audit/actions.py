"""The one way into the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.audit.registry import sentence_of
from openvmo_web.common.actor import Actor
from openvmo_web.common.models import Record, Versioned

BATCH = 2_000
LABEL_LENGTH = AuditEntry._meta.get_field("label").max_length

Changes = Mapping[str, tuple[object, object]]


@dataclass(frozen=True)
class Deed:
    """One of many things that were done at once: the action, what it was done to, what changed, and why."""

    action: str
    on: Record
    changes: Changes = field(default_factory=dict)
    note: str = ""


def record(
    *,
    by: Actor | None,
    at: datetime,
    action: str,
    on: Record,
    portfolio_id: int | None = None,
    changes: Changes | None = None,
    note: str = "",
    gesture: UUID | None = None,
) -> AuditEntry:
    """Record what was done; call it in the transaction that does it.

    Args:
        by: Who did it; None for the system itself.
        at: When.
        action: A registered name; another one raises ``UnknownAction``.
        on: The thing that it was done to.
        portfolio_id: The portfolio to which the thing belongs; None when it belongs to the whole organisation.
        changes: For each changed field the old and the new value; None stands for nothing.
        note: Why, in the words of the person.
        gesture: Shared by all entries that one gesture of a person made.
    """
    deed = Deed(action, on, changes or {}, note)
    entry = _entry(deed, by, at, portfolio_id, gesture)
    entry.save()
    _keep_states([(deed, entry)])
    return entry


def record_all(
    deeds: Iterable[Deed],
    *,
    by: Actor | None,
    at: datetime,
    portfolio_id: int | None = None,
    gesture: UUID | None = None,
) -> None:
    """Record many things that one gesture did, in few queries; the arguments are those of ``record``."""
    pairs = [(deed, _entry(deed, by, at, portfolio_id, gesture)) for deed in deeds]
    AuditEntry.objects.bulk_create([entry for _deed, entry in pairs], batch_size=BATCH)
    _keep_states(pairs)


def _keep_states(pairs: Iterable[tuple[Deed, AuditEntry]]) -> None:
    """Keep the state of each record whose states stay readable."""
    versions = [
        Version(
            kind=entry.kind,
            key=entry.key,
            at=entry.at,
            portfolio_id=entry.portfolio_id,
            values=deed.on.state_values,
            entry=entry,
        )
        for deed, entry in pairs
        if isinstance(deed.on, Versioned) and _touches_state(deed)
    ]
    Version.objects.bulk_create(versions, batch_size=BATCH)


def _touches_state(deed: Deed) -> bool:
    """Whether a deed may have changed the fields of its record.

    What belongs to a record, such as the measurement of a month, is recorded about it and leaves its fields alone:
    keeping the whole state again for each of millions of figures would tell nothing.
    """
    fields = {field.name for field in deed.on._meta.concrete_fields}
    return not deed.changes or not fields.isdisjoint(deed.changes)


def _entry(deed: Deed, by: Actor | None, at: datetime, portfolio_id: int | None, gesture: UUID | None) -> AuditEntry:
    sentence_of(deed.action)
    return AuditEntry(
        at=at,
        action=deed.action,
        actor_key=None if by is None else by.pk,
        actor_name=_("OpenVMO") if by is None else by.name,
        kind=deed.on.record_kind,
        key=deed.on.record_key,
        label=str(deed.on)[:LABEL_LENGTH],
        portfolio_id=portfolio_id,
        changes={name: list(pair) for name, pair in deed.changes.items()},
        note=deed.note,
        gesture=gesture,
    )
