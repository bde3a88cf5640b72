"""The two questions about rights: ``may`` asks, ``require`` insists."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from openvmo_web.access.rules import PERMISSIONS, ROLE_NAMES, check_permission_name, roles_with
from openvmo_web.common.actor import NOWHERE, Actor, Scope

NAMED_GRANTERS = 3


class Refused(PermissionDenied):
    """Someone lacks a right; the message says which one and who can give it.

    Attributes:
        permission: The name of the missing permission.
        portfolio_id: Where it was asked for; None for the whole organisation.
    """

    def __init__(self, message: str, *, permission: str, portfolio_id: int | None) -> None:
        super().__init__(message)
        self.permission = permission
        self.portfolio_id = portfolio_id


def scope_of(user: Actor | AnonymousUser, permission: str) -> Scope:
    """Return where a person holds a permission; nowhere without signing in."""
    check_permission_name(permission)
    return NOWHERE if isinstance(user, AnonymousUser) else user.scope_of(permission)


def may(user: Actor | AnonymousUser, permission: str, portfolio_id: int | None = None) -> bool:
    """Return whether a person holds a permission in a portfolio.

    Args:
        user: The person; nobody may anything without signing in.
        permission: A name from ``PERMISSIONS``; another one raises ``UnknownPermission``.
        portfolio_id: The portfolio; None asks for the right in the whole organisation.
    """
    return scope_of(user, permission).covers(portfolio_id)


def may_somewhere(user: Actor | AnonymousUser, permission: str) -> bool:
    """Return whether a person holds a permission in any portfolio at all."""
    return bool(scope_of(user, permission))


def require(user: Actor | AnonymousUser, permission: str, *, portfolio_id: int | None = None) -> None:
    """Raise ``Refused`` unless a person holds a permission in a portfolio (None: in the whole organisation)."""
    if not may(user, permission, portfolio_id):
        raise _refusal(permission, portfolio_id)


def require_somewhere(user: Actor | AnonymousUser, permission: str) -> None:
    """Raise ``Refused`` unless a person holds a permission in at least one portfolio."""
    if not may_somewhere(user, permission):
        raise _refusal(permission, None)


def _refusal(permission: str, portfolio_id: int | None) -> Refused:
    roles = ", ".join(_(ROLE_NAMES[role]) for role in roles_with(permission))
    missing = _("You do not have the right “%(right)s” here. Roles with this right: %(roles)s.") % {
        "right": _(PERMISSIONS[permission]),
        "roles": roles,
    }
    return Refused(f"{missing} {_who_can_grant(portfolio_id)}", permission=permission, portfolio_id=portfolio_id)


def _who_can_grant(portfolio_id: int | None) -> str:
    from openvmo_web.access.queries import granters

    names = [user.name for user in granters(portfolio_id)[:NAMED_GRANTERS]]
    if not names:
        return _("Nobody can give roles at present: create an administrator with “openvmo user”.")
    return _("Ask %(names)s to give you one of them.") % {"names": ", ".join(names)}
