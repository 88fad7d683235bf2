"""Nested layers against the four-state equations, direct convolution, their limits and conservation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from formulate.release.diffusion import released_from_sphere, sphere_relaxation
from formulate.release.nesting import nested_shares
from materials.errors import DomainError

TIME = np.linspace(0.0, 10.0, 801)
RELEASE, LEAVE, CROSS = 0.4, 0.25, 1.3


def populations(shares):
    return np.stack([shares.in_depot_carrier, shares.in_free_carrier, shares.free_in_depot, shares.free_outside])


def rising(rate, time=TIME):
    return -np.expm1(-rate * time)[np.newaxis, :]


def test_four_state_equations():
    # carrier in depot -> carrier outside or free in depot; both free their drug; free drug crosses the depot
    def flow(_, state):
        in_depot, in_free, free_in, _free_out = state
        return [
            -(RELEASE + LEAVE) * in_depot,
            LEAVE * in_depot - RELEASE * in_free,
            RELEASE * in_depot - CROSS * free_in,
            RELEASE * in_free + CROSS * free_in,
        ]

    exact = solve_ivp(flow, (0.0, 10.0), [1.0, 0.0, 0.0, 0.0], "LSODA", TIME, rtol=1e-10, atol=1e-12).y
    shares = nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[1.0]], [[CROSS]])
    np.testing.assert_allclose(populations(shares)[:, 0], exact, atol=3e-6)


def test_error_falls_with_the_square_of_the_step():
    def error(points):
        time = np.linspace(0.0, 10.0, points)
        shares = nested_shares(time, rising(RELEASE, time), rising(LEAVE, time), [[1.0]], [[CROSS]])
        both = RELEASE + LEAVE
        exact = RELEASE * (np.exp(-both * time) - np.exp(-CROSS * time)) / (CROSS - both)
        return np.max(np.abs(shares.free_in_depot[0] - exact))

    assert error(101) / error(401) == pytest.approx(16.0, rel=0.05)


def test_direct_convolution_with_a_sphere_as_the_depot():
    # Crank's own F as the crossing law, integrated as section 9 writes it; 200 modes leave out 0.3 %
    pace = 0.02
    weights, rates = sphere_relaxation(200)
    shares = nested_shares(TIME, rising(RELEASE), rising(LEAVE), weights, rates * pace)
    for index in (80, 240, 800):
        end = TIME[index]

        def waiting(s, end=end):
            crossed = float(released_from_sphere(pace * (end - s)))
            return RELEASE * np.exp(-(RELEASE + LEAVE) * s) * (1.0 - crossed)

        exact = quad(waiting, 0.0, end, epsabs=1e-9, points=[max(end - 0.062 / pace, 0.0)])[0]
        assert shares.free_in_depot[0, index] == pytest.approx(exact, abs=2e-5)


def test_a_crossing_whose_speed_changes():
    # free drug crosses at the rate c(t) = 2 k t, of which the time counted is the square; solved as it stands
    def flow(time, state):
        in_depot, free_in = state
        return [-(RELEASE + LEAVE) * in_depot, RELEASE * in_depot - 2.0 * CROSS * time * free_in]

    exact = solve_ivp(flow, (0.0, 10.0), [1.0, 0.0], "LSODA", TIME, rtol=1e-10, atol=1e-12).y[1]
    shares = nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[1.0]], [[CROSS]], TIME**2)
    np.testing.assert_allclose(shares.free_in_depot[0], exact, atol=3e-5)
    np.testing.assert_allclose(populations(shares).sum(axis=0), 1.0, atol=1e-12)


def test_the_time_itself_as_the_time_of_the_crossing():
    same = [nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[0.7]], [[CROSS]], *more) for more in ((), (TIME,))]
    np.testing.assert_array_equal(*(populations(item) for item in same))


def test_what_is_held_does_not_cross():
    held = nested_shares(TIME, rising(RELEASE), np.zeros((1, len(TIME))), [[1.0]], [[CROSS]], np.zeros(len(TIME)))
    np.testing.assert_allclose(held.free_in_depot, rising(RELEASE), atol=1e-12)


@pytest.mark.parametrize("course", [TIME + 1.0, TIME[::-1], -TIME])
def test_a_crossing_time_that_does_not_start_at_0_and_rise_is_refused(course):
    with pytest.raises(DomainError, match="crossing_time"):
        nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[1.0]], [[CROSS]], course)


def test_many_modes_are_a_mixture_of_single_ones():
    both = nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[0.3, 0.5]], [[0.1, 2.0]])
    slow = nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[1.0]], [[0.1]])
    fast = nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[1.0]], [[2.0]])
    np.testing.assert_allclose(
        both.free_in_depot, 0.3 * slow.free_in_depot + 0.5 * fast.free_in_depot, rtol=1e-12, atol=1e-15
    )


def test_free_drug_that_crosses_at_once_is_never_in_the_depot():
    for weights, rates in (([[0.0]], [[1.0]]), ([[1.0]], [[1e300]])):
        shares = nested_shares(TIME, rising(RELEASE), rising(LEAVE), weights, rates)
        np.testing.assert_allclose(shares.free_in_depot, 0.0, atol=1e-200)
        np.testing.assert_allclose(shares.free_outside, rising(RELEASE))


@pytest.mark.parametrize("rate", [0.0, 1e-300, 1e-14])
def test_free_drug_that_never_crosses_leaves_only_with_its_carrier(rate):
    shares = nested_shares(TIME, rising(RELEASE), rising(LEAVE), [[1.0]], [[rate]])
    stuck = RELEASE / (RELEASE + LEAVE) * rising(RELEASE + LEAVE)
    np.testing.assert_allclose(shares.free_in_depot, stuck, atol=2e-6)


def test_carriers_that_stay_release_through_the_depot():
    shares = nested_shares(TIME, rising(RELEASE), np.zeros((1, TIME.size)), [[1.0]], [[CROSS]])
    two_steps = 1.0 - (CROSS * np.exp(-RELEASE * TIME) - RELEASE * np.exp(-CROSS * TIME)) / (CROSS - RELEASE)
    np.testing.assert_allclose(shares.free_outside[0], two_steps, atol=1e-5)
    assert np.all(shares.in_free_carrier == 0.0)


def test_carriers_that_leave_at_once_do_not_see_the_depot():
    shares = nested_shares(TIME, rising(RELEASE), np.ones((1, TIME.size)), [[1.0]], [[CROSS]])
    np.testing.assert_allclose(shares.free_outside, rising(RELEASE))
    np.testing.assert_allclose(shares.in_free_carrier, 1.0 - rising(RELEASE))
    assert np.all(shares.free_in_depot == 0.0)
    assert np.all(shares.in_depot_carrier == 0.0)


def test_what_is_free_at_the_start_crosses_from_the_start():
    shares = nested_shares(TIME, np.full((1, TIME.size), 0.6), np.full((1, TIME.size), 0.25), [[0.9]], [[CROSS]])
    np.testing.assert_allclose(shares.free_in_depot[0], 0.6 * 0.75 * 0.9 * np.exp(-CROSS * TIME), rtol=1e-9)
    assert shares.free_outside[0, 0] == pytest.approx(0.6 * 0.25 + 0.6 * 0.75 * 0.1)


def test_steady_release_is_exact_on_any_grid():
    rough = np.array([0.0, 0.3, 4.0, 4.1, 10.0])
    shares = nested_shares(rough, rough[np.newaxis, :] / 10.0, np.zeros((1, 5)), [[1.0]], [[CROSS]])
    np.testing.assert_allclose(shares.free_in_depot[0], -np.expm1(-CROSS * rough) / (10.0 * CROSS), rtol=1e-13)


def test_draws_do_not_mix():
    released = np.vstack([rising(0.1), rising(1.0), rising(5.0)])
    out = np.vstack([rising(2.0), rising(0.0), rising(0.3)])
    weights = np.array([[0.5, 0.5], [0.9, 0.0], [0.2, 0.3]])
    rates = np.array([[0.1, 3.0], [0.5, 1.0], [0.0, 1e6]])
    together = populations(nested_shares(TIME, released, out, weights, rates))
    assert together.shape == (4, 3, TIME.size)
    for draw in range(3):
        one = slice(draw, draw + 1)
        alone = nested_shares(TIME, released[one], out[one], weights[one], rates[one])
        np.testing.assert_array_equal(together[:, one], populations(alone))


def test_one_crossing_law_serves_all_draws():
    released = np.vstack([rising(0.1), rising(1.0)])
    shares = nested_shares(TIME, released, rising(0.2), [0.6, 0.3], [0.4, 4.0])
    again = nested_shares(TIME, released, np.vstack([rising(0.2)] * 2), [[0.6, 0.3]] * 2, [[0.4, 4.0]] * 2)
    np.testing.assert_array_equal(populations(shares), populations(again))


paces = st.floats(0.0, 1e3)


@given(paces, paces, paces, paces, st.floats(0.0, 1.0), st.lists(st.floats(1e-6, 10.0), min_size=1, max_size=30))
def test_payload_is_neither_made_nor_lost(release, leave, slow, fast, weight, steps):
    time = np.concatenate([[0.0], np.cumsum(steps)])
    shares = nested_shares(time, rising(release, time), rising(leave, time), [[weight, 1.0 - weight]], [[slow, fast]])
    parts = populations(shares)
    np.testing.assert_allclose(parts.sum(axis=0), 1.0, atol=1e-14)
    assert np.all(parts >= 0.0)
    assert np.all(np.diff(shares.in_depot_carrier) <= 1e-15)
    assert np.all(np.diff(shares.free_outside) >= -1e-14)


@given(paces, paces, paces, st.floats(1.0, 100.0))
def test_a_faster_crossing_never_keeps_more_in_the_depot(release, leave, cross, factor):
    slow, fast = (
        nested_shares(TIME[::40], rising(release)[:, ::40], rising(leave)[:, ::40], [[1.0]], [[cross * ratio]])
        for ratio in (1.0, factor)
    )
    assert np.all(fast.free_in_depot <= slow.free_in_depot + 1e-15)


GOOD = {
    "time": [0.0, 1.0, 2.0], "inner_released": [[0.0, 0.5, 0.6]], "carriers_out": [[0.0, 0.1, 0.2]],
    "mode_weights": [[0.5, 0.4]], "mode_rates": [[1.0, 2.0]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time", [0.5, 1.0, 2.0]), ("time", [0.0, 2.0, 1.0]), ("time", [0.0, 1.0, 1.0]),
        ("time", [0.0, 1.0, np.nan]),
        ("inner_released", [[0.0, 0.5, 0.4]]), ("inner_released", [[0.0, 0.5, 1.2]]),
        ("carriers_out", [[0.2, 0.1, 0.3]]), ("carriers_out", [[0.0, np.nan, 0.3]]),
        ("mode_weights", [[0.7, 0.4]]), ("mode_weights", [[-0.1, 0.4]]), ("mode_rates", [[1.0, -2.0]]),
        ("mode_rates", [[1.0, np.nan]]),
    ],
)  # fmt: skip
def test_nesting_refuses(name, value):
    nested_shares(**GOOD)
    with pytest.raises(DomainError, match=name):
        nested_shares(**GOOD | {name: value})


def test_result_is_frozen():
    shares = nested_shares(**GOOD)
    with pytest.raises(AttributeError):
        shares.free_outside = np.zeros(3)
