"""Cargo of extracellular vesicles: published counts, Poisson against another implementation, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from formulate.loading.extracellular_vesicles import (
    copies_from_amount,
    copies_from_efficiency,
    copies_from_mass,
    copies_from_molecules,
    corrected_efficiency,
    efficiency_from_amount,
    efficiency_from_counts,
)
from formulate.loading.particles import molecules_per_particle
from formulate.loading.vesicle_classes import share_within, size_overlap
from formulate.loading.vesicle_counts import (
    cargo_loading,
    cells_for_vesicles,
    free_protein_share,
    particles_from_protein,
    particles_per_protein,
    vesicle_mass,
    vesicles_for_dose,
    vesicles_from_culture,
)
from formulate.loading.vesicle_occupancy import (
    copies_at_concentration,
    copies_for_loaded_share,
    largest_copies_inside,
    largest_copies_on_surface,
    occupancy,
    share_with_at_least,
)
from materials.errors import DomainError

DAY = 86400.0
PER_UG = 1e9  # of protein, per kg
means = st.floats(1e-4, 1e3)
counts = st.floats(1e6, 1e14)
diameters = st.floats(30e-9, 1e-6)


def test_native_micro_rna_is_in_one_exosome_of_a_hundred() -> None:
    # Chevillet 2014: 0.00825 copies per exosome, mean of six sources, so that over 100 exosomes hold one copy.
    found = occupancy(0.00825)
    assert found.vesicles_per_loaded > 100
    assert found.vesicles_per_loaded == pytest.approx(121.7, abs=0.1)
    assert found.empty_share == pytest.approx(stats.poisson(0.00825).pmf(0))


def test_si_rna_taken_up_by_acid_vesicles() -> None:
    # Jeyaram 2020 (Mol. Ther.), table 1: 65 of 1000 pmol in 10 ug of vesicles, told as 6.5 %; then 41 of 720 (5.6 %).
    # At any particles per protein the efficiency is the same, and the copies are in inverse proportion.
    for loaded, added, told in ((65e-12, 1000e-12, 0.065), (41e-12, 720e-12, 0.056), (7e-12, 198e-12, 0.032)):
        many, few = (particles_from_protein(10e-9, ratio * PER_UG) for ratio in (3e10, 2e9))
        assert efficiency_from_amount(copies_from_amount(loaded, many), many, added) == pytest.approx(told, abs=0.004)
        assert copies_from_amount(loaded, few) / copies_from_amount(loaded, many) == pytest.approx(15.0)


def test_copies_by_hand() -> None:
    # 1 fmol is 6.022e8 molecules; 7 ug of 7 kg/mol is 1 nmol.
    assert copies_from_amount(1e-15, 6.02214076e8) == pytest.approx(1.0)
    assert copies_from_mass(7e-9, 7.0, 6.02214076e14) == pytest.approx(1.0)
    assert copies_from_molecules(5e9, 1e9) == 5.0
    assert vesicles_for_dose(7e-9, 10.0, 7.0) == pytest.approx(6.02214076e13)


@given(means, counts, st.floats(1.0, 1e6))
def test_efficiency_and_copies_are_inverse(copies: float, particles: float, excess: float) -> None:
    added = copies * particles * excess
    efficiency = efficiency_from_counts(copies, particles, added)
    assert efficiency == pytest.approx(1 / excess)
    assert copies_from_efficiency(efficiency, added / 6.02214076e23, particles) == pytest.approx(copies)


@given(means, st.integers(0, 60))
def test_occupancy_is_poisson(mean: float, least: int) -> None:
    exact = stats.poisson(mean)
    assert share_with_at_least(least, mean) == pytest.approx(exact.sf(least - 1), rel=1e-6, abs=1e-300)
    found = occupancy(mean)
    assert found.empty_share == pytest.approx(exact.pmf(0))
    assert found.loaded_share + found.empty_share == pytest.approx(1.0)
    assert found.loaded_share * found.copies_per_loaded == pytest.approx(mean)  # all copies are in loaded vesicles


def test_occupancy_matches_drawn_vesicles() -> None:
    drawn = np.random.default_rng(1).poisson(0.7, 400_000)
    found = occupancy(0.7)
    assert found.empty_share == pytest.approx(np.mean(drawn == 0), abs=0.003)
    assert found.copies_per_loaded == pytest.approx(drawn[drawn > 0].mean(), rel=0.005)
    assert share_with_at_least(3, 0.7) == pytest.approx(np.mean(drawn >= 3), abs=0.002)


def test_occupancy_keeps_its_digits_where_few_are_loaded() -> None:
    assert occupancy(1e-12).loaded_share == pytest.approx(1e-12, rel=1e-9)
    assert occupancy(1e-12).copies_per_loaded == pytest.approx(1.0, rel=1e-9)
    assert occupancy(700.0).empty_share == pytest.approx(math.exp(-700.0), rel=1e-6)


@given(st.floats(1e-6, 0.999999))
def test_share_loaded_gives_back_the_mean(share: float) -> None:
    assert occupancy(copies_for_loaded_share(share)).loaded_share == pytest.approx(share, rel=1e-6)


def test_inner_water_by_hand() -> None:
    # 90 nm wide inside: 3.817e-22 m3; 1 mmol/L is 6.022e23 molecules per m3.
    assert copies_at_concentration(1.0, 100e-9, 5e-9) == pytest.approx(229.9, rel=1e-3)
    assert copies_at_concentration(0.0, 100e-9, 5e-9) == 0.0


def test_ceilings_by_hand() -> None:
    # Catalase of 250 kg/mol and 1.35 g/cm3 is 3.075e-25 m3; 64 % of 3.817e-22 m3 is 794 of it.
    assert largest_copies_inside(100e-9, 5e-9, 250.0, 1350.0, 0.64) == pytest.approx(794.4, rel=1e-3)
    # A surface of pi (100 nm)^2 = 31416 nm2 of 10 nm2 each.
    assert largest_copies_on_surface(100e-9, 10e-18) == pytest.approx(3141.6, rel=1e-4)
    assert largest_copies_on_surface(100e-9, 10e-18, 0.5) == pytest.approx(1570.8, rel=1e-4)


@given(diameters, st.floats(1e-9, 6e-9), st.floats(0.2, 1000.0), st.floats(1000.0, 2000.0))
def test_full_vesicle_is_cargo_at_its_own_density(d: float, h: float, molar: float, density: float) -> None:
    full = largest_copies_inside(d, h, molar, density, 1.0)
    assert full == pytest.approx(copies_at_concentration(density / molar, d, h))


def test_control_is_taken_off() -> None:
    assert corrected_efficiency(0.25, 0.2) == pytest.approx(0.05)
    assert corrected_efficiency([0.3, 0.3], [0.0, 0.3]) == pytest.approx([0.3, 0.0])


def test_purity_over_the_range_of_the_literature() -> None:
    # 2e9 to 3e10 particles per ug, 15-fold: 0.5 fg to 0.033 fg of protein for each vesicle.
    assert particles_per_protein(2e10, 10e-9) == pytest.approx(2e9 * PER_UG)
    assert particles_from_protein(10e-9, 3e10 * PER_UG) == pytest.approx(3e11)
    # A vesicle of 100 nm and 1.1 g/cm3 weighs 0.576 fg: at 1e8 per ug there are 10 fg of protein for each, at least
    # 94 % of them free; at 3e10 per ug nothing proves any of it free.
    assert vesicle_mass(100e-9, 1100.0) == pytest.approx(0.576e-18, rel=1e-3)
    assert free_protein_share(1e8 * PER_UG, 100e-9, 1100.0) == pytest.approx(0.942, abs=0.001)
    assert free_protein_share(3e10 * PER_UG, 100e-9, 1100.0) == 0.0


@given(counts, st.floats(1e-12, 1e-3))
def test_protein_and_particles_are_inverse(particles: float, protein: float) -> None:
    assert particles_from_protein(protein, particles_per_protein(particles, protein)) == pytest.approx(particles)


@given(st.floats(1.0, 1e5), st.floats(0.1, 100.0), diameters)
def test_cargo_loading_agrees_with_molecules_in_a_loaded_particle(copies: float, molar: float, d: float) -> None:
    # The particle module counts from drug loading and the density of the loaded particle.
    loading = float(cargo_loading(copies, molar, d, 1100.0))
    loaded_density = 1100.0 / (1.0 - loading)
    if loaded_density < 5000.0:
        assert molecules_per_particle(loading, d, loaded_density, molar) == pytest.approx(copies, rel=1e-6)


def test_culture_by_hand() -> None:
    # 100 million cells at 2000 a day for 2 days: 4e11, of which a quarter is kept; 10 doses of 1e10.
    kept = vesicles_from_culture(1e8, 2000 / DAY, 2 * DAY, 0.25)
    assert kept == pytest.approx(1e11)
    assert kept / 1e10 == pytest.approx(10.0)
    assert cells_for_vesicles(kept, 2000 / DAY, 2 * DAY, 0.25) == pytest.approx(1e8)


def test_size_does_not_tell_exosomes_from_microvesicles() -> None:
    # Classes of the reviews: 30-150 or 40-150 nm, and 50-1000 or 100-1000 nm.
    shared = size_overlap(30e-9, 150e-9, 50e-9, 1000e-9)
    assert (shared.smallest, shared.largest) == (50e-9, 150e-9)
    narrower = size_overlap(40e-9, 150e-9, 100e-9, 1000e-9)
    assert (narrower.smallest, narrower.largest) == (100e-9, 150e-9)
    swapped = size_overlap(50e-9, 1000e-9, 30e-9, 150e-9)
    assert (swapped.smallest, swapped.largest) == (50e-9, 150e-9)


def test_share_in_a_class_matches_the_lognormal() -> None:
    # scipy's lognormal takes the standard deviation of the logarithm, and the median.
    spread = math.sqrt(math.log(1 + 0.4**2))
    exact = stats.lognorm(spread, scale=120e-9 / math.sqrt(1 + 0.4**2))
    assert exact.mean() == pytest.approx(120e-9)
    found = share_within(120e-9, 0.4, 30e-9, 150e-9)
    assert found == pytest.approx(exact.cdf(150e-9) - exact.cdf(30e-9))


def test_share_in_a_class_of_vesicles_of_one_size() -> None:
    assert share_within([100e-9, 200e-9], 0.0, 30e-9, 150e-9).tolist() == [1.0, 0.0]
    assert share_within(100e-9, 1e-6, 30e-9, 150e-9) == pytest.approx(1.0)


@given(diameters, st.floats(0.01, 1.0), st.floats(30e-9, 1e-6))
def test_a_range_and_the_sizes_around_it_are_all(diameter: float, variation: float, cut: float) -> None:
    below, above = (share_within(diameter, variation, *ends) for ends in ((1e-15, cut), (cut, 1e3)))
    assert below + above == pytest.approx(1.0)


def test_arrays_broadcast() -> None:
    assert copies_from_amount(np.full((4, 1), 1e-12), np.array([1e10, 1e11, 1e12])).shape == (4, 3)
    assert occupancy(np.array([0.1, 1.0])).empty_share.shape == (2,)
    assert share_within(np.array([100e-9, 200e-9]), 0.3, 30e-9, 150e-9).shape == (2,)


def test_no_copies_leave_all_empty() -> None:
    found = occupancy(0.0)
    assert (found.empty_share, found.loaded_share, found.copies_per_loaded) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_impossible_counts_are_refused(bad: float) -> None:
    for call in (
        lambda: copies_from_molecules(1e9, bad),
        lambda: copies_from_amount(1e-12, bad),
        lambda: copies_from_mass(1e-9, 7.0, bad),
        lambda: efficiency_from_counts(1.0, bad, 1e9),
        lambda: copies_from_efficiency(0.1, 1e-12, bad),
        lambda: particles_per_protein(bad, 1e-9),
        lambda: cells_for_vesicles(bad, 0.02, DAY),
    ):
        with pytest.raises(DomainError, match="particles"):
            call()
    with pytest.raises(DomainError, match="molar_mass"):
        copies_from_mass(1e-9, bad, 1e9)
    with pytest.raises(DomainError, match="molar_mass"):
        largest_copies_inside(100e-9, 5e-9, bad, 1350.0, 0.64)
    with pytest.raises(DomainError, match="protein_mass"):
        particles_from_protein(bad, 1e18)
    with pytest.raises(DomainError, match="particles_per_protein_mass"):
        free_protein_share(bad, 100e-9, 1100.0)
    with pytest.raises(DomainError, match="molecules_added"):
        efficiency_from_counts(1.0, 1e9, bad)
    with pytest.raises(DomainError, match="amount_added"):
        efficiency_from_amount(1.0, 1e9, bad)
    if bad != 0.0:
        with pytest.raises(DomainError, match="copies_per_vesicle"):
            occupancy(bad)
    with pytest.raises(DomainError, match="copies_per_vesicle"):
        share_with_at_least(1, bad)
    with pytest.raises(DomainError, match="copies_per_vesicle"):
        vesicles_for_dose(1e-9, bad, 7.0)
    with pytest.raises(DomainError, match="footprint"):
        largest_copies_on_surface(100e-9, bad)
    with pytest.raises(DomainError, match="density"):
        vesicle_mass(100e-9, bad)
    with pytest.raises(DomainError, match="secretion_rate"):
        vesicles_from_culture(1e8, bad, DAY)
    with pytest.raises(DomainError, match="culture_time"):
        vesicles_from_culture(1e8, 0.02, bad)
    with pytest.raises(DomainError, match="diameter"):
        share_within(bad, 0.3, 30e-9, 150e-9)


def test_negative_amounts_are_refused() -> None:
    for name, call in (
        ("molecules", lambda: copies_from_molecules(-1.0, 1e9)),
        ("amount", lambda: copies_from_amount(-1.0, 1e9)),
        ("cargo_mass", lambda: copies_from_mass(-1.0, 7.0, 1e9)),
        ("cargo_concentration", lambda: copies_at_concentration(-1.0, 100e-9, 5e-9)),
        ("copies_per_vesicle", lambda: cargo_loading(-1.0, 7.0, 100e-9, 1100.0)),
        ("coefficient_of_variation", lambda: share_within(100e-9, -0.1, 30e-9, 150e-9)),
    ):
        with pytest.raises(DomainError, match=name):
            call()


def test_more_than_was_added_is_refused() -> None:
    with pytest.raises(DomainError, match=r"encapsulation_efficiency = 1\.2; need <= 1 \(more is found than was added"):
        efficiency_from_counts(120.0, 1e9, 1e11)
    with pytest.raises(DomainError, match="share, not a percentage"):
        copies_from_efficiency(120.0, 1e-9, 1e11)


def test_control_above_the_sample_is_refused() -> None:
    with pytest.raises(DomainError, match=r"control_efficiency = 0\.3; need <= apparent_efficiency"):
        corrected_efficiency(0.2, 0.3)
    with pytest.raises(DomainError, match="share, not a percentage"):
        corrected_efficiency(25.0, 20.0)


@pytest.mark.parametrize("thickness", [5e-9, 6e-9])
def test_vesicle_that_is_all_membrane_is_refused(thickness: float) -> None:
    with pytest.raises(DomainError, match="bilayer_thickness"):
        copies_at_concentration(1.0, 10e-9, thickness)
    with pytest.raises(DomainError, match="bilayer_thickness"):
        largest_copies_inside(10e-9, thickness, 7.0, 1700.0, 0.64)


def test_impossible_shares_are_refused() -> None:
    for share in (0.0, 1.0, 90.0, math.nan):
        with pytest.raises(DomainError, match="loaded_share"):
            copies_for_loaded_share(share)
    for copies in (-1.0, 1.5, math.nan):
        with pytest.raises(DomainError, match="copies"):
            share_with_at_least(copies, 1.0)
    for recovery in (0.0, 1.5):
        with pytest.raises(DomainError, match="recovery"):
            vesicles_from_culture(1e8, 0.02, DAY, recovery)
    with pytest.raises(DomainError, match="packing_share"):
        largest_copies_inside(100e-9, 5e-9, 7.0, 1700.0, 64.0)
    with pytest.raises(DomainError, match="coverage"):
        largest_copies_on_surface(100e-9, 10e-18, 1.5)


def test_impossible_ranges_are_refused() -> None:
    with pytest.raises(DomainError, match="largest"):
        share_within(100e-9, 0.3, 150e-9, 30e-9)
    with pytest.raises(DomainError, match="first_largest"):
        size_overlap(150e-9, 30e-9, 50e-9, 1000e-9)
    with pytest.raises(DomainError, match="share no size"):
        size_overlap(30e-9, 80e-9, 100e-9, 1000e-9)
