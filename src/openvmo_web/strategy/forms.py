"""What one states of objectives, measures, their values, value drivers, and of what counts more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openvmo.engine.model.kinds import Direction
from openvmo_web.strategy import words
from openvmo_web.strategy.models import Driver, Measure, Objective, Weighing
from openvmo_web.strategy.queries import possible_owners

MONTH = "%Y-%m"
DAY = "%Y-%m-%d"
HUNDRED = 100


class MonthField(forms.DateField):
    """A month, such as 2026-04, kept as its first day."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "month", "placeholder": "2026-04"}, format=MONTH)
        super().__init__(widget=widget, input_formats=[MONTH], **options)


class DayField(forms.DateField):
    """A calendar day, asked for with the browser's own field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format=DAY), input_formats=[DAY], **options)


class StrategyForm(forms.ModelForm):  # type: ignore[type-arg]  # each form below names its own model
    """A form of one record that takes over what an action refuses."""

    def _post_clean(self) -> None:
        """Leave the checks of the record to the action, which every caller meets alike."""

    def refused(self, problem: ValidationError) -> None:
        """Show what an action refuses: at the field that it is about, or above the form."""
        by_field = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
        for field, messages in by_field.items():
            for message in messages:
                self.add_error(field if field in self.fields else None, message)


class ObjectiveForm(StrategyForm):
    """What an objective says; its place in the tree and its weight are set elsewhere once it is there."""

    starts = MonthField(label=_("From"), required=False, help_text=_("The month from which on it is pursued."))
    ends = MonthField(label=_("Until"), required=False, help_text=_("The month by which it is to be reached."))

    class Meta:
        model = Objective
        fields = ("code", "name", "parent", "description", "owner", "starts", "ends")
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "code": _("Short and lasting: files and programs know the objective by it, so that it never changes."),
            "name": _("What the strategy wants, for example “Services that citizens like to use”."),
            "parent": _("The objective that this one helps to reach. Empty: it stands at the top."),
            "owner": _("Who answers for it being reached."),
        }

    def __init__(self, *args: Any, parents: Iterable[Objective], **kwargs: Any) -> None:
        """Offer the objectives that this one can stand under, and the people who can own it."""
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", gettext("The top")), *((one.pk, _named(one)) for one in parents)]  # type: ignore[attr-defined]
        self.fields["owner"].queryset = possible_owners(self.instance.owner)  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["code"], self.fields["parent"]


class MoveForm(forms.Form):
    """Under which objective another one should stand."""

    parent = forms.ModelChoiceField(Objective.objects.filter(retired_at=None), required=False)


class ReasonForm(forms.Form):
    """Why something is done."""

    note = forms.CharField(max_length=5_000, required=False)


class MeasureForm(StrategyForm):
    """What shows whether an objective is being reached."""

    baseline_date = DayField(label=_("Baseline taken on"), required=False)
    target_date = DayField(label=_("Target to be reached on"), required=False)

    class Meta:
        model = Measure
        fields = (
            "code",
            "name",
            "kind",
            "unit",
            "direction",
            "baseline",
            "baseline_date",
            "target",
            "target_date",
            "caution_at",
            "critical_at",
            "frequency",
            "data_source",
            "timing",
            "owner",
            "description",
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "code": _("Short and lasting: programs know the measure by it, so that it never changes."),
            "name": _("What is counted or observed, for example “Share of applications made online”."),
            "kind": _("A measure runs on; a key result belongs to the time frame of its objective."),
            "unit": _("For example %, days, applications a month."),
            "target": _("Where it should come to; of a measure that should stay, the value to keep."),
            "caution_at": _("From this value on. Of a measure that should stay: from this distance to the target."),
            "critical_at": _("Further from the target than the value above. Both are optional."),
            "timing": _("A leading measure moves before the result does, a lagging one with it."),
            "owner": _("Who answers for the figures and can record them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the people who can own it; a direction has to be stated."""
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = possible_owners(self.instance.owner)  # type: ignore[attr-defined]
        directions = [(str(word), label) for word, label in words.DIRECTIONS.items() if word != Direction.NOT_STATED]
        self.fields["direction"].choices = directions  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["code"]


class ReadingForm(forms.Form):
    """The value of a measure on a day."""

    value = forms.DecimalField(max_digits=21, decimal_places=6)
    on = DayField(
        label=_("Day"), help_text=_("The day that the value holds for. A second value for it corrects the first.")
    )
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    remark = forms.CharField(
        label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=5_000
    )

    def __init__(self, data: QueryDict | None = None, *, measure: Measure, today: date) -> None:
        """Ask in the unit of the measure, for today."""
        super().__init__(data, initial={"on": today, "source": measure.data_source}, auto_id="reading_%s")
        self.fields["value"].label = _("Value, in %(unit)s") % {"unit": measure.unit}
        self.fields["on"].widget.attrs["max"] = today.isoformat()

    def refused(self, problem: ValidationError) -> None:
        """Show what the action refuses, at the field that it is about."""
        self.add_error(None, problem)


class DriverForm(StrategyForm):
    """A kind of value in the organisation's own words."""

    class Meta:
        model = Driver
        fields = ("code", "name", "kind", "description", "position", "is_active")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "code": _("Short and lasting: files and programs know the driver by it, so that it never changes."),
            "name": _("For example “Time of citizens” or “Trust”."),
            "kind": _("The common kind under which it is added up and compared."),
            "position": _("Lower numbers stand first in lists."),
            "is_active": _("Benefits can only be given drivers that are in use."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep the code of a driver that is there."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]


class StrategyFilterForm(forms.Form):
    """What narrows the tree."""

    search = forms.CharField(label=_("Search objectives"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    year = forms.ChoiceField(label=_("Pursued in"), required=False)

    def __init__(self, data: QueryDict, *, objectives: Sequence[Objective]) -> None:
        """Offer the owners and years that the objectives have."""
        super().__init__(data)
        owners = {one.owner.pk: one.owner.name for one in objectives if one.owner}
        named = sorted(owners.items(), key=lambda owner: owner[1])
        self.fields["owner"].choices = [("", _("All")), ("nobody", _("Nobody")), *named]  # type: ignore[attr-defined]
        years = [month.year for one in objectives for month in (one.starts, one.ends) if month]
        offered = range(min(years), max(years) + 1) if years else ()
        self.fields["year"].choices = [("", _("All")), *((str(year), str(year)) for year in offered)]  # type: ignore[attr-defined]

    def fits(self, objective: Objective) -> bool:
        """Return whether an objective is among those that are asked for."""
        stated = self.cleaned_data if self.is_valid() else {}
        search, owner, year = (stated.get(name) or "" for name in ("search", "owner", "year"))
        owner_key = str(objective.owner_id or "nobody")
        text = f"{objective.code} {objective.name}".casefold()
        return (
            search.casefold() in text and owner in ("", owner_key) and (not year or _is_pursued(objective, int(year)))
        )


class WeighingForm(forms.Form):
    """The answers from which the weights of some objectives follow; one class for each way to ask."""

    method = ""
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        required=False,
        help_text=_("What was discussed, and by whom. It stays with the weights."),
    )

    def __init__(self, data: QueryDict | None, *, objectives: Sequence[Objective], last: Weighing | None) -> None:
        """Ask about each objective; what was answered last stands there already."""
        super().__init__(data)
        self.objectives = objectives
        asked = self.questions(last.answers if last and last.method == self.method else None)
        self.fields = {**asked, "reason": self.fields["reason"]}

    def questions(self, last: Any) -> dict[str, forms.Field]:
        """Return the fields, by the names under which they are sent."""
        raise NotImplementedError

    @property
    def answers(self) -> Any:
        """The answers as they are stored."""
        return {one.code: self.cleaned_data[f"objective-{one.pk}"] for one in self.objectives}


class DirectForm(WeighingForm):
    """A number for each objective."""

    method = "direct"

    def questions(self, last: Any) -> dict[str, forms.Field]:
        """A number of any size; the shares that hold now stand there as percentages."""
        return {f"objective-{one.pk}": _number(one, _last_or_present(one, last)) for one in self.objectives}


class SwingForm(WeighingForm):
    """Points for moving each objective from its worst to its best."""

    method = "swing"

    def questions(self, last: Any) -> dict[str, forms.Field]:
        """From 0 to 100 points."""
        answered = last if isinstance(last, Mapping) else {}
        return {f"objective-{one.pk}": _number(one, answered.get(one.code), most=HUNDRED) for one in self.objectives}


class PairwiseForm(WeighingForm):
    """Which of two objectives counts more, for every two."""

    method = "pairwise"

    def questions(self, last: Any) -> dict[str, forms.Field]:
        """One choice for every pair, from one extremely more important to the other."""
        answered = {(first, second): ratio for first, second, ratio in last or ()}
        return {
            f"pair-{first.pk}-{second.pk}": forms.ChoiceField(
                label=_("“%(first)s” or “%(second)s”?") % {"first": first, "second": second},
                choices=_scale(first, second),
                initial=_step_of(answered.get((first.code, second.code))),
            )
            for first, second in combinations(self.objectives, 2)
        }

    @property
    def answers(self) -> Any:
        """Triples of two codes and how many times as important the first is."""
        steps = {
            pair: int(self.cleaned_data[f"pair-{pair[0].pk}-{pair[1].pk}"]) for pair in combinations(self.objectives, 2)
        }
        return [[first.code, second.code, _ratio_of(step)] for (first, second), step in steps.items()]


WEIGHING_FORMS: dict[str, type[WeighingForm]] = {form.method: form for form in (DirectForm, SwingForm, PairwiseForm)}


def _named(objective: Objective) -> str:
    return f"{objective.code} · {objective.name}"


def _is_pursued(objective: Objective, year: int) -> bool:
    """Whether an objective is pursued in a year; an end of its time frame that is not stated is open."""
    return (objective.starts is None or objective.starts.year <= year) and (
        objective.ends is None or objective.ends.year >= year
    )


def _number(objective: Objective, initial: float | None, *, most: float | None = None) -> forms.FloatField:
    return forms.FloatField(label=objective.name, min_value=0, max_value=most, initial=initial)


def _last_or_present(objective: Objective, last: Any) -> float | None:
    if isinstance(last, Mapping) and objective.code in last:
        return float(last[objective.code])
    return None if objective.weight is None else round(HUNDRED * objective.weight, 2)


def _scale(first: Objective, second: Objective) -> list[tuple[str, str]]:
    """The steps from the first being extremely more important down to the second being so.

    A step above 1 says how many times as important the first is, one below -1 how many times the second.
    """
    more = gettext("“%(name)s” is %(words)s")
    above = [(str(step), more % {"name": first, "words": wording}) for step, wording in words.IMPORTANCE.items()]
    below = [
        (f"-{step}", more % {"name": second, "words": words.IMPORTANCE[step]}) for step in sorted(words.IMPORTANCE)
    ]
    return [("", gettext("Choose")), *above, ("1", gettext("Both count alike")), *below]


def _ratio_of(step: int) -> float:
    return float(step) if step > 0 else -1 / step


def _step_of(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return str(round(ratio)) if ratio >= 1 else f"-{round(1 / ratio)}"
