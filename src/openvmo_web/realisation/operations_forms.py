"""What one states to hand a benefit over, to answer that, and to plan and record reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.realisation import words
from openvmo_web.realisation.rules_operations import Condition

MOST_CONDITIONS = 20
LONGEST_CONDITION = 300
STANDS = {"open": _("To be held"), "late": _("Late"), "held": _("Held")}


def day_field(**options: Any) -> forms.DateField:
    """A day that the browser lets one pick."""
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


def _month(text: str) -> date:
    return Month.parse(text).first_day


class HandoverForm(forms.Form):
    """To whom a benefit is offered, and on which conditions."""

    sustainer = forms.ModelChoiceField(
        label=_("Who is to sustain it"),
        queryset=User.objects.none(),
        empty_label=_("Choose a person"),
        help_text=_("The leader in whose unit the benefit stays after go-live."),
    )
    conditions = forms.CharField(
        label=_("What has to be in place"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        help_text=_("One condition a line. Whoever takes the benefit over answers each of them."),
    )
    message = forms.CharField(
        label=_("Message"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=5_000
    )

    def __init__(self, *args: Any, sustainers: QuerySet[User], **options: Any) -> None:
        """Build the form.

        Args:
            args: as Django takes them.
            sustainers: who can take benefits of the portfolio over.
            options: as Django takes them.
        """
        super().__init__(*args, **options)
        self.fields["sustainer"].queryset = sustainers  # type: ignore[attr-defined]
        self.fields["conditions"].initial = "\n".join(str(text) for text in words.HANDOVER_CONDITIONS)

    def clean_conditions(self) -> tuple[Condition, ...]:
        """Return the conditions, one for each line that is not empty."""
        lines = [line.strip() for line in self.cleaned_data["conditions"].splitlines()]
        stated = [line for line in lines if line]
        if len(stated) > MOST_CONDITIONS or any(len(line) > LONGEST_CONDITION for line in stated):
            raise forms.ValidationError(
                _("Write at most %(count)d conditions of at most %(length)d characters each.")
                % {"count": MOST_CONDITIONS, "length": LONGEST_CONDITION}
            )
        return tuple(Condition(line) for line in stated)


class AcceptanceForm(forms.Form):
    """Each condition of a hand-over with whether it is met, and what the sustainer says."""

    def __init__(self, *args: Any, conditions: Sequence[dict[str, Any]], **options: Any) -> None:
        """Build the form.

        Args:
            args: as Django takes them.
            conditions: the conditions of the proposal as they are stored.
            options: as Django takes them.
        """
        super().__init__(*args, **options)
        self._texts = [str(condition["text"]) for condition in conditions]
        for number, text in enumerate(self._texts):
            self.fields[f"met_{number}"] = forms.BooleanField(label=text, required=False)
            self.fields[f"note_{number}"] = forms.CharField(
                label=_now("If not: how and when will it be met?"), required=False, max_length=500
            )
        self.fields["answer"] = forms.CharField(
            label=_now("What you say to it"),
            required=False,
            max_length=5_000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions as the sustainer answered them."""
        stated = self.cleaned_data
        return tuple(
            Condition(text, is_met=stated[f"met_{number}"], note=stated[f"note_{number}"])
            for number, text in enumerate(self._texts)
        )


class DeclineForm(forms.Form):
    """Why a hand-over is declined."""

    answer = forms.CharField(max_length=5_000, required=False)


class ReviewForm(forms.Form):
    """What a review found."""

    held_on = day_field(label=_("Held on"))
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        widget=forms.RadioSelect,
        help_text=_("After “Nothing more to follow” the benefit is retired and no review follows."),
    )
    remark = forms.CharField(
        label=_("What was found and agreed"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=10_000,
    )
    next_due = day_field(
        label=_("Next review due on"),
        required=False,
        help_text=_("Empty: after the months between reviews that the benefit states."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the verdicts in the reader's language."""
        super().__init__(*args, **options)
        self.fields["verdict"].choices = list(words.REVIEW_VERDICTS.items())  # type: ignore[attr-defined]


class ReviewPlanForm(forms.Form):
    """The day of the next review."""

    due_on = day_field(label=_("Next review due on"))


class ReviewFilterForm(forms.Form):
    """What narrows the calendar of reviews."""

    search = forms.CharField(label=_("Search benefits, initiatives and people"), required=False)
    stand = forms.ChoiceField(label=_("State"), required=False)
    verdict = forms.ChoiceField(label=_("Verdict"), required=False)
    month = forms.TypedChoiceField(label=_("Due in"), required=False, coerce=_month, empty_value=None)
    mine = forms.BooleanField(label=_("Only those that I answer for"), required=False)

    def __init__(self, *args: Any, months: Sequence[tuple[str, str]], **options: Any) -> None:
        """Build the form.

        Args:
            args: as Django takes them.
            months: the months in which reviews are due, each with its name.
            options: as Django takes them.
        """
        super().__init__(*args, **options)
        everything = ("", _("All"))
        self.fields["stand"].choices = [everything, *STANDS.items()]  # type: ignore[attr-defined]
        self.fields["verdict"].choices = [everything, *words.REVIEW_VERDICTS.items()]  # type: ignore[attr-defined]
        self.fields["month"].choices = [everything, *months]  # type: ignore[attr-defined]
