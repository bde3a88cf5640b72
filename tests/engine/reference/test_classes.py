"""Published figures become distributions that say what was published, and no more."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from openvmo.engine.reference import BaseRate, Dimension, Mean, Mixture, Quantiles, Range, Shape, reference_classes

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

    kink = 1 - shape.tail_share if isinstance(shape, Mixture) else 0.5
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
