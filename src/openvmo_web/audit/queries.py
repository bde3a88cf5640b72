"""What is read from the log."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from openvmo_web.audit.models import AuditEntry, Version
from openvmo_web.common.actor import Actor
from openvmo_web.common.models import Record, Versioned

V = TypeVar("V", bound=Versioned)


def entries_visible_to(viewer: Actor) -> QuerySet[AuditEntry]:
    """Return the entries of the portfolios in which a person may read the trail.

    Entries that belong to no portfolio are for those who may read the trail of the whole organisation, and for the
    person who acted.
    """
    scope = viewer.scope_of("audit.view")
    if scope.everything:
        return AuditEntry.objects.all()
    return AuditEntry.objects.filter(
        Q(portfolio_id__in=sorted(scope.portfolios)) | Q(portfolio_id=None, actor_key=viewer.pk)
    )


def trail(viewer: Actor, on: Record) -> QuerySet[AuditEntry]:
    """Return what was done to a thing, the newest first, as far as a person may see it."""
    return trail_of(viewer, kind=on.record_kind, key=on.record_key)


def trail_of(viewer: Actor, *, kind: str, key: str) -> QuerySet[AuditEntry]:
    """Return what was done to the thing with this kind and key, the newest first."""
    return entries_visible_to(viewer).filter(kind=kind, key=key)


def states_known(kind: str, keys: Iterable[str], at: datetime) -> dict[str, dict[str, Any]]:
    """Return the states of the records of a kind as they were known at a moment, by key; unknown ones are left out.

    The caller has made sure that the viewer may see the records.
    """
    versions = Version.objects.filter(kind=kind, key__in=list(keys), at__lte=at).order_by("at", "id")
    return {version.key: version.values for version in versions}


def rows_known(rows: QuerySet[V], at: datetime | None) -> dict[int, V]:
    """Return records as they were known at a moment, by key and in the order of the query; unknown ones are left out.

    Args:
        rows: Which records; the caller has made sure that the viewer may see them.
        at: The moment; None: as they are.
    """
    if at is None:
        return {row.pk: row for row in rows}
    keys = list(rows.values_list("pk", flat=True))
    states = states_known(rows.model._meta.label_lower, map(str, keys), at)
    return {key: rows.model.of_state(key, states[str(key)]) for key in keys if str(key) in states}
