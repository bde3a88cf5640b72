"""Users, the roles that they are given, and their API tokens."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.rules import DIGESTS, ROLE_NAMES, ROLES, check_permission_name
from openvmo_web.common.actor import NOWHERE, Scope
from openvmo_web.common.models import Record


class UserManager(BaseUserManager["User"]):
    """Finds users by the address that they sign in with, in any spelling of upper and lower case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with an e-mail address."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, Record):
    """A person who signs in; the e-mail address is kept in lower case, so that it is unique in any spelling."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Empty: the language that the browser asks for.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Who is not active cannot sign in and may nothing.")
    )
    joined_at = models.DateTimeField(_("joined at"))
    digest = models.CharField(
        _("e-mail digest"),
        max_length=8,
        choices=list(DIGESTS.items()),
        default="daily",
        help_text=_("One e-mail with all that waits for you; never more than one a day."),
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "joined_at"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering: ClassVar = ["name", "email"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="access_user_email_lower",
                violation_error_message=_("Write the e-mail address in lower case."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the address in lower case."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """Return the name; allauth's mails ask for it."""
        return self.name

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """Where this person holds each permission: one query, kept as long as this object lives."""
        scopes: defaultdict[str, Scope] = defaultdict(Scope)
        if not self.is_active:
            return scopes
        for role, portfolio_id in self.assignments.filter(revoked_at=None).values_list("role", "portfolio_id"):
            scope = Scope(everything=True) if portfolio_id is None else Scope(portfolios=frozenset({portfolio_id}))
            for permission in ROLES[role]:
                scopes[permission] |= scope
        return dict(scopes)

    def scope_of(self, permission: str) -> Scope:
        """Return where this person holds a permission; an unknown name raises."""
        check_permission_name(permission)
        return self.scopes.get(permission, NOWHERE)

    def forget_scopes(self) -> None:
        """Read the rights afresh at the next question, after an assignment changed."""
        self.__dict__.pop("scopes", None)


class Assignment(Record):
    """A role that a person holds, in one portfolio or in the whole organisation; revoked, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=32, choices=list(ROLE_NAMES.items()))
    # A plain key: foreign keys point downwards, and portfolios live above this room.
    portfolio_id = models.PositiveBigIntegerField(
        _("portfolio"), null=True, blank=True, help_text=_("Empty: the whole organisation.")
    )
    granted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["user", "role", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=list(ROLE_NAMES)), name="access_assignment_role_known"),
            models.UniqueConstraint(
                fields=["user", "role", "portfolio_id"],
                condition=models.Q(revoked_at=None, portfolio_id__isnull=False),
                name="access_assignment_once_a_portfolio",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(revoked_at=None, portfolio_id=None),
                name="access_assignment_once_everywhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class ApiToken(Record):
    """A secret by which a program acts for a person. Only its hash is kept; the prefix tells tokens apart."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("user"))
    name = models.CharField(
        _("name"), max_length=100, help_text=_("What the token is for, for example “nightly export”.")
    )
    prefix = models.CharField(_("prefix"), max_length=12)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class SavedView(Record):
    """A list as somebody wants to find it again: its filters, sorting and columns, for oneself or for all."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views", verbose_name=_("user"))
    # The name of the page's address, such as benefits:register, and the portfolio by key: both live above this room.
    page = models.CharField(_("page"), max_length=64)
    portfolio_id = models.PositiveBigIntegerField(_("portfolio"))
    name = models.CharField(_("name"), max_length=100)
    query = models.TextField(_("filters and sorting"), blank=True, help_text=_("As in the address of the page."))
    columns = models.JSONField(_("columns"), default=list)
    is_shared = models.BooleanField(_("shown to everybody"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "page", "portfolio_id", "name"], name="access_saved_view_once")
        ]

    def __str__(self) -> str:
        return self.name
