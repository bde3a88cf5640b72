"""What one states to record a forecast, or to adopt the plan in force as the baseline."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openvmo.engine import model
from openvmo.engine.model.kinds import RampShape
from openvmo.engine.quantities import Family, Month
from openvmo.files.cells import CellError, read_cell, to_cell
from openvmo.files.estimates import estimate_of_parts, stated_part
from openvmo.files.schema import FieldKind
from openvmo_web.benefits import words
from openvmo_web.benefits.analysis import Arrival
from openvmo_web.benefits.models import Benefit
from openvmo_web.common import formats
from openvmo_web.portfolio.rules import USUAL_TAIL

LONGEST = 600
HUNDRED = 100
LONGEST_LIST = 5_000
DIGITS, DECIMALS = 21, 6


class MonthField(forms.CharField):
    """A calendar month, stated like 2026-04."""

    widget = forms.DateInput(attrs={"type": "month", "placeholder": "2026-04"})

    def to_python(self, value: Any) -> Any:
        """Read the month."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” is not a month: write the year and the month, like 2026-04.") % {"text": text}
            ) from error


class ListField(forms.CharField):
    """Numbers, or values with their chances, separated by semicolons as in a cell of the workbook."""

    def __init__(self, kind: FieldKind, **options: Any) -> None:
        super().__init__(required=False, max_length=LONGEST_LIST, **options)
        self.kind = kind

    def clean(self, value: Any) -> Any:
        """Read the list; an empty one is ()."""
        text = super().clean(value)
        try:
            return read_cell(self.kind, text) if text else ()
        except CellError as problem:
            raise ValidationError(
                _("“%(text)s” is not a list of numbers: separate them by semicolons.") % {"text": text}
            ) from problem


class ForecastForm(forms.Form):
    """How a benefit is now expected to arrive, and why that differs from before."""

    first = MonthField(label=gettext_lazy("First month with an effect"))
    likely = forms.DecimalField(label="", required=False, max_digits=DIGITS, decimal_places=DECIMALS, min_value=0)
    low = forms.DecimalField(label=gettext_lazy("Low"), required=False, max_digits=DIGITS, decimal_places=DECIMALS)
    high = forms.DecimalField(label=gettext_lazy("High"), required=False, max_digits=DIGITS, decimal_places=DECIMALS)
    tail = forms.ChoiceField(
        label=gettext_lazy("What low and high mean"),
        required=False,
        help_text=gettext_lazy("Limits go with triangular, PERT and uniform."),
    )
    family = forms.ChoiceField(label=gettext_lazy("How it is spread"), required=False)
    outcomes = ListField(
        FieldKind.OUTCOMES,
        label=gettext_lazy("Possible values"),
        help_text=gettext_lazy(
            "Only for values with chances, such as 0: 0.7; 250: 0.3, or observed values, such as 3; 5; 8. "
            "Low, likely and high follow from them."
        ),
    )
    ramp_months = forms.IntegerField(
        label=gettext_lazy("Months until the full value"),
        min_value=0,
        max_value=LONGEST,
        help_text=gettext_lazy("0 when it arrives in full from the first month on."),
    )
    ramp_shape = forms.ChoiceField(label=gettext_lazy("How it grows until then"))
    curve = ListField(
        FieldKind.NUMBERS,
        label=gettext_lazy("Given month by month"),
        help_text=gettext_lazy(
            "Only for growth that is given: the share of the full value in each month, 0.1; 0.4; 1."
        ),
    )
    decay = forms.DecimalField(
        label=gettext_lazy("Decay, % a year"),
        min_value=0,
        max_value=HUNDRED,
        max_digits=7,
        decimal_places=4,
        help_text=gettext_lazy("What is lost each year once it has arrived in full."),
    )
    duration = forms.IntegerField(
        label=gettext_lazy("Months that it lasts"),
        min_value=1,
        max_value=LONGEST,
        required=False,
        help_text=gettext_lazy("From the first month with an effect. Empty: it goes on."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the forecast changes"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, data: QueryDict | None, *, benefit: Benefit, go_live: Month, before: Arrival | None, currency: str
    ) -> None:
        """Build the form.

        Args:
            data: What was sent; None for the forecast in force.
            benefit: The benefit.
            go_live: When the plan in force goes live.
            before: The forecast in force; None when there is none.
            currency: The portfolio's currency.
        """
        super().__init__(data, initial=_stated(before, go_live))
        self.benefit, self.go_live = benefit, go_live
        unit = benefit.unit or currency
        self.fields["first"].help_text = _("The plan goes live in %(month)s.") % {
            "month": formats.month(str(go_live), formats.current_locale())
        }
        self.fields["likely"].label = _("Steady value a year, likely, in %(unit)s") % {"unit": unit}
        self.fields["low"].help_text = _("Give both low and high, or neither.")
        tails = {**words.TAILS, str(tail): str(tail)} if (tail := _tail(before)) not in words.TAILS else words.TAILS
        for name, labels in (("ramp_shape", words.RAMP_SHAPES), ("family", words.FAMILIES), ("tail", tails)):
            self.fields[name].choices = [(str(key), label) for key, label in labels.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse what no forecast can be: values that are no estimate of their family."""
        stated = super().clean() or {}
        low, likely, high = (stated.get(name) for name in ("low", "likely", "high"))
        if set(self.errors) & {"low", "likely", "high", "family", "tail", "outcomes"}:
            return stated
        if (low is None) != (high is None):
            self.add_error("high" if high is None else "low", _("Give both the low and the high value, or neither."))
        elif likely is None and not stated.get("outcomes"):
            self.add_error("likely", _("State the likely value, or possible values."))
        elif None not in (low, likely, high) and not low <= likely <= high:  # type: ignore[operator]
            self.add_error("likely", _("The likely value lies between the low and the high one."))
        else:
            self._take_estimate(stated)
        return stated

    def _take_estimate(self, stated: dict[str, Any]) -> None:
        """Put the estimate together; the engine knows what each family needs."""
        parts = {name: None if stated[name] is None else float(stated[name]) for name in ("low", "likely", "high")}
        shape = {
            "family": Family(stated["family"]) if stated["family"] else None,
            "tail": float(stated["tail"]) if stated["tail"] else None,
            "outcomes": stated["outcomes"] or None,
        }
        try:
            stated["annual"] = estimate_of_parts({**parts, **shape})
        except ValueError as problem:
            message = _("These values do not go with the way it is spread: %(reason)s.") % {"reason": problem}
            self.add_error("family", message)

    @property
    def arrival(self) -> Arrival:
        """What a valid form states."""
        stated = self.cleaned_data
        profile = model.Profile(
            benefit=self.benefit.code,
            annual=stated["annual"],
            offset=stated["first"] - self.go_live,
            ramp_months=stated["ramp_months"],
            ramp_shape=RampShape(stated["ramp_shape"]),
            duration=stated["duration"],
            decay=float(stated["decay"]) / HUNDRED,
            curve=stated["curve"],
        )
        return Arrival(profile, self.go_live)


class AdoptForm(forms.Form):
    """Why the plan in force is what was promised."""

    reason = forms.CharField(
        label=gettext_lazy("Why the plan in force is what was promised"),
        max_length=500,
        help_text=gettext_lazy("For example “Funded in 2024, before OpenVMO; business case v3”."),
    )


def _stated(before: Arrival | None, go_live: Month) -> dict[str, Any]:
    if before is None:
        return {"first": str(go_live), "ramp_months": 0, "ramp_shape": str(RampShape.LINEAR), "decay": 0}
    profile = before.profile
    return {
        "first": str(before.first),
        "likely": _plain(profile.annual.likely),
        "low": _plain(profile.annual.low),
        "high": _plain(profile.annual.high),
        "family": str(profile.annual.family),
        "tail": _tail(before),
        "outcomes": to_cell(FieldKind.OUTCOMES, stated_part(profile.annual, "outcomes")),
        "curve": to_cell(FieldKind.NUMBERS, profile.curve),
        "ramp_months": profile.ramp_months,
        "ramp_shape": str(profile.ramp_shape),
        "decay": _plain(round(profile.decay * HUNDRED, 4)),
        "duration": profile.duration,
    }


def _tail(before: Arrival | None) -> str:
    """What low and high of the forecast in force mean, as the choices say it."""
    return str(float(USUAL_TAIL if before is None else before.profile.annual.tail))


def _plain(value: float | None) -> str:
    """A number as a field takes it: without an exponent, and without digits that say nothing."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
