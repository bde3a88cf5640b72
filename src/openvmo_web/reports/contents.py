"""What the portfolio report says, before it is a PDF or a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo_web.access.models import User
from openvmo_web.common.charts import Chart
from openvmo_web.common.export import ExportColumn
from openvmo_web.common.formats import formatted
from openvmo_web.governance.queries import decisions_of
from openvmo_web.insight.queries import document_of, latest_run
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.reports import charts
from openvmo_web.reports.cockpit import Cockpit, attention_rule, cockpit_of
from openvmo_web.reports.queries import initiatives_in_doubt, picture_of
from openvmo_web.reports.register import register_export_columns, register_export_row, register_rows


@dataclass(frozen=True)
class Figure:
    """One headline figure with what it rests on."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Picture:
    """A chart under the question that it answers."""

    title: str
    note: str
    chart: Chart


@dataclass(frozen=True)
class Sheet:
    """A table: the PDF prints the columns in `printed`, with most room for `widest`; the workbook holds all.

    `total` is how many rows there are where `rows` are the first of them; None where they are all.
    """

    key: str
    title: str
    note: str
    columns: Sequence[ExportColumn]
    formats: Sequence[str]
    rows: Sequence[Sequence[Any]]
    printed: Sequence[int]
    widest: int
    empty: str
    total: int | None = None


@dataclass(frozen=True)
class Contents:
    """A report: the same figures for every form of the document.

    Args:
        title: What it is about.
        subtitle: What it is, as known when, in which money.
        summary: What it says, in sentences.
        figures: The headline figures.
        pictures: The charts.
        sheets: The tables.
        definitions: The words that it uses, each with its meaning.
        signatures: Who signs it: roles with names, where the name is known.
    """

    title: str
    subtitle: str
    summary: Sequence[str]
    figures: Sequence[Figure]
    pictures: Sequence[Picture]
    sheets: Sequence[Sheet]
    definitions: Sequence[tuple[str, str]] = ()
    signatures: Sequence[tuple[str, str]] = ()


def contents_of(viewer: User, portfolio: Portfolio, at: datetime, locale: str) -> Contents:
    """Return what the portfolio report shows a viewer, in a language."""
    cockpit = cockpit_of(viewer, portfolio, at)
    return Contents(
        title=portfolio.name,
        subtitle=_("Portfolio report, as known on %(day)s. %(currency)s at %(year)s prices.")
        % {"day": formatted(at, "day", locale), "currency": portfolio.currency, "year": portfolio.price_base},
        summary=_summary(cockpit, portfolio, locale),
        figures=_figures(cockpit, portfolio, locale),
        pictures=_pictures(viewer, cockpit, portfolio),
        sheets=[
            _initiatives(viewer, portfolio),
            _attention(viewer, portfolio, at, locale),
            _choice(viewer, portfolio),
            _decisions(viewer, portfolio),
        ],
    )


def _summary(cockpit: Cockpit, portfolio: Portfolio, locale: str) -> list[str]:
    """The state of the portfolio in sentences, each with its figures."""
    money = f"money-short:{portfolio.currency}"
    sentences = []
    if cockpit.totals:
        npv = cockpit.totals["npv"]
        sentences.append(
            _(
                "From here on the portfolio is expected to be worth %(mean)s; "
                "in 8 of 10 futures between %(low)s and %(high)s."
            )
            % {
                name: formatted(npv[key], money, locale)
                for name, key in (("mean", "mean"), ("low", "p10"), ("high", "p90"))
            }
        )
    else:
        sentences.append(_("No forecast has been run yet, so this report states no value to come."))
    if cockpit.realised_year is not None:
        sentences.append(
            _("In the last twelve months %(seen)s of benefits were measured where %(plan)s was planned.")
            % {
                "seen": formatted(cockpit.realised_year, money, locale),
                "plan": formatted(cockpit.planned_year, money, locale),
            }
        )
    else:
        sentences.append(_("No benefit was measured in the last twelve months."))
    return [*sentences, " ".join(_attention_sentences(cockpit))]


def _attention_sentences(cockpit: Cockpit) -> Iterator[str]:
    short, over, silent = cockpit.shortfall_count, cockpit.overspend_count, cockpit.silence_count
    yield ngettext(
        "%(count)d initiative brings less than planned.", "%(count)d initiatives bring less than planned.", short
    ) % {"count": short}
    yield ngettext(
        "%(count)d initiative spends more than planned.", "%(count)d initiatives spend more than planned.", over
    ) % {"count": over}
    yield ngettext("%(count)d benefit has fallen silent.", "%(count)d benefits have fallen silent.", silent) % {
        "count": silent
    }


def _figures(cockpit: Cockpit, portfolio: Portfolio, locale: str) -> list[Figure]:
    money = f"money-short:{portfolio.currency}"

    def say(value: object, code: str = money) -> str:
        return formatted(value, code, locale)

    totals = cockpit.totals
    npv = totals["npv"] if totals else None
    spread = (
        _("8 in 10 futures: %(low)s to %(high)s") % {"low": say(npv["p10"]), "high": say(npv["p90"])}
        if npv
        else _("no forecast yet")
    )
    return [
        Figure(_("Expected net present value"), say(npv["mean"] if npv else None), spread),
        Figure(
            _("Chance of a loss"),
            say(totals["probability_of_loss"] if totals else None, "percent-whole"),
            _("all current plans together"),
        ),
        Figure(
            _("Benefits realised, 12 months"),
            say(cockpit.realised_year),
            _("planned: %(plan)s") % {"plan": say(cockpit.planned_year)},
        ),
        Figure(
            _("Spent, 12 months"),
            say(cockpit.spent_year),
            _("planned: %(plan)s") % {"plan": say(cockpit.planned_spend_year)},
        ),
    ]


def _pictures(viewer: User, cockpit: Cockpit, portfolio: Portfolio) -> list[Picture]:
    pictures = []
    if cockpit.has_flows:
        note = _("Benefits of funded initiatives, added up from the first month shown.")
        pictures.append(Picture(_("Is the value arriving?"), note, cockpit.arriving))
    if cockpit.worth:
        note = _("Benefits less costs to come, added up month by month, not discounted.")
        pictures.append(Picture(_("What is the portfolio worth from here?"), note, cockpit.worth))
    choice = latest_run(viewer, portfolio, "choose")
    if choice:
        note = _("What the newest choice uses of the money of each financial year.")
        chart = charts.budget_use(document_of(choice)["budget"], portfolio.currency)
        pictures.append(Picture(_("Does the choice fit the budget?"), note, chart))
    return pictures


def _initiatives(viewer: User, portfolio: Portfolio) -> Sheet:
    money = f"money-short:{portfolio.currency}"
    rows = register_rows(viewer, portfolio, latest_run(viewer, portfolio, "forecast"))
    return Sheet(
        key="initiatives",
        title=_("Initiatives"),
        note=_("Values from the newest forecast; costs and dates from the current plans."),
        columns=register_export_columns(portfolio),
        formats=(*("text",) * 7, money, "month", "month", money, money, money, money, "percent-whole"),
        rows=[register_export_row(row) for row in rows],
        printed=(1, 5, 6, 7, 9, 11, 14),
        widest=1,
        empty=_("The portfolio has no initiatives."),
    )


def _attention(viewer: User, portfolio: Portfolio, at: datetime, locale: str) -> Sheet:
    money = f"money-short:{portfolio.currency}"
    unit = f"{portfolio.currency}, {portfolio.price_base} prices"
    picture = picture_of(portfolio, at)
    rows: list[Sequence[Any]] = [
        *([_("Less benefit than planned"), gap.name, gap.planned, gap.observed, ""] for gap in picture.shortfalls),
        *([_("More cost than planned"), gap.name, gap.planned, gap.observed, ""] for gap in picture.overspends),
        *(
            [_("Benefit fallen silent"), f"{row.initiative_name}: {row.benefit}", None, None, row.owner]
            for row in picture.silences
        ),
        *(
            [_("Delivery in doubt"), row.name, None, None, row.get_confidence_display()]
            for row in initiatives_in_doubt(viewer, portfolio)
        ),
    ]
    return Sheet(
        key="attention",
        title=_("Needs attention"),
        note=attention_rule(locale),
        columns=[
            ExportColumn(_("Why")),
            ExportColumn(_("Initiative or benefit")),
            ExportColumn(_("Planned"), unit),
            ExportColumn(_("Observed"), unit),
            ExportColumn(_("Remark")),
        ],
        formats=("text", "text", money, money, "text"),
        rows=rows,
        printed=(0, 1, 2, 3, 4),
        widest=1,
        empty=_("Nothing needs attention."),
    )


def _choice(viewer: User, portfolio: Portfolio) -> Sheet:
    money = f"money-short:{portfolio.currency}"
    unit = f"{portfolio.currency}, {portfolio.price_base} prices"
    run = latest_run(viewer, portfolio, "choose")
    chosen = document_of(run)["initiatives"] if run else []
    rows: list[Sequence[Any]] = [
        [
            row["initiative_name"],
            _("Fund") if row["is_in"] else _("Do not fund"),
            row["option_name"],
            row["cost"],
            row["value"],
            row["reason"],
        ]
        for row in sorted(chosen, key=lambda row: (not row["is_in"], -(row["value"] or 0)))
    ]
    return Sheet(
        key="choice",
        title=_("The newest choice, and why"),
        note=_("The set of initiatives with the highest expected value within the money of each year."),
        columns=[
            ExportColumn(_("Initiative")),
            ExportColumn(_("Recommendation")),
            ExportColumn(_("Option")),
            ExportColumn(_("Cost"), unit),
            ExportColumn(_("Expected net present value"), unit),
            ExportColumn(_("Reason")),
        ],
        formats=("text", "text", "text", money, money, "text"),
        rows=rows,
        printed=(0, 1, 3, 4, 5),
        widest=5,
        empty=_("No choice has been made yet."),
    )


def _decisions(viewer: User, portfolio: Portfolio) -> Sheet:
    rows: list[Sequence[Any]] = [
        [
            row.number,
            row.title,
            row.get_state_display(),
            row.decider.name,
            timezone.localdate(row.decided_at) if row.decided_at else None,
            str(row.decided_by or ""),
            row.funded,  # type: ignore[attr-defined]  # counted by the query
        ]
        for row in decisions_of(viewer, portfolio)
    ]
    return Sheet(
        key="decisions",
        title=_("Decisions"),
        note=_("Every decision of this portfolio, the newest first."),
        columns=[
            ExportColumn(_("Number")),
            ExportColumn(_("Decision")),
            ExportColumn(_("State")),
            ExportColumn(_("Body")),
            ExportColumn(_("Decided on")),
            ExportColumn(_("Decided by")),
            ExportColumn(_("Initiatives funded")),
        ],
        formats=("integer", "text", "text", "text", "day", "text", "integer"),
        rows=rows,
        printed=(0, 1, 2, 3, 4, 6),
        widest=1,
        empty=_("No decision has been proposed yet."),
    )
