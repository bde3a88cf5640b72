"""Asking for rights and insisting on them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django.fixtures import DjangoAssertNumQueries

from openvmo_web.access.models import User
from openvmo_web.access.permissions import Refused, may, may_somewhere, require, require_somewhere
from openvmo_web.access.rules import PERMISSIONS, UnknownPermission


def test_it_grants_a_right_in_the_portfolio_of_the_role(owner: User, portfolio_id: int) -> None:
    assert may(owner, "run.start", portfolio_id)


def test_it_grants_no_right_in_another_portfolio(owner: User, portfolio_id: int) -> None:
    assert not may(owner, "run.start", portfolio_id + 1)


def test_it_grants_no_right_in_the_whole_organisation_for_a_role_in_a_portfolio(owner: User) -> None:
    assert not may(owner, "portfolio.add")
    assert may_somewhere(owner, "portfolio.add")


def test_it_grants_a_right_everywhere_for_a_role_in_the_whole_organisation(executive: User) -> None:
    assert may(executive, "decision.decide")
    assert may(executive, "decision.decide", 4711)


def test_it_grants_nothing_to_a_stranger(stranger: User, portfolio_id: int) -> None:
    assert [name for name in PERMISSIONS if may(stranger, name, portfolio_id) or may_somewhere(stranger, name)] == []


def test_it_grants_nothing_to_who_is_not_active(administrator: User) -> None:
    administrator.is_active = False
    assert [name for name in PERMISSIONS if may(administrator, name)] == []


def test_it_grants_nothing_without_signing_in() -> None:
    assert not may(AnonymousUser(), "portfolio.view")


def test_it_raises_for_an_unknown_permission(owner: User) -> None:
    with pytest.raises(UnknownPermission):
        may(owner, "portfolio.burn")
    with pytest.raises(UnknownPermission):
        may(AnonymousUser(), "portfolio.burn")


def test_it_asks_the_database_once(owner: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.get(pk=owner.pk)
    with django_assert_num_queries(1):
        assert [may(user, name, 1) for name in PERMISSIONS].count(True) == 20


def test_it_says_what_is_missing_and_who_can_grant_it(member: User, administrator: User, portfolio_id: int) -> None:
    with pytest.raises(Refused) as caught:
        require(member, "decision.decide", portfolio_id=portfolio_id)
    assert str(caught.value) == (
        "You do not have the right “Take decisions” here. Roles with this right: Executive. "
        "Ask Ada Admin to give you one of them."
    )
    assert (caught.value.permission, caught.value.portfolio_id) == ("decision.decide", portfolio_id)


def test_it_says_when_nobody_can_grant_it(stranger: User) -> None:
    with pytest.raises(Refused, match="create an administrator with “openvmo user”"):
        require_somewhere(stranger, "api.use")
