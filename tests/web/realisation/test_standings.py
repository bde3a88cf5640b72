"""Where benefits stand: planned, forecast, realised and verified to date, trend and decay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from openvmo.engine import model
from openvmo.engine.quantities import Estimate, Month
from openvmo_web.access.models import User
from openvmo_web.benefits.actions import plan_record
from openvmo_web.benefits.models import Baseline, Benefit, Measurement, Profile, Standing
from openvmo_web.portfolio.models import Initiative, Portfolio
from openvmo_web.realisation.actions import measurement_record, measurement_verify
from openvmo_web.realisation.analysis import standings_refresh, standings_refresh_all

Figures = tuple[Decimal | None, ...]


def standing_of(benefit: Benefit, at: datetime) -> Standing:
    standings_refresh([benefit.pk], at)
    return Standing.objects.get(benefit=benefit)


def figures(standing: Standing) -> Figures:
    return (standing.planned, standing.forecast, standing.realised, standing.verified)


@pytest.fixture
def record(benefit: Benefit, measurer: User, now: datetime) -> Callable[[str, float], Measurement]:
    def one(month: str, value: float) -> Measurement:
        row = measurement_record(benefit=benefit, month=Month.parse(month), value=value, by=measurer, at=now)
        assert row is not None
        return row

    return one


def test_what_was_planned_runs_up_to_the_last_full_month(benefit: Benefit, now: datetime) -> None:
    standing = standing_of(benefit, now)
    # July 2025 to February 2026 are eight months of 100 each.
    assert (standing.until, standing.planned, standing.forecast) == (date(2026, 2, 1), Decimal(800), Decimal(800))
    assert (standing.annual_planned, standing.annual_forecast, standing.has_baseline) == (1200, 1200, False)


def test_what_was_never_measured_is_not_nought(benefit: Benefit, now: datetime) -> None:
    standing = standing_of(benefit, now)
    assert (standing.realised, standing.verified, standing.last_month, standing.trend) == (None, None, None, None)


def test_it_sums_what_was_measured_and_what_of_it_was_verified(
    benefit: Benefit, record: Callable[[str, float], Measurement], finance: User, now: datetime
) -> None:
    first = record("2026-01", 90.0)
    record("2026-02", 110.0)
    measurement_verify(measurement=first, by=finance, at=now)
    standing = Standing.objects.get(benefit=benefit)
    assert figures(standing) == (800, 800, 200, 90)
    assert (standing.last_month, standing.last_value, standing.is_last_verified) == (date(2026, 2, 1), 110, False)
    assert standing.last_reported_at == now


def test_the_month_that_runs_does_not_count_yet(
    benefit: Benefit, record: Callable[[str, float], Measurement], now: datetime
) -> None:
    record("2026-03", 50.0)
    standing = Standing.objects.get(benefit=benefit)
    assert (standing.realised, standing.last_month) == (None, date(2026, 3, 1))


def test_the_baseline_stays_when_the_forecast_moves(
    benefit: Benefit, alpha: Initiative, owner: User, now: datetime
) -> None:
    profile = Profile.objects.get(benefit=benefit, option__plan=alpha.current_plan)
    Baseline.objects.create(
        benefit=benefit, profile=profile, number=1, reason="Funded", measure={}, recorded_at=now, recorded_by=owner
    )
    later = model.Option(
        id="plan",
        start=Month(2025, 1),
        duration=6,
        profiles=(model.Profile(benefit="ALPHA-B", annual=Estimate(600.0), offset=2),),
    )
    plan_record(initiative=alpha, options=[later], reason="Slower", by=owner, at=now)
    standing = standing_of(benefit, now)
    assert (standing.has_baseline, standing.annual_planned, standing.annual_forecast) == (True, 1200, 600)
    assert (standing.planned, standing.forecast) == (800, 300)


def test_a_disbenefit_counts_negative(
    benefit: Benefit, record: Callable[[str, float], Measurement], now: datetime
) -> None:
    record("2026-01", 90.0)
    Benefit.objects.filter(pk=benefit.pk).update(is_disbenefit=True)
    assert figures(standing_of(benefit, now)) == (-800, -800, -90, 0)


def test_without_a_value_of_its_unit_there_is_no_money(
    benefit: Benefit, record: Callable[[str, float], Measurement], now: datetime
) -> None:
    record("2026-01", 90.0)
    Benefit.objects.filter(pk=benefit.pk).update(kind="quantifiable", unit="hours")
    standing = standing_of(benefit, now)
    assert figures(standing) == (None, None, None, None)
    assert standing.last_value == 90
    Benefit.objects.filter(pk=benefit.pk).update(value_per_unit=20)
    assert figures(standing_of(benefit, now)) == (16_000, 16_000, 1_800, 0)


def test_a_level_counts_a_twelfth_of_its_yearly_gain_for_each_month_of_its_period(
    benefit: Benefit, record: Callable[[str, float], Measurement], now: datetime
) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(
        accrual="level", direction="decrease", baseline=9, unit="GBP a file", value_per_unit=12_000
    )
    record("2025-12", 8.0)
    assert standing_of(benefit, now).realised == 1_000
    Benefit.objects.filter(pk=benefit.pk).update(frequency="quarterly")
    assert standing_of(benefit, now).realised == 3_000
    Benefit.objects.filter(pk=benefit.pk).update(baseline=None)
    assert standing_of(benefit, now).realised is None


def test_it_sees_a_benefit_fade(benefit: Benefit, record: Callable[[str, float], Measurement], now: datetime) -> None:
    months = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
    for month, value in zip(months, (100, 100, 100, 60, 60, 60), strict=True):
        record(month, value)
    standing = Standing.objects.get(benefit=benefit)
    assert (round(standing.trend or 0, 6), standing.is_decaying) == (-0.4, True)


def test_a_disbenefit_that_shrinks_raises_no_alarm(
    benefit: Benefit, record: Callable[[str, float], Measurement], now: datetime
) -> None:
    Benefit.objects.filter(pk=benefit.pk).update(is_disbenefit=True)
    months = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
    for month, value in zip(months, (100, 100, 100, 60, 60, 60), strict=True):
        record(month, value)
    standing = standing_of(benefit, now)
    # The trend is that of the harm.
    assert (round(standing.trend or 0, 6), standing.is_decaying) == (-0.4, False)


def test_all_of_a_portfolio_are_worked_out_in_few_queries(
    benefit: Benefit, portfolio: Portfolio, now: datetime, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        standings_refresh_all(portfolio.pk, now)
    assert Standing.objects.count() == 4
