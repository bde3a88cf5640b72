"""What is read about users, roles and tokens."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from openvmo_web.access.models import ApiToken, Assignment, SavedView, User
from openvmo_web.access.permissions import require_somewhere, scope_of
from openvmo_web.access.rules import roles_with
from openvmo_web.access.tokens import digest_of

SEEN_EVERY = timedelta(hours=1)


def holders_of(permission: str, portfolio_id: int | None) -> QuerySet[User]:
    """Return the active people who hold a permission in a portfolio (None: in the whole organisation)."""
    where = Q(portfolio_id=None) if portfolio_id is None else Q(portfolio_id=None) | Q(portfolio_id=portfolio_id)
    holders = Assignment.objects.filter(where, revoked_at=None, role__in=roles_with(permission)).values("user")
    return User.objects.filter(is_active=True, pk__in=holders).order_by("name", "pk")


def people_named(said: Iterable[str]) -> dict[str, User]:
    """Return the active people whom names or e-mail addresses mean, under what was said; in one query.

    What means nobody, or more than one person, is left out: a person is never guessed.
    """
    meant: defaultdict[str, list[User]] = defaultdict(list)
    for person in User.objects.filter(is_active=True):
        for name in {person.name.casefold(), person.email.casefold()}:
            meant[name].append(person)
    found = {text: meant.get(text.strip().casefold(), []) for text in said}
    return {text: people[0] for text, people in found.items() if len(people) == 1}


def granters(portfolio_id: int | None) -> QuerySet[User]:
    """Return the active people who can give roles in a portfolio (None: in the whole organisation)."""
    return holders_of("access.assign", portfolio_id)


def roles_shown_to(viewer: User) -> QuerySet[Assignment]:
    """Return the roles in force that a viewer may know of: those of the whole organisation, and where he gives roles.

    Raises:
        Refused: he may give roles nowhere.
    """
    require_somewhere(viewer, "access.assign")
    in_force = Assignment.objects.filter(revoked_at=None)
    scope = scope_of(viewer, "access.assign")
    if scope.everything:
        return in_force
    return in_force.filter(Q(portfolio_id=None) | Q(portfolio_id__in=sorted(scope.portfolios)))


def people_of(viewer: User, search: str = "") -> QuerySet[User]:
    """Return the people whose name or address contains a text, each with the shown roles as ``roles_held``.

    Raises:
        Refused: the viewer may give roles nowhere.
    """
    roles = roles_shown_to(viewer).order_by("role", "portfolio_id")
    people = User.objects.filter(Q(name__icontains=search) | Q(email__icontains=search))
    return people.prefetch_related(Prefetch("assignments", queryset=roles, to_attr="roles_held"))


def tokens_of(viewer: User) -> QuerySet[ApiToken]:
    """Return a person's own tokens, the newest first."""
    return ApiToken.objects.filter(user=viewer)


def token_in_force(secret: str, *, at: datetime) -> ApiToken | None:
    """Return the token with this secret when it is in force, with its user; None otherwise."""
    in_force = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=at)) & Q(user__is_active=True)
    return ApiToken.objects.select_related("user").filter(in_force, digest=digest_of(secret)).first()


def token_seen(token: ApiToken, *, at: datetime) -> None:
    """Note that a token was used, at most once an hour: who revokes tokens needs to know which are idle."""
    if token.last_used_at is None or at - token.last_used_at > SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def views_of(viewer: User, page: str, portfolio_id: int) -> QuerySet[SavedView]:
    """Return the saved views of a list that a person is offered: one's own, and those shown to everybody."""
    mine_or_shared = Q(user=viewer) | Q(is_shared=True)
    views = SavedView.objects.filter(mine_or_shared, page=page, portfolio_id=portfolio_id)
    return views.select_related("user").order_by("name", "pk")
