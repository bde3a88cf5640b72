"""Files to the engine's records, and rows to files: the one place of this room that calls the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo.analysis import canonical_json, portfolio_digest
from openvmo.engine import model
from openvmo.engine.model.check import check_portfolio
from openvmo.engine.quantities import Estimate, Month
from openvmo.files import (
    FORMATS,
    Reading,
    native_workbook,
    portfolio_from_json,
    portfolio_to_json,
    read_bytes,
    to_bytes,
)
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may
from openvmo_web.benefits.checks import Known, change_problems, frozen_by
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.benefits.rules import FROZEN, benefit_values, may_verify
from openvmo_web.benefits.stated import stated_rows, unsaved
from openvmo_web.delivery.models import ActualCost, Milestone
from openvmo_web.delivery.rules import actual_values, milestone_values
from openvmo_web.exchange.rules import LARGEST_AMOUNT, estimate_as_stored
from openvmo_web.insight.analysis import portfolio_as_known
from openvmo_web.maps.models import Node
from openvmo_web.portfolio.models import CostLine, Initiative, Option, Portfolio, Programme, Risk
from openvmo_web.portfolio.rules import initiative_values, option_values, programme_values
from openvmo_web.realisation.refusals import begun_refusal
from openvmo_web.strategy.models import Objective
from openvmo_web.strategy.rules import objective_values

MEDIA_TYPES = {
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def file_read(content: bytes, name: str) -> Reading:
    """Return what a file holds, recognised from its content."""
    return read_bytes(content, name)


def document_of(portfolio: model.Portfolio) -> str:
    """Return a portfolio as the text under which an import keeps it."""
    return canonical_json(portfolio_to_json(portfolio))


def portfolio_of(document: str) -> model.Portfolio:
    """Return the portfolio of such a text."""
    return portfolio_from_json(json.loads(document))


def present_portfolio(portfolio: Portfolio | None, stated: model.Portfolio, at: datetime) -> model.Portfolio:
    """Return what an import would meet: the portfolio as it stands, or an empty one with the file's own frame."""
    if portfolio is not None:
        return portfolio_as_known(portfolio, at)
    return model.Portfolio(
        id="",
        name=stated.name,
        currency=stated.currency,
        price_base=stated.price_base,
        start=stated.start,
        horizon=stated.horizon,
        discount_rate=stated.discount_rate,
        fiscal_year_start=stated.fiscal_year_start,
        description=stated.description,
    )


def base_digest(portfolio: Portfolio | None, at: datetime) -> str:
    """Return the digest of a portfolio as it stands; empty for one that does not exist yet."""
    return "" if portfolio is None else digest_of(portfolio_as_known(portfolio, at))


def digest_of(portfolio: model.Portfolio) -> str:
    """Return the digest of a portfolio's content."""
    return portfolio_digest(portfolio)


def portfolio_file(portfolio: Portfolio, format: str, at: datetime) -> tuple[str, bytes, str]:
    """Return a portfolio as a file: its name, its content and its media type.

    Raises:
        KeyError: there is no such format, or it is only read.
    """
    chosen = export_formats()[format]
    known = portfolio_as_known(portfolio, at)
    return f"{portfolio.slug}{chosen.suffix}", to_bytes(known, format), MEDIA_TYPES[chosen.suffix]


def template_file() -> tuple[str, bytes, str]:
    """Return the empty workbook with its explanations: its name, its content and its media type."""
    return "openvmo-template.xlsx", native_workbook.template(), MEDIA_TYPES[".xlsx"]


def export_formats() -> dict[str, Any]:
    """Return the formats in which a portfolio can be written."""
    return {name: known for name, known in FORMATS.items() if known.write is not None}


def has_own_ids(format: str) -> bool:
    """Return whether the ids of initiatives in files of a format are the organisation's own."""
    return FORMATS[format].has_own_ids


def merge_findings(
    present: model.Portfolio, stated: model.Portfolio, after: model.Portfolio
) -> Iterator[model.Finding]:
    """Yield what keeps a file out of a portfolio, or what a reader should know before it goes in."""
    yield from _too_long(stated)
    yield from _too_large(stated)
    yield from _too_fine(stated)
    yield from _checks(stated, after)
    yield from _frame_findings(present, stated)


def benefit_findings(portfolio: Portfolio | None, stated: model.Portfolio) -> Iterator[model.Finding]:
    """Yield what speaks against the benefits of a file, by the rules of the register, as the import will find it.

    Args:
        portfolio: The portfolio that the file goes into; None for a new one.
        stated: What the file states.
    """
    rows = stated_rows().filter(initiative__portfolio=portfolio) if portfolio else ()
    present = {(row.initiative.code, row.code): row for row in rows}
    places = [(one, record) for one in stated.initiatives for record in one.benefits]
    told = [
        (present.get((one.id, record.id)) or unsaved(Initiative(code=one.id), {**values, "position": 0}), values)
        for one, record in places
        for values in [benefit_values(record)]
    ]
    known = Known(frozen_by(row.pk for row in present.values()))
    for (one, record), (row, values) in zip(places, told, strict=True):
        for name, problems in change_problems(row, values, known).items():
            is_frozen = name in FROZEN and row.pk in known.frozen
            yield from (_refused(one.id, record, name, problem, is_frozen=is_frozen) for problem in problems)


def pool_findings(portfolio: Portfolio | None, stated: model.Portfolio) -> Iterator[model.Finding]:
    """Yield the pools of a file whose ids stand on the map for something else than an outcome."""
    ids = [pool.id for pool in stated.pools]
    rows = Node.objects.filter(portfolio=portfolio, code__in=ids).exclude(kind="outcome") if portfolio else ()
    for row in rows:
        yield model.Finding(
            model.Severity.ERROR,
            "import.pool_kind",
            _("On the benefits map this id belongs to “%(name)s”, which is no outcome.") % {"name": row.name},
            _("Give the pool another id, in all sheets that name it."),
            sheet="Pools",
            column="id",
            value=row.code,
        )


def closed_findings(
    portfolio: Portfolio | None, present: model.Portfolio, stated: model.Portfolio
) -> Iterator[model.Finding]:
    """Yield the measurements of a file that would change a month which is closed.

    Args:
        portfolio: The portfolio that the file goes into; None for a new one, of which no month is closed.
        present: What the portfolio states.
        stated: What the file states.
    """
    if portfolio is None or portfolio.closed_until is None:
        return
    closed = Month.of(portfolio.closed_until)
    for place, told, known in _told(present, stated):
        if told.month <= closed and _says_more(told, known):
            problem = _("This month is closed: its measurements are final.")
            remedy = _("Put back what is on record, or ask who closes the months to open it again.")
            yield _wrong_measurement("import.closed_month", problem, remedy, "value", place, told)


def early_findings(present: model.Portfolio, stated: model.Portfolio, at: datetime) -> Iterator[model.Finding]:
    """Yield the measurements of a file for months that have not begun at a moment, and that are not on record."""
    today = timezone.localdate(at)
    for place, told, known in _told(present, stated):
        refusal = begun_refusal(told.month, today) if _says_more(told, known) else None
        if refusal is not None:
            remedy = _("Leave this row out: a forecast belongs to a plan, a measurement to a month that has begun.")
            yield _wrong_measurement("import.future_month", refusal.sentence, remedy, "month", place, told)


def verified_findings(
    portfolio: Portfolio | None, present: model.Portfolio, stated: model.Portfolio, by: User
) -> Iterator[model.Finding]:
    """Yield the measurements that a file calls verified and that its importer could not verify himself.

    Args:
        portfolio: The portfolio that the file goes into; None for a new one, which takes over what was verified
            where the file comes from.
        present: What the portfolio states.
        stated: What the file states, with amounts as they are stored.
        by: Who imports.
    """
    verified = [one for one in _told(present, stated) if one[1].is_verified]
    if portfolio is None:
        yield from _verified_note(len(verified))
        return
    new = [one for one in verified if not _is_verified_on_record(one[1], one[2])]
    may_judge = bool(new) and may(by, "measurement.verify", portfolio.pk)
    reporters = _reporters(portfolio) if may_judge else {}
    for place, told, known in new:
        reporter = reporters.get((place, told.benefit, told.month.first_day))
        is_on_record = known is not None and (told.value, told.source) == (known.value, known.source)
        if not is_on_record or reporter is None or not may_verify(reporter, by.pk):
            problem = _("This figure would be verified by who brings it in, and not by another person.")
            remedy = _("Write “no” in this column: another person verifies the figure after the import.")
            yield _wrong_measurement("import.self_verified", problem, remedy, "is_verified", place, told)


def _verified_note(count: int) -> Iterator[model.Finding]:
    if count:
        problem = ngettext(
            "%(count)d measurement comes in as verified.", "%(count)d measurements come in as verified.", count
        )
        remedy = _("Make sure that another person has verified them where the file comes from.")
        yield model.Finding(
            model.Severity.NOTE, "import.verified", problem % {"count": count}, remedy, sheet="Measurements"
        )


def _is_verified_on_record(told: model.Measurement, known: model.Measurement | None) -> bool:
    return known is not None and known.is_verified and known.value == told.value


def _reporters(portfolio: Portfolio) -> dict[tuple[str, str, date], int]:
    """Who reported what nobody has verified, by initiative, benefit and month."""
    rows = Measurement.objects.filter(
        benefit__initiative__portfolio=portfolio, superseded_by=None, is_verified=False
    ).values_list("benefit__initiative__code", "benefit__code", "month", "reported_by", "recorded_by")
    return {(code, benefit, month): reporter or recorder for code, benefit, month, reporter, recorder in rows}


def _told(
    present: model.Portfolio, stated: model.Portfolio
) -> Iterator[tuple[str, model.Measurement, model.Measurement | None]]:
    """Yield the measurements of a file, each with its initiative and what is on record for its month."""
    known = {(one.id, told.benefit, told.month): told for one in present.initiatives for told in one.measurements}
    for initiative in stated.initiatives:
        for told in initiative.measurements:
            yield initiative.id, told, known.get((initiative.id, told.benefit, told.month))


def _wrong_measurement(
    code: str, problem: str, remedy: str, column: str, place: str, told: model.Measurement
) -> model.Finding:
    value = f"{place} {told.benefit} {told.month}: {told.value:g}"
    return model.Finding(model.Severity.ERROR, code, problem, remedy, sheet="Measurements", column=column, value=value)


def _says_more(told: model.Measurement, known: model.Measurement | None) -> bool:
    """Whether a measurement would be recorded beside the one that is on record."""
    if known is None or (told.value, told.source) != (known.value, known.source):
        return True
    return told.is_verified and not known.is_verified


def _refused(place: str, record: model.Benefit, name: str, problem: str, *, is_frozen: bool) -> model.Finding:
    heading = name.removesuffix("_name")
    return model.Finding(
        model.Severity.ERROR,
        "import.frozen" if is_frozen else "import.benefit",
        problem,
        _("Put back what the register says of it.") if is_frozen else _("Correct the cell."),
        sheet="Benefits",
        column=heading,
        value=f"{place} {record.id}: {getattr(record, heading, '')}",
    )


def finding_row(finding: model.Finding) -> dict[str, Any]:
    """Return a finding as a row that JSON can hold."""
    return asdict(finding) | {"severity": str(finding.severity)}


def _frame_findings(present: model.Portfolio, stated: model.Portfolio) -> Iterator[model.Finding]:
    if present.initiatives and present.currency != stated.currency:
        problem = _("The file is in %(file)s, the portfolio in %(portfolio)s.")
        values = {"file": stated.currency, "portfolio": present.currency}
        remedy = _("Convert the amounts of the file, or import it into a portfolio of its own.")
        yield _frame(model.Severity.ERROR, "import.currency", problem % values, remedy, "currency", stated.currency)
    if present.initiatives and present.price_base != stated.price_base:
        problem = _("The file is in prices of %(file)s, the portfolio in prices of %(portfolio)s.")
        values = {"file": str(stated.price_base), "portfolio": str(present.price_base)}
        remedy = _(
            "The portfolio takes the price base of the file; restate the initiatives that the file does not mention."
        )
        yield _frame(
            model.Severity.WARNING, "import.price_base", problem % values, remedy, "price_base", str(stated.price_base)
        )


def _frame(severity: model.Severity, code: str, problem: str, remedy: str, column: str, value: str) -> model.Finding:
    return model.Finding(severity, code, problem, remedy, sheet="Portfolio", column=column, value=value)


def _checks(stated: model.Portfolio, after: model.Portfolio) -> Iterator[model.Finding]:
    """What is wrong once the file and the portfolio are put together, and what a reader should know about the file."""
    yield from (one for one in check_portfolio(after) if one.severity is model.Severity.ERROR)
    yield from (one for one in check_portfolio(stated) if one.severity is not model.Severity.ERROR)


def _too_long(portfolio: model.Portfolio) -> Iterator[model.Finding]:
    for table, sheet, place, values in _rows(portfolio):
        for name, length in _lengths(table).items():
            if len(str(values.get(name) or "")) > length:
                problem = _("The text is longer than the %(length)d characters that fit.") % {"length": length}
                remedy = _("Shorten it, and keep the whole text in the description.")
                yield model.Finding(
                    model.Severity.ERROR,
                    "import.text_too_long",
                    problem,
                    remedy,
                    sheet=sheet,
                    column=name,
                    value=f"{place}: {str(values[name])[:80]}…",
                )


def _lengths(table: type[models.Model]) -> dict[str, int]:
    return {
        field.name: field.max_length
        for field in table._meta.fields
        if isinstance(field, models.CharField) and field.max_length
    }


def _rows(portfolio: model.Portfolio) -> Iterator[tuple[type[models.Model], str, str, dict[str, Any]]]:
    """What would be stored as text of a limited length, with the sheet and the place where it stands."""
    yield Portfolio, "Portfolio", portfolio.id, {"name": portfolio.name, "currency": portfolio.currency}
    yield from ((Objective, "Objectives", one.id, objective_values(one)) for one in portfolio.objectives)
    yield from (
        (Node, "Pools", one.id, {"code": one.id, "name": one.name, "pool_unit": one.unit}) for one in portfolio.pools
    )
    yield from ((Programme, "Programmes", one.id, programme_values(one)) for one in portfolio.programmes)
    for initiative in portfolio.initiatives:
        yield Initiative, "Initiatives", initiative.id, initiative_values(initiative)
        yield from ((Benefit, "Benefits", one.id, benefit_values(one)) for one in initiative.benefits)
        yield from ((Milestone, "Milestones", one.id, milestone_values(one)) for one in initiative.milestones)
        yield from ((ActualCost, "Actuals", initiative.id, actual_values(one)) for one in initiative.actuals)
        yield from (
            (Measurement, "Measurements", one.benefit, {"source": one.source}) for one in initiative.measurements
        )
        for option in initiative.options:
            yield Option, "Options", f"{initiative.id} {option.id}", option_values(option)
            yield from ((CostLine, "Costs", one.id, {"code": one.id, "name": one.name}) for one in option.costs)
            yield from ((Risk, "Risks", one.id, {"code": one.id, "name": one.name}) for one in option.risks)


def _too_large(portfolio: model.Portfolio) -> Iterator[model.Finding]:
    for place, amount in _amounts(portfolio):
        if abs(amount) >= LARGEST_AMOUNT:
            problem = _("The amount is too large to be kept exactly.")
            remedy = _("Check its unit: amounts are in plain units of the currency, not in thousandths of it.")
            yield model.Finding(
                model.Severity.ERROR, "import.amount_too_large", problem, remedy, value=f"{place}: {amount:g}"
            )


def _amounts(portfolio: model.Portfolio) -> Iterator[tuple[str, float]]:
    yield from ((str(budget.year), budget.amount) for budget in portfolio.budgets)
    for pool in portfolio.pools:
        yield from (
            (pool.id, amount) for amount in (*_parts_of(pool.annual), pool.value_per_unit) if amount is not None
        )
    for initiative in portfolio.initiatives:
        yield from ((initiative.id, actual.amount) for actual in initiative.actuals)
        yield from ((one.benefit, one.value) for one in initiative.measurements)
        yield from ((one.id, amount) for one in initiative.benefits for amount in _amounts_of(one))
        for option in initiative.options:
            stated = [line.amount for line in option.costs] + [profile.annual for profile in option.profiles]
            stated += [risk.cost for risk in option.risks]
            parts = (part for estimate in stated for part in _parts_of(estimate))
            yield from ((f"{initiative.id} {option.id}", part) for part in parts)


def _parts_of(estimate: Estimate) -> Iterator[float]:
    """The numbers of an estimate."""
    stated = (estimate.low, estimate.likely, estimate.high)
    yield from (part for part in stated if part is not None)
    yield from (value for value, _chance in estimate.outcomes)


def _too_fine(portfolio: model.Portfolio) -> Iterator[model.Finding]:
    """Estimates whose family does not survive the sixth decimal."""
    for sheet, place, estimate in _estimates(portfolio):
        try:
            estimate_as_stored(estimate)
        except ValueError as reason:
            yield model.Finding(
                model.Severity.ERROR,
                "import.estimate_too_fine",
                _("Rounded to six decimals this estimate does not hold any more: %(reason)s.") % {"reason": reason},
                _("Count in a smaller unit, or use the family three_point."),
                sheet=sheet,
                value=f"{place}: {estimate.low} {estimate.likely} {estimate.high}",
            )


def _estimates(portfolio: model.Portfolio) -> Iterator[tuple[str, str, Estimate]]:
    """The amounts that are rounded when they are stored, each with its sheet and place."""
    yield from (("Pools", pool.id, pool.annual) for pool in portfolio.pools)
    for initiative in portfolio.initiatives:
        for option in initiative.options:
            place = f"{initiative.id} {option.id}"
            yield from (("Costs", f"{place} {line.id}", line.amount) for line in option.costs)
            yield from (("Profiles", f"{place} {one.benefit}", one.annual) for one in option.profiles)
            yield from (("Risks", f"{place} {risk.id}", risk.cost) for risk in option.risks)


def _amounts_of(benefit: model.Benefit) -> Iterator[float]:
    stated = (
        benefit.value_per_unit,
        benefit.cost_to_realise,
        benefit.baseline,
        benefit.target,
        benefit.caution_at,
        benefit.critical_at,
    )
    return (amount for amount in stated if amount is not None)
