"""Release through an outer layer: tabulated roots, a program of finite volumes, both limits, mean times, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from formulate.release.boundary import (
    DIMENSIONS,
    SWITCH,
    boundary_number,
    boundary_roots,
    mean_release_time_through_layer,
    released_through_layer,
    still_layer_permeability,
)
from formulate.release.diffusion import released_from_sphere
from formulate.release.shapes import released_from_cylinder, released_from_slab
from materials.errors import DomainError, UnknownIdError

SHAPES = tuple(DIMENSIONS)
NUMBERS = st.floats(-4.0, 6.0).map(lambda power: 10.0**power)


@pytest.mark.parametrize(
    ("shape", "number", "tabulated"),
    [
        # Carslaw and Jaeger 1959, appendix IV, and Crank 1975, tables of roots: four decimals
        ("slab", 0.5, (0.6533, 3.2923, 6.3616)),
        ("slab", 1.0, (0.8603, 3.4256, 6.4373)),
        ("slab", 10.0, (1.4289, 4.3058, 7.2281)),
        ("cylinder", 1.0, (1.2558, 4.0795, 7.1558)),
        ("cylinder", 10.0, (2.1795, 5.0332, 7.9569)),
        ("sphere", 0.5, (1.1656, 4.6042, 7.7899)),
        ("sphere", 2.0, (2.0288, 4.9132, 7.9787)),
    ],
)
def test_roots_are_those_of_the_tables(shape, number, tabulated) -> None:
    assert boundary_roots(number, 3, shape) == pytest.approx(np.array(tabulated), abs=6e-5)


@given(number=NUMBERS, shape=st.sampled_from(SHAPES))
def test_roots_solve_their_equation_one_to_a_branch(number, shape) -> None:
    b = boundary_roots(number, 10, shape)
    poles = {"slab": (np.arange(10) + 0.5) * np.pi, "sphere": (np.arange(10) + 1.0) * np.pi}.get(shape)
    if shape == "cylinder":
        left, poles = b * special.j1(b) - number * special.j0(b), special.jn_zeros(0, 10)
    elif shape == "slab":
        left = b * np.sin(b) - number * np.cos(b)
    else:
        left = b * np.cos(b) + (number - 1.0) * np.sin(b)
    assert np.abs(left).max() < 1e-11 * (10.0 + number)
    assert (b < poles * (1 + 1e-12)).all()
    assert (b[1:] > poles[:-1]).all()


def finite_volumes(shape: str, number: float, tau: np.ndarray, cells: int) -> np.ndarray:
    """Give the share released by the method of lines, an independent solution of the same equation."""
    dimensions = DIMENSIONS[shape]
    faces = np.linspace(0.0, 1.0, cells + 1)
    volume = np.diff(faces**dimensions) / dimensions
    width = 1.0 / cells
    conductance = faces[1:] ** (dimensions - 1) / width
    conductance[-1] = 1.0 / (0.5 * width + 1.0 / number)
    matrix = np.zeros((cells, cells))
    for i in range(cells - 1):
        matrix[i, i] -= conductance[i] / volume[i]
        matrix[i, i + 1] += conductance[i] / volume[i]
        matrix[i + 1, i + 1] -= conductance[i] / volume[i + 1]
        matrix[i + 1, i] += conductance[i] / volume[i + 1]
    matrix[-1, -1] -= conductance[-1] / volume[-1]
    ones, spot = np.ones(cells), (0.0, float(tau[-1]))
    found = integrate.solve_ivp(
        lambda t, y: matrix @ y, spot, ones, "BDF", tau, rtol=1e-9, atol=1e-11, jac=lambda t, y: matrix
    )
    return np.asarray(1.0 - dimensions * volume @ found.y)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("number", [0.2, 5.0])
def test_finite_volumes_come_to_the_same(shape, number) -> None:
    tau = np.array([0.01, 0.03, 0.1, 0.3, 1.0])
    coarse, fine = (finite_volumes(shape, number, tau, cells) for cells in (50, 100))
    assert released_through_layer(tau, number, shape) == pytest.approx((4.0 * fine - coarse) / 3.0, abs=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@given(number=NUMBERS)
def test_short_form_and_series_meet_at_the_switch(shape, number) -> None:
    tau = SWITCH[DIMENSIONS[shape]]
    below, above = released_through_layer([tau * (1 - 1e-12), tau * (1 + 1e-12)], number, shape)
    assert above == pytest.approx(below, abs=1e-7)


def test_spheres_of_another_program() -> None:
    # eigenfunctions summed elsewhere, rounded to eight digits
    tau = np.array([0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0])
    for number, expected in {
        0.5: "0.0072957396 0.01441648 0.02832591 0.068189807 0.13008835 0.24089874 0.33736349 0.49502377 0.74398277",
        10.0: "0.094452558 0.16093535 0.2622677 0.46086033 0.65398816 0.84756108 0.93189828 0.98637424 0.99975594",
        100.0: "0.20062279 0.28591876 0.39816931 0.59066243 0.75882127 0.90950256 0.96562653 0.99503412 0.9999606",
    }.items():
        assert released_through_layer(tau, number) == pytest.approx(np.array(expected.split(), dtype=float), abs=2e-8)


def test_no_layer_is_the_perfect_sink() -> None:
    tau = np.geomspace(1e-7, 3.0, 200)
    plain = {
        "sphere": released_from_sphere(tau),
        "slab": released_from_slab(tau, 1.0, 1.0, "one"),
        "cylinder": released_from_cylinder(tau, 1.0, 1.0),
    }
    for shape, expected in plain.items():
        assert released_through_layer(tau, math.inf, shape) == pytest.approx(expected, abs=3e-8)
        assert released_through_layer(tau, 1e9, shape) == pytest.approx(expected, abs=3e-8)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tight_layer_is_first_order_and_a_closed_one_keeps_all(shape) -> None:
    dimensions = DIMENSIONS[shape]
    for number, allowed in ((0.01, 0.003), (1e-4, 3e-5)):
        tau = np.geomspace(1e-3, 5.0, 60) / (dimensions * number)
        first_order = -np.expm1(-dimensions * number * tau)
        assert released_through_layer(tau, number, shape) == pytest.approx(first_order, abs=allowed)
    assert (released_through_layer([0.0, 0.01, 1e6], 0.0, shape) == 0.0).all()
    # at once, whatever stands behind the layer: what the full surface lets through
    early = 1e-8
    assert released_through_layer(early, 1e-3, shape) == pytest.approx(dimensions * 1e-3 * early, rel=1e-3)


@pytest.mark.parametrize("shape", SHAPES)
@given(number=NUMBERS)
def test_more_time_or_a_thinner_layer_lets_more_out(shape, number) -> None:
    tau = np.concatenate([[0.0], np.geomspace(1e-9, 30.0, 120)])
    released = released_through_layer(tau, np.array([[number], [2.0 * number]]), shape)
    assert released.shape == (2, 121)
    assert (released[:, 0] == 0.0).all()
    assert released.min() >= 0.0
    assert released.max() <= 1.0
    assert (np.diff(released, axis=1) >= -2e-8).all()
    assert (released[1] >= released[0] - 2e-8).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("number", [0.3, 20.0])
def test_the_mean_time_is_the_area_above_the_curve(shape, number) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(120)
    root = 4.0 * (nodes + 1.0)  # of tau: release begins as a root
    area = 4.0 * weights @ (2.0 * root * (1.0 - released_through_layer(root**2, number, shape)))
    assert mean_release_time_through_layer(1.0, 1.0, number, shape) == pytest.approx(area, rel=1e-5)


def test_without_a_layer_the_mean_time_is_that_of_the_carrier() -> None:
    for shape, share in (("sphere", 1 / 15), ("cylinder", 1 / 8), ("slab", 1 / 3)):
        assert mean_release_time_through_layer(2e-6, 1e-16, math.inf, shape) == pytest.approx(share * 4e4)


def test_draws_stand_apart_in_any_number() -> None:
    generator = np.random.default_rng(5)
    numbers = 10.0 ** generator.uniform(-2.0, 2.0, (500, 1))
    tau = np.geomspace(1e-4, 2.0, 60) * 10.0 ** generator.uniform(-1.0, 1.0, (500, 1))
    many = released_through_layer(tau, numbers, "cylinder")
    for i in (0, 333, 499):
        assert released_through_layer(tau[i], numbers[i, 0], "cylinder") == pytest.approx(many[i], abs=1e-14)
    assert released_through_layer(tau[0], numbers).shape == (500, 60)
    assert released_through_layer(0.1, numbers[:, 0]).shape == (500,)


def test_a_thin_and_an_endless_layer_of_still_fluid() -> None:
    # D_w over the thickness; D_w over the radius, for which the Sherwood number is 2
    assert still_layer_permeability(1e-3, 1e-9, 1e-8) == pytest.approx(0.1, rel=1e-4)
    assert 2e-3 * still_layer_permeability(1e-3, 1e-9, math.inf) / 1e-9 == pytest.approx(2.0)
    # a drug that prefers the carrier waits longer at the layer
    assert boundary_number(1e-6, 1e-16, 1e-10, 100.0) == pytest.approx(0.01)
    assert boundary_number(1e-6, 1e-16, 0.0) == 0.0


@pytest.mark.parametrize("bad", [-1.0, math.nan])
def test_impossible_numbers_are_refused(bad) -> None:
    with pytest.raises(DomainError, match="boundary_number"):
        boundary_roots(bad)
    with pytest.raises(DomainError, match="boundary_number"):
        released_through_layer(0.1, [1.0, bad])
    with pytest.raises(DomainError, match="dimensionless_time"):
        released_through_layer(bad, 1.0)
    with pytest.raises(DomainError, match="boundary_number"):
        mean_release_time_through_layer(1.0, 1.0, bad)
    for place in range(4):
        with pytest.raises(DomainError):
            boundary_number(*(bad if at == place else 1.0 for at in range(4)))
    for place in range(3):
        with pytest.raises(DomainError):
            still_layer_permeability(*(bad if at == place else 1.0 for at in range(3)))


def test_an_unknown_shape_and_too_many_terms_are_refused() -> None:
    with pytest.raises(UnknownIdError, match="cylindre"):
        released_through_layer(0.1, 1.0, "cylindre")  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="1 to 10"):
        boundary_roots(1.0, 11)
    with pytest.raises(DomainError, match="boundary_number = 0"):
        mean_release_time_through_layer(1.0, 1.0, 0.0)
