"""The projects of a published file as a portfolio: what was published, and nothing that was not."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from openvmo.engine.model import (
    CostLine,
    Finding,
    Initiative,
    InitiativeState,
    Option,
    OptionKind,
    Portfolio,
    StatusReport,
)
from openvmo.engine.quantities import Estimate, Month
from openvmo.engine.reference import reference_classes
from openvmo.files.gmpp.layout import Snapshot
from openvmo.files.gmpp.report import GmppRow, Report
from openvmo.files.reading import finding_note, finding_warning

GREEN_BOOK_RATE = 0.035
_LONGEST_HORIZON = 600
_SHORTEST_HORIZON = 120
_MONTHS_AFTER_LAST_GO_LIVE = 120
# The reference class that the work of a category resembles most.
_CLASS_OF_CATEGORY = {
    "ict": "it",
    "infrastructure and construction": "non_standard_civil_engineering",
    "military capability": "equipment_development",
    "government transformation and service delivery": "it",
}
_KNOWN_CLASSES = frozenset(reference_classes())


def portfolio_of(report: Report, snapshot: Snapshot, file: str) -> tuple[Portfolio, tuple[Finding, ...]]:
    """The portfolio of a report and the findings about what could not be carried over."""
    as_at = datetime.date(snapshot.year - 1, 9, 30)
    start = Month.of(as_at) + 1
    ids = _unique_ids(report.rows)
    initiatives = tuple(_initiative(row, own, as_at) for row, own in zip(report.rows, ids, strict=True))
    horizon, wanted = _horizon(initiatives, start)
    portfolio = Portfolio(
        id=f"gmpp-{snapshot.year}",
        name=f"Government Major Projects Portfolio {snapshot.year}",
        currency="GBP",
        price_base=snapshot.year - 1,
        start=start,
        horizon=horizon,
        discount_rate=GREEN_BOOK_RATE,
        fiscal_year_start=4,
        description=f"UK Government Major Projects Portfolio, report of {snapshot.year}, as at {as_at.isoformat()}. "
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        initiatives=initiatives,
    )
    about_rows = (
        finding for row, made in zip(report.rows, initiatives, strict=True) for finding in _gaps(report, row, made)
    )
    about_all = _assumptions(report, portfolio, wanted)
    named = (dataclasses.replace(finding, file=file) for finding in (*about_rows, *about_all))
    return portfolio, tuple(named)


def slug(name: str) -> str:
    """A short name that stays the same when a project is called programme in one year and project in the next.

    >>> slug("Crossrail Programme"), slug("Project Eagle (formerly Urenco Future Options)")
    ('crossrail', 'project-eagle')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    plain = re.sub(r"\((originally|formerly|previously)[^)]*\)", " ", plain)
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    while len(words) > 1 and words[-1] in {"programme", "project"}:
        words.pop()
    return "-".join(words) or "project"


def _unique_ids(rows: Sequence[GmppRow]) -> list[str]:
    """The published number, else the slug; the second of two equal ones gets -2."""
    seen: collections.Counter[str] = collections.Counter()
    ids: list[str] = []
    for row in rows:
        base = row.gmpp_id or slug(row.project_name)
        seen[base] += 1
        candidate = base if seen[base] == 1 else f"{base}-{seen[base]}"
        while candidate in ids:
            seen[base] += 1
            candidate = f"{base}-{seen[base]}"
        ids.append(candidate)
    return ids


def _initiative(row: GmppRow, own: str, as_at: datetime.date) -> Initiative:
    return Initiative(
        id=own,
        name=row.project_name,
        unit=row.department,
        category=row.category,
        state=InitiativeState.DELIVERY,
        reference_class=_reference_class(row.category),
        description=row.description,
        options=_options(row),
        status=(StatusReport(at=as_at, confidence=row.confidence, commentary=_commentary(row)),),
    )


def _reference_class(category: str) -> str:
    found = _CLASS_OF_CATEGORY.get(" ".join(category.split()).casefold(), "")
    return found if found in _KNOWN_CLASSES else ""


def _options(row: GmppRow) -> tuple[Option, ...]:
    """The current plan; none without both dates, and without a cost line when no cost to be paid is stated."""
    if row.start_date is None or row.end_date is None or row.end_date < row.start_date:
        return ()
    start = Month.of(row.start_date)
    go_live = Month.of(row.end_date + datetime.timedelta(days=1))
    return (
        Option(
            id="current",
            name="Current plan",
            kind=OptionKind.CONTINUE,
            start=start,
            duration=max(1, go_live - start),
            costs=_costs(row),
        ),
    )


def _costs(row: GmppRow) -> tuple[CostLine, ...]:
    if row.wlc_baseline is None or row.wlc_baseline < 0:
        return ()
    amount = float(Decimal(repr(row.wlc_baseline)) * 1_000_000)  # in decimals, so that 5609.46 million is exact
    return (CostLine(id="whole-life", name="Whole-life cost", amount=Estimate(amount)),)


def _commentary(row: GmppRow) -> str:
    """What the department said, and every published figure in the words of the file."""
    figures = (
        ("Confidence rating", row.rating),
        ("Start", row.published["start_date"]),
        ("End", row.published["end_date"]),
        ("Financial year baseline (£ million)", row.published["fy_baseline"]),
        ("Financial year forecast (£ million)", row.published["fy_forecast"]),
        ("Financial year variance", row.published["fy_variance_pct"]),
        ("Whole-life cost (£ million)", row.published["wlc_baseline"]),
        ("On the schedule", row.schedule_narrative),
        ("On the variance", row.variance_narrative),
        ("On the whole-life cost", row.wlc_narrative),
    )
    stated = "\n".join(f"{label}: {text}" for label, text in figures if text)
    return f"{row.commentary}\n\n{stated}" if row.commentary else stated


def _horizon(initiatives: Sequence[Initiative], start: Month) -> tuple[int, int]:
    """The horizon, and the one that would be needed without its upper limit."""
    go_lives = [option.go_live - start for initiative in initiatives for option in initiative.options]
    wanted = max((*go_lives, 0)) + _MONTHS_AFTER_LAST_GO_LIVE
    return min(max(wanted, _SHORTEST_HORIZON), _LONGEST_HORIZON), wanted


def _gaps(report: Report, row: GmppRow, made: Initiative) -> Iterator[Finding]:
    """What is missing from an initiative because it was not published."""
    place = {"column": row.column, "value": row.project_name}
    if not made.options:
        problem = "Without a start and a later end the project has no option; it is kept, but cannot be forecast."
        remedy = "Add an option with its dates and costs; what was published stands in the status report."
        yield finding_warning("gmpp.no_option", problem, remedy, row=report.row_numbers["end_date"], **place)
    elif row.wlc_baseline is not None and row.wlc_baseline < 0:
        problem = "The whole-life cost is negative, an income on balance; no cost line was made of it."
        remedy = "State the costs and the benefits apart; the figure stands in the status report."
        yield finding_warning("gmpp.cost_negative", problem, remedy, row=report.row_numbers["wlc_baseline"], **place)
    elif not made.options[0].costs:
        problem, remedy = "Without a published whole-life cost the option has no cost line.", "Add its cost lines."
        yield finding_warning("gmpp.no_cost", problem, remedy, row=report.row_numbers["wlc_baseline"], **place)


def _assumptions(report: Report, portfolio: Portfolio, wanted: int) -> Iterator[Finding]:
    """What was assumed for the whole portfolio, and what was left out."""
    problem = "The discount rate is set to 3.5 % a year, the Green Book's rate for up to 30 years."
    yield finding_note("gmpp.discount_rate", problem, "Change it in the portfolio if another applies.")
    problem = f"Amounts are taken to be in prices of the financial year that starts in {portfolio.price_base}."
    yield finding_note(
        "gmpp.price_base", problem, "Projects may state them in other prices; the narratives say so for some."
    )
    problem = "No benefits are published in money, so none were imported."
    yield finding_note("gmpp.no_benefits", problem, "Add benefits, or assume a benefit-cost ratio in the forecast.")
    if wanted > _LONGEST_HORIZON:
        ends = f"the horizon ends after {portfolio.horizon}"
        problem = f"The last go-live and ten years after it lie {wanted} months ahead; {ends}."
        yield finding_warning("gmpp.horizon", problem, "What happens later is left out of the appraisal.")
    if "category" not in report.row_numbers:
        problem = "The file publishes no categories, so the initiatives have no reference class."
        yield finding_warning(
            "gmpp.no_category", problem, "Set the category and the reference class of each initiative."
        )
    elif any(initiative.reference_class for initiative in portfolio.initiatives):
        problem = "Reference classes follow the category; government transformation is taken as information technology."
        yield finding_note(
            "gmpp.reference_class", problem, "Change the class of an initiative that resembles another kind of work."
        )
