"""Rows are shown to those who may see their portfolio."""

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser

from openvmo_web.access.models import Assignment, User
from openvmo_web.access.scope import ScopedQuerySet
from openvmo_web.common.actor import NOWHERE, Scope


class Proxy(Assignment):
    """An assignment, seen as a row that belongs to a portfolio."""

    portfolio_path: ClassVar[str] = "portfolio_id"

    class Meta:
        proxy = True
        app_label = "access"


def visible(viewer: User | AnonymousUser) -> list[int | None]:
    return list(ScopedQuerySet(Proxy).visible_to(viewer).order_by("id").values_list("portfolio_id", flat=True))


def test_it_shows_the_rows_of_ones_portfolios(
    owner: User, administrator: User, stranger: User, portfolio_id: int
) -> None:
    Assignment.objects.create(user=stranger, role="viewer", portfolio_id=portfolio_id + 1, granted_at=owner.joined_at)
    assert visible(owner) == [portfolio_id]
    assert visible(stranger) == [portfolio_id + 1]
    assert visible(administrator) == [portfolio_id, None, portfolio_id + 1]
    assert visible(AnonymousUser()) == []


def test_it_joins_scopes() -> None:
    assert Scope(portfolios=frozenset({1})) | Scope(portfolios=frozenset({2})) == Scope(portfolios=frozenset({1, 2}))
    assert (Scope(everything=True) | NOWHERE).covers(None)
    assert not NOWHERE
    assert not Scope(portfolios=frozenset({1})).covers(None)
