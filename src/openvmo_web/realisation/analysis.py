"""Where benefits stand: what was planned, forecast, realised and verified to date (docs/measures/value/realisation.md).

Other rooms that need the same figures take them from here, so that there is one formula for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils import timezone

from openvmo.engine import model
from openvmo.engine.model.kinds import Accrual, Direction
from openvmo.engine.model.schedule import benefit_schedule, money_per_unit, month_gain
from openvmo.engine.quantities import Month
from openvmo_web.benefits.analysis import benefit_record, profile_record
from openvmo_web.benefits.models import Baseline, Benefit, Measurement, Profile, Standing
from openvmo_web.benefits.profile_queries import profiles_in_force
from openvmo_web.benefits.rules import doam
from openvmo_web.common.fields import stored_amount
from openvmo_web.common.merge import BATCH
from openvmo_web.realisation.alarms import announce_decay
from openvmo_web.realisation.amounts import Amounts, amounts_of
from openvmo_web.realisation.models import Arrival, Request, Unverified
from openvmo_web.realisation.rules import LENGTHS, last_full_month, missing_before, reading_of_months
from openvmo_web.realisation.rules_operations import is_decaying, trend

MONTHS_A_YEAR = 12
# So far ahead plans are kept month by month: a financial year that has begun ends within it.
AHEAD = 12


@dataclass(frozen=True)
class Expected:
    """What a profile expects of a benefit, month by month, in the benefit's unit.

    Attributes:
        annual: The likely steady value a year.
        first: The first month of effect, from which on the figures run.
        gains: What each month is expected to bring, from the first one on.
    """

    annual: float
    first: Month
    gains: tuple[float, ...]

    def of(self, month: Month) -> float:
        """Return what a month is expected to bring; nothing before the first, nor after the last that was worked out.

        Args:
            month: The month, not later than the one up to which the figures were worked out.
        """
        place = month - self.first
        return self.gains[place] if 0 <= place < len(self.gains) else 0.0

    def until(self, month: Month) -> float:
        """Return what is expected up to and with a month."""
        return sum(self.gains[: max(month - self.first + 1, 0)])


@dataclass(frozen=True)
class Observed:
    """A measurement in force, as far as sums need it."""

    pk: int
    month: Month
    value: float
    is_verified: bool
    is_contested: bool


def expected_of(row: Profile, until: Month) -> Expected:
    """Return what a profile expects up to and with a month; reads its benefit and its option.

    Months before the portfolio's start count too: what a benefit brought is no sunk cost.
    """
    profile = profile_record(row)
    first = Month.of(row.option.starts) + (row.option.duration + row.offset)
    months = max(until - first + 1, 0)
    shares = benefit_schedule(profile, np.array([-row.offset]), months)[0] if months else np.zeros(0)
    annual = profile.annual.likely
    return Expected(annual, first, tuple((annual * shares).tolist()))


def gains_of(benefit: model.Benefit, observed: Iterable[Observed]) -> dict[Month, float] | None:
    """Return what the measured months brought, in the benefit's unit; None for levels without a baseline."""
    try:
        return {one.month: month_gain(benefit, one.value) for one in observed}
    except ValueError:
        return None


@dataclass(frozen=True)
class Gained:
    """What one month brought, in the benefit's unit."""

    gain: float
    is_verified: bool


def gained_by_month(
    row: Benefit, observed: Sequence[Observed], *, until: Month, first: Month | None
) -> dict[Month, Gained]:
    """Return what each month brought that was measured, or for which a reading of its period stands.

    Args:
        row: The benefit, with its initiative and portfolio.
        observed: The measurements in force, none later than `until`.
        until: The last month that is over.
        first: From when on the benefit is expected; None when no plan names it.

    Returns:
        Months with their gains; empty when levels have no baseline to be compared with.
    """
    gains = gains_of(benefit_record(row), observed) or {}
    verified = {one.month for one in observed if one.is_verified}
    stands = _stands(row, gains, until, first)
    return {month: Gained(gains[reading], reading in verified) for month, reading in stands.items()}


@dataclass(frozen=True)
class Outlook:
    """A benefit as the engine takes it, and what was promised of it; None when nobody has."""

    record: model.Benefit
    expected: Expected | None

    def planned(self, months: Sequence[Month]) -> float | None:
        """Return what a measurement for some months was planned to state; None when nothing says so.

        Args:
            months: Months in a row: a flow is summed over them, a level is that of the last one.
        """
        if self.expected is None:
            return None
        if self.record.accrual is Accrual.FLOW:
            return sum(self.expected.of(month) for month in months)
        return level_expected(self.record, self.expected.of(months[-1]))


def outlooks_of(benefits: Iterable[Benefit], until: Month) -> dict[int, Outlook]:
    """Return what is expected of some benefits, by key: of the newest baseline, else of the plan in force.

    Args:
        benefits: The benefits, with their objectives; as many as a page shows.
        until: The last month that is asked for.
    """
    rows = {benefit.pk: benefit for benefit in benefits}
    profiles = _planned(list(rows))
    profiles |= {row.benefit_id: row.profile for row in _baselines_in_force(list(rows))}
    found = {}
    for key, benefit in rows.items():
        found[key] = Outlook(benefit_record(benefit), _expected(profiles.get(key), until))
    return found


def level_expected(benefit: model.Benefit, gain: float) -> float | None:
    """Return where a measure is expected to stand in a month that is to bring a gain; the inverse of ``month_gain``.

    Args:
        benefit: The benefit.
        gain: What the month is expected to bring.

    Returns:
        The value that a measurement would state; None for a level without baseline or direction.
    """
    if benefit.accrual is Accrual.FLOW:
        return gain
    if benefit.baseline is None or benefit.direction not in (Direction.INCREASE, Direction.DECREASE):
        return None
    yearly = gain * MONTHS_A_YEAR
    return benefit.baseline + (yearly if benefit.direction is Direction.INCREASE else -yearly)


@dataclass(frozen=True)
class Course:
    """How a benefit was promised, is forecast and did arrive, month by month in its unit, as known at a moment.

    Attributes:
        row: The benefit as it was known.
        has_baseline: Whether it has a baseline; without one the plan in force stands in for it.
        planned: What the baseline expects; None when neither a baseline nor a plan names the benefit.
        forecast: What the plan in force expects; None when it does not name the benefit.
        gained: What the measured months brought.
        contested: The months whose measurement is contested.
        factor: Money that one unit is worth, negative for a dis-benefit; None when no value was agreed.
    """

    row: Benefit
    has_baseline: bool
    planned: Expected | None
    forecast: Expected | None
    gained: Mapping[Month, Gained]
    contested: tuple[Month, ...]
    factor: float | None

    @property
    def amounts(self) -> Amounts:
        """The same in money."""
        return amounts_of(self.planned, self.forecast, self.gained, self.factor)


def courses_known(rows: Sequence[Benefit], at: datetime, *, ahead: Month | None = None) -> list[Course]:
    """Return the courses of benefits as known at a moment; those of now add up to their standings.

    Args:
        rows: The benefits as known at that moment, with their initiatives and portfolios.
        at: The moment.
        ahead: The month up to which plans are read; None reads them up to the last month that was over.
    """
    until = last_full_month(timezone.localdate(at))
    keys = [row.pk for row in rows]
    plans = _planned(keys, at)
    baselines = {row.benefit_id: row.profile for row in _baselines_in_force(keys, at)}
    observed = _observed_of(keys, at)
    return [
        _course(row, baselines.get(row.pk), plans.get(row.pk), observed.get(row.pk, ()), until, ahead or until)
        for row in rows
    ]


def _course(
    row: Benefit,
    baseline: Profile | None,
    plan: Profile | None,
    observed: Sequence[Observed],
    until: Month,
    ahead: Month,
) -> Course:
    due = [one for one in observed if one.month <= until]
    planned, forecast = _expected(baseline or plan, ahead), _expected(plan, ahead)
    return Course(
        row=row,
        has_baseline=baseline is not None,
        planned=planned,
        forecast=forecast,
        gained=gained_by_month(row, due, until=until, first=None if planned is None else planned.first),
        contested=tuple(one.month for one in observed if one.is_contested),
        factor=money_per_unit(benefit_record(row)),
    )


def standings_refresh(benefits: Iterable[int], at: datetime) -> None:
    """Work out anew where benefits stand, up to the last month that is over.

    Args:
        benefits: Their keys; call it with many at once, it needs few queries for each 2,000 of them.
        at: Now.
    """
    keys = sorted(set(benefits))
    for start in range(0, len(keys), BATCH):
        _refresh(keys[start : start + BATCH], at)


def standings_refresh_all(portfolio_id: int, at: datetime) -> None:
    """Work out anew where all benefits of a portfolio stand."""
    standings_refresh(Benefit.objects.filter(initiative__portfolio_id=portfolio_id).values_list("pk", flat=True), at)


def standing_as_known(
    row: Benefit, *, planned: Profile | None, forecast: Profile | None, observed: Sequence[Observed], at: datetime
) -> Standing:
    """Return where a benefit stood at a moment, from what was known then; nothing is stored.

    Args:
        row: The benefit as it was known; reads its objective and its initiative.
        planned: The profile of the baseline in force then; None when there was none.
        forecast: The profile in the plan in force then; None when it did not name the benefit.
        observed: The measurements in force then, oldest month first.
        at: The moment.
    """
    until = last_full_month(timezone.localdate(at))
    return _standing(
        _Facts(
            row=row,
            until=until,
            planned=_expected(planned or forecast, until),
            forecast=_expected(forecast, until),
            has_baseline=planned is not None,
            observed=observed,
            reported_at=None,
            asked={},
        )
    )


def is_missing(today: date, path: str = "") -> Q:
    """Return the condition under which a request is missing: open for more than one further period after it was due.

    Args:
        today: Today.
        path: How one gets to the request, such as ``requests__``.
    """
    late = Q()
    for frequency in LENGTHS:
        before = missing_before(frequency, today)
        late |= Q(**{f"{path}benefit__frequency": frequency, f"{path}due_on__lt": before})
    return Q(**{f"{path}state": "open"}) & late


@dataclass(frozen=True)
class _Facts:
    """All that is known of one benefit for its standing."""

    row: Benefit
    until: Month
    planned: Expected | None
    forecast: Expected | None
    has_baseline: bool
    observed: Sequence[Observed]
    reported_at: datetime | None
    asked: Mapping[str, int]

    @cached_property
    def record(self) -> model.Benefit:
        """The benefit as the engine takes it."""
        return benefit_record(self.row)

    @cached_property
    def factor(self) -> float | None:
        """Money that one unit is worth, negative for a dis-benefit; None when no value was agreed."""
        return money_per_unit(self.record)

    @cached_property
    def due(self) -> list[Observed]:
        """What was measured in the months that are over."""
        return [one for one in self.observed if one.month <= self.until]

    @cached_property
    def gained(self) -> dict[Month, Gained]:
        """What the months that are over brought, in the benefit's unit."""
        first = None if self.planned is None else self.planned.first
        return gained_by_month(self.row, self.due, until=self.until, first=first)


def _refresh(keys: Sequence[int], at: datetime) -> None:
    """Write the standings of at most one batch of benefits, and tell of those that began or ceased to fade."""
    today = timezone.localdate(at)
    known = _facts_of(keys, last_full_month(today), today)
    standings = [_standing(facts) for facts in known]
    with transaction.atomic():
        _unverified_refresh(keys, known)
        before = set(Standing.objects.filter(benefit__in=keys, is_decaying=True).values_list("benefit", flat=True))
        Standing.objects.bulk_create(
            standings, update_conflicts=True, unique_fields=["benefit"], update_fields=_WORKED_OUT, batch_size=BATCH
        )
        Arrival.objects.bulk_create(
            [_arrival(facts) for facts in known],
            update_conflicts=True,
            unique_fields=["benefit"],
            update_fields=["portfolio", "is_in_money", "first", "amounts"],
            batch_size=BATCH,
        )
        now = {standing.benefit_id for standing in standings if standing.is_decaying}
        announce_decay(begun=now - before, ended=before - now, at=at)


def _unverified_refresh(keys: Sequence[int], known: Sequence[_Facts]) -> None:
    """Bring what verifiers have to do into line with the measurements in force; a retired benefit asks for nothing."""
    followed = [facts for facts in known if facts.row.state != "retired"]
    wanted = {one.pk: (facts.row, one) for facts in followed for one in facts.observed if not one.is_verified}
    present = set(Unverified.objects.filter(benefit__in=keys).values_list("measurement", flat=True))
    done = sorted(present - wanted.keys())
    for start in range(0, len(done), BATCH):
        Unverified.objects.filter(measurement__in=done[start : start + BATCH]).delete()
    new = [
        Unverified(
            portfolio_id=row.initiative.portfolio_id,
            benefit=row,
            measurement_id=one.pk,
            month=one.month.first_day,
        )
        for pk, (row, one) in wanted.items()
        if pk not in present
    ]
    Unverified.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)


def _facts_of(keys: Sequence[int], until: Month, today: date) -> list[_Facts]:
    rows = Benefit.objects.filter(pk__in=keys).select_related("objective", "initiative__portfolio").order_by("pk")
    plans = _planned(keys)
    baselines = {row.benefit_id: row.profile for row in _baselines_in_force(keys)}
    observed = _observed_of(keys)
    reported = _reported_at(keys)
    asked = _asked_of(keys, today)
    return [
        _Facts(
            row=row,
            until=until,
            planned=_expected(baselines.get(row.pk) or plans.get(row.pk), until + AHEAD),
            forecast=_expected(plans.get(row.pk), until + AHEAD),
            has_baseline=row.pk in baselines,
            observed=observed.get(row.pk, ()),
            reported_at=reported.get(row.pk),
            asked=asked.get(row.pk, {}),
        )
        for row in rows
    ]


def _expected(row: Profile | None, until: Month) -> Expected | None:
    return None if row is None else expected_of(row, until)


def _planned(keys: Sequence[int], at: datetime | None = None) -> dict[int, Profile]:
    """The profiles of the plans in force, now or at a moment, by benefit."""
    rows = profiles_in_force(keys, at).select_related("benefit", "option")
    return {row.benefit_id: row for row in rows}


def _baselines_in_force(keys: Sequence[int], at: datetime | None = None) -> Iterable[Baseline]:
    """The newest baselines; of those that were set until a moment where one is given."""
    known = Q() if at is None else Q(recorded_at__lte=at)
    later = Baseline.objects.filter(known, benefit=OuterRef("benefit"), number__gt=OuterRef("number"))
    rows = Baseline.objects.filter(~Exists(later), known, benefit__in=keys)
    return rows.select_related("profile__benefit", "profile__option")


def _observed_of(keys: Sequence[int], at: datetime | None = None) -> dict[int, list[Observed]]:
    """The measurements in force, now or at a moment, by benefit, oldest month first."""
    found: defaultdict[int, list[Observed]] = defaultdict(list)
    in_force = (
        Q(superseded_by=None)
        if at is None
        else Q(recorded_at__lte=at) & (Q(superseded_by=None) | Q(superseded_by__recorded_at__gt=at))
    )
    rows = Measurement.objects.filter(in_force, benefit__in=keys).order_by("benefit", "month")
    for key, pk, month, value, is_verified, is_contested in rows.values_list(
        "benefit", "pk", "month", "value", "is_verified", "is_contested"
    ).iterator(chunk_size=BATCH):
        found[key].append(Observed(pk, Month.of(month), float(value), is_verified, is_contested))
    return found


def _reported_at(keys: Sequence[int]) -> dict[int, datetime]:
    """When each benefit was last reported on; verifying or contesting reports nothing."""
    rows = Measurement.objects.filter(benefit__in=keys, recorded_by=F("reported_by"))
    return dict(rows.order_by().values_list("benefit").annotate(last=Max("recorded_at")))


def _asked_of(keys: Sequence[int], today: date) -> dict[int, dict[str, int]]:
    """How many measurements of each benefit were due, on time, and are missing; what was waived is left out."""
    answered = Q(state="answered")
    counts = {
        "due": Count("pk", filter=answered | Q(state="open", due_on__lt=today)),
        "on_time": Count("pk", filter=answered & Q(answered_at__date__lte=F("due_on"))),
        "missing": Count("pk", filter=is_missing(today)),
    }
    rows = Request.objects.filter(benefit__in=keys).order_by().values_list("benefit").annotate(**counts)
    return {key: dict(zip(counts, numbers, strict=True)) for key, *numbers in rows}


def _standing(facts: _Facts) -> Standing:
    last = facts.observed[-1] if facts.observed else None
    return Standing(
        benefit=facts.row,
        portfolio_id=facts.row.initiative.portfolio_id,
        until=facts.until.first_day,
        has_baseline=facts.has_baseline,
        annual_planned=_money(facts, None if facts.planned is None else facts.planned.annual),
        annual_forecast=_money(facts, None if facts.forecast is None else facts.forecast.annual),
        planned=_money(facts, None if facts.planned is None else facts.planned.until(facts.until)),
        forecast=_money(facts, None if facts.forecast is None else facts.forecast.until(facts.until)),
        **_realised(facts),
        **{"due": 0, "on_time": 0, "missing": 0, **facts.asked},
        last_month=last and last.month.first_day,
        last_value=last and stored_amount(last.value),
        is_last_verified=last is not None and last.is_verified,
        is_last_contested=last is not None and last.is_contested,
        last_reported_at=facts.reported_at,
        **_direction(facts),
        doam=sum(test.is_passed for test in doam(facts.row.state_values)),
    )


def _money(facts: _Facts, value: float | None) -> Decimal | None:
    """A quantity of the benefit in money; None where either is not known."""
    return None if value is None or facts.factor is None else stored_amount(value * facts.factor)


def _realised(facts: _Facts) -> dict[str, Decimal | None]:
    """What was realised and verified to date; nothing is known of either while nothing was measured."""
    if not facts.gained:
        return {"realised": None, "verified": None}
    return {
        "realised": _money(facts, sum(month.gain for month in facts.gained.values())),
        "verified": _money(facts, sum(month.gain for month in facts.gained.values() if month.is_verified)),
    }


def _arrival(facts: _Facts) -> Arrival:
    amounts = amounts_of(facts.planned, facts.forecast, facts.gained, facts.factor)
    return Arrival(
        benefit=facts.row,
        portfolio_id=facts.row.initiative.portfolio_id,
        is_in_money=facts.factor is not None,
        first=amounts.first.first_day,
        amounts=amounts.packed(),
    )


def _stands(row: Benefit, read: Iterable[Month], until: Month, first: Month | None) -> dict[Month, Month]:
    """Which reading counts for which month: a level that is read once a period stands for all its months."""
    if row.accrual == Accrual.FLOW:
        return {month: month for month in read}
    stands = reading_of_months(read, row.frequency, row.initiative.portfolio.fiscal_year_start)
    return {
        month: reading
        for month, reading in stands.items()
        if month == reading or (month <= until and (first is None or month >= first))
    }


def _direction(facts: _Facts) -> dict[str, Any]:
    """Where the measured months lead, and whether the benefit fades away; a dis-benefit that shrinks is welcome."""
    gains = gains_of(facts.record, facts.due) or {}
    measured = list(gains.values())
    planned = [facts.planned.of(month) for month in gains] if facts.planned else []
    fades = bool(planned) and not facts.row.is_disbenefit and is_decaying(measured, planned)
    return {"trend": trend(measured), "is_decaying": fades}


_WORKED_OUT = [field.name for field in Standing._meta.concrete_fields if field.name not in ("id", "benefit")]
