"""What is written about measurements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from openvmo.engine import model
from openvmo.engine.quantities import Month
from openvmo_web.access.models import User
from openvmo_web.access.permissions import may, require
from openvmo_web.audit.actions import Deed, record_all
from openvmo_web.benefits.holders import require_for
from openvmo_web.benefits.models import Benefit, Measurement
from openvmo_web.benefits.rules import may_verify, measurement_values
from openvmo_web.benefits.standings import refresh
from openvmo_web.common.merge import BATCH, history_add
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.refusals import CannotReport, Problem, Report, begun_refusal, month_refusal, report_refusal

BenefitRows = Mapping[tuple[int, str], Benefit]


def measurement_record(
    *,
    benefit: Benefit,
    month: Month,
    value: float,
    source: str = "",
    remark: str = "",
    unit: str = "",
    by: User,
    at: datetime,
) -> Measurement | None:
    """Record what a benefit brought in a month, or where its measure stood.

    Another value for the same month supersedes the earlier one and has to be verified afresh; the same adds nothing.
    It answers the request for the month.

    Args:
        benefit: The benefit.
        month: The month that was measured.
        value: The observed value in that month, in money or in the benefit's unit.
        source: Where the figure comes from; empty keeps the source in force, else takes that of the benefit.
        remark: What a reader should know of it.
        unit: The unit in which the value is stated; empty for the benefit's own.
        by: Who records it.
        at: When.

    Returns:
        The new measurement; None when it adds nothing.

    Raises:
        CannotReport: the month has not begun or is closed, the benefit is retired, or the unit or the value is wrong.
    """
    require_for(by, "measurement.add", benefit)
    report = Report(benefit, month, value, source, remark, unit)
    added = _reports_record(benefit.initiative.portfolio, [report], by, at, None)
    return added[0] if added else None


def measurements_report(
    *,
    portfolio: Portfolio,
    reports: Sequence[Report],
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[Measurement]:
    """Record many measurements at once: all of them, or none when one cannot be recorded.

    Args:
        portfolio: The portfolio of all their benefits.
        reports: What is stated; of two for the same benefit and month the later one counts.
        by: Who records them.
        at: When.
        gesture: Shared by the audit entries of one gesture.

    Returns:
        The new measurements; what says the same as before adds none.

    Raises:
        CannotReport: some of them cannot be recorded; nothing was.
    """
    for benefit in {report.benefit.pk: report.benefit for report in reports}.values():
        require_for(by, "measurement.add", benefit)
    return _reports_record(portfolio, reports, by, at, gesture)


def measurements_import(
    *,
    portfolio: Portfolio,
    stated: Sequence[model.Initiative],
    initiatives: Mapping[str, Initiative],
    benefits: BenefitRows,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
    is_new: bool = False,
) -> list[Measurement]:
    """Record the measurements of a file's initiatives; return the new ones.

    A file verifies nothing that its importer could not verify: a value on record that somebody else reported, by who
    holds the right. A portfolio that comes into being with the file takes over what was verified where it comes from.

    Args:
        portfolio: The portfolio.
        stated: The initiatives with their measurements.
        initiatives: Their rows by code.
        benefits: The rows of their benefits.
        by: Who imports.
        at: When.
        gesture: Shared by the audit entries of one gesture.
        is_new: Whether the portfolio comes into being with the file.

    Raises:
        CannotReport: a new value falls into a closed month, or into one that has not begun; nothing was recorded.
        Refused: a value is stated as verified, and the importer may not verify.
        ValidationError: a value is stated as verified that the importer reports himself.
    """
    require(by, "portfolio.import", portfolio_id=portfolio.pk)
    observed = [
        (benefits[initiatives[one.id].pk, measurement.benefit], measurement_values(measurement), measurement.month)
        for one in stated
        for measurement in one.measurements
    ]
    wanted = {(benefit.pk, month.first_day): (benefit, values) for benefit, values, month in observed}
    with transaction.atomic():
        if is_new:
            return _record(portfolio, wanted, by, at, gesture)
        verified = {key for key, (_benefit, values) in wanted.items() if values["is_verified"]}
        as_reported = {key: (one, values | {"is_verified": False}) for key, (one, values) in wanted.items()}
        added = _record(portfolio, as_reported, by, at, gesture)
        told = _unverified(portfolio, verified)
        if not told:
            return added
        return added + measurements_verify(portfolio=portfolio, measurements=told, by=by, at=at, gesture=gesture)


def measurement_verify(*, measurement: Measurement, by: User, at: datetime) -> Measurement:
    """Confirm a measurement that another person reported; a verified row supersedes the unverified one.

    Raises:
        ValidationError: the person reported it, a later value has superseded it, or its month is closed.
    """
    portfolio_id = measurement.benefit.initiative.portfolio_id
    require(by, "measurement.verify", portfolio_id=portfolio_id)
    if measurement.is_verified:
        return measurement
    return _judge(portfolio_id, [measurement], _VERIFY, by, at)[0]


def measurements_verify(
    *, portfolio: Portfolio, measurements: Sequence[Measurement], by: User, at: datetime, gesture: UUID | None = None
) -> list[Measurement]:
    """Confirm many measurements of a portfolio at once: all of them, or none; what is verified already stays so.

    Raises:
        ValidationError: one of them cannot be verified; nothing was.
    """
    require(by, "measurement.verify", portfolio_id=portfolio.pk)
    open_ones = [measurement for measurement in measurements if not measurement.is_verified]
    return _judge(portfolio.pk, open_ones, _VERIFY, by, at, gesture=gesture)


def measurement_contest(*, measurement: Measurement, remark: str, by: User, at: datetime) -> Measurement:
    """Doubt a measurement that another person reported; it stays contested until it is restated or verified.

    Those who verify may do so, and the owner of the benefit.

    Raises:
        ValidationError: no reason is given, the person reported it, it was superseded, or its month is closed.
    """
    portfolio = measurement.benefit.initiative.portfolio
    return measurements_contest(portfolio=portfolio, measurements=[measurement], remark=remark, by=by, at=at)[0]


def measurements_contest(
    *,
    portfolio: Portfolio,
    measurements: Sequence[Measurement],
    remark: str,
    by: User,
    at: datetime,
    gesture: UUID | None = None,
) -> list[Measurement]:
    """Doubt many measurements of a portfolio for the same reason: all of them, or none.

    Those who verify may do so, and for their benefits the owners.

    Raises:
        Refused: one of them belongs to a benefit for which the person may not contest.
        ValidationError: no reason is given, or one of them cannot be contested; nothing was.
    """
    owns_all = all(measurement.benefit.owner_id == by.pk for measurement in measurements)
    if not owns_all or not may(by, "benefit.own", portfolio.pk):
        require(by, "measurement.verify", portfolio_id=portfolio.pk)
    return _judge(portfolio.pk, measurements, _CONTEST, by, at, gesture=gesture, remark=_stated_reason(remark))


def _stated_reason(remark: str) -> str:
    if not remark.strip():
        raise ValidationError(_("Say what is doubtful, so that the reporter can answer it."))
    return remark.strip()


def _reports_record(
    portfolio: Portfolio, reports: Sequence[Report], by: User, at: datetime, gesture: UUID | None
) -> list[Measurement]:
    """Record what people state, or refuse all of it with the reason at each wrong one."""
    today = timezone.localdate(at)
    refusals = [(place, report_refusal(report, portfolio, today)) for place, report in enumerate(reports)]
    problems = [Problem(place, refusal) for place, refusal in refusals if refusal]
    if problems:
        raise CannotReport(problems)
    wanted = {
        (report.benefit.pk, report.month.first_day): (report.benefit, _stated_values(report)) for report in reports
    }
    with transaction.atomic():
        return _record(portfolio, wanted, by, at, gesture)


def _stated_values(report: Report) -> dict[str, Any]:
    """What a report says; of source and remark only what it does say."""
    stated = model.Measurement(
        benefit=report.benefit.code, month=report.month, value=report.value, source=report.source.strip()
    )
    values = measurement_values(stated)
    if not values["source"]:
        del values["source"]
    return values | ({"remark": report.remark.strip()} if report.remark.strip() else {})


def _record(
    portfolio: Portfolio,
    wanted: Mapping[tuple[int, date], tuple[Benefit, dict[str, Any]]],
    by: User,
    at: datetime,
    gesture: UUID | None,
) -> list[Measurement]:
    """Write the measurements that differ from those in force; call it in a transaction."""
    benefits = {benefit.pk: benefit for benefit, _values in wanted.values()}
    _lock(list(benefits))
    in_force = {_key(row): row for row in _of_benefits(Measurement, portfolio, benefits).filter(superseded_by=None)}
    values = {
        key: {"benefit": benefit, "month": key[1], **_completed(stated, in_force.get(key), benefit)}
        for key, (benefit, stated) in wanted.items()
    }
    recorded = {"recorded_at": at, "recorded_by": by, "reported_by": by}
    added = history_add(Measurement, in_force.values(), values, key=_key, recorded=recorded)
    _refuse_months(portfolio, [row for row, _before in added], benefits, timezone.localdate(at))
    changes: defaultdict[int, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for row, before in added:
        changes[row.benefit_id][f"{row.month:%Y-%m}"] = (before.value if before else None, row.value)
    deeds = [Deed("measurement.record", benefits[pk], months) for pk, months in changes.items()]
    record_all(deeds, by=by, at=at, portfolio_id=portfolio.pk, gesture=gesture)
    _requests_answer(portfolio, {_key(row) for row, _before in added}, at)
    refresh(changes, at)
    return [row for row, _before in added]


def _completed(stated: dict[str, Any], before: Measurement | None, benefit: Benefit) -> dict[str, Any]:
    """What is stated, with the source where nothing was said of it.

    What a person has verified stays verified as long as the figure is the same.
    """
    source = before.source if before is not None else benefit.data_source
    is_same = before is not None and before.is_verified and before.value == stated["value"]
    return {"source": source, **stated, "is_verified": stated["is_verified"] or is_same}


def _unverified(portfolio: Portfolio, keys: Collection[tuple[int, date]]) -> list[Measurement]:
    """The measurements in force for these benefits and months that nobody has verified."""
    rows = _of_benefits(Measurement, portfolio, {benefit for benefit, _month in keys})
    rows = rows.filter(superseded_by=None, is_verified=False).select_related("benefit").order_by("pk")
    return [row for row in rows if _key(row) in keys]


def _refuse_months(
    portfolio: Portfolio, added: Sequence[Measurement], benefits: Mapping[int, Benefit], today: date
) -> None:
    """Undo the transaction when a new value falls into a closed month or one to come, or on a retired benefit."""
    closed_until = _closed_until(portfolio.pk)
    refusals = [
        begun_refusal(month, today) or month_refusal(benefits[row.benefit_id], month, closed_until)
        for row in added
        for month in [Month.of(row.month)]
    ]
    problems = [Problem(place, refusal) for place, refusal in enumerate(refusals) if refusal]
    if problems:
        raise CannotReport(problems)


def _requests_answer(portfolio: Portfolio, keys: Collection[tuple[int, date]], at: datetime) -> None:
    """Mark the open requests for these benefits and months as answered."""
    rows = _of_benefits(Request, portfolio, {benefit for benefit, _month in keys}).filter(state="open")
    answered = [pk for pk, *key in rows.values_list("pk", "benefit", "month") if tuple(key) in keys]
    for start in range(0, len(answered), BATCH):
        Request.objects.filter(pk__in=answered[start : start + BATCH]).update(state="answered", answered_at=at)


@dataclass(frozen=True)
class _Judgement:
    """What is said of a measurement: its action in the log, and what the superseding row is."""

    action: str
    is_verified: bool = False
    is_contested: bool = False


_VERIFY = _Judgement("measurement.verify", is_verified=True)
_CONTEST = _Judgement("measurement.contest", is_contested=True)


def _judge(
    portfolio_id: int,
    measurements: Sequence[Measurement],
    judgement: _Judgement,
    by: User,
    at: datetime,
    *,
    gesture: UUID | None = None,
    remark: str = "",
) -> list[Measurement]:
    """Let rows that are verified or contested supersede the present ones; the value and the reporter stay."""
    with transaction.atomic():
        _lock([measurement.benefit_id for measurement in measurements])
        _refuse_judgement(portfolio_id, measurements, by)
        rows = [_judged(before, judgement, remark, by, at) for before in measurements]
        Measurement.objects.bulk_create(rows, batch_size=BATCH)
        changes: defaultdict[Benefit, dict[str, tuple[Any, Any]]] = defaultdict(dict)
        for row in rows:
            changes[row.benefit][f"{row.month:%Y-%m}"] = (row.value, row.value)
        deeds = [Deed(judgement.action, benefit, months, remark) for benefit, months in changes.items()]
        record_all(deeds, by=by, at=at, portfolio_id=portfolio_id, gesture=gesture)
        refresh((row.benefit_id for row in rows), at)
    return rows


def _judged(before: Measurement, judgement: _Judgement, remark: str, by: User, at: datetime) -> Measurement:
    return Measurement(
        benefit=before.benefit,
        month=before.month,
        value=before.value,
        source=before.source,
        remark=remark or before.remark,
        is_verified=judgement.is_verified,
        is_contested=judgement.is_contested,
        reported_by=before.reported_by,
        recorded_at=at,
        recorded_by=by,
        supersedes=before,
    )


def _refuse_judgement(portfolio_id: int, measurements: Sequence[Measurement], by: User) -> None:
    superseded = set(Measurement.objects.filter(supersedes__in=measurements).values_list("supersedes", flat=True))
    closed_until = _closed_until(portfolio_id)
    for measurement in measurements:
        if not may_verify(measurement.reported_by_id or measurement.recorded_by_id, by.pk):
            raise ValidationError(_("You recorded this measurement: another person has to verify it."))
        if measurement.pk in superseded:
            raise ValidationError(_("A later value has superseded this measurement: verify that one."))
        refusal = month_refusal(measurement.benefit, Month.of(measurement.month), closed_until)
        if refusal:
            raise ValidationError(refusal.sentence)


def _closed_until(portfolio_id: int) -> date | None:
    """The last closed month as it stands now; whoever closes months changes the row that this reads."""
    until: date | None = Portfolio.objects.values_list("closed_until", flat=True).get(pk=portfolio_id)
    return until


def _lock(benefits: Sequence[int]) -> None:
    """Let nobody else record for these benefits until the transaction ends, so that each value is superseded once."""
    for start in range(0, len(benefits), BATCH):
        rows = Benefit.objects.select_for_update().filter(pk__in=benefits[start : start + BATCH])
        list(rows.order_by("pk").values_list("pk"))


def _of_benefits(kind: Any, portfolio: Portfolio, benefits: Collection[int]) -> Any:
    """The rows of some benefits; of so many that they cannot be named, all rows of their portfolio."""
    if len(benefits) <= BATCH:
        return kind.objects.filter(benefit__in=benefits)
    return kind.objects.filter(benefit__initiative__portfolio_id=portfolio.pk)


def _key(row: Measurement) -> tuple[int, date]:
    return (row.benefit_id, row.month)
