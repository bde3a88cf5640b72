"""Rows are shown to those who may see their portfolio."""

from django.contrib.auth.models import AnonymousUser

from openvmo_web.access.models import Assignment, User
from openvmo_web.common.actor import NOWHERE, Scope
from openvmo_web.portfolio.models import Initiative, Portfolio


def visible(viewer: User | AnonymousUser) -> list[str]:
    return list(Portfolio.objects.visible_to(viewer).order_by("slug").values_list("slug", flat=True))


def test_it_shows_the_rows_of_ones_portfolios(
    portfolio: Portfolio, owner: User, member: User, administrator: User, stranger: User
) -> None:
    other = Portfolio.objects.get(pk=portfolio.pk)
    other.pk, other.slug = portfolio.pk + 1, "other"
    other.save(force_insert=True)
    Assignment.objects.create(user=stranger, role="viewer", portfolio_id=other.pk, granted_at=owner.joined_at)
    assert (visible(owner), visible(member), visible(stranger)) == (["agency"], ["agency"], ["other"])
    assert visible(administrator) == ["agency", "other"]
    assert visible(AnonymousUser()) == []


def test_it_follows_the_path_from_a_row_to_its_portfolio(portfolio: Portfolio, owner: User, stranger: User) -> None:
    assert Initiative.objects.visible_to(owner).count() == 4
    assert Initiative.objects.visible_to(stranger).count() == 0


def test_it_shows_the_rows_of_the_portfolios_in_which_a_right_holds(portfolio: Portfolio, member: User) -> None:
    assert Initiative.objects.where_holds(member, "portfolio.view").count() == 4
    assert Initiative.objects.where_holds(member, "initiative.change").count() == 0


def test_it_joins_scopes() -> None:
    assert Scope(portfolios=frozenset({1})) | Scope(portfolios=frozenset({2})) == Scope(portfolios=frozenset({1, 2}))
    assert (Scope(everything=True) | NOWHERE).covers(None)
    assert not NOWHERE
    assert not Scope(portfolios=frozenset({1})).covers(None)
