"""The one way into the log."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from openvmo_web.audit.models import AuditEntry
from openvmo_web.audit.registry import sentence_of
from openvmo_web.common.actor import Actor
from openvmo_web.common.models import Record

LABEL_LENGTH = AuditEntry._meta.get_field("label").max_length


def record(
    *,
    by: Actor | None,
    at: datetime,
    action: str,
    on: Record,
    portfolio_id: int | None = None,
    changes: Mapping[str, tuple[object, object]] | None = None,
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
    sentence_of(action)
    return AuditEntry.objects.create(
        at=at,
        action=action,
        actor_key=None if by is None else by.pk,
        actor_name=_("OpenVMO") if by is None else by.name,
        kind=on.record_kind,
        key=on.record_key,
        label=str(on)[:LABEL_LENGTH],
        portfolio_id=portfolio_id,
        changes={field: list(pair) for field, pair in (changes or {}).items()},
        note=note,
        gesture=gesture,
    )
