"""Crank's sphere against its exact series, an independent solution of the equation, and known moments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from formulate.release.diffusion import mean_release_time, released_from_sphere, sphere_relaxation
from materials.errors import DomainError

# sphere_constant_D of the reference cases made for this project: Crank's series to 8 digits.
CONSTANT_D = {
    1e-4: 0.033551375, 1e-3: 0.10404745, 0.005: 0.22436537, 0.01: 0.30851375, 0.02: 0.41873074,
    0.05: 0.60693976, 0.1: 0.77047874, 0.2: 0.91549557, 0.3: 0.96852454, 0.5: 0.99562786, 1.0: 0.99996856,
}  # fmt: skip
# sphere_D_grows_exponentially of the same set, D = D0 exp(k t): (k R**2/D0, D0 t/R**2, share released).
GROWING_D = [
    (5.0, 0.01, 0.31202692), (5.0, 0.05, 0.63639223), (5.0, 0.1, 0.8301552), (5.0, 0.2, 0.97954327),
    (20.0, 0.01, 0.32295589), (20.0, 0.05, 0.73447963), (20.0, 0.1, 0.97402326), (20.0, 0.15, 0.99995062),
]  # fmt: skip


def exact_series(tau):
    k = np.arange(1, 3001)[:, np.newaxis]
    return 1.0 - 6.0 / np.pi**2 * np.sum(np.exp(-(k**2) * np.pi**2 * tau) / k**2, axis=0)


@pytest.mark.parametrize(("tau", "released"), CONSTANT_D.items())
def test_reference_cases_with_constant_diffusivity(tau, released):
    assert released_from_sphere(tau) == pytest.approx(released, abs=1.1e-8)


@pytest.mark.parametrize(("growth", "start", "released"), GROWING_D)
def test_reference_cases_with_growing_diffusivity(growth, start, released):
    tau = np.expm1(growth * start) / growth  # integral of D0 exp(k t) over time, by R**2
    assert released_from_sphere(tau) == pytest.approx(released, abs=1.1e-8)


def test_error_against_3000_terms_is_below_what_the_docstring_states():
    tau = np.concatenate([np.geomspace(1e-6, 10.0, 2000), np.linspace(0.06, 0.064, 401)])
    assert np.max(np.abs(released_from_sphere(tau) - exact_series(tau))) < 5.6e-9


def test_finite_volumes_give_the_same_release():
    # The diffusion equation itself on 400 shells, which knows nothing of Crank's solution.
    edges = np.linspace(0.0, 1.0, 401)
    volume = np.diff(edges**3) / 3.0
    middle = (edges[1:] + edges[:-1]) / 2.0
    distance = np.append(np.diff(middle), 1.0 - middle[-1])
    conductance = edges[1:] ** 2 / distance

    def flow(_, inside):
        outward = conductance * (inside - np.append(inside[1:], 0.0))
        return (np.append(0.0, outward[:-1]) - outward) / volume

    tau = [0.001, 0.01, 0.05, 0.062, 0.1, 0.3]
    answer = solve_ivp(flow, (0.0, 0.3), np.ones(400), "LSODA", tau, rtol=1e-7, atol=1e-9, lband=1, uband=1)
    left = 3.0 * volume @ answer.y
    np.testing.assert_allclose(released_from_sphere(tau), 1.0 - left, atol=2e-4)


def test_half_is_out_at_the_known_time():
    # tau = 0.03055 to its last digit, where F rises by 6.7 per unit of tau
    assert released_from_sphere(0.03055) == pytest.approx(0.5, abs=6.7 * 5e-6)


def test_mean_dimensionless_time_is_a_fifteenth():
    def left(tau):
        return 1.0 - float(released_from_sphere(tau))

    mean = quad(left, 0.0, 0.062, epsabs=1e-10)[0] + quad(left, 0.062, 5.0, epsabs=1e-10)[0]
    assert mean == pytest.approx(1.0 / 15.0, abs=1e-8)


def test_limits():
    assert released_from_sphere(0.0) == 0.0
    assert released_from_sphere(1e300) == 1.0
    assert released_from_sphere(1e-12) == pytest.approx(6.0 * np.sqrt(1e-12 / np.pi), rel=1e-5)


def test_release_rises_through_the_switch_point():
    tau = np.concatenate([np.linspace(0.0, 2.0, 5001), 0.062 + np.linspace(-1e-8, 1e-8, 51)])
    assert np.all(np.diff(released_from_sphere(np.sort(tau))) >= 0.0)


@given(st.floats(0.0, 1e3))
def test_a_share_stays_a_share(tau):
    assert 0.0 <= released_from_sphere(tau) <= 1.0


def test_shape_is_kept():
    assert released_from_sphere(np.zeros((3, 5))).shape == (3, 5)
    assert released_from_sphere(np.zeros(4)).shape == (4,)


@pytest.mark.parametrize("bad", [-1e-9, np.nan, np.inf])
def test_impossible_times_are_refused(bad):
    with pytest.raises(DomainError, match="dimensionless_time"):
        released_from_sphere([0.1, bad])


def test_relaxation_modes_rebuild_the_release():
    weights, rates = sphere_relaxation(24)
    tau = np.array([0.005, 0.02, 0.0619, 0.0621, 0.3])
    rebuilt = 1.0 - weights @ np.exp(-rates[:, np.newaxis] * tau)
    np.testing.assert_allclose(rebuilt, released_from_sphere(tau), atol=6e-9)


def test_relaxation_weights_leave_out_the_fast_modes():
    weights, rates = sphere_relaxation(24)
    assert rates[0] == pytest.approx(np.pi**2)
    assert rates[2] == pytest.approx(9 * np.pi**2)
    assert 1.0 - weights.sum() == pytest.approx(0.025, abs=5e-4)
    assert sphere_relaxation(3000)[0].sum() == pytest.approx(1.0, abs=3e-4)


@pytest.mark.parametrize("bad", [0, -1])
def test_no_modes_is_refused(bad):
    with pytest.raises(DomainError, match="modes"):
        sphere_relaxation(bad)


def test_mean_release_time_is_the_weighted_mean_of_the_modes():
    weights, rates = sphere_relaxation(1000)
    radius, diffusivity = 2e-6, 3e-16
    assert mean_release_time(radius, diffusivity) == pytest.approx(
        np.sum(weights / rates) * radius**2 / diffusivity, rel=1e-6
    )


@pytest.mark.parametrize(("radius", "diffusivity"), [(0.0, 1e-16), (-1e-6, 1e-16), (1e-6, 0.0), (1e-6, np.nan)])
def test_mean_release_time_needs_a_sphere_and_a_diffusivity(radius, diffusivity):
    with pytest.raises(DomainError):
        mean_release_time(radius, diffusivity)
