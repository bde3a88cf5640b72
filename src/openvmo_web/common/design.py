"""What the living style page shows: each component with plausible content, in every state that it has."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from math import exp, sqrt
from typing import Any

import django_tables2
from django import forms
from django.http import HttpRequest, QueryDict

from openvmo_web.common.charts import (
    Bubble,
    Chart,
    Stream,
    bar_chart,
    bubble_chart,
    fan_chart,
    histogram,
    line_chart,
    palette,
    sankey_chart,
    stacked_bars,
    waterfall,
)
from openvmo_web.common.tables import FormatColumn, ListTable, StatusColumn
from openvmo_web.common.templatetags.vmo import icon_names
from openvmo_web.common.widgets import TONE_ICONS, Change, Fact, Finding, Progress, Status, Tab, TimelineEntry

MONEY = "money-short:GBP"
MONTHS = [f"{2026 + position // 12}-{position % 12 + 1:02d}" for position in range(36)]
SPREADS = {"p5": -1.64, "p10": -1.28, "p25": -0.67, "p50": 0.0, "p75": 0.67, "p90": 1.28, "p95": 1.64}
STATES = {
    "on_track": Status("On track", "positive"),
    "at_risk": Status("At risk", "caution"),
    "off_track": Status("Off track", "critical"),
    "proposed": Status("Proposed", "accent", "proposal"),
    "closed": Status("Closed", "neutral", "check"),
}
INITIATIVES: Sequence[Mapping[str, Any]] = (
    {
        "code": "INI-07",
        "name": "Single sign-on for all services",
        "state": "on_track",
        "value": 48_200_000.0,
        "cost": 12_400_000.0,
        "chance": 0.91,
        "go_live": date(2026, 9, 1),
    },
    {
        "code": "INI-12",
        "name": "Digital claims from end to end",
        "state": "at_risk",
        "value": 126_500_000.0,
        "cost": 54_100_000.0,
        "chance": 0.64,
        "go_live": date(2027, 4, 1),
    },
    {
        "code": "INI-15",
        "name": "Retire the 1990s ledger",
        "state": "off_track",
        "value": -3_700_000.0,
        "cost": 28_900_000.0,
        "chance": 0.38,
        "go_live": date(2027, 11, 1),
    },
    {
        "code": "INI-21",
        "name": "Regional adoption teams",
        "state": "proposed",
        "value": 17_900_000.0,
        "cost": 4_250_000.0,
        "chance": 0.82,
        "go_live": None,
    },
    {
        "code": "INI-33",
        "name": "Estates consolidation in the north-west and the islands",
        "state": "closed",
        "value": 8_100_000.0,
        "cost": 6_600_000.0,
        "chance": None,
        "go_live": date(2025, 6, 1),
    },
)


class InitiativeTable(ListTable):
    """A list with every kind of column."""

    caption = "Initiatives of the example"
    name = django_tables2.Column(
        "Initiative", linkify=lambda record: f"#{record['code']}", attrs={"td": {"class": "wide"}}
    )
    code = django_tables2.Column("Code")
    state = StatusColumn("Status", words=STATES.__getitem__)
    value = FormatColumn("Expected value", format=MONEY)
    cost = FormatColumn("Cost to come", format=MONEY)
    chance = FormatColumn("Chance of gain", format="percent-whole")
    go_live = FormatColumn("Go-live", format="month")

    class Meta(ListTable.Meta):
        row_attrs = {"data-href": lambda record: f"#{record['code']}"}


class SampleForm(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label="Name", help_text="As people in the organisation call it.")
    driver = forms.ChoiceField(
        label="Value driver", choices=[("", "Choose one"), ("financial", "Financial"), ("customer", "Customer")]
    )
    amount = forms.DecimalField(label="Steady annual value, in £", help_text="At the prices of 2026.", min_value=0)
    go_live = forms.DateField(label="Go-live", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kind = forms.ChoiceField(
        label="Kind of benefit",
        widget=forms.RadioSelect,
        choices=[("cashable", "Cashable"), ("non_cashable", "Non-cashable"), ("qualitative", "Qualitative")],
    )
    evidence = forms.FileField(label="Evidence", required=False, help_text="A PDF or a spreadsheet, up to 20 MB.")
    is_mandatory = forms.BooleanField(label="Required by law", required=False, help_text="It is chosen in any case.")


class SampleFilter(forms.Form):
    """The form of a filter set."""

    search = forms.CharField(label="Search name or code", required=False)
    state = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any"), *((key, state.label) for key, state in STATES.items())]
    )
    programme = forms.MultipleChoiceField(
        label="Programme", required=False, choices=[("digital", "Digital services"), ("estates", "Estates")]
    )


def samples(request: HttpRequest) -> dict[str, Any]:
    """Return the content of the style page."""
    table = InitiativeTable(INITIATIVES, order_by=request.GET.get("sort", "-value"))
    table.paginate(page=1, per_page=4)
    return {
        "colours": palette("light"),
        "icons": sorted(icon_names()),
        "tones": list(TONE_ICONS),
        "states": STATES.values(),
        "table": table,
        "empty_table": InitiativeTable((), empty_text="No initiative matches these filters."),
        "form": SampleForm(),
        "wrong_form": SampleForm(
            {"wrong-amount": "-3", "wrong-driver": "financial", "wrong-kind": "other"}, prefix="wrong"
        ),
        "filter_form": SampleFilter(request.GET or QueryDict("state=at_risk&programme=digital")),
        "progress_panels": _progress_panels(),
        "findings": _findings(),
        "facts": _facts(),
        "tabs": [
            Tab("Overview", "#overview", active=True),
            Tab("Benefits", "#benefits", count=12),
            Tab("Decisions", "#d"),
        ],
        "entries": _entries(),
        "charts": _charts(),
    }


def _progress_panels() -> list[Progress]:
    return [
        Progress("Forecast of the portfolio", "queued", "Two others are before it.", cancel_url="#"),
        Progress("Forecast of the portfolio", "running", "6,200 of 10,000 trials", 0.62, cancel_url="#"),
        Progress("Best choice within £120m", "succeeded", "Finished in 14 seconds."),
        Progress(
            "Import of projects.csv", "failed", "Row 14, column “Baseline”: “n/k” is not a number. Leave it empty."
        ),
        Progress("Forecast of the portfolio", "cancelled", "Stopped by Amara Osei."),
    ]


def _findings() -> list[Finding]:
    return [
        Finding(
            "error",
            "projects.csv, row 14, Baseline",
            "“n/k” is not an amount of money.",
            "Write a number, or leave the cell empty when it is not known.",
        ),
        Finding(
            "warning",
            "projects.csv, row 31, End date",
            "The end lies before the start.",
            "Check both dates with the project.",
        ),
        Finding("info", "projects.csv", "Three columns are not used: Notes, Page, Link."),
    ]


def _facts() -> list[Fact]:
    return [
        Fact("Programme", "Digital services", url="#programme"),
        Fact("Owner", "Amara Osei"),
        Fact("Price base", "2026", hint="All amounts are in the prices of this year, so that years can be compared."),
        Fact("Sponsor", None),
    ]


def _entries() -> list[TimelineEntry]:
    return [
        TimelineEntry(
            datetime(2026, 4, 3, 14, 20, tzinfo=UTC),
            "Amara Osei",
            "Initiative changed",
            [Change("Go-live", "Jan 2027", "Apr 2027"), Change("Sponsor", "", "Jon Bell")],
            icon="edit",
        ),
        TimelineEntry(
            datetime(2026, 3, 18, 9, 5, tzinfo=UTC),
            "Investment committee",
            "Funding decided",
            note="Release the second tranche when the pilot has 2,000 users.",
            icon="decision",
            url="#decision",
        ),
        TimelineEntry(datetime(2026, 1, 12, 11, 0, tzinfo=UTC), "Jon Bell", "Initiative proposed", icon="proposal"),
    ]


def _charts() -> dict[str, Chart]:
    steps = range(len(MONTHS))
    middle = [40 * (1 - exp(-step / 14)) * 1_000_000 - 6_000_000 for step in steps]
    fan = {
        name: [value + spread * sqrt(step) * 2_400_000 for step, value in zip(steps, middle, strict=True)]
        for name, spread in SPREADS.items()
    }
    plan = [value * 1.15 + 2_000_000 for value in middle]
    measured = [value * 0.94 if step < 12 else None for step, value in enumerate(middle)]
    edges = [-20e6 + 5e6 * position for position in range(21)]
    counts = [round(900 * exp(-(((edge - 22e6) / 20e6) ** 2))) for edge in edges[:-1]]
    years = ["2026/27", "2027/28", "2028/29", "2029/30"]
    return {
        "fan": fan_chart(
            MONTHS,
            fan,
            labels={"p50": "Median", "p5-p95": "9 in 10 futures", "p10-p90": "8 in 10", "p25-p75": "Every second"},
            format=MONEY,
            month_label="Month",
            extra={"Plan": plan, "Measured": measured},
        ),
        "lines": line_chart(
            MONTHS,
            {"Planned": plan, "Realised": measured},
            format=MONEY,
            category_format="month",
            category_label="Month",
            dashed=["Planned"],
        ),
        "bars": bar_chart(
            years,
            {"Budget": [120e6, 110e6, 95e6, 90e6], "Chosen": [118e6, 101e6, 95e6, 71e6]},
            format=MONEY,
            category_label="Year",
        ),
        "stacked": stacked_bars(
            years,
            {
                "Digital": [60e6, 55e6, 40e6, 30e6],
                "Estates": [38e6, 26e6, 35e6, 21e6],
                "People": [20e6, 20e6, 20e6, 20e6],
            },
            format=MONEY,
            category_label="Year",
        ),
        "histogram": histogram(
            edges, counts, format=MONEY, labels=("From", "To", "Trials"), marks={"P10": 3e6, "P50": 22e6, "P90": 44e6}
        ),
        "bubbles": bubble_chart(
            [
                Bubble(str(row["name"]), row["cost"], row["value"], row["cost"], STATES[row["state"]].label)
                for row in INITIATIVES
            ],
            labels=("Initiative", "Cost to come", "Expected value", "Size"),
            formats=(MONEY, MONEY, MONEY),
            group_label="Status",
        ),
        "waterfall": waterfall(
            [
                ("Time saved", 42e6),
                ("Licences", 11e6),
                ("Running costs", -19e6),
                ("Delivery", -38e6),
                ("Fraud avoided", 16e6),
            ],
            total_label="Net value",
            format=MONEY,
        ),
        "streams": sankey_chart(
            [
                Stream(0, "Digital programme", "Cashable", 60e6),
                Stream(0, "Digital programme", "Non-cashable", 25e6),
                Stream(0, "Estates", "Cashable", 30e6),
                Stream(1, "Cashable", "Lower running costs", 90e6),
                Stream(1, "Non-cashable", "Better service", 15e6),
                Stream(1, "Non-cashable", "Serves no objective", 10e6, is_loss=True),
            ],
            labels=("From", "To", "Spending"),
            format=MONEY,
        ),
        "empty": line_chart([], {"Planned": []}),
    }
