"""The register of benefits: which rows a viewer gets, what can be shown of each, by which filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

import django_filters
from django import forms
from django.db.models import Case, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import NullIf
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openvmo.engine.model.kinds import Frequency
from openvmo_web.access.models import User
from openvmo_web.benefits import words
from openvmo_web.benefits.models import Benefit, Standing
from openvmo_web.benefits.named import named_in
from openvmo_web.common.searching import words_in
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.portfolio.models import Initiative, Portfolio, Programme
from openvmo_web.strategy import words as strategy_words
from openvmo_web.strategy.models import Objective

SEARCHED = ("name", "code", "measure", "owner_name")
MOST_SHOWN_COLUMNS = 20
STATE_TONES: Mapping[str, Tone] = {
    "identified": "neutral",
    "agreed": "accent",
    "arriving": "info",
    "sustained": "positive",
    "retired": "neutral",
}
Shown = Literal["text", "word", "money", "amount", "integer", "percent", "day", "month", "flag", "state", "tests"]
Text = str | Promise


@dataclass(frozen=True)
class Shows:
    """One thing that the register can show of a benefit.

    Attributes:
        name: Its name in addresses and saved views.
        group: The heading under which it is offered.
        path: How one gets to it from a benefit, as a query does.
        kind: How it is written.
        label: What people read for it.
        labels: The words of a closed vocabulary.
        is_editable: Whether it can be changed in the list.
    """

    name: str
    group: str
    path: str
    kind: Shown
    label: Text
    labels: Mapping[Any, Any] | None = None
    is_editable: bool = False

    def code(self, currency: str) -> str:
        """Return the format code of its values."""
        plain = {"amount": "number", "integer": "integer", "percent": "percent-whole", "day": "day", "month": "month"}
        return f"money-short:{currency}" if self.kind == "money" else plain.get(self.kind, "text")

    @property
    def order(self) -> F | Case | Func:
        """What it sorts by: words in the order of a form, empty texts as what is not known."""
        if self.labels is not None:
            return Case(*(When(**{self.path: str(word)}, then=Value(place)) for place, word in enumerate(self.labels)))
        return NullIf(F(self.path), Value("")) if self.kind == "text" else F(self.path)


GROUPS: Mapping[str, Text] = {
    "what": gettext_lazy("What it is"),
    "whom": gettext_lazy("For whom"),
    "who": gettext_lazy("Who"),
    "shows": gettext_lazy("How it shows"),
    "why": gettext_lazy("Why it will come"),
    "money": gettext_lazy("Value and realisation"),
    "followed": gettext_lazy("How it is followed"),
}


def _field(name: str, group: str, kind: Shown, *, labels: Any = None, path: str = "", read: bool = False) -> Shows:
    """A column of the benefit itself; it can be changed in the list unless it is only ``read``."""
    label = capfirst(Benefit._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return Shows(name, group, path or name, kind, label, labels, is_editable=not read)


def _standing(name: str, kind: Shown, label: Text) -> Shows:
    return Shows(name, "money", f"standing__{name}", kind, label)


@cache
def shown_by_name() -> Mapping[str, Shows]:
    """Return all that the register can show, by name, in the order in which it is offered."""
    first: tuple[Shows, ...] = (
        _field("code", "what", "text", read=True),
        Shows("initiative", "what", "initiative__name", "text", gettext_lazy("Initiative")),
        Shows("programme", "what", "initiative__programme__name", "text", gettext_lazy("Programme")),
        Shows("of_unit", "what", "initiative__unit", "text", gettext_lazy("Unit of the initiative")),
        _field("state", "what", "state", labels=words.STATES),
        _field("kind", "what", "word", labels=words.CLASSES),
        _field("driver", "what", "word", labels=strategy_words.DRIVERS),
        _field("value_driver", "what", "text", path="value_driver__name"),
        _field("objective", "what", "text", path="objective__name"),
        _field("category", "what", "text"),
        _field("description", "what", "text"),
        _field("is_disbenefit", "what", "flag"),
        _field("is_intangible", "what", "flag"),
        _field("term", "what", "word", labels=words.TERMS),
        _field("priority", "what", "integer"),
        _field("beneficiaries", "whom", "text"),
        _field("losers", "whom", "text"),
        _field("recipient", "whom", "text"),
        _field("cost_centre", "whom", "text"),
        Shows("owner", "who", "owner_name", "text", gettext_lazy("Owner"), is_editable=True),
        Shows("measurer", "who", "measurer_name", "text", gettext_lazy("Measurer"), is_editable=True),
        Shows("sustainer", "who", "sustainer_name", "text", gettext_lazy("Sustainer"), is_editable=True),
        _field("measure", "shows", "text"),
        _field("unit", "shows", "text"),
        _field("accrual", "shows", "word", labels=words.ACCRUALS),
        _field("direction", "shows", "word", labels=strategy_words.DIRECTIONS),
        _field("baseline", "shows", "amount"),
        _field("baseline_date", "shows", "day"),
        _field("target", "shows", "amount"),
        _field("target_date", "shows", "day"),
        _field("frequency", "shows", "word", labels=strategy_words.FREQUENCIES),
        _field("data_source", "shows", "text"),
        _field("timing", "shows", "word", labels=strategy_words.TIMINGS),
        _field("strategic_measure", "shows", "text", path="strategic_measure__name"),
        _field("caution_at", "shows", "amount"),
        _field("critical_at", "shows", "amount"),
        _field("feature", "why", "text"),
        _field("observable", "why", "text"),
        _field("attribution", "why", "text"),
        _field("activities", "why", "text"),
        _field("cost_to_realise", "why", "money"),
        _field("evidence", "why", "word", labels=words.LEVELS),
        _field("realisation_risk", "why", "word", labels=words.LEVELS),
        _standing("doam", "tests", gettext_lazy("Completeness")),
        _field("value_per_unit", "money", "money"),
        _standing("annual_planned", "money", gettext_lazy("A year, baseline")),
        _standing("annual_forecast", "money", gettext_lazy("A year, forecast")),
        _standing("planned", "money", gettext_lazy("Planned to date")),
        _standing("forecast", "money", gettext_lazy("Forecast to date")),
        _standing("realised", "money", gettext_lazy("Realised to date")),
        _standing("verified", "money", gettext_lazy("Verified to date")),
        _standing("has_baseline", "flag", gettext_lazy("Has a baseline")),
        _standing("due", "integer", gettext_lazy("Measurements due")),
        _standing("on_time", "integer", gettext_lazy("Measured on time")),
        _standing("missing", "integer", gettext_lazy("Measurements missing")),
        _standing("last_month", "month", gettext_lazy("Last measured")),
        _standing("last_value", "amount", gettext_lazy("Last value")),
        _standing("trend", "percent", gettext_lazy("Trend of three months")),
        _standing("is_decaying", "flag", gettext_lazy("Decaying")),
        _field("review_months", "followed", "integer"),
        _field("due_days", "followed", "integer"),
        _field("remind_days", "followed", "integer"),
        _field("validated_at", "followed", "day", read=True),
    )
    return {one.name: one for one in first}


DEFAULT_COLUMNS = ("owner", "kind", "state", "doam", "planned", "forecast", "realised", "verified", "missing")


def columns_asked(asked: list[str]) -> list[Shows]:
    """Return the columns that somebody asked for, those of every day when nothing known was asked for."""
    known = shown_by_name()
    chosen = [known[name] for name in dict.fromkeys(asked) if name in known]
    return chosen[:MOST_SHOWN_COLUMNS] or [known[name] for name in DEFAULT_COLUMNS]


def state_status(state: str) -> Status:
    """Return where a benefit stands in a word with its tone."""
    return Status(str(words.STATES[state]), STATE_TONES[state])


def tests_status(passed: int) -> Status:
    """Return how many tests of completeness a benefit passes, with its tone."""
    tone: Tone = "positive" if passed == len(words.TESTS) else "caution" if passed else "critical"
    return Status(_("%(passed)d of %(all)d") % {"passed": passed, "all": len(words.TESTS)}, tone)


def benefits_of(viewer: User, portfolio: Portfolio) -> QuerySet[Benefit]:
    """Return the benefits of a portfolio with all that the register shows of them.

    Args:
        viewer: Who reads.
        portfolio: A portfolio that the viewer was shown.
    """
    return (
        Benefit.objects.visible_to(viewer)
        .filter(initiative__portfolio=portfolio)
        .select_related(
            "initiative__portfolio",
            "initiative__programme",
            "objective",
            "value_driver",
            "strategic_measure",
            "owner",
            "measurer",
            "sustainer",
            "standing",
        )
        .order_by("name", "pk")
    )


NOBODY, NONE = "nobody", "none"
GAPS: Mapping[str, tuple[Text, Q]] = {
    "incomplete": (gettext_lazy("Completeness tests open"), Q(standing__doam__lt=len(words.TESTS))),
    "no_baseline": (gettext_lazy("No baseline of the measure"), Q(baseline=None)),
    "no_target": (gettext_lazy("No target"), Q(target=None)),
    "no_source": (gettext_lazy("No source of the figures"), Q(data_source="")),
    "no_frequency": (gettext_lazy("No frequency agreed"), Q(frequency=Frequency.NOT_STATED)),
    "not_promised": (gettext_lazy("No baseline of the plan"), Q(standing__has_baseline=False)),
    "not_validated": (gettext_lazy("Not validated by finance"), Q(validated_at=None)),
    "late": (
        gettext_lazy("Measurements came late"),
        Q(standing__due__gt=F("standing__on_time") + F("standing__missing")),
    ),
    "missing": (gettext_lazy("Measurements missing"), Q(standing__missing__gt=0)),
    "contested": (gettext_lazy("Last measurement contested"), Q(standing__is_last_contested=True)),
    "decaying": (gettext_lazy("Decaying"), Q(standing__is_decaying=True)),
}
MINE: Mapping[str, Text] = {
    "any": gettext_lazy("In any role"),
    "owner": gettext_lazy("As owner"),
    "measurer": gettext_lazy("As measurer"),
    "sustainer": gettext_lazy("As sustainer"),
}
# Filters that come along without choosing rows: one that cannot be read is passed over.
UNFILTERING = {"columns", "view"}
PRIORITIES = tuple((number, str(number)) for number in range(1, 6))
VIEWS: Mapping[str, Text] = {
    "table": gettext_lazy("Table"),
    "cards": gettext_lazy("Cards"),
    "edit": gettext_lazy("Edit"),
}


def _several(labels: Mapping[Any, Any], label: Text, **options: Any) -> django_filters.MultipleChoiceFilter:
    choices = [(str(word), text) for word, text in labels.items()]
    # The field is the row's own, so that no row comes twice; telling all columns apart would cost more than the filter.
    return django_filters.MultipleChoiceFilter(choices=choices, label=label, distinct=False, **options)


class RegisterFilter(django_filters.FilterSet):
    """The filters above the register; the columns and the view come along, so that filtering keeps them."""

    search = django_filters.CharFilter(method="in_words", label=gettext_lazy("Search name, code, measure or owner"))
    mine = django_filters.ChoiceFilter(
        method="named", choices=[*MINE.items()], label=gettext_lazy("Naming me"), empty_label=gettext_lazy("All")
    )
    owner = django_filters.ChoiceFilter(
        method="owned", label=gettext_lazy("Owner"), empty_label=gettext_lazy("All owners")
    )
    state = _several(words.STATES, gettext_lazy("State"))
    kind = _several(words.CLASSES, gettext_lazy("Class"))
    driver = _several(strategy_words.DRIVERS, gettext_lazy("Value driver"))
    gap = _several({name: label for name, (label, _q) in GAPS.items()}, gettext_lazy("Gaps"), method="with_gaps")
    objective = django_filters.ChoiceFilter(
        method="serving", label=gettext_lazy("Objective"), empty_label=gettext_lazy("All objectives")
    )
    programme = django_filters.ModelChoiceFilter(
        field_name="initiative__programme",
        queryset=Programme.objects.none(),
        label=gettext_lazy("Programme"),
        empty_label=gettext_lazy("All programmes"),
    )
    of_unit = django_filters.ChoiceFilter(
        field_name="initiative__unit",
        label=gettext_lazy("Unit of the initiative"),
        empty_label=gettext_lazy("All units"),
    )
    initiative = django_filters.CharFilter(field_name="initiative__code", label=gettext_lazy("Code of the initiative"))
    is_intangible = django_filters.ChoiceFilter(
        choices=[("False", gettext_lazy("Tangible")), ("True", gettext_lazy("Intangible"))],
        label=gettext_lazy("Tangible or not"),
        empty_label=gettext_lazy("All"),
    )
    is_disbenefit = django_filters.ChoiceFilter(
        choices=[("True", gettext_lazy("Dis-benefits only")), ("False", gettext_lazy("Without dis-benefits"))],
        label=gettext_lazy("Dis-benefits"),
        empty_label=gettext_lazy("All"),
    )
    term = _several(words.TERMS, gettext_lazy("Term"))
    priority = django_filters.MultipleChoiceFilter(choices=PRIORITIES, label=gettext_lazy("Priority"), distinct=False)
    columns = django_filters.MultipleChoiceFilter(method="unfiltered", label="", widget=forms.MultipleHiddenInput)
    view = django_filters.ChoiceFilter(
        method="unfiltered", label="", choices=[*VIEWS.items()], widget=forms.HiddenInput
    )

    class Meta:
        model = Benefit
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, viewer: User, portfolio: Portfolio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        named = named_in(portfolio)
        objectives = Objective.objects.filter(pk__in=named.objectives).order_by("name")
        self.filters["programme"].queryset = Programme.objects.filter(portfolio=portfolio)
        self.filters["owner"].extra["choices"] = [(NOBODY, _("Nobody")), *((name, name) for name in named.owners)]
        self.filters["objective"].extra["choices"] = [
            (NONE, _("No objective")),
            *((str(key), name) for key, name in objectives.values_list("pk", "name")),
        ]
        units = Initiative.objects.filter(portfolio=portfolio).exclude(unit="").order_by("unit")
        self.filters["of_unit"].extra["choices"] = [
            (unit, unit) for unit in units.values_list("unit", flat=True).distinct()
        ]
        self.filters["columns"].extra["choices"] = [(name, one.label) for name, one in shown_by_name().items()]

    @property
    def unreadable(self) -> list[str]:
        """What people read for the filters that ask for something that there is not, or not any longer."""
        wrong = [self.form.fields[name].label for name in self.form.errors if name in self.form.fields]
        return [str(label) for label in wrong if label]

    def filter_queryset(self, rows: QuerySet[Benefit]) -> QuerySet[Benefit]:
        """Keep what all filters let through; nothing while one is unreadable, for nobody has asked for all."""
        return rows.none() if set(self.form.errors) - UNFILTERING else super().filter_queryset(rows)

    def in_words(self, rows: QuerySet[Benefit], _name: str, text: str) -> QuerySet[Benefit]:
        """Keep the rows in which each word of the text occurs somewhere."""
        return rows.filter(words_in(text, *SEARCHED))

    def named(self, rows: QuerySet[Benefit], _name: str, role: str) -> QuerySet[Benefit]:
        """Keep the benefits that name the viewer."""
        roles = [role] if role != "any" else [name for name in MINE if name != "any"]
        found = Q()
        for name in roles:
            found |= Q(**{name: self.viewer})
        return rows.filter(found)

    def owned(self, rows: QuerySet[Benefit], _name: str, owner: str) -> QuerySet[Benefit]:
        """Keep the benefits of an owner, or those that nobody owns."""
        return rows.filter(owner_name="" if owner == NOBODY else owner)

    def serving(self, rows: QuerySet[Benefit], _name: str, objective: str) -> QuerySet[Benefit]:
        """Keep the benefits that serve an objective, or those that serve none."""
        return rows.filter(objective=None if objective == NONE else int(objective))

    def with_gaps(self, rows: QuerySet[Benefit], _name: str, gaps: list[str]) -> QuerySet[Benefit]:
        """Keep the benefits that have any of the gaps."""
        found = Q()
        for gap in gaps:
            found |= GAPS[gap][1]
        return rows.filter(found)

    def unfiltered(self, rows: QuerySet[Benefit], _name: str, _value: object) -> QuerySet[Benefit]:
        """Keep all: columns and views choose what is shown of the rows, not which rows."""
        return rows


@dataclass(frozen=True)
class Card:
    """A benefit as a card; ``standing`` is None before its figures were worked out for the first time."""

    benefit: Benefit
    state: Status
    tests: Status | None
    standing: Standing | None


def card_of(benefit: Benefit) -> Card:
    """Return a benefit as a card."""
    standing: Standing | None = getattr(benefit, "standing", None)
    return Card(benefit, state_status(benefit.state), tests_status(standing.doam) if standing else None, standing)
