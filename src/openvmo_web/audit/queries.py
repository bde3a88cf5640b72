"""What is read from the log."""

from django.db.models import Q, QuerySet

from openvmo_web.audit.models import AuditEntry
from openvmo_web.common.actor import Actor
from openvmo_web.common.models import Record


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
