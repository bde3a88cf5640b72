"""Users, roles and tokens are changed by those with the right, and each change is recorded."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from openvmo_web.access.actions import (
    administrator_create,
    role_assign,
    role_revoke,
    token_issue,
    token_revoke,
    user_create,
)
from openvmo_web.access.models import ApiToken, Assignment, User
from openvmo_web.access.permissions import Refused, may
from openvmo_web.access.queries import token_in_force
from openvmo_web.audit.models import AuditEntry


def deeds() -> list[tuple[str, str, str, object]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "actor_name", "label", "changes"))


def test_it_creates_a_user(administrator: User, now: datetime) -> None:
    user = user_create(
        email="New@Example.ORG", name="Nia New", password="correct horse battery", by=administrator, at=now
    )
    assert (user.email, user.check_password("correct horse battery"), user.joined_at) == ("new@example.org", True, now)
    assert deeds() == [("access.user_create", "Ada Admin", "Nia New", {"email": [None, "new@example.org"]})]


def test_it_refuses_to_create_a_user_without_the_right(owner: User, now: datetime) -> None:
    with pytest.raises(Refused):
        user_create(email="new@example.org", name="Nia New", by=owner, at=now)
    assert (User.objects.count(), deeds()) == (1, [])


def test_it_refuses_an_address_that_is_taken_in_another_spelling(administrator: User, now: datetime) -> None:
    with pytest.raises(ValidationError, match="already exists"):
        user_create(email="ADA@example.org", name="Ada Again", by=administrator, at=now)
    assert User.objects.count() == 1


def test_it_refuses_capital_letters_in_the_database_too(owner: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=owner.pk).update(email="Olga@example.org")


def test_it_creates_an_administrator_from_the_command_line(db: None, now: datetime) -> None:
    user = administrator_create(email="root@example.org", name="Rita Root", password=None, at=now)
    assert may(user, "access.assign")
    assert not user.has_usable_password()
    assert [deed[:2] for deed in deeds()] == [("access.user_create", "OpenVMO"), ("access.role_assign", "OpenVMO")]


def test_it_gives_a_role_once(administrator: User, stranger: User, portfolio_id: int, now: datetime) -> None:
    assert not may(stranger, "run.start", portfolio_id)
    for _turn in range(2):
        role_assign(user=stranger, role="analyst", portfolio_id=portfolio_id, by=administrator, at=now)
    assert may(stranger, "run.start", portfolio_id)
    assert deeds() == [("access.role_assign", "Ada Admin", "Stan Stranger", {"role": [None, "analyst"]})]


def test_it_refuses_to_give_a_role_without_the_right(
    owner: User, stranger: User, portfolio_id: int, now: datetime
) -> None:
    with pytest.raises(Refused):
        role_assign(user=stranger, role="viewer", portfolio_id=portfolio_id, by=owner, at=now)
    assert (stranger.assignments.count(), deeds()) == (0, [])


def test_it_refuses_a_role_that_does_not_exist(administrator: User, stranger: User, now: datetime) -> None:
    with pytest.raises(ValueError, match="There is no role 'emperor'"):
        role_assign(user=stranger, role="emperor", by=administrator, at=now)


def test_it_takes_a_role_away_and_keeps_that_it_was_held(
    administrator: User, member: User, portfolio_id: int, now: datetime
) -> None:
    assignment = Assignment.objects.get(user=member)
    for _turn in range(2):
        role_revoke(assignment=assignment, by=administrator, at=now)
    assert Assignment.objects.get(user=member).revoked_at == now
    assert not may(User.objects.get(pk=member.pk), "portfolio.view", portfolio_id)
    assert deeds() == [("access.role_revoke", "Ada Admin", "Max Member", {"role": ["viewer", None]})]


def test_it_refuses_to_take_a_role_away_without_the_right(owner: User, member: User, now: datetime) -> None:
    with pytest.raises(Refused):
        role_revoke(assignment=Assignment.objects.get(user=member), by=owner, at=now)
    assert (Assignment.objects.filter(revoked_at=None).count(), deeds()) == (2, [])


def test_it_gives_a_role_again_after_it_was_taken_away(
    administrator: User, member: User, portfolio_id: int, now: datetime
) -> None:
    role_revoke(assignment=Assignment.objects.get(user=member), by=administrator, at=now)
    role_assign(user=member, role="viewer", portfolio_id=portfolio_id, by=administrator, at=now)
    assert member.assignments.count() == 2


def test_it_issues_a_token_and_keeps_only_its_hash(owner: User, now: datetime) -> None:
    token, secret = token_issue(name="nightly export", by=owner, at=now)
    assert (secret[:12], len(secret)) == (token.prefix, 51)
    assert secret not in str(ApiToken.objects.values().get())
    assert token_in_force(secret, at=now) == token
    assert deeds() == [("access.token_issue", "Olga Owner", "nightly export", {"name": [None, "nightly export"]})]


def test_it_refuses_a_token_without_the_right(member: User, now: datetime) -> None:
    with pytest.raises(Refused):
        token_issue(name="curious", by=member, at=now)
    assert (ApiToken.objects.count(), deeds()) == (0, [])


def test_it_knows_no_token_that_is_expired_revoked_or_of_an_inactive_user(owner: User, now: datetime) -> None:
    _expired, first = token_issue(name="one", expires_at=now, by=owner, at=now)
    revoked, second = token_issue(name="two", by=owner, at=now)
    token_revoke(token=revoked, by=owner, at=now)
    _third, third = token_issue(name="three", expires_at=now + timedelta(days=1), by=owner, at=now)
    assert [token_in_force(secret, at=now) is None for secret in (first, second, third, "guess")] == [
        True,
        True,
        False,
        True,
    ]
    User.objects.update(is_active=False)
    assert token_in_force(third, at=now) is None


def test_it_revokes_the_token_of_another_only_with_the_right(
    owner: User, administrator: User, member: User, now: datetime
) -> None:
    token, _secret = token_issue(name="one", by=owner, at=now)
    with pytest.raises(Refused):
        token_revoke(token=token, by=member, at=now)
    assert ApiToken.objects.get().revoked_at is None
    token_revoke(token=token, by=administrator, at=now)
    assert ApiToken.objects.get().revoked_at == now
    assert [deed[0] for deed in deeds()] == ["access.token_issue", "access.token_revoke"]
