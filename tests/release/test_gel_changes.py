"""Binding, swelling and wear of gels against a numeric solution, the law of mass action and geometry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from formulate.diffusivity import apparent_diffusivity
from formulate.release.diffusion import released_from_sphere
from formulate.release.gel_changes import free_beside_sites, surface_eroded, swollen_length
from materials.errors import DomainError

AMOUNTS = st.floats(0.0, 1e4)


@given(AMOUNTS, AMOUNTS, st.floats(1e-6, 1e4))
def test_free_and_bound_make_the_total(total, sites, half):
    free = float(free_beside_sites(total, sites, half))
    assert 0.0 <= free <= total * (1 + 1e-12)
    assert free + sites * free / (half + free) == pytest.approx(total, rel=1e-9, abs=1e-12)


def test_free_drug_in_the_limits_of_binding():
    # few drug molecules: 1 + B/K_d of them for each free one; many: all sites are full; no sites: all free
    assert free_beside_sites(1e-9, 99.0, 1.0) == pytest.approx(1e-11, rel=1e-6)
    assert free_beside_sites(1e6, 99.0, 1.0) == pytest.approx(1e6 - 99.0, rel=1e-6)
    assert free_beside_sites(3.0, 0.0, 1.0) == pytest.approx(3.0)


def binding_sphere(times, total, sites, half, cells=80):
    """Share out of a sphere of radius 1, D = 1, whose drug binds to sites that do not move, shell by shell."""
    edges = np.linspace(0.0, 1.0, cells + 1)
    volumes, area = np.diff(edges**3) / 3.0, edges[1:] ** 2
    gaps = np.full(cells, 1.0 / cells)
    gaps[-1] = 0.5 / cells

    def flow(_, held):
        free = free_beside_sites(np.maximum(held, 0.0), sites, half)
        out = area * -np.diff(np.append(free, 0.0)) / gaps
        return (np.append(0.0, out)[:-1] - out) / volumes

    run = solve_ivp(flow, (0.0, times[-1]), np.full(cells, total), method="BDF", t_eval=times, rtol=1e-6, atol=1e-9)
    return 1.0 - (run.y.T @ volumes) / (total * volumes.sum())


def test_linear_binding_slows_by_the_bound_share():
    # C far below K_d: D/(1 + B/K_d), exactly
    times = np.array([0.0, 0.1, 0.5, 1.0, 2.0])
    slow = released_from_sphere(apparent_diffusivity(1.0, 9.0, 1.0) * times)
    np.testing.assert_allclose(binding_sphere(times, 1e-4, 9.0, 1.0), slow, atol=1e-3)


@pytest.mark.parametrize("total", [3.0, 10.0, 30.0])
def test_saturating_binding_lies_between_the_two_diffusivities(total):
    times = np.array([0.02, 0.05, 0.1, 0.3, 1.0])
    slow = released_from_sphere(apparent_diffusivity(1.0, 9.0, 1.0) * times)
    loaded = free_beside_sites(total, 9.0, 1.0)
    fast = released_from_sphere(apparent_diffusivity(1.0, 9.0, 1.0, loaded) * times)
    found = binding_sphere(times, total, 9.0, 1.0)
    assert (found > slow).all()
    assert (found < fast).all()


def test_swelling_keeps_the_polymer():
    radius = swollen_length(1e-3, 0.1, 0.02)
    assert (radius / 1e-3) ** 3 * 0.02 == pytest.approx(0.1)
    assert swollen_length(1e-3, 0.1, 0.02, "one") == pytest.approx(5e-3)
    assert swollen_length(1e-3, 0.1, 0.1) == pytest.approx(1e-3)
    assert swollen_length(1e-3, 0.1, 0.2) < 1e-3


@pytest.mark.parametrize(("shape", "ways"), [("slab", 1), ("cylinder", 2), ("sphere", 3)])
def test_worn_share_is_that_of_the_shell(shape, ways):
    # volume of a body goes with the power of its size in the ways in which it shrinks
    left = np.array([1.0, 0.75, 0.5, 0.1, 0.0])
    found = surface_eroded((1.0 - left) * 2e-3 / 1e-9, 2e-3, 1e-9, shape)
    np.testing.assert_allclose(found, 1.0 - left**ways, atol=1e-14)
    assert surface_eroded(1e12, 2e-3, 1e-9, shape) == 1.0
    assert surface_eroded(1e12, 2e-3, 0.0, shape) == 0.0
    # at first a sphere loses n times as much of itself as a slab
    assert surface_eroded(1.0, 2e-3, 1e-15, shape) == pytest.approx(ways * 5e-13, rel=1e-9)


@given(st.floats(0.0, 1e9), st.floats(1e-6, 1e-2), st.floats(0.0, 1e-6))
def test_worn_share_is_a_share(time, length, velocity):
    slab, cylinder, sphere = (
        float(surface_eroded(time, length, velocity, shape)) for shape in ("slab", "cylinder", "sphere")
    )
    assert 0.0 <= slab <= cylinder <= sphere <= 1.0


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: free_beside_sites(-1.0, 1.0, 1.0), "total_concentration"),
        (lambda: free_beside_sites(1.0, np.nan, 1.0), "site_concentration"),
        (lambda: free_beside_sites(1.0, 1.0, 0.0), "dissociation_constant"),
        (lambda: swollen_length(0.0, 0.1, 0.1), "length"),
        (lambda: swollen_length(1.0, 1.1, 0.1), "relaxed_volume_fraction"),
        (lambda: swollen_length(1.0, 0.1, 0.0), "swollen_volume_fraction"),
        (lambda: surface_eroded(-1.0, 1.0, 1.0), "time"),
        (lambda: surface_eroded(1.0, 0.0, 1.0), "length"),
        (lambda: surface_eroded(1.0, 1.0, -1.0), "erosion_velocity"),
    ],
)
def test_refuses(call, name):
    with pytest.raises(DomainError, match=f"^{name} ="):
        call()
