"""Runs, Cook's distance and lack of fit: counted orders, leaving one out, nested models."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from formulate.fitting.residuals import (
    cooks_distance,
    lack_of_fit_probability,
    outlier_probability,
    runs_probability,
)
from materials.errors import DomainError


def runs(signs) -> int:
    return sum(1 for _ in itertools.groupby(signs))


@pytest.mark.parametrize(
    "signs", [(1, 1, 1, -1, -1), (1, -1, 1, -1, 1), (1, 1, -1, -1, 1, 1), (1, -1), (-1, 1, 1, 1, 1)]
)
def test_runs_are_those_of_all_orders(signs):
    orders = set(itertools.permutations(signs))
    few = sum(runs(order) <= runs(signs) for order in orders)
    assert runs_probability(signs) == pytest.approx(few / len(orders))


def test_residuals_of_one_sign_say_nothing_and_zeros_are_left_out():
    assert runs_probability([1.0, 2.0, 3.0]) == 1.0
    assert runs_probability([]) == 1.0
    assert runs_probability([1.0, 0.0, 1.0, -1.0, -1.0]) == runs_probability([1, 1, -1, -1])
    with pytest.raises(DomainError, match="residual = nan"):
        runs_probability([1.0, math.nan])


@settings(max_examples=25)
@given(st.integers(4, 9), st.integers(0, 1000))
def test_cooks_distance_is_that_of_leaving_a_reading_out(count, seed):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(count), rng.uniform(0, 10, count)])
    observed = rng.uniform(0, 100, count)
    values = np.linalg.lstsq(design, observed)[0]
    residuals = observed - design @ values
    variance = residuals @ residuals / (count - 2)
    distance, leverage = cooks_distance(design.T, residuals)
    assert leverage.sum() == pytest.approx(2.0)
    for index in range(count):
        kept = np.arange(count) != index
        without = np.linalg.lstsq(design[kept], observed[kept])[0]
        moved = design @ (values - without)
        assert distance[index] == pytest.approx(moved @ moved / (2 * variance), rel=1e-6, abs=1e-9)


@settings(max_examples=25)
@given(st.integers(5, 9), st.integers(0, 1000))
def test_an_outlier_is_told_by_what_a_parameter_of_its_own_would_gain(count, seed):
    # the test of a deleted residual is that of one more parameter for that reading alone
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(count), rng.uniform(0, 10, count)])
    observed = rng.uniform(0, 100, count)
    residuals = observed - design @ np.linalg.lstsq(design, observed)[0]
    _, leverage = cooks_distance(design.T, residuals)
    chances = []
    for index in range(count):
        kept = np.arange(count) != index
        rest = observed[kept] - design[kept] @ np.linalg.lstsq(design[kept], observed[kept])[0]
        gain = residuals @ residuals - rest @ rest
        chances.append(stats.f.sf(gain / (rest @ rest / (count - 3)), 1, count - 3))
    assert outlier_probability(residuals, leverage) == pytest.approx(min(1.0, count * min(chances)), rel=1e-6)


def test_an_outlier_needs_freedom_and_residuals():
    assert math.isnan(outlier_probability(np.array([1.0, -1.0]), np.array([0.5, 0.5])))
    assert math.isnan(outlier_probability(np.zeros(5), np.full(5, 0.2)))
    assert outlier_probability(np.array([0.0, 0, 0, 0, 8]), np.array([0.25, 0.25, 0.25, 0.25, 0])) == 0.0


def test_a_reading_that_alone_fixes_a_parameter_has_no_bound():
    design = np.array([[1.0, 1, 1, 0], [0, 0, 0, 1]])
    distance, leverage = cooks_distance(design, np.array([1.0, -1, 0, 0]))
    assert leverage[3] == pytest.approx(1.0)
    assert distance[3] == math.inf


def test_no_freedom_gives_no_distance():
    distance, _ = cooks_distance(np.eye(2), np.zeros(2))
    assert np.isnan(distance).all()
    with pytest.raises(DomainError, match="slope"):
        cooks_distance(np.array([[math.nan, 1.0]]), np.zeros(2))


def test_lack_of_fit_is_the_comparison_with_one_mean_for_each_time():
    rng = np.random.default_rng(5)
    time = np.repeat([1.0, 2, 4, 8], 3)
    observed = 10 * np.sqrt(time) + rng.standard_normal(12)
    line = np.column_stack([np.ones(12), time])
    means = np.equal.outer(time, np.unique(time)).astype(float)
    small, large = (float(np.linalg.lstsq(design, observed)[1][0]) for design in (line, means))
    expected = stats.f.sf((small - large) / 2 / (large / 8), 2, 8)
    residuals = observed - line @ np.linalg.lstsq(line, observed)[0]
    found = lack_of_fit_probability(time, observed, residuals, np.ones(12), 2)
    assert found == pytest.approx(expected)
    assert found < 0.05
    root = np.full(12, 3.0)  # a common weight changes nothing
    assert lack_of_fit_probability(time, root * observed, root * residuals, root, 2) == pytest.approx(expected)


def test_lack_of_fit_needs_replicates_that_scatter_and_more_times_than_parameters():
    one = np.ones(4)
    assert math.isnan(lack_of_fit_probability(np.arange(4.0), one, one, one, 1))
    assert math.isnan(lack_of_fit_probability(np.array([1.0, 1, 2, 2]), one, one, one, 1))
    assert math.isnan(lack_of_fit_probability(np.array([1.0, 1, 2, 2]), np.array([1.0, 2, 1, 2]), one, one, 2))
