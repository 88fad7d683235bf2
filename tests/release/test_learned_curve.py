"""The learned release curve: bounds, order, limits of its equation, and its derivatives against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.release.learned.curve import DAY, released, slopes, values
from formulate.release.learned.laplace import as_observation, modes, precision, side_by_side
from materials.errors import DomainError

NUMBERS = st.lists(st.floats(-30, 30), min_size=5, max_size=5)
TIMES = np.concatenate([[0.0], np.geomspace(1e-4, 1e5, 60)]) * DAY


@settings(deadline=None)
@given(NUMBERS)
def test_a_curve_starts_at_zero_never_falls_and_never_exceeds_one(parameters):
    shares = released([parameters], TIMES)[0]
    assert shares[0] == 0.0
    assert shares.min() >= 0.0
    assert shares.max() <= 1.0
    assert np.diff(shares).min() > -1e-12


def test_without_burst_and_with_shape_one_it_is_first_order():
    times = np.array([0.5, 1.0, 3.0])
    found = released([[40.0, -40.0, 0.0, np.log(2.0), 0.0]], times * DAY)[0]
    np.testing.assert_allclose(found, 1 - np.exp(-times / 2.0), rtol=1e-9)


def test_burst_and_main_rise_add_up_to_the_final_share():
    share, burst = 0.8, 0.25  # long after the burst and long before the main rise; then after all
    parameters = [[np.log(0.8 / 0.2), np.log(0.25 / 0.75), np.log(0.01), np.log(1e3), 1.5]]
    np.testing.assert_allclose(released(parameters, [DAY, 1e6 * DAY])[0], [share * burst, share], rtol=1e-6)


def test_derivatives_are_those_of_the_curve():
    generator = np.random.default_rng(3)
    parameters = generator.normal([1, -1, -1, 2, 0], 0.7, (20, 5))
    days = np.broadcast_to(np.geomspace(0.1, 60, 9), (20, 9))
    shares, changes = slopes(parameters, days)
    np.testing.assert_allclose(shares, values(parameters, days), atol=1e-12)
    for i in range(5):
        step = 1e-5 * np.eye(5)[i]
        numeric = (values(parameters + step, days) - values(parameters - step, days)) / 2e-5
        np.testing.assert_allclose(changes[..., i], numeric, atol=1e-8)


@pytest.mark.parametrize(
    ("parameters", "time"), [([[np.nan] * 5], [1.0]), ([[0.0] * 5], [-1.0]), ([[0.0] * 5], [np.inf])]
)
def test_what_is_no_number_or_time_is_refused(parameters, time):
    with pytest.raises(DomainError):
        released(parameters, time)


def test_many_exact_points_give_back_their_curve():
    true = np.array([[1.5, -0.8, -0.7, 2.2, 0.3]])
    days = np.geomspace(0.05, 100, 60)
    profiles = side_by_side([(days, values(true, days)[0])])
    mean, wide = np.array([2.0, -1.5, -1.0, 2.7, 0.0]), np.diag([30.0] * 5) ** 2
    found = modes(profiles, mean, wide, steps=200, tolerance=1e-12)
    np.testing.assert_allclose(found.parameters, true, atol=0.01)


def test_without_points_the_likeliest_curve_is_the_mean():
    profiles = side_by_side([(np.array([1.0]), np.array([0.5]))])
    empty = type(profiles)(profiles.days, profiles.shares, np.zeros((1, 1)))
    mean = np.array([2.0, -1.5, -1.0, 2.7, 0.0])
    np.testing.assert_allclose(modes(empty, mean, np.eye(5)).parameters, [mean])


def test_an_observation_points_no_further_than_its_reach():
    mean, root = np.zeros(5), np.eye(5)
    found = modes(side_by_side([(np.array([0.1, 30.0]), np.array([0.99, 1.0]))]), mean, np.eye(5))
    factor, seen = as_observation(found, mean, root, reach=2.0)
    at = np.linalg.lstsq(factor[0].T, seen[0], rcond=None)[0]
    assert np.abs(at - found.parameters[0]).max() < 2.0 * np.sqrt(5) + 1e-6


def test_the_last_point_counts_most_where_the_curve_goes_on():
    weights = precision(np.array([0.1, 0.2, 0.3]), lasting=True)
    assert weights[2] > weights[1] == weights[0]
    assert precision(np.full(80, 0.3)).sum() == pytest.approx(precision(np.full(8, 0.3)).sum())
