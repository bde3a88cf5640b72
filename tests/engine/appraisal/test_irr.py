"""Internal rate of return."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import pyxirr

from openvmo.engine.appraisal import AppraisalError, NoRateError, SeveralRatesError, irr, irr_many, npv


def rates_by_eigenvalues(flows: np.ndarray) -> np.ndarray:
    """Every rate above -100 %, from the eigenvalues of the companion matrix."""
    growth = np.roots(np.trim_zeros(flows))
    real = growth[(np.abs(growth.imag) < 1e-9 * np.abs(growth)) & (growth.real > 0)].real
    return np.sort(real - 1)


def test_it_reproduces_the_page() -> None:
    assert irr([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]) == pytest.approx(0.0866309480, abs=1e-10)


def test_it_finds_the_rate_of_one_year() -> None:
    assert irr([-100, 125]) == pytest.approx(0.25, rel=1e-14)


def test_it_takes_a_loan_as_well_as_an_investment() -> None:
    assert irr([100, -125]) == pytest.approx(0.25, rel=1e-14)


def test_it_finds_negative_rates() -> None:
    assert irr([-100, 0, 0, 74]) == pytest.approx(0.74 ** (1 / 3) - 1, rel=1e-12)


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-1.0, 1e-11], -0.99999999999),
        ([-1.0, 1e200], 1e200),
        ([-1e-300, 1.1e-300], 0.1),
        ([-1e300, 1.1e300], 0.1),
        ([-100.0, *[0.0] * 479, 1e9], 1e7 ** (1 / 480) - 1),
    ],
)
def test_it_finds_rates_however_far_out(flows: list[float], rate: float) -> None:
    assert irr(flows) == pytest.approx(rate, rel=1e-9)


def test_it_names_every_rate_when_there_are_several() -> None:
    with pytest.raises(SeveralRatesError) as refusal:
        irr([-100, 230, -132])
    assert refusal.value.rates == pytest.approx((0.1, 0.2), rel=1e-9)
    assert str(refusal.value) == (
        "2 rates bring the net present value to zero (10.0000%, 20.0000%), because the flows change sign "
        "more than once: compare by net present value instead."
    )


def test_its_refusal_survives_a_process_border() -> None:
    refusal = pickle.loads(pickle.dumps(SeveralRatesError((0.1, 0.2))))
    assert (refusal.rates, str(refusal)) == ((0.1, 0.2), str(SeveralRatesError((0.1, 0.2))))


def test_it_names_rates_that_lie_close_together() -> None:
    with pytest.raises(SeveralRatesError) as refusal:
        irr(np.polymul([-1.0, 1.10], [100.0, -110.001]))
    assert refusal.value.rates == pytest.approx((0.10, 0.10001), rel=1e-8)


def test_it_names_rates_on_both_sides_of_zero() -> None:
    with pytest.raises(SeveralRatesError) as refusal:
        irr(np.polymul([-1.0, 1.0], np.polymul([1.0, -0.5], [1.0, -3.0])))
    assert refusal.value.rates == pytest.approx((-0.5, 0.0, 2.0), abs=1e-12)


def test_a_value_that_touches_zero_is_one_rate() -> None:
    assert irr([-100, 220, -121]) == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize("flows", [[-100, 220, -121.000_001], [-100, 50, -100]])
def test_a_value_that_stays_below_zero_has_no_rate(flows: list[float]) -> None:
    with pytest.raises(NoRateError):
        irr(flows)


@pytest.mark.parametrize("flows", [[-100.0, 60.0, 40.0], [-0.1, 0.3, -0.2, 0.1, -0.1], [0.0, 5.0, -10.8, 5.8]])
def test_flows_that_add_up_to_nothing_have_the_rate_zero(flows: list[float]) -> None:
    counts = irr_many([flows]).counts[0]
    zeros = [irr(flows)] if counts == 1 else list(_several(flows))
    assert [rate for rate in zeros if abs(rate) < 1e-15] == [0.0]


def test_it_finds_a_single_rate_behind_several_changes_of_sign() -> None:
    assert irr([-100, 60, -10, 90]) == pytest.approx(pyxirr.irr([-100, 60, -10, 90]), rel=1e-9)


@pytest.mark.parametrize("flows", [[1, 2, 3], [-1, -2, -3], [0, 0], [-100, 50, -100], [5]])
def test_it_says_when_there_is_no_rate(flows: list[float]) -> None:
    with pytest.raises(NoRateError, match="no rate brings the net present value to zero"):
        irr(flows)


def test_zeros_around_the_flows_change_nothing() -> None:
    assert irr([0, 0, -100, 39, 59, 55, 20, 0, 0]) == pytest.approx(irr([-100, 39, 59, 55, 20]), rel=1e-12)


def test_it_counts_the_rates_of_many_series() -> None:
    many = irr_many([[-100, 110, 0], [100, 110, 0], [-100, 230, -132], [0, 0, 0]])
    assert many.counts.tolist() == [1, 0, 2, 0]
    assert many.rates[0] == pytest.approx(0.1)
    assert np.isnan(many.rates[1:]).all()


def test_it_takes_no_series_at_all() -> None:
    many = irr_many(np.zeros((0, 3)))
    assert (many.rates.tolist(), many.counts.tolist()) == ([], [])


def test_it_agrees_with_another_library_on_many_series() -> None:
    random = np.random.default_rng(2)
    flows = np.hstack([-random.uniform(50, 500, (5_000, 1)), random.uniform(0, 40, (5_000, 40))])
    many = irr_many(flows)
    assert many.counts.tolist() == [1] * 5_000
    assert many.rates[:500] == pytest.approx([pyxirr.irr(list(row)) for row in flows[:500]], abs=1e-9)
    assert np.abs((flows / (1 + many.rates[:, None]) ** np.arange(41)).sum(axis=1)).max() < 1e-8


@pytest.mark.parametrize("periods", [3, 5, 9, 16])
def test_it_finds_every_rate_that_the_eigenvalues_show(periods: int) -> None:
    random = np.random.default_rng(periods)
    flows = np.round(random.normal(0, 10, (400, periods)), 1)
    flows[random.random(flows.shape) < 0.2] = 0.0
    expected = [rates_by_eigenvalues(row) for row in flows]
    assert irr_many(flows).counts.tolist() == [rates.size for rates in expected]
    for row, rates in zip(flows, expected, strict=True):
        if rates.size > 1:
            assert _several(row) == pytest.approx(rates, rel=1e-7, abs=1e-9)


def test_it_settles_on_long_monthly_series() -> None:
    flows = np.zeros(480)
    flows[:36], flows[60:] = -100.0, 20.0
    assert npv(irr(flows), flows) == pytest.approx(0.0, abs=1e-7)


def test_it_sends_tables_to_the_other_function() -> None:
    with pytest.raises(AppraisalError, match="use irr_many"):
        irr(np.ones((2, 2)))
    with pytest.raises(AppraisalError, match="series, periods"):
        irr_many([1.0, 2.0])


def _several(flows: list[float] | np.ndarray) -> tuple[float, ...]:
    with pytest.raises(SeveralRatesError) as refusal:
        irr(flows)
    return refusal.value.rates
