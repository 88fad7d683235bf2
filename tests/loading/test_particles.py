"""Particle counts: a published count, the moments of sampled distributions, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from formulate.loading.particles import (
    AVOGADRO,
    Distribution,
    mean_cube_factor,
    molecules_per_particle,
    number_mean_from_intensity,
    number_mean_from_volume,
    particles_per_mass,
    surface_area_per_mass,
    volume_share,
)
from materials.errors import DomainError

diameters = st.floats(10e-9, 1e-3)
densities = st.floats(100.0, 5000.0)
narrow = st.floats(0.0, 0.5)
distributions = st.sampled_from(["normal", "lognormal"])

CV = 0.25
MEDIAN = 100e-9


def _sample(seed: int, size: int = 200_000) -> NDArray[np.float64]:
    """Diameters [m] of a lognormal with CV 0.25."""
    return MEDIAN * np.exp(math.sqrt(math.log1p(CV**2)) * np.random.default_rng(seed).standard_normal(size))


def test_one_gram_of_ten_micrometre_particles() -> None:
    # Worked example W14: 1 g, 1.5 g/cm3, 10 um: 1.27e9 particles.
    assert particles_per_mass(10e-6, 1500.0) * 1e-3 == pytest.approx(1.27e9, rel=0.005)


def test_count_matches_sampled_lognormal() -> None:
    # 2e5 samples of CV 0.25: standard error of <d^3> is 0.2 %.
    d = _sample(seed=1)
    exact = 1.0 / (1300.0 * np.mean(np.pi / 6 * d**3))
    assert particles_per_mass(np.mean(d), 1300.0, CV) == pytest.approx(exact, rel=0.01)


def test_count_matches_sampled_normal() -> None:
    d = np.random.default_rng(2).normal(10e-6, 2e-6, 200_000)
    exact = 1.0 / (1300.0 * np.mean(np.pi / 6 * d**3))
    assert particles_per_mass(10e-6, 1300.0, 0.2, "normal") == pytest.approx(exact, rel=0.01)


def test_number_mean_matches_simulated_light_scattering() -> None:
    # Every particle scatters d^6 and decays at a rate 1/d: mean and variance of the rate give size and PDI.
    d = _sample(seed=3)
    weight, rate = d**6, 1.0 / d
    mean = np.average(rate, weights=weight)
    index = np.average((rate - mean) ** 2, weights=weight) / mean**2
    assert index == pytest.approx(CV**2, rel=0.03)
    assert number_mean_from_intensity(1.0 / mean, CV**2) == pytest.approx(np.mean(d), rel=0.01)


def test_number_mean_matches_simulated_laser_diffraction() -> None:
    d = _sample(seed=4)
    volume_mean = np.average(d, weights=d**3)
    index = np.average((d - volume_mean) ** 2, weights=d**3) / volume_mean**2
    assert index == pytest.approx(CV**2, rel=0.03)
    assert number_mean_from_volume(volume_mean, CV**2) == pytest.approx(np.mean(d), rel=0.01)


def test_surface_matches_sampled_lognormal() -> None:
    d = _sample(seed=5)
    exact = np.sum(np.pi * d**2) / np.sum(1300.0 * np.pi / 6 * d**3)
    assert surface_area_per_mass(np.mean(d), 1300.0, CV) == pytest.approx(exact, rel=0.01)


def test_drug_per_particle_by_hand() -> None:
    # 1 um, 1 g/cm3: 5.236e-16 kg; 10 % is 5.236e-17 kg, of 0.4 kg/mol 1.309e-16 mol, times N_A.
    assert molecules_per_particle(0.1, 1e-6, 1000.0, 0.4) == pytest.approx(7.883e7, rel=1e-3)


@given(diameters, densities, narrow, distributions, st.floats(1e-4, 1.0), st.floats(0.02, 200.0))
def test_molecules_times_particles_is_all_the_drug(
    diameter: float, density: float, cv: float, shape: Distribution, loading: float, molar: float
) -> None:
    count = particles_per_mass(diameter, density, cv, shape)
    each = molecules_per_particle(loading, diameter, density, molar, cv, shape)
    assert each * count * molar / AVOGADRO == pytest.approx(loading)


@given(diameters, densities, st.floats(1.01, 10.0), distributions)
def test_count_scales_with_inverse_cube(diameter: float, density: float, factor: float, shape: Distribution) -> None:
    few, many = (
        particles_per_mass(diameter * factor, density, 0.1, shape),
        particles_per_mass(diameter, density, 0.1, shape),
    )
    assert many / few == pytest.approx(factor**3)


@given(narrow, distributions)
def test_factor_is_at_least_one(cv: float, shape: Distribution) -> None:
    assert mean_cube_factor(cv, shape) >= 1.0
    longer_tail = mean_cube_factor(cv, "lognormal")
    assert longer_tail >= mean_cube_factor(cv, "normal") * (1 - 1e-12)


@given(diameters, st.floats(0.0, 0.7))
def test_number_mean_is_the_smallest_mean(diameter: float, index: float) -> None:
    assert number_mean_from_intensity(diameter, index) <= number_mean_from_volume(diameter, index) <= diameter


def test_one_size_has_one_mean() -> None:
    assert mean_cube_factor(0.0, "normal") == mean_cube_factor(0.0, "lognormal") == 1.0
    assert number_mean_from_intensity(150e-9, 0.0) == number_mean_from_volume(150e-9, 0.0) == 150e-9
    assert surface_area_per_mass(1e-6, 1000.0) == pytest.approx(6000.0)  # 6/(rho d)


def test_density_one_holds_everything() -> None:
    assert volume_share([0.0, 650.0, 1300.0], 1300.0).tolist() == [0.0, 0.5, 1.0]


def test_arrays_broadcast() -> None:
    count = particles_per_mass(np.full((4, 1), 1e-6), np.array([1000.0, 1200.0, 1300.0]), 0.2)
    assert count.shape == (4, 3)


@pytest.mark.parametrize("bad", [0.0, -1e-6, math.nan, math.inf])
def test_impossible_sizes_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="diameter"):
        particles_per_mass(bad, 1300.0)
    with pytest.raises(DomainError, match="density"):
        particles_per_mass(1e-6, bad)
    with pytest.raises(DomainError, match="diameter"):
        number_mean_from_intensity([100e-9, bad], 0.1)
    with pytest.raises(DomainError, match="diameter"):
        number_mean_from_volume(bad, 0.1)
    with pytest.raises(DomainError, match="diameter"):
        surface_area_per_mass(bad, 1300.0)
    with pytest.raises(DomainError, match="molar_mass"):
        molecules_per_particle(0.1, 1e-6, 1300.0, bad)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_impossible_widths_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="coefficient_of_variation"):
        mean_cube_factor(bad, "lognormal")
    with pytest.raises(DomainError, match="polydispersity_index"):
        number_mean_from_intensity(100e-9, bad)
    with pytest.raises(DomainError, match="polydispersity_index"):
        number_mean_from_volume(100e-9, bad)


def test_widths_beyond_the_model_are_refused() -> None:
    with pytest.raises(DomainError, match="use lognormal"):
        mean_cube_factor(0.6, "normal")
    assert mean_cube_factor(0.6, "lognormal") == pytest.approx(1.36**3)
    with pytest.raises(DomainError, match="light scattering"):
        number_mean_from_intensity(100e-9, 0.8)


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(DomainError, match="whole volume"):
        volume_share(1400.0, 1300.0)
    with pytest.raises(DomainError, match="drug_loading"):
        molecules_per_particle(12.0, 1e-6, 1300.0, 0.4)
