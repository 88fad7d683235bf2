"""Micelles: balances of mass, an independent solver, a published capacity, limits of K and of the CMC, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from formulate.loading.micelle_balance import dilute_micelles, load_micelles
from formulate.loading.micelles import (
    core_loading,
    core_to_water,
    drug_per_micelle,
    micelle_number,
    micellised_concentration,
    partition_by_volume,
    share_in_cores,
    solubilisation_capacity,
)
from materials.errors import DomainError

concentrations = st.floats(1e-4, 100.0)
partitions = st.floats(0.0, 1e8)


def test_micelles_by_hand() -> None:
    # 6.022 g of 1 kg/mol above the CMC in 1 m3: 3.6266e21 chains, in tens
    assert micelle_number(6.02214076e-3 + 1.0, 1.0, 1.0, 10.0) == pytest.approx(3.62662e20, rel=1e-5)
    assert micelle_number(0.5, 1.0, 1.0, 10.0) == 0.0
    assert drug_per_micelle(0.5 / 6.02214076e23 * 1e20 * 30, 0.5, 1e20) == pytest.approx(30.0)


def test_below_the_critical_concentration_there_is_nothing_to_hold_drug() -> None:
    assert micellised_concentration([0.01, 0.03, 0.05], 0.03) == pytest.approx([0.0, 0.0, 0.02])
    load = load_micelles(0.01, 0.02, 0.03, 1e5, 1.0, 0.5, 1200.0)
    assert load.encapsulation_efficiency == load.drug_loading == 0.0
    assert load.dissolved_share == 1.0


def test_partition_limits() -> None:
    assert share_in_cores(0.0, 0.01) == 0.0
    assert share_in_cores(1e12, 0.01) == pytest.approx(1.0)
    assert share_in_cores(100.0, 0.01) == pytest.approx(0.5)
    assert partition_by_volume(0.0012, 1000.0) == pytest.approx(1.2)


@given(concentrations, concentrations, st.floats(0.0, 1.0), partitions, st.floats(0.0, 10.0), st.floats(0.0, 1.0))
def test_all_drug_is_somewhere(
    drug: float, polymer: float, critical: float, partition: float, solubility: float, share: float
) -> None:
    load = load_micelles(drug, polymer, critical, partition, solubility, share, 1200.0)
    parts = np.array([load.encapsulation_efficiency, load.dissolved_share, load.precipitated_share])
    assert np.all((parts >= 0.0) & (parts <= 1.0 + 1e-12))
    assert load.encapsulation_efficiency <= 1.0  # the next step refuses more, be it by rounding
    assert parts.sum() == pytest.approx(1.0)
    assert load.drug_loading == pytest.approx(
        float(load.drug_in_cores) / (float(load.drug_in_cores) + polymer), abs=1e-15
    )


def test_balance_matches_a_solver() -> None:
    # one litre; 8 g of copolymer over a CMC of 0.5 g/L, 60 % core of 1.1 g/cm3, K = 300, 2 g of drug
    cores = 7.5 * 0.6 / 1100.0  # L per L, densities in g/L
    water = 1.0 - cores

    def missing(free: float) -> float:
        return free * water + 300.0 * free * cores - 2.0

    free = optimize.brentq(missing, 0.0, 10.0, xtol=1e-14)
    load = load_micelles(2.0, 8.0, 0.5, 300.0, 100.0, 0.6, 1100.0)
    assert load.dissolved_share == pytest.approx(free * water / 2.0)
    assert load.encapsulation_efficiency == pytest.approx(300.0 * free * cores / 2.0)
    assert load.precipitated_share == 0.0


def test_saturated_micelles_hold_their_capacity() -> None:
    capacity = solubilisation_capacity(0.01, 5e3, 0.5, 1200.0)
    load = load_micelles(10.0, 20.0, 0.0, 5e3, 0.01, 0.5, 1200.0)
    assert load.drug_in_cores == pytest.approx(float(capacity) * 20.0)
    assert load.precipitated_share > 0.5
    # so much lower, twice the drug makes no difference to the micelles
    more = load_micelles(20.0, 20.0, 0.0, 5e3, 0.01, 0.5, 1200.0)
    assert more.drug_loading == pytest.approx(float(load.drug_loading))


def test_core_loading_by_hand() -> None:
    # 100 g copolymer, 40 g of it core, with 10 g of drug: core 50 g, a fifth drug; micelle 110 g
    assert core_loading(0.2, 0.4) == pytest.approx(10 / 110)
    assert core_loading(0.0, 0.4) == 0.0


@given(concentrations, st.floats(1e-3, 1.0), partitions, st.floats(0.0, 1e-3))
def test_dilution_keeps_mass(polymer: float, critical: float, partition: float, fluid: float) -> None:
    after = dilute_micelles(1.0, polymer, critical, partition, 0.5, 1200.0, 1e-6, fluid)
    dilution = 1e-6 / (1e-6 + fluid)
    cores = float(micellised_concentration(polymer * dilution, critical)) * 0.5 / 1200.0
    free = float(after.free_concentration)
    # drug in water and in cores, per volume
    assert free * (1 - cores) + partition * free * cores == pytest.approx(dilution)
    assert after.drug_in_cores <= after.drug_in_cores_before * (1 + 1e-12) + 1e-15
    assert 0.0 <= after.drug_kept <= 1.0 + 1e-12


def test_dilution_by_nothing_changes_nothing() -> None:
    after = dilute_micelles(1.0, 10.0, 0.03, 1e4, 0.5, 1200.0, 1e-6, 0.0)
    assert after.drug_kept == pytest.approx(1.0)
    assert after.copolymer_concentration == 10.0
    assert after.share_in_micelles == pytest.approx(1 - 0.003)


def test_dilution_below_the_critical_concentration_frees_all() -> None:
    # 1 mg/mL over a CMC of 0.3 mg/mL, 1 mL into 4 mL: 0.2 mg/mL
    after = dilute_micelles(0.1, 1.0, 0.3, 1e4, 0.5, 1200.0, 1e-6, 4e-6)
    assert after.times_critical == pytest.approx(0.2 / 0.3)
    assert after.share_in_micelles == after.drug_in_cores == after.drug_kept == 0.0
    assert after.free_concentration == pytest.approx(0.02)


def test_arrays_broadcast() -> None:
    after = dilute_micelles(1.0, [1.0, 10.0], 0.03, 1e4, 0.5, 1200.0, 1e-6, [[0.0], [1e-6], [4e-6]])
    assert after.drug_kept.shape == after.free_concentration.shape == (3, 2)


def test_impossible_micelles_are_refused() -> None:
    with pytest.raises(DomainError, match="critical_micelle_concentration"):
        micellised_concentration(1.0, -0.1)
    with pytest.raises(DomainError, match="aggregation_number"):
        micelle_number(1.0, 0.1, 4.0, 0.5)
    with pytest.raises(DomainError, match="core_mass_share"):
        core_to_water(1.0, 0.1, 1.5, 1200.0)
    with pytest.raises(DomainError, match="room for water"):
        core_to_water(3000.0, 0.1, 0.5, 1200.0)
    with pytest.raises(DomainError, match="partition_coefficient"):
        share_in_cores(-1.0, 0.1)
    with pytest.raises(DomainError, match="solubility"):
        solubilisation_capacity(-0.01, 1e4, 0.5, 1200.0)
    with pytest.raises(DomainError, match="drug_in_core"):
        core_loading(1.0, 0.5)
    with pytest.raises(DomainError, match="drug_concentration"):
        load_micelles(0.0, 1.0, 0.1, 1e4, 0.1, 0.5, 1200.0)
    with pytest.raises(DomainError, match="injected_volume"):
        dilute_micelles(1.0, 1.0, 0.1, 1e4, 0.5, 1200.0, 0.0, 1e-6)
    with pytest.raises(DomainError, match="micelle_number"):
        drug_per_micelle(1.0, 0.5, 0.0)
    with pytest.raises(DomainError, match="partition_by_mass"):
        partition_by_volume(-1.0, 1200.0)
