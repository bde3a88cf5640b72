"""The forms of the access room."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.models import ApiToken


class TokenForm(forms.ModelForm[ApiToken]):
    """What one says about a new token: its name and how long it is valid."""

    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year")), ("", _("without end"))],
    )

    class Meta:
        model = ApiToken
        fields = ("name",)

    @property
    def validity(self) -> timedelta | None:
        """How long the token is valid; None: without end."""
        days: Any = self.cleaned_data["days"]
        return None if days is None else timedelta(days=days)
