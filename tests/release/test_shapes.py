"""Release from slab, cylinder and sphere: thousands of terms, half-times, mean times by integration, refusals."""

import math

import numpy as np
import pytest
from scipy import integrate
from scipy.special import jn_zeros

from formulate.release.shapes import (
    mean_release_time_cylinder,
    mean_release_time_slab,
    released_from_cylinder,
    released_from_shape,
    released_from_slab,
    released_from_sphere_at,
    shape_relaxation,
)
from materials.errors import DomainError

TAU = np.array([1e-4, 1e-3, 3e-3, 0.00499, 0.00501, 0.02, 0.1, 0.1999, 0.2001, 0.5, 1.0, 3.0])
L, D = 1e-4, 1e-12
TIME = TAU * L**2 / D


def test_slab_against_three_thousand_terms() -> None:
    odd = (2.0 * np.arange(3000) + 1.0) ** 2
    exact = 1.0 - 8.0 / np.pi**2 * np.sum(np.exp(-odd * np.pi**2 / 4.0 * TAU[:, None]) / odd, axis=-1)
    assert released_from_slab(TIME, 2.0 * L, D) == pytest.approx(exact, abs=1e-10)
    assert released_from_slab(TIME, L, D, "one") == pytest.approx(exact, abs=1e-10)


def test_cylinder_against_three_thousand_terms() -> None:
    zeros = jn_zeros(0, 3000) ** 2
    exact = 1.0 - 4.0 * np.sum(np.exp(-zeros * TAU[:, None]) / zeros, axis=-1)
    # the terms left out are worth 4/(pi**2 3000) at time zero, and nothing by 1e-4
    assert released_from_cylinder(TIME, L, D) == pytest.approx(exact, abs=5e-9)


def test_half_is_out_at_the_tabulated_times() -> None:
    # Crank 1975, 4.3: D t/l**2 = 0.0492 of the whole thickness of a slab; 0.0631 of a cylinder, 0.0306 of a sphere
    assert released_from_slab(0.0492 * L**2 / D, L, D) == pytest.approx(0.5, abs=0.001)
    assert released_from_cylinder(0.0631 * L**2 / D, L, D) == pytest.approx(0.5, abs=0.001)
    assert released_from_sphere_at(0.0306 * L**2 / D, L, D) == pytest.approx(0.5, abs=0.001)


def test_early_release_goes_by_surface_per_volume() -> None:
    # S/V times 2 sqrt(D t/pi): 2/l of a slab, 2/R of a cylinder, 3/R of a sphere
    time = 1e-10 * L**2 / D
    depth = 2.0 * math.sqrt(D * time / math.pi)
    assert released_from_slab(time, L, D) == pytest.approx(2.0 * depth / L, rel=1e-4)
    assert released_from_cylinder(time, L, D) == pytest.approx(2.0 * depth / L, rel=1e-4)
    assert released_from_sphere_at(time, L, D) == pytest.approx(3.0 * depth / L, rel=1e-4)


def test_nothing_at_once_and_all_at_last() -> None:
    for kernel in (released_from_slab, released_from_cylinder, released_from_sphere_at):
        assert kernel(0.0, L, D) == 0.0
        assert kernel(1e9, L, D) == pytest.approx(1.0)
        assert (np.diff(kernel(np.linspace(0.0, 2e4, 4000), L, D)) > 0.0).all()


def test_mean_times_are_the_area_above_the_curves() -> None:
    def area(kernel: object, *more: object) -> float:
        return float(integrate.quad(lambda tau: 1.0 - kernel(tau * L**2 / D, L, D, *more), 0.0, 20.0, limit=500)[0])  # type: ignore[operator]

    unit = L**2 / D
    assert mean_release_time_slab(L, D) == pytest.approx(area(released_from_slab) * unit, rel=1e-6)
    assert mean_release_time_slab(L, D, "one") == pytest.approx(area(released_from_slab, "one") * unit, rel=1e-6)
    assert mean_release_time_cylinder(L, D) == pytest.approx(area(released_from_cylinder) * unit, rel=1e-6)
    # whole thickness over 12, half of it over 3
    assert mean_release_time_slab(2.0 * L, D) == pytest.approx(L**2 / (3.0 * D))
    assert mean_release_time_slab(L, D) == pytest.approx(L**2 / (12.0 * D))


def test_draws_and_times_broadcast() -> None:
    sizes = np.array([[1e-4], [2e-4]])
    assert released_from_slab(TIME, sizes, D).shape == (2, TIME.size)
    assert released_from_cylinder(TIME, sizes, D).shape == (2, TIME.size)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_shapes_are_refused(bad: float) -> None:
    for kernel in (released_from_slab, released_from_cylinder, released_from_sphere_at):
        for place in range(3):
            with pytest.raises(DomainError):
                kernel(*(bad if at == place else value for at, value in enumerate((1.0, L, D))))
    for mean in (mean_release_time_slab, mean_release_time_cylinder):
        with pytest.raises(DomainError):
            mean(bad, D)
        with pytest.raises(DomainError):
            mean(L, bad)
    with pytest.raises(DomainError, match="diffusivity"):
        released_from_slab(1.0, L, 0.0)


@pytest.mark.parametrize(("shape", "mean"), [("sphere", 1 / 15), ("slab", 1 / 3), ("cylinder", 1 / 8)])
def test_the_modes_of_a_shape_are_its_release(shape: str, mean: float) -> None:
    weights, rates = shape_relaxation(25, shape)
    later = np.array([0.02, 0.1, 0.5, 1.0])  # the fast modes that are left out have gone
    modes = 1.0 - np.sum(weights * np.exp(-rates * later[:, None]), axis=-1)
    assert released_from_shape(later, shape) == pytest.approx(modes, abs=1e-6)
    assert float(np.sum(weights / rates)) == pytest.approx(mean, rel=1e-3)
    assert weights.sum() < 1.0


@pytest.mark.parametrize(("shape", "half"), [("sphere", 0.03055), ("slab", 0.19673), ("cylinder", 0.06306)])
def test_the_half_times_of_the_shapes(shape: str, half: float) -> None:
    assert released_from_shape(half, shape) == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(("modes", "shape"), [(0, "sphere"), (0, "slab"), (0, "cylinder"), (26, "cylinder")])
def test_a_number_of_modes_that_there_are_not_is_refused(modes: int, shape: str) -> None:
    with pytest.raises(DomainError, match="modes"):
        shape_relaxation(modes, shape)
