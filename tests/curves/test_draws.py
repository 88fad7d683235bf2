"""A law with its doubt: draws against the distribution they come from, the curve against what a release can be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.curves import composite
from formulate.curves.draws import (
    coordinates,
    in_coordinates,
    independent_steps,
    law_draws,
    law_released,
    require_domain,
)
from formulate.curves.library import model, models
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
    with pytest.raises(DomainError, match=r"release at time 2 = inf; need a law that is finite at every time"):
        law_released(broken, [[1.0]], [0.0, 2.0])


@pytest.mark.parametrize("variance", [1e6, 1e150, 1e300])
@pytest.mark.parametrize("law", ["weibull_2", "weibull_4", "first_order_fmax", "logistic_3"])
def test_a_doubt_wider_than_any_law_allows_still_draws_releases(law, variance):
    # numpy's warnings are errors here
    curve = model(law)
    values = [0.5 if "{t}" in parameter.unit else 0.7 for parameter in curve.parameters]
    drawn = law_draws(curve, values, variance * np.eye(len(values)), scores(64, len(values)), 336.0)
    assert drawn.moved > 0.5
    assert np.isfinite(drawn.values).all()
    released = law_released(curve, drawn.values, [0.0, 1.0, 336.0]).released
    assert ((released >= 0.0) & (released <= 1.0)).all()


@pytest.mark.parametrize("law", ["korsmeyer_peppas_tlag", "peppas_sahlin_1"])
def test_a_doubt_so_wide_that_a_power_of_time_is_no_number_is_refused_in_words(law):
    curve = model(law)
    values = [0.5 if "{t}" in parameter.unit else 0.7 for parameter in curve.parameters]
    drawn = law_draws(curve, values, 1e300 * np.eye(3), scores(64, 3), 336.0)
    with pytest.raises(DomainError, match="need a law that is finite at every time"):
        law_released(curve, drawn.values, [0.0, 1.0, 336.0])


def test_a_doubt_is_carried_to_logarithms_where_the_square_of_a_slope_is_no_number():
    tiny = model("weibull_2")
    assert in_coordinates(tiny, [1e-200, 1.0], np.zeros((2, 2))).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert in_coordinates(tiny, [1e-140, 1.0], np.diag([1e-282, 0.04])) == pytest.approx(np.diag([0.01, 0.04]))
    with pytest.raises(DomainError, match="covariance over the square of a parameter = inf"):
        in_coordinates(tiny, [1e-200, 1.0], np.eye(2))


@pytest.mark.parametrize(
    ("law", "values", "longest", "problem"),
    [
        ("weibull_2", [3.0, 500.0], 14.0, "beta = 500; need 1e-06 to 100"),
        ("weibull_2", [3.0, 1e308], 14.0, r"beta = 1e\+308; need 1e-06 to 100"),
        (
            "first_order_tlag",
            [0.1, 30.0],
            14.0,
            r"Tlag = 30; need -1000 to 1 \(2.14286 with time in units of the last, 14",
        ),
        ("korsmeyer_peppas", [-1.0, 0.5], 4.0, r"kKP = -1; need >= 0 \(-2 with time"),
    ],
)
def test_what_a_law_cannot_take_is_refused(law, values, longest, problem):
    with pytest.raises(DomainError, match=problem):
        require_domain(model(law), values, longest)


def test_the_ends_of_a_domain_are_taken_though_the_last_time_is_rounded():
    lag = model("first_order_tlag")
    assert require_domain(lag, [0.1, 14.0 / 3.0], 4.66666666667).tolist() == [0.1, 14.0 / 3.0]


def test_no_unit_of_time_makes_a_law_raise():
    for law in models():
        assert law.rescaled is not None
        for longer in (1e-300, 1e300):
            assert len(law.rescaled(longer, *[50.0] * len(law.names))) == len(law.names)
    with np.errstate(all="ignore"):
        assert np.shape(composite.weibull_slopes(np.array([1.0]), 0.0, 2.0)[1]) == (1,)
