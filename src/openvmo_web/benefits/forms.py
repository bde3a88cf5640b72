"""The forms of the register: a whole benefit, a single cell, a change of several, a saved view."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db import models
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.models import User
from openvmo_web.access.queries import holders_of
from openvmo_web.benefits import words
from openvmo_web.benefits.checks import PEOPLE
from openvmo_web.benefits.models import Assumption, Benefit
from openvmo_web.benefits.rules import FROZEN, STATE_STEPS
from openvmo_web.common.fields import label_of
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.strategy.models import Driver, Measure, Objective

Label = str | Promise


@dataclass(frozen=True)
class Group:
    """Fields that belong together, under a heading that asks a question."""

    title: Label
    hint: Label
    names: tuple[str, ...]


GROUPS = (
    Group(
        _("What it is"),
        _("A title says what changes and by what it is measured: “Fewer days to decide a claim”."),
        ("initiative", "name", "code", "description", "objective", "category", "priority", "term", "is_intangible"),
    ),
    Group(
        _("For whom"),
        _("A gain for some may be a loss for others; both are said."),
        ("beneficiaries", "losers", "recipient", "cost_centre"),
    ),
    Group(
        _("Who"),
        _("The owner answers for it, the measurer measures it, the sustainer keeps it after go-live."),
        ("owner", "owner_name", "measurer", "measurer_name", "sustainer", "sustainer_name"),
    ),
    Group(
        _("How it shows"),
        _("What is measured, from where to where, and by when."),
        (
            "observable",
            "measure",
            "unit",
            "accrual",
            "direction",
            "baseline",
            "baseline_date",
            "target",
            "target_date",
            "frequency",
            "data_source",
            "timing",
            "caution_at",
            "critical_at",
            "strategic_measure",
        ),
    ),
    Group(
        _("Why it will come"),
        _("What gives rise to it, and why this work can claim it."),
        ("feature", "attribution", "activities", "cost_to_realise", "evidence", "realisation_risk"),
    ),
    Group(
        _("Money and class"),
        _("How it counts. A dis-benefit counts with the opposite sign."),
        ("kind", "driver", "value_driver", "value_per_unit", "is_disbenefit"),
    ),
    Group(
        _("How it is followed"),
        _("How often it is reviewed, and how soon after a period a measurement is due."),
        ("state", "review_months", "due_days", "remind_days"),
    ),
)
FIELDS = tuple(name for group in GROUPS for name in group.names)
BULK_FIELDS = (
    "owner",
    "measurer",
    "sustainer",
    "state",
    "objective",
    "driver",
    "value_driver",
    "category",
    "term",
    "priority",
    "frequency",
    "due_days",
    "remind_days",
    "review_months",
)
HINTS: Mapping[str, Label] = {
    "name": _("Begin with the change: fewer, faster, more, less, avoided … and then name the measure."),
    "code": _("Short name, unique in the initiative. Empty: the next one is taken."),
    "description": _("Who gains what, and which work brings it."),
    "unit": _("Unit of the measure, such as days. Empty means money."),
    "accrual": _("A level is turned into a gain by its distance from the baseline."),
    "caution_at": _("Value of the measure from which it needs attention."),
    "critical_at": _("Value of the measure from which it is critical."),
    "value_per_unit": _("Money that one unit is worth a year. Empty when no value was agreed."),
    "cost_to_realise": _("Outside the plan of the initiative."),
    "owner_name": _("Only when the person has no account here."),
    "measurer_name": _("Only when the person has no account here."),
    "sustainer_name": _("Only when the person has no account here."),
    "review_months": _("Empty when no review is agreed."),
}
NOBODY = "__nobody__"


class BenefitForm(forms.Form):
    """The fields of a benefit: all of them in their groups, or only some.

    The form itself changes no row: what it says goes to an action, which knows what may be changed.
    """

    def __init__(
        self,
        *args: Any,
        portfolio: Portfolio,
        benefit: Benefit | None = None,
        only: Collection[str] = FIELDS,
        **kwargs: Any,
    ) -> None:
        """Build the form.

        Args:
            args: As Django takes them.
            portfolio: To which the benefit belongs.
            benefit: The benefit that is changed; None for a new one.
            only: The names of the fields.
            kwargs: As Django takes them.
        """
        known = {} if benefit is None else {name: _initial(benefit, name) for name in only if name != "initiative"}
        super().__init__(*args, **{**kwargs, "initial": {**known, **kwargs.get("initial", {})}})
        self.benefit = benefit
        for name in only:
            if benefit is None and name == "state":
                continue
            if benefit is not None and name in ("initiative", "code"):
                continue
            self.fields[name] = _field(name, portfolio, benefit)

    def groups(self) -> Iterator[tuple[Group, list[BoundField]]]:
        """Yield the groups with the fields that the form has of them."""
        for group in GROUPS:
            fields = [self[name] for name in group.names if name in self.fields]
            if fields:
                yield group, fields

    def values(self) -> dict[str, Any]:
        """Return what was filled in, by field; of a person with an account the account alone."""
        given = dict(self.cleaned_data)
        for role in PEOPLE:
            if given.get(role) is not None:
                given.pop(f"{role}_name", None)
        return given

    def add_refusal(self, problems: Mapping[str, Sequence[str]]) -> None:
        """Tell each problem at its field, or above the form when the field is not in it."""
        for name, told in problems.items():
            for problem in told:
                self.add_error(name if name in self.fields else None, problem)


class PromiseForm(BenefitForm):
    """What is promised of a benefit from now on, and why that differs from before."""

    def __init__(self, *args: Any, portfolio: Portfolio, benefit: Benefit, **kwargs: Any) -> None:
        only = [name for name in FIELDS if name in FROZEN]
        super().__init__(*args, portfolio=portfolio, benefit=benefit, only=only, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=_("Why the promise changes"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
        )


class BulkForm(forms.Form):
    """New values for several benefits; what is left as it is changes nothing."""

    def __init__(self, *args: Any, portfolio: Portfolio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BULK_FIELDS:
            self.fields[name] = _bulk_field(name, portfolio)
        self.fields["note"] = forms.CharField(label=_("Why"), required=False, max_length=500)

    def values(self) -> dict[str, Any]:
        """Return the new values by field."""
        given = {name: self.cleaned_data[name] for name in BULK_FIELDS}
        wanted = {name: value for name, value in given.items() if value not in ("", None)}
        empty = {f"{name}_name": "" for name in PEOPLE if wanted.get(name) == NOBODY}
        return {name: None if value == NOBODY else value for name, value in wanted.items()} | empty


class SaveViewForm(forms.Form):
    """A name for a list as it is."""

    name = forms.CharField(label=_("Name"), max_length=100)
    is_shared = forms.BooleanField(label=_("Show it to everybody who sees the portfolio"), required=False)


class AssumptionForm(forms.Form):
    """What a benefit rests on, and whether it holds."""

    text = forms.CharField(label=_("Assumption"), max_length=500)
    expires_on = forms.DateField(
        label=_("To be checked by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    state = forms.ChoiceField(label=_("State"), choices=[*words.ASSUMPTION_STATES.items()])
    remark = forms.CharField(label=_("Remark"), max_length=500, required=False)

    def __init__(self, *args: Any, assumption: Assumption | None = None, **kwargs: Any) -> None:
        """Build the form; without an assumption it is for a new one, which is open."""
        known = {} if assumption is None else {name: getattr(assumption, name) for name in self.base_fields}
        super().__init__(*args, **{**kwargs, "initial": known})
        if assumption is None:
            del self.fields["state"]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


def _initial(benefit: Benefit, name: str) -> Any:
    value = getattr(benefit, name)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if name.removesuffix("_name") in PEOPLE and name.endswith("_name"):
        # The name of somebody with an account stands in the choice above.
        return "" if getattr(benefit, name.removesuffix("_name")) else value
    return value


def _field(name: str, portfolio: Portfolio, benefit: Benefit | None) -> forms.Field:
    if name in RELATED:
        return cast("forms.Field", RELATED[name](portfolio, benefit))
    column = cast("models.Field[Any, Any]", Benefit._meta.get_field(name))
    field = column.formfield(help_text=str(HINTS.get(name, "")))
    assert field is not None  # noqa: S101 - every plain column has one
    if isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 3
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if name == "state" and benefit is not None:
        steps = (benefit.state, *STATE_STEPS[benefit.state])
        cast("forms.ChoiceField", field).choices = [(state, label_of(words.STATES, state)) for state in steps]
    if name == "code":
        field.required = False
    if name.removesuffix("_name") in PEOPLE:
        field.label = {
            "owner_name": _("Name of the owner"),
            "measurer_name": _("Name of the measurer"),
            "sustainer_name": _("Name of the sustainer"),
        }[name]
    return field


def _people(role: str, label: Label, hint: Label) -> Any:
    def field(portfolio: Portfolio, benefit: Benefit | None) -> forms.Field:
        # Whoever stands there stays on offer, so that saving the form lets nobody go unnoticed.
        present = User.objects.filter(pk__in=[getattr(benefit, f"{role}_id")] if benefit else [])
        return forms.ModelChoiceField(
            holders_of("portfolio.view", portfolio.pk) | present,
            label=str(label),
            required=False,
            empty_label=_("Nobody with an account"),
            help_text=str(hint),
        )

    return field


def _initiative(portfolio: Portfolio, _benefit: Benefit | None) -> forms.Field:
    rows = Initiative.objects.filter(portfolio=portfolio).order_by("name").only("name", "code", "portfolio")
    return forms.ModelChoiceField(
        rows, label=_("Initiative that brings it"), empty_label=_("Choose an initiative"), to_field_name="code"
    )


def _objective(_portfolio: Portfolio, benefit: Benefit | None) -> forms.Field:
    kept = models.Q(retired_at=None) | models.Q(pk=benefit.objective_id if benefit else None)
    rows = Objective.objects.filter(kept).order_by("name")
    return forms.ModelChoiceField(rows, label=_("Objective that it serves"), required=False, empty_label=_("None"))


def _value_driver(_portfolio: Portfolio, benefit: Benefit | None) -> forms.Field:
    kept = models.Q(is_active=True) | models.Q(pk=benefit.value_driver_id if benefit else None)
    rows = Driver.objects.filter(kept)
    return forms.ModelChoiceField(rows, label=_("Own value driver"), required=False, empty_label=_("None"))


def _strategic_measure(_portfolio: Portfolio, benefit: Benefit | None) -> forms.Field:
    kept = models.Q(retired_at=None) | models.Q(pk=benefit.strategic_measure_id if benefit else None)
    return forms.ModelChoiceField(
        Measure.objects.filter(kept).order_by("name"),
        label=_("Strategic measure that it moves"),
        required=False,
        empty_label=_("None"),
        help_text=_("Only one with the same unit."),
    )


RELATED: Mapping[str, Any] = {
    "initiative": _initiative,
    "objective": _objective,
    "value_driver": _value_driver,
    "strategic_measure": _strategic_measure,
    "owner": _people("owner", _("Owner"), _("Accountable that it arrives; from the business, not from the project.")),
    "measurer": _people("measurer", _("Measurer"), _("Reports what arrives.")),
    "sustainer": _people("sustainer", _("Sustainer"), _("The operational leader who keeps it alive after go-live.")),
}


class _WithNobody(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """The rows behind the wish to leave things as they are, and behind nobody."""

    field: _ChoiceOrLeft

    def __iter__(self) -> Iterator[Any]:
        rows = super().__iter__()
        yield next(rows)
        yield NOBODY, self.field.nobody
        yield from rows


class _ChoiceOrLeft(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """A row, nobody, or the wish to leave things as they are."""

    iterator = _WithNobody

    def __init__(self, rows: Any, *, label: Label, nobody: Label) -> None:
        self.nobody = nobody
        super().__init__(rows, label=str(label), required=False, empty_label=_("Leave as it is"))

    def clean(self, value: Any) -> Any:
        """Take the word for nobody as it is."""
        return NOBODY if value == NOBODY else super().clean(value)


def _bulk_field(name: str, portfolio: Portfolio) -> forms.Field:
    if name in RELATED:
        plain = RELATED[name](portfolio, None)
        nobody = _("Nobody") if name in PEOPLE else _("None")
        return _ChoiceOrLeft(plain.queryset, label=plain.label, nobody=nobody)
    column = cast("models.Field[Any, Any]", Benefit._meta.get_field(name))
    if column.choices:
        offered = [choice for choice in column.choices if choice[0] != "retired"]
        return forms.ChoiceField(
            label=capfirst(column.verbose_name), required=False, choices=[("", _("Leave as it is")), *offered]
        )
    field = cast("Any", column.formfield(required=False, initial=None, help_text=_("Empty: leave as it is.")))
    field.initial = None
    return cast("forms.Field", field)
