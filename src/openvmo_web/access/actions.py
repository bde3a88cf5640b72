"""What is written about users, roles and tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo_web.access.holdings import Holding, holdings_of, rooms_with_holdings
from openvmo_web.access.models import ApiToken, Assignment, SavedView, User
from openvmo_web.access.permissions import require, require_somewhere
from openvmo_web.access.rules import DIGESTS, ROLES, check_someone_can_give_roles, roles_with
from openvmo_web.access.tokens import PREFIX_LENGTH, digest_of, new_secret
from openvmo_web.audit.actions import record


@transaction.atomic
def _create(email: str, name: str, password: str | None, *, by: User | None, at: datetime, language: str = "") -> User:
    user = User(email=email.lower(), name=name, language=language, joined_at=at)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    record(by=by, at=at, action="access.user_create", on=user, changes={"email": (None, user.email)})
    return user


def user_create(
    *, email: str, name: str, password: str | None = None, language: str = "", by: User, at: datetime
) -> User:
    """Create a user who can sign in; without a password only after setting one by e-mail."""
    require(by, "access.assign")
    return _create(email, name, password, language=language, by=by, at=at)


def person_add(
    *, email: str, name: str, password: str, role: str, portfolio_id: int | None = None, by: User, at: datetime
) -> User:
    """Create a user together with a first role, so that whoever gives roles in one portfolio can bring people in.

    Raises:
        Refused: the person may not give roles there.
        ValidationError: the address is taken or malformed, or the password too weak; it names the field.
    """
    require(by, "access.assign", portfolio_id=portfolio_id)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as weakness:
        raise ValidationError({"password": weakness.error_list}) from weakness
    with transaction.atomic():
        user = _create(email, name, password, by=by, at=at)
        role_assign(user=user, role=role, portfolio_id=portfolio_id, by=by, at=at)
    return user


def administrator_create(*, email: str, name: str, password: str | None = None, at: datetime) -> User:
    """Create an administrator from the server's command line: whoever runs it holds the database in hand anyway."""
    with transaction.atomic():
        user = _create(email, name, password, by=None, at=at)
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
    """Take a role away; revoking it twice changes nothing.

    Raises:
        Refused: the person may not give roles there.
        LastAdministrator: nobody would remain who can give roles in the whole organisation.
    """
    portfolio_id = assignment.portfolio_id
    require(by, "access.assign", portfolio_id=portfolio_id)
    with transaction.atomic():
        if portfolio_id is None and assignment.role in roles_with("access.assign"):
            check_someone_can_give_roles(_granters_without(assignment))
        if Assignment.objects.filter(pk=assignment.pk, revoked_at=None).update(revoked_at=at):
            assignment.revoked_at = at
            changes = {"role": (assignment.role, None)}
            on = assignment.user
            record(by=by, at=at, action="access.role_revoke", on=on, portfolio_id=portfolio_id, changes=changes)
    assignment.user.forget_scopes()
    return assignment


def _granters_without(*gone: Assignment) -> int:
    """How many active people can give roles everywhere without some assignments; locked: two do not go at once."""
    everywhere = Assignment.objects.filter(
        role__in=roles_with("access.assign"), portfolio_id=None, revoked_at=None, user__is_active=True
    )
    keys = {assignment.pk for assignment in gone}
    return len({held.user_id for held in everywhere.select_for_update(of=("self",)) if held.pk not in keys})


class StillNamed(ValidationError):
    """A person cannot leave: live things name him.

    Attributes:
        holdings: What they are, and where.
    """

    def __init__(self, person: User, holdings: list[Holding]) -> None:
        self.holdings = holdings
        count = sum(holding.count for holding in holdings)
        super().__init__(
            ngettext(
                "%(count)d thing still names %(name)s. Hand it over to somebody else first: %(what)s.",
                "%(count)d things still name %(name)s. Hand them over to somebody else first: %(what)s.",
                count,
            )
            % {"count": count, "name": person.name, "what": "; ".join(_in_words(holding) for holding in holdings)}
        )


def _in_words(holding: Holding) -> str:
    places = f" ({', '.join(holding.places)})" if holding.places else ""
    return f"{holding.what}: {holding.count}{places}"


def user_deactivate(*, user: User, by: User, at: datetime) -> User:
    """Shut a person out who leaves: he can no longer sign in, his sessions end, and his tokens are revoked.

    What he did stays recorded under his name.

    Raises:
        Refused: the person may not give roles in the whole organisation.
        ValidationError: it is oneself.
        LastAdministrator: nobody would remain who can give roles in the whole organisation.
        StillNamed: something live names the person; hand it over first.
    """
    require(by, "access.assign")
    if user.pk == by.pk:
        raise ValidationError(_("You cannot deactivate yourself: another administrator has to do it."))
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.is_active:
            if locked.scope_of("access.assign").everything:
                check_someone_can_give_roles(_granters_without(*locked.assignments.filter(revoked_at=None)))
            if holdings := holdings_of(locked):
                raise StillNamed(locked, holdings)
            _set_active(locked, is_active=False, by=by, at=at)
            ApiToken.objects.filter(user=locked, revoked_at=None).update(revoked_at=at)
            _sessions_end(locked)
    user.refresh_from_db()
    return user


def user_reactivate(*, user: User, by: User, at: datetime) -> User:
    """Let a person in again, with the roles that he had; his tokens stay revoked."""
    require(by, "access.assign")
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if not locked.is_active:
            _set_active(locked, is_active=True, by=by, at=at)
    user.refresh_from_db()
    return user


def _sessions_end(user: User) -> None:
    """Forget the sessions of a person, so that none of them comes alive when he is let in again."""
    rows = Session.objects.iterator(chunk_size=2_000)
    own = [row.pk for row in rows if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=own).delete()


def _set_active(user: User, *, is_active: bool, by: User, at: datetime) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    action = "access.user_reactivate" if is_active else "access.user_deactivate"
    record(by=by, at=at, action=action, on=user, changes={"is_active": (not is_active, is_active)})


def holdings_pass_on(*, from_user: User, to_user: User, by: User, at: datetime) -> int:
    """Hand everything that names a person over to another one, in one gesture.

    Args:
        from_user: Who leaves, or passes his work on.
        to_user: Who takes it; an active person.
        by: Who gives roles in the whole organisation.
        at: When.

    Returns:
        How many things were handed over.

    Raises:
        Refused: the person may not give roles in the whole organisation.
        ValidationError: the two are one, the second one is not active, or may not act where he would be named.
    """
    require(by, "access.assign")
    if from_user.pk == to_user.pk or not to_user.is_active:
        raise ValidationError(_("Choose another person who can sign in."))
    gesture = uuid4()
    with transaction.atomic():
        count: int = sum(
            room.pass_on(from_user=from_user, to_user=to_user, by=by, at=at, gesture=gesture)
            for room in rooms_with_holdings()
        )
        if count:
            changes = {"holdings": (from_user.name, to_user.name)}
            record(by=by, at=at, action="access.holdings_pass_on", on=from_user, changes=changes, gesture=gesture)
    return count


def digest_choose(*, digest: str, by: User, at: datetime) -> User:
    """Choose how often one is told by e-mail what waits: one of ``DIGESTS``; who has no role is told nothing anyway."""
    require_somewhere(by, "portfolio.view")
    if digest not in DIGESTS:
        raise ValueError(f"There is no digest {digest!r}; choose one of {', '.join(DIGESTS)}.")
    with transaction.atomic():
        if by.digest != digest:
            changes = {"digest": (by.digest, digest)}
            by.digest = digest
            by.save(update_fields=["digest"])
            record(by=by, at=at, action="access.digest_choose", on=by, changes=changes)
    return by


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


def view_save(
    *,
    page: str,
    portfolio_id: int,
    name: str,
    query: str,
    columns: Sequence[str],
    is_shared: bool = False,
    by: User,
    at: datetime,
) -> SavedView:
    """Keep a list as it is under a name; one's own view with that name is replaced.

    Args:
        page: The name of the page's address, such as ``benefits:register``.
        portfolio_id: The portfolio.
        name: What to call it.
        query: Filters and sorting as in the address.
        columns: The names of the columns.
        is_shared: Whether everybody who sees the portfolio is offered it.
        by: Whose view it is.
        at: When.
    """
    require(by, "portfolio.view", portfolio_id=portfolio_id)
    view = SavedView.objects.filter(user=by, page=page, portfolio_id=portfolio_id, name=name).first()
    view = view or SavedView(user=by, page=page, portfolio_id=portfolio_id, name=name)
    before = {} if view._state.adding else {"query": view.query, "columns": view.columns, "is_shared": view.is_shared}
    after = {"query": query, "columns": list(columns), "is_shared": is_shared}
    view.query, view.columns, view.is_shared = query, list(columns), is_shared
    view.full_clean(exclude=["user", "columns"])
    with transaction.atomic():
        view.save()
        changes = {field: (before.get(field), value) for field, value in after.items() if before.get(field) != value}
        record(by=by, at=at, action="view.save", on=view, portfolio_id=portfolio_id, changes=changes)
    return view


def view_change(*, view: SavedView, name: str, is_shared: bool, by: User, at: datetime) -> SavedView:
    """Rename a view of one's own, or show it to everybody or to nobody else."""
    require(by, "portfolio.view", portfolio_id=view.portfolio_id)
    _require_own(view, by)
    before = {"name": view.name, "is_shared": view.is_shared}
    after = {"name": name, "is_shared": is_shared}
    view.name, view.is_shared = name, is_shared
    view.full_clean(exclude=["user", "columns"])
    changes = {field: (before[field], value) for field, value in after.items() if before[field] != value}
    with transaction.atomic():
        view.save(update_fields=["name", "is_shared"])
        record(by=by, at=at, action="view.change", on=view, portfolio_id=view.portfolio_id, changes=changes)
    return view


def view_delete(*, view: SavedView, by: User, at: datetime) -> None:
    """Delete a view: one's own, or one that is shown to everybody with the right to change the portfolio."""
    require(by, "portfolio.view", portfolio_id=view.portfolio_id)
    _require_own(view, by)
    with transaction.atomic():
        changes = {"name": (view.name, None)}
        record(by=by, at=at, action="view.delete", on=view, portfolio_id=view.portfolio_id, changes=changes)
        view.delete()


def _require_own(view: SavedView, by: User) -> None:
    """What others show to everybody is looked after by whoever may change the portfolio."""
    if view.user_id != by.pk:
        require(by, "portfolio.change", portfolio_id=view.portfolio_id)
