"""Water against polymer: hand balances, an exact two-phase balance, limits, refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.loading.polymer import (
    encapsulation_floor,
    partition_efficiency,
    partition_efficiency_of_total,
    solubilisation_capacity_from_molar,
    solubilisation_capacity_from_partition,
    solubility_with_cosolvent,
    solubility_with_surfactant,
)
from materials.errors import DomainError

positive = st.floats(1e-6, 1e6)
BAD = [-1.0, math.nan, math.inf]


def test_griseofulvin_in_brij_78() -> None:
    # Ribeiro and others 2012: 6 to 11 mg of griseofulvin per g of Brij 78; 1 % then dissolves 0.06 to 0.11 mg/mL more.
    more = solubility_with_surfactant(0.01, 10.0, 0.0, [6e-3, 11e-3]) - 0.01
    assert more.tolist() == pytest.approx([0.06, 0.11])


def test_nothing_is_gained_below_the_critical_concentration() -> None:
    assert solubility_with_surfactant(0.02, [0.0, 0.5, 1.0], 1.0, 0.5).tolist() == [0.02, 0.02, 0.02]
    assert solubility_with_surfactant(0.02, 1.1, 1.0, 0.5) == pytest.approx(0.07)


@given(positive, st.floats(0.0, 100.0), st.floats(0.0, 10.0), st.floats(0.0, 1e4))
def test_partition_into_micelles_scales_the_solubility(s: float, c: float, cmc: float, k: float) -> None:
    # At saturation the water holds S_w and the micelles K S_w each.
    total = solubility_with_surfactant(s, c, cmc, solubilisation_capacity_from_partition(s, k))
    micelles = max(0.0, c - cmc)
    assert total == pytest.approx(s + micelles * k * s)


def test_molar_capacity_by_hand() -> None:
    # One drug molecule of 400 g/mol to ten of a surfactant of 1000 g/mol: 400 g in 10 kg.
    assert solubilisation_capacity_from_molar(0.1, 0.4, 1.0) == pytest.approx(0.04)


@given(positive, positive)
def test_cosolvent_meets_both_pure_solvents(water: float, solvent: float) -> None:
    power = math.log10(solvent / water)
    assert solubility_with_cosolvent(water, [0.0, 1.0], power).tolist() == pytest.approx([water, solvent])
    assert solubility_with_cosolvent(water, 0.5, power) == pytest.approx(math.sqrt(water * solvent))


def test_floor_by_hand() -> None:
    # 5 mg of drug; 20 mL that dissolve 0.05 mg/mL hold 1 mg.
    assert encapsulation_floor(5e-6, 0.05, 20e-6) == pytest.approx(0.8)


@given(positive, positive, positive)
def test_floor_is_a_share_that_falls_with_water(drug: float, solubility: float, volume: float) -> None:
    floor = encapsulation_floor(drug, solubility, [0.0, volume, 2 * volume])
    assert floor[0] == 1.0
    assert 0.0 <= floor[2] <= floor[1] <= 1.0


def test_water_that_could_hold_all_leaves_no_floor() -> None:
    assert encapsulation_floor(1e-6, 1.0, 1e-3) == 0.0


@given(st.floats(1e-3, 1e6), st.floats(1e-6, 1.0), st.floats(1e-6, 1.0))
def test_partition_obeys_the_balance_of_two_phases(k: float, polymer: float, water: float) -> None:
    # Volumes v_p, v_w: c_p = K c_w and all drug in one of them.
    in_polymer, in_water = k * polymer, water
    exact = in_polymer / (in_polymer + in_water)
    assert partition_efficiency(k, polymer / water) == pytest.approx(exact)
    assert partition_efficiency_of_total(k, polymer / (polymer + water)) == pytest.approx(exact)


def test_the_two_forms_differ_when_the_ratio_is_mistaken() -> None:
    assert partition_efficiency(10.0, 0.5) == pytest.approx(5 / 6)
    assert partition_efficiency_of_total(10.0, 0.5) == pytest.approx(10 / 11)


def test_impossible_numbers_are_refused() -> None:
    for bad in BAD:
        with pytest.raises(DomainError, match="surfactant_concentration"):
            solubility_with_surfactant(1.0, bad, 0.1, 0.1)
        with pytest.raises(DomainError, match="critical_micelle"):
            solubility_with_surfactant(1.0, 1.0, bad, 0.1)
        with pytest.raises(DomainError, match="capacity"):
            solubility_with_surfactant(1.0, 1.0, 0.1, bad)
        with pytest.raises(DomainError, match="molar_capacity"):
            solubilisation_capacity_from_molar(bad, 0.4, 1.0)
        with pytest.raises(DomainError, match="micelle_partition"):
            solubilisation_capacity_from_partition(1.0, bad)
        with pytest.raises(DomainError, match="aqueous_volume"):
            encapsulation_floor(1.0, 1.0, bad)
        with pytest.raises(DomainError, match="partition_coefficient"):
            partition_efficiency(bad, 0.1)
        with pytest.raises(DomainError, match="polymer_to_aqueous"):
            partition_efficiency(1.0, bad)
        with pytest.raises(DomainError, match="partition_coefficient"):
            partition_efficiency_of_total(bad, 0.1)
    for bad in [0.0, *BAD]:
        with pytest.raises(DomainError, match="solubility"):
            solubility_with_surfactant(bad, 1.0, 0.1, 0.1)
        with pytest.raises(DomainError, match="solubility"):
            solubilisation_capacity_from_partition(bad, 1.0)
        with pytest.raises(DomainError, match="drug_molar_mass"):
            solubilisation_capacity_from_molar(1.0, bad, 1.0)
        with pytest.raises(DomainError, match="surfactant_molar_mass"):
            solubilisation_capacity_from_molar(1.0, 1.0, bad)
        with pytest.raises(DomainError, match="solubility"):
            solubility_with_cosolvent(bad, 0.1, 1.0)
        with pytest.raises(DomainError, match="drug_added"):
            encapsulation_floor(bad, 1.0, 1.0)
        with pytest.raises(DomainError, match="solubility"):
            encapsulation_floor(1.0, bad, 1.0)
    for bad in (-0.1, 1.1, math.nan):
        with pytest.raises(DomainError, match="cosolvent_volume_fraction"):
            solubility_with_cosolvent(1.0, bad, 1.0)
    with pytest.raises(DomainError, match="solubilising_power"):
        solubility_with_cosolvent(1.0, 0.1, math.inf)
    for bad in (0.0, 1.0, -0.1, math.nan):
        with pytest.raises(DomainError, match="polymer_volume_fraction"):
            partition_efficiency_of_total(1.0, bad)
