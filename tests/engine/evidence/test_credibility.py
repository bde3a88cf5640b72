"""How far own cases count: the published formula, its limits, and the mixture."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from openvmo.engine.evidence.credibility import blended, empirical, equivalent_cases
from openvmo.engine.reference import Mean, Quantiles


def drawn(groups: int, size: int, *, between: float, within: float, seed: int = 1) -> list[list[float]]:
    """Ratios of several classes whose logarithms differ by chance within and between."""
    generator = np.random.default_rng(seed)
    means = generator.normal(0, between, groups)
    return [list(np.exp(generator.normal(mean, within, size))) for mean in means]


def test_it_finds_the_variances_that_made_the_cases() -> None:
    # Normal scores keep the proportion of the variances when the logarithms are normal.
    worth = equivalent_cases(drawn(3_000, 20, between=0.2, within=0.4))
    assert worth == pytest.approx(0.4**2 / 0.2**2, rel=0.05)


def test_unequal_classes_are_weighed_by_their_size() -> None:
    groups = drawn(600, 60, between=0.2, within=0.4)
    cut = [group[: 5 + 55 * (number % 2)] for number, group in enumerate(groups)]
    assert equivalent_cases(cut) == pytest.approx(4.0, rel=0.2)


def test_classes_that_do_not_differ_count_for_nothing_apart() -> None:
    assert equivalent_cases([[1.0, 1.2, 1.4], [1.0, 1.2, 1.4]]) == math.inf


@pytest.mark.parametrize("groups", [[], [[1.0, 1.2]], [[1.0], [1.2]], [[1.0, 1.2], []]])
def test_too_few_classes_say_nothing(groups: list[list[float]]) -> None:
    assert equivalent_cases(groups) is None


def test_it_does_not_depend_on_the_unit_or_on_one_great_overrun() -> None:
    groups = drawn(5, 20, between=0.3, within=0.3)
    far = [[*group] for group in groups]
    far[0][far[0].index(max(far[0]))] = 1e6
    top = max(max(group) for group in groups[1:])
    assert equivalent_cases([[3 * ratio for ratio in group] for group in groups]) == equivalent_cases(groups)
    if max(groups[0]) > top:
        assert equivalent_cases(far) == equivalent_cases(groups)


def test_the_curve_through_cases_promises_what_a_further_case_keeps() -> None:
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(2_000):
        cases = np.exp(generator.normal(0, 0.5, 20))
        curve = empirical(cases[:-1].tolist())
        hits += curve.quantile(0.1) <= cases[-1] <= curve.quantile(0.9)
    # Nineteen cases put P10 and P90 on the second and the eighteenth, between which just 80 % of further cases fall.
    assert hits / 2_000 == pytest.approx(0.8, abs=0.03)


def test_a_mixture_has_each_part_with_its_weight() -> None:
    own, wider = Quantiles(0.1, 0.8, 0.9, 1.2), Quantiles(0.1, 1.6, 0.9, 2.4)
    mixed = blended(own, wider, 0.25)
    for level in (0.1, 0.25, 0.5, 0.9):
        factor = mixed.quantile(level)
        below = [norm.cdf((math.log(factor) - shape.mu) / shape.sigma) for shape in (own, wider)]
        assert 0.25 * below[0] + 0.75 * below[1] == pytest.approx(level, abs=0.005)
    assert mixed.mean == pytest.approx(0.25 * own.mean + 0.75 * wider.mean, rel=0.01)


@pytest.mark.parametrize(("weight", "expected"), [(0.0, 2.0), (1.0, 1.0)])
def test_a_weight_of_all_or_nothing_takes_one_part(weight: float, expected: float) -> None:
    assert blended(Mean(1.0), Mean(2.0), weight).quantile(0.5) == expected
