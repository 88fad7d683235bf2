"""Passive loading of vesicles: conservation, limits of no and of strong partition, measured coefficients, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.ionisation import neutral_fraction
from formulate.loading.vesicles import (
    aqueous_efficiency,
    efficiency_after_washing,
    membrane_distribution,
    membrane_share,
    passive_loading,
    trapped_fraction,
)
from materials.errors import DomainError

lipids = st.floats(0.1, 100.0)  # mmol/L
volumes = st.floats(0.5e-3, 6e-3)
partitions = st.floats(0.0, 1e3)
MOLAR, LIPID_VOLUME = 0.75, 0.742e-3


def test_hydrophilic_drug_in_a_usual_suspension() -> None:
    # 20 mmol/L of lipid, 2.87 L/mol: 5.74 % of the volume. Published water-soluble drugs by film: 2 to 20 %.
    assert trapped_fraction(20.0, 2.87e-3) == pytest.approx(0.0574)
    assert aqueous_efficiency(20.0, 2.87e-3) == pytest.approx(0.0574)
    assert 0.02 < aqueous_efficiency(20.0, 2.87e-3, LIPID_VOLUME, 0.3) < 0.2


def test_full_volume_holds_everything() -> None:
    # 100 mmol/L: 0.8 inner water, 0.2 lipid, nothing outside.
    assert aqueous_efficiency(100.0, 8e-3, 2e-3) == pytest.approx(1.0)
    assert aqueous_efficiency(100.0, 8e-3, 2e-3, 0.25) == pytest.approx(0.75)
    assert passive_loading(100.0, 8e-3, MOLAR, 3.0, 2e-3).outer_water == pytest.approx(0.0, abs=1e-12)


@given(lipids, volumes)
def test_no_partition_is_the_aqueous_efficiency(lipid: float, volume: float) -> None:
    held = passive_loading(lipid, volume, MOLAR, 0.0, LIPID_VOLUME)
    assert held.membrane == 0.0
    assert held.encapsulation_efficiency == pytest.approx(aqueous_efficiency(lipid, volume, LIPID_VOLUME))


@given(lipids, volumes)
def test_endless_partition_is_all_in_the_bilayers(lipid: float, volume: float) -> None:
    held = passive_loading(lipid, volume, MOLAR, 1e12, LIPID_VOLUME)
    assert held.membrane == pytest.approx(1.0)
    assert held.encapsulation_efficiency == pytest.approx(1.0)


@given(lipids, volumes, partitions, st.floats(0.0, 20.0), st.floats(1e-3, 10.0), st.floats(0.0, 0.5))
def test_nothing_is_lost(
    lipid: float, volume: float, partition: float, drug: float, solubility: float, defect: float
) -> None:
    held = passive_loading(lipid, volume, MOLAR, partition, LIPID_VOLUME, drug, solubility, defect)
    shares = (held.inner_water, held.membrane, held.outer_water, held.undissolved)
    assert sum(shares) == pytest.approx(1.0)
    assert all(share >= -1e-12 for share in shares)
    assert held.encapsulation_efficiency == pytest.approx(1.0 - held.outer_water - held.undissolved)
    # one concentration in all the water, K times that in the lipid, and none above the solubility
    outside = 1.0 - lipid * volume - lipid * LIPID_VOLUME + defect * lipid * volume
    assert held.inner_water * outside == pytest.approx(held.outer_water * (1 - defect) * lipid * volume, abs=1e-12)
    assert drug * held.outer_water <= solubility * outside * (1 + 1e-9)


@given(lipids, volumes, partitions, st.floats(1.01, 10.0))
def test_more_lipid_and_more_partition_hold_more(lipid: float, volume: float, partition: float, more: float) -> None:
    few, many = passive_loading(np.array([lipid / more, lipid]), volume, MOLAR, partition).encapsulation_efficiency
    assert many >= few * (1 - 1e-12)
    weak, strong = passive_loading(
        lipid, volume, MOLAR, np.array([partition, partition * more])
    ).encapsulation_efficiency
    assert strong >= weak * (1 - 1e-12)


def test_crystals_begin_where_all_is_saturated() -> None:
    # 10 mmol/L of 0.75 kg/mol are 7.5 g/L; 0.1 m3/kg and 0.1 g/L of solubility: bilayers hold 0.075 g/L, water 0.1 g/L.
    enough = passive_loading(10.0, 2e-3, 0.75, 0.1, drug_concentration=0.174, solubility=0.1)
    assert enough.undissolved == pytest.approx(0.0)
    double = passive_loading(10.0, 2e-3, 0.75, 0.1, drug_concentration=0.35, solubility=0.1)
    assert double.undissolved == pytest.approx(0.5)
    assert double.membrane * 0.35 == pytest.approx(0.075)


def test_ions_partition_too() -> None:
    # Diclofenac, log K 4.45 neutral and 2.64 ion (L/kg): at pH 7.4 the ion rules, log D 2.65, not 4.45.
    share = neutral_fraction(np.array([1.0, 7.4, 12.0]), acid_pkas=[4.0])
    mixed = 3.0 + np.log10(membrane_distribution(10**1.45, 10**-0.36, share))
    assert mixed == pytest.approx([4.45, 2.65, 2.64], abs=0.01)


@given(partitions, partitions, st.floats(0.0, 1.0))
def test_distribution_lies_between_its_ends(neutral: float, ion: float, share: float) -> None:
    mixed = float(membrane_distribution(neutral, ion, share))
    assert min(neutral, ion) * (1 - 1e-12) <= mixed <= max(neutral, ion) * (1 + 1e-12)


@given(partitions, st.floats(0.0, 100.0))
def test_share_is_half_where_bilayer_equals_water(partition: float, lipid: float) -> None:
    share = membrane_share(partition, lipid)
    assert 0.0 <= share <= 1.0
    assert membrane_share(0.0, lipid) == 0.0
    if partition > 1e-9:
        assert membrane_share(partition, 1.0 / partition) == pytest.approx(0.5)


def test_washing_by_steps() -> None:
    # By hand: 90 of 100 held, 10 washed away; 90 divide 81 to 9; again 72.9.
    assert efficiency_after_washing(0.9, 1.0, [0.0, 1.0, 2.0]) == pytest.approx([0.9, 0.81, 0.729])
    # Ten volumes at once: 90 divide 0.9 to 1.0, as 0.9/(0.9 + 0.1 x 10).
    assert efficiency_after_washing(0.9, 10.0) == pytest.approx(0.9 * 0.9 / 1.9)
    assert efficiency_after_washing([0.0, 1.0], 5.0, 3.0).tolist() == [0.0, 1.0]
    assert efficiency_after_washing(0.4, 0.0) == pytest.approx(0.4)


def test_arrays_broadcast() -> None:
    held = passive_loading(np.full((4, 1), 20.0), 2e-3, MOLAR, np.array([0.1, 1.0, 10.0]), defect=0.1)
    assert {getattr(held, name).shape for name in ("inner_water", "membrane", "outer_water", "undissolved")} == {(4, 3)}


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_impossible_numbers_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="lipid_concentration"):
        trapped_fraction(bad, 2e-3)
    with pytest.raises(DomainError, match="trapped_volume"):
        trapped_fraction(20.0, bad)
    with pytest.raises(DomainError, match="lipid_volume"):
        aqueous_efficiency(20.0, 2e-3, bad)
    with pytest.raises(DomainError, match="defect"):
        aqueous_efficiency(20.0, 2e-3, 0.0, bad)
    with pytest.raises(DomainError, match="defect"):
        passive_loading(20.0, 2e-3, MOLAR, 1.0, defect=bad)
    with pytest.raises(DomainError, match="lipid_molar_mass"):
        passive_loading(20.0, 2e-3, bad, 1.0)
    with pytest.raises(DomainError, match="distribution"):
        passive_loading(20.0, 2e-3, MOLAR, bad)
    with pytest.raises(DomainError, match="drug_concentration"):
        passive_loading(20.0, 2e-3, MOLAR, 1.0, drug_concentration=bad)
    with pytest.raises(DomainError, match="distribution"):
        membrane_share(bad, 10.0)
    with pytest.raises(DomainError, match="lipid_per_water"):
        membrane_share(1.0, bad)
    for arguments in ((bad, 1.0, 0.5), (1.0, bad, 0.5), (1.0, 1.0, bad)):
        with pytest.raises(DomainError):
            membrane_distribution(*arguments)
    for numbers in ((bad, 1.0), (0.5, bad), (0.5, 1.0, bad)):
        with pytest.raises(DomainError):
            efficiency_after_washing(*numbers)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
def test_a_solubility_that_is_none_is_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="solubility"):
        passive_loading(20.0, 2e-3, MOLAR, 1.0, solubility=bad)


def test_more_than_the_volume_is_refused() -> None:
    with pytest.raises(DomainError, match="exceed the volume"):
        trapped_fraction(600.0, 2e-3)
    with pytest.raises(DomainError, match="inner water and lipid"):
        aqueous_efficiency(200.0, 4e-3, 2e-3)
