"""The forms of the access room."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _


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
