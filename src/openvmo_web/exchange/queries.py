"""What is read about imports, always for a viewer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may_somewhere, scope_of
from openvmo_web.common.fields import label_of
from openvmo_web.exchange import words
from openvmo_web.exchange.models import Import
from openvmo_web.portfolio.models import Portfolio


@dataclass(frozen=True)
class Count:
    """How many things of a kind an import adds and changes."""

    record: str
    label: str
    added: int
    changed: int


def imports_of(viewer: User) -> QuerySet[Import]:
    """Return the imports that a viewer may see: one's own, and those into portfolios where one may import."""
    scope = scope_of(viewer, "portfolio.import")
    rows = Import.objects.select_related("portfolio", "uploaded_by", "job").defer(
        "document", "changes", "findings", "left_alone"
    )
    if scope.everything:
        return rows
    return rows.filter(Q(uploaded_by=viewer) | Q(portfolio_id__in=sorted(scope.portfolios)))


def import_of(viewer: User, key: int) -> Import:
    """Return an import that the viewer may see.

    Raises:
        Http404: there is none, or the viewer may not see it.
    """
    imported = imports_of(viewer).defer(None).defer("document").filter(pk=key).first()
    if imported is None:
        raise Http404(_("There is no such import that you may see."))
    return imported


def targets_of(viewer: User) -> QuerySet[Portfolio]:
    """Return the portfolios into which a viewer may import."""
    return Portfolio.objects.where_holds(viewer, "portfolio.import")


def may_import_somewhere(viewer: User) -> bool:
    """Return whether a viewer may import anything anywhere."""
    return may_somewhere(viewer, "portfolio.import") or may_somewhere(viewer, "portfolio.add")


def counts_of(imported: Import) -> list[Count]:
    """Return what an import adds and changes, kind by kind; kinds without either are left out."""
    return [
        Count(record, label_of(words.RECORDS, record), effects.get("add", 0), effects.get("change", 0))
        for record in words.RECORDS
        if (effects := imported.counts.get(record))
    ]
