"""The forms of the exchange room: a file with its destination, and what to show of a preview."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openvmo_web.access.models import User
from openvmo_web.access.permissions import may
from openvmo_web.exchange import words
from openvmo_web.exchange.queries import targets_of
from openvmo_web.portfolio.models import Portfolio


class FileForm(forms.Form):
    """A file that is not larger than the server takes."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        help_text=gettext_lazy(
            "A workbook (.xlsx), an archive of CSV files (.zip), JSON, or a table that OpenVMO knows."
        ),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse a file that is larger than the server takes."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        limit = settings.OPENVMO_UPLOAD_LIMIT
        if file.size and file.size > limit:
            raise ValidationError(
                _(
                    "The file is larger than %(limit)d MB. "
                    "Split it, or ask the operator to raise OPENVMO_UPLOAD_LIMIT_MB."
                )
                % {"limit": limit // 2**20}
            )
        return file


class UploadForm(FileForm):
    """A file, and the portfolio that it goes into."""

    portfolio = forms.ModelChoiceField(
        label=gettext_lazy("Into"),
        queryset=Portfolio.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new portfolio"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the new portfolio"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Empty: the name that the file states."),
    )
    slug = forms.SlugField(
        label=gettext_lazy("Address of the new portfolio"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Small letters, digits and hyphens. Empty: made from the name."),
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Portfolio]", self.fields["portfolio"])
        field.queryset = targets_of(viewer)
        if not may(viewer, "portfolio.add"):
            field.required, field.empty_label = True, None
            del self.fields["name"], self.fields["slug"]

    def clean_slug(self) -> str:
        """Refuse an address that is taken."""
        slug = str(self.cleaned_data["slug"]).lower()
        if slug and Portfolio.objects.filter(slug=slug).exists():
            raise ValidationError(
                _("There is a portfolio at this address already. Choose it above, or another address.")
            )
        return slug


class SheetForm(FileForm):
    """The sheet of benefits, changed in a spreadsheet program."""

    file = forms.FileField(
        label=gettext_lazy("Edited sheet"),
        max_length=255,
        help_text=gettext_lazy("The workbook (.xlsx) with the sheet Benefits, or that sheet as CSV."),
    )


class ChangeFilter(forms.Form):
    """Which differences to show."""

    search = forms.CharField(label=gettext_lazy("Search the differences"), required=False)
    record = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All kinds")), *words.RECORDS.items()]
    )
    effect = forms.ChoiceField(
        label=gettext_lazy("Effect"), required=False, choices=[("", gettext_lazy("All")), *words.EFFECTS.items()]
    )


class FindingFilter(forms.Form):
    """Which findings to show."""

    search = forms.CharField(label=gettext_lazy("Search the findings"), required=False)
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), required=False, choices=[("", gettext_lazy("All")), *words.SEVERITIES.items()]
    )
