"""Mixtures of lipids, several bilayers, many sizes: a label, sampled sizes, sums shell by shell, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.loading.lipids import (
    amounts_from_masses,
    has_cores,
    mean_area_per_lipid,
    mean_molar_mass,
    mean_molar_volume,
    mean_vesicle,
    multilamellar_vesicle,
)
from formulate.vesicle import (
    drug_to_lipid,
    inner_volume,
    internal_concentration,
    lipids_per_vesicle,
    molar_ratio,
    molecules_per_vesicle,
    trapped_volume,
    vesicle_concentration,
)
from materials.errors import DomainError

AVOGADRO = 6.02214076e23
THICKNESS, AREA, GAP = 5e-9, 0.71e-18, 2e-9
# the label of pegylated liposomal doxorubicin: hydrogenated soy PC, cholesterol, PEG lipid, drug as hydrochloride
LABEL_MASSES = (9.58, 3.19, 3.19)  # g/L
LABEL_MOLAR = (0.7838, 0.38665, 2.8055)  # kg/mol


def test_doxorubicin_liposome_from_its_label() -> None:
    # 56.6 : 38.2 : 5.3 mol%, 21.6 mmol/L of lipid, 3.45 mmol/L of drug (579.98 g/mol), 0.160 mol/mol.
    parts = amounts_from_masses(LABEL_MASSES, LABEL_MOLAR)
    assert parts * 100 == pytest.approx([56.6, 38.2, 5.3], abs=0.06)
    lipid_molar = mean_molar_mass(list(parts), LABEL_MOLAR)
    lipid = sum(LABEL_MASSES) / lipid_molar
    assert lipid == pytest.approx(21.6, abs=0.05)
    ratio = molar_ratio(2.0 / sum(LABEL_MASSES), 0.57998, lipid_molar)
    assert ratio == pytest.approx(0.160, abs=0.0005)
    # 85 nm: about 14.0 thousand molecules each at 0.46 nm2 per lipid, 9.1 thousand if 0.71 is used for all lipids.
    lipids = lipids_per_vesicle(85e-9, THICKNESS, np.array([0.46e-18, 0.71e-18]))
    assert molecules_per_vesicle(ratio, lipids) == pytest.approx([14.0e3, 9.1e3], rel=0.006)
    # All the drug in all the vesicles of a millilitre is what the label holds.
    each = vesicle_concentration(lipid, lipids) * molecules_per_vesicle(ratio, lipids) / AVOGADRO
    assert each == pytest.approx(2.0 / 0.57998)


def test_area_of_a_mixture() -> None:
    # 60 : 40 of 0.60 and 0.25 nm2 is 0.46; 0.71 for all of it undercounts 1.54-fold.
    assert mean_area_per_lipid([0.6, 0.4], [0.60e-18, 0.25e-18]) * 1e18 == pytest.approx(0.46)
    assert 0.71e-18 / mean_area_per_lipid([60, 40], [0.60e-18, 0.25e-18]) == pytest.approx(1.54, abs=0.005)


def test_volume_of_a_lipid() -> None:
    # DPPC: 1.232 nm3 per molecule is 0.742 L/mol.
    assert mean_molar_volume([1.0], [1.232e-27 * AVOGADRO]) * 1e3 == pytest.approx(0.742, abs=0.001)


@given(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=6), st.floats(0.1, 10.0))
def test_equal_lipids_make_no_mixture(amounts: list[float], scale: float) -> None:
    assert mean_molar_mass(amounts, [0.7] * len(amounts)) == pytest.approx(0.7)
    parts = amounts_from_masses(amounts, [0.7] * len(amounts))
    assert parts.sum() == pytest.approx(1.0)
    assert amounts_from_masses([scale * each for each in amounts], [0.7] * len(amounts)) == pytest.approx(parts)


@given(st.floats(0.0, 5.0), st.floats(0.1, 5.0), st.floats(0.2, 3.0), st.floats(0.2, 3.0))
def test_masses_and_amounts_agree(first: float, second: float, one: float, two: float) -> None:
    parts = amounts_from_masses([first * one, second * two], [one, two])
    assert parts == pytest.approx([first / (first + second), second / (first + second)])


@pytest.mark.parametrize("bilayers", [1, 2, 5])
def test_shells_counted_one_by_one(bilayers: int) -> None:
    diameter, lipids, water = 200e-9, 0.0, 0.0
    edge = diameter
    for shell in range(bilayers):
        lipids += np.pi * (edge**2 + (edge - 2 * THICKNESS) ** 2) / AREA
        inside = edge - 2 * THICKNESS
        edge = inside - 2 * GAP
        water += np.pi / 6 * (inside**3 - (edge**3 if shell < bilayers - 1 else 0.0))
    vesicle = multilamellar_vesicle(diameter, THICKNESS, AREA, bilayers, GAP)
    assert vesicle.lipids == pytest.approx(lipids)
    assert vesicle.water_volume == pytest.approx(water)
    assert vesicle.trapped_volume == pytest.approx(water * AVOGADRO / lipids)


@given(st.floats(50e-9, 2e-6), st.floats(0.0, 20e-9))
def test_one_bilayer_is_unilamellar(diameter: float, gap: float) -> None:
    vesicle = multilamellar_vesicle(diameter, THICKNESS, AREA, 1, gap)
    assert vesicle.lipids == pytest.approx(lipids_per_vesicle(diameter, THICKNESS, AREA))
    assert vesicle.water_volume == pytest.approx(inner_volume(diameter, THICKNESS))
    assert vesicle.trapped_volume == pytest.approx(trapped_volume(diameter, THICKNESS, AREA))


@given(st.floats(300e-9, 2e-6), st.integers(1, 9), st.floats(0.0, 5e-9))
def test_each_bilayer_more_lowers_the_trapped_volume(diameter: float, bilayers: int, gap: float) -> None:
    few, many = multilamellar_vesicle(diameter, THICKNESS, AREA, [bilayers, bilayers + 1], gap).trapped_volume
    assert many < few


@pytest.mark.parametrize("variation", [0.0, 0.2, 0.4])
def test_means_match_sampled_vesicles(variation: float) -> None:
    # 4e5 sizes: standard errors of the mean volume below 0.3 %.
    spread = math.sqrt(math.log1p(variation**2))
    sizes = 100e-9 * np.exp(spread * np.random.default_rng(7).standard_normal(400_000) - spread**2 / 2)
    core = np.clip(sizes - 2 * THICKNESS, 0.0, None)
    mean = mean_vesicle(100e-9, THICKNESS, AREA, variation)
    lipids = np.mean(np.pi * (sizes**2 + core**2) / AREA)
    assert mean.lipids == pytest.approx(lipids, rel=0.005)
    assert mean.inner_volume == pytest.approx(np.mean(np.pi / 6 * core**3), rel=0.01)
    assert mean.trapped_volume == pytest.approx(np.mean(np.pi / 6 * core**3) * AVOGADRO / lipids, rel=0.01)


@given(st.floats(60e-9, 1e-6), st.floats(0.0, 0.3))
def test_one_size_is_the_limit_and_spread_traps_more(diameter: float, variation: float) -> None:
    single = mean_vesicle(diameter, THICKNESS, AREA, 0.0)
    assert single.trapped_volume == pytest.approx(trapped_volume(diameter, THICKNESS, AREA))
    assert mean_vesicle(diameter, THICKNESS, AREA, variation).trapped_volume >= single.trapped_volume * (1 - 1e-12)


@given(st.floats(1e-6, 10.0), st.floats(1e3, 1e7), st.floats(0.5e-3, 5e-3))
def test_drug_per_vesicle_and_back(ratio: float, lipids: float, volume: float) -> None:
    assert drug_to_lipid(molecules_per_vesicle(ratio, lipids), lipids) == pytest.approx(ratio)
    assert internal_concentration(ratio, volume) * volume == pytest.approx(ratio)


def test_concentration_inside_a_doxorubicin_liposome() -> None:
    # 3.45 mmol/L of drug in 4 % of the volume: 86 mmol/L inside.
    assert internal_concentration(0.160, 0.04 / 21.6) == pytest.approx(86.4, rel=0.001)


def test_vesicles_in_a_millilitre() -> None:
    # 1 mmol/L of 100 nm vesicles of 80047 lipids: 6.022e17 molecules per mL / 80047 = 7.52e12.
    assert vesicle_concentration(1.0, 80047.0) * 1e-6 == pytest.approx(7.523e12, rel=1e-3)


def test_arrays_broadcast() -> None:
    assert multilamellar_vesicle(np.full((3, 1), 3e-7), THICKNESS, AREA, [1, 2], GAP).lipids.shape == (3, 2)
    assert mean_vesicle(np.full((3, 1), 1e-7), THICKNESS, AREA, [0.1, 0.2]).inner_volume.shape == (3, 2)
    assert mean_molar_mass([np.ones(4), 0.5], [0.7, 0.4]).shape == (4,)
    assert amounts_from_masses([np.ones(4), 0.5], [0.7, 0.4]).shape == (2, 4)


def test_bilayers_without_core_are_refused() -> None:
    with pytest.raises(DomainError, match="no water core"):
        multilamellar_vesicle(100e-9, THICKNESS, AREA, 8, GAP)  # 7 steps of 14 nm and 10 nm are 108 nm
    with pytest.raises(DomainError, match="no water core"):
        multilamellar_vesicle(9e-9, THICKNESS, AREA, 1, GAP)
    with pytest.raises(DomainError, match="no water core"):
        mean_vesicle(9e-9, THICKNESS, AREA, 0.1)
    with pytest.raises(DomainError, match="no water core"):
        inner_volume(10e-9, THICKNESS)
    with pytest.raises(DomainError, match="too small"):
        mean_vesicle(30e-9, THICKNESS, AREA, 0.6)


@pytest.mark.parametrize("bad", [0.0, 0.5, 2.5, -1.0, math.nan])
def test_half_a_bilayer_is_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="bilayers"):
        multilamellar_vesicle(300e-9, THICKNESS, AREA, bad, GAP)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_impossible_numbers_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="amounts"):
        mean_molar_mass([1.0, bad], [0.7, 0.4])
    with pytest.raises(DomainError, match="molar_masses"):
        mean_molar_mass([1.0, 1.0], [0.7, bad])
    with pytest.raises(DomainError, match="areas"):
        mean_area_per_lipid([1.0], [bad])
    with pytest.raises(DomainError, match="molar_volumes"):
        mean_molar_volume([1.0], [bad])
    with pytest.raises(DomainError, match="masses"):
        amounts_from_masses([bad], [0.7])
    with pytest.raises(DomainError, match="molar_masses"):
        amounts_from_masses([1.0], [bad])
    for arguments in ((bad, THICKNESS, AREA, 1, GAP), (3e-7, bad, AREA, 1, GAP), (3e-7, THICKNESS, bad, 1, GAP)):
        with pytest.raises(DomainError):
            multilamellar_vesicle(*arguments)
    with pytest.raises(DomainError, match="water_gap"):
        multilamellar_vesicle(3e-7, THICKNESS, AREA, 2, bad)
    with pytest.raises(DomainError, match="coefficient_of_variation"):
        mean_vesicle(1e-7, THICKNESS, AREA, bad)
    for numbers in ((bad, 1e4), (1.0, bad)):
        for function in (vesicle_concentration, molecules_per_vesicle, drug_to_lipid, internal_concentration):
            with pytest.raises(DomainError):
                function(*numbers)
    for triple in ((bad, 0.5, 0.7), (0.1, bad, 0.7), (0.1, 0.5, bad)):
        with pytest.raises(DomainError):
            molar_ratio(*triple)


def test_a_mixture_of_nothing_is_refused() -> None:
    with pytest.raises(DomainError, match="nothing is in the mixture"):
        mean_molar_mass([0.0, 0.0], [0.7, 0.4])
    with pytest.raises(DomainError, match="at least one"):
        mean_molar_mass([], [])
    with pytest.raises(DomainError, match="one for each lipid"):
        mean_molar_mass([1.0, 1.0], [0.7])
    with pytest.raises(DomainError, match="one for each lipid"):
        amounts_from_masses([1.0], [0.7, 0.4])


@pytest.mark.parametrize(("diameter", "variation"), [(100e-9, 0.6), (30e-9, 0.45), (40e-9, 0.3)])
def test_vesicles_without_core_are_one_in_a_hundred_at_most(diameter: float, variation: float) -> None:
    spread = math.sqrt(math.log1p(variation**2))
    sizes = diameter * np.exp(spread * np.random.default_rng(3).standard_normal(400_000) - spread**2 / 2)
    coreless = float((sizes <= 2 * THICKNESS).mean())
    assert abs(coreless - 0.01) > 5e-4  # the sample tells on which side it is
    assert bool(has_cores(diameter, THICKNESS, variation)) == (coreless < 0.01)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_cores_of_impossible_sizes_are_refused(bad: float) -> None:
    for arguments in ((bad, THICKNESS, 0.1), (1e-7, bad, 0.1), (1e-7, THICKNESS, bad)):
        with pytest.raises(DomainError):
            has_cores(*arguments)
