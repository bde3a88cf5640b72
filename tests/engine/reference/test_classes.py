"""Published figures become distributions that say what was published, and no more."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from openvmo.engine.reference import (
    BaseRate,
    Curve,
    Dimension,
    Mean,
    Mixture,
    Quantiles,
    Range,
    Shape,
    Split,
    published_statements,
    reference_classes,
)

RATES = [
    pytest.param(rate, id=f"{known.id}-{dimension}")
    for known in reference_classes().values()
    for dimension, rate in known.rates.items()
]


def mean_by_integration(shape: Shape) -> float:
    """Expected factor, by integrating over the probabilities; the tail is integrated apart."""

    def factor(probability: float) -> float:
        return float(shape.factors(np.array([norm.ppf(probability)]))[0])

    def upper(exceedance: float) -> float:
        return float(shape.factors(np.array([norm.isf(exceedance)]))[0])

    kink = 1 - shape.tail_share if isinstance(shape, Mixture | Split) else 0.5
    return float(quad(factor, 0, kink, limit=200)[0] + quad(upper, 0, 1 - kink, limit=200)[0])


@pytest.mark.parametrize("rate", RATES)
def test_every_figure_names_its_source(rate: BaseRate) -> None:
    assert rate.source
    assert rate.url.startswith("http")


@pytest.mark.parametrize("rate", RATES)
def test_every_shape_has_the_mean_that_it_says(rate: BaseRate) -> None:
    shape = rate.shape
    assert mean_by_integration(shape) == pytest.approx(shape.mean, rel=1e-6)
    assert shape.mean > 0


@pytest.mark.parametrize("rate", RATES)
def test_every_shape_rises_with_the_score(rate: BaseRate) -> None:
    factors = rate.shape.factors(np.linspace(-8, 8, 401))
    assert np.isfinite(factors).all()
    assert (np.diff(factors) >= 0).all()
    assert (factors >= 0).all()


def test_information_technology_has_its_published_tail() -> None:
    shape = reference_classes()["it"].shape(Dimension.COST)
    assert shape == Mixture(1.73, 0.18, 1.5, 5.47)
    factors = shape.factors(norm.ppf((np.arange(200_000) + 0.5) / 200_000))
    assert np.mean(factors > 1.5) == pytest.approx(0.18, abs=1e-5)
    assert factors[factors > 1.5].mean() == pytest.approx(5.47, rel=1e-3)


def test_roads_pass_through_both_published_quantiles() -> None:
    shape = reference_classes()["roads"].shape(Dimension.COST)
    assert isinstance(shape, Quantiles)
    assert shape.factors(norm.ppf([0.5, 0.8])) == pytest.approx([1.15, 1.32], rel=1e-12)


def test_the_study_of_2011_says_how_many_went_how_far() -> None:
    shape = reference_classes()["it_2011"].shape(Dimension.COST)
    assert shape == Split(1.27, 1 / 6, 3.0)
    factors = shape.factors(norm.ppf((np.arange(60_000) + 0.5) / 60_000))
    assert np.mean(factors == 3.0) == pytest.approx(1 / 6, abs=1e-4)
    assert factors.mean() == pytest.approx(1.27, rel=1e-4)


def test_uplifts_at_many_confidences_are_a_curve_through_all_of_them() -> None:
    rate = reference_classes()["rail_2004"].rates[Dimension.COST]
    assert isinstance(rate.shape, Curve)
    assert [rate.shape.quantile(level) for level in (0.5, 0.6, 0.7, 0.8, 0.9)] == pytest.approx(
        [1.40, 1.45, 1.51, 1.57, 1.68]
    )
    assert not rate.is_confirmed
    assert "check before quoting" in rate.note


def test_figures_that_were_read_are_told_from_those_that_were_recalled() -> None:
    recalled = [known.id for known in reference_classes().values() for r in known.rates.values() if not r.is_confirmed]
    assert recalled == ["roads_2004", "rail_2004", "fixed_links_2004"]


def test_every_statement_names_its_source() -> None:
    assert len(published_statements()) == 5
    for statement in published_statements():
        assert statement.source
        assert statement.url.startswith("http")


@pytest.mark.parametrize("rate", RATES)
def test_a_table_over_scores_keeps_the_mean(rate: BaseRate) -> None:
    knots = np.arange(-128, 129) * norm.ppf(0.9) / 32
    middles = norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    read = np.interp(middles, knots, rate.shape.table(knots))
    # Between two knots a jump is read as a slope.
    assert read.mean() == pytest.approx(rate.shape.mean, rel=1e-2 if isinstance(rate.shape, Split) else 2e-3)


def test_a_range_is_uniform_between_its_bounds() -> None:
    assert Range(1.1, 3.0).factors(norm.ppf([0.0, 0.5, 1.0])) == pytest.approx([1.1, 2.05, 3.0])


def test_a_mean_alone_adds_no_spread() -> None:
    assert not Mean(1.39).has_spread
    assert Mean(1.39).factors(np.array([-3.0, 3.0])).tolist() == [1.39, 1.39]


@pytest.mark.parametrize(
    "figures", [(1.73, 0.0, 1.5, 5.47), (1.73, 0.18, 1.5, 1.4), (1.73, 0.5, 1.5, 5.47), (3.0, 0.1, 1.5, 2.0)]
)
def test_it_refuses_figures_that_make_no_distribution(figures: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="tail"):
        Mixture(*figures)


def test_a_class_can_be_sent_to_another_process() -> None:
    known = reference_classes()["it"]
    assert pickle.loads(pickle.dumps(known)) == known


@pytest.mark.real
def test_the_public_procurement_bounds_are_those_published(shared_data: Path) -> None:
    published = json.loads((shared_data / "evm/optimism_bias_uplifts.json").read_text())["table"]
    for name, bounds in published.items():
        known = reference_classes()[name.lower().replace("-", "_").replace(" ", "_").replace("/", "_")]
        cost = bounds.get("capex") or bounds["opex"]
        assert known.shape(Dimension.COST) == Range(1 + cost["lower"] / 100, 1 + cost["upper"] / 100)
        if bounds["works_duration"]:
            works = bounds["works_duration"]
            assert known.shape(Dimension.DURATION) == Range(1 + works["lower"] / 100, 1 + works["upper"] / 100)


@pytest.mark.real
def test_the_recalled_uplifts_are_those_of_the_data(shared_data: Path) -> None:
    known = json.loads((shared_data / "evm/reference_class_forecasting.json").read_text())["recalled_not_reread"]
    for name, uplifts in known["uplift"].items():
        shape = reference_classes()[f"{name.lower().replace(' ', '_')}_2004"].shape(Dimension.COST)
        assert isinstance(shape, Curve)
        assert shape.probabilities == tuple(int(level) / 100 for level in uplifts)
        assert shape.values == pytest.approx([1 + value / 100 for value in uplifts.values()])
