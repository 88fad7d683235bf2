"""What fits in one injection: hand calculations, round trips, a sampled size distribution, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.loading.injectable import (
    carrier_concentration,
    d99,
    geometric_sd_from_pdi,
    largest_dose_dissolved,
    largest_dose_entrapped,
    largest_dose_suspended,
    loaded_carrier_mass,
    plunger_force,
    widest_through_needle,
)
from materials.errors import DomainError

doses = st.floats(1e-9, 1e-3)
loadings = st.floats(1e-4, 1.0)
volumes = st.floats(1e-8, 1e-5)


def test_five_milligrams_at_ten_percent_in_two_millilitres() -> None:
    # By hand: 50 mg of carrier, 25 mg/mL; 25 mg/mL of it holds the 5 mg again.
    assert loaded_carrier_mass(5e-6, 0.1) == pytest.approx(50e-6)
    assert carrier_concentration(5e-6, 0.1, 2e-6) == pytest.approx(25.0)
    assert largest_dose_entrapped(0.1, 25.0, 2e-6) == pytest.approx(5e-6)
    assert largest_dose_dissolved(0.02, 2e-6) == pytest.approx(0.04e-6)
    assert largest_dose_suspended(40.0, 2e-6) == pytest.approx(80e-6)


@given(doses, loadings, volumes)
def test_largest_dose_undoes_concentration(dose: float, loading: float, volume: float) -> None:
    concentration = carrier_concentration(dose, loading, volume)
    assert largest_dose_entrapped(loading, concentration, volume) == pytest.approx(dose)


@given(loadings, st.floats(1.0, 500.0), volumes)
def test_carrier_takes_room_from_the_drug(loading: float, concentration: float, volume: float) -> None:
    entrapped = largest_dose_entrapped(loading, concentration, volume)
    assert entrapped <= largest_dose_suspended(concentration, volume)
    assert largest_dose_entrapped(1.0, concentration, volume) == largest_dose_suspended(concentration, volume)


def test_d99_matches_sampled_volume_distribution() -> None:
    # Number-weighted lognormal samples, weighted by volume; Dv50 = median exp(3 s^2).
    pdi = 0.1
    s = math.log(float(geometric_sd_from_pdi(pdi)))
    d = np.sort(30e-6 * np.exp(s * np.random.default_rng(6).standard_normal(200_000)))
    below = np.cumsum(d**3) / np.sum(d**3)
    assert np.std(d) ** 2 / np.mean(d) ** 2 == pytest.approx(pdi, rel=0.02)
    dv50, dv99 = np.interp([0.5, 0.99], below, d)
    assert dv50 == pytest.approx(30e-6 * math.exp(3 * s**2), rel=0.01)
    assert d99(dv50, geometric_sd_from_pdi(pdi)) == pytest.approx(dv99, rel=0.02)


@given(st.floats(1e-9, 1e-3), st.floats(1.0, 4.0), st.floats(1.0, 4.0))
def test_d99_rises_with_width(median: float, first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert median <= d99(median, low) <= d99(median, high)


@given(st.floats(0.0, 5.0))
def test_geometric_sd_round_trip(pdi: float) -> None:
    assert math.expm1(math.log(float(geometric_sd_from_pdi(pdi))) ** 2) == pytest.approx(pdi, abs=1e-12)


def test_one_size() -> None:
    assert geometric_sd_from_pdi(0.0) == 1.0
    assert d99(50e-6, 1.0) == 50e-6


def test_arrays_broadcast() -> None:
    assert carrier_concentration(np.full((3, 1), 1e-6), np.array([0.1, 0.2]), 2e-6).shape == (3, 2)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_impossible_values_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="dose"):
        loaded_carrier_mass(bad, 0.1)
    with pytest.raises(DomainError, match="drug_loading"):
        loaded_carrier_mass(1e-6, bad)
    with pytest.raises(DomainError, match="injection_volume"):
        carrier_concentration(1e-6, 0.1, bad)
    with pytest.raises(DomainError, match="drug_loading"):
        largest_dose_entrapped(bad, 25.0, 1e-6)
    with pytest.raises(DomainError, match="largest_concentration"):
        largest_dose_suspended(bad, 1e-6)
    with pytest.raises(DomainError, match="solubility"):
        largest_dose_dissolved(bad, 1e-6)
    with pytest.raises(DomainError, match="median_diameter"):
        d99(bad, 1.5)


def test_percent_and_logarithms_are_refused() -> None:
    with pytest.raises(DomainError, match="not a percentage"):
        loaded_carrier_mass(1e-6, 10.0)
    with pytest.raises(DomainError, match="geometric_sd"):
        d99(50e-6, 0.4)
    with pytest.raises(DomainError, match="polydispersity_index"):
        geometric_sd_from_pdi(-0.1)


def test_the_widest_particle_by_hand() -> None:
    # 21 gauge, 514 um: a quarter of it is 128.5 um; at a ratio of 1 the particle is the bore.
    assert widest_through_needle(514e-6, 4.0) == pytest.approx(128.5e-6)
    assert widest_through_needle(514e-6, 1.0) == pytest.approx(514e-6)
    assert widest_through_needle([260e-6, 514e-6], 5.0) == pytest.approx([52e-6, 102.8e-6])


@pytest.mark.parametrize(("bore", "ratio", "words"), [(0.0, 4.0, "bore"), (5e-4, 0.9, "bore_to_particle_ratio")])
def test_no_needle_and_no_ratio_below_one(bore: float, ratio: float, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        widest_through_needle(bore, ratio)


def test_the_force_of_a_pressure_known_by_hand() -> None:
    # Poiseuille, 1 Pa s, 1 mL/s, 10 cm, 1 mm: 8 eta L Q/(pi r^4) = 8e-7/(pi 6.25e-14) = 4.074 MPa; on 1 cm2: 407.4 N
    plunger = math.sqrt(4e-4 / math.pi)
    assert plunger_force(1.0, 1e-6, 0.1, 1e-3, plunger) == pytest.approx(407.4, rel=1e-3)


def test_half_the_bore_takes_sixteen_times_the_force() -> None:
    wide, narrow = plunger_force(1e-3, 1e-7, 0.05, [4e-4, 2e-4], 0.01)
    assert narrow == pytest.approx(16.0 * wide)
    with pytest.raises(DomainError, match="viscosity"):
        plunger_force(0.0, 1e-7, 0.05, 4e-4, 0.01)
