"""What is written about users, roles and tokens."""

from datetime import datetime

from django.db import transaction

from openvmo_web.access.models import ApiToken, Assignment, User
from openvmo_web.access.permissions import require, require_somewhere
from openvmo_web.access.rules import ROLES
from openvmo_web.access.tokens import PREFIX_LENGTH, digest_of, new_secret
from openvmo_web.audit.actions import record


@transaction.atomic
def _create(email: str, name: str, password: str | None, language: str, at: datetime) -> User:
    user = User(email=email.lower(), name=name, language=language, joined_at=at)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    return user


def user_create(
    *, email: str, name: str, password: str | None = None, language: str = "", by: User, at: datetime
) -> User:
    """Create a user who can sign in; without a password only after setting one by e-mail."""
    require(by, "access.assign")
    with transaction.atomic():
        user = _create(email, name, password, language, at)
        record(by=by, at=at, action="access.user_create", on=user, changes={"email": (None, user.email)})
    return user


def administrator_create(*, email: str, name: str, password: str | None = None, at: datetime) -> User:
    """Create an administrator from the server's command line: whoever runs it holds the database in hand anyway."""
    with transaction.atomic():
        user = _create(email, name, password, "", at)
        record(by=None, at=at, action="access.user_create", on=user, changes={"email": (None, user.email)})
        assignment = Assignment.objects.create(user=user, role="administrator", granted_at=at)
        record(by=None, at=at, action="access.role_assign", on=user, changes={"role": (None, assignment.role)})
    return user


def role_assign(*, user: User, role: str, portfolio_id: int | None = None, by: User, at: datetime) -> Assignment:
    """Give a person a role in a portfolio, or in the whole organisation; giving it twice changes nothing."""
    require(by, "access.assign", portfolio_id=portfolio_id)
    if role not in ROLES:
        raise ValueError(f"There is no role {role!r}; the roles are {', '.join(ROLES)}.")
    with transaction.atomic():
        assignment, is_new = Assignment.objects.get_or_create(
            user=user,
            role=role,
            portfolio_id=portfolio_id,
            revoked_at=None,
            defaults={"granted_by": by, "granted_at": at},
        )
        if is_new:
            changes = {"role": (None, role)}
            record(by=by, at=at, action="access.role_assign", on=user, portfolio_id=portfolio_id, changes=changes)
    user.forget_scopes()
    return assignment


def role_revoke(*, assignment: Assignment, by: User, at: datetime) -> Assignment:
    """Take a role away; revoking it twice changes nothing."""
    portfolio_id = assignment.portfolio_id
    require(by, "access.assign", portfolio_id=portfolio_id)
    with transaction.atomic():
        if Assignment.objects.filter(pk=assignment.pk, revoked_at=None).update(revoked_at=at):
            assignment.revoked_at = at
            changes = {"role": (assignment.role, None)}
            on = assignment.user
            record(by=by, at=at, action="access.role_revoke", on=on, portfolio_id=portfolio_id, changes=changes)
    assignment.user.forget_scopes()
    return assignment


def token_issue(*, name: str, expires_at: datetime | None = None, by: User, at: datetime) -> tuple[ApiToken, str]:
    """Issue a token for the person who asks; the secret is returned this once and never shown again."""
    require_somewhere(by, "api.use")
    secret = new_secret()
    token = ApiToken(user=by, name=name, prefix=secret[:PREFIX_LENGTH], digest=digest_of(secret))
    token.created_at, token.expires_at = at, expires_at
    token.full_clean()
    with transaction.atomic():
        token.save()
        record(by=by, at=at, action="access.token_issue", on=token, changes={"name": (None, name)})
    return token, secret


def token_revoke(*, token: ApiToken, by: User, at: datetime) -> ApiToken:
    """Revoke a token: one's own always, that of another with the right to give roles."""
    if token.user_id != by.pk:
        require(by, "access.assign")
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            token.revoked_at = at
            record(by=by, at=at, action="access.token_revoke", on=token)
    return token
