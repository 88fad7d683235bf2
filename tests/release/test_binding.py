"""Release beside binding sites against the diffusion equation with binding, solved on a grid, and its limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.sparse import diags

from formulate.release.binding import mean_mobility, time_beside_sites
from formulate.release.gel_changes import free_beside_sites
from formulate.release.shapes import released_from_shape
from materials.errors import DomainError

TIMES = np.geomspace(1e-4, 3.0, 30)
DIMENSIONS = {"slab": 1, "cylinder": 2, "sphere": 3}


def on_a_grid(times, total, sites, shape, cells=80):
    """Share out of a body of length 1 with D = 1 and K_d = 1, cells close together at its surface."""
    dimension = DIMENSIONS[shape]
    edges = 1.0 - (1.0 - np.linspace(0.0, 1.0, cells + 1)) ** 2
    centres = 0.5 * (edges[1:] + edges[:-1])
    volumes, areas = np.diff(edges**dimension) / dimension, edges ** (dimension - 1)

    def flow(_, held):
        free = free_beside_sites(np.maximum(held, 0.0), sites, 1.0)
        out = np.zeros(cells + 1)
        out[1:-1] = -areas[1:-1] * np.diff(free) / np.diff(centres)
        out[-1] = free[-1] / (1.0 - centres[-1])
        return -np.diff(out) / volumes

    pattern = diags([1.0, 1.0, 1.0], [-1, 0, 1], shape=(cells, cells))
    run = solve_ivp(
        flow, (0.0, times[-1]), np.full(cells, total), method="BDF", t_eval=times, rtol=1e-6, jac_sparsity=pattern,
        atol=1e-8 * total,
    )  # fmt: skip
    return 1.0 - volumes @ run.y / (volumes.sum() * total)


@pytest.mark.parametrize("shape", DIMENSIONS)
@pytest.mark.parametrize(("sites", "total", "error"), [
    (30.0, 0.3, 0.005), (30.0, 9.0, 0.015), (30.0, 30.0, 0.05), (300.0, 450.0, 0.07), (30.0, 300.0, 0.03),
])  # fmt: skip
def test_the_share_is_that_of_the_grid(shape, sites, total, error):
    times = TIMES * (1.0 + sites)
    slowed = time_beside_sites(times[np.newaxis], [[total]], [[sites]], [[1.0]], shape)
    found = released_from_shape(slowed, shape)[0]
    expected = on_a_grid(times, total, sites, shape)
    assert np.abs(found - expected).max() < error
    # taking the sites as empty throughout is worse, unless they are
    empty = released_from_shape(TIMES, shape)
    assert np.abs(empty - expected).max() > 2.0 * error or total < 1.0


def test_the_limits_of_binding():
    tau = np.array([[0.0, 0.01, 0.1, 1.0]])
    # no sites; a trace; far more drug than sites; sites that never let go
    assert time_beside_sites(tau, [[1.0]], [[0.0]], [[1.0]]) == pytest.approx(tau, rel=1e-9)
    assert time_beside_sites(tau, [[1e-9]], [[9.0]], [[1.0]]) == pytest.approx(tau / 10.0, rel=1e-6)
    full = released_from_shape(time_beside_sites(tau, [[1e9]], [[9.0]], [[1.0]]))
    assert full == pytest.approx(released_from_shape(tau), abs=1e-3)
    assert time_beside_sites(tau, [[1.0]], [[9.0]], [[1e-12]]).max() < 1e-9


def test_the_mean_mobility_of_full_and_empty_sites():
    assert mean_mobility(0.0, 99.0, 1.0) == pytest.approx(0.01)
    assert mean_mobility(5.0, 0.0, 1.0) == pytest.approx(1.0)
    # the weight of the mean is (1 - u)**0.85: fewer counts for more, so a mean lies below that of the mean load
    totals = np.array([0.1, 1.0, 10.0, 100.0, 1000.0])
    assert (np.diff(mean_mobility(totals, 99.0, 1.0)) > 0.0).all()


@given(st.floats(0.0, 1e3), st.floats(0.0, 1e3), st.floats(1e-3, 1e3))
def test_sites_only_slow_and_time_only_rises(total, sites, half):
    tau = np.linspace(0.0, 5.0, 21)[np.newaxis]
    slowed = time_beside_sites(tau, [[total]], [[sites]], [[half]])
    assert (slowed <= tau * (1.0 + 1e-9)).all()
    assert (np.diff(slowed) >= 0.0).all()
    assert (slowed >= tau / (1.0 + sites / half) * (1.0 - 1e-9)).all()


def test_every_form_of_numbers_gives_the_same():
    tau, totals = np.array([0.1, 0.5, 2.0]), np.array([0.1, 1.0, 10.0])
    table = time_beside_sites(tau[np.newaxis], totals[:, np.newaxis], 5.0, 1.0)
    assert table.shape == (3, 3)
    assert time_beside_sites(tau, totals, 5.0, 1.0) == pytest.approx(np.diagonal(table))
    assert time_beside_sites(tau, 1.0, 5.0, 1.0) == pytest.approx(table[1])
    assert time_beside_sites(0.5, 1.0, 5.0, 1.0) == pytest.approx(table[1, 1])


@pytest.mark.parametrize("at", range(4))
def test_what_is_refused(at):
    values = [[[1.0]], [[1.0]], [[1.0]], [[1.0]]]
    values[at] = [[-1.0]]
    with pytest.raises(DomainError):
        time_beside_sites(*values)
    if at:
        with pytest.raises(DomainError):
            mean_mobility(*values[1:])
