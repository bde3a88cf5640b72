"""Rows that are shown only to those who may see the portfolio they belong to."""

from typing import ClassVar, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models

from openvmo_web.access.permissions import scope_of
from openvmo_web.common.actor import Actor
from openvmo_web.common.models import Appended, Record, RefusesChange

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M_co]):
    """A query over rows that belong to portfolios.

    The model says how to get from a row to its portfolio: ``portfolio_path = "initiative__portfolio_id"``.
    """

    def visible_to(self, viewer: Actor | AnonymousUser) -> Self:
        """Keep the rows of the portfolios that a person may see."""
        return self.where_holds(viewer, "portfolio.view")

    def where_holds(self, viewer: Actor | AnonymousUser, permission: str) -> Self:
        """Keep the rows of the portfolios in which a person holds a permission."""
        scope = scope_of(viewer, permission)
        if scope.everything:
            return self.all()
        path: str = self.model.portfolio_path  # type: ignore[attr-defined]
        return self.filter(**{f"{path}__in": sorted(scope.portfolios)})


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class Scoped(Record):
    """A record that belongs to a portfolio.

    A model with a query class of its own keeps the promise by ``objects = MyQuerySet.as_manager()``, where
    ``MyQuerySet`` is a ``ScopedQuerySet``.
    """

    portfolio_path: ClassVar[str]

    objects = ScopedManager()

    class Meta:
        abstract = True


class ScopedAppendOnlyQuerySet(RefusesChange, ScopedQuerySet[M_co]):
    """A query over rows that belong to portfolios and are never changed."""


ScopedAppendOnlyManager = models.Manager.from_queryset(ScopedAppendOnlyQuerySet)


class ScopedAppendOnly(Appended):
    """A record that belongs to a portfolio and is added, never changed."""

    portfolio_path: ClassVar[str]

    objects = ScopedAppendOnlyManager()

    class Meta:
        abstract = True
