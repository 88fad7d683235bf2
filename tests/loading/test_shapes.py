"""Shapes: integrals over the surface and over the friction of spheroids, solids put together, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from formulate.loading.shapes import (
    core_diameter,
    core_volume_share,
    envelope_density,
    envelope_density_from_porosity,
    perrin_factor,
    rod_surface,
    rod_volume,
    spheroid_surface,
    spheroid_volume,
    spheroid_volume_from_hydrodynamic,
)
from materials.errors import DomainError

ratios = st.floats(0.05, 20.0)


def _friction(ratio: float) -> float:
    """Friction over that of the sphere of the same volume, from the integral of the potential of an ellipsoid."""
    polar, equatorial = ratio ** (2 / 3), ratio ** (-1 / 3)
    # s = t/(1 - t) maps the half line on 0..1
    value, _ = integrate.quad(
        lambda t: (
            1 / ((1 - t) ** 2 * math.sqrt(polar**2 + t / (1 - t)) * (equatorial**2 + t / (1 - t))) if t < 1 else 0.0
        ),
        0.0,
        1.0,
        epsabs=1e-12,
        epsrel=1e-10,
        limit=500,
    )
    return 2.0 / value


def _surface(polar: float, equatorial: float) -> float:
    """Surface of revolution of an ellipse, by its angle."""
    a, b = polar / 2, equatorial / 2
    value, _ = integrate.quad(
        lambda u: 2 * np.pi * b * np.sin(u) * np.sqrt((a * np.sin(u)) ** 2 + (b * np.cos(u)) ** 2), 0, np.pi
    )
    return float(value)


@pytest.mark.parametrize("ratio", [0.05, 0.3, 0.9, 0.998, 1.0002, 1.002, 1.1, 3.0, 20.0])
def test_friction_and_surface_match_their_integrals(ratio: float) -> None:
    assert perrin_factor(ratio) == pytest.approx(_friction(ratio), rel=1e-6)
    assert spheroid_surface(ratio, 1.0) == pytest.approx(_surface(ratio, 1.0), rel=1e-7)


def test_the_series_near_a_sphere_meets_the_closed_form() -> None:
    # just inside the series, where the closed forms still hold to nine digits of the whole, four of the excess
    off = 9e-4
    ratio = 1.0 + off
    closed = math.sqrt(ratio**2 - 1) / (ratio ** (1 / 3) * math.acosh(ratio))
    assert float(perrin_factor(ratio)) - 1 == pytest.approx(closed - 1, rel=0.01)
    eccentricity = math.sqrt(1 - 1 / ratio**2)
    area = np.pi / 2 * (1 + ratio * math.asin(eccentricity) / eccentricity)
    linear = np.pi * (1 + 2 / 3 * off)
    assert float(spheroid_surface(ratio, 1.0)) - linear == pytest.approx(area - linear, rel=0.01)


@given(ratios)
def test_a_sphere_has_the_least_friction_and_surface(ratio: float) -> None:
    assert perrin_factor(ratio) >= 1.0
    across = ratio ** (-1 / 3)
    assert spheroid_surface(ratio * across, across) >= np.pi * (1 - 1e-12)
    assert spheroid_volume(ratio * across, across) == pytest.approx(np.pi / 6)


def test_spheres_are_exact() -> None:
    assert perrin_factor(1.0) == 1.0
    assert spheroid_surface(2.0, 2.0) == pytest.approx(4 * np.pi)
    assert spheroid_volume_from_hydrodynamic(2.0, 1.0) == pytest.approx(4 / 3 * np.pi)
    assert rod_volume(2.0, 2.0) == pytest.approx(4 / 3 * np.pi)
    assert rod_surface(2.0, 2.0) == pytest.approx(4 * np.pi)


def test_a_rod_is_a_cylinder_and_a_sphere() -> None:
    assert rod_volume(5.0, 2.0) == pytest.approx(np.pi * 3 + 4 / 3 * np.pi)
    assert rod_surface(5.0, 2.0) == pytest.approx(2 * np.pi * 3 + 4 * np.pi)


def test_a_disc_is_flat() -> None:
    # a flat disc: both faces; a needle: f = L/(ln 2p) over that of the sphere of the same volume
    assert spheroid_surface(1e-6, 2.0) == pytest.approx(2 * np.pi, rel=1e-9)
    assert perrin_factor(1e4) == pytest.approx(1e4 ** (2 / 3) / math.log(2e4), rel=1e-6)


def test_shell_and_core() -> None:
    assert core_diameter(110e-9, 0.0) == 110e-9
    assert core_volume_share(100e-9, 5e-9) == pytest.approx((90 / 100) ** 3)


def test_densities_agree_with_each_other() -> None:
    # silica: 1 cm3 of solid is 2.2 g and has 1.98 cm3 of pores
    assert envelope_density(2200.0, 0.9e-3) == pytest.approx(2200 / 2.98)
    assert envelope_density_from_porosity(2200.0, 1.98 / 2.98) == pytest.approx(2200 / 2.98)
    assert envelope_density(1300.0, 0.0) == envelope_density_from_porosity(1300.0, 0.0) == 1300.0


def test_impossible_shapes_are_refused() -> None:
    with pytest.raises(DomainError, match="polar_diameter"):
        spheroid_volume(0.0, 1.0)
    with pytest.raises(DomainError, match="equatorial_diameter"):
        spheroid_surface(1.0, math.nan)
    with pytest.raises(DomainError, match="aspect_ratio"):
        perrin_factor(-1.0)
    with pytest.raises(DomainError, match="swapped"):
        rod_volume(1.0, 2.0)
    with pytest.raises(DomainError, match="no core"):
        core_diameter(100e-9, 50e-9)
    with pytest.raises(DomainError, match="shell_thickness"):
        core_volume_share(100e-9, -1e-9)
    with pytest.raises(DomainError, match="pore_volume"):
        envelope_density(2200.0, -1.0)
    with pytest.raises(DomainError, match="porosity"):
        envelope_density_from_porosity(2200.0, 1.0)
