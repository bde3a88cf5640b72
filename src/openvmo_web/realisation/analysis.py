"""Where benefits stand: what was planned, forecast, realised and verified to date (docs/measures/realisation.md).

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
from openvmo_web.benefits.rules import doam
from openvmo_web.common.fields import stored_amount
from openvmo_web.common.merge import BATCH
from openvmo_web.realisation.alarms import announce_decay
from openvmo_web.realisation.models import Request
from openvmo_web.realisation.rules import LENGTHS, last_full_month, missing_before, reading_of_months
from openvmo_web.realisation.rules_operations import is_decaying, trend

MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Expected:
    """What a profile expects of a benefit, month by month, in the benefit's unit.

    Attributes:
        annual: The likely steady value a year.
        first: The first month that the figures cover: of go-live or of the effect, whichever comes earlier.
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


@dataclass(frozen=True)
class Observed:
    """A measurement in force, as far as sums need it."""

    month: Month
    value: float
    is_verified: bool
    is_contested: bool


def expected_of(row: Profile, until: Month) -> Expected:
    """Return what a profile expects up to and with a month; reads its benefit and its option.

    Months before the portfolio's start count too: what a benefit brought is no sunk cost.
    """
    profile = profile_record(row)
    go_live = Month.of(row.option.starts) + row.option.duration
    first = go_live + min(row.offset, 0)
    months = max(until - first + 1, 0)
    shares = benefit_schedule(profile, np.array([go_live - first]), months)[0] if months else np.zeros(0)
    annual = profile.annual.likely
    return Expected(annual, first, tuple((annual * shares).tolist()))


def gains_of(benefit: model.Benefit, observed: Iterable[Observed]) -> dict[Month, float] | None:
    """Return what the measured months brought, in the benefit's unit; None for levels without a baseline."""
    try:
        return {one.month: month_gain(benefit, one.value) for one in observed}
    except ValueError:
        return None


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


def _refresh(keys: Sequence[int], at: datetime) -> None:
    """Write the standings of at most one batch of benefits, and tell of those that began or ceased to fade."""
    today = timezone.localdate(at)
    standings = [_standing(facts) for facts in _facts_of(keys, last_full_month(today), today)]
    with transaction.atomic():
        before = set(Standing.objects.filter(benefit__in=keys, is_decaying=True).values_list("benefit", flat=True))
        Standing.objects.bulk_create(
            standings, update_conflicts=True, unique_fields=["benefit"], update_fields=_WORKED_OUT, batch_size=BATCH
        )
        now = {standing.benefit_id for standing in standings if standing.is_decaying}
        announce_decay(begun=now - before, ended=before - now, at=at)


def _facts_of(keys: Sequence[int], until: Month, today: date) -> list[_Facts]:
    rows = Benefit.objects.filter(pk__in=keys).select_related("objective", "initiative__portfolio").order_by("pk")
    plans = {row.benefit_id: row for row in _profiles_in_force(keys)}
    baselines = {row.benefit_id: row.profile for row in _baselines_in_force(keys)}
    observed = _observed_of(keys)
    reported = _reported_at(keys)
    asked = _asked_of(keys, today)
    return [
        _Facts(
            row=row,
            until=until,
            planned=_expected(baselines.get(row.pk) or plans.get(row.pk), until),
            forecast=_expected(plans.get(row.pk), until),
            has_baseline=row.pk in baselines,
            observed=observed.get(row.pk, ()),
            reported_at=reported.get(row.pk),
            asked=asked.get(row.pk, {}),
        )
        for row in rows
    ]


def _expected(row: Profile | None, until: Month) -> Expected | None:
    return None if row is None else expected_of(row, until)


def _profiles_in_force(keys: Sequence[int]) -> Iterable[Profile]:
    """The profiles of the first options of the plans in force."""
    rows = Profile.objects.filter(benefit__in=keys, option__position=0, option__plan__current_of__isnull=False)
    return rows.select_related("benefit", "option")


def _baselines_in_force(keys: Sequence[int]) -> Iterable[Baseline]:
    later = Baseline.objects.filter(benefit=OuterRef("benefit"), number__gt=OuterRef("number"))
    rows = Baseline.objects.filter(~Exists(later), benefit__in=keys)
    return rows.select_related("profile__benefit", "profile__option")


def _observed_of(keys: Sequence[int]) -> dict[int, list[Observed]]:
    """The measurements in force, by benefit, oldest month first."""
    found: defaultdict[int, list[Observed]] = defaultdict(list)
    rows = Measurement.objects.filter(benefit__in=keys, superseded_by=None).order_by("benefit", "month")
    for key, month, value, is_verified, is_contested in rows.values_list(
        "benefit", "month", "value", "is_verified", "is_contested"
    ).iterator(chunk_size=BATCH):
        found[key].append(Observed(Month.of(month), float(value), is_verified, is_contested))
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
        planned=_money(facts, None if facts.planned is None else sum(facts.planned.gains)),
        forecast=_money(facts, None if facts.forecast is None else sum(facts.forecast.gains)),
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
    gains = gains_of(facts.record, facts.due)
    if not gains:
        return {"realised": None, "verified": None}
    stands = _stands(facts, gains)
    verified = {one.month for one in facts.due if one.is_verified}
    return {
        "realised": _money(facts, sum(gains[reading] for reading in stands.values())),
        "verified": _money(facts, sum(gains[reading] for reading in stands.values() if reading in verified)),
    }


def _stands(facts: _Facts, gains: Mapping[Month, float]) -> dict[Month, Month]:
    """Which reading counts for which month: a level that is read once a period stands for all its months."""
    if facts.record.accrual is Accrual.FLOW:
        return {month: month for month in gains}
    stands = reading_of_months(gains, facts.row.frequency, facts.row.initiative.portfolio.fiscal_year_start)
    first = facts.planned.first if facts.planned else None
    return {
        month: reading
        for month, reading in stands.items()
        if month == reading or (month <= facts.until and (first is None or month >= first))
    }


def _direction(facts: _Facts) -> dict[str, Any]:
    """Where the measured months lead, and whether the benefit fades away."""
    gains = gains_of(facts.record, facts.due) or {}
    measured = list(gains.values())
    planned = [facts.planned.of(month) for month in gains] if facts.planned else []
    return {"trend": trend(measured), "is_decaying": bool(planned) and is_decaying(measured, planned)}


_WORKED_OUT = [field.name for field in Standing._meta.concrete_fields if field.name not in ("id", "benefit")]
