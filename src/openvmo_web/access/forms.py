"""The forms of the access room."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.models import User
from openvmo_web.access.rules import DIGESTS, ROLE_NAMES

ORGANISATION = "organisation"


def _place(value: str) -> int | None:
    """The key of a place; None for the whole organisation."""
    return None if value == ORGANISATION else int(value)


class PeopleFilterForm(forms.Form):
    """What narrows the list of people."""

    search = forms.CharField(label=_("Search people"), required=False)


class RoleForm(forms.Form):
    """A role, and where it holds: only the places in which the viewer may give roles are offered."""

    role = forms.ChoiceField(label=_("Role"))
    # An empty value is no answer, and None is one: the whole organisation.
    where = forms.TypedChoiceField(label=_("Where"), coerce=_place, empty_value="")

    def __init__(self, *args: Any, viewer: User, places: Mapping[int, str], **options: Any) -> None:
        """Build the form.

        Args:
            args: as Django takes them.
            viewer: who gives the role.
            places: the names, by key, of the portfolios in which the viewer may give roles.
            options: as Django takes them.
        """
        super().__init__(*args, **options)
        everywhere = [(ORGANISATION, _("Whole organisation"))] if viewer.scope_of("access.assign").everything else []
        roles = [(role, _(name)) for role, name in ROLE_NAMES.items()]
        self.fields["role"].choices = [("", _("Choose a role")), *roles]  # type: ignore[attr-defined]
        self.fields["where"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose where")),
            *everywhere,
            *((str(key), name) for key, name in places.items()),
        ]


class PersonForm(RoleForm):
    """A new person with a first role."""

    email = forms.EmailField(label=_("E-mail"), help_text=_("The person signs in with it."))
    name = forms.CharField(label=_("Name"), max_length=150)
    password = forms.CharField(
        label=_("Initial password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters. You know it, so the person should change it after signing in for the first time."
        ),
    )

    field_order = ("email", "name", "role", "where", "password")


class PassOnForm(forms.Form):
    """Who takes everything over that names a person."""

    to_user = forms.ModelChoiceField(
        label=_("Who takes it over"), queryset=User.objects.none(), empty_label=_("Choose a person")
    )

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        """Offer everybody who can sign in, besides the person who leaves."""
        super().__init__(*args, **options)
        others = User.objects.filter(is_active=True).exclude(pk=person.pk)
        self.fields["to_user"].queryset = others  # type: ignore[attr-defined]


class NotificationsForm(forms.Form):
    """How often one is told by e-mail what waits."""

    digest = forms.ChoiceField(
        label=_("E-mail with what waits for you"),
        widget=forms.RadioSelect,
        help_text=_("One e-mail with all of it, never more than one a day, and none when nothing waits."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(*args, **options)
        self.fields["digest"].choices = [(key, _(words)) for key, words in DIGESTS.items()]  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """What one says about a new token: its name and how long it is valid."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What the token is for, for example “nightly export”.")
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year")), ("", _("without end"))],
    )

    @property
    def validity(self) -> timedelta | None:
        """How long the token is valid; None: without end."""
        days: int | None = self.cleaned_data["days"]
        return None if days is None else timedelta(days=days)
