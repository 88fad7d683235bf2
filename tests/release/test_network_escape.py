"""Degrading networks against integrals and shell balances solved by other means, reverse gelation, limits, order."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from formulate.release.diffusion import released_from_sphere
from formulate.release.network_escape import (
    dissolution_time,
    escape_time,
    network_released,
    widened_mesh,
    widening_mesh_time,
)
from formulate.release.shapes import released_from_slab
from formulate.swelling import swollen_volume_fraction
from materials.errors import DomainError

DAY = 86400.0


def mesh_exponent_of_free_swelling(chi):
    """Growth of a Canal-Peppas mesh per chain length, from two swelling equilibria (Flory and Rehner)."""
    chains = np.array([10.0, 20.0])
    fraction = swollen_volume_fraction(chains, 1120.0, chi)
    return np.diff(np.log(fraction ** (-1 / 3) * np.sqrt(chains)))[0] / np.log(2.0), -np.diff(np.log(fraction))[0]


def test_mesh_exponents_of_swelling_gels():
    # 0.59 to 0.68 for chi 0.43 to 0.48 over the degradation of usual gels, 7/10 in a good solvent far from dry
    good, _ = mesh_exponent_of_free_swelling(0.0)
    fair, growth = mesh_exponent_of_free_swelling(0.43)
    assert good == pytest.approx(0.7, abs=0.01)
    assert 0.59 < fair < 0.68
    # the radius of a sphere grows with the third root of its volume: q = m - 1/2
    assert growth / np.log(2.0) / 3.0 == pytest.approx(fair - 0.5, rel=1e-6)


def test_mesh_follows_the_chain_length():
    week = np.log(2.0) / (7 * DAY)
    np.testing.assert_allclose(widened_mesh([0.0, 7 * DAY, 14 * DAY], 8e-9, 1.0, week), [8e-9, 16e-9, 32e-9])


@pytest.mark.parametrize(("arms", "partner", "expected"), [(4, 2, 0.55), (8, 2, 0.97), (4, 4, 1.10), (3, 2, 0.3466)])
def test_ideal_networks_fall_apart_at_reverse_gelation(arms, partner, expected):
    # surviving bonds 1/sqrt((f - 1)(g - 1)): 0.577 for 4 + 2, 0.378 for 8 + 2 (Flory and Stockmayer)
    assert dissolution_time(1.0, arms, partner) == pytest.approx(expected, rel=0.01)
    assert dissolution_time(1.0, partner, arms) == dissolution_time(1.0, arms, partner)
    surviving = np.exp(-float(dissolution_time(0.2, arms, partner)) * 0.2)
    assert surviving**2 * (arms - 1) * (partner - 1) == pytest.approx(1.0)
    assert dissolution_time(0.0, arms, partner) == np.inf


@given(st.floats(1e-9, 1e-6), st.floats(1e-9, 1e-7), st.floats(0.3, 0.7), st.floats(1e-8, 1e-4))
def test_the_mesh_has_the_size_of_what_it_lets_go(size, mesh, exponent, rate):
    released_at = escape_time(size, mesh, exponent, rate)
    if size <= mesh:
        assert released_at == 0.0
    else:
        assert widened_mesh(released_at, mesh, exponent, rate) == pytest.approx(size, rel=1e-9)
    assert escape_time(size, mesh, exponent, rate, 1.0) <= 1.0


def test_what_nothing_lets_go_stays():
    assert escape_time(20e-9, 10e-9, 0.5, 0.0) == np.inf
    assert escape_time(20e-9, 10e-9, 0.5, 0.0, np.inf) == np.inf
    assert escape_time(20e-9, 10e-9, 0.5, 0.0, 5 * DAY) == 5 * DAY
    held = network_released([0.0, 1e9], 1e-3, 1e-11, 20e-9, 10e-9, 0.5, 0.0)
    assert held.tolist() == [0.0, 0.0]


@given(st.floats(0.01, 20.0), st.floats(0.0, 1.0), st.floats(0.0, 3.0), st.floats(0.0, 0.5), st.floats(0.01, 20.0))
def test_dimensionless_time_is_the_integral(ratio, exponent, rate, swelling, until):
    found = widening_mesh_time(until, 2.0, 3.0, ratio, 1.0, exponent, rate, swelling)
    opens = float(escape_time(ratio, 1.0, exponent, rate))

    def speed(time):
        return max(0.0, 1.0 - ratio * np.exp(-exponent * rate * time)) * np.exp(-2.0 * swelling * rate * time)

    parts = [0.0, min(opens, until), until]
    expected = sum(quad(speed, low, high, epsabs=1e-13, epsrel=1e-11)[0] for low, high in pairwise(parts))
    assert found == pytest.approx(0.75 * expected, rel=1e-8, abs=1e-12)


def test_early_times_keep_their_digits():
    # right at the opening speed is m k s: tau = D m k s^2/(2 L^2)
    for elapsed in (1e-12, 1e-9, 1e-6, 1e-4):
        found = widening_mesh_time(elapsed, 1.0, 1.0, 1.0, 1.0, 0.5, 2.0)
        assert found == pytest.approx(elapsed**2 / 2.0, rel=elapsed)


def shells(times, length, diffusivity, ratio, exponent, rate, swelling, cells=60):
    """Share out of a swelling sphere whose shells keep their matter, each flux by Fick's law at its size of then."""
    edges = np.linspace(0.0, length, cells + 1)
    volumes = 4.0 / 3.0 * np.pi * np.diff(edges**3)
    centres = np.append(0.5 * (edges[1:] + edges[:-1]), length)  # the surface, where nothing is left

    def flow(time, held):
        stretch = np.exp(swelling * rate * time)
        concentration = np.append(held / (volumes * stretch**3), 0.0)
        speed = diffusivity * max(0.0, 1.0 - ratio * np.exp(-exponent * rate * time))
        area = 4.0 * np.pi * (edges[1:] * stretch) ** 2
        out = speed * area * -np.diff(concentration) / (np.diff(centres) * stretch)
        return np.append(0.0, out)[:-1] - out

    start = volumes / volumes.sum()
    run = solve_ivp(flow, (0.0, times[-1]), start, method="BDF", t_eval=times, rtol=1e-7, atol=1e-10, max_step=0.2)
    return 1.0 - run.y.sum(axis=0)


@pytest.mark.parametrize(("ratio", "swelling"), [(0.5, 0.0), (0.8, 0.18), (2.5, 0.18)])
def test_swelling_sphere_against_shells_that_carry_their_matter(ratio, swelling):
    times = np.linspace(0.0, 6.0, 13)
    found = network_released(times, 1.0, 0.1, ratio, 1.0, 0.5 + swelling, 0.8, swelling)
    np.testing.assert_allclose(found, shells(times, 1.0, 0.1, ratio, 0.5 + swelling, 0.8, swelling), atol=4e-3)


@given(st.floats(1e-12, 1e-9), st.floats(0.0, 0.99), st.floats(1.0, 1e7))
def test_a_mesh_that_stays_gives_crank(diffusivity, ratio, time):
    assume(diffusivity * time < 1e-4)
    tau = diffusivity * (1.0 - ratio) * time / 1e-6
    size = max(ratio, 1e-30)
    sphere = network_released(time, 1e-3, diffusivity, size, 1.0, 0.5, 0.0)
    assert sphere == pytest.approx(float(released_from_sphere(tau)), abs=1e-9)
    slab = network_released(time, 1e-3, diffusivity, size, 1.0, 0.5, 0.0, shape="slab")
    whole = released_from_slab(time, 2e-3, diffusivity * (1.0 - ratio) + 1e-300, "two")
    assert slab == pytest.approx(float(whole), abs=1e-9)


@given(
    st.floats(0.1, 5.0),
    st.floats(0.0, 2.0),
    st.floats(0.0, 0.2),
    st.floats(0.1, 50.0),
    st.sampled_from(["sphere", "slab"]),
)
def test_release_is_a_rising_share_and_whole_when_the_gel_is_gone(ratio, rate, swelling, gone, shape):
    times = np.concatenate([[0.0], np.geomspace(1e-3, 100.0, 50), [gone]])
    times.sort()
    found = network_released(times, 1.0, 0.05, ratio, 1.0, 0.5, rate, swelling, gone, shape)
    assert found[0] == 0.0
    assert (np.diff(found) >= -1e-7).all()
    assert (found[times >= gone] == 1.0).all()
    assert found.max() <= 1.0
    faster = network_released(times, 1.0, 0.05, ratio, 1.0, 0.5, 1.5 * rate, 0.0, gone, shape)
    slower = network_released(times, 1.0, 0.05, ratio, 1.0, 0.5, rate, 0.0, gone, shape)
    assert (faster >= slower - 1e-7).all()


def test_draws_and_times_at_once():
    found = network_released(np.linspace(0, 9, 5), 1.0, 0.1, np.array([[0.2], [0.9], [3.0]]), 1.0, 0.5, 0.5)
    assert found.shape == (3, 5)
    assert (np.diff(found, axis=0) <= 0.0).all()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: widened_mesh(-1.0, 1.0, 0.5, 1.0), "time"),
        (lambda: widened_mesh(1.0, 0.0, 0.5, 1.0), "mesh_size"),
        (lambda: widened_mesh(1.0, 1.0, -0.5, 1.0), "mesh_exponent"),
        (lambda: widened_mesh(1.0, 1.0, 0.5, np.nan), "chain_loss_rate"),
        (lambda: dissolution_time(-1.0, 4, 2), "bond_rate"),
        (lambda: dissolution_time(1.0, 1, 4), "arms"),
        (lambda: dissolution_time(1.0, 4, 1.5), "partner_arms"),
        (lambda: dissolution_time(1.0, 2, 2), "arms"),
        (lambda: escape_time(0.0, 1.0, 0.5, 1.0), "held_size"),
        (lambda: escape_time(1.0, 1.0, 0.5, 1.0, -1.0), "dissolves_at"),
        (lambda: escape_time(1.0, 1.0, 0.5, 1.0, np.nan), "dissolves_at"),
        (lambda: widening_mesh_time(1.0, 0.0, 1.0, 1.0, 1.0, 0.5, 1.0), "length"),
        (lambda: widening_mesh_time(1.0, 1.0, 0.0, 1.0, 1.0, 0.5, 1.0), "diffusivity"),
        (lambda: widening_mesh_time(1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.0, -1.0), "swelling_exponent"),
    ],
)
def test_refuses(call, name):
    with pytest.raises(DomainError, match=f"^{name} ="):
        call()
