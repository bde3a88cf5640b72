"""The register of initiatives: which rows a viewer gets, in which columns, by which filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openvmo.engine.model.kinds import Confidence, InitiativeState
from openvmo_web.access.models import User
from openvmo_web.common.export import ExportColumn
from openvmo_web.common.fields import label_of
from openvmo_web.common.searching import words_in
from openvmo_web.common.tables import FormatColumn, KeyedRows, ListTable, StatusColumn, with_note
from openvmo_web.common.templatetags.vmo import not_known, value_as_html
from openvmo_web.common.widgets import Status, Tone
from openvmo_web.insight.models import Run
from openvmo_web.portfolio import words
from openvmo_web.portfolio.models import Initiative, Portfolio, Programme

CONFIDENCE_TONES: dict[str, Tone] = {
    Confidence.GREEN: "positive",
    Confidence.AMBER_GREEN: "positive",
    Confidence.AMBER: "caution",
    Confidence.AMBER_RED: "critical",
    Confidence.RED: "critical",
    Confidence.NOT_STATED: "neutral",
}
STATE_TONES: dict[str, Tone] = {
    InitiativeState.PROPOSAL: "neutral",
    InitiativeState.APPROVED: "accent",
    InitiativeState.DELIVERY: "info",
    InitiativeState.OPERATION: "positive",
    InitiativeState.CLOSED: "neutral",
    InitiativeState.STOPPED: "caution",
}


def confidence_status(confidence: str) -> Status:
    """Return delivery confidence in a word with its tone."""
    return Status(str(label_of(words.CONFIDENCES, confidence)), CONFIDENCE_TONES[confidence])


def state_status(state: str) -> Status:
    """Return where an initiative stands in a word with its tone."""
    return Status(str(label_of(words.STATES, state)), STATE_TONES[state])


def _short_money(initiative: Initiative) -> str:
    return f"money-short:{initiative.portfolio.currency}"


def register_rows(viewer: User, portfolio: Portfolio, forecast: Run | None) -> QuerySet[Initiative]:
    """Return the initiatives of a portfolio with their current plan and what the forecast says of each.

    Args:
        viewer: Who reads.
        portfolio: A portfolio that the viewer was shown.
        forecast: The forecast whose figures stand beside the plans; None when there is none yet.
    """
    of_the_forecast = Q(worths__run=forecast.pk if forecast else None)
    return (
        Initiative.objects.visible_to(viewer)
        .filter(portfolio=portfolio)
        .select_related("portfolio", "programme", "current_plan")
        .defer("description")
        .annotate(worth=FilteredRelation("worths", condition=of_the_forecast))
        .annotate(
            npv_mean=F("worth__npv_mean"),
            npv_p10=F("worth__npv_p10"),
            npv_p90=F("worth__npv_p90"),
            probability_of_loss=F("worth__probability_of_loss"),
        )
        .order_by("name", "pk")
    )


class RegisterFilter(django_filters.FilterSet):
    """The filters above the register."""

    search = django_filters.CharFilter(method="search_in_words", label=gettext_lazy("Search name, code or unit"))
    programme = django_filters.ModelChoiceFilter(
        queryset=Programme.objects.none(), label=gettext_lazy("Programme"), empty_label=gettext_lazy("All programmes")
    )
    unit = django_filters.ChoiceFilter(label=gettext_lazy("Unit"), empty_label=gettext_lazy("All units"))
    category = django_filters.ChoiceFilter(label=gettext_lazy("Category"), empty_label=gettext_lazy("All categories"))
    state = django_filters.MultipleChoiceFilter(choices=[*words.STATES.items()], label=gettext_lazy("State"))
    confidence = django_filters.MultipleChoiceFilter(
        choices=[*words.CONFIDENCES.items()], label=gettext_lazy("Delivery confidence")
    )

    class Meta:
        model = Initiative
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, portfolio: Portfolio, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["programme"].queryset = Programme.objects.filter(portfolio=portfolio)
        for name in ("unit", "category"):
            values = Initiative.objects.filter(portfolio=portfolio).exclude(**{name: ""}).order_by(name)
            self.filters[name].extra["choices"] = [
                (value, value) for value in values.values_list(name, flat=True).distinct()
            ]

    def search_in_words(self, rows: QuerySet[Initiative], _name: str, text: str) -> QuerySet[Initiative]:
        """Keep the rows in which each word of the text occurs somewhere."""
        return rows.filter(words_in(text, "name", "code", "unit"))


Rows = QuerySet[Initiative]


def _ordered_by(value: F | Case) -> Callable[[RegisterTable, Rows, bool], tuple[Rows, bool]]:
    """Let a column sort by a value: what is not known comes last in either order, equal ones by name."""

    def order(_table: RegisterTable, rows: Rows, is_descending: bool) -> tuple[Rows, bool]:  # noqa: FBT001 - as called
        first = value.desc(nulls_last=True) if is_descending else value.asc(nulls_last=True)
        return rows.order_by(first, "name", "pk"), True

    return order


def _place(field: str, labels: Mapping[Any, Any]) -> Case:
    """The place of a stored word in the order in which a form offers it, from the first state to the last."""
    return Case(*(When(**{field: str(word)}, then=Value(place)) for place, word in enumerate(labels)))


class RegisterTable(ListTable):
    """The register as a table; money stands in the portfolio's currency."""

    caption = gettext_lazy("Initiatives of the portfolio")
    empty_help = gettext_lazy("Clear the filters to see all initiatives.")

    name = tables.Column(gettext_lazy("Initiative"), order_by=("name", "pk"), attrs={"td": {"class": "cell-name"}})
    programme = tables.Column(gettext_lazy("Programme"), accessor="programme__name", default=not_known)
    state = StatusColumn(gettext_lazy("State"), words=state_status)
    confidence = StatusColumn(gettext_lazy("Delivery confidence"), words=confidence_status)
    cost = FormatColumn(gettext_lazy("Whole-life cost"), accessor="current_plan__cost_likely", format=_short_money)
    go_live = FormatColumn(gettext_lazy("Go-live"), accessor="current_plan__go_live", format="month")
    benefit = FormatColumn(
        gettext_lazy("Benefit a year"), accessor="current_plan__annual_benefit_likely", format=_short_money
    )
    npv = FormatColumn(gettext_lazy("Net present value"), accessor="npv_mean", format=_short_money)
    loss = FormatColumn(gettext_lazy("Chance of loss"), accessor="probability_of_loss", format="percent-whole")

    order_programme = _ordered_by(F("programme__name"))
    order_state = _ordered_by(_place("state", words.STATES))
    order_confidence = _ordered_by(_place("confidence", words.CONFIDENCES))
    order_cost = _ordered_by(F("current_plan__cost_likely"))
    order_go_live = _ordered_by(F("current_plan__go_live"))
    order_benefit = _ordered_by(F("current_plan__annual_benefit_likely"))
    order_npv = _ordered_by(F("npv_mean"))
    order_loss = _ordered_by(F("probability_of_loss"))

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("No initiative matches")
        order_by = ("name",)

    def __init__(self, rows: Rows, *, portfolio: Portfolio, **kwargs: Any) -> None:
        """Build the table.

        Args:
            rows: The rows before they are sorted and cut into pages.
            portfolio: To which the rows belong; it spares each row a query for its currency and address.
            kwargs: As django-tables2 takes them.
        """
        super().__init__(KeyedRows(rows), **kwargs)
        self.portfolio = portfolio

    def render_name(self, record: Initiative) -> SafeString:
        """The name, which leads to the initiative, with the code and unit below it."""
        address = reverse("portfolio:initiative", args=[self.portfolio.slug, record.code])
        below = " · ".join(part for part in (record.code, record.unit) if part)
        return with_note(format_html('<a href="{}">{}</a>', address, record.name), below)

    def render_npv(self, record: Any, value: object) -> SafeString:
        """The expected value with the range in which it lies four times in five."""
        code = _short_money(record)
        low, high = value_as_html(record.npv_p10, code), value_as_html(record.npv_p90, code)
        return with_note(value_as_html(value, code), _("{} to {}"), low, high)


def register_export_columns(portfolio: Portfolio) -> list[ExportColumn]:
    """Return the headings of the register as a file, with units."""
    money = f"{portfolio.currency}, {portfolio.price_base} prices"
    return [
        ExportColumn(_("Code")),
        ExportColumn(_("Initiative")),
        ExportColumn(_("Programme")),
        ExportColumn(_("Unit")),
        ExportColumn(_("Category")),
        ExportColumn(_("State")),
        ExportColumn(_("Delivery confidence")),
        ExportColumn(_("Whole-life cost"), money),
        ExportColumn(_("Start")),
        ExportColumn(_("Go-live")),
        ExportColumn(_("Steady benefit a year"), money),
        ExportColumn(_("Expected net present value"), money),
        ExportColumn(_("Net present value, low (P10)"), money),
        ExportColumn(_("Net present value, high (P90)"), money),
        ExportColumn(_("Chance of loss"), _("share")),
    ]


def register_export_row(initiative: Any) -> list[Any]:
    """Return one initiative as a row of a file, in the order of the headings."""
    plan = initiative.current_plan
    return [
        initiative.code,
        initiative.name,
        initiative.programme.name if initiative.programme else None,
        initiative.unit,
        initiative.category,
        initiative.get_state_display(),
        initiative.get_confidence_display(),
        *((plan.cost_likely, plan.starts, plan.go_live, plan.annual_benefit_likely) if plan else (None,) * 4),
        initiative.npv_mean,
        initiative.npv_p10,
        initiative.npv_p90,
        initiative.probability_of_loss,
    ]
