"""A law with its doubt: draws against the distribution they come from, the curve against what a release can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.curves.draws import coordinates, independent_steps, law_draws, law_released
from formulate.curves.library import model
from formulate.curves.model import Model, Parameter
from formulate.sampling import Draws
from materials.errors import DomainError

WEIBULL = model("weibull_2")
VALUES = np.array([3.0, 0.7])
COVARIANCE = np.array([[0.09, 0.009], [0.009, 0.0016]])


def scores(count: int, parameters: int = 2) -> np.ndarray:
    draws = Draws(count, 7)
    return np.stack([draws.standard_normal(f"score.{i}") for i in range(parameters)])


def test_the_logarithms_of_the_draws_have_the_covariance_to_first_order():
    drawn = np.log(law_draws(WEIBULL, VALUES, COVARIANCE, scores(4096), 14.0).values)
    assert np.median(drawn, axis=1) == pytest.approx(np.log(VALUES), abs=0.003)
    # the delta method, by hand: variances (0.3/3)^2 and (0.04/0.7)^2, correlation 0.009/(0.3 * 0.04)
    assert drawn.std(axis=1) == pytest.approx([0.1, 0.04 / 0.7], rel=0.02)
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(0.75, abs=0.02)


def test_without_doubt_every_draw_is_the_fit():
    drawn = law_draws(WEIBULL, VALUES, np.zeros((2, 2)), scores(64), 14.0)
    assert drawn.values == pytest.approx(np.repeat(VALUES[:, None], 64, axis=1), rel=1e-12)
    assert drawn.moved == 0.0


def test_a_parameter_beyond_what_it_may_be_is_held_at_the_end_and_counted():
    plateau = model("first_order_fmax")  # Fmax may not be below zero
    drawn = law_draws(plateau, [0.1, 20.0], np.diag([0.0, 400.0]), scores(4096), 10.0)
    assert drawn.values[1].min() == 0.0
    assert drawn.moved == pytest.approx(0.1587, abs=0.001)  # the share of a normal law beyond one standard deviation


@given(st.lists(st.integers(-200, 200), min_size=9, max_size=9), st.integers(0, 2))
def test_steps_give_back_the_covariance_even_where_it_is_of_lower_rank(numbers, rank):
    factor = np.array(numbers).reshape(3, 3)[:, : rank + 1] / 100.0
    covariance = factor @ factor.T
    steps = independent_steps(covariance)
    assert steps @ steps.T == pytest.approx(covariance, abs=1e-6 * (1.0 + np.diag(covariance).max()))
    assert (np.triu(steps, 1) == 0).all()


@pytest.mark.parametrize(
    ("covariance", "problem"),
    [
        ([[1.0, 0.5], [0.4, 1.0]], "above and below the diagonal"),
        ([[-1.0]], "variance = -1; need >= 0"),
        ([[1.0, 2.0], [2.0, 1.0]], "correlations can hold together"),
        ([[0.0, 1.0], [1.0, 1.0]], "the same|hold together"),
        ([[np.nan]], "finite numbers"),
    ],
)
def test_what_is_no_covariance_is_refused(covariance, problem):
    with pytest.raises(DomainError, match=problem):
        independent_steps(covariance)


def test_a_rate_that_is_not_above_zero_has_no_logarithm():
    with pytest.raises(DomainError, match=r"k1 = 0; need > 0"):
        coordinates(model("first_order"), [0.0])


@given(st.sampled_from(["zero_order", "weibull_2", "korsmeyer_peppas", "makoid_banakar", "logistic_1", "higuchi_f0"]))
def test_a_release_starts_in_bounds_never_falls_and_never_passes_the_dose(law):
    chosen = model(law)
    near = {"makoid_banakar": (30.0, 0.8, 0.2), "logistic_1": (-3.0, 4.0), "weibull_2": (3.0, 0.7)}
    values = np.array(near.get(law, (40.0, 0.5, 0.1)))[: len(chosen.parameters), None]
    found = law_released(chosen, values, np.geomspace(1e-3, 100.0, 60)).released
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    assert (np.diff(found) >= 0.0).all()


def test_a_law_that_peaks_is_held_there():
    # kMB t^n exp(-k t) peaks at t = n/k = 4 (the derivative by hand)
    found = law_released(model("makoid_banakar"), [[30.0], [0.8], [0.2]], [1.0, 4.0, 20.0])
    assert found.released[0, 1] == found.released[0, 2]
    assert found.released[0, 1] == pytest.approx(0.3 * 4**0.8 * np.exp(-0.8))
    assert found.risen == 1.0
    assert found.cut == 0.0


def test_a_law_that_passes_the_dose_is_cut_and_counted():
    found = law_released(model("zero_order"), [[10.0, 1.0]], [0.0, 20.0])
    assert found.released[:, 1].tolist() == [1.0, 0.2]
    assert found.cut == 0.5


def test_a_law_without_a_value_is_refused():
    broken = Model("x", "x", "x", (Parameter("k", "", ""),), lambda t, k: k / np.where(t > 1, 0.0, 1.0), lambda t, k: t)
    with np.errstate(all="ignore"), pytest.raises(DomainError, match="finite at every time"):
        law_released(broken, [[1.0]], [0.0, 2.0])
