"""The grid of benefits and months: its cells, and what a filled one states."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from openvmo.engine.quantities import Month
from openvmo.files.cells import CellError
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.common.formats import current_locale
from openvmo_web.portfolio.models import Portfolio
from openvmo_web.realisation.entry import typed
from openvmo_web.realisation.numbers import number_of
from openvmo_web.realisation.refusals import Report, month_refusal, month_words, report_refusal

NAME = re.compile(r"v([0-9]{1,18})-((?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2]))", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """One benefit in one month.

    Attributes:
        name: The name under which its text is sent.
        shown_name: The name under which is sent what it showed, before anybody typed.
        shown: What is in force, as one would type it.
        text: What stands in it.
    """

    name: str
    shown_name: str
    label: str
    shown: str
    text: str
    is_open: bool
    is_verified: bool = False
    is_contested: bool = False
    error: str = ""


@dataclass(frozen=True)
class Line:
    """One benefit with its cells."""

    benefit: Benefit
    unit: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Typed:
    """What a filled grid states: what was changed, the reports, and what is wrong, by the name of the cell."""

    texts: Mapping[str, str]
    reports: Mapping[str, Report]
    errors: Mapping[str, str]


def cell_name(benefit: int, month: Month) -> str:
    """Return the name under which a cell is sent."""
    return f"v{benefit}-{month}"


def shown_name(name: str) -> str:
    """Return the name under which is sent what a cell showed, given the name of the cell."""
    return f"o{name.removeprefix('v')}"


def lines_of(
    benefits: Sequence[Benefit],
    months: Sequence[Month],
    present: Mapping[tuple[int, date], Measurement],
    *,
    portfolio: Portfolio,
    texts: Mapping[str, str],
    errors: Mapping[str, str],
) -> list[Line]:
    """Return the lines of a grid.

    Args:
        benefits: The benefits.
        months: The months.
        present: The measurements in force.
        portfolio: The portfolio.
        texts: What was changed, by the name of the cell; it stands in for the measurement.
        errors: What is wrong, by the name of the cell.
    """
    return [
        Line(
            benefit,
            benefit.unit or portfolio.currency,
            [
                _cell(benefit, month, present.get((benefit.pk, month.first_day)), portfolio, texts, errors)
                for month in months
            ],
        )
        for benefit in benefits
    ]


def _cell(
    benefit: Benefit,
    month: Month,
    row: Measurement | None,
    portfolio: Portfolio,
    texts: Mapping[str, str],
    errors: Mapping[str, str],
) -> Cell:
    name = cell_name(benefit.pk, month)
    label = _("%(benefit)s, %(month)s") % {"benefit": benefit, "month": month_words(month)}
    return Cell(
        name=name,
        shown_name=shown_name(name),
        label=label,
        shown=_typed(row),
        text=texts.get(name, _typed(row)),
        is_open=month_refusal(benefit, month, portfolio.closed_until) is None,
        is_verified=row is not None and row.is_verified,
        is_contested=row is not None and row.is_contested,
        error=errors.get(name, ""),
    )


def _typed(row: Measurement | None) -> str:
    return typed(None if row is None else float(row.value))


def named_in(texts: Mapping[str, str]) -> dict[str, tuple[int, Month]]:
    """Return the benefit and the month of each name that is one of a cell."""
    found = {name: NAME.fullmatch(name) for name in texts}
    return {name: (int(match[1]), Month.parse(match[2])) for name, match in found.items() if match}


def typed_in(
    texts: Mapping[str, str],
    benefits: Mapping[int, Benefit],
    present: Mapping[tuple[int, date], Measurement],
    *,
    portfolio: Portfolio,
    today: date,
) -> Typed:
    """Return what a filled grid states; cells that nobody touched, or that say what is in force, state nothing.

    What somebody else reported while the grid was open is never replaced unseen: such a cell is refused, and the
    page then shows the newer value beside what was typed.

    Args:
        texts: What stands in each cell, by its name, and what the cell showed, by ``shown_name``.
        benefits: The benefits that the viewer may report, by key; cells of others state nothing.
        present: The measurements in force.
        portfolio: The portfolio.
        today: Today.
    """
    changed: dict[str, str] = {}
    reports: dict[str, Report] = {}
    errors: dict[str, str] = {}
    for name, (key, month) in named_in(texts).items():
        text, shown = texts[name].strip(), texts.get(shown_name(name), "").strip()
        in_force = _typed(present.get((key, month.first_day)))
        if key not in benefits or text in (shown, in_force):
            continue
        changed[name] = texts[name]
        if shown != in_force:
            errors[name] = _("Meanwhile %(value)s was reported here. Save again to replace it.") % {"value": in_force}
            continue
        try:
            reports[name] = _report(benefits[key], month, text, portfolio, today)
        except CellError as error:
            errors[name] = f"{error.problem} {error.remedy}".strip()
    return Typed(changed, reports, errors)


def _report(benefit: Benefit, month: Month, text: str, portfolio: Portfolio, today: date) -> Report:
    if not text:
        problem = _("A reported value is not erased.")
        raise CellError("cell.empty", problem, _("State the right value instead; 0 if it brought nothing."))
    report = Report(benefit, month, number_of(text, current_locale()))
    refusal = report_refusal(report, portfolio, today)
    if refusal is not None:
        raise CellError("cell.refused", refusal.sentence, "")
    return report
