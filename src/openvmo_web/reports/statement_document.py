"""What a statement says, before it is a PDF or a workbook: the same figures as its page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo_web.common.export import ExportColumn
from openvmo_web.common.formats import formatted
from openvmo_web.reports.contents import Contents, Figure, Picture, Sheet
from openvmo_web.reports.statement import Figures, Statement


def statement_contents(statement: Statement, locale: str) -> Contents:
    """Return what a statement says, in a language."""
    return Contents(
        title=title_of(statement),
        subtitle=known_as(statement, locale),
        summary=sentences(statement, locale),
        figures=_headline(statement, locale),
        pictures=_pictures(statement),
        sheets=[_classes(statement), _benefits(statement), _asked(statement), _contested(statement)],
        definitions=definitions(),
        signatures=_signatures(statement),
    )


def title_of(statement: Statement) -> str:
    """Return whose benefits a statement is about."""
    if statement.owner is None:
        return _("Statement of all benefits")
    return _("Statement of benefits: %(name)s") % {"name": statement.owner.name}


def question_of(statement: Statement) -> str:
    """Return the question that the chart of a statement answers."""
    return _("Is the value arriving?") if statement.owner is None else _("Is the owner's value arriving?")


def _signatures(statement: Statement) -> list[tuple[str, str]]:
    signing = [(_("Finance"), ""), (_("Portfolio manager"), "")]
    return [(_("Owner"), statement.owner.name), *signing] if statement.owner else signing


def known_as(statement: Statement, locale: str) -> str:
    """Say in a sentence what the statement is about, as known when, and in which money."""
    portfolio = statement.portfolio
    return _(
        "%(portfolio)s. %(period)s, up to the end of %(month)s, as known on %(moment)s. "
        "%(currency)s at %(year)s prices."
    ) % {
        "portfolio": portfolio.name,
        "period": statement.period.label,
        "month": formatted(str(statement.period.last), "month", locale),
        "moment": formatted(statement.at, "day", locale),
        "currency": portfolio.currency,
        "year": portfolio.price_base,
    }


def sentences(statement: Statement, locale: str) -> list[str]:
    """Say what the statement comes to, and what its figures leave out."""
    said = [_said_of(_("Cashable"), statement.cashable, statement, locale)]
    if statement.together != statement.cashable:
        said.append(_said_of(_("Cashable and other benefits together"), statement.together, statement, locale))
    if statement.unvalued:
        said.append(
            ngettext(
                "%(count)d benefit has no value in money and is in no sum.",
                "%(count)d benefits have no value in money and are in no sum.",
                statement.unvalued,
            )
            % {"count": statement.unvalued}
        )
    if statement.without_baseline:
        said.append(
            ngettext(
                "%(count)d benefit has no baseline: its plan in force stands in for it.",
                "%(count)d benefits have no baseline: their plans in force stand in for it.",
                statement.without_baseline,
            )
            % {"count": statement.without_baseline}
        )
    return said


def _said_of(what: str, figures: Figures, statement: Statement, locale: str) -> str:
    money = f"money-short:{statement.portfolio.currency}"
    return _("%(what)s: %(realised)s realised where %(planned)s was planned; %(verified)s verified.") % {
        "what": what,
        "realised": formatted(figures.realised, money, locale),
        "planned": formatted(figures.planned, money, locale),
        "verified": formatted(figures.verified, money, locale),
    }


def _headline(statement: Statement, locale: str) -> list[Figure]:
    money = f"money-short:{statement.portfolio.currency}"
    cashable, together = statement.cashable, statement.together

    def figure(label: str, name: str) -> Figure:
        whole = formatted(getattr(together, name), money, locale)
        note = _("with all classes: %(whole)s") % {"whole": whole}
        return Figure(label, formatted(getattr(cashable, name), money, locale), note)

    return [
        figure(_("Planned, cashable"), "planned"),
        figure(_("Forecast, cashable"), "forecast"),
        figure(_("Realised, cashable"), "realised"),
        figure(_("Verified, cashable"), "verified"),
    ]


def _pictures(statement: Statement) -> list[Picture]:
    chart = statement.arriving()
    if chart.is_empty:
        return []
    return [Picture(question_of(statement), arriving_note(), chart)]


def arriving_note() -> str:
    """Say what the chart of a statement adds up."""
    return _("All classes together, dis-benefits taken off, added up month by month.")


def _classes(statement: Statement) -> Sheet:
    money = f"money-short:{statement.portfolio.currency}"
    rows: list[list[Any]] = [
        [group.label, group.benefits, *_four(group.total), group.total.share] for group in statement.groups
    ]
    return Sheet(
        key="classes",
        title=_("By class"),
        note=_("Cashable benefits release money; the others do not, and are never added to them silently."),
        columns=[ExportColumn(_("Class")), ExportColumn(_("Benefits")), *_money_columns(statement), _share_column()],
        formats=("text", "integer", money, money, money, money, "percent-whole"),
        rows=rows,
        printed=(0, 1, 2, 3, 4, 5, 6),
        widest=0,
        empty=_("There are no benefits in funded work."),
    )


def _benefits(statement: Statement) -> Sheet:
    money = f"money-short:{statement.portfolio.currency}"
    rows: list[list[Any]] = [
        [
            line.benefit.code,
            line.benefit.name,
            line.initiative.name,
            line.kind,
            _("Yes") if line.benefit.is_disbenefit else _("No"),
            *_four(line.figures),
            line.figures.share,
        ]
        for line in statement.lines
    ]
    return Sheet(
        key="benefits",
        title=_("Benefits"),
        note=order_note(statement),
        columns=[
            ExportColumn(_("Code")),
            ExportColumn(_("Benefit")),
            ExportColumn(_("Initiative")),
            ExportColumn(_("Class")),
            ExportColumn(_("Dis-benefit")),
            *_money_columns(statement),
            _share_column(),
        ],
        formats=(*("text",) * 5, money, money, money, money, "percent-whole"),
        rows=rows,
        printed=(1, 2, 3, 5, 6, 7, 8, 9),
        widest=1,
        empty=_("There are no benefits in funded work."),
        total=statement.benefits,
    )


def order_note(statement: Statement) -> str:
    """Say in which order the benefits of a statement stand."""
    if statement.owner is None:
        return _("By initiative. A benefit without a value in money shows no figures.")
    return _("The largest first. A benefit without a value in money shows no figures.")


def _asked(statement: Statement) -> Sheet:
    return Sheet(
        key="missing",
        title=_("Measurements that have not come"),
        note=_("Asked for, past the day on which they were due, and not answered."),
        columns=[
            ExportColumn(_("Benefit")),
            ExportColumn(_("Month")),
            ExportColumn(_("Due on")),
            ExportColumn(_("State")),
        ],
        formats=("text", "month", "day", "text"),
        rows=[[row.benefit.name, row.month, row.due_on, row.status.label] for row in statement.asked],
        printed=(0, 1, 2, 3),
        widest=0,
        empty=_("Every measurement that was due has come."),
        total=statement.asked_count,
    )


def _contested(statement: Statement) -> Sheet:
    return Sheet(
        key="contested",
        title=_("Contested measurements"),
        note=_("They are in the sums until they are corrected."),
        columns=[ExportColumn(_("Benefit")), ExportColumn(_("Month")), ExportColumn(_("Remark"))],
        formats=("text", "month", "text"),
        rows=[[row.benefit.name, row.month, row.remark] for row in statement.contested],
        printed=(0, 1, 2),
        widest=2,
        empty=_("No measurement is contested."),
        total=statement.contested_count,
    )


def _four(figures: Figures) -> list[float | None]:
    return [figures.planned, figures.forecast, figures.realised, figures.verified]


def _money_columns(statement: Statement) -> list[ExportColumn]:
    portfolio = statement.portfolio
    money = _("%(currency)s, %(year)s prices") % {"currency": portfolio.currency, "year": portfolio.price_base}
    return [ExportColumn(label, money) for label in (_("Planned"), _("Forecast"), _("Realised"), _("Verified"))]


def _share_column() -> ExportColumn:
    return ExportColumn(_("Realised of planned"), _("share"))


def definitions() -> list[tuple[str, str]]:
    """Return the words of a statement with their meaning."""
    return [
        (_("Planned"), _("What the baseline promised, which the decision to fund froze. It never moves.")),
        (_("Forecast"), _("What the plan in force expects for the same months.")),
        (_("Realised"), _("What was measured, in money. A month without a measurement counts nothing.")),
        (_("Verified"), _("The part of it that another person has verified.")),
        (_("Cashable"), _("Releases money that can be spent otherwise or taken out of a budget.")),
        (_("Dis-benefit"), _("A loss that the work causes. It is shown with a minus and taken off.")),
    ]
