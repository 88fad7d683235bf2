"""Bases of size: sampled distributions, exact integrals of a normal distribution, quantiles, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, stats

from formulate.loading.counts import (
    count_particles,
    efficiency_from_counts,
    number_concentration,
    particle_spacing,
)
from formulate.loading.particles import number_mean_from_intensity, number_mean_from_volume
from formulate.loading.sizes import (
    MEANS,
    MEDIANS,
    Basis,
    coefficient_of_variation,
    convert_diameter,
    geometric_sd_from_deciles,
    geometric_sd_from_span,
)
from materials.errors import DomainError, UnknownIdError

CV = 0.25
BASES = st.sampled_from([*MEANS, *MEDIANS])


def _sample() -> NDArray[np.float64]:
    """Equally likely diameters [m] of a lognormal of median 100 nm, by its quantiles: no noise of sampling."""
    spread = math.sqrt(math.log1p(CV**2))
    return 100e-9 * np.exp(spread * stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000))


def _weighted_median(sizes: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    return float(sizes[np.searchsorted(np.cumsum(weights), 0.5 * np.sum(weights))])


@pytest.mark.parametrize("wanted", MEANS)
def test_means_match_a_sampled_lognormal(wanted: Basis) -> None:
    d = _sample()
    above, below = MEANS[wanted]
    exact = (np.mean(d**above) / np.mean(d**below)) ** (1 / (above - below))
    assert convert_diameter(100e-9, CV, "number_median", wanted) == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("wanted", MEDIANS)
def test_medians_match_a_sampled_lognormal(wanted: Basis) -> None:
    d = _sample()
    exact = _weighted_median(d, d ** MEDIANS[wanted])
    assert convert_diameter(100e-9, CV, "number_median", wanted) == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("wanted", MEANS)
def test_means_match_the_integrals_of_a_normal_distribution(wanted: Basis) -> None:
    above, below = MEANS[wanted]

    def moment(order: int) -> float:
        return float(integrate.quad(lambda x: x**order * stats.norm.pdf(x, 1.0, 0.2), -1.0, 3.0, epsabs=1e-12)[0])

    exact = (moment(above) / moment(below)) ** (1 / (above - below))
    assert convert_diameter(1.0, 0.2, "number_mean", wanted, "normal") == pytest.approx(exact, rel=1e-8)


@given(BASES, BASES, BASES, st.floats(1e-9, 1e-3), st.floats(0.0, 0.8))
def test_conversions_chain_and_come_back(first: Basis, second: Basis, third: Basis, size: float, cv: float) -> None:
    through = convert_diameter(convert_diameter(size, cv, first, second), cv, second, third)
    assert through == pytest.approx(float(convert_diameter(size, cv, first, third)))
    assert convert_diameter(through, cv, third, first) == pytest.approx(size)


def test_the_order_of_the_bases() -> None:
    order: list[Basis] = [
        "number_median",
        "number_mean",
        "surface_equivalent",
        "volume_equivalent",
        "surface_median",
        "sauter",
        "volume_median",
        "volume_mean",
        "z_average",
        "intensity_median",
        "intensity_mean",
    ]
    sizes = [float(convert_diameter(1e-7, 0.3, "number_median", basis)) for basis in order]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == len(sizes)
    assert {float(convert_diameter(1e-7, 0.0, "z_average", basis)) for basis in order} == {1e-7}


def test_agrees_with_the_two_conversions_of_counting() -> None:
    assert convert_diameter(150e-9, 0.12**0.5, "z_average", "number_mean") == pytest.approx(
        float(number_mean_from_intensity(150e-9, 0.12))
    )
    assert convert_diameter(20e-6, 0.2**0.5, "volume_mean", "number_mean") == pytest.approx(
        float(number_mean_from_volume(20e-6, 0.2))
    )


@given(st.floats(1.0, 3.0))
def test_span_and_deciles_come_from_quantiles(width: float) -> None:
    ten, fifty, ninety = np.exp(np.log(width) * stats.norm.ppf([0.1, 0.5, 0.9]))
    assert geometric_sd_from_span((ninety - ten) / fifty) == pytest.approx(width)
    assert geometric_sd_from_deciles(ten * 1e-6, ninety * 1e-6) == pytest.approx(width)


def test_variation_matches_scipy() -> None:
    spread = math.log(1.5)
    exact = stats.lognorm.std(spread) / stats.lognorm.mean(spread)
    assert coefficient_of_variation(1.5) == pytest.approx(exact)
    assert coefficient_of_variation(1.0) == 0.0


def test_one_gram_of_ten_micrometre_particles_on_every_basis() -> None:
    # Published worked example: 1 g, 1.5 g/cm3, 10 um: 1.27e9 particles; one size is the same on every basis.
    for basis in (*MEANS, *MEDIANS):
        count = count_particles(1e-3, 10e-6, 1500.0, basis, 0.0)  # type: ignore[arg-type]
        assert count.number == pytest.approx(1.27e9, rel=0.005)


def test_a_weighted_size_without_its_width_is_refused() -> None:
    with pytest.raises(DomainError, match="z_average weights large particles"):
        count_particles(1e-6, 100e-9, 1300.0, "z_average")
    assert count_particles(1e-6, 100e-9, 1300.0, "number_mean").number > 0


def test_counts_of_a_sampled_distribution() -> None:
    d = _sample()
    z_average = np.sum(d**6) / np.sum(d**5)
    count = count_particles(1e-6, z_average, 1200.0, "z_average", CV)
    volume = np.pi / 6 * np.mean(d**3)
    assert count.number_mean == pytest.approx(np.mean(d), rel=2e-3)
    assert count.particle_volume == pytest.approx(volume, rel=2e-3)
    assert count.particle_mass == pytest.approx(1200.0 * volume, rel=2e-3)
    assert count.particle_surface == pytest.approx(np.pi * np.mean(d**2), rel=2e-3)
    assert count.number * count.particle_mass == pytest.approx(1e-6)
    assert count.surface == pytest.approx(float(count.number * count.particle_surface))


def test_surface_is_six_over_density_and_sauter_diameter() -> None:
    assert count_particles(1.0, 20e-6, 1000.0, "sauter", 0.6).surface == pytest.approx(300.0)


def test_concentration_and_spacing_by_hand() -> None:
    # 1 um3 of volume per particle at 1e12 per mL; at a volume share of pi/6 touching spheres fill a cubic lattice.
    assert particle_spacing(1e18) == pytest.approx(1e-6)
    touching = number_concentration(1000.0 * np.pi / 6, 50e-9, 1000.0)
    assert particle_spacing(touching) == pytest.approx(50e-9)


def test_efficiency_from_counts_by_hand() -> None:
    # 6.022e20 molecules are 1 mmol; of 0.3 kg/mol 0.3 g, half of 0.6 g
    assert efficiency_from_counts(6.02214076e16, 1e4, 0.3, 0.6e-3) == pytest.approx(0.5)
    assert efficiency_from_counts(1e12, 0.0, 0.3, 1e-9) == 0.0
    with pytest.raises(DomainError, match="more drug than was added"):
        efficiency_from_counts(6.02214076e16, 1e4, 0.3, 0.1e-3)
    with pytest.raises(DomainError, match="particles"):
        efficiency_from_counts(0.0, 1e4, 0.3, 0.1e-3)


def test_what_no_distribution_has_is_refused() -> None:
    with pytest.raises(DomainError, match="diameter"):
        convert_diameter(-1e-9, 0.1, "sauter", "number_mean")
    with pytest.raises(DomainError, match="coefficient_of_variation"):
        convert_diameter(1e-7, -0.1, "sauter", "number_mean")
    with pytest.raises(DomainError, match="light scattering"):
        convert_diameter(1e-7, 0.9, "sauter", "z_average")
    assert convert_diameter(1e-7, 0.7**0.5, "z_average", "number_mean") > 0  # the bound itself is accepted
    with pytest.raises(DomainError, match="use lognormal"):
        convert_diameter(1e-7, 0.6, "sauter", "number_mean", "normal")
    with pytest.raises(UnknownIdError, match="volume_mean"):
        convert_diameter(1e-7, 0.1, "volume_median", "number_mean", "normal")
    with pytest.raises(UnknownIdError, match="z_average"):
        convert_diameter(1e-7, 0.1, "z-average", "number_mean")  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="span"):
        geometric_sd_from_span(-0.1)
    with pytest.raises(DomainError, match="swapped"):
        geometric_sd_from_deciles(2e-6, 1e-6)
    with pytest.raises(DomainError, match="geometric_sd"):
        coefficient_of_variation(0.9)
    with pytest.raises(DomainError, match="mass"):
        count_particles(0.0, 1e-6, 1000.0, "sauter")
    with pytest.raises(DomainError, match="whole volume"):
        number_concentration(1500.0, 1e-6, 1000.0)
    with pytest.raises(DomainError, match="number_concentration"):
        particle_spacing(0.0)
