"""What one states to report, verify and contest measurements, to waive requests and to close months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from openvmo.engine.quantities import Month
from openvmo.files.cells import CellError
from openvmo_web.access.models import User
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.formats import current_locale
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.files import KINDS, LARGEST, evidence_refusal
from openvmo_web.realisation.numbers import number_of
from openvmo_web.realisation.queries import addressees_of
from openvmo_web.realisation.refusals import month_words

LARGEST_LIST = 10 * 1024 * 1024
EVERYTHING = ("", _("All"))
STANDS = {
    "waiting": _("Not answered"),
    "open": _("Open"),
    "late": _("Late"),
    "missing": _("Missing"),
    "answered": _("Answered"),
    "waived": _("Waived"),
}
REPORTED = {"reported": _("Reported"), "contested": _("Contested")}


class NumberField(forms.CharField):
    """A number as people of the page's language write it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        attributes = {"inputmode": "decimal", "autocomplete": "off", "enterkeyhint": "done"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **options)

    def clean(self, value: Any) -> Any:
        """Return the number; what could be two numbers is refused."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return number_of(text, current_locale())
        except CellError as error:
            raise ValidationError(f"{error.problem} {error.remedy}") from error


class MeasureForm(forms.Form):
    """What a month or a period brought: one number, and what shows it."""

    value = NumberField(label=_("Value"))
    source = forms.CharField(label=_("Where the figure comes from"), max_length=300, required=False)
    remark = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2, "cols": 30})
    )
    file = forms.FileField(
        label=_("Evidence: a document or a photo"),
        required=False,
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": f"image/*,{','.join(KINDS)}"}),
    )

    def __init__(self, *args: Any, benefit: Benefit, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = benefit.unit or benefit.initiative.portfolio.currency
        self.fields["value"].label = question
        self.fields["value"].help_text = _("In %(unit)s. %(accrual)s.") % {
            "unit": unit,
            "accrual": benefit.get_accrual_display(),
        }
        self.fields["value"].widget.attrs["class"] = "figure-input"

    def clean_file(self) -> UploadedFile[bytes] | None:
        """Refuse what is not taken as evidence."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None:
            refusal = evidence_refusal(file.name or "", file.read(LARGEST + 1))
            file.seek(0)
            if refusal:
                raise ValidationError(refusal)
        return file


class RequestFilterForm(forms.Form):
    """What narrows the requests."""

    search = forms.CharField(label=_("Search benefit or initiative"), required=False)
    stands = forms.ChoiceField(label=_("State"), required=False, choices=[EVERYTHING, *STANDS.items()])
    addressee: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=_("Who is asked"), queryset=User.objects.none(), required=False, empty_label=_("Everybody")
    )
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, viewer: Any, portfolio: Portfolio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["addressee"].queryset = addressees_of(viewer, portfolio)  # type: ignore[attr-defined]
        self.fields["unit"].choices = unit_choices(portfolio)  # type: ignore[attr-defined]


class VerifyFilterForm(forms.Form):
    """What narrows the measurements to verify."""

    search = forms.CharField(label=_("Search benefit or initiative"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[EVERYTHING, ("reported", _("Reported")), ("contested", _("Contested"))],
    )
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, portfolio: Portfolio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = unit_choices(portfolio)  # type: ignore[attr-defined]


class GridFilterForm(forms.Form):
    """Which benefits stand in the grid."""

    search = forms.CharField(label=_("Search benefit or initiative"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    until = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, portfolio: Portfolio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = unit_choices(portfolio)  # type: ignore[attr-defined]


class JudgeForm(forms.Form):
    """Which measurements are verified or contested, and why they are doubted."""

    measurement = forms.TypedMultipleChoiceField(coerce=int, required=True)
    verdict = forms.ChoiceField(choices=[("verify", ""), ("contest", "")])
    remark = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, keys: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measurement"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


class WaiveForm(forms.Form):
    """Why no measurement is needed."""

    reason = forms.CharField(label=_("Why no measurement is needed"), max_length=500)


class ListForm(forms.Form):
    """A list of measurements as a file."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        help_text=_("A workbook (.xlsx) or a CSV file with the columns of the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse a file that is larger than a list of measurements can be."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size and file.size > LARGEST_LIST:
            raise ValidationError(
                _("The file is larger than %(limit)d MB. Split it into several.") % {"limit": LARGEST_LIST // 2**20}
            )
        return file


class SpanForm(forms.Form):
    """From which month to which."""

    since = forms.CharField(label=_("From"), widget=forms.TextInput(attrs={"type": "month"}))
    until = forms.CharField(label=_("To"), widget=forms.TextInput(attrs={"type": "month"}))

    def clean_since(self) -> Month:
        """Return the month."""
        return month_in(self.cleaned_data["since"])

    def clean_until(self) -> Month:
        """Return the month."""
        return month_in(self.cleaned_data["until"])


class ClosingForm(forms.Form):
    """Up to which month the figures are final, and why."""

    until = forms.ChoiceField(label=_("Close up to and with"))
    reason = forms.CharField(label=_("Remark"), max_length=500, required=False)

    def __init__(self, *args: Any, months: Sequence[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].choices = [(str(month), month_words(month)) for month in months]  # type: ignore[attr-defined]


class ReopeningForm(forms.Form):
    """Up to which month the figures stay final, and why others have to change."""

    until = forms.ChoiceField(label=_("Stays closed up to and with"), required=False)
    reason = forms.CharField(label=_("Why final figures have to change"), max_length=500)

    def __init__(self, *args: Any, months: Sequence[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = ("", _("Nothing: open all months"))
        named = [(str(month), month_words(month)) for month in months]
        self.fields["until"].choices = [*named, nothing]  # type: ignore[attr-defined]


def unit_choices(portfolio: Portfolio) -> list[tuple[str, Any]]:
    """Return the units of a portfolio's initiatives as choices."""
    units = Initiative.objects.filter(portfolio=portfolio).exclude(unit="").order_by("unit")
    return [("", _("All units")), *((unit, unit) for unit in units.values_list("unit", flat=True).distinct())]


def month_in(text: str) -> Month:
    """Return the month that a text states.

    Raises:
        ValidationError: it states none.
    """
    try:
        return Month.parse(text)
    except ValueError as error:
        raise ValidationError(_("“%(text)s” is not a month: write it like 2026-04.") % {"text": text}) from error
