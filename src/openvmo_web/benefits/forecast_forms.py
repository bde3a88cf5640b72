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
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.benefits import words
from openvmo_web.benefits.analysis import Arrival
from openvmo_web.benefits.models import Benefit
from openvmo_web.common import formats

LONGEST = 600
HUNDRED = 100
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


class ForecastForm(forms.Form):
    """How a benefit is now expected to arrive, and why that differs from before."""

    first = MonthField(label=gettext_lazy("First month with an effect"))
    likely = forms.DecimalField(label="", max_digits=DIGITS, decimal_places=DECIMALS, min_value=0)
    low = forms.DecimalField(
        label=gettext_lazy("Low (P10)"), required=False, max_digits=DIGITS, decimal_places=DECIMALS
    )
    high = forms.DecimalField(
        label=gettext_lazy("High (P90)"), required=False, max_digits=DIGITS, decimal_places=DECIMALS
    )
    ramp_months = forms.IntegerField(
        label=gettext_lazy("Months until the full value"),
        min_value=0,
        max_value=LONGEST,
        help_text=gettext_lazy("0 when it arrives in full from the first month on."),
    )
    ramp_shape = forms.ChoiceField(label=gettext_lazy("How it grows until then"))
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
        self.fields["likely"].label = _("Steady value a year, likely (P50), in %(unit)s") % {"unit": unit}
        self.fields["low"].help_text = _("One chance in ten to stay below. Give both, or neither.")
        self.fields["high"].help_text = _("One chance in ten to come out above.")
        self.fields["ramp_shape"].choices = [(str(key), label) for key, label in words.RAMP_SHAPES.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse what no forecast can be: an order of low, likely and high that does not rise."""
        stated = super().clean() or {}
        low, likely, high = (stated.get(name) for name in ("low", "likely", "high"))
        if not {"low", "high"} & set(self.errors) and (low is None) != (high is None):
            self.add_error("high" if high is None else "low", _("Give both the low and the high value, or neither."))
        elif None not in (low, likely, high) and not low <= likely <= high:  # type: ignore[operator]
            self.add_error("likely", _("The likely value lies between the low and the high one."))
        return stated

    @property
    def arrival(self) -> Arrival:
        """What a valid form states."""
        stated = self.cleaned_data
        low, high = (None if stated[name] is None else float(stated[name]) for name in ("low", "high"))
        profile = model.Profile(
            benefit=self.benefit.code,
            annual=Estimate(float(stated["likely"]), low=low, high=high),
            offset=stated["first"] - self.go_live,
            ramp_months=stated["ramp_months"],
            ramp_shape=RampShape(stated["ramp_shape"]),
            duration=stated["duration"],
            decay=float(stated["decay"]) / HUNDRED,
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
        "ramp_months": profile.ramp_months,
        "ramp_shape": str(profile.ramp_shape),
        "decay": _plain(round(profile.decay * HUNDRED, 4)),
        "duration": profile.duration,
    }


def _plain(value: float | None) -> str:
    """A number as a field takes it: without an exponent, and without digits that say nothing."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
