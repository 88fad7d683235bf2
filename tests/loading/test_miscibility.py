"""Drug in polymer: published parameters and solubilities, known phase diagrams, an independent solver, limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

from formulate.loading.glass_transition import gordon_taylor_glass_transition, simha_boyer_constant
from formulate.loading.miscibility import (
    critical_chi,
    crystal_activity,
    largest_mixed_drug_fraction,
    loading_from_volume_fraction,
    polymer_segments,
    spinodal_drug_fraction,
)
from formulate.loading.solubility_parameters import (
    flory_huggins_chi,
    flory_huggins_chi_hansen,
    hansen_distance,
    molar_volume,
    relative_energy_difference,
    total_solubility_parameter,
)
from materials.errors import DomainError

BAD = [0.0, -1.0, math.nan, math.inf]
PLA = (18.50e3, 9.70e3, 6.00e3)  # Agrawal and others 2004, radius 10.50 (J/cm3)^0.5
CHLOROFORM, ACETONE, WATER = (17.8e3, 3.1e3, 5.7e3), (15.5e3, 10.4e3, 7.0e3), (15.5e3, 16.0e3, 42.3e3)  # Hansen 2007
ETHANOL, HEXANE = (15.8e3, 8.8e3, 19.4e3), (14.9e3, 0.0, 0.0)

chis = st.floats(-5.0, 30.0)
segment_numbers = st.floats(1.0, 1e4)


def test_solvents_of_pla_lie_in_its_sphere_and_others_outside() -> None:
    for solvent in (CHLOROFORM, ACETONE):
        assert relative_energy_difference(hansen_distance(*solvent, *PLA), 10.5e3) < 1.0
    for other in (WATER, ETHANOL, HEXANE):
        assert relative_energy_difference(hansen_distance(*other, *PLA), 10.5e3) > 1.0


def test_published_totals() -> None:
    # Hansen 2007 prints the totals beside the parts: water 47.8, ethanol 26.5, chloroform 19.0, acetone 20.0 (19.9).
    totals = [total_solubility_parameter(*parts) * 1e-3 for parts in (WATER, ETHANOL, CHLOROFORM, ACETONE)]
    assert totals == pytest.approx([47.8, 26.5, 18.9, 19.9], abs=0.11)


def test_dispersion_counts_twice_in_the_distance() -> None:
    assert hansen_distance(18e3, 9e3, 6e3, 19e3, 9e3, 6e3) == pytest.approx(2e3)
    assert hansen_distance(18e3, 9e3, 6e3, 18e3, 10e3, 6e3) == pytest.approx(1e3)


@given(*[st.floats(0.0, 50e3)] * 6)
def test_distance_is_symmetric_and_zero_to_itself(d: float, p: float, h: float, x: float, y: float, z: float) -> None:
    assert hansen_distance(d, p, h, x, y, z) == hansen_distance(x, y, z, d, p, h)
    assert hansen_distance(d, p, h, d, p, h) == 0.0


def test_chi_of_polystyrene_in_toluene() -> None:
    # 106.8 cm3/mol, 18.2 and 18.5 MPa^0.5 at 298 K: V d^2 = 9.6 J/mol of RT 2479: 0.34 + 0.0039.
    assert flory_huggins_chi(106.8e-6, 18.2e3, 18.5e3, 298.15) == pytest.approx(0.3439, abs=1e-4)


@given(st.floats(5e-5, 1e-3), st.floats(10e3, 30e3), st.floats(10e3, 30e3), st.floats(200.0, 500.0))
def test_both_chis_agree_where_only_dispersion_differs(volume: float, one: float, other: float, t: float) -> None:
    total = flory_huggins_chi(volume, one, other, t, 0.0)
    parts = flory_huggins_chi_hansen(volume, hansen_distance(one, 0.0, 0.0, other, 0.0, 0.0), t, 1.0)
    assert parts == pytest.approx(total)
    assert flory_huggins_chi(volume, one, other, 2 * t, 0.0) == pytest.approx(total / 2)


def test_critical_values_of_textbooks() -> None:
    assert critical_chi(1.0, [1.0, 1e12]).tolist() == pytest.approx([2.0, 0.5], rel=1e-5)
    assert critical_chi(100.0, 100.0) == pytest.approx(0.02)  # 2/N of a symmetric blend


def test_spinodal_closes_at_the_critical_point() -> None:
    # phi_c of the drug is sqrt(N)/(1 + sqrt(N)).
    for segments in (1.0, 25.0, 400.0):
        at = critical_chi(1.0, segments)
        root = math.sqrt(segments)
        assert spinodal_drug_fraction(at * (1 + 1e-12), segments) == pytest.approx(root / (1 + root), abs=1e-5)
        assert spinodal_drug_fraction(at, segments) == 1.0


@given(st.floats(0.6, 100.0), segment_numbers)
def test_free_energy_has_no_curvature_at_the_spinodal(chi: float, segments: float) -> None:
    phi = float(spinodal_drug_fraction(chi, segments))
    if phi < 1.0:
        assert 1.0 / phi + 1.0 / (segments * (1.0 - phi)) == pytest.approx(2 * chi, rel=1e-6)


def test_published_binodal() -> None:
    # Table of a phase-diagram calculator (codingace.net) for two like molecules.
    found = largest_mixed_drug_fraction([2.05, 2.15, 2.30, 2.60], 1.0)
    assert found.tolist() == pytest.approx([0.366075, 0.277713, 0.203923, 0.123971], abs=1e-6)


def _free_energy(phi: float, chi: float, segments: float) -> float:
    return phi * math.log(phi) + (1 - phi) / segments * math.log(1 - phi) + chi * phi * (1 - phi)


@pytest.mark.parametrize(("chi", "segments"), [(0.7, 100.0), (1.0, 30.0), (1.5, 100.0), (2.2, 2.0), (0.62, 300.0)])
def test_binodal_lies_on_the_lower_convex_hull(chi: float, segments: float) -> None:
    # Independent: the tangent from below that touches the free energy twice, by its hull on a grid.
    grid = np.linspace(1e-5, 1 - 1e-5, 10001)
    energy = np.array([_free_energy(phi, chi, segments) for phi in grid])
    hull: list[int] = []
    for index in range(len(grid)):
        while len(hull) > 1:
            one, two = hull[-2], hull[-1]
            if (energy[two] - energy[one]) * (grid[index] - grid[one]) < (energy[index] - energy[one]) * (
                grid[two] - grid[one]
            ):
                break
            hull.pop()
        hull.append(index)
    widest = int(np.argmax(np.diff(grid[hull])))
    assert largest_mixed_drug_fraction(chi, segments) == pytest.approx(grid[hull[widest]], abs=3e-4)


def test_without_interaction_crystals_give_the_ideal_solubility() -> None:
    activity = np.geomspace(1e-12, 1.0, 60)
    assert largest_mixed_drug_fraction(0.0, 1.0, activity).tolist() == pytest.approx(activity.tolist())


def test_small_amounts_of_drug_follow_henry() -> None:
    # Strong repulsion: ln phi = ln a - 1 - chi for a long chain.
    assert largest_mixed_drug_fraction(12.0, 1e6, 0.1) == pytest.approx(0.1 * math.exp(-13.0), rel=1e-4)
    assert largest_mixed_drug_fraction(200.0, 1e6) == pytest.approx(math.exp(-201.0), rel=1e-4)


@pytest.mark.parametrize("chi", [0.6, 0.8, 3.0])
def test_endless_chains_face_pure_drug(chi: float) -> None:
    # No endless chain dissolves in drug, so that drug in the polymer has the activity of pure drug (Flory 1953).
    exact = brentq(lambda phi: math.log(phi) + (1 - phi) + chi * (1 - phi) ** 2, 1e-9, 0.5 / chi)
    assert largest_mixed_drug_fraction(chi, 1e9) == pytest.approx(exact, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(chis, segment_numbers, st.floats(0.001, 1.0), st.floats(0.1, 2.0))
def test_more_mixes_when_drug_likes_the_polymer_and_is_no_crystal(
    chi: float, segments: float, activity: float, more: float
) -> None:
    limit, worse, amorphous = largest_mixed_drug_fraction([chi, chi + more, chi], segments, [activity, activity, 1.0])
    assert 0.0 < worse <= limit * (1 + 1e-9) <= amorphous * (1 + 2e-9) <= 1.0 + 3e-9
    assert limit <= spinodal_drug_fraction(chi, segments)


@pytest.mark.parametrize(("chi", "activity"), [(0.3, 0.02), (0.9, 0.05), (-1.0, 0.3)])
def test_crystals_and_mixture_have_the_least_energy_at_the_limit(chi: float, activity: float) -> None:
    # Independent: spread one part of drug over crystals and mixture so that the whole energy is least.
    segments, polymer = 60.0, 1.0

    def energy(logarithm: float) -> float:
        drug = math.exp(logarithm)  # volume in the mixture, beside one of polymer
        phi = drug / (drug + polymer)
        return (drug + polymer) * _free_energy(phi, chi, segments) - drug * math.log(activity)

    best = minimize_scalar(energy, bounds=(-15.0, math.log(0.5)), method="bounded", options={"xatol": 1e-10})
    drug = math.exp(best.x)
    assert largest_mixed_drug_fraction(chi, segments, activity) == pytest.approx(drug / (drug + polymer), rel=1e-4)


def test_published_ideal_solubilities() -> None:
    # Paracetamol (28.1 kJ/mol, 442 K) at 298 K 0.0248; a eutectic of thermo's tests: 18.64 kJ/mol, 369.4 K, 293.15 K;
    # naphthalene (19.11 kJ/mol, 353.35 K) at 298.15 K, measured in benzene 0.2946 (nearly ideal).
    found = crystal_activity([28100.0, 18640.0, 19110.0], [442.0, 369.4, 353.35], [298.0, 293.15, 298.15])
    assert found[:2].tolist() == pytest.approx([0.0248, 0.20626915], rel=3e-3)
    assert found[2] == pytest.approx(0.2946, rel=0.03)


def test_above_the_melting_point_nothing_holds_drug_back() -> None:
    assert crystal_activity(20e3, 300.0, [300.0, 310.0]).tolist() == [1.0, 1.0]


def test_volumes_and_loading_by_hand() -> None:
    # Dexamethasone 392.5 g/mol at 1.32 g/cm3; 30 kg/mol of PLGA at 1.3 g/cm3 is 23077 cm3/mol.
    volume = molar_volume(0.3925, 1320.0)
    assert volume * 1e6 == pytest.approx(297.3, abs=0.1)
    assert polymer_segments(30.0, 1300.0, volume) == pytest.approx(23077 / 297.3, rel=1e-3)
    assert loading_from_volume_fraction([0.0, 1.0], 1320.0, 1300.0).tolist() == [0.0, 1.0]
    assert loading_from_volume_fraction(0.25, 1300.0, 1300.0) == pytest.approx(0.25)


@given(st.floats(0.0, 1.0), st.floats(200.0, 500.0), st.floats(200.0, 500.0))
def test_equal_densities_give_the_equation_of_fox(share: float, drug: float, polymer: float) -> None:
    constant = simha_boyer_constant(1300.0, drug, 1300.0, polymer)
    found = gordon_taylor_glass_transition(share, drug, polymer, constant)
    assert 1.0 / found == pytest.approx(share / drug + (1.0 - share) / polymer)


def test_glass_transition_meets_the_pure_substances() -> None:
    assert gordon_taylor_glass_transition([0.0, 1.0], 280.0, 320.0, 0.3).tolist() == [320.0, 280.0]


@pytest.mark.parametrize("bad", BAD)
def test_what_must_be_positive_is_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="interaction_radius"):
        relative_energy_difference(1.0, bad)
    with pytest.raises(DomainError, match="molar_mass"):
        molar_volume(bad, 1000.0)
    with pytest.raises(DomainError, match="density"):
        molar_volume(0.3, bad)
    with pytest.raises(DomainError, match="polymer_molar_mass"):
        polymer_segments(bad, 1300.0, 3e-4)
    with pytest.raises(DomainError, match="polymer_density"):
        polymer_segments(30.0, bad, 3e-4)
    with pytest.raises(DomainError, match="drug_molar_volume"):
        polymer_segments(30.0, 1300.0, bad)
    with pytest.raises(DomainError, match="temperature"):
        flory_huggins_chi(3e-4, 20e3, 21e3, bad)
    with pytest.raises(DomainError, match="molar_volume"):
        flory_huggins_chi_hansen(bad, 1e3, 298.0)
    with pytest.raises(DomainError, match="segments"):
        critical_chi(bad, 10.0)
    with pytest.raises(DomainError, match="polymer_segments"):
        critical_chi(1.0, bad)
    with pytest.raises(DomainError, match="polymer_segments"):
        spinodal_drug_fraction(1.0, bad)
    with pytest.raises(DomainError, match="polymer_segments"):
        largest_mixed_drug_fraction(1.0, bad)
    with pytest.raises(DomainError, match="drug_activity"):
        largest_mixed_drug_fraction(1.0, 10.0, bad)
    for position, name in enumerate(("heat_of_fusion", "melting_temperature", "temperature")):
        given = [20e3, 400.0, 300.0]
        given[position] = bad
        with pytest.raises(DomainError, match=name):
            crystal_activity(*given)
    with pytest.raises(DomainError, match="drug_density"):
        loading_from_volume_fraction(0.5, bad, 1300.0)
    with pytest.raises(DomainError, match="polymer_density"):
        loading_from_volume_fraction(0.5, 1300.0, bad)
    with pytest.raises(DomainError, match="constant"):
        gordon_taylor_glass_transition(0.5, 300.0, 320.0, bad)
    with pytest.raises(DomainError, match="drug_glass_transition"):
        gordon_taylor_glass_transition(0.5, bad, 320.0, 1.0)
    with pytest.raises(DomainError, match="polymer_glass_transition"):
        simha_boyer_constant(1300.0, 300.0, 1300.0, bad)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_what_must_not_be_negative_is_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="drug_polar"):
        hansen_distance(18e3, bad, 6e3, *PLA)
    with pytest.raises(DomainError, match="polymer_hydrogen_bonding"):
        hansen_distance(*PLA, 18e3, 9e3, bad)
    with pytest.raises(DomainError, match="dispersion"):
        total_solubility_parameter(bad, 1.0, 1.0)
    with pytest.raises(DomainError, match="hansen_distance"):
        flory_huggins_chi_hansen(3e-4, bad, 298.0)
    with pytest.raises(DomainError, match="weight"):
        flory_huggins_chi_hansen(3e-4, 1e3, 298.0, bad)
    with pytest.raises(DomainError, match="entropic_part"):
        flory_huggins_chi(3e-4, 20e3, 21e3, 298.0, bad)
    with pytest.raises(DomainError, match="drug_volume_fraction"):
        loading_from_volume_fraction(bad, 1300.0, 1300.0)
    with pytest.raises(DomainError, match="drug_loading"):
        gordon_taylor_glass_transition(bad, 300.0, 320.0, 1.0)


@pytest.mark.parametrize("bad", [301.0, -301.0, math.nan])
def test_absurd_interactions_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="chi"):
        largest_mixed_drug_fraction(bad, 10.0)
    with pytest.raises(DomainError, match="chi"):
        spinodal_drug_fraction(bad, 10.0)


def test_arrays_broadcast() -> None:
    found = largest_mixed_drug_fraction(np.full((3, 1), 1.0), np.array([10.0, 100.0]), 0.5)
    assert found.shape == (3, 2)
